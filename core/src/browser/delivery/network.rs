//! What is known of the networks that the page and the servers are in.

use core::fmt;

use super::super::profile::Profile;
use super::super::url::Url;
use super::address_space::AddressSpace;
use super::target::Host;
use crate::syntax::names::names;

names! {
    /// The page's permission to access the address space of the server.
    #[derive(Default)]
    Permission:
    /// Nothing is known of it: the browser asks unless the user has decided before.
    #[default]
    Unknown = "unknown",
    /// The user has not decided yet: the browser asks.
    Prompt = "prompt",
    /// The user allows it.
    Granted = "granted",
    /// The user, the frame or an administrator does not allow it.
    Denied = "denied",
}

impl Permission {
    /// Reads a name: `granted`, `denied`, `prompt` or `unknown`.
    ///
    /// ```
    /// use corsac::browser::Permission;
    /// assert_eq!(Permission::parse("denied"), Some(Permission::Denied));
    /// assert_eq!(Permission::parse(""), None);
    /// ```
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.as_str() == name)
    }
}

/// What is known of the networks that a page and the servers are in. The default knows nothing:
/// what the page's origin and the URLs say counts all the same.
///
/// ```
/// use corsac::browser::{AddressSpace, DeliveryCode, Exchange, Network, Permission, Profile, ScriptRequest};
/// let network = Network {
///     page_space: Some(AddressSpace::Public),
///     secure_context: Some(true),
///     permission: Permission::Denied,
///     addresses: &[b"192.168.0.5"],
///     ..Network::default()
/// };
/// let request = ScriptRequest::new(b"https://app.example", b"https://printer.example/x");
/// let delivery = Exchange { request, hops: &[] }.deliver(Profile::Chromium, &network);
/// assert_eq!(delivery.code(), Some(DeliveryCode::LocalNetworkDenied));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Network<'a> {
    /// The space of the address that the page was loaded from. `None`: what its origin says.
    pub page_space: Option<AddressSpace>,
    /// Whether the page is a secure context. `None`: what its origin says.
    pub secure_context: Option<bool>,
    /// The option `targetAddressSpace` of `fetch()`.
    pub target_address_space: Option<AddressSpace>,
    /// The page's permission.
    pub permission: Permission,
    /// For each URL of the redirect chain, the address that the browser connects to, as text. Empty
    /// or missing: unknown.
    pub addresses: &'a [&'a [u8]],
}

impl Network<'_> {
    /// The page's address space. A file and a page of an extension count as loopback.
    pub(super) fn space_of_page(&self, origin: &[u8], profile: Profile) -> Option<AddressSpace> {
        let of_origin = || {
            let url = Url::parse(origin)?;
            if is_of_browser(url) {
                return Some(AddressSpace::Loopback);
            }
            Host::of(url).space(profile).filter(|_| url.is_http())
        };
        self.page_space.or_else(of_origin)
    }

    /// Whether the page is a secure context.
    pub(super) fn is_secure(&self, origin: &[u8]) -> Option<bool> {
        self.secure_context.or_else(|| {
            let url = Url::parse(origin)?;
            (url.is_http() || is_of_browser(url)).then(|| is_trustworthy(url))
        })
    }
}

/// Whether a serialised origin is potentially trustworthy
/// ([Secure Contexts 3.1](https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy)).
pub(super) fn is_trustworthy(origin: Url<'_>) -> bool {
    origin.scheme == b"https" || is_of_browser(origin) || (origin.is_http() && Host::of(origin).is_trustworthy())
}

/// A file, or a page of an extension.
fn is_of_browser(url: Url<'_>) -> bool {
    url.scheme == b"file" || url.scheme.ends_with(b"-extension")
}
