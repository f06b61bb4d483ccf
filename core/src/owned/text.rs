//! The text of a policy file, read and compiled in one call.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::owned::findings::{Findings, OwnedFinding};
use crate::owned::storage::compile_vec;
use crate::policy::handle::Policy;
use crate::policy::set::PolicySet;
use crate::spec::field::Field;
use crate::spec::finding_code::FindingCode;
use crate::toml::finding::TextFinding;
use crate::toml::policy_text::{PolicyText, TextError};
use crate::toml::slot::TextSlot;

impl From<&TextFinding<'_>> for OwnedFinding {
    fn from(finding: &TextFinding<'_>) -> Self {
        let about = match finding.finding() {
            Some(finding) => Self::from(finding),
            None => Self {
                code: finding.code(),
                suggestion: finding.advice().map(|advice| advice.to_string()),
                ..Self::error(FindingCode::TooMany, finding.to_string())
            },
        };
        Self {
            severity: finding.severity,
            table: finding.table,
            field: String::from_utf8_lossy(finding.field).into_owned(),
            index: finding.index,
            item: finding.item.map(<[u8]>::to_vec),
            span: finding.span.clone(),
            line: finding.line,
            column: finding.column,
            ..about
        }
    }
}

impl PolicySet<Vec<u8>> {
    /// Reads and compiles the text of a policy file: the options of one policy, or `[[policy]]`
    /// tables. `on_warning` gets every warning if it compiles.
    ///
    /// # Errors
    /// [`Findings`]: every error and every warning, each with its line and column.
    ///
    /// ```
    /// use corsac::PolicySet;
    ///
    /// let text = "[[policy]]\npath = \"/api\"\nallow_origins = [\"https://app.example.com\"]\n";
    /// let set = PolicySet::from_toml(text, |warning| eprintln!("{warning}"))?;
    /// assert_eq!(set.tables().count(), 1);
    ///
    /// let findings = PolicySet::from_toml("allow_origin = ['*']", |_| ()).unwrap_err();
    /// let shown = "1:1: error[unknown-key]: unknown option \"allow_origin\": did you mean allow_origins?";
    /// assert_eq!(findings[0].to_string(), shown);
    /// # Ok::<(), corsac::Findings>(())
    /// ```
    pub fn from_toml(text: impl AsRef<[u8]>, on_warning: impl FnMut(&OwnedFinding)) -> Result<Self, Findings> {
        read(text.as_ref(), on_warning, |_| None).map(Self::compiled)
    }
}

impl Policy<Vec<u8>> {
    /// Reads and compiles the text of a policy file that has the options of one policy.
    /// `on_warning` gets every warning if it compiles.
    ///
    /// # Errors
    /// [`Findings`]: every error and every warning, each with its line and column. A policy set is
    /// an error: read it with [`PolicySet::from_toml`].
    ///
    /// ```
    /// use corsac::Policy;
    /// let policy = Policy::from_toml("allow_origins = ['https://app.example.com']", |_| ())?;
    /// assert!(!policy.is_any_origin());
    /// let findings = Policy::from_toml("[[policy]]\nallow_origins = ['*']", |_| ()).unwrap_err();
    /// let shown = "error[misplaced-option] in policy: this is the text of a policy set: read it with PolicySet::from_toml";
    /// assert_eq!(findings[0].to_string(), shown);
    /// # Ok::<(), corsac::Findings>(())
    /// ```
    pub fn from_toml(text: impl AsRef<[u8]>, on_warning: impl FnMut(&OwnedFinding)) -> Result<Self, Findings> {
        let refuse_set = |read: &PolicyText<'_, '_>| {
            read.is_set().then(|| OwnedFinding {
                code: "misplaced-option",
                field: Field::Policy.as_str().to_owned(),
                suggestion: Some("read it with PolicySet::from_toml".to_owned()),
                ..OwnedFinding::error(FindingCode::TooMany, "this is the text of a policy set".to_owned())
            })
        };
        read(text.as_ref(), on_warning, refuse_set).map(Self::compiled)
    }
}

/// Reads and compiles a text, unless `refuse` finds something wrong with it. Returns the image.
fn read(
    text: &[u8],
    on_warning: impl FnMut(&OwnedFinding),
    refuse: impl FnOnce(&PolicyText<'_, '_>) -> Option<OwnedFinding>,
) -> Result<Vec<u8>, Findings> {
    let mut scratch = vec![TextSlot::default(); TextSlot::needed(text)];
    let mut found = Vec::new();
    let read = match PolicyText::read(text, &mut scratch, |finding| found.push(finding.into())) {
        Ok(read) => read,
        Err(error) => {
            if error != TextError::NotToml {
                found.push(OwnedFinding::error(FindingCode::TooMany, error.to_string()));
            }
            return Err(Findings::from_list(found));
        }
    };
    if let Some(refusal) = refuse(&read) {
        found.push(refusal);
        return Err(Findings::from_list(found));
    }
    compile_vec(read.image_len(), on_warning, |storage, on_finding| {
        found.into_iter().for_each(&mut *on_finding);
        Ok(read.compile(storage, |finding| on_finding(finding.into()))?.image().len())
    })
}
