//! Milliseconds since the start, counted by the processor's own timer.

use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::peripheral::{SYST, syst::SystClkSource};
use cortex_m_rt::exception;
use smoltcp::time::{Duration, Instant};

/// The LM3S6965 starts on its internal oscillator, of about 12 MHz. Its timer counts down to 0.
const CYCLES_PER_MILLISECOND: u32 = 12_000;

/// Wraps after 49 days, because the processor has no atomic number of 64 bits.
static MILLISECONDS: AtomicU32 = AtomicU32::new(0);

#[exception]
fn SysTick() {
    MILLISECONDS.fetch_add(1, Ordering::Relaxed);
}

/// A clock that does not wrap, if you read it once in 49 days.
pub(crate) struct Clock {
    last: u32,
    milliseconds: i64,
    now: Instant,
}

impl Clock {
    pub(crate) fn start(mut timer: SYST) -> Clock {
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(CYCLES_PER_MILLISECOND - 1);
        timer.clear_current();
        timer.enable_interrupt();
        timer.enable_counter();
        Clock { last: 0, milliseconds: 0, now: Instant::ZERO }
    }

    /// Later than any time before, so that of two connections you can always say which one is older.
    pub(crate) fn now(&mut self) -> Instant {
        let count = MILLISECONDS.load(Ordering::Relaxed);
        self.milliseconds += i64::from(count.wrapping_sub(self.last));
        self.last = count;
        self.now = Instant::from_millis(self.milliseconds).max(self.now + Duration::from_micros(1));
        self.now
    }
}
