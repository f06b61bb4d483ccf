//! Runs one case again and again: `key-case NAME TIMES`. Callgrind counts its instructions, and the
//! difference between two runs is the cost of a decision.
//!
//! `NAME` is a case of the table, or `at a path: ` and a case for a policy set, or `costliest: ` or
//! `honest: ` and the name of a find, or `compiling `, a number and ` origins`. With `growth: ` and what
//! grows, `TIMES` is the number of headers.

use std::hint::black_box;
use std::process::ExitCode;

use corsac::Request;
use corsac_benches::attack::FOUND;
use corsac_benches::{Case, Growth, Hostile, PATH, compile, compile_set, decide, decide_at, origins, read};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let times: Option<u32> = arguments.next().and_then(|times| times.parse().ok());
    let Some(times) = times.filter(|&times| {
        repeat_case(&name, times)
            || repeat_at_a_path(&name, times)
            || repeat_find(&name, times)
            || repeat_compiling(&name, times)
            || grow(&name, times)
    }) else {
        eprintln!("no such case: write `key-case NAME TIMES`, with a name from the table of `benches`");
        return ExitCode::from(2);
    };
    black_box(times);
    ExitCode::SUCCESS
}

fn case(name: &str) -> Option<Case> {
    Case::GRID.into_iter().chain(Hostile::ALL.map(Case::Hostile)).find(|case| case.name() == name)
}

/// Runs a case with one of a hundred policies, found by its path.
fn repeat_at_a_path(name: &str, times: u32) -> bool {
    let Some(case) = name.strip_prefix("at a path: ").and_then(case) else { return false };
    let origins = origins(1);
    let set = compile_set(&origins);
    let case_request = case.request(&origins);
    let (method, headers, expected) = (case_request.method, case_request.headers(), case.expected());
    for _ in 0..times {
        assert_eq!(decide_at(&set, black_box(PATH), black_box(method), black_box(&headers)), Some(expected));
    }
    true
}

/// Judges one exchange of so many headers.
fn grow(name: &str, count: u32) -> bool {
    let Some(name) = name.strip_prefix("growth: ") else { return false };
    let Some(growth) = Growth::ALL.into_iter().find(|growth| growth.name() == name) else { return false };
    black_box(growth.run(count as usize));
    true
}

fn repeat_case(name: &str, times: u32) -> bool {
    let Some(case) = case(name) else { return false };
    let origins = origins(10);
    let policy = compile(&origins);
    let case_request = case.request(&origins);
    let (method, headers, expected) = (case_request.method, case_request.headers(), case.expected());
    for _ in 0..times {
        assert_eq!(decide(&policy, black_box(method), black_box(&headers)), expected);
    }
    true
}

/// Builds the request only once, because the promise is about the decision alone.
fn repeat_find(name: &str, times: u32) -> bool {
    let Some((kind, name)) = name.split_once(": ") else { return false };
    let Some(find) = FOUND.iter().find(|find| find.name == name) else { return false };
    let request = if kind == "costliest" { find.costliest } else { find.honest };
    let policy = find.policy.compile().expect("a policy that compiles");
    let lines = request.lines(&find.policy);
    let (method, lines) = (lines.method(), lines.lines());
    let request = Request::from_lines(method, lines.iter().copied());
    for _ in 0..times {
        black_box(read(&policy.evaluate(black_box(&request))));
    }
    true
}

/// Compiles a policy of so many origins, which are made only once.
fn repeat_compiling(name: &str, times: u32) -> bool {
    let Some(name) = name.strip_prefix("compiling ") else { return false };
    let Some(Ok(count)) = name.strip_suffix(" origins").map(str::parse) else { return false };
    let origins = origins(count);
    for _ in 0..times {
        black_box(compile(black_box(&origins)));
    }
    true
}
