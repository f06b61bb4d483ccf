//! The text of a policy or a policy set after reading: it compiles, and each finding of the
//! compiler gets its place in the text.

use core::fmt;

use crate::policy::compile::CompileError;
use crate::policy::compile_set::{compile_set, set_image_len};
use crate::policy::handle::Policy;
use crate::policy::set::PolicySet;
use crate::spec::field::Field;
use crate::spec::finding::Finding;
use crate::spec::policy_set_spec::Tables;
use crate::spec::policy_spec::PolicySpec;
use crate::toml::contents::{Reader, What, is_untouched};
use crate::toml::document::{Document, Stop};
use crate::toml::finding::{About, TextFinding};
use crate::toml::options;
use crate::toml::reporter::Reporter;
use crate::toml::slot::{Entry, Held, ROOT, TextSlot, Value, ValueKind};
use crate::toml::store::Store;

/// Why a text could not be read.
///
/// ```
/// use corsac::{PolicyText, TextError, TextSlot};
/// let mut scratch = [TextSlot::default(); 16];
/// let error = PolicyText::read(b"allow_origins = [", &mut scratch, |_| ()).unwrap_err();
/// assert_eq!(error, TextError::NotToml);
/// let error = PolicyText::read(b"max_age = 600", &mut [], |_| ()).unwrap_err();
/// assert!(matches!(error, TextError::ScratchTooSmall { needed } if needed > 0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextError {
    /// The text is not UTF-8, or not TOML. The callback got where and why.
    NotToml,
    /// The scratch memory is too small. Findings were reported up to the place where it was full.
    ScratchTooSmall {
        /// How many slots are enough.
        needed: usize,
    },
    /// The text has 4 GiB or more.
    TooLarge,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotToml => f.write_str("the text is not TOML"),
            Self::ScratchTooSmall { needed } => write!(f, "the scratch memory is too small: give {needed} places"),
            Self::TooLarge => f.write_str("the text has 4 GiB or more: list fewer origins"),
        }
    }
}

impl core::error::Error for TextError {}

/// A policy or a policy set that was read from a text.
///
/// ```
/// use corsac::{PolicyText, TextSlot};
///
/// let text = b"allow_origins = [\"https://app.example.com\"]\nmax_age = 600\n";
/// let mut scratch = vec![TextSlot::default(); TextSlot::needed(text)];
/// let read = PolicyText::read(text, &mut scratch, |finding| eprintln!("{finding}"))?;
/// let storage = vec![0; read.image_len()];
/// let policies = read.compile(storage, |finding| {
///     eprintln!("{}:{}: {finding}", finding.line, finding.column);
/// })?;
/// assert_eq!(policies.tables().count(), 1);
///
/// let wrong = b"allow_origin = [\"https://app.example.com\"]";
/// let mut shown = String::new();
/// let read = PolicyText::read(wrong, &mut scratch, |finding| {
///     assert_eq!((finding.code(), finding.line, finding.column), ("unknown-key", 1, 1));
///     shown = finding.advice().unwrap().to_string();
/// })?;
/// assert!(read.compile([0; 512], |_| ()).is_err());
/// assert_eq!(shown, "did you mean allow_origins?");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct PolicyText<'s, 't> {
    store: Store<'s, 't>,
    what: What,
    /// How many errors reading has found.
    errors: usize,
}

impl<'s, 't> PolicyText<'s, 't> {
    /// Reads a text. `on_finding` gets everything that is wrong with the text itself: its syntax up
    /// to the first fault, unknown keys, values of a wrong type. [`compile`](Self::compile) checks
    /// the values, even if there were errors here.
    ///
    /// The text is TOML 1.1 with the options of one policy, or with `[[policy]]` tables. Strings
    /// and keys must have no escapes.
    ///
    /// # Errors
    /// [`TextError::NotToml`]; [`TextError::ScratchTooSmall`] with the number of slots that are
    /// enough; [`TextError::TooLarge`].
    pub fn read(
        text: &'t [u8],
        scratch: &'s mut [TextSlot<'t>],
        mut on_finding: impl FnMut(&TextFinding<'_>),
    ) -> Result<Self, TextError> {
        if u32::try_from(text.len()).is_err() {
            return Err(TextError::TooLarge);
        }
        let mut report = Reporter::new(text, &mut on_finding);
        if let Err(error) = core::str::from_utf8(text) {
            let at = error.valid_up_to();
            report.add(TextFinding { span: Some(at..at + 1), ..TextFinding::error(About::NotText) });
            return Err(TextError::NotToml);
        }
        let too_small = || TextError::ScratchTooSmall { needed: TextSlot::needed(text) };
        let mut store = Store::new(text, scratch).map_err(|_| too_small())?;
        let what = match Document::new(&mut store, &mut report).read() {
            Ok(()) => Reader { store: &mut store, report: &mut report }.read().ok_or_else(too_small)?,
            Err(Stop::Fault) => return Err(TextError::NotToml),
            Err(Stop::Full) => return Err(too_small()),
            Err(Stop::TooManyTables) => What::TooMany,
        };
        let errors = report.errors();
        Ok(Self { store, what, errors })
    }

    /// Whether the text has `[[policy]]` tables.
    ///
    /// ```
    /// use corsac::{PolicyText, TextSlot};
    /// let text = b"[[policy]]\nallow_origins = ['https://app.example.com']";
    /// let mut scratch = vec![TextSlot::default(); TextSlot::needed(text)];
    /// let read = PolicyText::read(text, &mut scratch, |_| ())?;
    /// assert!(read.is_set() && read.spec().is_none());
    /// # Ok::<(), corsac::TextError>(())
    /// ```
    #[must_use]
    pub const fn is_set(&self) -> bool {
        !matches!(self.what, What::Policy)
    }

    /// How many errors reading has found. If there is one, nothing compiles.
    ///
    /// ```
    /// use corsac::{CompileError, PolicyText, TextSlot};
    /// let text = b"allow_origins = ['https://app.example.com']\nmax_age = 'long'\nmethods = ['PUT']";
    /// let mut scratch = vec![TextSlot::default(); TextSlot::needed(text)];
    /// let read = PolicyText::read(text, &mut scratch, |_| ())?;
    /// assert_eq!(read.errors(), 2);
    /// assert_eq!(read.compile([0; 512], |_| ()).unwrap_err(), CompileError::Findings { errors: 2 });
    /// # Ok::<(), corsac::TextError>(())
    /// ```
    #[must_use]
    pub const fn errors(&self) -> usize {
        self.errors
    }

    /// The options of a policy that is not in a set.
    ///
    /// ```
    /// use corsac::{PolicyText, TextSlot};
    /// let text = b"allow_origins = ['https://app.example.com']\nmax_age = 600";
    /// let mut scratch = vec![TextSlot::default(); TextSlot::needed(text)];
    /// let read = PolicyText::read(text, &mut scratch, |_| ())?;
    /// assert_eq!(read.spec().and_then(|spec| spec.max_age), Some(600));
    /// # Ok::<(), corsac::TextError>(())
    /// ```
    #[must_use]
    pub fn spec(&self) -> Option<PolicySpec<'_, TextSlot<'t>>> {
        matches!(self.what, What::Policy).then(|| options::spec(&self.store, ROOT))
    }

    /// Bytes of storage that [`compile`](Self::compile) needs.
    #[must_use]
    pub fn image_len(&self) -> usize {
        match self.spec() {
            Some(spec) => spec.image_len(),
            None => set_image_len(self),
        }
    }

    /// Compiles into your storage. `on_finding` gets every finding of the compiler, with its place
    /// in the text.
    ///
    /// # Errors
    /// Those of [`PolicySetSpec::compile`](crate::PolicySetSpec::compile). The errors that reading
    /// has found count, too.
    pub fn compile<B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        storage: B,
        mut on_finding: impl FnMut(&TextFinding<'_>),
    ) -> Result<PolicySet<B>, CompileError> {
        let mut report = Reporter::new(self.store.text, &mut on_finding);
        let compiled = match (self.what, self.spec()) {
            (What::TooMany, _) => return Err(CompileError::Findings { errors: self.errors }),
            (_, Some(spec)) => spec.compile(storage, |finding| self.report(finding, &mut report)).map(PolicySet::from),
            (_, None) => compile_set(self, storage, |finding| self.report(finding, &mut report)),
        };
        let errors = self.errors + report.errors();
        match compiled {
            Err(error) if !matches!(error, CompileError::Findings { .. }) => Err(error),
            Ok(compiled) if errors == 0 => Ok(compiled),
            _ => Err(CompileError::Findings { errors }),
        }
    }

    /// Like [`compile`](Self::compile), for a text that is not a set. `None`: it is one.
    ///
    /// # Errors
    /// Those of [`compile`](Self::compile).
    ///
    /// ```
    /// use corsac::{PolicyText, TextSlot};
    /// let text = b"allow_origins = ['https://app.example.com']";
    /// let mut scratch = vec![TextSlot::default(); TextSlot::needed(text)];
    /// let read = PolicyText::read(text, &mut scratch, |_| ())?;
    /// let policy = read.compile_policy([0; 512], |finding| eprintln!("{finding}")).expect("not a set")?;
    /// assert!(policy.origins().eq([b"https://app.example.com"]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compile_policy<B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        storage: B,
        on_finding: impl FnMut(&TextFinding<'_>),
    ) -> Option<Result<Policy<B>, CompileError>> {
        let compiled = || self.compile(storage, on_finding).map(|set| Policy::compiled(set.into_inner()));
        (!self.is_set()).then(compiled)
    }

    /// A table: its node, and its number as it is written.
    fn table(&self, table: usize) -> Option<(u32, usize)> {
        match self.what {
            What::Policy => (table == 0).then_some((ROOT, 0)),
            What::Set { from, count, .. } => match self.store.list(from, count).get(table)?.held {
                Held::Table { node, number } => Some((node, number as usize)),
                _ => None,
            },
            What::TooMany => None,
        }
    }

    /// Reports a finding of the compiler at the bytes that it is about.
    fn report(&self, finding: &Finding<'_>, report: &mut Reporter<'_, '_>) {
        let (table, node) = match (self.what, finding.table.and_then(|table| self.table(table))) {
            (What::Policy, _) => (None, ROOT),
            (_, Some((node, number))) => (Some(number), node),
            // A finding about the whole set would be wrong, because the file describes a different
            // set.
            (What::Set { is_broken: true, .. } | What::TooMany, None) => return,
            (What::Set { key, .. }, None) => {
                return report.add(placed(finding, None, (finding.index, Some(key.range()))));
            }
        };
        let Some((index, span)) = self.place(node, finding) else { return };
        let header = table.and(self.store.node(node)).map(|node| node.span.range());
        report.add(placed(finding, table, (index, span.or(header))));
    }

    fn place(&self, table: u32, finding: &Finding<'_>) -> Option<(Option<usize>, Option<core::ops::Range<usize>>)> {
        if !matches!(finding.field, Field::Path | Field::Cors) {
            return options::place(&self.store, table, finding);
        }
        let node = options::written(&self.store, table, finding.field).and_then(|id| self.store.node(id));
        let span = node.filter(|node| !node.is_broken).map(|node| match node.value {
            Value::String(text) => {
                let entry = Entry { text, span: node.span, index: 0, kind: ValueKind::String };
                options::part(&self.store, &entry, &finding.at)
            }
            _ => node.span.range(),
        });
        Some((finding.index, span))
    }
}

type Place = (Option<usize>, Option<core::ops::Range<usize>>);

fn placed<'a>(finding: &'a Finding<'a>, table: Option<usize>, (index, span): Place) -> TextFinding<'a> {
    TextFinding {
        severity: finding.severity,
        table,
        field: finding.field.as_str().as_bytes(),
        index,
        item: (finding.index.is_some() || !finding.text.is_empty()).then_some(finding.text),
        span,
        ..TextFinding::error(About::Spec(finding))
    }
}

impl<'t> Tables for PolicyText<'_, 't> {
    type Text = TextSlot<'t>;

    fn count(&self) -> usize {
        match self.what {
            What::Policy => 1,
            What::Set { count, .. } => count as usize,
            What::TooMany => 0,
        }
    }

    fn path(&self, table: usize) -> &[u8] {
        let path = self.table(table).and_then(|(node, _)| options::written(&self.store, node, Field::Path));
        match path.and_then(|id| self.store.node(id)).map(|node| node.value) {
            Some(Value::String(path)) => path,
            _ => b"/",
        }
    }

    fn policy(&self, table: usize) -> Option<PolicySpec<'_, TextSlot<'t>>> {
        let (node, _) = self.table(table)?;
        (!is_untouched(&self.store, node)).then(|| options::spec(&self.store, node))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::String;
    use std::vec;

    use super::{PolicyText, ROOT, TextSlot};

    #[test]
    fn unknown_keys_are_not_kept() {
        let unknown: String = (0..100).map(|number| std::format!("x{number} = 1\n")).collect();
        let text = std::format!("max_age = 1\n{unknown}allow_origins = ['*']\n{}", unknown.replace('x', "y"));
        let mut scratch = vec![TextSlot::default(); TextSlot::needed(text.as_bytes())];
        let read = PolicyText::read(text.as_bytes(), &mut scratch, |_| ()).expect("a policy");
        assert_eq!((read.errors(), read.store.children(ROOT).count()), (200, 2));
        let set = std::format!("[[policy]]\n{text}[[policy]]\n{unknown}");
        let mut scratch = vec![TextSlot::default(); TextSlot::needed(set.as_bytes())];
        let read = PolicyText::read(set.as_bytes(), &mut scratch, |_| ()).expect("a set");
        for (table, options) in [(0, 2), (1, 0)] {
            let (node, _) = read.table(table).expect("a table");
            assert_eq!(read.store.children(node).count(), options);
        }
    }
}
