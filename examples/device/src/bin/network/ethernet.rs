//! The Ethernet controller of the LM3S6965, polled. The names of its registers are those of chapter 16 of
//! the data sheet. This file has the only `unsafe` code of the example.
//!
//! The controller has one queue for received frames and one for the frame to send. You read and write
//! both of them through the same register, one word of four bytes at a time.

use smoltcp::phy::{self, DeviceCapabilities, Medium};
use smoltcp::time::Instant;
use smoltcp::wire::EthernetAddress;
use vcell::VolatileCell;

/// The longest frame without its checksum: 14 bytes of header and 1500 of content.
const FRAME: usize = 1514;

/// Before each frame there are two bytes that count its length.
const LENGTH: usize = 2;

/// After each received frame there are the four bytes of its checksum.
const CHECKSUM: usize = 4;

/// A frame with its length and its checksum, in whole words.
const BUFFER: usize = (LENGTH + FRAME + CHECKSUM).next_multiple_of(4);

/// The header of a frame. The length of a frame to send does not count it.
const HEADER: usize = 14;

/// The registers, from 0x4004_8000.
#[repr(C)]
struct Registers {
    /// MACRIS when it is read, MACIACK when it is written.
    interrupts: VolatileCell<u32>,
    /// MACIM
    interrupt_mask: VolatileCell<u32>,
    /// MACRCTL
    receive_control: VolatileCell<u32>,
    /// MACTCTL
    transmit_control: VolatileCell<u32>,
    /// MACDATA: the next word of a received frame, or of the frame to send.
    data: VolatileCell<u32>,
    /// MACIA0 and MACIA1: the address of the device.
    address: [VolatileCell<u32>; 2],
    /// MACTHR, then four registers of the cable's side, which start with values that work.
    _threshold_and_media: [VolatileCell<u32>; 6],
    /// MACNP: how many whole frames were received.
    frames: VolatileCell<u32>,
    /// MACTR: 1 sends the frame. It is 0 again when the frame has gone.
    send: VolatileCell<u32>,
}

/// The receive queue was full, and its content is not whole frames any more.
const OVERRUN: u32 = 1 << 3;

/// Receives frames.
const RECEIVE: u32 = 1 << 0;
/// Drops frames whose checksum is wrong.
const DROP_BAD_CHECKSUM: u32 = 1 << 3;
/// Empties the receive queue.
const RESET_QUEUE: u32 = 1 << 4;

/// Sends frames; fills them up to 60 bytes; adds their checksum; sends while it receives.
const TRANSMIT: u32 = 0b1111;

/// The clocks of the controller and of its connection to the cable, in register RCGC2.
const ETHERNET_CLOCKS: u32 = 1 << 28 | 1 << 30;

/// The controller, and room for one frame in each direction.
pub(crate) struct Ethernet {
    registers: &'static Registers,
    received: [u8; BUFFER],
    sent: [u8; BUFFER],
}

impl Ethernet {
    /// Starts the controller. Taking the processor's peripherals, which exist once, shows that you do so once.
    pub(crate) fn start(_once: cortex_m::peripheral::CPUID, address: EthernetAddress) -> Ethernet {
        // SAFETY: RCGC2 of the LM3S6965 is at this address. It is aligned, it exists as long as the device
        // runs, and no other code of the program uses it.
        let clocks = unsafe { &*(0x400F_E108 as *const VolatileCell<u32>) };
        // SAFETY: The registers of the LM3S6965's Ethernet controller begin at this address, and `Registers` has
        // their order. They are aligned, they exist as long as the device runs, and only this value uses
        // them, because `_once` can be given away only once.
        let registers = unsafe { &*(0x4004_8000 as *const Registers) };

        clocks.set(clocks.get() | ETHERNET_CLOCKS);
        // The clocks need three cycles. Reading them back takes as long.
        while clocks.get() & ETHERNET_CLOCKS != ETHERNET_CLOCKS {}

        let [a, b, c, d, e, f] = address.0;
        registers.address[0].set(u32::from_le_bytes([a, b, c, d]));
        registers.address[1].set(u32::from_le_bytes([e, f, 0, 0]));
        // The program polls.
        registers.interrupt_mask.set(0);
        registers.receive_control.set(DROP_BAD_CHECKSUM | RESET_QUEUE);
        registers.transmit_control.set(TRANSMIT);
        registers.receive_control.set(DROP_BAD_CHECKSUM | RECEIVE);
        Ethernet { registers, received: [0; BUFFER], sent: [0; BUFFER] }
    }

    /// Moves the next frame out of the queue and returns its length.
    fn take_frame(&mut self) -> Option<usize> {
        if self.registers.interrupts.get() & OVERRUN != 0 {
            self.registers.receive_control.set(DROP_BAD_CHECKSUM | RECEIVE | RESET_QUEUE);
            self.registers.receive_control.set(DROP_BAD_CHECKSUM | RECEIVE);
            self.registers.interrupts.set(OVERRUN);
        }
        if self.registers.frames.get() == 0 {
            return None;
        }
        let first = self.registers.data.get();
        // It counts its own bytes and those of the checksum.
        let length = usize::from(first as u16);
        // Read all of it, also if it is too long: the next frame begins after it.
        let mut word = first;
        for at in (0..length.max(1)).step_by(4) {
            if at > 0 {
                word = self.registers.data.get();
            }
            if let Some(bytes) = self.received.get_mut(at..at + 4) {
                bytes.copy_from_slice(&word.to_le_bytes());
            }
        }
        length.checked_sub(LENGTH + CHECKSUM).filter(|frame| *frame <= FRAME)
    }

    /// Whether the last frame has gone, so that there is room for the next.
    fn can_send(&self) -> bool {
        self.registers.send.get() & 1 == 0
    }
}

/// A frame that was received.
pub(crate) struct Received<'ethernet>(&'ethernet [u8]);

/// Room for a frame to send.
pub(crate) struct Room<'ethernet> {
    registers: &'static Registers,
    buffer: &'ethernet mut [u8; BUFFER],
}

impl phy::Device for Ethernet {
    type RxToken<'ethernet> = Received<'ethernet>;
    type TxToken<'ethernet> = Room<'ethernet>;

    fn receive(&mut self, _: Instant) -> Option<(Received<'_>, Room<'_>)> {
        if !self.can_send() {
            return None;
        }
        let length = self.take_frame()?;
        let frame = self.received.get(LENGTH..LENGTH + length)?;
        Some((Received(frame), Room { registers: self.registers, buffer: &mut self.sent }))
    }

    fn transmit(&mut self, _: Instant) -> Option<Room<'_>> {
        self.can_send().then_some(Room { registers: self.registers, buffer: &mut self.sent })
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = FRAME;
        capabilities
    }
}

impl phy::RxToken for Received<'_> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        read(self.0)
    }
}

impl phy::TxToken for Room<'_> {
    /// Sends a frame of this length. smoltcp keeps to `max_transmission_unit`, so that it fits.
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, write: F) -> R {
        let content = (length.saturating_sub(HEADER) as u16).to_le_bytes();
        let (before, frame) = self.buffer.split_at_mut(LENGTH);
        before.copy_from_slice(&content);
        let result = write(&mut frame[..length]);
        for word in self.buffer[..(LENGTH + length).next_multiple_of(4)].as_chunks::<4>().0 {
            self.registers.data.set(u32::from_le_bytes(*word));
        }
        self.registers.send.set(1);
        result
    }
}
