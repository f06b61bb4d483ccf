//! What a person wrote: the options of a policy, the patterns among them, and every rule about what
//! may be written.

pub(crate) mod fault;
pub(crate) mod field;
pub(crate) mod finding;
pub(crate) mod finding_code;
pub(crate) mod limits;
pub(crate) mod mistake;
#[cfg(any(feature = "toml", feature = "serde"))]
pub(crate) mod option_name;
pub(crate) mod path;
pub(crate) mod pattern;
pub(crate) mod pattern_host;
pub(crate) mod policy_set_spec;
pub(crate) mod policy_spec;
#[cfg(feature = "public-suffix")]
pub(crate) mod public_suffix;
pub(crate) mod repair;
pub(crate) mod report;
pub(crate) mod review;
pub(crate) mod review_names;
pub(crate) mod review_origins;
pub(crate) mod review_switches;
pub(crate) mod source;
#[cfg(feature = "public-suffix")]
pub(crate) mod suffix_ancestors;
#[cfg(feature = "public-suffix")]
pub(crate) mod suffix_list;
#[cfg(feature = "public-suffix")]
pub(crate) mod suffixes;
pub(crate) mod suggestion;
