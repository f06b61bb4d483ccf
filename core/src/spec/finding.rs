//! One thing that is wrong or doubtful in a spec: its stable code, its place, and what to write
//! instead.

use core::fmt;
use core::ops::Range;

use crate::spec::field::Field;
use crate::spec::finding_code::FindingCode;
use crate::spec::suggestion::Suggestion;
use crate::syntax::escape::Excerpt;
use crate::syntax::names::names;
use crate::syntax::scheme::find_authority;

names! {
    /// How bad a [`Finding`] is. The names and numbers are stable: C sees them.
    ///
    /// ```
    /// use corsac::{PolicySpec, Severity};
    /// let spec = PolicySpec { max_age: Some(1_000_000), ..PolicySpec::new(&["https://app.example.com"]) };
    /// let mut severities = vec![];
    /// assert!(spec.compile([0; 256], |finding| severities.push(finding.severity)).is_ok());
    /// assert_eq!(severities, [Severity::Warning]);
    /// assert_eq!(Severity::Warning.to_string(), "warning");
    /// ```
    Severity:
    /// The spec does not compile.
    Error = 1 => "error",
    /// The spec compiles, but probably does not say what was meant.
    Warning = 2 => "warning",
}

/// One thing that is wrong (an error) or doubtful (a warning) in a spec.
///
/// `Display` writes one line: what is wrong, the entry, escaped and cut to 128 bytes, and the
/// switch that would allow it. What to write instead is in `suggestion`.
///
/// ```
/// let spec = corsac::PolicySpec::new(&["https://a.example/"]);
/// let mut shown = String::new();
/// let refused = spec.compile([0; 512], |finding| {
///     assert_eq!(finding.code.as_str(), "trailing-slash");
///     assert_eq!((finding.field.as_str(), finding.index), ("allow_origins", Some(0)));
///     assert_eq!((finding.related, finding.switch), (None, None));
///     assert_eq!(finding.suggestion.replacement(), Some("https://a.example"));
///     shown = finding.to_string();
/// });
/// assert!(refused.is_err());
/// assert_eq!(shown, r#"an origin has no trailing slash: "https://a.example/""#);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finding<'a> {
    /// Error or warning.
    pub severity: Severity,
    /// What the finding is about.
    pub code: FindingCode,
    /// Which table of a policy set, from 0; `None`: the set as a whole, or a policy that is not in
    /// a set.
    pub table: Option<usize>,
    /// The option.
    pub field: Field,
    /// Which entry of a list, from 0; `None`: the option as a whole.
    pub index: Option<usize>,
    /// The entry as it was written; empty where the option is not a list.
    pub text: &'a [u8],
    /// Which bytes of `text` are wrong.
    pub at: Range<usize>,
    /// The other text that matters: the entry that covers this one, or the public suffix that a
    /// wildcard is over.
    pub related: Option<&'a [u8]>,
    /// The switch that would allow this.
    pub switch: Option<Field>,
    /// What to write instead.
    pub suggestion: Suggestion,
}

impl Finding<'_> {
    /// What is wrong, as the start of a sentence.
    fn what(&self) -> &'static str {
        match (self.code, self.field) {
            (FindingCode::InsecureOrigin, _) if is_any_app(self.text) => {
                "every app or extension with this scheme could act as the user"
            }
            (FindingCode::ForbiddenHeader, Field::ExposeHeaders) => "scripts cannot read this header",
            (FindingCode::WrongDirection, Field::ExposeHeaders) => "only requests have this header",
            (FindingCode::OutOfRange, Field::MaxAge) => "max_age must not be negative",
            (FindingCode::OutOfRange, Field::PreflightStatus) => "preflight_status must be from 200 to 299",
            (FindingCode::OutOfRange, Field::DeniedPreflightStatus) => {
                "denied_preflight_status must be from 400 to 499"
            }
            (FindingCode::SwitchNotNeeded, Field::DangerouslyAllowPublicSuffixes) if self.index.is_some() => {
                "no wildcard of this policy is over this public suffix"
            }
            (code, _) => code.what(),
        }
    }
}

/// Whether an insecure entry was meant as any host of an app or extension scheme. The others were
/// meant as `http:` origins.
fn is_any_app(text: &[u8]) -> bool {
    let Some((scheme, host)) = find_authority(text).and_then(|at| text.split_at_checked(at)) else { return false };
    let is_http = scheme.len() >= 4 && scheme.iter().rev().zip(b"ptth").all(|(b, http)| b.eq_ignore_ascii_case(http));
    !is_http && host.starts_with(b"://*") && host.get(4) != Some(&b'.')
}

impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what())?;
        if self.index.is_some() {
            write!(f, ": {}", Excerpt(self.text))?;
        }
        if let Some(related) = self.related {
            let how = match self.code {
                FindingCode::Duplicate => "as",
                FindingCode::PublicSuffix | FindingCode::PrivateNetworkAnyOrigin => "below",
                _ => "covered by",
            };
            write!(f, " ({how} {})", Excerpt(related))?;
        }
        match (self.switch, self.severity) {
            (Some(switch), Severity::Error) => write!(f, " ({switch} would allow it)"),
            (Some(switch), Severity::Warning) => write!(f, " ({switch} would silence this)"),
            (None, _) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{Finding, Severity};
    use crate::spec::field::Field;
    use crate::spec::finding_code::FindingCode;
    use crate::spec::suggestion::Suggestion;
    use std::string::ToString;

    fn text(code: FindingCode, field: Field, entry: Option<&str>) -> std::string::String {
        let (index, text) = (entry.map(|_| 0), entry.unwrap_or_default().as_bytes());
        let suggestion = Suggestion::None;
        let severity = Severity::Error;
        Finding { severity, code, table: None, field, index, text, at: 0..0, related: None, switch: None, suggestion }
            .to_string()
    }

    #[test]
    fn unneeded_switch_is_named_by_entry_or_as_a_whole() {
        let field = Field::DangerouslyAllowPublicSuffixes;
        let of_entry = text(FindingCode::SwitchNotNeeded, field, Some("github.io"));
        assert_eq!(of_entry, "no wildcard of this policy is over this public suffix: \"github.io\"");
        assert_eq!(text(FindingCode::SwitchNotNeeded, field, None), FindingCode::SwitchNotNeeded.what());
    }

    #[test]
    fn any_host_of_an_app_scheme_is_not_called_http() {
        let insecure = |entry| text(FindingCode::InsecureOrigin, Field::AllowOrigins, Some(entry));
        for entry in ["app://*", "p://*", "moz-extension://*", "app://*:8080"] {
            assert!(insecure(entry).starts_with("every app or extension"), "{entry}");
        }
        for entry in
            ["http://*", "HTTP://*", "view-source:http://*", "app://host", "app://*.host", "app", "http://a.example"]
        {
            assert!(insecure(entry).starts_with(FindingCode::InsecureOrigin.what()), "{entry}");
        }
    }
}
