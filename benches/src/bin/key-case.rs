//! One case, so many times: `key-case NAME TIMES`. The difference between two counts is what a decision costs.

use std::hint::black_box;
use std::process::ExitCode;

use corsac_benches::{Case, Hostile, compile, decide, origins};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let times: Option<u32> = arguments.next().and_then(|times| times.parse().ok());
    let mut all = Case::GRID.into_iter().chain(Hostile::ALL.map(Case::Hostile));
    let Some((case, times)) = all.find(|case| case.name() == name).zip(times) else {
        eprintln!("no such case: write `key-case NAME TIMES`, the name as it stands in the table of `benches`");
        return ExitCode::from(2);
    };
    let origins = origins(10);
    let policy = compile(&origins);
    let ask = case.ask(&origins);
    let (method, lines, answer) = (ask.method, ask.lines(), case.answer());
    for _ in 0..times {
        assert_eq!(decide(&policy, black_box(method), black_box(&lines)), answer);
    }
    ExitCode::SUCCESS
}
