//! The standard's behaviour, or that of a browser engine where it differs.

use core::fmt;
use core::str::FromStr;

use crate::syntax::names::UnknownName;

/// The Fetch standard, or a browser engine as it is today.
///
/// ```
/// use corsac::browser::Profile;
/// assert_eq!(Profile::ALL.map(Profile::name), ["spec", "chromium", "firefox", "webkit"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Profile {
    /// The Fetch standard, to the letter.
    Spec,
    /// Chrome, Edge, Opera and every other browser on Chromium.
    Chromium,
    /// Firefox.
    Firefox,
    /// Safari, and every browser on iOS.
    WebKit,
}

impl Profile {
    /// All profiles, the standard first.
    pub const ALL: [Self; 4] = [Self::Spec, Self::Chromium, Self::Firefox, Self::WebKit];

    /// The name, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spec => "spec",
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The profile with this name.
///
/// ```
/// use corsac::browser::Profile;
/// assert_eq!("webkit".parse(), Ok(Profile::WebKit));
/// assert!("safari".parse::<Profile>().is_err());
/// ```
impl FromStr for Profile {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::ALL.into_iter().find(|profile| profile.name() == name).ok_or(UnknownName::of("Profile"))
    }
}
