//! Every rule about what may be written in a spec, entry by entry. The compiler and the opener of an image share it.

use crate::spec::field::Field;
use crate::spec::finding::Severity;
use crate::spec::finding_code::FindingCode;
use crate::spec::limits::{HEADERS_MAX, METHODS_MAX, NAME_MAX};
use crate::spec::pattern::{Kind, Pattern, parse};
use crate::spec::report::{Place, Report};
use crate::spec::source::{Options, Source};
use crate::spec::suggestion::Suggestion;
use crate::syntax::byte::is_token;
use crate::syntax::header_name::{
    is_cors_response_header, is_forbidden_request_header, is_forbidden_response_header, is_request_only_header,
    is_safelisted_response_header,
};
use crate::syntax::host::is_loopback;
use crate::syntax::method::{is_forbidden, normalize_method};

/// Reports everything that can be said without comparing origins with each other.
pub(crate) fn review(source: &impl Source, report: &mut Report<'_>) {
    let options = source.options();
    review_origins(source, options, report);
    review_methods(source, options, report);
    review_request_headers(source, report);
    review_exposed_headers(source, options, report);
    review_numbers(options, report);
}

fn review_origins(source: &impl Source, options: Options, report: &mut Report<'_>) {
    let any = source.origins().any(|entry| entry == b"*");
    for (index, entry) in source.origins().enumerate() {
        let place = Place::entry(Field::AllowOrigins, index, entry);
        match parse(entry) {
            Err(error) => {
                let suggestion = Suggestion::for_pattern(entry, error.code);
                report.add(Severity::Error, error.code, place, error.at, suggestion);
            }
            Ok(pattern) => {
                review_pattern(pattern, place, options, report);
                if any && pattern.kind != Kind::Any {
                    report.superfluous(FindingCode::Redundant, place, b"*");
                }
            }
        }
    }
    let external = Place::whole(Field::ExternalOrigins);
    if source.origins().next().is_none() && !options.external_origins {
        let advice = "list the origins that may read, such as \"https://app.example.com\"";
        report.error(FindingCode::NoOrigins, Place::whole(Field::AllowOrigins), advice);
    } else if any && options.external_origins {
        report.superfluous(FindingCode::Redundant, external, b"*");
    }
}

fn review_pattern(pattern: Pattern<'_>, place: Place<'_>, options: Options, report: &mut Report<'_>) {
    match pattern.kind {
        Kind::Any => {
            if options.credentials {
                let advice = "list the origins that may read with credentials, or turn allow_credentials off";
                report.error(FindingCode::AnyOriginWithCredentials, place, advice);
            }
            if options.private_network {
                let advice = "list the origins, or turn allow_private_network off";
                report.error(FindingCode::PrivateNetworkAnyOrigin, place, advice);
            }
        }
        Kind::Null if options.credentials => {
            let advice = "remove the entry: give the page an origin of its own and list that";
            report.error(FindingCode::NullOriginWithCredentials, place, advice);
        }
        Kind::Null if !options.null_origin => {
            let advice = "remove the entry, or set dangerously_allow_null_origin where any page may read";
            report.error(FindingCode::NullOrigin, place, advice);
        }
        Kind::Null => {
            report.warning(
                FindingCode::NullOrigin,
                place,
                "list the origins of the pages instead, where they have one",
            );
        }
        Kind::Host | Kind::Subdomains | Kind::Glob | Kind::AnyHost | Kind::File | Kind::Range(_) => {
            let insecure = pattern.scheme == b"http" && !is_loopback(pattern.fixed);
            if insecure && options.credentials && !options.insecure_origins {
                review_insecure(pattern, place, report);
            }
            if insecure && options.private_network {
                let advice = "list https: origins, or turn allow_private_network off";
                report.error(FindingCode::PrivateNetworkInsecure, place, advice);
            }
            if matches!(pattern.kind, Kind::Subdomains | Kind::Glob) {
                review_suffix(pattern, place, options, report);
            }
        }
    }
}

/// The replacement is the same pattern with `https:`, where that is one.
fn review_insecure(pattern: Pattern<'_>, place: Place<'_>, report: &mut Report<'_>) {
    let rest = place.text.get(pattern.scheme.len()..).unwrap_or(b"");
    let secure = Suggestion::write(&[b"https", rest], |b| b);
    let suggestion = match secure.replacement() {
        Some(text) if parse(text.as_bytes()).is_ok() => secure,
        _ => Suggestion::Advice("use https:, or set dangerously_allow_insecure_origins"),
    };
    report.add(Severity::Error, FindingCode::InsecureOrigin, place, 0..pattern.scheme.len(), suggestion);
}

#[cfg(feature = "public-suffix")]
fn review_suffix(pattern: Pattern<'_>, place: Place<'_>, options: Options, report: &mut Report<'_>) {
    if !crate::spec::public_suffix::is_over_public_suffix(pattern.fixed) {
        return;
    }
    let advice = "write the domain that you own, as in \"https://*.example.com\"";
    if !options.credentials {
        report.warning(FindingCode::PublicSuffix, place, advice);
    } else if !options.public_suffixes {
        report.error(FindingCode::PublicSuffix, place, advice);
    }
}

/// Without the list nothing is known about suffixes; the image says so, and an opener that has the list checks again.
#[cfg(not(feature = "public-suffix"))]
fn review_suffix(_: Pattern<'_>, _: Place<'_>, _: Options, _: &mut Report<'_>) {}

fn review_methods(source: &impl Source, options: Options, report: &mut Report<'_>) {
    let any = source.methods().any(|entry| entry == b"*");
    for (index, entry) in source.methods().enumerate() {
        let place = Place::entry(Field::AllowMethods, index, entry);
        if !review_name(place, METHODS_MAX, report) || entry == b"*" {
            continue;
        }
        let method = normalize_method(entry);
        if is_forbidden(method) {
            report.error(FindingCode::ForbiddenMethod, place, "remove the entry");
        } else if any {
            report.superfluous(FindingCode::Redundant, place, b"*");
        } else if let Some(first) = first_like(source.methods(), index, |other| normalize_method(other) == method) {
            report.superfluous(FindingCode::Duplicate, place, first);
        } else if method.iter().any(u8::is_ascii_lowercase) {
            let suggestion = Suggestion::write(&[method], |b| b.to_ascii_uppercase());
            report.add(Severity::Warning, FindingCode::MethodCase, place, 0..entry.len(), suggestion);
        }
    }
    let lists = |wanted: &[&[u8]]| source.methods().any(|method| wanted.contains(&normalize_method(method)));
    if !any && !lists(&[b"GET"]) {
        let advice = if source.methods().next().is_none() { "list the methods, such as GET" } else { "add GET" };
        report.warning(FindingCode::GetNotListed, Place::whole(Field::AllowMethods), advice);
    }
    let has_type = source.request_headers().any(|name| name == b"*" || name.eq_ignore_ascii_case(b"content-type"));
    if !options.methods_are_default && !has_type && lists(&[b"POST", b"PUT", b"PATCH"]) {
        let place = Place::whole(Field::AllowHeaders);
        report.warning(FindingCode::ContentTypeNotListed, place, "add content-type to allow_headers");
    }
}

fn review_request_headers(source: &impl Source, report: &mut Report<'_>) {
    let any = source.request_headers().any(|entry| entry == b"*");
    for (index, entry) in source.request_headers().enumerate() {
        let place = Place::entry(Field::AllowHeaders, index, entry);
        if !review_name(place, HEADERS_MAX, report) || entry == b"*" {
            continue;
        }
        if is_cors_response_header(entry) {
            let advice = "remove the entry: the server sends this header, the browser does not";
            report.error(FindingCode::WrongDirection, place, advice);
        } else if is_forbidden_request_header(entry) {
            report.error(FindingCode::ForbiddenHeader, place, "remove the entry: the browser sets this header itself");
        } else if any {
            // To a browser `*` does not cover `authorization`: who knows that lists both.
            if !entry.eq_ignore_ascii_case(b"authorization") {
                report.superfluous(FindingCode::Redundant, place, b"*");
            }
        } else if let Some(first) =
            first_like(source.request_headers(), index, |other| other.eq_ignore_ascii_case(entry))
        {
            report.superfluous(FindingCode::Duplicate, place, first);
        }
    }
}

fn review_exposed_headers(source: &impl Source, options: Options, report: &mut Report<'_>) {
    let any = source.exposed_headers().any(|entry| entry == b"*");
    for (index, entry) in source.exposed_headers().enumerate() {
        let place = Place::entry(Field::ExposeHeaders, index, entry);
        if !review_name(place, HEADERS_MAX, report) {
            continue;
        }
        if entry == b"*" {
            if options.credentials {
                let advice = "list the headers that scripts read, such as etag";
                report.error(FindingCode::AnyExposedWithCredentials, place, advice);
            }
        } else if is_forbidden_response_header(entry) {
            report.error(FindingCode::ForbiddenHeader, place, "remove the entry: no script can read cookies");
        } else if is_request_only_header(entry) {
            report.error(FindingCode::WrongDirection, place, "remove the entry: only requests carry this header");
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

/// The rules that methods and header names share: count, length, token, lone `*`. True: the entry is a name or `*`.
fn review_name(place: Place<'_>, most: usize, report: &mut Report<'_>) -> bool {
    let (text, index) = (place.text, place.index.unwrap_or(0));
    if index >= most {
        // Said once; an entry past the limit is not looked at.
        if index == most {
            report.error(FindingCode::TooMany, place, "list fewer, or \"*\" where any will do");
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
    if !is_token(text) {
        let at = text.iter().position(|&b| !is_token(&[b])).unwrap_or(0);
        let suggestion = match text.trim_ascii() {
            trimmed if is_token(trimmed) => Suggestion::write(&[trimmed], |b| b),
            _ => Suggestion::Advice("write one name of letters, digits and -, without spaces, commas or colons"),
        };
        report.add(Severity::Error, FindingCode::NotAToken, place, at..at + 1, suggestion);
        return false;
    }
    match text.iter().position(|&b| b == b'*') {
        Some(at) if text != b"*" => {
            let suggestion = Suggestion::Advice("list the names one by one, or \"*\" alone");
            report.add(Severity::Error, FindingCode::WildcardInside, place, at..at + 1, suggestion);
            false
        }
        _ => true,
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

fn review_numbers(options: Options, report: &mut Report<'_>) {
    let numbers: [(Field, Option<i64>, _, &'static str); 3] = [
        (Field::MaxAge, options.max_age, 0..=86400, "write seconds from 0 (no caching) to 86400 (a day)"),
        (
            Field::PreflightStatus,
            Some(options.preflight_status),
            200..=299,
            "write a status from 200 to 299, such as 204",
        ),
        (
            Field::DeniedPreflightStatus,
            options.denied_preflight_status,
            400..=499,
            "write a status from 400 to 499, such as 403",
        ),
    ];
    for (field, number, range, advice) in numbers {
        if number.is_some_and(|number| !range.contains(&number)) {
            report.error(FindingCode::OutOfRange, Place::whole(field), advice);
        }
    }
}
