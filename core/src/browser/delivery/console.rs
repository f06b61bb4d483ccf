//! What a browser's console says about a request that does not leave.

use core::fmt;

use super::super::blocked::Part;
use super::super::console::Shown;
use super::super::exchange::Exchange;
use super::super::message::Evidence;
use super::super::profile::Profile;
use super::super::url::Url;
use super::address_space::{AddressSpace, write_address};
use super::code::{DeliveryCode as Code, DeliveryVerdict};
use super::console_text::{
    CHROMIUM_FETCH, CHROMIUM_LOCAL, CHROMIUM_XHR, FIREFOX_ASKS, FIREFOX_DENIED, FIREFOX_MIXED, WEBKIT_MIXED,
    WEBKIT_MIXED_LOOPBACK,
};
use super::judge::Delivery;
use super::target::Host;
use crate::browser::text::split_once;
use crate::syntax::address::Address;
use crate::syntax::scheme::default_port;

/// The console message of one browser about a request that it refuses.
///
/// `Display` writes it; bytes outside 0x20..=0x7E are written `\u00NN`, as Chromium does.
///
/// ```
/// use corsac::browser::{DeliveryConsole, Exchange, Network, Profile, ScriptRequest};
/// let request = ScriptRequest::new(b"https://app.example", b"http://api.example/x");
/// let exchange = Exchange { request, hops: &[] };
/// let delivery = exchange.deliver(Profile::WebKit, &Network::default());
/// let console: Option<DeliveryConsole> = exchange.delivery_console(&delivery);
/// let shown = console.map_or(String::new(), |console| console.to_string());
/// assert!(shown.starts_with("[blocked] The page at https://app.example/ requested insecure content from http://api.example/x."));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DeliveryConsole<'a> {
    exchange: Exchange<'a>,
    delivery: Delivery,
    text: &'static str,
    /// What a message of Firefox about the local network needs.
    server: Option<(Address, bool)>,
}

impl<'a> Exchange<'a> {
    /// What the console of the browser says about a delivery that it refuses, or that it asks the
    /// user about. `None` if it has no words of its own.
    ///
    /// Firefox writes one line about the local network and, in mode `cors`, another one: that the
    /// request did not succeed. This is the first of them, so it needs the server's address.
    /// About a preflight, Firefox writes only the second, and so it does at times about the machine
    /// itself over `https:`.
    ///
    /// ```
    /// use corsac::browser::{Exchange, Network, Profile, ScriptRequest};
    ///
    /// let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", b"http://api.example/x"), hops: &[] };
    /// let delivery = exchange.deliver(Profile::Firefox, &Network::default());
    /// let console = exchange.delivery_console(&delivery).unwrap();
    /// assert_eq!(console.to_string(), "Blocked loading mixed active content “http://api.example/x”");
    /// ```
    #[must_use]
    pub fn delivery_console(&self, delivery: &Delivery) -> Option<DeliveryConsole<'a>> {
        let is_refused = match delivery.verdict {
            DeliveryVerdict::Refused => true,
            DeliveryVerdict::Ask => false,
            DeliveryVerdict::Ok | DeliveryVerdict::Unknown => return None,
        };
        let server = delivery.address.zip(delivery.is_secure);
        let local = || CHROMIUM_LOCAL.iter().find(|(code, _)| Some(*code) == delivery.code).map(|(_, text)| *text);
        let is_trustworthy = || Url::parse(self.url_of(delivery.hop)).is_some_and(|url| Host::of(url).is_trustworthy());
        let text = match (delivery.profile, delivery.code?) {
            (Profile::Firefox, Code::LocalNetworkPermission | Code::LocalNetworkDenied) => {
                // Over TLS, Firefox checks once it is connected. Of the machine itself it then writes
                // the line one time and leaves it out another time.
                let is_secure = Url::parse(self.url_of(delivery.hop)).is_some_and(|url| url.scheme == b"https");
                let is_certain = !is_secure || delivery.space != Some(AddressSpace::Loopback);
                server.filter(|_| delivery.part == Part::Response && is_certain)?;
                if is_refused { FIREFOX_DENIED } else { FIREFOX_ASKS }
            }
            _ if !is_refused => return None,
            (Profile::Chromium, Code::MixedContent) if self.request.is_xhr() => CHROMIUM_XHR,
            (Profile::Chromium, Code::MixedContent) => CHROMIUM_FETCH,
            (Profile::Firefox, Code::MixedContent) => FIREFOX_MIXED,
            (Profile::WebKit, Code::MixedContent) if is_trustworthy() => WEBKIT_MIXED_LOOPBACK,
            (Profile::WebKit, Code::MixedContent) => WEBKIT_MIXED,
            (Profile::Chromium, _) => local()?,
            _ => return None,
        };
        Some(DeliveryConsole { exchange: *self, delivery: *delivery, text, server })
    }
}

impl fmt::Display for DeliveryConsole<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = &self.exchange.request;
        let shown = |bytes| Shown(Evidence::slice(bytes));
        let url = self.exchange.url_of(self.delivery.hop);
        if self.delivery.profile == Profile::Chromium && self.delivery.code != Some(Code::MixedContent) {
            f.write_str(if request.is_xhr() { "Access to XMLHttpRequest at '" } else { "Access to fetch at '" })?;
            write!(f, "{}' ", shown(url))?;
            if url != request.url {
                write!(f, "(redirected from '{}') ", shown(request.url))?;
            }
            write!(f, "from origin '{}' has been blocked by CORS policy: ", shown(request.origin))?;
        }
        let mut declared =
            self.delivery.declared.filter(|_| self.delivery.code == Some(Code::LocalNetworkSpaceMismatch));
        // In the order of the marks in Firefox's messages.
        let mut others = 0..4;
        let mut rest = self.text;
        while let Some((before, marked)) = split_once(rest, "{") {
            f.write_str(before)?;
            let (mark, after) = split_once(marked, "}").unwrap_or((marked, ""));
            match mark {
                // The path of the page is unknown.
                "page" => write!(f, "{}/", shown(request.origin))?,
                "target" => write!(f, "{}", shown(url))?,
                "any" => match (others.next(), self.server) {
                    (Some(1), Some((address, _))) => self.write_socket(f, address)?,
                    (Some(2), _) => f.write_str(if request.is_xhr() { "xhr" } else { "fetch" })?,
                    (Some(3), Some((_, is_secure))) => f.write_str(if is_secure { "True" } else { "False" })?,
                    // The page itself.
                    _ => write!(f, "{}/", shown(request.origin))?,
                },
                // The space that the request named comes first.
                _ => f.write_str(declared.take().or(self.delivery.space).map_or("unknown", |space| space.as_str()))?,
            }
            rest = after;
        }
        f.write_str(rest)
    }
}

impl DeliveryConsole<'_> {
    /// The address with its port.
    fn write_socket(&self, f: &mut fmt::Formatter<'_>, address: Address) -> fmt::Result {
        write_address(f, address)?;
        let Some(url) = Url::parse(self.exchange.url_of(self.delivery.hop)) else { return Ok(()) };
        match default_port(url.scheme).filter(|_| url.port.is_empty()) {
            Some(port) => write!(f, ":{port}"),
            None => write!(f, ":{}", Shown(Evidence::slice(url.port))),
        }
    }
}
