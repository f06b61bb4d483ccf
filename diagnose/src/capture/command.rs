//! A command of curl, wget, HTTPie or PowerShell behind a prompt, or a call of `fetch()`. It shows the request, which the output of `curl -i` does not.

use super::code;
use super::copied_fetch;
use super::httpie;
use super::options::{Options, has_scheme};
use super::parsed::{Command, Parsed};
use super::powershell;

/// Whether a line has a command, and from which byte on.
pub(super) fn start(line: &[u8]) -> Option<usize> {
    if let Some(at) = copied_fetch::start(line) {
        return Some(at);
    }
    if let Some(at) = httpie::start(line) {
        return Some(at);
    }
    if let Some(at) = powershell::start(line) {
        return Some(at);
    }
    // The name may be an alias. What it passes to grep shows what it is for.
    if let Some(call) = line.trim_ascii_start().strip_prefix(b"$ ").filter(|call| greps(call) && has_scheme(call)) {
        return Some(line.len() - call.len());
    }
    let names: [&[u8]; 3] = [b"curl ", b"curl.exe ", b"wget "];
    let at = names.into_iter().filter_map(|name| line.windows(name.len()).position(|part| part == name)).min()?;
    let before = line.get(..at)?.trim_ascii_end();
    let prompts = ["$", "#", "%", ">", "~", ";", "&", "|", "❯", "➜", "λ", "sudo", "time"];
    (before.is_empty() || prompts.iter().any(|end| before.ends_with(end.as_bytes()))).then_some(at)
}

/// Reads a command of one or more lines.
pub(super) fn parse(text: &[u8]) -> Parsed {
    if copied_fetch::is_call(text) {
        return copied_fetch::parse(text);
    }
    if code::is_call(text) {
        return code::parse(text);
    }
    if powershell::is_call(text) {
        return powershell::parse(text);
    }
    let trimmed = text.trim_ascii_end();
    if matches!(trimmed.last(), Some(b'\\' | b'^' | b'`')) {
        return Parsed::Unfinished;
    }
    // cmd and PowerShell continue with `^` and a backtick where a shell has a backslash.
    let mut joined = trimmed.to_vec();
    for at in 1..joined.len() {
        if joined.get(at) == Some(&b'\n')
            && let Some(mark @ (b'^' | b'`')) = joined.get_mut(at - 1)
        {
            *mark = b'\\';
        }
    }
    // "Copy as cURL (cmd)" of Chromium puts a `^` before each quote.
    if joined.windows(2).any(|two| two == b"^\"") {
        joined.retain(|&b| b != b'^');
    }
    match shlex::bytes::split(&joined) {
        Some(words) if words.first().is_some_and(|name| httpie::is_name(name)) => Parsed::Whole(httpie::command(words)),
        Some(words) => Parsed::Whole(Command { greps: greps(&joined), ..command(words) }),
        None => Parsed::Unfinished,
    }
}

/// Whether only the headers of CORS are shown.
fn greps(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    let has = |part: &[u8]| lower.windows(part.len()).any(|window| window == part);
    has(b"| grep ") && has(b"access") || has(b"findstr") && has(b"access")
}

fn command(words: Vec<Vec<u8>>) -> Command {
    let mut read = Options::default();
    let mut words = words.into_iter().skip(1);
    while let Some(mut word) = words.next() {
        let is_end = matches!(&word[..], b"|" | b"||" | b"&&" | b"&" | b";" | b"#")
            || word.starts_with(b">")
            || word.starts_with(b"2>")
            || word.starts_with(b"|");
        if is_end {
            break;
        }
        let last = word.len() > 1 && word.ends_with(b";");
        if last {
            word.pop();
        }
        if let Some(long) = word.strip_prefix(b"--") {
            // wget has the value behind an equals sign.
            let mut parts = long.splitn(2, |&b| b == b'=');
            let (name, value) = (parts.next().unwrap_or_default(), parts.next());
            if let Some(value) = value.filter(|_| takes_value(name) || name == b"method") {
                read.option(if name == b"method" { b"request" } else { name }, value);
            } else if takes_value(long) {
                read.option(long, &words.next().unwrap_or_default());
            } else {
                read.option(long, b"");
            }
        } else if word.len() > 1 && word.starts_with(b"-") {
            let mut letters = word.get(1..).unwrap_or_default();
            while let Some((letter, rest)) = letters.split_first() {
                letters = rest;
                if b"AbcCdDeEFHKmoPQrtTuUwxXyYz".contains(letter) {
                    let value = if rest.is_empty() { words.next().unwrap_or_default() } else { rest.to_vec() };
                    read.option(long_name(*letter), &value);
                    break;
                }
                read.option(long_name(*letter), b"");
            }
        } else {
            read.positional(word);
        }
        if last {
            break;
        }
    }
    read.finish()
}

fn long_name(letter: u8) -> &'static [u8] {
    match letter {
        b'X' => b"request",
        b'H' => b"header",
        b'd' => b"data",
        b'F' => b"form",
        b'I' => b"head",
        b'G' => b"get",
        b'T' => b"upload-file",
        b'b' => b"cookie",
        b'u' => b"user",
        b'r' => b"range",
        b'A' => b"user-agent",
        b'e' => b"referer",
        _ => b"",
    }
}

/// The long options of curl with a value that people use.
fn takes_value(long: &[u8]) -> bool {
    const NAMES: [&str; 44] = [
        "request",
        "header",
        "data",
        "data-raw",
        "data-binary",
        "data-ascii",
        "data-urlencode",
        "json",
        "form",
        "form-string",
        "upload-file",
        "cookie",
        "cookie-jar",
        "user",
        "range",
        "user-agent",
        "referer",
        "url",
        "url-query",
        "oauth2-bearer",
        "output",
        "output-dir",
        "dump-header",
        "write-out",
        "max-time",
        "connect-timeout",
        "retry",
        "retry-delay",
        "max-redirs",
        "resolve",
        "connect-to",
        "proxy",
        "proxy-user",
        "cacert",
        "capath",
        "cert",
        "key",
        "pass",
        "interface",
        "limit-rate",
        "config",
        "stderr",
        "trace",
        "trace-ascii",
    ];
    NAMES.iter().any(|name| name.as_bytes() == long)
}

#[cfg(test)]
mod tests {
    use super::{parse, start};
    use crate::capture::parsed::{Command, Parsed};

    fn read(line: &str) -> Command {
        let at = start(line.as_bytes()).unwrap();
        let Parsed::Whole(command) = parse(&line.as_bytes()[at..]) else { panic!("unfinished: {line}") };
        command
    }

    fn headers(command: &Command) -> Vec<String> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        command.headers.iter().map(|(name, value)| format!("{}: {}", text(name), text(value))).collect()
    }

    #[test]
    fn reads_a_preflight_behind_any_prompt() {
        for prompt in ["", "$ ", "me@host:~$ ", "➜  ~ ", "[root@a ~]# ", "PS C:\\> ", "% ", "{\"ok\":true}me@host:~$ "]
        {
            let command = read(&format!(
                "{prompt}curl -si -X OPTIONS -H 'Origin: https://a.example' \
                 --header \"Access-Control-Request-Method: PUT\" https://b.example/x 2>&1 | less"
            ));
            assert_eq!(command.method, b"OPTIONS");
            assert_eq!(command.url.as_deref(), Some(&b"https://b.example/x"[..]));
            assert_eq!(headers(&command), ["Origin: https://a.example", "Access-Control-Request-Method: PUT"]);
        }
        for line in ["see curl -i for more", "curly ", "a curl.exe b"] {
            assert_eq!(start(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn reads_options_as_curl_does() {
        let method = |line: &str| String::from_utf8(read(line).method).unwrap();
        assert_eq!(method("curl -XPATCH b.test"), "PATCH");
        assert_eq!(method("curl -I b.test"), "HEAD");
        assert_eq!(method("curl b.test -d a=b"), "POST");
        assert_eq!(method("curl -G -d a=b b.test"), "GET");
        assert_eq!(method("curl -sSLT file b.test/x"), "PUT");
        let json = read("curl --json '{}' -H 'X-Empty;' -H 'Accept:' -u me:secret -b a=b localhost:3000/x;");
        assert_eq!(json.url.as_deref(), Some(&b"http://localhost:3000/x"[..]));
        let expected = ["X-Empty: ", "Content-Type: application/json", "Authorization: Basic", "Cookie: a=b"];
        assert_eq!(headers(&json), expected);
        assert_eq!(headers(&read("curl -d x -H 'content-type: text/plain' b.test")), ["content-type: text/plain"]);
    }

    #[test]
    fn goes_on_over_lines_and_quotes() {
        for (first, rest) in [
            ("curl -i \\", "\n -X PUT https://b.test/"),
            ("curl -d '{", "\n}' -X PUT https://b.test/"),
            ("curl.exe -i `", "\n -X PUT https://b.test/"),
            ("curl -i ^", "\n -X PUT https://b.test/"),
        ] {
            assert_eq!(parse(first.as_bytes()), Parsed::Unfinished, "{first}");
            let command = read(&format!("{first}{rest}"));
            assert_eq!((&command.method[..], command.url.as_deref()), (&b"PUT"[..], Some(&b"https://b.test/"[..])));
        }
    }
}
