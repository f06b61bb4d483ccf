//! The verdict on the delivery of a request, its codes, and how certain it is.

use core::fmt;

use crate::syntax::names::names;

names! {
    /// Whether a request may leave the browser.
    ///
    /// ```
    /// use corsac::browser::DeliveryVerdict;
    /// assert_eq!("refused".parse(), Ok(DeliveryVerdict::Refused));
    /// assert_eq!(DeliveryVerdict::Ask.as_str(), "ask");
    /// ```
    DeliveryVerdict:
    /// The browser sends it.
    Ok = "ok",
    /// The browser asks the user first.
    Ask = "ask",
    /// Not known: the sentence says what it depends on.
    Unknown = "unknown",
    /// The browser does not send it, and does not ask.
    Refused = "refused",
}

names! {
    /// Why a request may not leave the browser, or not without the user. The names are stable.
    ///
    /// ```
    /// use corsac::browser::DeliveryCode;
    /// assert_eq!("mixed-content".parse(), Ok(DeliveryCode::MixedContent));
    /// assert!(DeliveryCode::MixedContent.advice().starts_with("serve the URL over https:"));
    /// ```
    DeliveryCode:
    /// The page is `https:`, and the URL is `http:`.
    MixedContent = "mixed-content",
    /// The user decides whether the page may access the address space of the server.
    LocalNetworkPermission = "local-network-permission",
    /// The page has no permission to access the address space of the server.
    LocalNetworkDenied = "local-network-denied",
    /// The page is not secure, so it cannot access the local network.
    LocalNetworkNotSecure = "local-network-not-secure",
    /// The address is not in the address space that the request named.
    LocalNetworkSpaceMismatch = "local-network-space-mismatch",
    /// The address space of the page is unknown.
    PageSpaceUnknown = "page-space-unknown",
    /// The address space of the server is unknown.
    TargetSpaceUnknown = "target-space-unknown",
    /// It is unknown whether the page is a secure context.
    SecureContextUnknown = "secure-context-unknown",
    /// The operating system does not let the browser access the local network. Only messages say
    /// so.
    LocalNetworkSystem = "local-network-system",
    /// Private Network Access, which Chromium gave up with version 138. Only messages of older
    /// versions say so.
    PrivateNetworkAccess = "private-network-access",
}

names! {
    /// How certain a verdict is.
    ///
    /// ```
    /// use corsac::browser::{Certainty, Exchange, Network, Profile, ScriptRequest};
    /// let request = ScriptRequest::new(b"https://app.example", b"http://api.example/x");
    /// let delivery = Exchange { request, hops: &[] }.deliver(Profile::Chromium, &Network::default());
    /// assert_eq!(delivery.certainty(), Certainty::Certain);
    /// assert_eq!(Certainty::Certain.as_str(), "certain");
    /// ```
    Certainty:
    /// Everything that it depends on is known, and a run in the browser has shown the rule.
    Certain = "certain",
    /// The address space is a guess, from the name alone.
    Likely = "likely",
    /// Something that it depends on is unknown.
    Possible = "possible",
}
