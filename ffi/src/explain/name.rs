//! The stable names of the browser model, for logs and machines.

use corsac::browser::{BlockedCode, Cause, PreflightOutcome, Verdict};

use super::judge::{outcome, verdict};
use super::profile::profile;
use crate::bytes::corsac_bytes;

/// The name of a profile: `spec`, `chromium`, `firefox` or `webkit`. Static. Empty for another number.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_profile_name(profile: i32) -> corsac_bytes {
    named(self::profile(profile).ok().map(|profile| profile.name()))
}

/// The name of a verdict: `allowed`, `opaque`, `blocked`, `incomplete` or `throws`. Static. Empty for another number.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_verdict_name(verdict: i32) -> corsac_bytes {
    let all = [Verdict::Allowed, Verdict::Opaque, Verdict::Blocked, Verdict::Incomplete, Verdict::Throws];
    named(all.into_iter().find(|one| self::verdict(*one) == verdict).map(Verdict::as_str))
}

/// The name of a preflight result: `not-needed`, `passed`, `missing` or `failed`. Static. Empty for another number.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_preflight_name(preflight: i32) -> corsac_bytes {
    let all =
        [PreflightOutcome::NotNeeded, PreflightOutcome::Passed, PreflightOutcome::Missing, PreflightOutcome::Failed];
    named(all.into_iter().find(|one| outcome(*one) == preflight).map(PreflightOutcome::as_str))
}

/// The name of a reason to block a response, such as `acao-missing`, by its place from 0. Static. Empty past the last one. A later version may have
/// more of them.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_blocked_name(place: usize) -> corsac_bytes {
    named(BlockedCode::ALL.get(place).map(|code| code.as_str()))
}

/// The name of a likely mistake, such as `trailing-slash`, by its place from 0. Static. Empty past the last one. A later version may have more of
/// them.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_cause_name(place: usize) -> corsac_bytes {
    named(Cause::ALL.get(place).map(|cause| cause.as_str()))
}

fn named(name: Option<&'static str>) -> corsac_bytes {
    corsac_bytes::of(name.unwrap_or_default().as_bytes())
}
