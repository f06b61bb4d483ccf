//! The thermostat on a network that browsers reach: Ethernet, IP and TCP by smoltcp, then HTTP, then the
//! same adapter and application as in the other program.
//!
//! Nothing is allocated. Four connections have fixed buffers, and one of them always listens.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

mod clock;
mod connection;
#[allow(unsafe_code)]
mod ethernet;

use core::panic::PanicInfo;

use corsac::Policy;
use smoltcp::iface::{Config, Interface, PollIngressSingleResult, PollResult, SocketHandle, SocketSet, SocketStorage};
use smoltcp::socket::tcp::{Socket, SocketBuffer, State};
use smoltcp::wire::{EthernetAddress, IpCidr, Ipv4Address};

use clock::Clock;
use connection::Connection;
use ethernet::Ethernet;

/// The dashboard is on the machine that runs the emulator, on any port, and has a public address, too.
static POLICY: Policy<&[u8]> = corsac_macros::policy! {
    allow_origins: ["https://dashboard.example.com", "http://dashboard.localhost:*"],
    allow_methods: ["GET", "PUT"],
    allow_headers: ["content-type"],
    max_age: 600,
};

/// A locally administered address. Every device of yours needs another one.
const ETHERNET_ADDRESS: EthernetAddress = EthernetAddress([0x02, 0, 0, 0, 0, 1]);

/// QEMU's network forwards ports to this address. On yours, use smoltcp's DHCP socket.
const ADDRESS: Ipv4Address = Ipv4Address::new(10, 0, 2, 15);
const PREFIX: u8 = 24;
const GATEWAY: Ipv4Address = Ipv4Address::new(10, 0, 2, 2);

/// Browsers open one or two connections before they need them. Each of ours takes 4.4 kB.
const CONNECTIONS: usize = 4;

/// A whole head of a request fits: a browser's has about 700 bytes.
const RECEIVE_BUFFER: usize = 1024;

/// A whole response fits, as in `Response`.
const SEND_BUFFER: usize = 1024;

#[cortex_m_rt::entry]
fn main() -> ! {
    // `entry` hands these out once, as references. Hence no `unsafe` here.
    static mut SOCKETS: [SocketStorage<'static>; CONNECTIONS] = [SocketStorage::EMPTY; CONNECTIONS];
    static mut RECEIVE: [[u8; RECEIVE_BUFFER]; CONNECTIONS] = [[0; RECEIVE_BUFFER]; CONNECTIONS];
    static mut SEND: [[u8; SEND_BUFFER]; CONNECTIONS] = [[0; SEND_BUFFER]; CONNECTIONS];
    static mut STATES: [Connection; CONNECTIONS] = [const { Connection::new() }; CONNECTIONS];

    // The test reads from the emulator how much of the stack was used.
    cortex_m_stack::repaint_stack();
    // `take` fails only at a second call.
    let Some(core) = cortex_m::Peripherals::take() else { halt() };
    let mut clock = Clock::start(core.SYST);
    let mut ethernet = Ethernet::start(core.CPUID, ETHERNET_ADDRESS);

    // TCP is as hard to guess as this seed: on a real device it comes from a source of random numbers.
    let mut interface = Interface::new(Config::new(ETHERNET_ADDRESS.into()), &mut ethernet, clock.now());
    interface.update_ip_addrs(|addresses| {
        let _ = addresses.push(IpCidr::new(ADDRESS.into(), PREFIX));
    });
    let _ = interface.routes_mut().add_default_ipv4_route(GATEWAY);

    let mut sockets = SocketSet::new(&mut SOCKETS[..]);
    let mut handles = [SocketHandle::default(); CONNECTIONS];
    for ((handle, receive), send) in handles.iter_mut().zip(RECEIVE).zip(SEND) {
        *handle = sockets.add(Socket::new(SocketBuffer::new(&mut receive[..]), SocketBuffer::new(&mut send[..])));
    }

    loop {
        let now = clock.now();
        for (connection, handle) in STATES.iter_mut().zip(handles) {
            connection.advance(sockets.get_mut(handle), &POLICY, now);
        }
        // One frame at a time, so that of two clients that connect at once each finds a socket that listens.
        let arrived = interface.poll_ingress_single(now, &mut ethernet, &mut sockets);
        make_room(&mut sockets, STATES, &handles);
        let sent = interface.poll_egress(now, &mut ethernet, &mut sockets);
        if arrived == PollIngressSingleResult::None && sent == PollResult::None {
            // Sleeps until the next millisecond.
            cortex_m::asm::wfi();
        }
    }
}

/// If no socket listens, closes the connection that has been idle for the longest time. So a client that
/// opens connections and sends nothing cannot lock others out.
fn make_room(
    sockets: &mut SocketSet<'_>,
    connections: &[Connection; CONNECTIONS],
    handles: &[SocketHandle; CONNECTIONS],
) {
    let is_free =
        |handle: &SocketHandle| matches!(sockets.get::<Socket<'_>>(*handle).state(), State::Listen | State::Closed);
    if handles.iter().any(is_free) {
        return;
    }
    let idle = connections
        .iter()
        .zip(handles)
        .filter_map(|(connection, handle)| Some((connection.idle_since(sockets.get(*handle))?, *handle)));
    if let Some((_, handle)) = idle.min_by_key(|(since, _)| *since) {
        sockets.get_mut::<Socket<'_>>(handle).abort();
    }
}

fn halt() -> ! {
    loop {
        cortex_m::asm::wfi();
    }
}

/// Stops. On a real device, a watchdog starts it again.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    cortex_m::interrupt::disable();
    halt()
}
