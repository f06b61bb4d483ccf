//! What one browser makes of an exchange: its verdict, and every reason that stands against it.

use core::ffi::c_void;

use corsac::browser::{Blocked, Evidence, Exchange, Part, PreflightOutcome, Profile, Verdict};
use heapless::Vec;

use super::cut::Cut;
use super::exchange::{Given, corsac_hop, with_exchange};
use super::profile::profile;
use super::script::corsac_script_request;
use crate::bytes::corsac_bytes;
use crate::pointer::output;
use crate::result::{corsac_result, result_of};
use crate::sentence::Sentence;
use crate::text::CORSAC_MESSAGE_MAX;

/// The script reads the response.
pub const CORSAC_VERDICT_ALLOWED: i32 = 0;
/// The script gets a response with nothing in it, as it asked for.
pub const CORSAC_VERDICT_OPAQUE: i32 = 1;
/// The script gets an error.
pub const CORSAC_VERDICT_BLOCKED: i32 = 2;
/// Nothing stands against it, but an answer is not known.
pub const CORSAC_VERDICT_INCOMPLETE: i32 = 3;
/// The script gets an exception; nothing is sent.
pub const CORSAC_VERDICT_THROWS: i32 = 4;

/// No step needs a preflight.
pub const CORSAC_PREFLIGHT_NOT_NEEDED: i32 = 0;
/// All preflights that are needed pass.
pub const CORSAC_PREFLIGHT_PASSED: i32 = 1;
/// The answer to one that is needed is not known.
pub const CORSAC_PREFLIGHT_MISSING: i32 = 2;
/// One fails.
pub const CORSAC_PREFLIGHT_FAILED: i32 = 3;

/// No answer to a preflight is kept: `cache_seconds` of a judgement.
pub const CORSAC_NOT_CACHED: i64 = -1;

/// The most bytes of a console message that a reason holds; what is longer is cut and ends in `...`.
pub const CORSAC_CONSOLE_MAX: usize = 4096;

/// What one browser makes of an exchange.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct corsac_judgement {
    /// What the script gets: `CORSAC_VERDICT_...`
    pub verdict: i32,
    /// What became of the preflights of all hops: `CORSAC_PREFLIGHT_...`
    pub preflight: i32,
    /// For how many seconds the answer to the last preflight that passed may be kept, or `CORSAC_NOT_CACHED`.
    pub cache_seconds: i64,
}

/// Why a browser refuses, and where. Valid during the callback, all of it; `code`, `cause`, `cause_name` and `advice` stay valid for good.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_blocked {
    /// The stable name, such as `acao-missing`; `corsac_blocked_name` lists all.
    pub code: corsac_bytes,
    /// 1: in the answer to the preflight. 0: in the answer to the request, or in the request.
    pub in_preflight: i32,
    /// At which hop, from 0.
    pub hop: usize,
    /// The status of that answer, 0 where there is none.
    pub status: i32,
    /// The offending bytes: the header's value (several lines joined by `, `), the method, the name of a header (in lower case), the URL of a
    /// redirect; empty where something is missing. Raw bytes that somebody else wrote, cut after `CORSAC_MESSAGE_MAX`: `corsac_escape` makes
    /// them fit to print.
    pub evidence: corsac_bytes,
    /// The reason in one sentence, untrusted bytes escaped, cut after `CORSAC_MESSAGE_MAX`.
    pub sentence: corsac_bytes,
    /// The stable name of the likely mistake behind it, such as `trailing-slash`.
    pub cause_name: corsac_bytes,
    /// The likely mistake, in one sentence.
    pub cause: corsac_bytes,
    /// What to do about it, in one sentence. Where it speaks of "these lines", `corsac_step_passing_lines` gives them.
    pub advice: corsac_bytes,
    /// What this browser's console says, UTF-8, at most `CORSAC_CONSOLE_MAX` bytes; empty where it says nothing of its own.
    pub console: corsac_bytes,
}

/// Takes one reason; `data` is what the caller of the function gave.
pub type corsac_on_blocked = Option<unsafe extern "C" fn(data: *mut c_void, blocked: *const corsac_blocked)>;

/// Says what a browser makes of a request and its answers. Each failure is told to `on_blocked` (NULL: to nobody), in the order in which this
/// browser comes upon them: the first is the one that its console names. `data` is handed on to it.
///
/// `hops` has one entry per URL of the redirect chain; what is missing is not known. No hop at all (NULL and 0) is an exchange of which
/// nothing is known.
///
/// The cost grows with the square of the number of the script's headers: about 20 ms for 500 of them.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; nothing is told then.
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
            exchange.judge(profile, |blocked| {
                if let Some(on_blocked) = on_blocked {
                    tell(&exchange, profile, &blocked, |blocked| {
                        // SAFETY: the caller's function and the caller's data.
                        unsafe { on_blocked(data, blocked) }
                    });
                }
            })
        };
        // SAFETY: as above.
        let judged = unsafe { with_exchange(Given { request, hops, hop_count }, judge)? };
        judgement.write(corsac_judgement {
            verdict: verdict(judged.verdict),
            preflight: outcome(judged.preflight),
            cache_seconds: judged.cache_seconds.map_or(CORSAC_NOT_CACHED, i64::from),
        });
        Ok(())
    })
}

/// Puts a reason into words.
#[inline(never)]
fn tell(exchange: &Exchange<'_>, profile: Profile, blocked: &Blocked<'_>, on: impl FnOnce(&corsac_blocked)) {
    let evidence = copied(blocked.evidence());
    let sentence = Sentence::of(blocked);
    let mut console = Cut::<CORSAC_CONSOLE_MAX>::new();
    let cause = exchange.cause(blocked);
    let said = exchange.console(profile, blocked).map_or("", |said| console.of(said));
    let of = |text: &str| corsac_bytes::of(text.as_bytes());
    on(&corsac_blocked {
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
