//! Splits an expression into its alternatives.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};

use crate::pieces::{Alternative, Bytes, Piece, Variable};
use crate::reading::Reading;
use crate::refusal::Refusal;
use crate::syntax::{parseable, unreadable};

/// How deep groups can be nested. Each one is a recursive call, and 64 are far more than people
/// write.
const DEPTH_MAX: u32 = 64;
/// How many alternatives an expression can have. Each optional part doubles them, so the limit
/// bounds the work.
const ALTERNATIVES_MAX: usize = 1024;
/// Bytes that are copied. What people write needs some thousands; the longest expression, two
/// million.
const COPIED_MAX: usize = 1 << 22;
/// The most characters that a class can have to be taken one by one, as in `[ab]`. A larger class
/// is a variable part.
const CHARACTERS_MAX: usize = 8;

/// Returns the alternatives of an expression.
pub(crate) fn alternatives(expression: &str, reading: Reading) -> Result<Vec<Alternative>, Refusal> {
    let text = parseable(expression, reading.language)?;
    // Origins are ASCII, and the engine checks no others, so bytes are enough.
    let mut parser = ParserBuilder::new();
    parser.nest_limit(DEPTH_MAX).unicode(false).utf8(false).case_insensitive(reading.ignores_case);
    let hir = parser.build().parse(&text).map_err(|error| Refusal::Unreadable(reason(&error)))?;
    Expansion { copied: 0 }.expand(&hir)
}

/// Shortens the parser's message to the part that explains the error.
fn reason(error: &regex_syntax::Error) -> String {
    match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        _ => "not a regular expression".to_owned(),
    }
}

struct Expansion {
    copied: usize,
}

impl Expansion {
    fn copy(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.copied = self.copied.saturating_add(bytes);
        if self.copied > COPIED_MAX { Err(Refusal::TooMany) } else { Ok(()) }
    }

    fn expand(&mut self, hir: &Hir) -> Result<Vec<Alternative>, Refusal> {
        match hir.kind() {
            HirKind::Empty => Ok(vec![Alternative::default()]),
            HirKind::Literal(literal) => {
                let Ok(text) = str::from_utf8(&literal.0) else { return unreadable("a byte that no origin has") };
                Ok(vec![Alternative::literal(text)])
            }
            HirKind::Class(class) => Ok(expand_class(class)),
            HirKind::Look(Look::Start | Look::StartLF) => Ok(vec![Alternative::of(Piece::Start)]),
            // An origin has no line feed, so the end of its line is its end.
            HirKind::Look(Look::End | Look::EndLF) => Ok(vec![Alternative::of(Piece::End)]),
            HirKind::Look(_) => Err(Refusal::Condition),
            HirKind::Repetition(repetition) => self.expand_repetition(repetition),
            HirKind::Capture(capture) => self.expand(&capture.sub),
            HirKind::Concat(parts) => {
                let mut done = vec![Alternative::default()];
                for part in parts {
                    let next = self.expand(part)?;
                    done = self.concat(done, &next)?;
                }
                Ok(done)
            }
            HirKind::Alternation(branches) => {
                let mut all = Vec::new();
                for branch in branches {
                    all.append(&mut self.expand(branch)?);
                    if all.len() > ALTERNATIVES_MAX {
                        return Err(Refusal::TooMany);
                    }
                }
                Ok(all)
            }
        }
    }

    /// Combines each alternative of the first part with each of the second.
    fn concat(&mut self, mut done: Vec<Alternative>, next: &[Alternative]) -> Result<Vec<Alternative>, Refusal> {
        if let [only] = next {
            self.copy(only.size().saturating_mul(done.len()))?;
            done.iter_mut().for_each(|one| one.append(only));
            return Ok(done);
        }
        if done.len().saturating_mul(next.len()) > ALTERNATIVES_MAX {
            return Err(Refusal::TooMany);
        }
        let mut all = Vec::with_capacity(done.len() * next.len());
        for one in &done {
            for more in next {
                self.copy(one.size() + more.size())?;
                let mut both = one.clone();
                both.append(more);
                all.push(both);
            }
        }
        Ok(all)
    }

    fn expand_repetition(&mut self, repetition: &Repetition) -> Result<Vec<Alternative>, Refusal> {
        let (least, most) = (repetition.min, repetition.max);
        let none = (least == 0).then(Alternative::default);
        if most == Some(0) {
            return Ok(vec![Alternative::default()]);
        }
        if most != Some(1)
            && let Some(bytes) = single_byte(&repetition.sub)
        {
            return Ok(vec![Alternative::of(Piece::Variable(Variable { bytes, least, most, is_exact: true }))]);
        }
        let last = self.expand(&repetition.sub)?;
        if last.iter().flat_map(|one| &one.pieces).any(|piece| matches!(piece, Piece::Start | Piece::End)) {
            return Err(Refusal::Condition);
        }
        let before =
            if most == Some(1) { Alternative::default() } else { Alternative::of(Piece::Variable(repeated(&last))) };
        // However often it repeats, it is any text of these bytes, followed by the last repetition.
        let mut all = self.concat(vec![before], &last)?;
        all.extend(none);
        if all.len() > ALTERNATIVES_MAX { Err(Refusal::TooMany) } else { Ok(all) }
    }
}

/// Any text of the bytes that these alternatives have, of any length.
fn repeated(alternatives: &[Alternative]) -> Variable {
    let mut bytes = Bytes::default();
    for piece in alternatives.iter().flat_map(|one| &one.pieces) {
        match piece {
            Piece::Literal(text) => bytes = bytes.and(Bytes::of(text.as_bytes())),
            Piece::Variable(variable) => bytes = bytes.and(variable.bytes),
            Piece::Start | Piece::End => {}
        }
    }
    Variable { bytes, least: 0, most: None, is_exact: false }
}

/// The bytes of an expression that matches one byte.
fn single_byte(hir: &Hir) -> Option<Bytes> {
    match hir.kind() {
        HirKind::Literal(literal) if literal.0.len() == 1 && literal.0[0] < 128 => Some(Bytes::of(&literal.0)),
        HirKind::Class(class) => Some(bytes_of(class)),
        HirKind::Capture(capture) => single_byte(&capture.sub),
        _ => None,
    }
}

fn ranges(class: &Class) -> Vec<(u32, u32)> {
    match class {
        Class::Unicode(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
        Class::Bytes(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
    }
}

/// The ASCII bytes of a class: no origin has another one.
fn bytes_of(class: &Class) -> Bytes {
    let mut bytes = Bytes::default();
    for byte in ranges(class).into_iter().flat_map(|(start, end)| start..=end.min(127)) {
        bytes.add(byte as u8);
    }
    bytes
}

/// A small class becomes its characters, a larger one a variable part.
fn expand_class(class: &Class) -> Vec<Alternative> {
    let bytes = bytes_of(class);
    let characters: Vec<u8> = (0..128).filter(|&byte| bytes.holds(Bytes::of(&[byte]))).collect();
    let is_lower_there = |byte: u8| bytes.holds(Bytes::of(&[byte.to_ascii_lowercase()]));
    // Both cases of a letter are one text.
    let texts: Vec<u8> =
        characters.into_iter().filter(|byte| !byte.is_ascii_uppercase() || !is_lower_there(*byte)).collect();
    if texts.len() > CHARACTERS_MAX {
        let single = Variable { bytes, least: 1, most: Some(1), is_exact: true };
        return vec![Alternative::of(Piece::Variable(single))];
    }
    texts.iter().map(|&byte| Alternative::literal(char::from(byte).encode_utf8(&mut [0; 4]))).collect()
}
