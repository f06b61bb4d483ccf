//! Decides about one request, and packs the decision into one number. Its headers are addresses.
//!
//! The room holds these words: the lengths of the method, of the path and of the raw path
//! (`u32::MAX`: not known), then for each header line the number of its name in
//! [`READ_HEADERS`](corsac::READ_HEADERS) and the length of its value. Then the bytes, in that order.

use core::cell::UnsafeCell;

use corsac::{Asked, Decision, PolicySet, READ_HEADERS, Request, RequestPath};

use crate::memory;
use crate::shapes::{self, METHOD, ORIGIN, Place};

/// No policy applies to the path.
const UNTOUCHED: u32 = 1 << 2;
/// The decision depends on the caller's check of the origin.
const ASK: u32 = 1 << 3;
const DENIAL_SHIFT: u32 = 4;
const STATUS_SHIFT: u32 = 8;
/// `Timing-Allow-Origin` of the application is replaced, too.
const TIMING: u32 = 1 << 18;
/// The path has more than one reading.
const AMBIGUOUS: u32 = 1 << 19;
/// From here: the number of the list of headers, or 0.
const LIST_SHIFT: u32 = 20;
/// A length is not one that the caller wrote.
const BAD_CALL: u32 = u32::MAX;

/// Most headers of a decision: 32 echoed lines and seven others.
const HEADERS: usize = 40;

/// What does not fit into the number. JavaScript reads these words at the address that `decided`
/// returns.
#[repr(C)]
struct Decided {
    /// Which policies decided: [`PathPolicies::id`](corsac::PathPolicies::id).
    id: u32,
    /// The table of the policy whose external origins are asked about.
    table: u32,
    /// Where the bytes of the denial are, and how many.
    denial: u32,
    denial_len: u32,
    count: u32,
    headers: [Place; HEADERS],
}

struct Single(UnsafeCell<Decided>);

// SAFETY: the module has one thread.
unsafe impl Sync for Single {}

static LAST: Single = Single(UnsafeCell::new(Decided {
    id: 0,
    table: 0,
    denial: 0,
    denial_len: 0,
    count: 0,
    headers: [Place { name: 0, name_len: 0, value: 0, value_len: 0 }; HEADERS],
}));

/// Where the words of the last decision are.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn decided() -> usize {
    LAST.0.get().addr()
}

/// Takes this many bytes from the front.
fn take<'m>(bytes: &mut &'m [u8], len: u32) -> Option<&'m [u8]> {
    let (taken, rest) = bytes.split_at_checked(len as usize)?;
    *bytes = rest;
    Some(taken)
}

fn word(words: &mut &[u8]) -> Option<u32> {
    let (word, rest) = words.split_first_chunk()?;
    *words = rest;
    Some(u32::from_le_bytes(*word))
}

/// Decides about the request in the room. `checked` is what the caller's check said about the
/// origin: 0: it was not asked, 1: no, 2: yes.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn decide(len: usize, lines: u32, checked: u32) -> u32 {
    read(len, lines, checked).unwrap_or(BAD_CALL)
}

fn read(len: usize, lines: u32, checked: u32) -> Option<u32> {
    let input = memory::input(len)?;
    let words = (lines as usize).checked_mul(8)?.checked_add(12)?;
    let (mut words, mut bytes) = input.split_at_checked(words)?;
    let [method, path, raw] = [word(&mut words)?, word(&mut words)?, word(&mut words)?];
    let method = take(&mut bytes, method)?;
    let path = if path == u32::MAX { None } else { Some(take(&mut bytes, path)?) };
    let raw = if raw == u32::MAX { None } else { Some(take(&mut bytes, raw)?) };
    let mut request = Request::new(method);
    while let (Some(name), Some(len)) = (word(&mut words), word(&mut words)) {
        let name = READ_HEADERS.get(name as usize)?;
        request.header(*name, take(&mut bytes, len)?);
    }
    let path = match (path, raw) {
        (Some(path), Some(raw)) => RequestPath::decoded(path).with_raw(raw),
        (None, Some(raw)) => RequestPath::raw(raw),
        (path, None) => RequestPath::decoded(path.unwrap_or(b"/")),
    };
    let set = PolicySet::from_compiled(memory::opened());
    let Some(policies) = set.at(&path) else { return Some(UNTOUCHED) };
    // SAFETY: only this function writes it, and JavaScript reads it between calls.
    let last = unsafe { &mut *LAST.0.get() };
    last.id = policies.id();
    let decision = match checked {
        0 => match policies.evaluate_ask(&request) {
            Asked::Decided(decision) => decision,
            Asked::Ask { table, .. } => {
                last.table = table as u32;
                return Some(ASK | request.class() as u32);
            }
        },
        checked => policies.evaluate_asked(&request, checked == 2),
    };
    let ambiguous = if policies.is_ambiguous() { AMBIGUOUS } else { 0 };
    Some(write(&decision, &request, last) | ambiguous)
}

/// Writes the headers as addresses, and returns the number.
fn write(decision: &Decision<'_>, request: &Request<'_>, last: &mut Decided) -> u32 {
    let is = |value: &[u8], of: Option<&[u8]>| of.is_some_and(|of| core::ptr::eq(of, value));
    let mut count = 0;
    let mut is_echo = false;
    for (header, place) in decision.headers().zip(&mut last.headers) {
        let (value, value_len) = if is(header.value, request.origin()) {
            (ORIGIN, 0)
        } else if is(header.value, request.requested_method()) {
            (METHOD, 0)
        } else {
            is_echo |= memory::is_input(header.value);
            (header.value.as_ptr().addr() as u32, header.value.len() as u32)
        };
        let (name, name_len) = (header.name.as_ptr().addr() as u32, header.name.len() as u32);
        *place = Place { name, name_len, value, value_len };
        count += 1;
    }
    last.count = count as u32;
    let list = match last.headers.get(..count) {
        Some(headers) if !is_echo => shapes::number_of(headers),
        _ => 0,
    };
    let denial = decision.denial();
    let (code, bytes) = denial.as_ref().map_or((0, &b""[..]), |denial| (denial.code() as u32, denial.bytes()));
    (last.denial, last.denial_len) = (bytes.as_ptr().addr() as u32, bytes.len() as u32);
    let timing = if decision.replaced_headers().replaces_timing() { TIMING } else { 0 };
    decision.class() as u32
        | code << DENIAL_SHIFT
        | u32::from(decision.status().unwrap_or(0)) << STATUS_SHIFT
        | timing
        | list << LIST_SHIFT
}
