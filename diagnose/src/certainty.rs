//! How sure a diagnosis is.

use serde::Serialize;

/// How sure a reading is.
///
/// ```
/// use corsac_diagnose::Certainty;
/// assert!(Certainty::Possible < Certainty::Certain);
/// assert_eq!(Certainty::Likely.as_str(), "likely");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// Something else can be behind it as well.
    Possible,
    /// Several facts point to it.
    Likely,
    /// The message says so.
    #[default]
    Certain,
}

impl Certainty {
    /// One word, for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}
