//! The options of a policy, by name.

use core::fmt;

use crate::syntax::names::names;

names! {
    /// An option of a policy, or a key of a table of a policy set. Names and numbers are stable.
    ///
    /// ```
    /// use corsac::{Field, PolicySpec};
    /// assert_eq!("max_age".parse(), Ok(Field::MaxAge));
    /// let mut wrong = None;
    /// let spec = PolicySpec { max_age: Some(-1), ..PolicySpec::new(&["https://app.example.com"]) };
    /// assert!(spec.compile([0; 256], |finding| wrong = Some(finding.field)).is_err());
    /// assert_eq!(wrong.map(Field::as_str), Some("max_age"));
    /// ```
    Field:
    /// Which origins may read responses.
    AllowOrigins = 1 => "allow_origins",
    /// Which methods requests may have.
    AllowMethods = 2 => "allow_methods",
    /// Which request headers scripts may set.
    AllowHeaders = 3 => "allow_headers",
    /// Whether responses to requests with credentials may be read.
    AllowCredentials = 4 => "allow_credentials",
    /// Which response headers scripts may read.
    ExposeHeaders = 5 => "expose_headers",
    /// For how many seconds browsers may remember a preflight.
    MaxAge = 6 => "max_age",
    /// The status of an allowed preflight.
    PreflightStatus = 7 => "preflight_status",
    /// The status of a denied preflight.
    DeniedPreflightStatus = 8 => "denied_preflight_status",
    /// Whether the caller checks origins that no pattern matches.
    ExternalOrigins = 9 => "external_origins",
    /// Whether pages see how long responses took.
    AllowTiming = 10 => "allow_timing",
    /// Whether the obsolete request header of Private Network Access gets a response.
    AllowPrivateNetwork = 11 => "allow_private_network",
    /// Allows the patterns `null` and `file://`.
    DangerouslyAllowNullOrigin = 12 => "dangerously_allow_null_origin",
    /// Allows `http:` origins, and any host of an app or extension scheme, with credentials.
    DangerouslyAllowInsecureOrigins = 13 => "dangerously_allow_insecure_origins",
    /// Allows wildcards over a public suffix with credentials.
    DangerouslyAllowPublicSuffixes = 14 => "dangerously_allow_public_suffixes",
    /// Which paths a table of a policy set is for.
    Path = 15 => "path",
    /// Whether the paths of a table have a policy: `false` leaves their responses untouched.
    Cors = 16 => "cors",
    /// The tables of a policy set, as a whole.
    Policy = 17 => "policy",
}
