//! How a decision changes the application's response, and the sentence about a denial.

use corsac::{Class, DecisionSentence, Denial, DenialCode, ReplacedHeaders, VaryMerge};

use crate::memory::{self, Output};
use crate::output::line;

/// 1: a header of this name (in the room) is removed from the application's response. 0: it stays.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn replaces(len: usize, has_timing: u32) -> u32 {
    memory::input(len).map_or(0, |name| ReplacedHeaders::new(has_timing != 0).contains(name).into())
}

/// The `Vary` lines to add to a response. The room holds the response's `Vary` lines, joined by
/// commas, then the decision's value. The output has the lines, each with a line feed behind it;
/// this returns its length.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn missing_vary(theirs: usize, len: usize) -> usize {
    let Some((theirs, ours)) = memory::input(len).and_then(|input| input.split_at_checked(theirs)) else { return 0 };
    let mut vary = VaryMerge::default();
    vary.add(theirs);
    let mut output = Output::new();
    for line in vary.missing(ours) {
        let _ = output.push(line) && output.push(b"\n");
    }
    output.len()
}

/// One sentence about a decision, from the number of its class, and from its denial: the number (0: none) and the bytes in
/// the room. Returns the length of the output.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn decision_sentence(class: u32, code: u32, len: usize) -> usize {
    let Some(bytes) = memory::input(len) else { return 0 };
    let class = Class::ALL.iter().find(|&&known| known as u32 == class);
    let denial = DenialCode::ALL.iter().find(|&&known| known as u32 == code).map(|&code| Denial::new(code, bytes));
    class.map_or(0, |&class| line(DecisionSentence::new(class, denial)))
}

/// One sentence about a denial, from its number and its bytes in the room. Returns the length of the
/// output.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn denial_sentence(code: u32, len: usize) -> usize {
    let Some(bytes) = memory::input(len) else { return 0 };
    match DenialCode::ALL.iter().find(|&&known| known as u32 == code) {
        Some(&code) => line(Denial::new(code, bytes)),
        None => 0,
    }
}

/// The text in the room, escaped for a log. Returns the length of the output.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn escape(len: usize) -> usize {
    memory::input(len).map_or(0, |text| line(corsac::Escaped(text)))
}
