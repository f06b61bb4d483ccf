//! The URL argument: a URL that a script can give to `fetch()`, read as the URL standard says. Anything else is refused with what to write.

use corsac::Escaped;
use url::{ParseError, Url};

use super::connection::Place;

/// The longest URL. Browsers refuse longer ones (Chromium: 2 MiB), and servers do so much earlier.
const LONGEST: usize = 64 * 1024;

/// The ports that browsers never connect to: <https://fetch.spec.whatwg.org/#port-blocking>
const BLOCKED_PORTS: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
    532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060,
    5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
];

/// Reads the URL of a request without its fragment, which is never sent. The error is a sentence that says what to write.
pub(crate) fn parse(text: &str) -> Result<Url, String> {
    let shown = shown(text);
    if text.len() > LONGEST {
        return Err(format!("the URL is longer than {LONGEST} bytes: {shown}"));
    }
    let mut url = match Url::parse(text) {
        Ok(url) => url,
        Err(ParseError::RelativeUrlWithoutBase) => return Err(without_scheme(text.trim())),
        Err(ParseError::EmptyHost) => return Err(format!("{shown} has no host: write https://HOST/PATH")),
        Err(ParseError::InvalidPort) => return Err(format!("the port of {shown} is not a number from 1 to 65535")),
        Err(error) => return Err(format!("{shown} is not a valid URL ({error}): write https://HOST/PATH")),
    };
    match url.scheme() {
        "http" | "https" => {}
        "ws" => {
            return Err(format!("CORS does not apply to ws: URLs; write http:{}", after_scheme(&url)));
        }
        "wss" => {
            return Err(format!("CORS does not apply to wss: URLs; write https:{}", after_scheme(&url)));
        }
        // In `localhost:3000` and `b.example:8080/x`, the parser takes the host for a scheme.
        scheme
            if !text.contains("://")
                && (scheme == "localhost" || url.path().starts_with(|c: char| c.is_ascii_digit())) =>
        {
            return Err(without_scheme(text.trim()));
        }
        scheme => return Err(format!("CORS does not apply to {scheme}: URLs; write http: or https:")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        let (_, _) = (url.set_username(""), url.set_password(None));
        return Err(format!(
            "fetch() refuses a URL with a user name or a password: write {}",
            self::shown(url.as_str())
        ));
    }
    url.set_fragment(None);
    Ok(url)
}

/// Whether the server is the user's own machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    Place::of(url).is_ok_and(|place| place.is_loopback())
}

/// The port of `url`, if browsers never connect to it.
pub(super) fn blocked_port(url: &Url) -> Option<u16> {
    url.port_or_known_default().filter(|port| BLOCKED_PORTS.contains(port))
}

fn without_scheme(text: &str) -> String {
    let rest = text.trim_start_matches(':').trim_start_matches('/');
    if rest.is_empty() || (text.starts_with('/') && !text.starts_with("//")) || text.starts_with(['?', '#', '.']) {
        return format!("{} is not a whole URL: write https://HOST/PATH", shown(text));
    }
    let host = rest.split([':', '/', '?', '#']).next().unwrap_or_default();
    let is_local =
        host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || rest.starts_with("[::1]");
    let scheme = if is_local { "http" } else { "https" };
    format!("{} has no scheme: write {scheme}://{}", shown(text), shown(rest))
}

/// `//host/path` of a URL, without what is secret in it.
fn after_scheme(url: &Url) -> String {
    let mut url = url.clone();
    let (_, _) = (url.set_username(""), url.set_password(None));
    let text = url.as_str().split_once(':').map_or("", |(_, rest)| rest);
    shown(text)
}

fn shown(text: &str) -> String {
    let bytes = text.as_bytes();
    match bytes.get(..200) {
        Some(start) if bytes.len() > 200 => format!("{}..", Escaped(start)),
        _ => Escaped(bytes).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{blocked_port, parse};
    use url::Url;

    fn url(text: &str) -> Url {
        parse(text).unwrap()
    }

    #[test]
    fn reads_what_a_script_may_write_and_drops_the_fragment() {
        assert_eq!(url("https://B.example:443/a b?q#f").as_str(), "https://b.example/a%20b?q");
        assert_eq!(url("http://[::1]:8080").as_str(), "http://[::1]:8080/");
        assert_eq!(url("https://bücher.example/").host_str(), Some("xn--bcher-kva.example"));
        assert_eq!(url(" https://b.example/ ").as_str(), "https://b.example/");
    }

    #[test]
    fn says_what_to_write_instead() {
        for (wrong, said) in [
            ("b.example/x", "write https://b.example/x"),
            ("b.example:8080/x", "write https://b.example:8080/x"),
            ("//b.example/x", "write https://b.example/x"),
            ("://b.example", "write https://b.example"),
            ("localhost:3000", "write http://localhost:3000"),
            ("api.localhost:3000/x", "write http://api.localhost:3000/x"),
            ("127.0.0.1:3000/x", "write http://127.0.0.1:3000/x"),
            ("[::1]:3000", "write http://[::1]:3000"),
            ("/x", "not a whole URL"),
            ("", "not a whole URL"),
            ("ws://b.example/x", "write http://b.example/x"),
            ("wss://u:p@b.example/x", "write https://b.example/x"),
            ("ftp://b.example/x", "write http: or https:"),
            ("file:///x", "write http: or https:"),
            ("data:text/plain,x", "write http: or https:"),
            ("https://user:secret@b.example/x", "write https://b.example/x"),
            ("https://@b.example:99999/", "not a number from 1 to 65535"),
            ("https://", "has no host"),
            ("https://a b/", "not a valid URL"),
            ("https://b.example\u{1b}[31m/", "not a valid URL"),
        ] {
            let error = parse(wrong).unwrap_err();
            assert!(error.contains(said), "{wrong}: {error}");
            assert!(!error.contains("secret") && !error.contains('\u{1b}'), "{error}");
        }
        assert!(parse(&format!("https://b.example/{}", "a".repeat(70_000))).unwrap_err().len() < 300);
    }

    #[test]
    fn knows_the_ports_that_no_browser_connects_to() {
        assert_eq!(blocked_port(&url("http://b.example:6667/")), Some(6667));
        assert_eq!(blocked_port(&url("http://b.example:10080/")), Some(10_080));
        for fine in ["http://b.example/", "https://b.example/", "http://b.example:8080/", "http://b.example:3000/"] {
            assert_eq!(blocked_port(&url(fine)), None);
        }
    }
}
