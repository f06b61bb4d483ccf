//! What the lines around a message add about a request: its method, its status, its network error.

use super::clean::Paste;
use super::errors::OTHER_ERRORS;
use crate::net_error::{net_error, net_error_name};

/// One line that names a request or its outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Trace {
    pub(super) method: Option<String>,
    pub(super) url: Option<String>,
    pub(super) status: Option<u16>,
    /// The code of a network error.
    pub(super) error: Option<&'static str>,
    /// As it is written.
    pub(super) error_text: Option<String>,
}

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// Words that a console writes for one request.
const WORDS: usize = 24;

/// Every part that is one: `POST https://… 504 (Gateway Time-out)`, `… status of 401 ()`, `… net::ERR_…`. Where requests are named, the
/// text is cut there, because a terminal may have wrapped it; otherwise, each line is one part.
pub(super) fn traces(paste: &Paste) -> Vec<Trace> {
    let words: Vec<&str> = paste.whole.split(' ').collect();
    let is_start = |place: usize| {
        let at = |place: usize| words.get(place).copied().unwrap_or_default();
        (method(at(place)).is_some()
            && (is_url(at(place + 1).trim_start_matches(['\'', '('])) || at(place + 2).starts_with("net::ERR_")))
            || (at(place) == "Failed" && at(place + 3) == "resource:")
            || (at(place) == "Http" && at(place + 1) == "failure")
            || (at(place) == "Request" && at(place + 1) == "failed")
            || at(place + 1) == "[HTTP/1.1"
            || at(place + 1) == "[HTTP/2"
            || at(place + 1) == "[HTTP/3"
    };
    let starts: Vec<usize> = (0..words.len()).filter(|place| is_start(*place)).collect();
    if starts.is_empty() {
        let found: Vec<Trace> = paste.lines.iter().filter_map(|line| trace(line)).collect();
        // A terminal may have wrapped the only one.
        return if found.is_empty() { trace(&paste.whole).into_iter().collect() } else { found };
    }
    let ends = starts.iter().skip(1).copied().chain([words.len()]);
    let part = |(start, end): (&usize, usize)| words.get(*start..end.min(start + WORDS)).map(|words| words.join(" "));
    let mut parts: Vec<Trace> = starts.iter().zip(ends).filter_map(part).filter_map(|part| trace(&part)).collect();
    parts.dedup();
    // Firefox's panel names a request, and once more with its status.
    let mut whole: Vec<Trace> = Vec::new();
    for part in parts {
        let is_rest = |known: &&mut Trace| {
            known.url == part.url && known.method == part.method && known.status.is_none() && known.error_text.is_none()
        };
        match whole.iter_mut().find(is_rest).filter(|_| part.url.is_some()) {
            Some(known) => *known = part,
            None => whole.push(part),
        }
    }
    whole
}

/// The method that a word names: Firefox writes `XHRGET`.
fn method(word: &str) -> Option<&'static str> {
    let word = word.strip_prefix("XHR").unwrap_or(word).trim_matches(['(', ')', '\'', '[', ']', ',', ':']);
    METHODS.into_iter().find(|method| *method == word)
}

/// Error statuses that are written with their names wherever people name them, and the first words of the names.
const NAMED: [(&str, &str); 14] = [
    ("400", "Bad Request"),
    ("401", "Unauthorized"),
    ("403", "Forbidden"),
    ("415", "Unsupported Media"),
    ("422", "Unprocessable"),
    ("404", "Not Found"),
    ("405", "Method Not"),
    ("413", "Request Entity"),
    ("413", "Payload Too"),
    ("429", "Too Many"),
    ("500", "Internal Server"),
    ("502", "Bad Gateway"),
    ("503", "Service Unavailable"),
    ("504", "Gateway Time"),
];

/// `502 Bad Gateway`, in a heading or in prose.
fn named_status(word: &str, after: &[&str]) -> Option<u16> {
    let first = after.first()?;
    if first.trim_matches(['\'', ',', '.']) == "error" {
        return status(word).filter(|status| *status >= 400);
    }
    let second = after.get(1).copied().unwrap_or_default();
    let is = |(number, name): &&(&str, &str)| {
        let (one, other) = name.split_once(' ').unwrap_or((name, ""));
        let starts =
            |word: &str, start: &str| word.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
        word == *number && starts(first.trim_start_matches('('), one) && starts(second, other)
    };
    NAMED.iter().find(is).and_then(|(number, _)| number.parse().ok())
}

/// The first error status that a text names, in the ways of heads, panels and scripts.
pub(super) fn told_error(text: &str) -> Option<u16> {
    let words: Vec<&str> = text.split([' ', '{', '}', ',']).filter(|word| !word.is_empty()).collect();
    (0..words.len()).find_map(|place| told_status(words.get(place)?, words.get(place + 1..)?))
}

/// Whether a text speaks of a preflight.
pub(super) fn is_about_preflight(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    text.contains("OPTION") || ["preflight", "pre-flight"].iter().any(|word| lower.contains(word))
}

/// How long a sentence of a person is at most; code is longer.
const SENTENCE: usize = 160;

/// The first error status that a person says a preflight gets: `returns a 405`, `we get a 401`, `HTTP 403`.
pub(super) fn told_of_preflight(text: &str) -> Option<u16> {
    const BEFORE: [&str; 17] = [
        "a",
        "an",
        "http",
        "returns",
        "return",
        "returned",
        "returning",
        "get",
        "gets",
        "got",
        "with",
        "by",
        "error",
        "code",
        "of",
        "is",
        "status",
    ];
    if !is_about_preflight(text) {
        return None;
    }
    let told = |sentence: &str| {
        let words: Vec<&str> = sentence.split(' ').collect();
        words.windows(2).find_map(|pair| {
            let [before, word] = pair else { return None };
            let before = before.trim_matches(['\'', '(']).to_ascii_lowercase();
            BEFORE.contains(&before.as_str()).then(|| status(word.trim_matches(['\'', '.', ',', ')', '(']))).flatten()
        })
    };
    // A sentence before it, and what is far behind it, are about another request.
    let mut is_behind = false;
    text.split(". ")
        .filter(|sentence| {
            let is_about = is_about_preflight(sentence);
            let was_behind = std::mem::replace(&mut is_behind, is_about);
            is_about || was_behind && sentence.len() < SENTENCE
        })
        .filter_map(told)
        .find(|status| *status >= 300)
}

/// The error status in a list of the headers of HTTP/2: `status: 502`, `:status: 502`.
fn listed_status(words: &[&str]) -> Option<u16> {
    const OTHERS: [&str; 5] = ["date:", "server:", "via:", "content-type:", "content-length:"];
    let is_list = words.len() == 2 || words.iter().any(|word| OTHERS.contains(word));
    let listed = words.windows(2).find_map(|pair| match pair {
        ["status:" | ":status:", value] => status(value).filter(|status| *status >= 400),
        _ => None,
    });
    listed.filter(|_| is_list)
}

/// `HTTP/1.1 403`, `Status Code: 403`, `status = 403`, `'statusCode':403`.
fn told_status(word: &str, after: &[&str]) -> Option<u16> {
    let is_error = |status: &u16| *status >= 400;
    if word.starts_with("HTTP/") {
        return status(after.first()?).filter(is_error);
    }
    let (name, rest) = word.split_once([':', '=']).unwrap_or((word, ""));
    let name = name.trim_matches('\'').to_ascii_lowercase();
    if !matches!(
        name.as_str(),
        "status" | "statuscode" | "status_code" | "downstreamstatus" | "response_code" | "http_status"
    ) {
        return None;
    }
    let rest = if rest.is_empty() { None } else { Some(rest) };
    let next = after
        .iter()
        .copied()
        .filter(|word| !matches!(word.to_ascii_lowercase().as_str(), "code" | "code:" | "=" | ":" | "is"));
    rest.into_iter().chain(next.take(1)).find_map(status).filter(is_error)
}

fn trace(line: &str) -> Option<Trace> {
    let words: Vec<&str> = line.split(' ').collect();
    let mut found = Trace::default();
    for (place, word) in words.iter().enumerate() {
        let word = word.trim_matches(['(', ')', '\'', '[', ']', ',']).trim_start_matches(':');
        let next = words.get(place + 1).copied().unwrap_or_default().trim_matches(['\'', '(']);
        if let Some(method) = method(word)
            && is_url(next)
        {
            found.method = Some(method.to_owned());
            found.url = Some(next.trim_matches(['\'', ')', ',']).to_owned());
            let after = words.get(place + 2..).unwrap_or_default();
            found.status = after.iter().take(2).find_map(|word| status(word));
            if found.status.is_none()
                && after.first().is_some_and(|word| *word == "[HTTP/1.1" || *word == "[HTTP/2" || *word == "[HTTP/3")
            {
                found.status = after.get(1).and_then(|word| status(word));
            }
        }
        // The log of a server: `"OPTIONS /x HTTP/1.1" 405`, `OPTIONS /x 405 2 ms`.
        if let Some(method) = method(word)
            && next.starts_with('/')
        {
            let after = words.get(place + 2..).unwrap_or_default();
            let is_version = |word: &&&str| word.starts_with("HTTP/");
            let place = usize::from(after.first().filter(is_version).is_some());
            // Gin: `| 403 | 39.2µs | 192.0.2.1 | OPTIONS "/x"`.
            let before =
                || words.iter().zip(words.iter().skip(1)).find_map(|(bar, word)| status(word).filter(|_| *bar == "|"));
            // IIS: `OPTIONS /x - 443 - 192.0.2.1 Mozilla/5.0 - 404 0 2 15`.
            let is_number = |word: &&&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
            let iis = || {
                let mut three = after.iter().zip(after.iter().skip(1)).zip(after.iter().skip(2)).skip(3);
                three.find_map(|((word, two), three)| status(word).filter(|_| is_number(&two) && is_number(&three)))
            };
            if let Some(status) = after.get(place).and_then(|word| status(word)).or_else(before).or_else(iis) {
                found.method = Some(method.to_owned());
                found.status = Some(status);
            }
        }
        // The network panel has no blank in `(failed)net::ERR_FAILED`.
        let word = word.find("net::ERR_").and_then(|at| word.get(at..)).unwrap_or(word);
        // Node.js has errors of its own that begin with `ERR_`.
        let is_net = word.starts_with("net::ERR_") || net_error(word).is_some();
        if is_net {
            found.error = net_error(word).map(|code| match code {
                "file-page" if line.contains("blob:") => "blob-url",
                "file-page" if line.contains("-extension://") => "extension-url",
                code => code,
            });
            found.error_text = Some(word.to_owned());
            // `PUT … net::ERR_FAILED 502 (Bad Gateway)`, also where somebody has removed the URL.
            let after = words.get(place + 1).and_then(|word| status(word));
            let name = net_error_name(word);
            found.status = found.status.or(after.filter(|_| matches!(name, Some("FAILED" | "ABORTED"))));
            // `GET … net::ERR_ABORTED 404 (Not Found)`: Chromium stops reading what is none of a script, a style or a font.
            if name == Some("ABORTED") && after.is_some_and(|status| status >= 400) {
                (found.error, found.error_text) = (None, None);
            }
        }
        found.status = found.status.or_else(|| named_status(word, words.get(place + 1..).unwrap_or_default()));
    }
    let of = |before: &str| line.split_once(before).and_then(|(_, rest)| status(rest.split([' ', ')']).next()?));
    found.status = found
        .status
        .or_else(|| of("the server responded with a status of "))
        .or_else(|| of("Request failed with status code "))
        .or_else(|| listed_status(&words));
    if let Some((_, rest)) = line.split_once("Http failure response for ")
        && let Some((url, outcome)) = rest.split_once(": ")
    {
        found.url = Some(url.to_owned()).filter(|url| is_url(url));
        found.status = outcome.split(' ').next().and_then(status);
    }
    if found.error.is_none()
        && let Some((text, code)) = OTHER_ERRORS.iter().find(|(text, _)| line.contains(text))
    {
        found.error = Some(code);
        found.error_text = Some((*text).to_owned());
    }
    if found.url.is_none() && (found.status.is_some() || found.error_text.is_some()) {
        // The page is not what was asked for.
        let before = |place: usize| words.get(place).copied().unwrap_or_default();
        let is_number = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        // In a server's log, the page follows the status and the size.
        let is_referrer = |place: usize| place > 1 && is_number(before(place - 1)) && is_number(before(place - 2));
        let is_page =
            |place: usize| place > 0 && before(place - 1).eq_ignore_ascii_case("origin") || is_referrer(place);
        let url = words.iter().enumerate().filter(|(place, _)| !is_page(*place));
        let url = url.map(|(_, word)| word.trim_matches(['(', ')', '\'', '[', ']', ','])).find(|word| is_url(word));
        found.url = url.map(|url| without_place(url).to_owned());
    }
    (found.url.is_some() && found.method.is_some() || found.status.is_some() || found.error_text.is_some())
        .then_some(found)
}

/// A URL without the line and column that a console adds (`…/x:1`, `…/app.js:3:5`).
fn without_place(url: &str) -> &str {
    let mut url = url;
    while let Some((before, number)) = url.rsplit_once(':') {
        if number.is_empty()
            || !number.bytes().all(|b| b.is_ascii_digit())
            || !before.contains("://")
            || before.matches('/').count() < 3
        {
            break;
        }
        url = before;
    }
    url
}

fn is_url(word: &str) -> bool {
    word.starts_with("http://") || word.starts_with("https://")
}

fn status(word: &str) -> Option<u16> {
    let word = word.trim_matches(['(', ')', '[', ']', ',', ';', '.', '\'']);
    (word.len() == 3).then(|| word.parse().ok()).flatten().filter(|status| (100..600).contains(status))
}

#[cfg(test)]
mod tests {
    use super::{Paste, told_of_preflight, traces};

    #[test]
    fn lines_of_consoles_are_read() {
        let text = "POST https://a.example/x 504 (GATEWAY_TIMEOUT)\n\
                    a.example/y:1 Failed to load resource: the server responded with a status of 502 ()\n\
                    app.js:3 GET https://a.example/z net::ERR_CERT_AUTHORITY_INVALID\n\
                    nothing here";
        let found = traces(&Paste::new(text));
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].method.as_deref(), found[0].status), (Some("POST"), Some(504)));
        assert_eq!(found[1].status, Some(502));
        assert_eq!((found[2].error, found[2].url.as_deref()), (Some("certificate"), Some("https://a.example/z")));
    }

    #[test]
    fn a_status_with_its_name_counts_wherever_it_is() {
        for (text, expected) in [
            ("502 Bad Gateway", Some(502)),
            ("we get a 504 Gateway Time-out there", Some(504)),
            ("Status 404 Not Found", Some(404)),
            ("status: 502", Some(502)),
            ("date: today status: 502 server: nginx", Some(502)),
            ("the status: 502 is bad", None),
            ("the 404 page was not found", None),
            ("port 502 is bad", None),
        ] {
            assert_eq!(traces(&Paste::new(text)).first().and_then(|trace| trace.status), expected, "{text}");
        }
        for (text, told) in [
            ("The OPTIONS request fails. We get a 405 from it", Some(405)),
            ("A bad token gets a 401 response. The preflight is fine", None),
        ] {
            assert_eq!(told_of_preflight(text), told, "{text}");
        }
        let pane = "GET https://a.example/x CORS Missing\nGET\n https://a.example/x\nStatus\n404\nNot Found";
        let found = traces(&Paste::new(pane));
        assert_eq!((found.len(), found[0].status), (1, Some(404)));
    }
}
