//! How often each edge of the compiled code was taken: what `-sanitizer-coverage-inline-8bit-counters` counts. Only programs that are built
//! with the flags of `.cargo/config.toml` link with this.

use std::slice;
use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering::Relaxed;

unsafe extern "C" {
    #[link_name = "__start___sancov_cntrs"]
    static START: AtomicU8;
    #[link_name = "__stop___sancov_cntrs"]
    static STOP: AtomicU8;
}

fn counters() -> &'static [AtomicU8] {
    let (start, stop) = (&raw const START, &raw const STOP);
    // SAFETY: the linker puts these names at both ends of the section of the counters, which are bytes that live as long as the program.
    // The code that counts and the code that reads run in one thread.
    unsafe { slice::from_raw_parts(start, stop.addr() - start.addr()) }
}

/// The numbers of the edges that `run` takes.
pub fn edges_of(run: impl FnOnce()) -> Vec<usize> {
    counters().iter().for_each(|counter| counter.store(0, Relaxed));
    run();
    (0..).zip(counters()).filter(|(_, counter)| counter.load(Relaxed) > 0).map(|(number, _)| number).collect()
}
