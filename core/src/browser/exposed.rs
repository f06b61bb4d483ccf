//! Which headers of a response the script may read
//! ([Fetch 4.1](https://fetch.spec.whatwg.org/#main-fetch), step 14;
//! [2.2.2](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name)).

use super::exchange::{Exchange, Verdict};
use super::message::{EXPOSE_HEADERS, Fields};
use super::profile::Profile;
use super::script::Credentials;
use super::step::Tainting;
use crate::syntax::byte::is_token;
use crate::syntax::header_name::{is_forbidden_response_header, is_safelisted_response_header};

impl<'a> Exchange<'a> {
    /// The names of the headers that the script may read, as written, in their order. None if the
    /// script gets no response.
    pub fn exposed(&self, profile: Profile) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let is_allowed = self.judge(profile, |_| {}).verdict == Verdict::Allowed;
        let fields = self.last_fields();
        let is_own = self.last_step().is_some_and(|step| step.tainting() == Tainting::Basic);
        let includes = self.request.credentials == Credentials::Include;
        // For fetch(), Firefox accepts a `*` that comes before the element that makes the list
        // invalid.
        let has_wildcard = || match profile {
            Profile::Firefox if !self.request.is_xhr() => {
                fields.elements(EXPOSE_HEADERS).map_while(Result::ok).any(|element| element == b"*")
            }
            _ => fields.lists(EXPOSE_HEADERS, b"*"),
        };
        let is_xhr = self.request.is_xhr();
        let exposes_all = is_own || (!includes && has_wildcard());
        fields.lines().map(|(name, _)| name).filter(move |name| {
            // A name that is not a token is not a header, but XMLHttpRequest lists it in WebKit.
            let is_name = is_token(name) || (profile == Profile::WebKit && is_xhr);
            is_allowed
                && is_name
                && !is_hidden(profile, is_xhr, fields, name)
                && !is_forbidden_response_header(name)
                && (exposes_all || is_safelisted_response_header(name) || fields.lists(EXPOSE_HEADERS, name))
        })
    }
}

/// Whether this browser shows a header to no script. Chromium hides `Clear-Site-Data`. Firefox
/// joins the lines of two names by a line feed, so that no `Headers` object takes the value.
fn is_hidden(profile: Profile, is_xhr: bool, fields: Fields<'_>, name: &[u8]) -> bool {
    let is_split = |listed: &'static str| {
        listed.as_bytes().eq_ignore_ascii_case(name)
            && fields.values(listed).filter(|value| !value.is_empty()).nth(1).is_some()
    };
    match profile {
        Profile::Chromium => name.eq_ignore_ascii_case(b"clear-site-data"),
        Profile::Firefox if !is_xhr => is_split("www-authenticate") || is_split("proxy-authenticate"),
        _ => false,
    }
}
