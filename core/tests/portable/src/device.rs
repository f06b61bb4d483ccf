//! Runs on a Cortex-M3 without an operating system, with a heap for the test (the engine has none)
//! and the debugger's console. It measures the stack.

use core::mem::size_of;

use cortex_m_semihosting::{debug, hprint, hprintln};
use embedded_alloc::LlffHeap as Heap;
use panic_semihosting as _;

use crate::engine::{Meter, Step};

#[global_allocator]
static HEAP: Heap = Heap::empty();

/// The board's second memory, 16 MB, which `memory.x` does not use.
const HEAP_START: usize = 0x2100_0000;
const HEAP_LEN: usize = 16 << 20;

#[cortex_m_rt::entry]
fn main() -> ! {
    // SAFETY: nothing else uses this memory, and this runs once, before the first allocation.
    unsafe { HEAP.init(HEAP_START, HEAP_LEN) }
    let mut stack = Stack { peaks: [0; 3] };
    let done = crate::run(|text| hprint!("{}", text), &mut stack);
    let [compile, open, evaluate] = stack.peaks;
    hprintln!("peak stack in bytes, over all cases: compile {compile}, open {open}, evaluate {evaluate}");
    hprintln!(
        "a request takes {} bytes, of 4 lines {}",
        size_of::<corsac::Request<'_>>(),
        size_of::<corsac::Request<'_, 4>>()
    );
    debug::exit(if done { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    // Only a debugger that continues after that gets here.
    loop {
        cortex_m::asm::wfi();
    }
}

/// The deepest stack of each step.
struct Stack {
    peaks: [u32; 3],
}

impl Meter for Stack {
    // Neither this nor the work is inlined, so that the caller's stack does not count.
    #[inline(never)]
    fn run<T>(&mut self, step: Step, work: impl FnOnce() -> T) -> T {
        let before = cortex_m_stack::current_stack_in_use();
        cortex_m_stack::repaint_stack();
        let done = apart(work);
        let after = cortex_m_stack::stack_size().saturating_sub(cortex_m_stack::stack_painted());
        if let Some(peak) = self.peaks.get_mut(step as usize) {
            *peak = after.saturating_sub(before).max(*peak);
        }
        done
    }
}

#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}
