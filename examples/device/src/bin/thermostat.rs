//! A thermostat on the local network that only one dashboard may use. Its policy is compiled into
//! flash, and the program measures its own stack.
//!
//! Instead of a network it has a few request heads and the debugger's console.
#![no_std]
#![no_main]

use core::panic::PanicInfo;

use corsac::Policy;
use corsac_device::{After, EMPTY_LINES, Full, Head, Response, parse};
use cortex_m_semihosting::{debug, hio};

/// `examples/device.toml`, as Rust source. Its image is in flash. A wrong policy does not build.
static POLICY: Policy<&[u8]> = corsac_macros::policy! {
    allow_origins: ["https://dashboard.example.com"],
    allow_methods: ["GET", "PUT"],
    allow_headers: ["content-type"],
    preflight_status: 200,
};

/// The requests that the network would bring, each with a title.
const HEADS: [(&str, &str); 6] = [
    (
        "the dashboard's browser asks first",
        "OPTIONS /state HTTP/1.1\r\nHost: thermostat.local\r\nOrigin: https://dashboard.example.com\r\n\
         Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: content-type\r\n\r\n",
    ),
    (
        "then it sends",
        "PUT /state HTTP/1.1\r\nHost: thermostat.local\r\nOrigin: https://dashboard.example.com\r\n\
         Content-Type: application/json\r\nContent-Length: 14\r\n\r\n",
    ),
    (
        "another page asks",
        "OPTIONS /state HTTP/1.1\r\nHost: thermostat.local\r\nOrigin: https://evil.example\r\n\
         Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: content-type\r\n\r\n",
    ),
    (
        "another page reads, but its browser does not show it the response",
        "GET /state HTTP/1.1\r\nHost: thermostat.local\r\nOrigin: https://evil.example\r\n\r\n",
    ),
    ("a tool reads", "GET /state HTTP/1.1\r\nHost: thermostat.local\r\n\r\n"),
    ("noise", "\u{1}\u{2}\u{3}\r\n\r\n"),
];

#[cortex_m_rt::entry]
fn main() -> ! {
    let done = run();
    halt(if done.is_some() { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE })
}

fn run() -> Option<()> {
    // The first run prints nothing, because the console's stack must not be measured.
    cortex_m_stack::repaint_stack();
    let mut response = Response::new();
    for (_, head) in HEADS {
        respond(head, &mut response).ok()?;
    }
    let stack = cortex_m_stack::stack_size().checked_sub(cortex_m_stack::stack_painted())?;

    let mut console = hio::hstdout().ok()?;
    for (title, head) in HEADS {
        respond(head, &mut response).ok()?;
        for part in [b"# ", title.as_bytes(), b"\n", &response, b"\n"] {
            console.write_all(part).ok()?;
        }
    }
    for part in ["stack ", itoa::Buffer::new().format(stack), "\n"] {
        console.write_all(part.as_bytes()).ok()?;
    }
    Some(())
}

fn respond(head: &str, response: &mut Response) -> Result<(), Full> {
    let mut lines = EMPTY_LINES;
    let request = match parse(head.as_bytes(), &mut lines) {
        Head::Whole(request, _) => Some(request),
        Head::Partial | Head::Malformed => None,
    };
    corsac_device::respond(&POLICY, request.as_ref(), After::Keep, response)
}

/// Ends the emulator. A real device sleeps.
fn halt(status: debug::ExitStatus) -> ! {
    debug::exit(status);
    loop {
        cortex_m::asm::wfi();
    }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    halt(debug::EXIT_FAILURE)
}
