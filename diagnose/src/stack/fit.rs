//! The values of a captured request that a snippet can contain: only those that a policy of Corsac can list.

use corsac::{FindingCode, PolicySpec, Request};

use super::needed::Needed;

/// Replaces a captured origin that is not valid, or is `null`, which no policy should allow.
pub(super) const PLACEHOLDER: &str = "https://app.example.com";

/// Values that a policy could list: origins as browsers write them, tokens, nothing forbidden, no wildcard. So they
/// contain no white space, quotes, backslashes, braces or control bytes.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    pub(super) origin: String,
    pub(super) method: String,
    pub(super) headers: Vec<String>,
    pub(super) exposed: Vec<String>,
    pub(super) credentials: bool,
    pub(super) preflight: bool,
    /// Nothing was left out.
    pub(super) is_whole: bool,
}

impl Fit {
    pub(super) fn of(needed: &Needed) -> Self {
        let origin = text(&needed.origin).filter(|origin| is_origin(origin));
        let method = text(&needed.method).filter(|method| {
            is_listable(&PolicySpec { allow_methods: Some(&[method]), ..PolicySpec::new(&[PLACEHOLDER]) })
        });
        let (headers, all_headers) = names(&needed.headers, |name| {
            is_listable(&PolicySpec { allow_headers: &[name], ..PolicySpec::new(&[PLACEHOLDER]) })
        });
        let (exposed, all_exposed) = names(&needed.exposed, |name| {
            is_listable(&PolicySpec { expose_headers: &[name], ..PolicySpec::new(&[PLACEHOLDER]) })
        });
        Self {
            is_whole: origin.is_some() && method.is_some() && all_headers && all_exposed,
            origin: origin.unwrap_or(PLACEHOLDER).to_owned(),
            method: method.unwrap_or("GET").to_owned(),
            headers,
            exposed,
            credentials: needed.credentials,
            preflight: needed.preflight,
        }
    }

    /// A method that gateways with a fixed list of methods know.
    pub(super) fn is_known_method(&self) -> bool {
        self.has_method_of(&["GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "DELETE"])
    }

    /// The methods that need no permission, and the one that does, for software that checks every request against its list.
    pub(super) fn with_safelisted_methods(&self) -> Vec<String> {
        let mut methods: Vec<String> = ["GET", "HEAD", "POST"].map(str::to_owned).into();
        if !methods.contains(&self.method) {
            methods.push(self.method.clone());
        }
        methods
    }

    /// The headers, or a safelisted one, for software that takes an empty list for any header, or rejects it.
    pub(super) fn headers_or_accept(&self) -> Vec<String> {
        if self.headers.is_empty() { vec!["accept".to_owned()] } else { self.headers.clone() }
    }

    fn has_method_of(&self, methods: &[&str]) -> bool {
        methods.contains(&self.method.as_str())
    }
}

/// What products cannot say, or say on their own.
impl Fit {
    /// Not one of the methods of HTTP itself. Browsers send neither CONNECT nor TRACE.
    pub(super) fn has_unknown_method(&self) -> bool {
        !self.is_known_method()
    }

    pub(super) fn has_no_store_method(&self) -> bool {
        !self.has_method_of(&["GET", "HEAD", "PUT", "POST", "DELETE"])
    }

    pub(super) fn has_lower_case_method(&self) -> bool {
        self.preflight && self.method.contains(|c: char| c.is_ascii_lowercase())
    }

    pub(super) fn has_method_with_odd_bytes(&self) -> bool {
        !self.method.bytes().all(|b| b.is_ascii_alphabetic())
    }

    pub(super) fn has_header_with_odd_bytes(&self) -> bool {
        let is_plain = |name: &String| name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        !self.headers.iter().chain(&self.exposed).all(is_plain)
    }

    pub(super) fn has_no_http_origin(&self) -> bool {
        !self.origin.starts_with("http://") && !self.origin.starts_with("https://")
    }

    /// The origin is not `http(s)://`, letters, digits, dashes and dots, and a port.
    pub(super) fn has_no_dns_origin(&self) -> bool {
        let host = self.origin.strip_prefix("http://").or(self.origin.strip_prefix("https://")).unwrap_or_default();
        host.is_empty() || !host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b':'))
    }

    /// The host is an IPv6 address.
    pub(super) fn has_ip_literal(&self) -> bool {
        self.origin.contains('[')
    }

    pub(super) fn has_credentials(&self) -> bool {
        self.credentials
    }

    pub(super) fn has_no_credentials(&self) -> bool {
        !self.credentials
    }

    pub(super) fn has_headers_or_exposed(&self) -> bool {
        !self.headers.is_empty() || !self.exposed.is_empty()
    }
}

/// The text, unless it is more than one value.
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| !text.contains('*'))
}

/// The names that may be listed, each once in lower case, and whether these are all.
fn names(names: &[Vec<u8>], is_fit: impl Fn(&str) -> bool) -> (Vec<String>, bool) {
    let (mut kept, mut all) = (Vec::new(), true);
    for name in names {
        match text(name).map(str::to_ascii_lowercase).filter(|name| is_fit(name)) {
            Some(name) if !kept.contains(&name) => kept.push(name),
            Some(_) => {}
            None => all = false,
        }
    }
    (kept, all)
}

/// Whether a policy that lists this allows it. An address range can be listed and is not an origin.
fn is_origin(origin: &str) -> bool {
    let request = Request::from_lines("GET", [("Origin", origin)]);
    PolicySpec::new(&[origin]).compile([0; 4096], |_| {}).is_ok_and(|policy| policy.evaluate(&request).is_allowed())
}

/// Whether a policy takes the entries of this spec, and a list with them has an effect in browsers.
pub(crate) fn is_listable(spec: &PolicySpec<'_>) -> bool {
    let mut has_effect = true;
    let compiled = spec.compile([0; 4096], |finding| {
        has_effect &= !matches!(finding.code, FindingCode::ForbiddenHeader | FindingCode::WrongDirection);
    });
    compiled.is_ok() && has_effect
}

#[cfg(test)]
mod tests {
    use super::{Fit, Needed, PLACEHOLDER};

    fn needed() -> Needed {
        Needed {
            origin: b"http://[::1]:3000".to_vec(),
            method: b"PURGE".to_vec(),
            headers: vec![b"X-A".to_vec(), b"x-a".to_vec(), b"authorization".to_vec()],
            credentials: true,
            exposed: vec![b"ETag".to_vec()],
            preflight: true,
        }
    }

    #[test]
    fn what_browsers_send_is_kept_once_and_in_lower_case() {
        let fit = Fit::of(&needed());
        assert!(fit.is_whole);
        assert_eq!((fit.origin.as_str(), fit.method.as_str()), ("http://[::1]:3000", "PURGE"));
        assert_eq!(
            (fit.headers, fit.exposed),
            (vec!["x-a".to_owned(), "authorization".into()], vec!["etag".to_owned()])
        );
    }

    #[test]
    fn an_origin_that_no_browser_sends_is_replaced() {
        for origin in [
            "",
            "*",
            "null",
            "https://a.example/",
            "https://*.a.example",
            "https://A.example",
            "a.example",
            "https://é.example",
            "http://10.0.0.0/8",
            "file://",
        ] {
            let fit = Fit::of(&Needed { origin: origin.into(), ..needed() });
            assert!(!fit.is_whole, "{origin}");
            assert_eq!(fit.origin, PLACEHOLDER);
        }
    }

    #[test]
    fn names_that_no_list_can_have_are_left_out() {
        for name in ["", "*", "a b", "a\"", "a\\", "a\n", "a{", "é", "cookie", "x-*", "access-control-allow-origin"] {
            let fit = Fit::of(&Needed { headers: vec![name.into(), b"x-b".to_vec()], ..needed() });
            assert!(!fit.is_whole, "{name}");
            assert_eq!(fit.headers, ["x-b"]);
        }
        for method in ["", "*", "A B", "CONNECT", "PUT\r\n"] {
            let fit = Fit::of(&Needed { method: method.into(), ..needed() });
            assert!(!fit.is_whole, "{method}");
            assert_eq!(fit.method, "GET");
        }
        let fit = Fit::of(&Needed { exposed: vec![b"set-cookie".to_vec(), b"*".to_vec()], ..needed() });
        assert!(fit.exposed.is_empty() && !fit.is_whole);
    }
}
