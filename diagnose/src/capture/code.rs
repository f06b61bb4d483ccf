//! A call in a person's code, next to the response: `fetch(...)`, axios, jQuery, Python's requests. Strings and names are read, and no
//! language is parsed: what is computed is not known.

use super::parsed::{Command, Parsed};
use super::written::METHODS;
use crate::exchange::Headers;

/// What such calls begin with.
const CALLS: [&[u8]; 15] = [
    b"fetch(",
    b"axios(",
    b"axios.",
    b"ky.",
    b"$.ajax(",
    b"$.get(",
    b"$.post(",
    b"jQuery.ajax(",
    b"$http.",
    b"requests.",
    b"httpx.",
    b"this.http.",
    b"xhr.open(",
    b"req.open(",
    b"request.open(",
];

/// From which byte on a line has such a call.
pub(super) fn start(line: &[u8]) -> Option<usize> {
    let at = CALLS.iter().filter_map(|call| line.windows(call.len()).position(|part| part == *call)).min()?;
    let before = at.checked_sub(1).and_then(|before| line.get(before));
    let is_word = before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'`'));
    let call = line.get(at..)?;
    let open = call.iter().position(|&b| b == b'(')?;
    let (name, arguments) = (call.get(..open)?, call.get(open + 1..)?.trim_ascii_start());
    let is_name = name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'$' | b'_' | b'<' | b'>'));
    let begins = arguments.first().is_none_or(|b| matches!(b, b'"' | b'\'' | b'`' | b'{'));
    (!is_word && is_name && begins).then_some(at)
}

/// Whether `parse` of this module reads the text.
pub(super) fn is_call(text: &[u8]) -> bool {
    CALLS.iter().any(|call| text.starts_with(call))
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Text(Vec<u8>),
    Name(Vec<u8>),
    Mark(u8),
}

/// Reads a call of one or more lines. One without a URL of its own is nothing.
pub(super) fn parse(text: &[u8]) -> Parsed {
    tokens(text).map_or(Parsed::Unfinished, |tokens| Parsed::Whole(command(&tokens)))
}

/// Those up to the last parenthesis. `None`: it is not there.
fn tokens(text: &[u8]) -> Option<Vec<Token>> {
    let (mut tokens, mut depth, mut rest) = (Vec::new(), 0_usize, text);
    loop {
        let (&first, more) = rest.split_first()?;
        rest = more;
        match first {
            b'"' | b'\'' | b'`' => {
                let (text, after) = quoted(more, first)?;
                tokens.push(Token::Text(text));
                rest = after;
            }
            b'(' | b'{' | b'[' => {
                depth += 1;
                tokens.push(Token::Mark(first));
            }
            b')' | b'}' | b']' => {
                tokens.push(Token::Mark(first));
                depth = depth.checked_sub(1)?;
                if depth == 0 && first == b')' {
                    return Some(tokens);
                }
            }
            b':' | b',' | b'=' => tokens.push(Token::Mark(first)),
            _ if is_of_name(first) => {
                let end = more.iter().position(|b| !is_of_name(*b)).unwrap_or(more.len());
                let (name, after) = more.split_at_checked(end)?;
                tokens.push(Token::Name([&[first], name].concat()));
                rest = after;
            }
            _ => {}
        }
    }
}

fn is_of_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'$')
}

/// The text up to the closing quote, and what follows it.
fn quoted(text: &[u8], quote: u8) -> Option<(Vec<u8>, &[u8])> {
    let (mut read, mut rest) = (Vec::new(), text);
    loop {
        let (&first, more) = rest.split_first()?;
        rest = more;
        match first {
            b'\\' => {
                let (&escaped, after) = more.split_first()?;
                read.push(escaped);
                rest = after;
            }
            _ if first == quote => return Some((read, rest)),
            _ => read.push(first),
        }
    }
}

fn command(tokens: &[Token]) -> Command {
    let callee = match tokens.first() {
        Some(Token::Name(name)) => name.as_slice(),
        _ => b"",
    };
    let verb = callee.rsplit(|&b| b == b'.').next().unwrap_or_default().to_ascii_uppercase();
    let named = |names: &[&[u8]]| value_of(tokens, names).map(<[u8]>::to_ascii_uppercase);
    // `xhr.open('GET', 'https://b.example/')`
    let opened = tokens.get(2).filter(|_| verb == b"OPEN").and_then(|token| match token {
        Token::Text(method) => Some(method.to_ascii_uppercase()),
        _ => None,
    });
    let method =
        Some(verb).filter(|verb| METHODS.contains(&&verb[..])).or(opened).or_else(|| named(&[b"method", b"type"]));
    let method = method.unwrap_or_else(|| b"GET".to_vec());
    let is_url = |text: &&[u8]| text.starts_with(b"http://") || text.starts_with(b"https://");
    let texts =
        tokens.iter().filter_map(|token| if let Token::Text(text) = token { Some(text.as_slice()) } else { None });
    let url = texts.into_iter().find(is_url).map(<[u8]>::to_vec);
    let mut headers = headers(tokens);
    let has =
        |headers: &Headers, name: &str| headers.iter().any(|(have, _)| have.eq_ignore_ascii_case(name.as_bytes()));
    // These libraries send an object as JSON.
    let is_of_object = |at: usize| matches!(tokens.get(at..at + 2), Some([Token::Mark(b','), Token::Mark(b'{')]));
    let has_body = matches!(&method[..], b"POST" | b"PUT" | b"PATCH");
    let is_json = has_body && (callee.starts_with(b"axios.") || callee.starts_with(b"this.http.")) && is_of_object(3)
        || has_body && callee.starts_with(b"axios") && tokens.contains(&Token::Name(b"data".to_vec()))
        || tokens.contains(&Token::Name(b"json".to_vec()));
    if is_json && !has(&headers, "content-type") {
        headers.push((b"Content-Type".to_vec(), b"application/json".to_vec()));
    }
    let is_included = value_of(tokens, &[b"credentials"]) == Some(b"include")
        || value_of(tokens, &[b"withCredentials"]) == Some(b"true");
    if is_included {
        // A browser sends this only where the script includes credentials.
        headers.push((b"Sec-Fetch-Storage-Access".to_vec(), b"active".to_vec()));
    }
    if let Some(mode) = value_of(tokens, &[b"mode"]) {
        headers.push((b"Sec-Fetch-Mode".to_vec(), mode.to_vec()));
    }
    Command { method, url, headers, ..Command::default() }
}

/// What follows a name and its colon.
fn value_of<'t>(tokens: &'t [Token], names: &[&[u8]]) -> Option<&'t [u8]> {
    tokens.windows(3).find_map(|three| match three {
        [Token::Name(name) | Token::Text(name), Token::Mark(b':' | b'='), Token::Text(value) | Token::Name(value)] => {
            names.contains(&&name[..]).then_some(value.as_slice())
        }
        _ => None,
    })
}

/// The headers of `headers: { 'X-A': '1' }`. A value that is computed is `...`.
fn headers(tokens: &[Token]) -> Headers {
    let mut headers = Headers::new();
    let is_start = |token: &Token| matches!(token, Token::Name(name) | Token::Text(name) if name == b"headers");
    let Some(at) = tokens.iter().position(is_start) else { return headers };
    let mut rest =
        tokens.get(at + 1..).unwrap_or_default().iter().skip_while(|token| **token != Token::Mark(b'{')).skip(1);
    let mut depth = 0_usize;
    let mut name: Option<Vec<u8>> = None;
    while let Some(token) = rest.next() {
        match token {
            Token::Mark(b'}') if depth == 0 => break,
            Token::Mark(b'(' | b'{' | b'[') => depth += 1,
            Token::Mark(b')' | b'}' | b']') => depth = depth.saturating_sub(1),
            Token::Mark(b',') if depth == 0 => name = None,
            Token::Mark(b':') if depth == 0 => {
                if let Some(name) = name.take().filter(|name| corsac::is_token(name)) {
                    let value = match rest.clone().next() {
                        Some(Token::Text(value)) if !value.contains(&b'$') => value.clone(),
                        _ => b"...".to_vec(),
                    };
                    headers.push((name, value));
                }
            }
            Token::Text(text) | Token::Name(text) if depth == 0 => name = Some(text.clone()),
            _ => {}
        }
    }
    headers
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
    fn reads_calls_of_several_libraries() {
        for (text, expected) in [
            (
                "const r = await fetch('https://b.test/x', {\n method: 'PUT', headers: { 'X-A': '1', Authorization: `Bearer ${t}` },\n credentials: 'include' })",
                "PUT https://b.test/x X-A: 1, Authorization: ..., Sec-Fetch-Storage-Access: active",
            ),
            ("axios.post(\"https://b.test/\", { a: 1 })", "POST https://b.test/ Content-Type: application/json"),
            (
                "axios({ url: 'https://b.test/', method: 'delete', withCredentials: true })",
                "DELETE https://b.test/ Sec-Fetch-Storage-Access: active",
            ),
            (
                "$.ajax({ type: 'POST', url: 'http://b.test/', headers: {\"X-B\": f(1, 2)} });",
                "POST http://b.test/ X-B: ...",
            ),
            (
                ">>> r = requests.options(\"https://b.test/\", headers={\"Origin\": \"https://a.test\"})",
                "OPTIONS https://b.test/ Origin: https://a.test",
            ),
            ("xhr.open('GET', 'https://b.test/');", "GET https://b.test/ "),
            ("fetch('https://b.test/')", "GET https://b.test/ "),
        ] {
            let command = read(text);
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            let headers: Vec<_> =
                command.headers.iter().map(|(name, value)| format!("{}: {}", text(name), text(value))).collect();
            let url = text(&command.url.unwrap());
            assert_eq!(format!("{} {url} {}", text(&command.method), headers.join(", ")), expected);
        }
    }

    #[test]
    fn reads_nothing_else() {
        for line in
            ["prefetch('x')", "the fetch(url) call", "myaxios.get('x')", "`fetch('x')`", "requests. And so on ('x')"]
        {
            assert_eq!(start(line.as_bytes()), None, "{line}");
        }
        assert_eq!(parse(b"fetch('https://b.test/', {"), Parsed::Unfinished);
        assert_eq!(parse(b"fetch('https://b.test/)"), Parsed::Unfinished);
        let Parsed::Whole(command) = parse(b"fetch('/x')") else { panic!("unfinished") };
        assert_eq!(command.url, None);
    }
}
