//! Finds the script's request in what was sent, because browsers and curl add headers of their own.

use corsac::Request;
use corsac::browser::{Credentials, Mode, Profile, is_forbidden_header, is_safelisted_header};

use super::step::{CapturedRequest, Sender, header, origin_of};
use crate::exchange::{Network, ScriptRequest};

/// The script's request, from its preflight and from the request itself. At least one of them is known.
pub(super) fn request(preflight: Option<&CapturedRequest>, real: Option<&CapturedRequest>) -> ScriptRequest {
    let both = [real, preflight];
    let either = || both.into_iter().flatten();
    let origin = either().find_map(CapturedRequest::origin).map(<[u8]>::to_vec);
    let url = either().find_map(|asked| asked.url.clone());
    let sent = real.and_then(|real| real.method.clone());
    let method = sent.or_else(|| preflight?.requested_method().map(<[u8]>::to_vec));
    // A preflight's mode is its own: Chrome 76 sends its preflights with no-cors.
    let mode = match real.and_then(|asked| asked.header("sec-fetch-mode")) {
        Some(b"no-cors") => Mode::NoCors,
        Some(b"same-origin") => Mode::SameOrigin,
        _ => Mode::Cors,
    };
    let is_same_origin = origin.is_some() && url.as_deref().and_then(origin_of) == origin;
    let included = |asked: &CapturedRequest| asked.header("sec-fetch-storage-access").map(|_| Credentials::Include);
    // No browser sends this with a preflight: the words or the code around it say so.
    let credentials = real.filter(|_| !is_same_origin).and_then(credentials).or_else(|| preflight.and_then(included));
    ScriptRequest {
        origin,
        url,
        method,
        headers: headers(preflight, real),
        credentials,
        mode,
        network: Network { page_space: either().find_map(|asked| asked.page_space), ..Network::default() },
        ..ScriptRequest::default()
    }
}

/// Cookies go to another origin only if the script says `include`. Only then does a browser send `Sec-Fetch-Storage-Access`.
fn credentials(real: &CapturedRequest) -> Option<Credentials> {
    let is_sent = ["cookie", "sec-fetch-storage-access"].into_iter().any(|name| real.header(name).is_some());
    is_sent.then_some(Credentials::Include)
}

fn headers(preflight: Option<&CapturedRequest>, real: Option<&CapturedRequest>) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
    let mut headers = Vec::new();
    let asked_for = preflight.map(requested_names);
    if let Some(real) = real {
        for (name, value) in &real.headers {
            if is_the_scripts(real.sender, name, value, asked_for.as_deref()) {
                headers.push((name.clone(), Some(value.clone())));
            }
        }
    }
    for name in asked_for.unwrap_or_default() {
        if !headers.iter().any(|(have, _)| have.eq_ignore_ascii_case(&name)) {
            headers.push((name, None));
        }
    }
    headers
}

/// The names that a preflight asks for, each once.
fn requested_names(preflight: &CapturedRequest) -> Vec<Vec<u8>> {
    let mut request = Request::new(b"OPTIONS");
    for (name, value) in &preflight.headers {
        request.header(name, value.as_slice());
    }
    let mut names: Vec<Vec<u8>> = Vec::new();
    for name in request.requested_header_names() {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name.to_vec());
        }
    }
    names
}

fn is_the_scripts(sender: Sender, name: &[u8], value: &[u8], asked_for: Option<&[Vec<u8>]>) -> bool {
    let is = |text: &str| text.as_bytes().eq_ignore_ascii_case(name);
    if is_forbidden_header((name, Some(value))) {
        return false;
    }
    if asked_for.is_some_and(|names| names.iter().any(|asked| asked.eq_ignore_ascii_case(name))) {
        return true;
    }
    if is("user-agent") || (is("accept") && value == b"*/*") {
        return false;
    }
    match (sender, asked_for) {
        (Sender::Person, _) => true,
        // A browser adds only headers that need no permission after the preflight, and scripts can set some of them too.
        (Sender::Browser, Some(_)) => {
            is_safelisted_header(Profile::Spec, (name, Some(value))) && !is("accept-language")
        }
        (Sender::Browser, None) => !is_a_browsers(name, value),
    }
}

/// Headers that browsers add to requests of scripts, and that scripts rarely set.
fn is_a_browsers(name: &[u8], value: &[u8]) -> bool {
    const NAMES: [&str; 10] = [
        "accept-language",
        "priority",
        "pragma",
        "upgrade-insecure-requests",
        "if-none-match",
        "if-modified-since",
        "purpose",
        "x-client-data",
        "x-browser-validation",
        "ping-from",
    ];
    let is = |text: &str| text.as_bytes().eq_ignore_ascii_case(name);
    NAMES.into_iter().any(is) || (is("cache-control") && matches!(value, b"no-cache" | b"max-age=0"))
}

/// Whether a 304 responds to the browser's own question for freshness, because the script set no condition.
pub(super) fn revalidates(asked: &CapturedRequest, status: u16) -> bool {
    let has = |name: &str| header(&asked.headers, name).is_some();
    status == 304 && asked.sender == Sender::Browser && (has("if-none-match") || has("if-modified-since"))
}

#[cfg(test)]
mod tests {
    use corsac::browser::{Credentials, Mode};

    use super::request;
    use crate::capture::place::Place;
    use crate::capture::step::{CapturedRequest, Sender};

    fn asked(sender: Sender, method: &str, headers: &[(&str, &str)]) -> CapturedRequest {
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let asked = CapturedRequest::new(Place::of_file("x"), sender, headers);
        CapturedRequest { method: Some(method.into()), url: Some(b"https://b.test/x".to_vec()), ..asked }
    }

    fn names(preflight: Option<&CapturedRequest>, real: Option<&CapturedRequest>) -> Vec<String> {
        let shown = |(name, value): (Vec<u8>, Option<Vec<u8>>)| {
            let mark = if value.is_some() { "" } else { "?" };
            format!("{}{mark}", String::from_utf8(name).unwrap())
        };
        request(preflight, real).headers.into_iter().map(shown).collect()
    }

    #[test]
    fn leaves_out_what_curl_and_browsers_add() {
        let sent = [
            ("Host", "b.test"),
            ("User-Agent", "Mozilla/5.0"),
            ("Accept", "*/*"),
            ("Origin", "https://a.test"),
            ("Accept-Language", "en"),
            ("sec-ch-ua", "x"),
            ("Priority", "u=1, i"),
            ("Cookie", "a=b"),
            ("Content-Type", "text/plain"),
            ("X-Trace", "1"),
        ];
        let (browser, person) = (asked(Sender::Browser, "POST", &sent), asked(Sender::Person, "POST", &sent));
        assert_eq!(names(None, Some(&browser)), ["Content-Type", "X-Trace"]);
        assert_eq!(names(None, Some(&person)), ["Accept-Language", "Priority", "Content-Type", "X-Trace"]);
        let lines = [("Access-Control-Request-Headers", "user-agent, x-other,,X-Other")];
        let preflight = asked(Sender::Browser, "OPTIONS", &lines);
        assert_eq!(names(Some(&preflight), Some(&browser)), ["User-Agent", "Content-Type", "x-other?"]);
        let read = request(None, Some(&browser));
        assert_eq!((read.credentials, read.mode), (Some(Credentials::Include), Mode::Cors));
        assert_eq!(read.origin.as_deref(), Some(&b"https://a.test"[..]));
    }

    #[test]
    fn a_preflight_alone_gives_method_and_names() {
        let lines = [
            ("Origin", "null"),
            ("Access-Control-Request-Method", "PUT"),
            ("Access-Control-Request-Headers", "authorization"),
        ];
        let read = request(Some(&asked(Sender::Person, "OPTIONS", &lines)), None);
        assert_eq!(read.method.as_deref(), Some(&b"PUT"[..]));
        assert_eq!(read.headers, [(b"authorization".to_vec(), None)]);
        assert_eq!((read.origin.as_deref(), read.credentials), (Some(&b"null"[..]), None));
    }

    #[test]
    fn cookies_to_the_pages_own_origin_say_nothing() {
        let lines = [("Origin", "https://b.test"), ("Cookie", "a=b"), ("Sec-Fetch-Mode", "same-origin")];
        let read = request(None, Some(&asked(Sender::Browser, "GET", &lines)));
        assert_eq!((read.credentials, read.mode), (None, Mode::SameOrigin));
    }
}
