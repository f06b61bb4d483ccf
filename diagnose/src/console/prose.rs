//! What people say in their own words where a browser says nothing: a header that a script reads as `null`, a response that is empty
//! because of `no-cors`, and `localhost` on a phone. It is *likely*, never certain, and counts only where nothing else is found.

use corsac::browser::{BlockedCode, Cause, Part};

use super::message::Message;
use crate::certainty::Certainty;
use crate::hints;

/// How scripts and people name the headers of a response.
const HEADERS: [&str; 9] = [
    "headers.get(",
    "headers.has(",
    "getresponseheader",
    "getallresponseheaders",
    "response.headers",
    "response headers",
    "res.headers",
    "resp.headers",
    "result.headers",
];

/// What they write about a header that is not there, in some languages.
const LACK: [&str; 25] = [
    "null",
    "undefined",
    "missing",
    "empty",
    "not visible",
    "not available",
    "not accessible",
    "not there",
    "not in ",
    "only shows",
    "only contains",
    "only return",
    "can't",
    "cannot",
    "can not",
    "unable to",
    "doesn't",
    "没",
    "不到",
    "нет ",
    "nicht",
    "fehlt",
    "no puedo",
    "não",
    "pas ",
];

/// What they write about a header that a server does not send.
const NOT_SENT: [&str; 6] =
    ["does not have", "doesn't have", "does not include", "doesn't include", "is not included", "is missing"];

/// What a browser does not hide like this: the error itself has no response.
const NO_RESPONSE: [&str; 3] = ["error.response", "err.response", "reading 'headers'"];

/// Where `localhost` is not the developer's machine.
const DEVICES: [&str; 10] = [
    "android",
    "emulator",
    "simulator",
    "ios ",
    "iphone",
    "real device",
    "physical device",
    "react native",
    "expo",
    "platform=ios",
];

/// Where a native app's scripts come from while it is developed.
const PACKAGER: [&str; 4] =
    ["//localhost:8081/index.", "//127.0.0.1:8081/index.", "//localhost:8081/node_modules", "//localhost:19000/"];

/// What the log of a native app has, which is not a browser.
const NATIVE: [&str; 13] = [
    "platform=ios",
    "platform=android",
    "transform.engine=hermes",
    "index.android.bundle",
    "index.ios.bundle",
    "with appparams: {",
    "/node_modules/react-native/",
    "main.jsbundle",
    "reactnativejs",
    "address at localhost:8081",
    "ios simulator",
    "android emulator",
    "callfunctionreturnflushedqueue",
];

/// What a browser lets a page have only from `https:` or `localhost`, in the words of a script that does not find it.
const SECURE_ONLY: [&str; 8] = [
    "(reading 'getusermedia')",
    "(reading 'writetext')",
    "(reading 'readtext')",
    "(reading 'digest')",
    "(reading 'importkey')",
    "crypto.randomuuid is not a function",
    "crypto.subtle is undefined",
    "navigator.mediadevices is undefined",
];

/// What was insecure, in the words of the call that is next to Firefox's and Safari's one sentence for all of it.
const INSECURE: [(&str, &[&str]); 4] = [
    ("canvas-tainted", &["canvas", "getimagedata", "todataurl", "toblob", "teximage2d", "drawimage", "webgl"]),
    ("storage-denied", &["localstorage", "sessionstorage", "indexeddb", "document.cookie"]),
    ("history-url", &["pushstate", "replacestate"]),
    ("worker-script", &["worker"]),
];

/// The code of an operation that a browser calls insecure, if the paste says which it was.
pub(super) fn insecure(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    INSECURE.iter().find(|(_, words)| words.iter().any(|word| lower.contains(word))).map(|(code, _)| *code)
}

pub(super) fn read(text: &str) -> Option<Message> {
    let lower = text.to_ascii_lowercase().replace('\\', "/");
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let likely = |code| Message { neighbour: Some(code), certainty: Certainty::Likely, ..Message::default() };
    if lower.contains("no-cors") && has(&["unexpected end of", "opaque", "status: 0", "status 0", "empty", "null"]) {
        return Some(likely("opaque-response"));
    }
    if has(&["websocket", "web socket"]) {
        const REFUSED: [(&str, u16); 5] = [("403", 403), ("401", 401), ("404", 404), ("400", 400), ("502", 502)];
        if let Some((_, status)) = REFUSED.iter().find(|(number, _)| has(&[number])) {
            return Some(Message { status: Some(*status), ..likely("websocket") });
        }
    }
    if has(&["trailing slash"]) && has(&["cors", "access-control"]) && has(&["origin"]) {
        let (code, cause) = (Some(BlockedCode::AcaoMismatch), Some(Cause::TrailingSlash));
        return Some(Message { code, cause, certainty: Certainty::Likely, ..Message::default() });
    }
    if has(&["mode: 'no-cors'", "mode:'no-cors'"]) {
        return Some(likely("opaque-response"));
    }
    if has(&["403"]) && has(&["ollama"]) && has(&["cors", "origin", "extension"]) {
        return Some(likely("origin-check"));
    }
    if has(&["403"]) && has(&["origin header", "header 'origin", "header origin"]) {
        return Some(likely("origin-check"));
    }
    // In a frame, this may be a page that forbids to be framed: the browser shows the same words.
    let is_framed = has(&["iframe", "embed", "<frame"]) && !has(&["localhost refused", "127.0.0.1 refused"]);
    if has(&[" refused to connect."]) || is_framed && has(&["refused to connect"]) {
        return Some(likely(if is_framed { "framing" } else { "connection-refused" }));
    }
    if has(&["x-frame-options", "xframe options", "x-frame options", "xframe-options", "frame-ancestors"])
        && has(&["iframe", "embed", "refuse", "denied"])
    {
        return Some(likely("framing"));
    }
    if has(&SECURE_ONLY) {
        return Some(likely("insecure-page"));
    }
    if has(&["network request failed", "network error"]) && !has(&["platform=web"]) {
        // The packager's own address is in each trace.
        let asked = PACKAGER.iter().fold(lower.clone(), |text, own| text.replace(own, ""));
        if ["//localhost", "//127.0.0.1"].iter().any(|local| asked.contains(local)) && has(&DEVICES) {
            return Some(likely("device-localhost"));
        }
        if has(&NATIVE) {
            return Some(likely("native-request"));
        }
    }
    if has(&["mixed content", "mixed-content", "content-mixed"]) && has(&["block", "error", "warning", "not allowed"]) {
        return Some(likely("mixed-content"));
    }
    if has(&["cookie"])
        && has(&[
            "samesite",
            "same-site",
            "cross-site",
            "cross site",
            "cross-origin",
            "cross origin",
            "cross domain",
            "third-party",
            "third party",
        ])
        && has(&[
            "not set",
            "not being set",
            "not sent",
            "not being sent",
            "isn't s",
            "not saved",
            "not stored",
            "blocked",
            "rejected",
            "doesn't s",
        ])
    {
        return Some(likely("cookie-samesite"));
    }
    if has(&["access-control-allow-origin"])
        && has(&["twice", "duplicate", "two header", "two access-", "2 access-", "2 header", "two times", "both the"])
    {
        let code = Some(BlockedCode::AcaoMultiple);
        return Some(Message { code, certainty: Certainty::Likely, ..Message::default() });
    }
    if has(&["windows auth", "ntlm", "kerberos"]) && has(&["401"]) && has(&["cors", "preflight", "options"]) {
        let code = Some(BlockedCode::PreflightStatus);
        let part = Some(Part::Preflight);
        return Some(Message { code, part, status: Some(401), certainty: Certainty::Likely, ..Message::default() });
    }
    let has_line = |sets: [&[&str]; 3]| {
        lower.lines().any(|line| sets.iter().all(|words| words.iter().any(|word| line.contains(word))))
    };
    if has_line([&["access-control-allow-credentials"], &NOT_SENT, &["response"]]) {
        let code = Some(BlockedCode::AcacNotTrue);
        return Some(Message { code, certainty: Certainty::Likely, ..Message::default() });
    }
    if has_line([&["access-control-allow-origin"], &["is missing the", "are missing the"], &["response"]]) {
        let code = Some(BlockedCode::AcaoMissing);
        return Some(Message { code, certainty: Certainty::Likely, ..Message::default() });
    }
    if has_line([
        &["redirecting http", "redirecting 'http", "redirects http", "redirects 'http"],
        &["https"],
        &["cors"],
    ]) {
        let (code, cause) = (Some(BlockedCode::AcaoMissing), Some(Cause::RedirectToHttps));
        return Some(Message { code, cause, certainty: Certainty::Likely, ..Message::default() });
    }
    if hints::names_proxy(&lower) {
        return Some(likely("cors-proxy"));
    }
    if has(&["302", "redirect"]) && has(&["login", "sign in", "sign-in"]) && has(&["xhr", "ajax", "fetch", "axios"]) {
        return Some(likely("login-redirect"));
    }
    if has(&HEADERS) && has(&LACK) && !has(&NO_RESPONSE) {
        return Some(Message { value: header(text, &lower), ..likely("unsafe-header") });
    }
    None
}

/// The name of the header: what is asked for in quotes, or else the first word that looks like one.
fn header(text: &str, lower: &str) -> Option<String> {
    let asked = ["headers.get('", "headers.has('", "getresponseheader('", "headers['"].into_iter().find_map(|start| {
        let at = lower.find(start)? + start.len();
        text.get(at..)?.split('\'').next()
    });
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let custom =
        || text.split(|c| !is_part(c)).find(|word| word.get(..2).is_some_and(|x| x.eq_ignore_ascii_case("x-")));
    asked.filter(|name| !name.is_empty() && name.chars().all(is_part)).or_else(custom).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn some_words_of_scripts_and_pages_name_a_neighbour() {
        for (text, code) in [
            ("TypeError: crypto.randomUUID is not a function", "insecure-page"),
            ("Cannot read properties of undefined (reading 'getUserMedia')", "insecure-page"),
            ("the iframe says www.example.com refused to connect.", "framing"),
            ("localhost refused to connect. It is in an iframe", "connection-refused"),
        ] {
            assert_eq!(read(text).and_then(|message| message.neighbour), Some(code), "{text}");
        }
    }

    #[test]
    fn people_say_which_header_is_hidden() {
        for (text, name) in [
            ("response.headers.get('x-total-count') returns null", Some("x-total-count")),
            ("xhr.getResponseHeader('Location') is null in Chrome", Some("Location")),
            ("res.headers only contains content-type, X-Page is in the Network tab", Some("X-Page")),
            ("axios: response.headers is empty", None),
        ] {
            let message = read(text).unwrap();
            assert_eq!((message.neighbour, message.value.as_deref()), (Some("unsafe-header"), name), "{text}");
        }
        for text in [
            "response.headers.get('x-total-count') works",
            "TypeError: Cannot read properties of undefined (reading 'headers'), response.headers",
            "null",
            "Cannot read properties of undefined (reading 'data')",
            "Network request failed",
            "mode: no-cors",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
