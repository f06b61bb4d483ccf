//! Which headers of a response the script may read
//! ([Fetch 4.1](https://fetch.spec.whatwg.org/#main-fetch), step 14;
//! [2.2.2](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name)).

use super::exchange::{Exchange, Verdict};
use super::message::EXPOSE_HEADERS;
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
            Profile::Firefox if !self.request.upload_listener => {
                fields.elements(EXPOSE_HEADERS).map_while(Result::ok).any(|element| element == b"*")
            }
            _ => fields.lists(EXPOSE_HEADERS, b"*"),
        };
        let exposes_all = is_own || (!includes && has_wildcard());
        fields.lines().map(|(name, _)| name).filter(move |name| {
            // A name that is not a token is not a header. Chromium does not show Clear-Site-Data to
            // scripts.
            let is_there =
                is_token(name) && (profile != Profile::Chromium || !name.eq_ignore_ascii_case(b"clear-site-data"));
            is_allowed
                && is_there
                && !is_forbidden_response_header(name)
                && (exposes_all || is_safelisted_response_header(name) || fields.lists(EXPOSE_HEADERS, name))
        })
    }
}
