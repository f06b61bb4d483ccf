//! Reads a request head as people paste it: as it was sent, from `curl -v`, or HTTP/2 with its pseudo headers.

use corsac::{Escaped, is_token};

/// A method, the path of the request target, and headers, as they were sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RequestHead {
    pub(crate) method: Vec<u8>,
    /// As it was sent, encoded and with its query.
    pub(crate) path: Vec<u8>,
    pub(crate) headers: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Reads up to the first empty line after the head. A body may follow. The error is a sentence.
pub(crate) fn parse(bytes: &[u8]) -> Result<RequestHead, String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut method = None;
    let mut path = b"/".to_vec();
    let mut headers = Vec::new();
    let mut begun = false;
    let mut scratch = Vec::new();
    for (number, line) in (1..).zip(bytes.split(|&byte| byte == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = line.strip_prefix(b"> ").or_else(|| line.strip_prefix(b">")).unwrap_or(line);
        if line.trim_ascii().is_empty() {
            if begun {
                break;
            }
            continue;
        }
        if let Some(pseudo) = line.strip_prefix(b":") {
            if let Some(value) = pseudo.strip_prefix(b"method:") {
                method = Some(checked_method(value.trim_ascii(), number)?);
            } else if let Some(value) = pseudo.strip_prefix(b"path:") {
                path = path_of(value.trim_ascii()).to_vec();
            }
        } else if !begun && is_request_line(line) {
            let mut words = line.split(|&byte| byte == b' ');
            method = Some(checked_method(words.next().unwrap_or_default(), number)?);
            path = path_of(words.next().unwrap_or_default()).to_vec();
        } else {
            headers.push(header(line, number, &mut scratch)?);
        }
        begun = true;
    }
    match method {
        Some(method) => Ok(RequestHead { method, path, headers }),
        None if begun => Err("the request has no method: it starts with a line such as \"GET / HTTP/1.1\"".to_owned()),
        None => Err("there is no request: write one on standard input, or use --origin and --method".to_owned()),
    }
}

/// `METHOD SP target`, with a version or without. A header has a colon in its first word.
fn is_request_line(line: &[u8]) -> bool {
    let mut words = line.split(|&byte| byte == b' ');
    words.next().is_some_and(|word| !word.contains(&b':')) && words.next().is_some_and(|target| !target.is_empty())
}

/// The path and query of a request target. A proxy is sent a whole URL
/// ([RFC 9112, 3.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2)).
fn path_of(target: &[u8]) -> &[u8] {
    let Some(scheme_end) = target.windows(3).position(|bytes| bytes == b"://") else {
        return target;
    };
    // A `://` behind the first slash belongs to the path or the query.
    if target.starts_with(b"/") {
        return target;
    }
    let authority = target.get(scheme_end + 3..).unwrap_or_default();
    let path = authority.iter().position(|byte| matches!(byte, b'/' | b'?')).and_then(|at| authority.get(at..));
    match path {
        Some(path) if path.starts_with(b"/") => path,
        _ => b"/",
    }
}

fn checked_method(method: &[u8], number: usize) -> Result<Vec<u8>, String> {
    if is_token(method) {
        Ok(method.to_vec())
    } else {
        Err(format!("line {number} of the request: \"{}\" is not a valid method", shown(method)))
    }
}

fn header(line: &[u8], number: usize, scratch: &mut Vec<u8>) -> Result<(Vec<u8>, Vec<u8>), String> {
    scratch.clear();
    scratch.extend_from_slice(line);
    scratch.extend_from_slice(b"\r\n\r\n");
    let mut parsed = [httparse::EMPTY_HEADER];
    match httparse::parse_headers(scratch, &mut parsed) {
        Ok(httparse::Status::Complete((_, [one]))) => Ok((one.name.as_bytes().to_vec(), one.value.to_vec())),
        _ => Err(format!("line {number} of the request is not a header (NAME: VALUE): \"{}\"", shown(line))),
    }
}

fn shown(bytes: &[u8]) -> Escaped<'_> {
    Escaped(bytes.get(..128).unwrap_or(bytes))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn reads_every_form_in_which_people_paste_a_head() {
        let forms: [&[u8]; 5] = [
            b"OPTIONS /x HTTP/1.1\r\nOrigin: https://a.example\r\n\r\nbody: x",
            b"OPTIONS /x HTTP/1.1\nOrigin: https://a.example",
            b"\r\n\nOPTIONS /x HTTP/2\nOrigin:https://a.example \n\n",
            b":authority: b.example\n:method: OPTIONS\n:path: /x\nOrigin: https://a.example\n",
            b"> OPTIONS /x HTTP/2\n> Origin: https://a.example\n> \n",
        ];
        for form in forms {
            let head = parse(form).unwrap();
            assert_eq!(head.method, b"OPTIONS");
            assert_eq!(head.path, b"/x");
            assert_eq!(head.headers, [(b"Origin".to_vec(), b"https://a.example".to_vec())]);
        }
    }

    #[test]
    fn path_is_that_of_the_target() {
        for (target, path) in [
            ("/a/b?c=http://d/e", "/a/b?c=http://d/e"),
            ("http://a.example/b%2Fc", "/b%2Fc"),
            ("http://a.example", "/"),
            ("https://a.example?q=/x", "/"),
            ("*", "*"),
        ] {
            let head = parse(format!("GET {target} HTTP/1.1\n").as_bytes()).unwrap();
            assert_eq!(head.path, path.as_bytes());
        }
    }

    #[test]
    fn text_without_a_head_is_refused_with_its_line() {
        assert!(parse(b"").unwrap_err().contains("no request"));
        assert!(parse(b"Origin: https://a.example\n").unwrap_err().contains("no method"));
        assert!(
            parse(b"GET / HTTP/1.1\nno colon\x1b\n")
                .unwrap_err()
                .contains(r#"line 2 of the request is not a header (NAME: VALUE): "no colon\x1B""#)
        );
    }
}
