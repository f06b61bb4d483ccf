//! What must be known about every number: CPU, clock, compiler, versions, date.

use std::hint::black_box;
use std::process::Command;
use std::time::Duration;

use crate::system::Ready;
use crate::watch::Watch;

/// A chain of multiplications, each of which waits for the one before. One takes three cycles on
/// every x86-64 core and most AArch64 cores since 2010, so the chain measures the clock.
pub(crate) struct Clock;

impl Clock {
    /// How many cycles one call takes.
    pub(crate) const CYCLES: f64 = 3.0 * 64.0;
}

impl Ready for Clock {
    fn time(&mut self, calls: u32) -> Duration {
        let mut x = black_box(0x9E37_79B9_7F4A_7C15_u64);
        let start = Watch::start();
        for _ in 0..calls {
            for _ in 0..64 {
                x = x.wrapping_mul(x);
            }
            x = black_box(x) | 1;
        }
        let time = start.elapsed();
        black_box(x);
        time
    }
}

pub(crate) fn cpu() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown CPU", |(_, model)| model);
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{} ({count} cores, {})", model.trim(), std::env::consts::ARCH)
}

pub(crate) fn date() -> String {
    time::OffsetDateTime::now_utc().date().to_string()
}

pub(crate) fn rustc() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).trim().to_owned()
}

/// The version of a package that is only once in `Cargo.lock`.
pub(crate) fn version(package: &str) -> String {
    let lock = include_str!("../../../Cargo.lock");
    let entry = format!("name = \"{package}\"\nversion = \"");
    let version = lock.split_once(&entry).and_then(|(_, rest)| rest.split_once('"'));
    format!("{package} {}", version.map_or("of unknown version", |(version, _)| version))
}
