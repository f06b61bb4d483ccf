//! A call of HTTPie, or of xh, which has its arguments, behind a prompt: `http OPTIONS https://b.example Origin:https://a.example`.

use super::options::{Options, has_scheme};
use super::parsed::Command;
use super::written::METHODS;

/// Where a call of HTTPie begins: its name is a common word, so a prompt or a method is next to it.
pub(super) fn start(line: &[u8]) -> Option<usize> {
    let trimmed = line.trim_ascii_start();
    let (call, at_prompt) = match trimmed {
        [b'$' | b'%', b' ', rest @ ..] => (rest.trim_ascii_start(), true),
        // No English word begins like this.
        [b'x', b'h', b' ', ..] | [b'x', b'h', b's', b' ', ..] => (trimmed, true),
        _ => (trimmed, false),
    };
    let mut words = call.split(|&b| b == b' ').filter(|word| !word.is_empty());
    let is_called = words.next().is_some_and(is_name);
    let mut next = words.find(|word| !word.starts_with(b"-"))?;
    let has_method = METHODS.contains(&next);
    if has_method {
        next = words.next()?;
    }
    let is_url = next == b"localhost" || next.iter().any(|b| matches!(b, b'.' | b':' | b'/'));
    (is_called && is_url && (at_prompt || has_method)).then_some(line.len() - call.len())
}

pub(super) fn is_name(word: &[u8]) -> bool {
    matches!(word, b"http" | b"https" | b"xh" | b"xhs")
}

/// `http [FLAGS] [METHOD] URL [ITEM ...]`: `Name:value` is a header, `name=value` JSON or a form's field, `name==value` of the query.
pub(super) fn command(words: Vec<Vec<u8>>) -> Command {
    let mut read = Options::default();
    let mut form = false;
    let mut words = words.into_iter();
    let is_https = words.next().is_some_and(|name| matches!(&name[..], b"https" | b"xhs"));
    while let Some(word) = words.next() {
        let sign = word.iter().position(|b| matches!(b, b':' | b'=' | b'@'));
        match &word[..] {
            b"|" => break,
            b"-f" | b"--form" => form = true,
            b"-a" | b"--auth" => {
                words.next();
                read.unless_given(b"Authorization", b"Basic");
            }
            [b'-', ..] => {}
            method if read.url.is_none() && METHODS.contains(&method) => read.method = Some(word),
            _ if read.url.is_none() => {
                let scheme: &[u8] = if is_https { b"https://" } else { b"http://" };
                let host: &[u8] = if word.starts_with(b":") { b"localhost" } else { b"" };
                read.url = Some(if has_scheme(&word) { word } else { [scheme, host, &word[..]].concat() });
            }
            _ => match sign.and_then(|at| word.get(at..)) {
                Some([b'=', b'=', ..]) | None => {}
                Some([b':', next, ..]) if *next != b'=' => read.header(&word),
                Some([b':']) => read.header(&word),
                _ if form => read.body(b"POST", b"application/x-www-form-urlencoded; charset=utf-8"),
                _ => read.option(b"json", b""),
            },
        }
    }
    read.finish()
}

#[cfg(test)]
mod tests {
    use super::start;
    use crate::capture::command::parse;
    use crate::capture::parsed::Parsed;

    #[test]
    fn reads_items_as_httpie_does() {
        for (line, expected, names) in [
            (
                "$ http -v OPTIONS http://b.test/ Origin:https://a.test",
                "OPTIONS http://b.test/",
                &["Origin: https://a.test"][..],
            ),
            ("https GET b.test/x q==1", "GET https://b.test/x", &[]),
            (
                "$ http :8000/x a=b X-Y: | jq",
                "POST http://localhost:8000/x",
                &["Accept: application/json", "Content-Type: application/json"],
            ),
            (
                "$ http --form -a me:secret b.test n:=1",
                "POST http://b.test",
                &["Authorization: Basic", "Content-Type: application/x-www-form-urlencoded; charset=utf-8"],
            ),
        ] {
            let at = start(line.as_bytes()).unwrap();
            let Parsed::Whole(command) = parse(&line.as_bytes()[at..]) else { panic!("unfinished: {line}") };
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            let mut have: Vec<_> =
                command.headers.iter().map(|(name, value)| format!("{}: {}", text(name), text(value))).collect();
            have.sort();
            assert_eq!(format!("{} {}", text(&command.method), text(&command.url.unwrap())), expected);
            assert_eq!(have, names, "{line}");
        }
        for line in ["http GET requests fail", "the http OPTIONS /x", "http https://b.test/", "http"] {
            assert_eq!(start(line.as_bytes()), None, "{line}");
        }
    }
}
