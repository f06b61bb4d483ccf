//! The options of a policy, by name.

use core::fmt;

use crate::syntax::names::names;

names! {
    /// An option of a policy.
    Field:
    /// Which origins may read.
    AllowOrigins = "allow_origins",
    /// Which methods a preflight may ask for.
    AllowMethods = "allow_methods",
    /// Which request headers a preflight may ask for.
    AllowHeaders = "allow_headers",
    /// Whether credentialed responses may be read.
    AllowCredentials = "allow_credentials",
    /// Which response headers may be read.
    ExposeHeaders = "expose_headers",
    /// For how many seconds a browser may keep a preflight's answer.
    MaxAge = "max_age",
    /// The status of an allowed preflight.
    PreflightStatus = "preflight_status",
    /// The status of a denied preflight.
    DeniedPreflightStatus = "denied_preflight_status",
    /// Whether the caller judges origins too.
    ExternalOrigins = "external_origins",
    /// Whether a page may read the timing of the responses that it may read.
    AllowTiming = "allow_timing",
    /// Whether the legacy Private Network Access header is answered.
    AllowPrivateNetwork = "allow_private_network",
    /// Lets the pattern `null` in.
    DangerouslyAllowNullOrigin = "dangerously_allow_null_origin",
    /// Lets `http:` origins in beside credentials.
    DangerouslyAllowInsecureOrigins = "dangerously_allow_insecure_origins",
    /// Lets wildcards over a public suffix in beside credentials.
    DangerouslyAllowPublicSuffixes = "dangerously_allow_public_suffixes",
    /// Which paths of a policy set a table is for.
    Path = "path",
    /// Whether the paths of a table have a policy at all: `false` leaves them untouched.
    Cors = "cors",
    /// The tables of a policy set as a whole.
    Policy = "policy",
}
