//! The codes of what live checks find, each with its severity. Their texts are in `codes/live.md`.

use serde::Serialize;

/// How bad a finding is.
///
/// ```
/// use corsac_diagnose::live::LiveSeverity;
/// assert!(LiveSeverity::Broken < LiveSeverity::Warning);
/// assert_eq!(LiveSeverity::Broken.as_str(), "broken");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LiveSeverity {
    /// A promise of the policy is broken: a browser refuses what is listed, or shares what is not.
    Broken,
    /// It works now, and can fail or leak in another situation.
    Warning,
}

impl LiveSeverity {
    /// One word, for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $severity:ident;)*) => {
        /// What a live check can find. The codes are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum LiveCode {
            $($(#[$doc])* $name,)*
        }

        impl LiveCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code, in kebab case.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// How bad it is.
            #[must_use]
            pub const fn severity(self) -> LiveSeverity {
                match self { $(Self::$name => LiveSeverity::$severity,)* }
            }
        }
    };
}

codes! {
    /// A browser refuses a response to a listed origin.
    ListedOriginRefused = "listed-origin-refused", Broken;
    /// A browser refuses a listed method.
    ListedMethodRefused = "listed-method-refused", Broken;
    /// A browser refuses a listed request header.
    ListedHeaderRefused = "listed-header-refused", Broken;
    /// A browser refuses credentials, which the policy allows.
    CredentialsRefused = "credentials-refused", Broken;
    /// Any origin that asks is let in by its own name.
    OriginReflected = "origin-reflected", Broken;
    /// `*` lets in every origin, and the policy does not.
    AnyOriginAllowed = "any-origin-allowed", Broken;
    /// An origin that begins with a listed one is let in.
    OriginPrefixMatch = "origin-prefix-match", Broken;
    /// An origin that ends with a listed one is let in.
    OriginSuffixMatch = "origin-suffix-match", Broken;
    /// Another byte in the place of a dot is let in.
    OriginDotMatch = "origin-dot-match", Broken;
    /// A subdomain that is not listed is let in.
    OriginSubdomainMatch = "origin-subdomain-match", Broken;
    /// The parent of listed subdomains is let in.
    OriginParentMatch = "origin-parent-match", Broken;
    /// The same host with another scheme is let in.
    OriginSchemeMatch = "origin-scheme-match", Broken;
    /// The same host with another port is let in.
    OriginPortMatch = "origin-port-match", Broken;
    /// An origin with bytes that only some browsers let through is let in.
    OriginOddBytes = "origin-odd-bytes", Broken;
    /// `null` is let in: every sandboxed frame has it.
    NullOriginAllowed = "null-origin-allowed", Broken;
    /// Credentials are let in, and the policy does not allow them.
    CredentialsAllowed = "credentials-allowed", Broken;
    /// A method that is not listed passes.
    UnlistedMethodAllowed = "unlisted-method-allowed", Broken;
    /// A request header that is not listed passes.
    UnlistedHeaderAllowed = "unlisted-header-allowed", Broken;
    /// A cache gave the response to one page to another.
    CachedResponse = "cached-response", Broken;
    /// Responses differ by origin, and one lacks `Vary: Origin`.
    VaryOriginMissing = "vary-origin-missing", Warning;
    /// An error response lacks the CORS headers.
    ErrorWithoutHeaders = "error-without-headers", Warning;
    /// A stranger's preflight gets the lists.
    ListsSentToStrangers = "lists-sent-to-strangers", Warning;
}
