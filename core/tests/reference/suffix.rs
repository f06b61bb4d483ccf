//! Which fixed parts of wildcards are over a public suffix (design, section 3.1).

/// What the tests use of the public suffix list.
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

/// Rules of the form `*.parent`, and what they leave out (`!www.ck`).
const PARENTS: [&str; 5] = ["ck", "compute.amazonaws.com", "compute.estate", "kawasaki.jp", "er"];
const EXCEPT: [&str; 2] = ["www.ck", "city.kawasaki.jp"];

/// Single labels that can never be delegated: RFC 6761, RFC 6762 appendix G, and two that ICANN keeps back.
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

/// On the list, the parent of a `*` rule, an ancestor of either where the wildcard is deep, or a single label that somebody may get.
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
