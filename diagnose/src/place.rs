//! The parts of a URL in a message. Browsers write URLs whole, so this only cuts them; it does not judge whether they are valid.

/// Scheme, host, port and path of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place<'u> {
    pub(crate) scheme: &'u str,
    pub(crate) host: &'u str,
    authority: &'u str,
    pub(crate) path: &'u str,
}

impl<'u> Place<'u> {
    pub(crate) fn of(url: &'u str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => authority,
        };
        let is_host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '[' | ']' | ':' | '*');
        (!host.is_empty() && authority.chars().all(is_host)).then_some(Self { scheme, host, authority, path })
    }

    /// Whether a serialised URL has a user name or a password.
    pub(crate) fn has_userinfo(url: &str) -> bool {
        let authority = url.split_once("://").map_or("", |(_, rest)| rest);
        authority.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
    }

    /// `https://host:port`, as browsers send it.
    pub(crate) fn origin(&self) -> String {
        let own_port = match self.scheme {
            "https" => ":443",
            "http" => ":80",
            _ => "",
        };
        let authority = self.authority.strip_suffix(own_port).unwrap_or(self.authority);
        format!("{}://{authority}", self.scheme).to_ascii_lowercase()
    }

    /// The port, if the URL has one.
    pub(crate) fn port(&self) -> Option<u16> {
        self.authority.strip_prefix(self.host)?.strip_prefix(':')?.parse().ok()
    }

    pub(crate) fn is_web(&self) -> bool {
        matches!(self.scheme, "http" | "https")
    }

    /// Whether the host is the visitor's own machine.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.host.trim_matches(['[', ']']);
        matches!(host, "localhost" | "0.0.0.0" | "::1") || host.ends_with(".localhost") || host.starts_with("127.")
    }

    /// Whether only Vite's development server has such a path.
    pub(crate) fn is_of_vite(&self) -> bool {
        let path = self.path.split(['?', '#']).next().unwrap_or_default();
        let has = |end: &str| path.ends_with(end);
        // Elsewhere, a file with the end .ts is often a piece of a video.
        ["/@vite/", "/@react-refresh", "/@fs/", "/@id/"].iter().any(|start| path.starts_with(start))
            || (self.is_loopback()
                && ([".tsx", ".jsx", ".vue"].into_iter().any(has) || self.port() == Some(5173) && has(".ts")))
    }

    /// Whether the host is in a private network, as its name says.
    pub(crate) fn is_private(&self) -> bool {
        let numbers: Vec<u8> = self.host.split('.').filter_map(|part| part.parse().ok()).collect();
        match numbers.as_slice() {
            [10, _, _, _] | [192, 168, _, _] | [172, 16..=31, _, _] | [169, 254, _, _] => true,
            _ => {
                let ends = [".local", ".lan", ".internal", ".test", ".home.arpa"];
                ends.iter().any(|end| self.host.ends_with(end)) || !self.host.contains('.')
            }
        }
    }

    /// Whether a person has written something else in the place of the host: `https://REDACTED`, `https://your-domain.com`.
    pub(crate) fn is_placeholder(&self) -> bool {
        const HIDDEN: [&str; 6] = ["redacted", "removed", "hidden", "masked", "censored", "obfuscated"];
        self.host.to_ascii_lowercase().split(['.', '-', '_']).any(|label| {
            HIDDEN.contains(&label)
                || label == "your"
                || ["yourdomain", "yoursite", "yourapp", "yourserver", "yourcompany"].contains(&label)
                || (label.len() > 2 && label.bytes().all(|b| b == b'x'))
                || (label.len() > 1 && label.bytes().all(|b| b == b'*'))
        })
    }

    /// Whether this looks like a page where people sign in.
    pub(crate) fn is_login(&self) -> bool {
        let hosts = ["login.", "accounts.", "sso.", "auth.", "idp.", "adfs.", "signin.", "id."];
        self.is_sign_in()
            || self.path.to_ascii_lowercase().contains("/auth/")
            || hosts.iter().any(|start| self.host.starts_with(start))
    }

    /// Whether the path alone says so.
    pub(crate) fn is_sign_in(&self) -> bool {
        let path = self.path.to_ascii_lowercase();
        let paths = [
            "/authorize",
            "/authorization",
            "/oauth",
            "/login",
            "/signin",
            "/sign-in",
            "/sign_in",
            "/saml",
            "/sso",
            "/cas/",
            "/adfs",
            "/openid",
        ];
        paths.iter().any(|part| path.contains(part))
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn hidden_hosts_are_known() {
        for url in [
            "https://REDACTED",
            "https://api.REDACTED.com/x",
            "https://your-domain.com",
            "http://xxx.example",
            "https://***/x",
        ] {
            assert!(Place::of(url).unwrap().is_placeholder(), "{url}");
        }
        for url in ["https://hiddenvalley.example", "https://yours.example", "https://xx.example", "http://x.y"] {
            assert!(!Place::of(url).unwrap().is_placeholder(), "{url}");
        }
    }

    #[test]
    fn a_url_is_cut_into_its_parts() {
        let place = Place::of("https://User@B.example:8443/x?y").unwrap();
        assert_eq!((place.host, place.path, place.origin().as_str()), ("B.example", "/x?y", "https://b.example:8443"));
        assert!(Place::of("http://[::1]:3000").unwrap().is_loopback());
        assert!(
            Place::of("http://172.20.0.1/").unwrap().is_private()
                && !Place::of("http://172.32.0.1/").unwrap().is_private()
        );
        assert_eq!(Place::of("null"), None);
        assert_eq!(Place::of("https://a b/"), None);
    }
}
