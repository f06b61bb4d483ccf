//! What a configuration means in the words of a policy, with the place of each part.

use crate::document::Place;
use crate::finding::Finding;

/// What a configuration means, as far as a policy can say it.
///
/// ```
/// use corsac_dialects::{Draft, document, recognise};
/// let text = "plugins: [{name: cors, config: {origins: ['https://a.example'], credentials: true, max_age: 600}}]";
/// let documents = document::read(text)?;
/// let (_, configuration) = recognise(&documents[0]).remove(0);
/// let draft: &Draft = configuration.draft();
/// assert_eq!((draft.credentials, draft.max_age), (true, Some(600)));
/// assert!(draft.refusals.is_empty());
/// # Ok::<(), document::ReadError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The entries of its list of origins.
    pub origins: Vec<Entry>,
    /// The methods that browsers may use besides GET, HEAD and POST, which need no permission.
    pub methods: Names,
    /// The request headers.
    pub headers: Names,
    /// The response headers that scripts may read.
    pub expose: Names,
    /// Whether credentials are allowed.
    pub credentials: bool,
    /// For how many seconds browsers may keep a preflight.
    pub max_age: Option<i64>,
    /// Whether requests to private networks are allowed.
    pub private_network: bool,
    /// Sentences about what the policy cannot say, for the comments of the result.
    pub notes: Vec<String>,
    /// Why there is no policy. Empty: there is one.
    pub refusals: Vec<Finding>,
}

/// A list of names, or any name.
///
/// ```
/// use corsac_dialects::Names;
/// assert_eq!(Names::Listed(vec!["PUT".to_owned()]).listed(), ["PUT"]);
/// assert!(Names::Any.listed().is_empty());
/// assert_eq!(Names::default(), Names::Listed(vec![]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Names {
    /// These.
    Listed(Vec<String>),
    /// Any name.
    Any,
}

impl Default for Names {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

impl Names {
    /// The names of the list. Any name has none.
    #[must_use]
    pub fn listed(&self) -> &[String] {
        match self {
            Self::Listed(names) => names,
            Self::Any => &[],
        }
    }
}

/// One entry of the list of origins.
///
/// ```
/// use corsac_dialects::document::Place;
/// use corsac_dialects::{Entry, Means};
/// let place = Place::default();
/// let exact = Entry::exact("https://a.example/", &place, vec!["https://a.example".to_owned()]);
/// assert_eq!(exact.means, Means::Patterns(vec!["https://a.example".to_owned()], None));
/// assert_eq!(Entry::any("*", &place).means, Means::AnyOrigin);
/// let dead = Entry::dead("https://A.example", &place, "browsers send lower case");
/// assert_eq!(dead.means, Means::Nothing("browsers send lower case".to_owned()));
/// ```
#[derive(Clone, Debug)]
pub struct Entry {
    /// What is written.
    pub written: String,
    /// Where.
    pub place: Place,
    /// What it means.
    pub means: Means,
    /// The patterns that its author probably meant. Empty: unknown.
    pub intended: Vec<String>,
    /// Origins that it may match, as examples for witnesses.
    pub samples: Vec<String>,
}

impl Entry {
    /// An entry that means these patterns, and nothing else.
    #[must_use]
    pub fn exact(written: &str, place: &Place, patterns: Vec<String>) -> Self {
        let (intended, samples) = (patterns.clone(), patterns.clone());
        Self {
            written: written.to_owned(),
            place: place.clone(),
            means: Means::Patterns(patterns, None),
            intended,
            samples,
        }
    }

    /// An entry for any origin.
    #[must_use]
    pub fn any(written: &str, place: &Place) -> Self {
        let (intended, samples) = (vec!["*".to_owned()], Vec::new());
        Self { written: written.to_owned(), place: place.clone(), means: Means::AnyOrigin, intended, samples }
    }

    /// An entry that no browser's origin matches.
    #[must_use]
    pub fn dead(written: &str, place: &Place, why: impl Into<String>) -> Self {
        let means = Means::Nothing(why.into());
        Self { written: written.to_owned(), place: place.clone(), means, intended: Vec::new(), samples: Vec::new() }
    }
}

/// What an entry means in patterns of a policy.
///
/// ```
/// use corsac_dialects::{Means, document, recognise};
/// let documents = document::read("plugins: [{name: cors, config: {origins: ['*']}}]")?;
/// let (_, configuration) = recognise(&documents[0]).remove(0);
/// assert_eq!(configuration.draft().origins[0].means, Means::AnyOrigin);
/// # Ok::<(), document::ReadError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Means {
    /// Any origin.
    AnyOrigin,
    /// What these patterns match. The entry may match more: the sentence says what, and to list it if it is meant.
    Patterns(Vec<String>, Option<String>),
    /// Nothing that a browser sends. The sentence says why.
    Nothing(String),
    /// Something that no pattern says. The sentence says what to do.
    NoPattern(String),
}
