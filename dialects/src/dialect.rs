//! What every dialect is: the CORS configuration of one product.

use std::fmt;

use corsac::PolicySet;

use crate::browse::Responder;
use crate::document::{Document, Place};
use crate::draft::Draft;
use crate::finding::Finding;
use crate::promise::Promise;

/// A product's CORS configuration.
///
/// ```
/// use corsac::OwnedSpec;
/// use corsac_dialects::{Dialect, Promise, Reading, dialect, document};
///
/// let kong: &dyn Dialect = dialect("kong").expect("it is a dialect");
/// assert_eq!((kong.name(), kong.is_read()), ("kong", true));
/// assert!(kong.about().contains("Kong"));
///
/// let documents = document::read("plugins: [{name: cors, config: {origins: ['https://a.example']}}]")?;
/// assert_eq!(kong.read(&documents[0], &Reading::default()).len(), 1);
///
/// let policy = OwnedSpec::new(["https://a.example"]).compile(|_| ()).expect("it compiles");
/// let export = kong.write(&Promise::of(&policy)).expect("Kong can say this");
/// assert!(export.text.contains("https://a.example"));
/// # Ok::<(), document::ReadError>(())
/// ```
pub trait Dialect: Sync {
    /// The name that the command line takes, such as `kong`.
    fn name(&self) -> &'static str;

    /// What it is, in a few words.
    fn about(&self) -> &'static str;

    /// Whether files of the dialect are read. If not, it is only written.
    fn is_read(&self) -> bool {
        true
    }

    /// The configurations in a document, each on its own. Empty: the document has another shape.
    fn read(&self, document: &Document, how: &Reading) -> Vec<Box<dyn Configuration>>;

    /// A policy in the product's words.
    ///
    /// # Errors
    /// What the product cannot say, and what would be weaker if it were left out.
    fn write(&self, policy: &Promise) -> Result<Export, Vec<String>>;
}

/// How to read a file.
///
/// ```
/// use corsac_dialects::{Reading, Version, dialect, document};
/// // The options alone are enough if the dialect is named.
/// let documents = document::read("origins: ['https://a.example']")?;
/// let kong = dialect("kong").expect("it is a dialect");
/// assert!(kong.read(&documents[0], &Reading::default()).is_empty());
/// let how = Reading { version: Version::parse("3.9.1"), is_named: true };
/// assert_eq!(kong.read(&documents[0], &how).len(), 1);
/// # Ok::<(), document::ReadError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The version of the product. `None`: the newest whose behaviour is known.
    pub version: Option<Version>,
    /// Whether the reader of the file named the dialect. If so, a part of the product's file is enough, such as the options alone.
    pub is_named: bool,
}

/// What every configuration has, whatever its dialect.
///
/// ```
/// use corsac_dialects::Outline;
/// let outline = Outline { label: "plugins[0]".to_owned(), ..Outline::default() };
/// assert!(outline.findings.is_empty() && outline.draft.origins.is_empty());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// Which one of its file, such as `plugins[0]`. Empty: the whole file.
    pub label: String,
    /// Where it is.
    pub place: Place,
    /// What it means in the words of a policy.
    pub draft: Draft,
    /// What was wrong with its members.
    pub findings: Vec<Finding>,
}

/// One configuration in a file.
///
/// ```
/// use corsac_dialects::{Code, Configuration, document, recognise};
///
/// let text = "plugins: [{name: cors, config: {origins: ['https://a.example'], credentials: true}}]";
/// let documents = document::read(text)?;
/// let (_, found) = recognise(&documents[0]).remove(0);
/// let configuration: &dyn Configuration = &*found;
/// assert_eq!((configuration.label(), configuration.place().line), ("plugins[0]", 1));
/// assert_eq!(configuration.outline().label, "plugins[0]");
/// assert!(configuration.draft().credentials);
/// assert_eq!(configuration.refused(), None);
/// assert_eq!(configuration.is_let_in_by(0, "https://other.example"), Some(false));
/// assert_eq!(configuration.lint()[0].code, Code::ConstantOrigin);
/// # Ok::<(), document::ReadError>(())
/// ```
pub trait Configuration: Responder + fmt::Debug {
    /// Its name, its place and its meaning.
    fn outline(&self) -> &Outline;

    /// What only this dialect knows to be wrong or doubtful. Whatever the simulator shows is found for every dialect.
    fn lint(&self) -> Vec<Finding> {
        Vec::new()
    }

    /// Which one of its file, such as `plugins[0]`.
    fn label(&self) -> &str {
        &self.outline().label
    }

    /// Where it is.
    fn place(&self) -> &Place {
        &self.outline().place
    }

    /// What it means in the words of a policy.
    fn draft(&self) -> &Draft {
        &self.outline().draft
    }

    /// Whether this entry of the draft is what lets an origin in. `None`: unknown, because the product has one list.
    fn is_let_in_by(&self, _entry: usize, _origin: &str) -> Option<bool> {
        None
    }

    /// Why the product refuses it, so that there is no response. `None`: it does not.
    fn refused(&self) -> Option<String> {
        None
    }
}

/// A policy in a product's words.
///
/// ```
/// use corsac::OwnedSpec;
/// use corsac_dialects::{Export, Promise, dialect};
/// let policy = OwnedSpec::new(["https://a.example"]).allow_credentials(true).compile(|_| ()).expect("it compiles");
/// let s3 = dialect("s3").expect("it is a dialect");
/// let export: Export = s3.write(&Promise::of(&policy)).expect("it can say this");
/// assert!(export.text.contains("https://a.example"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Export {
    /// The file, with a comment for each loss where the format has comments.
    pub text: String,
    /// What the product does otherwise, one sentence each.
    pub losses: Vec<String>,
}

/// The version of a product: `3.9.1` or `2.11`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(Vec<u32>);

impl Version {
    /// Reads a version of one to four numbers, with or without a `v`. `None`: it is not one.
    ///
    /// ```
    /// use corsac_dialects::Version;
    /// assert!(Version::parse("3.9.3") < Version::parse("v3.10"));
    /// assert_eq!(Version::parse("latest"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let numbers: Option<Vec<u32>> = text.split('.').map(|part| part.parse().ok()).collect();
        numbers.filter(|numbers| numbers.len() <= 4).map(Self)
    }

    /// Whether it is this version or a later one.
    #[must_use]
    pub(crate) fn is_at_least(&self, numbers: &[u32]) -> bool {
        self.0.as_slice() >= numbers
    }
}

/// The policy that decides every request of a set, if there is exactly one and it is for every path.
///
/// ```
/// use corsac::{OwnedSpec, PolicySet};
/// use corsac_dialects::only_policy;
/// let policy = OwnedSpec::new(["https://a.example"]).compile(|_| ()).expect("it compiles");
/// let promise = only_policy(&PolicySet::from(policy)).expect("one policy");
/// assert_eq!(promise.origins, ["https://a.example"]);
/// ```
#[must_use]
pub fn only_policy(policies: &PolicySet<Vec<u8>>) -> Option<Promise> {
    let mut tables = policies.tables();
    match (tables.next(), tables.next()) {
        (Some((b"/", Some(policy))), None) => Some(Promise::of(&policy)),
        _ => None,
    }
}
