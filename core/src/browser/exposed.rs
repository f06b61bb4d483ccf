//! Which headers of a response the script may read
//! ([Fetch 4.1](https://fetch.spec.whatwg.org/#main-fetch), step 14;
//! [2.2.2](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name)).

use super::exchange::{Exchange, Verdict};
use super::message::{EXPOSE_HEADERS, Fields, Line, Names};
use super::name_order::{GROUP, Marks, NameAt, Place};
use super::profile::Profile;
use super::script::Credentials;
use super::step::Tainting;
use crate::syntax::byte::{is_token, is_white_space};
use crate::syntax::header_name::{is_forbidden_response_header, is_safelisted_response_header};

impl<'a> Exchange<'a> {
    /// The names of the headers that the script may read, as written, in their order. None if the
    /// script gets no response.
    ///
    /// ```
    /// use corsac::browser::{Exchange, Hop, Profile, Response, ScriptRequest};
    /// let headers: &[(&[u8], &[u8])] = &[
    ///     (b"Access-Control-Allow-Origin", b"https://app.example"),
    ///     (b"Access-Control-Expose-Headers", b"x-total-count"),
    ///     (b"Content-Type", b"text/plain"),
    ///     (b"X-Total-Count", b"7"),
    ///     (b"X-Other", b"1"),
    /// ];
    /// let exchange = Exchange {
    ///     request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"),
    ///     hops: &[Hop { response: Some(Response { status: 200, headers }), ..Hop::default() }],
    /// };
    /// let names: Vec<&[u8]> = exchange.exposed(Profile::Spec).collect();
    /// assert_eq!(names, [b"Content-Type".as_slice(), b"X-Total-Count"]);
    /// ```
    pub fn exposed(&self, profile: Profile) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        Exposed::new(self, profile)
    }
}

/// One copy of the code for all callers.
struct Exposed<'a> {
    fields: Fields<'a>,
    /// The lines that are left: stored ones, then those of a 304.
    lines: [&'a [Line<'a>]; 2],
    /// The group of lines that comes next, and those of a 304 that replace some of it.
    group: &'a [Line<'a>],
    place: Place,
    replaced: Marks,
    listed: Marks,
    is_list: bool,
    exposes_all: bool,
    /// In WebKit, `XMLHttpRequest` also lists a name that is not a token, unless it has white space.
    takes_any: bool,
    hidden: [Option<&'static str>; 2],
}

impl<'a> Exposed<'a> {
    fn new(exchange: &Exchange<'a>, profile: Profile) -> Self {
        let is_allowed = exchange.judge(profile, |_| {}).verdict == Verdict::Allowed;
        let fields = exchange.last_fields(Names::of(profile, exchange.request.http_version));
        let is_own = exchange.last_step().is_some_and(|step| step.tainting() == Tainting::Basic);
        let includes = exchange.request.credentials == Credentials::Include;
        let is_xhr = exchange.request.is_xhr();
        // For fetch(), Firefox accepts a `*` that comes before the element that makes the list
        // invalid.
        let has_wildcard = || match profile {
            Profile::Firefox if !is_xhr => {
                fields.elements(EXPOSE_HEADERS).map_while(Result::ok).any(|element| element == b"*")
            }
            _ => fields.lists(EXPOSE_HEADERS, b"*"),
        };
        Self {
            fields,
            lines: if is_allowed { fields.both() } else { [&[]; 2] },
            group: &[],
            place: 0,
            replaced: Marks::NONE,
            listed: Marks::NONE,
            is_list: fields.elements(EXPOSE_HEADERS).all(|element| element.is_ok()),
            exposes_all: is_own || (!includes && has_wildcard()),
            takes_any: profile == Profile::WebKit && is_xhr,
            hidden: hidden(profile, is_xhr, fields),
        }
    }

    /// Goes over the lists once for each group of lines.
    fn refill(&mut self) -> Option<()> {
        let [stored, fresh] = self.lines;
        let (from, replacing) = if stored.is_empty() { (fresh, &[][..]) } else { (stored, fresh) };
        let (group, rest) = from.split_at_checked(from.len().min(GROUP))?;
        self.lines = if stored.is_empty() { [&[], rest] } else { [rest, fresh] };
        let names = self.fields.names();
        let name: NameAt<'_, 'a> = &|place| group.get(place as usize).map_or(&b""[..], |(name, _)| names.read(name));
        self.replaced = Marks::of(group.len(), name, &mut replacing.iter().map(|(name, _)| names.read(name)));
        let is_list = self.is_list;
        let mut elements = self.fields.elements(EXPOSE_HEADERS).flatten().filter(|_| is_list);
        self.listed = Marks::of(group.len(), name, &mut elements);
        (self.group, self.place) = (group, 0);
        (!group.is_empty()).then_some(())
    }

    fn is_exposed(&self, place: Place, name: &[u8]) -> bool {
        // A name that is not a token is not a header.
        (is_token(name) || (self.takes_any && !name.iter().any(|&b| is_white_space(b))))
            && !self.replaced.has(place)
            && !self.hidden.into_iter().flatten().any(|hidden| hidden.as_bytes().eq_ignore_ascii_case(name))
            && !is_forbidden_response_header(name)
            && (self.exposes_all || is_safelisted_response_header(name) || self.listed.has(place))
    }
}

impl<'a> Iterator for Exposed<'a> {
    type Item = &'a [u8];

    #[inline(never)]
    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let Some((name, _)) = self.group.get(self.place as usize) else {
                self.refill()?;
                continue;
            };
            let (place, name) = (self.place, self.fields.names().read(name));
            self.place = place.saturating_add(1);
            if self.is_exposed(place, name) {
                return Some(name);
            }
        }
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
