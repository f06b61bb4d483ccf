//! Whether a cache can give one page's response to another: a response that depends on the origin and does not say so in `Vary`
//! ([Fetch 3.3.7](https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches)).

use corsac::browser::{Exchange, Line, Part, Response};

use super::found::{Seen, Warning};
use crate::certainty::Certainty;

/// Judges the responses of one exchange.
pub(super) fn judge(exchange: &Exchange<'_>) -> Vec<Warning> {
    let mut found = Vec::new();
    for step in exchange.steps() {
        let hop = exchange.hop(step.hop());
        // No cache stores the responses to other methods.
        let is_read = matches!(step.method(), b"GET" | b"HEAD");
        for (part, response) in [(Part::Preflight, hop.preflight), (Part::Response, hop.response)] {
            let Some(response) = response.filter(|_| is_read || part == Part::Preflight) else { continue };
            let origin = step.origin().unwrap_or(exchange.request.origin);
            if let Some((code, certainty, seen)) = of_response(response, part, origin) {
                found.push(Warning { code, certainty, hop: step.hop(), part, seen });
            }
        }
    }
    found
}

fn of_response(response: Response<'_>, part: Part, origin: &[u8]) -> Option<(&'static str, Certainty, Seen)> {
    let headers = response.headers;
    if varies_by_origin(headers) {
        return None;
    }
    let cache = comes_from_cache(headers);
    let seen =
        || cache.map_or(Seen::Stored, |(name, value)| Seen::Cache { name: name.to_vec(), value: value.to_vec() });
    let mut allowed = values(headers, b"access-control-allow-origin").map(<[u8]>::trim_ascii);
    match (allowed.next(), allowed.next()) {
        // The same for every page.
        (Some(b"*"), None) | (Some(_), Some(_)) => None,
        (Some(named), None) if named == origin => {
            // No cache may store a response to a preflight, so one that does says so itself.
            let counts = cache.is_some() || (part == Part::Response && is_stored(headers));
            counts.then(|| ("vary-origin-missing", Certainty::Possible, seen()))
        }
        (Some(_), None) => cache.map(|_| ("cached-response", Certainty::Likely, seen())),
        (None, _) => cache.map(|_| ("cached-response", Certainty::Possible, seen())),
    }
}

/// Whether `Vary` lists `Origin`, or everything.
pub(crate) fn varies_by_origin(headers: &[Line<'_>]) -> bool {
    let names = values(headers, b"vary").flat_map(|value| value.split(|&b| b == b','));
    names.map(<[u8]>::trim_ascii).any(|name| name == b"*" || name.eq_ignore_ascii_case(b"origin"))
}

/// The header by which a cache says that it had the response: `Age`, `Cache-Status`, or what the CDNs write.
pub(crate) fn comes_from_cache<'h>(headers: &[Line<'h>]) -> Option<Line<'h>> {
    const NAMES: [&str; 7] = [
        "x-cache",
        "x-cache-status",
        "cf-cache-status",
        "x-vercel-cache",
        "x-proxy-cache",
        "cdn-cache",
        "cache-status",
    ];
    headers.iter().copied().find(|(name, value)| {
        let value = value.to_ascii_lowercase();
        if name.eq_ignore_ascii_case(b"age") {
            return value.trim_ascii().iter().any(|digit| matches!(digit, b'1'..=b'9'));
        }
        let is_ours = NAMES.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
        let mut words = value.split(|b| !b.is_ascii_alphanumeric());
        // `TCP_HIT`, `Hit from cloudfront`, `RefreshHit from cloudfront`, `ExampleCache; hit`; not `MISS, MISS`.
        is_ours && words.any(|word| matches!(word, b"hit" | b"refreshhit" | b"stale" | b"updating" | b"revalidated"))
    })
}

/// Whether the server lets caches keep the response for a time, the browser's own among them.
fn is_stored(headers: &[Line<'_>]) -> bool {
    let (mut is_kept, mut is_refused) = (false, false);
    for directive in values(headers, b"cache-control").flat_map(|value| value.split(|&b| b == b',')) {
        let directive = directive.trim_ascii().to_ascii_lowercase();
        let seconds = |name: &[u8]| {
            let value = directive.strip_prefix(name)?.strip_prefix(b"=")?;
            Some(value.iter().any(|digit| matches!(digit, b'1'..=b'9')))
        };
        match directive.as_slice() {
            b"no-store" | b"no-cache" => is_refused = true,
            b"public" | b"immutable" => is_kept = true,
            _ => match seconds(b"max-age").or_else(|| seconds(b"s-maxage")) {
                Some(true) => is_kept = true,
                Some(false) => is_refused = true,
                None => {}
            },
        }
    }
    is_kept && !is_refused
}

/// Whether no cache may keep the response.
pub(crate) fn refuses_storage(headers: &[Line<'_>]) -> bool {
    let mut directives = values(headers, b"cache-control").flat_map(|value| value.split(|&b| b == b','));
    directives.any(|directive| directive.trim_ascii().eq_ignore_ascii_case(b"no-store"))
}

fn values<'h>(headers: &'h [Line<'h>], name: &'static [u8]) -> impl Iterator<Item = &'h [u8]> {
    headers.iter().filter(move |(have, _)| have.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::{comes_from_cache, is_stored, varies_by_origin};
    use crate::certainty::Certainty;
    use crate::exchange::{Exchange, Hop, Response, ScriptRequest};
    use corsac::browser::{Credentials, Line};

    fn lines<'l>(lines: &[(&'l str, &'l str)]) -> Vec<Line<'l>> {
        lines.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect()
    }

    fn found(method: &str, headers: &[(&str, &str)]) -> Option<(&'static str, Certainty)> {
        let headers = lines(headers).iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
        let request = ScriptRequest {
            origin: Some(b"https://app.example".to_vec()),
            url: Some(b"https://api.example/x".to_vec()),
            method: Some(method.as_bytes().to_vec()),
            ..ScriptRequest::default()
        };
        let response = Some(Response { status: 200, headers });
        let exchange = Exchange { request, hops: vec![Hop { response, ..Hop::default() }] };
        crate::with(&exchange, Credentials::SameOrigin, |exchange| {
            super::judge(&exchange).first().map(|warning| (warning.code, warning.certainty))
        })
    }

    const OWN: (&str, &str) = ("Access-Control-Allow-Origin", "https://app.example");
    const KEPT: (&str, &str) = ("Cache-Control", "public, max-age=600");

    #[test]
    fn careful_servers_get_no_warning() {
        let all = ("Access-Control-Allow-Origin", "*");
        for headers in [
            &[OWN, KEPT, ("Vary", "Accept-Encoding, origin")][..],
            &[OWN, KEPT, ("Vary", "*")],
            &[OWN, KEPT, ("Vary", "Accept"), ("Vary", "Origin"), ("Age", "10")],
            &[all, KEPT],
            &[all, KEPT, ("Age", "100"), ("X-Cache", "HIT")],
            &[OWN],
            &[OWN, ("Cache-Control", "no-store")],
            &[OWN, ("Cache-Control", "private, no-cache")],
            &[OWN, ("Cache-Control", "max-age=0, must-revalidate")],
            &[OWN, ("Age", "0"), ("X-Cache", "MISS from edge")],
            &[OWN, ("CF-Cache-Status", "DYNAMIC"), ("ETag", "\"1\"")],
            &[KEPT],
            &[("Vary", "Origin"), ("Age", "7")],
        ] {
            assert_eq!(found("GET", headers), None, "{headers:?}");
        }
        assert_eq!(found("POST", &[OWN, KEPT]), None, "no cache stores this");
    }

    #[test]
    fn a_response_for_one_origin_that_caches_keep_is_named() {
        let possible = Some(("vary-origin-missing", Certainty::Possible));
        assert_eq!(found("GET", &[OWN, KEPT]), possible);
        assert_eq!(found("HEAD", &[OWN, ("cache-control", "private, MAX-AGE=60"), ("Vary", "Accept")]), possible);
        assert_eq!(found("GET", &[OWN, ("Age", "1204")]), possible);
    }

    #[test]
    fn a_stored_response_for_another_request_is_named() {
        let other = ("Access-Control-Allow-Origin", "https://www.example");
        assert_eq!(found("GET", &[other, ("Age", "1204")]), Some(("cached-response", Certainty::Likely)));
        assert_eq!(found("GET", &[("X-Cache", "Hit from cloudfront")]), Some(("cached-response", Certainty::Possible)));
        assert_eq!(found("GET", &[other]), None);
    }

    #[test]
    fn caches_say_what_they_had() {
        let of = |name, value| comes_from_cache(&lines(&[(name, value)])).is_some();
        for (name, value) in [
            ("age", "1"),
            ("X-Cache", "TCP_HIT"),
            ("X-Cache", "RefreshHit from cloudfront"),
            ("CF-Cache-Status", "HIT"),
            ("Cache-Status", "ExampleCache; hit; ttl=376"),
            ("x-vercel-cache", "STALE"),
        ] {
            assert!(of(name, value), "{name}: {value}");
        }
        for (name, value) in [
            ("age", "0"),
            ("age", "x"),
            ("X-Cache", "Miss from cloudfront"),
            ("CF-Cache-Status", "BYPASS"),
            ("Cache-Status", "ExampleCache; fwd=uri-miss; stored"),
            ("x-white", "hit"),
        ] {
            assert!(!of(name, value), "{name}: {value}");
        }
        assert!(
            varies_by_origin(&lines(&[("vary", "x,ORIGIN")])) && !varies_by_origin(&lines(&[("vary", "x-origin")]))
        );
        assert!(!is_stored(&lines(&[("cache-control", "public, no-store")])));
    }
}
