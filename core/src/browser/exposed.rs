//! Which headers of a response the script may read
//! ([Fetch 4.1](https://fetch.spec.whatwg.org/#main-fetch), step 14;
//! [2.2.2](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name)).

use super::exchange::{Exchange, Verdict};
use super::message::{EXPOSE_HEADERS, Fields};
use super::name_order::{GROUP, Marks, Place};
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
        let is_list = fields.elements(EXPOSE_HEADERS).all(|element| element.is_ok());
        let hidden = hidden(profile, is_xhr, fields);
        let [stored, fresh] = fields.both();
        // Each group of lines goes over the lists once.
        let groups = [(stored, fresh), (fresh, &[])]
            .into_iter()
            .flat_map(|(lines, replacing)| lines.chunks(GROUP).map(move |lines| (lines, replacing)));
        groups.filter(move |_| is_allowed).flat_map(move |(lines, replacing)| {
            let name = |place: Place| lines.get(place as usize).map_or(&b""[..], |(name, _)| name);
            let replaced = Marks::of(lines.len(), &name, &mut replacing.iter().map(|(name, _)| *name));
            let mut elements = fields.elements(EXPOSE_HEADERS).flatten().filter(|_| is_list);
            let listed = Marks::of(lines.len(), &name, &mut elements);
            let names = (0..).zip(lines).filter(move |(place, (name, _))| {
                // A name that is not a token is not a header, but XMLHttpRequest lists it in WebKit.
                let is_name = is_token(name) || (profile == Profile::WebKit && is_xhr);
                is_name
                    && !replaced.has(*place)
                    && !hidden.into_iter().flatten().any(|hidden| hidden.as_bytes().eq_ignore_ascii_case(name))
                    && !is_forbidden_response_header(name)
                    && (exposes_all || is_safelisted_response_header(name) || listed.has(*place))
            });
            names.map(|(_, (name, _))| *name)
        })
    }
}

/// The names of the headers that this browser shows to no script. Chromium hides `Clear-Site-Data`.
/// Firefox joins the lines of two names by a line feed, so that no `Headers` object takes the value.
fn hidden(profile: Profile, is_xhr: bool, fields: Fields<'_>) -> [Option<&'static str>; 2] {
    let split = |name: &'static str| {
        let mut values = fields.values(name).filter(|value| !value.is_empty());
        values.nth(1).map(|_| name)
    };
    match profile {
        Profile::Chromium => [Some("clear-site-data"), None],
        Profile::Firefox if !is_xhr => [split("www-authenticate"), split("proxy-authenticate")],
        _ => [None, None],
    }
}
