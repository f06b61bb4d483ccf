//! A call of `fetch()`, as developer tools copy it ("Copy as fetch"). It shows the request, which the head of a response does not.

use serde::Deserialize;

use super::code;
use super::parsed::{Command, Parsed};

/// What begins such a call.
const CALL: &[u8] = b"fetch(\"";

/// What developer tools write into the second argument, of which this reads a part.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Init {
    headers: serde_json::Map<String, serde_json::Value>,
    referrer: Option<String>,
    method: Option<String>,
    mode: Option<String>,
    credentials: Option<String>,
}

/// From which byte on a line has such a call.
pub(super) fn start(line: &[u8]) -> Option<usize> {
    let text = line.trim_ascii_start();
    let text = text.strip_prefix(b"> ").unwrap_or(text);
    let text = text.strip_prefix(b"await ").unwrap_or(text);
    text.starts_with(CALL).then(|| line.len() - text.len())
}

/// Whether `parse` of this module reads the text.
pub(super) fn is_call(text: &[u8]) -> bool {
    text.starts_with(CALL)
}

/// Reads a call of one or more lines.
pub(super) fn parse(text: &[u8]) -> Parsed {
    let Some(arguments) = arguments(text.get(CALL.len() - 1..).unwrap_or_default()) else { return Parsed::Unfinished };
    let mut values = serde_json::Deserializer::from_slice(arguments).into_iter::<String>();
    let url = values.next().and_then(Result::ok);
    let rest = arguments.get(values.byte_offset()..).unwrap_or_default().trim_ascii_start();
    let init = match rest.strip_prefix(b",").map(serde_json::from_slice::<Init>) {
        // A person wrote it.
        Some(Err(_)) => return code::parse(text),
        Some(Ok(init)) => init,
        None => Init::default(),
    };
    Parsed::Whole(command(url, init))
}

/// What is between the parentheses, if the last one is there.
fn arguments(text: &[u8]) -> Option<&[u8]> {
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            _ if is_text => {}
            b'(' | b'{' | b'[' => depth += 1,
            b')' if depth == 0 => return text.get(..at),
            b')' | b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn command(url: Option<String>, init: Init) -> Command {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().as_bytes().to_vec();
    let mut headers: Vec<_> =
        init.headers.iter().map(|(name, value)| (name.as_bytes().to_vec(), text(value))).collect();
    let mut add = |name: &str, value: &str| headers.push((name.as_bytes().to_vec(), value.as_bytes().to_vec()));
    // The form for Node.js has the header, because nothing adds it there.
    let referer = init.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("referer"));
    let referrer = init.referrer.as_deref().or_else(|| referer?.1.as_str());
    if let Some(origin) = referrer.and_then(origin) {
        add("Origin", origin);
    }
    if let Some(mode) = &init.mode {
        add("Sec-Fetch-Mode", mode);
    }
    // Developer tools copy no cookies, but a browser sends this only where the script includes them.
    if init.credentials.as_deref() == Some("include") {
        add("Sec-Fetch-Storage-Access", "active");
    }
    Command {
        method: init.method.unwrap_or_else(|| "GET".to_owned()).into_bytes(),
        url: url.map(String::into_bytes),
        headers,
        ..Command::default()
    }
}

/// `https://app.example.com` of `https://app.example.com/page`.
fn origin(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty())?;
    url.get(..scheme.len() + 3 + host.len())
}

#[cfg(test)]
mod tests {
    use super::{parse, start};
    use crate::capture::parsed::{Command, Parsed};

    fn read(text: &str) -> Command {
        let at = start(text.as_bytes()).unwrap();
        let Parsed::Whole(command) = parse(&text.as_bytes()[at..]) else { panic!("unfinished: {text}") };
        command
    }

    #[test]
    fn reads_what_developer_tools_copy() {
        let command = read(
            "> await fetch(\"https://b.test/x?a=\\\"(\", {\n  \"headers\": {\n    \"x-tenant\": \"7\"\n  },\n  \
             \"referrer\": \"https://a.test/page\",\n  \"body\": \"{}\",\n  \"method\": \"PUT\",\n  \"mode\": \"cors\",\n  \
             \"credentials\": \"include\"\n});",
        );
        assert_eq!((&command.method[..], command.url.as_deref()), (&b"PUT"[..], Some(&b"https://b.test/x?a=\"("[..])));
        let names: Vec<String> =
            command.headers.iter().map(|(name, _)| String::from_utf8(name.clone()).unwrap()).collect();
        assert_eq!(names, ["x-tenant", "Origin", "Sec-Fetch-Mode", "Sec-Fetch-Storage-Access"]);
        assert_eq!(command.headers[1].1, b"https://a.test");
        assert_eq!(read("fetch(\"https://b.test/\")").method, b"GET");
    }

    #[test]
    fn reads_nothing_else() {
        assert_eq!(parse(b"fetch(\"https://b.test/\", {"), Parsed::Unfinished);
        for line in ["fetch(url)", "const r = fetch(\"https://b.test/\")", "prefetch(\"x\")"] {
            assert_eq!(start(line.as_bytes()), None, "{line}");
        }
        // Not JSON, so a person wrote it.
        let command = read("fetch(\"https://b.test/\", {method: 'PUT'})");
        assert_eq!((&command.method[..], command.headers.len()), (&b"PUT"[..], 0));
    }
}
