//! The verdict of one browser on an exchange, and every reason to block it.

use core::ffi::c_void;

use corsac::browser::{Blocked, Causes, Evidence, Exchange, Part, PreflightOutcome, Profile, Verdict};
use heapless::Vec;

use super::cut::Cut;
use super::exchange::{Given, corsac_hop, with_exchange};
use super::profile::profile;
use super::script::corsac_script_request;
use crate::bytes::corsac_bytes;
use crate::pointer::output;
use crate::result::{corsac_result, result_of};
use crate::sentence::CORSAC_MESSAGE_MAX;
use crate::sentence::Sentence;

/// The script reads the response.
pub const CORSAC_VERDICT_ALLOWED: i32 = 0;
/// The script gets an empty (opaque) response, as it asked for.
pub const CORSAC_VERDICT_OPAQUE: i32 = 1;
/// The script gets an error.
pub const CORSAC_VERDICT_BLOCKED: i32 = 2;
/// Nothing blocks it so far, but a response is not known.
pub const CORSAC_VERDICT_INCOMPLETE: i32 = 3;
/// The script gets an exception. Nothing is sent.
pub const CORSAC_VERDICT_THROWS: i32 = 4;

/// No hop needs a preflight.
pub const CORSAC_PREFLIGHT_NOT_NEEDED: i32 = 0;
/// All preflights that are needed pass.
pub const CORSAC_PREFLIGHT_PASSED: i32 = 1;
/// The response to a preflight that is needed is not known.
pub const CORSAC_PREFLIGHT_MISSING: i32 = 2;
/// A preflight fails.
pub const CORSAC_PREFLIGHT_FAILED: i32 = 3;

/// No response to a preflight is cached: `cache_seconds` of a judgement.
pub const CORSAC_NOT_CACHED: i64 = -1;

/// The maximum length of a console message in a reason. A longer one is cut and ends in `...`.
pub const CORSAC_CONSOLE_MAX: usize = 4096;

/// The verdict of one browser on an exchange.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct corsac_judgement {
    /// The bytes of this struct that the library has written. A member that ends behind them is one of a later version.
    pub size: usize,
    /// What the script gets: `CORSAC_VERDICT_...`
    pub verdict: i32,
    /// The result of the preflights of all hops: `CORSAC_PREFLIGHT_...`
    pub preflight: i32,
    /// For how many seconds the browser may cache the response to the last preflight that passed, or `CORSAC_NOT_CACHED`.
    pub cache_seconds: i64,
    /// Zeros: room for members of a later version.
    pub reserved: [u64; 2],
}

/// A reason to block a response, and its place. It is valid during the callback, but `code`, `cause`, `cause_name` and `advice` are static.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_blocked {
    /// `sizeof(corsac_blocked)` of the library.
    pub size: usize,
    /// The stable name, such as `acao-missing`. `corsac_blocked_name` lists all of them.
    pub code: corsac_bytes,
    /// 1: in the response to the preflight. 0: in the response to the request, or in the request.
    pub in_preflight: i32,
    /// The number of the hop, from 0.
    pub hop: usize,
    /// The status of that response. 0: there is none.
    pub status: i32,
    /// The bytes that are wrong: the value of a header (several lines joined by `, `), the method, the name of a header in lower case, or the
    /// URL of a redirect. Empty if something is missing. These are raw bytes of others, cut after `CORSAC_MESSAGE_MAX`: escape them with
    /// `corsac_escape` before you show them.
    pub evidence: corsac_bytes,
    /// The reason in one sentence, with untrusted bytes escaped, cut after `CORSAC_MESSAGE_MAX`.
    pub sentence: corsac_bytes,
    /// The stable name of the likely mistake, such as `trailing-slash`.
    pub cause_name: corsac_bytes,
    /// The likely mistake, in one sentence.
    pub cause: corsac_bytes,
    /// What to do about it, in one sentence. If it says "these headers" or "these lines", get them from `corsac_step_passing_lines`.
    pub advice: corsac_bytes,
    /// The message in the console of this browser: UTF-8, at most `CORSAC_CONSOLE_MAX` bytes. Empty if it has no message of its own.
    pub console: corsac_bytes,
}

/// Receives each reason. `data` is the pointer that you passed with the function.
pub type corsac_on_blocked = Option<unsafe extern "C" fn(data: *mut c_void, blocked: *const corsac_blocked)>;

/// Finds out what a browser does with a request and its responses, and writes the verdict to `*judgement`. It calls `on_blocked` (which may be
/// NULL) with `data` for each failure, in the order in which this browser finds them: its console names the first.
///
/// `hops` has one entry for each URL of the redirect chain. Leave out what you do not know; NULL and 0 if you know nothing.
///
/// The cost grows with the number of header lines and of failures, and not with their square: `CORSAC_EXPLAIN_LINES_MAX` bounds it.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; then the callback is not called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_explain(
    request: *const corsac_script_request,
    hops: *const corsac_hop,
    hop_count: usize,
    profile: i32,
    on_blocked: corsac_on_blocked,
    data: *mut c_void,
    judgement: *mut corsac_judgement,
) -> corsac_result {
    result_of(|| {
        let profile = self::profile(profile)?;
        // SAFETY: what the header asks of every pointer.
        let judgement = unsafe { output(judgement)? };
        let judge = |exchange: Exchange<'_>| {
            let mut causes = Causes::new(exchange);
            exchange.judge(profile, |blocked| {
                if let Some(on_blocked) = on_blocked {
                    describe(&exchange, &mut causes, profile, &blocked, |blocked| {
                        // SAFETY: the caller's function and the caller's data.
                        unsafe { on_blocked(data, blocked) }
                    });
                }
            })
        };
        // SAFETY: as above.
        let judged = unsafe { with_exchange(Given { request, hops, hop_count }, judge)? };
        judgement.write(corsac_judgement {
            size: core::mem::offset_of!(corsac_judgement, reserved),
            reserved: [0; 2],
            verdict: verdict(judged.verdict),
            preflight: outcome(judged.preflight),
            cache_seconds: judged.cache_seconds.map_or(CORSAC_NOT_CACHED, i64::from),
        });
        Ok(())
    })
}

/// Describes a reason in words.
#[inline(never)]
fn describe<'a>(
    exchange: &Exchange<'a>,
    causes: &mut Causes<'a>,
    profile: Profile,
    blocked: &Blocked<'a>,
    on: impl FnOnce(&corsac_blocked),
) {
    let evidence = copied(blocked.evidence());
    let sentence = Sentence::of(blocked);
    let mut console = Cut::<CORSAC_CONSOLE_MAX>::new();
    let cause = causes.of(blocked);
    let said = exchange.console(profile, blocked).map_or("", |said| console.of(said));
    let of = |text: &str| corsac_bytes::of(text.as_bytes());
    on(&corsac_blocked {
        size: size_of::<corsac_blocked>(),
        code: of(blocked.code().as_str()),
        in_preflight: i32::from(blocked.part() == Part::Preflight),
        hop: blocked.hop(),
        status: blocked.status().map_or(0, i32::from),
        evidence: corsac_bytes::of(&evidence),
        sentence: corsac_bytes::of(sentence.as_bytes()),
        cause_name: of(cause.as_str()),
        cause: of(cause.sentence()),
        advice: of(cause.advice()),
        console: of(said),
    });
}

fn copied(evidence: Evidence<'_>) -> Vec<u8, CORSAC_MESSAGE_MAX> {
    let mut bytes = Vec::new();
    let _ = evidence.bytes().try_for_each(|b| bytes.push(b));
    bytes
}

pub(super) const fn verdict(verdict: Verdict) -> i32 {
    match verdict {
        Verdict::Allowed => CORSAC_VERDICT_ALLOWED,
        Verdict::Opaque => CORSAC_VERDICT_OPAQUE,
        Verdict::Blocked => CORSAC_VERDICT_BLOCKED,
        Verdict::Incomplete => CORSAC_VERDICT_INCOMPLETE,
        Verdict::Throws => CORSAC_VERDICT_THROWS,
    }
}

pub(super) const fn outcome(outcome: PreflightOutcome) -> i32 {
    match outcome {
        PreflightOutcome::NotNeeded => CORSAC_PREFLIGHT_NOT_NEEDED,
        PreflightOutcome::Passed => CORSAC_PREFLIGHT_PASSED,
        PreflightOutcome::Missing => CORSAC_PREFLIGHT_MISSING,
        PreflightOutcome::Failed => CORSAC_PREFLIGHT_FAILED,
    }
}
