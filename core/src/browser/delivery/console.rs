//! What a browser's console says about a request that does not leave.

use core::fmt;

use super::super::console::Shown;
use super::super::exchange::Exchange;
use super::super::message::Evidence;
use super::super::profile::Profile;
use super::super::url::Url;
use super::code::{DeliveryCode as Code, DeliveryVerdict};
use super::console_text::{
    CHROMIUM_FETCH, CHROMIUM_LOCAL, CHROMIUM_XHR, FIREFOX_MIXED, WEBKIT_MIXED, WEBKIT_MIXED_LOOPBACK,
};
use super::judge::Delivery;
use super::target::Host;
use crate::browser::text::split_once;

/// The console message of one browser about a request that it refuses.
///
/// `Display` writes it; bytes outside 0x20..=0x7E are written `\u00NN`, as Chromium does.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryConsole<'a> {
    exchange: Exchange<'a>,
    delivery: Delivery,
    text: &'static str,
}

impl<'a> Exchange<'a> {
    /// What the console of the browser says about a delivery that it refuses. `None` for what is not
    /// refused, and if it has no words of its own: without a permission, Firefox writes only that
    /// the request did not succeed.
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
        if delivery.verdict != DeliveryVerdict::Refused {
            return None;
        }
        let local = || CHROMIUM_LOCAL.iter().find(|(code, _)| Some(*code) == delivery.code).map(|(_, text)| *text);
        let is_trustworthy = || Url::parse(self.url_of(delivery.hop)).is_some_and(|url| Host::of(url).is_trustworthy());
        let text = match (delivery.profile, delivery.code?) {
            (Profile::Chromium, Code::MixedContent) if self.request.is_xhr() => CHROMIUM_XHR,
            (Profile::Chromium, Code::MixedContent) => CHROMIUM_FETCH,
            (Profile::Firefox, Code::MixedContent) => FIREFOX_MIXED,
            (Profile::WebKit, Code::MixedContent) if is_trustworthy() => WEBKIT_MIXED_LOOPBACK,
            (Profile::WebKit, Code::MixedContent) => WEBKIT_MIXED,
            (Profile::Chromium, _) => local()?,
            _ => return None,
        };
        Some(DeliveryConsole { exchange: *self, delivery: *delivery, text })
    }
}

impl fmt::Display for DeliveryConsole<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = &self.exchange.request;
        let shown = |bytes| Shown(Evidence::slice(bytes));
        let url = self.exchange.url_of(self.delivery.hop);
        if self.delivery.code != Some(Code::MixedContent) {
            f.write_str(if request.is_xhr() { "Access to XMLHttpRequest at '" } else { "Access to fetch at '" })?;
            write!(f, "{}' ", shown(url))?;
            if url != request.url {
                write!(f, "(redirected from '{}') ", shown(request.url))?;
            }
            write!(f, "from origin '{}' has been blocked by CORS policy: ", shown(request.origin))?;
        }
        let mut declared =
            self.delivery.declared.filter(|_| self.delivery.code == Some(Code::LocalNetworkSpaceMismatch));
        let mut rest = self.text;
        while let Some((before, marked)) = split_once(rest, "{") {
            f.write_str(before)?;
            let (mark, after) = split_once(marked, "}").unwrap_or((marked, ""));
            match mark {
                // The path of the page is unknown.
                "page" => write!(f, "{}/", shown(request.origin))?,
                "target" => write!(f, "{}", shown(url))?,
                // The space that the request named comes first.
                _ => f.write_str(declared.take().or(self.delivery.space).map_or("unknown", |space| space.as_str()))?,
            }
            rest = after;
        }
        f.write_str(rest)
    }
}
