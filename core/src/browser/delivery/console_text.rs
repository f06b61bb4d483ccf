//! What each browser writes about a request that does not leave, or not without the user. One
//! table writes the messages and decodes them.

use super::super::console_text::{CHROMIUM_DENIED, CHROMIUM_NOT_SECURE, CHROMIUM_SPACE};
use super::super::profile::Profile;
use super::code::DeliveryCode as Code;

/// A message about the delivery of a request, as the browser writes it. The browser fills in `{page}`,
/// `{target}` (the requested URL), `{}`, an address space (the last is that of the server), and `{any}`,
/// which does not count.
///
/// ```
/// use corsac::browser::{DeliveryCode, DeliveryText, Profile, delivery_texts};
/// let is_of_firefox = |text: &&DeliveryText| text.profile == Profile::Firefox && text.code == DeliveryCode::MixedContent;
/// let text = delivery_texts().iter().find(is_of_firefox).expect("Firefox has words for it");
/// assert_eq!((text.text, text.is_blocked), ("Blocked loading mixed active content “{target}”", true));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryText {
    /// The browser that writes it.
    pub profile: Profile,
    /// What it means.
    pub code: Code,
    /// Whether the request does not leave. Some messages only inform.
    pub is_blocked: bool,
    /// The text.
    pub text: &'static str,
}

const fn blocked(profile: Profile, code: Code, text: &'static str) -> DeliveryText {
    DeliveryText { profile, code, is_blocked: true, text }
}

const fn informs(profile: Profile, code: Code, text: &'static str) -> DeliveryText {
    DeliveryText { profile, code, is_blocked: false, text }
}

pub(super) const CHROMIUM_FETCH: &str = "Mixed Content: The page at '{page}' was loaded over HTTPS, but requested an insecure resource '{target}'. This request has been blocked; the content must be served over HTTPS.";
pub(super) const CHROMIUM_XHR: &str = "Mixed Content: The page at '{page}' was loaded over HTTPS, but requested an insecure XMLHttpRequest endpoint '{target}'. This request has been blocked; the content must be served over HTTPS.";
pub(super) const FIREFOX_MIXED: &str = "Blocked loading mixed active content “{target}”";
/// Firefox writes it where the page has no permission. It fills in the initiator, the address with its port,
/// the function, and whether the page is secure.
pub(super) const FIREFOX_DENIED: &str = "Local Network Access detected: top-level site “{page}”, initiator “{any}”, accessing target “{target}” ({any}) via {any}. Secure context: {any}, prompt action: auto_deny";
/// Firefox writes it when it asks the user. It fills in the same.
pub(super) const FIREFOX_ASKS: &str = "Local Network Access permission required: top-level site “{page}”, initiator “{any}”, attempting to access target “{target}” ({any}) via {any}. Secure context: {any}";
/// For `localhost` and loopback addresses, WebKit leaves out the end of the sentence.
pub(super) const WEBKIT_MIXED_LOOPBACK: &str =
    "[blocked] The page at {page} requested insecure content from {target}. This content was blocked and must";
pub(super) const WEBKIT_MIXED: &str = "[blocked] The page at {page} requested insecure content from {target}. This content was blocked and must be served over HTTPS.";

/// Chromium begins the three as it begins a message about CORS.
pub(super) const CHROMIUM_LOCAL: [(Code, &str); 3] = [
    (Code::LocalNetworkDenied, CHROMIUM_DENIED),
    (Code::LocalNetworkNotSecure, CHROMIUM_NOT_SECURE),
    (Code::LocalNetworkSpaceMismatch, CHROMIUM_SPACE),
];

/// Everything that is read. The first that fits counts, so what is longer comes first.
pub(super) const TEXTS: &[DeliveryText] = &[
    blocked(Profile::Chromium, Code::MixedContent, CHROMIUM_FETCH),
    blocked(Profile::Chromium, Code::MixedContent, CHROMIUM_XHR),
    blocked(
        Profile::Chromium,
        Code::MixedContent,
        "Mixed Content: The page at '{page}' was loaded over HTTPS, but requested an insecure {any} '{target}'. This request has been blocked; the content must be served over HTTPS.",
    ),
    blocked(
        Profile::Chromium,
        Code::MixedContent,
        "Mixed Content: The page at '{page}' was loaded over HTTPS, but attempted to connect to the insecure WebSocket endpoint '{target}'. This request has been blocked; this endpoint must be available over WSS.",
    ),
    informs(
        Profile::Chromium,
        Code::MixedContent,
        "Mixed Content: The page at '{page}' was loaded over HTTPS, but requested an insecure {any} '{target}'. This content should also be served over HTTPS.",
    ),
    // A bare sentence, without what Chromium writes before it.
    blocked(Profile::Chromium, Code::LocalNetworkDenied, CHROMIUM_DENIED),
    blocked(Profile::Chromium, Code::LocalNetworkNotSecure, CHROMIUM_NOT_SECURE),
    blocked(Profile::Chromium, Code::LocalNetworkSpaceMismatch, CHROMIUM_SPACE),
    blocked(
        Profile::Chromium,
        Code::LocalNetworkDenied,
        "WebSocket connection to '{target}' failed: Error in connection establishment: net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS",
    ),
    blocked(Profile::Chromium, Code::LocalNetworkDenied, "ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS"),
    blocked(
        Profile::Chromium,
        Code::LocalNetworkDenied,
        "ERR_CACHED_IP_ADDRESS_SPACE_BLOCKED_BY_LOCAL_NETWORK_ACCESS_POLICY",
    ),
    blocked(Profile::Chromium, Code::LocalNetworkSystem, "ERR_LOCAL_NETWORK_PERMISSION_MISSING"),
    // Private Network Access: Chromium 137 and older.
    blocked(
        Profile::Chromium,
        Code::PrivateNetworkAccess,
        "No 'Access-Control-Allow-{any}' header was present in the preflight response for this private network request targeting the `{}` address space.",
    ),
    blocked(
        Profile::Chromium,
        Code::PrivateNetworkAccess,
        "The 'Access-Control-Allow-{any}' header in the preflight response for this private network request targeting the `{}` address space had a value of '{any}'",
    ),
    blocked(
        Profile::Chromium,
        Code::PrivateNetworkAccess,
        "No 'Private-Network-Access-{any}' header was present in the preflight response for this private network request targeting the `{}` address space.",
    ),
    blocked(
        Profile::Chromium,
        Code::PrivateNetworkAccess,
        "Request had no target IP address space, yet the resource is in address space `{}`.",
    ),
    blocked(
        Profile::Chromium,
        Code::PrivateNetworkAccess,
        "Unable to ask for permission to access the `{}` IP address space.",
    ),
    blocked(Profile::Firefox, Code::MixedContent, FIREFOX_MIXED),
    informs(Profile::Firefox, Code::MixedContent, "Upgrading insecure display request ‘{target}’ to use ‘{any}’"),
    blocked(Profile::Firefox, Code::LocalNetworkDenied, FIREFOX_DENIED),
    // The user has just decided.
    blocked(
        Profile::Firefox,
        Code::LocalNetworkDenied,
        "Local Network Access detected: top-level site “{page}”, initiator “{any}”, accessing target “{target}” ({any}) via {any}. Secure context: {any}, prompt action: prompt_deny",
    ),
    informs(Profile::Firefox, Code::LocalNetworkPermission, FIREFOX_ASKS),
    // Detected is not blocked: the line also appears where the user has allowed it.
    informs(
        Profile::Firefox,
        Code::LocalNetworkPermission,
        "Local Network Access detected: top-level site “{page}”, initiator “{any}”, accessing target “{target}”",
    ),
    informs(
        Profile::Firefox,
        Code::LocalNetworkPermission,
        "Local Network Access permission required: top-level site “{page}”, initiator “{any}”, attempting to access target “{target}”",
    ),
    informs(Profile::Firefox, Code::LocalNetworkPermission, "Local Network Access detected:"),
    informs(Profile::Firefox, Code::LocalNetworkPermission, "Local Network Access permission required:"),
    blocked(Profile::Firefox, Code::LocalNetworkDenied, "Local Network Access blocked:"),
    blocked(Profile::Firefox, Code::LocalNetworkDenied, "LNA permission prompt timed out"),
    blocked(Profile::Firefox, Code::LocalNetworkDenied, "NS_ERROR_LOCAL_NETWORK_ACCESS_DENIED"),
    blocked(Profile::Firefox, Code::LocalNetworkDenied, "NS_ERROR_LOCAL_NETWORK_DENIED"),
    blocked(Profile::WebKit, Code::MixedContent, WEBKIT_MIXED),
    blocked(Profile::WebKit, Code::MixedContent, WEBKIT_MIXED_LOOPBACK),
    // In WebKit's source, and in no release yet.
    blocked(Profile::WebKit, Code::LocalNetworkDenied, "permission to reach the local network was denied"),
    blocked(
        Profile::WebKit,
        Code::LocalNetworkNotSecure,
        "the requesting document is not a secure context, which Local Network Access requires",
    ),
    blocked(Profile::WebKit, Code::LocalNetworkDenied, "the requesting frame is not allowed to use the "),
    blocked(
        Profile::WebKit,
        Code::LocalNetworkSpaceMismatch,
        "connection's resolved address space does not match the request's declared targetAddressSpace",
    ),
    blocked(
        Profile::WebKit,
        Code::LocalNetworkDenied,
        "no permission to reach the local network has been granted, and there is no document to ask in",
    ),
];
