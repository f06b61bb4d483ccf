//! The options of a policy, by name.

use core::fmt;

use crate::syntax::names::names;

names! {
    /// An option of a policy.
    Field:
    /// Which origins may read.
    AllowOrigins = 1 => "allow_origins",
    /// Which methods a preflight may ask for.
    AllowMethods = 2 => "allow_methods",
    /// Which request headers a preflight may ask for.
    AllowHeaders = 3 => "allow_headers",
    /// Whether credentialed responses may be read.
    AllowCredentials = 4 => "allow_credentials",
    /// Which response headers may be read.
    ExposeHeaders = 5 => "expose_headers",
    /// For how many seconds a browser may keep a preflight's answer.
    MaxAge = 6 => "max_age",
    /// The status of an allowed preflight.
    PreflightStatus = 7 => "preflight_status",
    /// The status of a denied preflight.
    DeniedPreflightStatus = 8 => "denied_preflight_status",
    /// Whether the caller judges origins too.
    ExternalOrigins = 9 => "external_origins",
    /// Whether a page may read the timing of the responses that it may read.
    AllowTiming = 10 => "allow_timing",
    /// Whether the legacy Private Network Access header is answered.
    AllowPrivateNetwork = 11 => "allow_private_network",
    /// Lets the pattern `null` in.
    DangerouslyAllowNullOrigin = 12 => "dangerously_allow_null_origin",
    /// Lets `http:` origins in beside credentials.
    DangerouslyAllowInsecureOrigins = 13 => "dangerously_allow_insecure_origins",
    /// Lets wildcards over a public suffix in beside credentials.
    DangerouslyAllowPublicSuffixes = 14 => "dangerously_allow_public_suffixes",
    /// Which paths of a policy set a table is for.
    Path = 15 => "path",
    /// Whether the paths of a table have a policy at all: `false` leaves them untouched.
    Cors = 16 => "cors",
    /// The tables of a policy set as a whole.
    Policy = 17 => "policy",
}
