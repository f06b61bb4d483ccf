//! A thermostat on the local network, ruled by one dashboard: its policy is compiled into flash, and what it takes is measured on it.
//!
//! In place of a network there are a few request heads, and the debugger's console in place of a wire.
#![no_std]
#![no_main]

mod answer;
mod thermostat;

use core::panic::PanicInfo;

use corsac::Policy;
use cortex_m_semihosting::{debug, hio};

use answer::{Response, answer};

/// `examples/device.toml`, as Rust source. An image in flash; a wrong one does not build.
static POLICY: Policy<&[u8]> = corsac_macros::policy! {
    allow_origins: ["https://dashboard.example.com"],
    allow_methods: ["GET", "PUT"],
    allow_headers: ["content-type"],
    preflight_status: 200,
};

/// What the network would bring.
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
        "another page reads, and its browser keeps the answer from it",
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
    // First without a word: the console is no part of what is measured.
    cortex_m_stack::repaint_stack();
    let mut response = Response::new();
    for (_, head) in HEADS {
        answer(&POLICY, head.as_bytes(), &mut response).ok()?;
    }
    let stack = cortex_m_stack::stack_size().checked_sub(cortex_m_stack::stack_painted())?;

    let mut console = hio::hstdout().ok()?;
    for (says, head) in HEADS {
        answer(&POLICY, head.as_bytes(), &mut response).ok()?;
        for part in [b"# ", says.as_bytes(), b"\n", &response, b"\n"] {
            console.write_all(part).ok()?;
        }
    }
    for part in ["stack ", itoa::Buffer::new().format(stack), "\n"] {
        console.write_all(part.as_bytes()).ok()?;
    }
    Some(())
}

/// The emulator ends here; a device sleeps.
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
