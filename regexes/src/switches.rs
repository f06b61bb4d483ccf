//! The switches of a policy, and what core finds wrong with patterns under them.

use corsac::{Field, FindingCode, Policy, PolicySpec, PublicSuffixes, Severity};

/// The switches of a policy that decide which patterns it can have.
///
/// ```
/// use corsac::PolicySpec;
/// use corsac_regexes::{Reading, Switches, prove};
/// let spec = PolicySpec { allow_credentials: true, ..PolicySpec::new(&["https://app.example.com"]) };
/// let policy = spec.compile([0; 256], |_| ())?;
/// let switches = Switches::of(&policy);
/// assert!(switches.allow_credentials && !switches.insecure_origins);
/// assert!(prove(r"http://app\.example\.com", Reading::STARLETTE, &switches).is_err());
/// # Ok::<(), corsac::CompileError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    /// Whether the policy allows credentials, so that pages with a matching origin act as the user.
    pub allow_credentials: bool,
    /// `dangerously_allow_insecure_origins`.
    pub insecure_origins: bool,
    /// `dangerously_allow_public_suffixes = true`.
    pub any_public_suffix: bool,
    /// The list of `dangerously_allow_public_suffixes`.
    pub public_suffixes: Vec<Vec<u8>>,
}

/// One finding of core: about one pattern, or about all of them.
pub(crate) struct Found {
    pub(crate) index: Option<usize>,
    pub(crate) is_error: bool,
    pub(crate) is_superfluous: bool,
    pub(crate) text: String,
}

impl Switches {
    /// The switches of a policy.
    #[must_use]
    pub fn of<B: AsRef<[u8]>>(policy: &Policy<B>) -> Self {
        Self {
            allow_credentials: policy.allows_credentials(),
            insecure_origins: policy.is_on(Field::DangerouslyAllowInsecureOrigins),
            any_public_suffix: policy.is_on(Field::DangerouslyAllowPublicSuffixes),
            public_suffixes: policy.public_suffixes().map(<[u8]>::to_vec).collect(),
        }
    }

    /// Compiles patterns under the switches.
    pub(crate) fn review(&self, patterns: &[String]) -> Vec<Found> {
        let origins: Vec<&[u8]> = patterns.iter().map(String::as_bytes).collect();
        let suffixes: Vec<&[u8]> = self.public_suffixes.iter().map(Vec::as_slice).collect();
        let spec = PolicySpec {
            allow_credentials: self.allow_credentials,
            // With this on, core reports no switch that the patterns do not need.
            external_origins: true,
            dangerously_allow_insecure_origins: self.insecure_origins,
            dangerously_allow_public_suffixes: if self.any_public_suffix {
                PublicSuffixes::Allowed
            } else {
                PublicSuffixes::Listed(&suffixes)
            },
            ..PolicySpec::new(&origins)
        };
        let mut found = Vec::new();
        let compiled = spec.compile(vec![0; spec.image_len()], |finding| {
            found.push(Found {
                index: finding.index,
                is_error: finding.severity == Severity::Error,
                is_superfluous: matches!(finding.code, FindingCode::Redundant | FindingCode::Duplicate),
                text: finding.to_string(),
            });
        });
        if let Err(error) = compiled
            && !found.iter().any(|found| found.is_error)
        {
            found.push(Found { index: None, is_error: true, is_superfluous: false, text: error.to_string() });
        }
        found
    }
}
