//! "It passes CORS, yet I am not logged in": the cookies that a response sets and browsers do not keep for another site's page
//! ([RFC 6265bis 5.7](https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model)).

use corsac::browser::{Credentials, Exchange, Part};

use super::found::{Seen, Warning, Why};
use crate::certainty::Certainty;
use crate::neighbours::{Relation, Suffixes};
use crate::place::Place;

/// Cookies of load balancers and protections. They set what they need themselves, and no login depends on them.
const OF_THE_WAY: [&str; 9] =
    ["AWSALB", "ARRAffinity", "__cf", "cf_", "_cf", "BIGipServer", "incap_ses", "visid_incap", "GCLB"];

/// Judges the cookies of every response, for a script that sends credentials. Others' cookies are not meant to be kept.
pub(super) fn judge(exchange: &Exchange<'_>, suffixes: Option<&dyn Suffixes>) -> Vec<Warning> {
    let mut found: Vec<Warning> = Vec::new();
    if exchange.request.credentials != Credentials::Include {
        return found;
    }
    let Ok(page) = str::from_utf8(exchange.request.origin) else { return found };
    for step in exchange.steps() {
        let Some(response) = exchange.hop(step.hop()).response else { continue };
        let Ok(url) = str::from_utf8(step.url()) else { continue };
        let lines = response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(b"set-cookie"));
        for cookie in lines.filter_map(|(_, value)| Cookie::of(value)) {
            let Some((why, certainty)) = cookie.fault(page, url, suffixes) else { continue };
            let code = why.code();
            let same = |known: &&mut Warning| {
                known.hop == step.hop() && matches!(&known.seen, Seen::Cookies { why: other, .. } if *other == why)
            };
            match found.iter_mut().find(same) {
                Some(Warning { seen: Seen::Cookies { names, .. }, .. }) => names.push(cookie.name.to_vec()),
                _ => found.push(Warning {
                    code,
                    certainty,
                    hop: step.hop(),
                    part: Part::Response,
                    seen: Seen::Cookies { names: vec![cookie.name.to_vec()], why },
                }),
            }
        }
    }
    found
}

impl Why {
    const fn code(self) -> &'static str {
        match self {
            Self::LaxOrStrict | Self::NoSameSite => "cookie-samesite",
            Self::NotSecure => "cookie-not-secure",
            Self::ThirdParty => "cookie-third-party",
            Self::SecureOverHttp | Self::OtherDomain | Self::Prefix => "cookie-rejected",
        }
    }
}

/// One `Set-Cookie`. If an attribute is there twice, the last one counts.
#[derive(Debug, Default)]
struct Cookie<'c> {
    name: &'c [u8],
    same_site: Option<&'c [u8]>,
    domain: Option<&'c [u8]>,
    path: Option<&'c [u8]>,
    is_secure: bool,
    is_partitioned: bool,
}

impl<'c> Cookie<'c> {
    /// `None`: not a cookie, or one that is taken away.
    fn of(value: &'c [u8]) -> Option<Self> {
        let mut parts = value.split(|&b| b == b';');
        let pair = parts.next()?;
        let name = pair.get(..pair.iter().position(|&b| b == b'=')?)?.trim_ascii();
        let mut cookie = Self { name, ..Self::default() };
        let mut is_kept = true;
        for part in parts {
            let at = part.iter().position(|&b| b == b'=').unwrap_or(part.len());
            let (name, value) = part.split_at_checked(at)?;
            let (name, value) = (name.trim_ascii(), value.strip_prefix(b"=").unwrap_or_default().trim_ascii());
            match name.to_ascii_lowercase().as_slice() {
                b"samesite" => cookie.same_site = Some(value),
                b"domain" => cookie.domain = Some(value.strip_prefix(b".").unwrap_or(value)),
                b"path" => cookie.path = Some(value),
                b"secure" => cookie.is_secure = true,
                b"partitioned" => cookie.is_partitioned = true,
                b"max-age" => is_kept &= !(value == b"0" || value.starts_with(b"-")),
                b"expires" => is_kept &= !value.windows(4).any(|year| matches!(year, b"1970" | b"1969")),
                _ => {}
            }
        }
        is_kept.then_some(cookie)
    }

    /// Why a browser does not keep the cookie that a script of `page` gets from `url`.
    fn fault(&self, page: &str, url: &str, suffixes: Option<&dyn Suffixes>) -> Option<(Why, Certainty)> {
        let place = Place::of(url)?;
        let is_secure = place.scheme == "https" || place.is_loopback();
        let starts = |prefix: &str| {
            self.name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
        };
        let is_host_only = self.is_secure && self.domain.is_none() && self.path == Some(b"/");
        let sure = |why| Some((why, Certainty::Certain));
        if (starts("__Secure-") && !self.is_secure) || (starts("__Host-") && !is_host_only) {
            return sure(Why::Prefix);
        }
        if self.is_secure && !is_secure {
            return sure(Why::SecureOverHttp);
        }
        if self.domain.is_some_and(|domain| !domain.is_empty() && !covers(domain, place.host)) {
            return sure(Why::OtherDomain);
        }
        let has = |value: &[u8]| self.same_site.is_some_and(|set| set.eq_ignore_ascii_case(value));
        if (has(b"none") || self.is_partitioned) && !self.is_secure {
            return sure(Why::NotSecure);
        }
        let cross = match Relation::of(page, url, suffixes) {
            Relation::SameOrigin | Relation::SameSite => return None,
            Relation::Unknown => Certainty::Possible,
            Relation::CrossSite => Certainty::Certain,
        };
        let text = String::from_utf8_lossy(self.name);
        if OF_THE_WAY.iter().any(|start| text.starts_with(start)) {
            return None;
        }
        match () {
            () if has(b"lax") || has(b"strict") => Some((Why::LaxOrStrict, cross)),
            // Only Chromium takes this for `Lax`.
            () if !has(b"none") => Some((Why::NoSameSite, cross.min(Certainty::Likely))),
            () if !self.is_partitioned => Some((Why::ThirdParty, Certainty::Possible)),
            () => None,
        }
    }
}

/// Whether `Domain` is the host or a name above it.
fn covers(domain: &[u8], host: &str) -> bool {
    let (domain, host) = (domain.to_ascii_lowercase(), host.to_ascii_lowercase().into_bytes());
    host.strip_suffix(domain.as_slice()).is_some_and(|before| before.is_empty() || before.ends_with(b"."))
}

#[cfg(test)]
mod tests {
    use super::{Cookie, Why};
    use crate::certainty::Certainty;
    use crate::neighbours::tests::Few;

    const PAGE: &str = "https://app.shop.com";

    fn of(cookie: &str, url: &str) -> Option<(Why, Certainty)> {
        Cookie::of(cookie.as_bytes())?.fault(PAGE, url, Some(&Few))
    }

    #[test]
    fn careful_cookies_get_no_warning() {
        let (site, other) = ("https://api.shop.com/x", "https://api.other.org/x");
        for (cookie, url) in [
            ("sid=1; HttpOnly; Secure; SameSite=Lax; Path=/", site),
            ("sid=1; SameSite=Strict; Secure", site),
            ("__Host-sid=1; Path=/; Secure; HttpOnly", site),
            ("sid=1; Domain=.shop.com; Secure", site),
            ("sid=1; Domain=shop.com", site),
            ("sid=1; SameSite=None; Secure; Partitioned; HttpOnly", other),
            ("sid=; Max-Age=0", other),
            ("sid=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", other),
            ("AWSALB=x; Path=/", other),
            ("__cf_bm=x; SameSite=None; Secure", other),
            ("no cookie", other),
        ] {
            assert_eq!(of(cookie, url), None, "{cookie}");
        }
    }

    #[test]
    fn cookies_that_browsers_do_not_keep_are_named() {
        let other = "https://api.other.org/x";
        let certain = |why| Some((why, Certainty::Certain));
        assert_eq!(of("sid=1; SameSite=lax; Secure", other), certain(Why::LaxOrStrict));
        assert_eq!(of("sid=1; Secure", other), Some((Why::NoSameSite, Certainty::Likely)));
        assert_eq!(of("sid=1; SameSite=None", other), certain(Why::NotSecure));
        assert_eq!(
            of("sid=1; SameSite=Lax; SameSite=None; Secure", other),
            Some((Why::ThirdParty, Certainty::Possible))
        );
        assert_eq!(of("sid=1; Domain=other.com; Secure", other), certain(Why::OtherDomain));
        assert_eq!(of("sid=1; Domain=hop.com", "https://api.shop.com/"), certain(Why::OtherDomain));
        assert_eq!(of("__Host-sid=1; Secure", other), certain(Why::Prefix));
        assert_eq!(of("__SECURE-sid=1", other), certain(Why::Prefix));
        assert_eq!(of("sid=1; Secure", "http://api.other.org/"), certain(Why::SecureOverHttp));
        assert_eq!(of("sid=1; Secure", "http://localhost:8000/"), Some((Why::NoSameSite, Certainty::Likely)));
    }

    #[test]
    fn without_the_list_a_site_is_only_possible() {
        let lax = Cookie::of(b"sid=1; SameSite=Lax").unwrap();
        assert_eq!(lax.fault(PAGE, "https://api.shop.com/", None), Some((Why::LaxOrStrict, Certainty::Possible)));
        assert_eq!(lax.fault(PAGE, "https://api.other.org/", None), Some((Why::LaxOrStrict, Certainty::Certain)));
    }
}
