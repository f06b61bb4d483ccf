//! How long the explanation of a pasted text takes. A measurement, run by hand and in release:
//! `cargo test --release --package corsac-diagnose --test speed -- --ignored --nocapture`.

use std::path::Path;
use std::time::{Duration, Instant};

use corsac_diagnose::console::{Known, explain};

#[test]
#[ignore = "it prints times, and asserts none: make nightly-diagnose"]
fn time_of_each_report() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports");
    let text = |file: &Path| {
        let text = std::fs::read_to_string(file).unwrap();
        text.split_once("---\n").map(|(_, pasted)| pasted.to_owned())
    };
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let texts: Vec<String> = files.filter_map(|file| text(&file)).collect();
    // The first builds the tables.
    let first = Instant::now();
    let _ = explain(&texts[0], Known::default());
    let first = first.elapsed();
    let fastest = |text: &String| {
        let one = || {
            let start = Instant::now();
            let _ = std::hint::black_box(explain(text, Known::default()));
            start.elapsed()
        };
        ((0..5).map(|_| one()).min().unwrap_or(Duration::MAX), text.len())
    };
    let mut times: Vec<(Duration, usize)> = texts.iter().map(fastest).collect();
    times.sort();
    let at = |part: usize| times[times.len() * part / 100];
    println!("{} texts, the first {first:?}", times.len());
    println!("half {:?}, 95 % {:?}, slowest {:?}", at(50), at(95), times[times.len() - 1]);
}
