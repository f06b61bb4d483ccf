//! One request and its response, as a reader found them. The pairing joins them to exchanges.

use corsac::browser::{AddressSpace, HttpVersion};
use corsac::normalize_method;

use super::place::Place;
use crate::exchange::{Headers, Response};
use crate::neighbours::Neighbour;
use crate::place::Place as UrlPlace;

/// Who sent a request. It decides which of its headers are the script's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    /// A browser, which adds headers of its own.
    Browser,
    /// A person with curl. Headers that curl does not add are meant.
    Person,
}

/// A request as it was sent, with `None` for what is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CapturedRequest {
    pub(super) place: Place,
    pub(super) sender: Sender,
    pub(super) method: Option<Vec<u8>>,
    pub(super) url: Option<Vec<u8>>,
    /// The scheme of the URL is a guess.
    pub(super) scheme_is_guessed: bool,
    pub(super) headers: Headers,
    /// The origin of the page, if there is no `Origin` header.
    pub(super) page: Option<Vec<u8>>,
    /// The address space that the page was loaded from.
    pub(super) page_space: Option<AddressSpace>,
    /// The address that the browser was connected to, as text.
    pub(super) address: Option<Vec<u8>>,
}

/// A request and its response. At least one of them is known.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) asked: Option<CapturedRequest>,
    pub(super) answered: Option<CapturedResponse>,
    /// When the request was sent, as the capture writes it.
    pub(super) started: Option<String>,
    /// What the browser or curl reports about a request that failed.
    pub(super) failed: Option<String>,
    /// What stopped the request, if that is not CORS.
    pub(super) stopped: Option<Neighbour>,
    /// A browser listed this preflight after the request that it was for.
    pub(super) listed_after: bool,
}

/// A response, and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CapturedResponse {
    pub(super) place: Place,
    pub(super) response: Response,
    /// HTTP/1 if the capture does not say it.
    pub(super) http_version: HttpVersion,
    /// The browser asked whether its stored response is still fresh, and this is the 304.
    pub(super) revalidates: bool,
}

impl CapturedRequest {
    /// With these headers, and nothing else known.
    pub(super) const fn new(place: Place, sender: Sender, headers: Headers) -> Self {
        Self {
            place,
            sender,
            method: None,
            url: None,
            scheme_is_guessed: false,
            headers,
            page: None,
            page_space: None,
            address: None,
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&[u8]> {
        header(&self.headers, name)
    }

    /// The origin of the page that asks.
    pub(super) fn origin(&self) -> Option<&[u8]> {
        self.header("origin").or(self.page.as_deref())
    }

    pub(super) fn is_preflight(&self) -> bool {
        self.method.as_deref().is_none_or(|method| method == b"OPTIONS") && self.requested_method().is_some()
    }

    pub(super) fn requested_method(&self) -> Option<&[u8]> {
        self.header("access-control-request-method")
    }

    /// Whether this is the preflight of `real`, as far as both are known. The caller compares their URLs.
    pub(super) fn is_preflight_of(&self, real: &Self) -> bool {
        let agree = |a: Option<&[u8]>, b: Option<&[u8]>| a.zip(b).is_none_or(|(a, b)| a == b);
        agree(self.requested_method(), real.method.as_deref().map(normalize_method))
            && agree(self.origin(), real.origin())
    }
}

impl CapturedResponse {
    /// What `Location` says, if this is a redirect.
    pub(super) fn location(&self) -> Option<&[u8]> {
        let view = corsac::browser::Response { status: self.response.status, headers: &[] };
        if !view.is_redirect() {
            return None;
        }
        header(&self.response.headers, "location")
    }
}

/// The first header of this name.
pub(super) fn header<'h>(headers: &'h Headers, name: &str) -> Option<&'h [u8]> {
    headers.iter().find(|(have, _)| have.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| &value[..])
}

/// The serialised origin of a URL. `None`: it is opaque, or the URL is not valid.
pub(super) fn origin_of(url: &[u8]) -> Option<Vec<u8>> {
    let url = str::from_utf8(url).ok()?;
    let place = UrlPlace::of(url.strip_prefix("blob:").unwrap_or(url))?;
    matches!(place.scheme, "http" | "https" | "ws" | "wss" | "ftp").then(|| place.origin().into_bytes())
}
