//! What is known about one server or framework: all of it in one place, next to the function that writes its snippet.

use super::fit::Fit;
use super::sign::Sign;

/// Everything about one stack.
#[derive(Debug)]
pub(super) struct Recipe {
    /// As the option takes it.
    pub(super) name: &'static str,
    /// Other names that the option takes: what `corsac check --from` calls its configuration.
    pub(super) also: &'static [&'static str],
    /// What it is, in a few words.
    pub(super) about: &'static str,
    pub(super) layer: Layer,
    /// Where the snippet goes, and what else it needs: the start of a sentence.
    pub(super) place: &'static str,
    pub(super) snippet: fn(&Fit) -> String,
    /// What no configuration of it can allow. There is no snippet then, because the product would reject it or read it in another way.
    pub(super) limits: &'static [Clause],
    /// What it does or does not do besides what the request needs.
    pub(super) notes: &'static [Clause],
    /// Headers of its responses by which it can be recognised.
    pub(super) signs: &'static [Sign],
    /// Words of its code or configuration, in lower case: a text that has one shows this product.
    pub(super) code: &'static [&'static str],
}

/// A sentence, and for which requests it is true.
pub(super) type Clause = (fn(&Fit) -> bool, &'static str);

/// How far a request has come when it reaches the product. The first is the nearest to the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    /// Adds headers, and leaves the response to the preflight to what is behind it.
    Edge,
    /// Responds to preflights, and is in front of an application.
    Proxy,
    Application,
    Store,
}

impl Recipe {
    /// A start for the recipes, which name what is theirs.
    pub(super) const fn new(
        name: &'static str,
        about: &'static str,
        layer: Layer,
        snippet: fn(&Fit) -> String,
    ) -> Self {
        Self { name, also: &[], about, layer, place: "", snippet, limits: &[], notes: &[], signs: &[], code: &[] }
    }
}

/// True of every request.
pub(super) const fn always(_: &Fit) -> bool {
    true
}
