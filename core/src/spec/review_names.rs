//! The rules for methods and header names.

use crate::spec::field::Field;
use crate::spec::finding::Severity;
use crate::spec::finding_code::FindingCode;
use crate::spec::limits::{HEADERS_MAX, METHODS_MAX, NAME_MAX, PREFIXES_MAX};
use crate::spec::mistake;
use crate::spec::repair::unquoted;
use crate::spec::report::{Place, Report};
use crate::spec::source::{Options, Source};
use crate::spec::suggestion::{Replacement, Suggestion};
use crate::syntax::byte::is_token;
use crate::syntax::header_name::{
    is_cors_response_header, is_forbidden_prefix, is_forbidden_request_header, is_forbidden_response_header,
    is_request_only_header, is_safelisted_response_header,
};
use crate::syntax::method::{is_forbidden, normalize_method};

/// What the methods of a policy mean for its request headers.
#[derive(Clone, Copy)]
pub(crate) struct Methods {
    /// Methods whose requests have a body were listed by a person.
    has_body: bool,
    /// Every entry is a method.
    are_right: bool,
}

/// Reports what is wrong with `allow_methods`.
pub(crate) fn review_methods<S: Source>(source: &S, report: &mut Report<'_>) -> Methods {
    let any = source.methods().any(|entry| entry == b"*");
    let before = report.errors();
    for (index, entry) in source.methods().enumerate() {
        let place = Place::entry(Field::AllowMethods, index, entry);
        if !review_name::<S>(place, METHODS_MAX, report) || entry == b"*" {
            continue;
        }
        let method = normalize_method(entry);
        if is_forbidden(method) {
            report.error(FindingCode::ForbiddenMethod, place, "remove the entry");
        } else if !S::IS_READ {
            // No warning refuses an image.
            continue;
        } else if any {
            report.superfluous(FindingCode::Redundant, place, b"*");
        } else if let Some(first) = first_like(source.methods(), index, |other| normalize_method(other) == method) {
            report.superfluous(FindingCode::Duplicate, place, first);
        } else if method.iter().any(u8::is_ascii_lowercase) {
            let upper = Replacement::of(&[method]).map(|method| method.map(|c| c.to_ascii_uppercase()));
            let suggestion = Suggestion::or_advice(upper, "write the method in upper case");
            report.add(Severity::Warning, FindingCode::MethodCase, place, 0..entry.len(), suggestion);
        }
    }
    // The missing method may be in an entry that is wrong.
    let are_right = report.errors() == before;
    if !S::IS_READ {
        return Methods { has_body: false, are_right };
    }
    let lists = |wanted: &[&[u8]]| source.methods().any(|method| wanted.contains(&normalize_method(method)));
    if !any && are_right && !lists(&[b"GET"]) {
        let advice = if source.methods().next().is_none() { "list the methods, such as GET" } else { "add GET" };
        report.warning(FindingCode::GetNotListed, Place::whole(Field::AllowMethods), advice);
    }
    let has_body = !source.options().methods_are_default && lists(&[b"POST", b"PUT", b"PATCH"]);
    Methods { has_body, are_right }
}

/// Reports what is wrong with `allow_headers`.
pub(crate) fn review_request_headers<S: Source>(source: &S, methods: Methods, report: &mut Report<'_>) {
    let any = source.request_headers().any(|entry| entry == b"*");
    let before = report.errors();
    let mut prefixes = 0;
    for (index, entry) in source.request_headers().enumerate() {
        let place = Place::entry(Field::AllowHeaders, index, entry);
        if !review_name::<S>(place, HEADERS_MAX, report) || entry == b"*" {
            continue;
        }
        if let Some(prefix) = prefix_of(entry) {
            prefixes += usize::from(!is_forbidden_prefix(prefix));
            if prefixes <= PREFIXES_MAX {
                review_prefix(source, place, prefix, any, report);
            } else {
                report.error(FindingCode::TooMany, place, "list at most 16 prefixes, or write \"*\" to allow any");
            }
        } else if !S::IS_READ {
            continue;
        } else if is_cors_response_header(entry) {
            report.warning(FindingCode::WrongDirection, place, "remove the entry: the server sends this header");
        } else if is_forbidden_request_header(entry) {
            report.warning(
                FindingCode::ForbiddenHeader,
                place,
                "remove the entry: the browser sets this header itself",
            );
        } else if any {
            // In browsers, `*` does not cover `authorization`. A list that has both is careful, not
            // wrong.
            if !entry.eq_ignore_ascii_case(b"authorization") {
                report.superfluous(FindingCode::Redundant, place, b"*");
            }
        } else if let Some(first) =
            first_like(source.request_headers(), index, |other| other.eq_ignore_ascii_case(entry))
        {
            report.superfluous(FindingCode::Duplicate, place, first);
        }
    }
    if !S::IS_READ {
        return;
    }
    let has_type = source.request_headers().any(|entry| {
        entry == b"*"
            || entry.eq_ignore_ascii_case(b"content-type")
            || prefix_of(entry).is_some_and(|prefix| starts_with(b"content-type", prefix))
    });
    if methods.has_body && methods.are_right && report.errors() == before && !has_type {
        let place = Place::whole(Field::AllowHeaders);
        report.warning(FindingCode::ContentTypeNotListed, place, "add content-type to allow_headers");
    }
}

/// Reports what is wrong with an entry such as `x-amz-meta-*`, whose prefix is `x-amz-meta-`.
fn review_prefix<S: Source>(source: &S, place: Place<'_>, prefix: &[u8], any: bool, report: &mut Report<'_>) {
    if is_forbidden_prefix(prefix) {
        report.error(FindingCode::ForbiddenPrefix, place, "list the names one by one");
    } else if !S::IS_READ {
        // No warning refuses an image.
    } else if any {
        report.superfluous(FindingCode::Redundant, place, b"*");
    } else if let Some(shorter) = source
        .request_headers()
        .find(|other| prefix_of(other).is_some_and(|other| other.len() < prefix.len() && starts_with(prefix, other)))
    {
        report.superfluous(FindingCode::Redundant, place, shorter);
    } else if let Some(first) =
        first_like(source.request_headers(), place.index.unwrap_or(0), |other| other.eq_ignore_ascii_case(place.text))
    {
        report.superfluous(FindingCode::Duplicate, place, first);
    }
}

/// The prefix of an entry such as `x-amz-meta-*`.
fn prefix_of(entry: &[u8]) -> Option<&[u8]> {
    entry.strip_suffix(b"*").filter(|prefix| prefix.ends_with(b"-") && is_token(prefix) && !prefix.contains(&b'*'))
}

fn starts_with(name: &[u8], prefix: &[u8]) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Reports what is wrong with `expose_headers`.
pub(crate) fn review_exposed_headers<S: Source>(source: &S, options: Options, report: &mut Report<'_>) {
    let any = source.exposed_headers().any(|entry| entry == b"*");
    for (index, entry) in source.exposed_headers().enumerate() {
        let place = Place::entry(Field::ExposeHeaders, index, entry);
        if !review_name::<S>(place, HEADERS_MAX, report) {
            continue;
        }
        if entry == b"*" {
            if options.credentials {
                let advice = "list the headers that scripts read, such as etag";
                report.error(FindingCode::AnyExposedWithCredentials, place, advice);
            }
        } else if is_forbidden_response_header(entry) {
            report.error(FindingCode::ForbiddenHeader, place, "remove the entry: scripts never see this header");
        } else if is_request_only_header(entry) {
            report.error(FindingCode::WrongDirection, place, "remove the entry: only requests have this header");
        } else if !S::IS_READ {
            continue;
        } else if any {
            report.superfluous(FindingCode::Redundant, place, b"*");
        } else if let Some(first) =
            first_like(source.exposed_headers(), index, |other| other.eq_ignore_ascii_case(entry))
        {
            report.superfluous(FindingCode::Duplicate, place, first);
        } else if is_safelisted_response_header(entry) {
            report.warning(FindingCode::SafelistedExposed, place, "remove the entry");
        }
    }
}

/// Checks the rules that all names share: count, length, token, `*`. Returns true for a name, `*`,
/// or a prefix where prefixes may be listed.
fn review_name<S: Source>(place: Place<'_>, most: usize, report: &mut Report<'_>) -> bool {
    let (text, index) = (place.text, place.index.unwrap_or(0));
    if index >= most {
        // Reported once. An entry past the limit is not looked at.
        if index == most {
            report.error(FindingCode::TooMany, place, "list fewer, or write \"*\" to allow any");
        }
        return false;
    }
    if text.is_empty() {
        report.error(FindingCode::EmptyEntry, place, "write a name, or remove the entry");
        return false;
    }
    if text.len() > NAME_MAX {
        let suggestion = Suggestion::Advice("write a name of at most 128 bytes");
        report.add(Severity::Error, FindingCode::TooLong, place, NAME_MAX..text.len(), suggestion);
        return false;
    }
    let bad = text.iter().position(|&b| !is_token(&[b]));
    let star = text.iter().position(|&b| b == b'*').filter(|_| text != b"*");
    let is_prefix = place.field == Field::AllowHeaders && prefix_of(text).is_some();
    let (code, at) = match (mistake::in_token(text), bad, star) {
        (Some(mistake), ..) => mistake,
        (None, Some(bad), _) => (FindingCode::NotAToken, bad..bad + 1),
        (None, None, Some(star)) if !is_prefix => (FindingCode::WildcardInside, star..star + 1),
        _ => return true,
    };
    if !S::IS_READ {
        report.add(Severity::Error, code, place, at, Suggestion::None);
        return false;
    }
    let (code, at) = mistake::in_name(text).unwrap_or((code, at));
    let suggestion = Suggestion::or_advice(repair_name(place, code), advice_for_name(place.field, code));
    report.add(Severity::Error, code, place, at, suggestion);
    false
}

/// The name that was meant, if it is clear and has no error.
fn repair_name(place: Place<'_>, code: FindingCode) -> Option<Replacement> {
    let meant = match code {
        FindingCode::NotAToken | FindingCode::TwoEntries => {
            // A header line has a colon after its name.
            let name = unquoted(place.text);
            Replacement::of(&[name.strip_suffix(b":").unwrap_or(name)])?
        }
        FindingCode::WildcardInside if place.field == Field::AllowHeaders => {
            Replacement::of(&[place.text.strip_suffix(b"*")?, b"-*"])?
        }
        _ => return None,
    };
    let text = meant.as_bytes();
    let is_name = is_token(text) && text.len() <= NAME_MAX && mistake::in_token(text).is_none();
    let is_accepted = match place.field {
        Field::AllowMethods => !is_forbidden(text) && (!text.contains(&b'*') || text == b"*"),
        Field::AllowHeaders => {
            let is_prefix = prefix_of(text).is_some_and(|prefix| !is_forbidden_prefix(prefix));
            !text.contains(&b'*') || text == b"*" || is_prefix
        }
        _ => !text.contains(&b'*') && !is_forbidden_response_header(text) && !is_request_only_header(text),
    };
    (is_name && is_accepted).then_some(meant)
}

const fn advice_for_name(field: Field, code: FindingCode) -> &'static str {
    match (code, field) {
        (FindingCode::TwoEntries, Field::AllowMethods) => {
            "write each method as a string of its own: [\"GET\", \"POST\"]"
        }
        (FindingCode::TwoEntries, _) => "write each name as a string of its own: [\"x-first\", \"x-second\"]",
        (FindingCode::Variable, _) => "write the names themselves, or fill the variable in before the policy is read",
        (FindingCode::RegularExpression | FindingCode::WildcardInside, Field::AllowHeaders) => {
            "list the names one by one, or write a prefix such as \"x-amz-meta-*\", or \"*\" for any"
        }
        (FindingCode::RegularExpression | FindingCode::WildcardInside, _) => {
            "list the names one by one, or write \"*\" for any"
        }
        _ => "write one name of letters, digits and -, without spaces, commas or colons",
    }
}

/// The first entry before `index` that is the same name.
fn first_like<'a>(
    mut entries: impl Iterator<Item = &'a [u8]>,
    index: usize,
    is_same: impl Fn(&[u8]) -> bool,
) -> Option<&'a [u8]> {
    entries.by_ref().take(index).find(|entry| is_same(entry))
}
