//! The rules for the switches that allow something dangerous: a switch must be needed, and a listed
//! public suffix must be a domain.

use crate::spec::field::Field;
use crate::spec::finding::Severity;
use crate::spec::finding_code::FindingCode;
use crate::spec::limits::SUFFIXES_MAX;
use crate::spec::pattern_host::{PatternError, check_domain, error, host_len};
use crate::spec::repair::unquoted;
use crate::spec::report::{Place, Report};
use crate::spec::review_origins::Needs;
use crate::spec::source::{Options, Source};
use crate::spec::suggestion::{Replacement, Suggestion};
use crate::syntax::host::{HOST_MAX, ends_in_number};
use crate::syntax::scheme::find_authority;

/// Reports switches that nothing needs, and what is wrong with the listed public suffixes.
pub(crate) fn review_switches<S: Source>(source: &S, options: Options, needs: &Needs, report: &mut Report<'_>) {
    // Lists from the environment differ between machines, and an entry that cannot be read may need
    // any switch.
    let is_known = !options.external_origins && !needs.are_unknown;
    let is_suffix_known = is_known && cfg!(feature = "public-suffix") && !options.suffixes_checked;
    let advice = "turn the switch off: it would allow an entry that is added later";
    for (field, is_on, is_needed, is_known) in [
        (Field::DangerouslyAllowNullOrigin, options.null_origin, needs.null_origin, is_known),
        (Field::DangerouslyAllowInsecureOrigins, options.insecure_origins, needs.insecure_origins, is_known),
        (Field::DangerouslyAllowPublicSuffixes, options.public_suffixes, needs.public_suffixes, is_suffix_known),
    ] {
        if is_on && !is_needed && is_known {
            report.warning(FindingCode::SwitchNotNeeded, Place::whole(field), advice);
        }
    }
    for (index, entry) in source.public_suffixes().enumerate() {
        let place = Place::entry(Field::DangerouslyAllowPublicSuffixes, index, entry);
        if index >= SUFFIXES_MAX {
            report.error(FindingCode::TooMany, place, "list at most 256 public suffixes");
            break;
        }
        if let Err(error) = check_suffix(entry) {
            let advice = "write the part after the wildcard, such as \"github.io\" for \"https://*.github.io\"";
            let repaired = if S::IS_READ { repair_suffix(entry) } else { None };
            let suggestion = Suggestion::or_advice(repaired, advice);
            report.add(Severity::Error, error.code, place, error.at, suggestion);
        } else if let Some(first) = source.public_suffixes().take(index).find(|other| *other == entry) {
            report.superfluous(FindingCode::Duplicate, place, first);
        } else if is_suffix_known && !needs.has_listed(index) {
            report.warning(FindingCode::SwitchNotNeeded, place, "remove the entry: no wildcard is over this suffix");
        }
    }
}

/// Checks that an entry is the fixed part of a wildcard without its trailing dot.
fn check_suffix(text: &[u8]) -> Result<(), PatternError> {
    let found = |wanted: fn(u8) -> bool| text.iter().position(|&b| wanted(b)).map(|at| at..at + 1);
    if text.is_empty() {
        return error(FindingCode::EmptyEntry, 0..0);
    }
    if text.len() > HOST_MAX {
        return error(FindingCode::TooLong, HOST_MAX..text.len());
    }
    if let Some(at) = found(|b| b.is_ascii_whitespace()) {
        return error(FindingCode::WhiteSpace, at);
    }
    if let Some(at) = found(|b| !b.is_ascii()) {
        return error(FindingCode::NonAsciiHost, at);
    }
    if let Some(at) = found(|b| b.is_ascii_uppercase()) {
        return error(FindingCode::UpperCase, at);
    }
    if let Some(at) = found(|b| b == b'*') {
        return error(FindingCode::MisplacedWildcard, at);
    }
    check_domain(text, 0)?;
    if text.ends_with(b".") {
        return error(FindingCode::InvalidHost, text.len() - 1..text.len());
    }
    if ends_in_number(text) {
        return error(FindingCode::NumericHost, 0..text.len());
    }
    Ok(())
}

/// The suffix that was meant: the fixed part of a pattern, in lower case.
fn repair_suffix(text: &[u8]) -> Option<Replacement> {
    let text = unquoted(text);
    let host = find_authority(text).and_then(|at| text.get(at + 3..)).unwrap_or(text);
    let host = host.get(..host_len(host))?.split(|&b| b == b'/').next()?;
    let host = host.strip_prefix(b"*").unwrap_or(host);
    let host = host.strip_prefix(b".").unwrap_or(host);
    let host = host.strip_suffix(b".").unwrap_or(host);
    let repaired = Replacement::of(&[host])?.map(|c| c.to_ascii_lowercase());
    check_suffix(repaired.as_bytes()).is_ok().then_some(repaired)
}
