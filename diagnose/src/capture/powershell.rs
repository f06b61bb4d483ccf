//! A call of PowerShell's `Invoke-WebRequest` or `Invoke-RestMethod`, as developer tools copy it ("Copy as PowerShell").

use super::options::{Options, has_scheme};
use super::parsed::{Command, Parsed};

const NAMES: [&[u8]; 4] = [b"Invoke-WebRequest ", b"Invoke-RestMethod ", b"iwr ", b"irm "];

/// From which byte on a line has such a call.
pub(super) fn start(line: &[u8]) -> Option<usize> {
    let text = line.trim_ascii_start();
    let prompt = text.starts_with(b"PS ").then(|| text.windows(2).position(|two| two == b"> ")).flatten();
    let text = prompt.and_then(|at| text.get(at + 2..)).unwrap_or(text).trim_ascii_start();
    is_call(text).then(|| line.len() - text.len())
}

/// Whether `parse` of this module reads the text.
pub(super) fn is_call(text: &[u8]) -> bool {
    NAMES.iter().any(|name| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
}

/// A part of a call.
#[derive(Debug, PartialEq, Eq)]
enum Word {
    /// A parameter or a value without quotes.
    Bare(Vec<u8>),
    Quoted(Vec<u8>),
    /// `{`, `}`, `=` or `;`.
    Mark(u8),
}

/// Reads a call of one or more lines.
pub(super) fn parse(text: &[u8]) -> Parsed {
    words(text).map_or(Parsed::Unfinished, |words| Parsed::Whole(command(words)))
}

/// `None`: a quote or a brace is open, or the line goes on.
fn words(text: &[u8]) -> Option<Vec<Word>> {
    let (mut words, mut depth, mut rest) = (Vec::new(), 0_usize, text);
    if text.trim_ascii_end().ends_with(b"`") {
        return None;
    }
    while let Some((&first, more)) = rest.split_first() {
        rest = more;
        match first {
            b' ' | b'\t' | b'\n' | b'\r' | b'`' | b'@' | b'(' | b')' => {}
            b'"' | b'\'' => {
                let (quoted, after) = quoted(more, first)?;
                words.push(Word::Quoted(quoted));
                rest = after;
            }
            b'{' | b'}' | b'=' | b';' => {
                depth = if first == b'{' { depth + 1 } else { depth.saturating_sub(usize::from(first == b'}')) };
                words.push(Word::Mark(first));
            }
            _ => {
                let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'{' | b'}' | b'"' | b'\'' | b';');
                let end = more.iter().position(|b| ends(b) || *b == b'=' && depth > 0).unwrap_or(more.len());
                let (word, after) = more.split_at_checked(end)?;
                words.push(Word::Bare([&[first], word].concat()));
                rest = after;
            }
        }
    }
    (depth == 0).then_some(words)
}

/// The text up to the closing quote, and what follows it. In double quotes a backtick escapes.
fn quoted(text: &[u8], quote: u8) -> Option<(Vec<u8>, &[u8])> {
    let (mut read, mut rest) = (Vec::new(), text);
    loop {
        let (&first, more) = rest.split_first()?;
        rest = more;
        match first {
            b'`' if quote == b'"' => {
                let (&escaped, after) = more.split_first()?;
                read.push(escaped);
                rest = after;
            }
            _ if first == quote => return Some((read, rest)),
            _ => read.push(first),
        }
    }
}

fn command(words: Vec<Word>) -> Command {
    let (mut read, mut kind) = (Options::default(), None);
    let mut words = words.into_iter().skip(1);
    while let Some(word) = words.next() {
        let name = match word {
            Word::Bare(name) if name.starts_with(b"-") => name.to_ascii_lowercase(),
            Word::Bare(text) | Word::Quoted(text) => {
                if has_scheme(&text) {
                    read.url.get_or_insert(text);
                }
                continue;
            }
            // The end of the command.
            Word::Mark(b';') => break,
            Word::Mark(_) => continue,
        };
        match &name[..] {
            b"-headers" => headers(&mut read, &mut words),
            b"-usebasicparsing" => {}
            _ => {
                let Some(Word::Bare(value) | Word::Quoted(value)) = words.next() else { continue };
                match &name[..] {
                    b"-uri" => read.url = Some(value),
                    b"-method" => read.method = Some(value.to_ascii_uppercase()),
                    b"-contenttype" => kind = Some(value),
                    // Developer tools copy the session, so the request is a browser's.
                    b"-websession" => read.unless_given(b"Sec-Fetch-Mode", b"cors"),
                    b"-useragent" => read.unless_given(b"User-Agent", &value),
                    b"-body" => read.body(b"POST", b"application/x-www-form-urlencoded"),
                    _ => {}
                }
            }
        }
    }
    if let Some(kind) = kind {
        read.unless_given(b"Content-Type", &kind);
    }
    read.finish()
}

/// `@{ "name"="value" }`
fn headers(read: &mut Options, words: &mut impl Iterator<Item = Word>) {
    let mut name = None;
    for word in words {
        match (word, name.take()) {
            (Word::Mark(b'}'), _) => return,
            (Word::Mark(b'='), before) => name = before,
            (Word::Mark(_), _) => {}
            (Word::Bare(value) | Word::Quoted(value), Some(name)) => {
                let name: Vec<u8> = name;
                // Pseudo headers, of which developer tools leave the colon out.
                if !matches!(&name[..], b"authority" | b"method" | b"path" | b"scheme") {
                    read.header(&[&name[..], b": ", &value[..]].concat());
                }
            }
            (Word::Bare(first) | Word::Quoted(first), None) => name = Some(first),
        }
    }
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
            "Invoke-WebRequest -UseBasicParsing -Uri \"https://b.test/x?a=1\" `\n-Method \"PUT\" `\n-WebSession $session `\n\
             -Headers @{\n\"authority\"=\"b.test\"\n  \"origin\"=\"https://a.test\"\n  \"x-q\"=\"`\"7`\"\"\n} `\n\
             -ContentType \"application/json\" `\n-Body \"{}\"",
        );
        assert_eq!((&command.method[..], command.url.as_deref()), (&b"PUT"[..], Some(&b"https://b.test/x?a=1"[..])));
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let headers: Vec<_> =
            command.headers.iter().map(|(name, value)| format!("{}: {}", text(name), text(value))).collect();
        assert!(headers.contains(&"origin: https://a.test".to_owned()), "{headers:?}");
        assert!(headers.contains(&"x-q: \"7\"".to_owned()), "{headers:?}");
    }

    #[test]
    fn reads_what_people_type() {
        let command =
            read("PS C:\\> iwr https://b.test/ -Method options -Headers @{ Origin = 'https://a.test'; 'X-A'=1 }");
        assert_eq!((&command.method[..], command.headers.len()), (&b"OPTIONS"[..], 2));
        for line in ["iwr", "the iwr call", "$x = Get-Item y"] {
            assert_eq!(start(line.as_bytes()), None, "{line}");
        }
        assert_eq!(parse(b"Invoke-WebRequest -Uri \"https://b.test/\" `"), Parsed::Unfinished);
        assert_eq!(parse(b"Invoke-WebRequest -Uri \"https://b.test/\" -Headers @{"), Parsed::Unfinished);
    }
}
