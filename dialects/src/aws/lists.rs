//! The six members that API Gateway's HTTP APIs and Lambda function URLs share.

use crate::browse::Responder;
use crate::dialect::{Configuration, Outline};
use crate::document::{Booleans, Node, Place};
use crate::draft::{Draft, Entry, Means, Names};
use crate::finding::{Code, Finding};
use crate::members::{Members, Placed, plain};
use crate::message::{ACAC, ACAO, Received, Sent, Upstream};
use crate::origin::{is_pattern, is_sendable};
use crate::shown::shown;

/// The members as they are read.
#[derive(Debug, Default)]
pub(super) struct Lists {
    pub(super) origins: Vec<Placed>,
    pub(super) methods: Vec<Placed>,
    pub(super) headers: Vec<Placed>,
    pub(super) expose: Vec<Placed>,
    pub(super) credentials: bool,
    pub(super) max_age: Option<i64>,
    pub(super) place: Place,
    pub(super) findings: Vec<Finding>,
}

/// CloudFormation writes `AllowOrigins`, OpenAPI `allowOrigins`, and Terraform `allow_origins`.
const KEYS: [[&str; 3]; 6] = [
    ["AllowOrigins", "allowOrigins", "allow_origins"],
    ["AllowMethods", "allowMethods", "allow_methods"],
    ["AllowHeaders", "allowHeaders", "allow_headers"],
    ["ExposeHeaders", "exposeHeaders", "expose_headers"],
    ["AllowCredentials", "allowCredentials", "allow_credentials"],
    ["MaxAge", "maxAge", "max_age"],
];

/// Whether a mapping looks like one with these members.
pub(super) fn looks_like_lists(node: &Node) -> bool {
    KEYS.iter().flatten().any(|key| node.get(key).is_some())
}

impl Lists {
    pub(super) fn read(node: &Node) -> Self {
        let mut members = Members::of(Some(node), Booleans::Yaml11);
        let written =
            |at: usize| KEYS.get(at).into_iter().flatten().copied().find(|key| node.get(key).is_some()).unwrap_or("");
        let mut texts = |at: usize| members.texts(written(at)).unwrap_or_default();
        let (origins, methods, headers, expose) = (texts(0), texts(1), texts(2), texts(3));
        let credentials = members.boolean(written(4)).unwrap_or(false);
        let max_age = members.integer(written(5));
        let mut findings = members.findings;
        for (key, _) in node.entries() {
            if !KEYS.iter().flatten().any(|known| *known == key.text) {
                let message = format!("there is no member {} here", shown(&key.text));
                findings.push(Finding::error(Code::UnknownMember, &key.place, message));
            }
        }
        Self { origins, methods, headers, expose, credentials, max_age, place: node.place.clone(), findings }
    }

    pub(super) fn has_any_origin(&self) -> bool {
        self.origins.iter().any(|(origin, _)| origin == "*")
    }

    /// The members in the words of a policy.
    fn draft(&self) -> Draft {
        let names = |list: &[Placed]| {
            if list.iter().any(|(name, _)| name == "*") { Names::Any } else { Names::Listed(plain(list)) }
        };
        Draft {
            origins: self.origins.iter().map(entry).collect(),
            methods: names(&self.methods),
            headers: names(&self.headers),
            expose: names(&self.expose),
            credentials: self.credentials,
            max_age: self.max_age,
            ..Draft::default()
        }
    }
}

fn entry((written, place): &Placed) -> Entry {
    match written.as_str() {
        "*" => Entry::any(written, place),
        // Any port, too.
        "https://*" | "http://*" => Entry::exact(written, place, vec![format!("{written}:*")]),
        _ if is_sendable(written) => Entry::exact(written, place, vec![written.clone()]),
        _ if written.contains('*') => {
            let what = "AWS documents `*` only alone and as the whole host (https://*): list the origins";
            let intended = Some(written.clone()).filter(|pattern| is_pattern(pattern)).into_iter().collect();
            let means = Means::NoPattern(what.to_owned());
            Entry { written: written.clone(), place: place.clone(), means, intended, samples: Vec::new() }
        }
        _ => Entry::dead(
            written,
            place,
            "browsers send an origin in lower case, with its scheme, and without a path or the scheme's default port",
        ),
    }
}

/// What the products do with the members.
#[derive(Debug)]
pub(super) struct Product {
    pub(super) respond: fn(&Lists, &Received, &Upstream) -> Sent,
    pub(super) findings: fn(&Lists) -> Vec<Finding>,
    pub(super) refused: fn(&Lists) -> Option<String>,
}

/// A configuration that has these members, and nothing else.
#[derive(Debug)]
pub(super) struct Listed {
    lists: Lists,
    outline: Outline,
    product: &'static Product,
}

impl Listed {
    /// `findings` are about its surroundings.
    pub(super) fn of(label: String, lists: Lists, findings: Vec<Finding>, product: &'static Product) -> Self {
        let mut all = lists.findings.clone();
        all.extend(findings);
        let outline = Outline { label, place: lists.place.clone(), draft: lists.draft(), findings: all };
        Self { lists, outline, product }
    }
}

impl Responder for Listed {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        (self.product.respond)(&self.lists, request, upstream)
    }
}

impl Configuration for Listed {
    fn outline(&self) -> &Outline {
        &self.outline
    }

    fn lint(&self) -> Vec<Finding> {
        (self.product.findings)(&self.lists)
    }

    fn refused(&self) -> Option<String> {
        (self.product.refused)(&self.lists)
    }
}

/// What an origin is to the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Match {
    /// An entry of its own, or of its scheme.
    Listed,
    /// `*`.
    Any,
    /// Nothing matches.
    No,
    /// Nothing matches for certain: the case differs, or an entry has an undocumented `*`.
    Unknown,
}

/// Sends a list as one header, if it has entries.
pub(super) fn set_list(sent: &mut Sent, name: &str, list: &[Placed]) {
    if !list.is_empty() {
        sent.set(name, plain(list).join(","));
    }
}

impl Lists {
    /// Entries whose meaning AWS does not document.
    pub(super) fn undocumented(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        for entry in self.origins.iter().map(entry) {
            if let Means::NoPattern(what) = &entry.means {
                let message =
                    format!("what {} matches is not documented, so you cannot rely on it", shown(&entry.written));
                found.push(Finding::warning(Code::Uncertain, &entry.place, message).suggest(what.clone()));
            }
        }
        found
    }

    /// Writes the origin and the credentials. Returns whether the origin is allowed. `may_reflect`: with credentials, `*` probably
    /// sends each page its own origin.
    pub(super) fn allow(&self, request: &Received, may_reflect: bool, sent: &mut Sent) -> bool {
        let Some(origin) = request.first("origin") else { return false };
        match self.match_of(&String::from_utf8_lossy(origin)) {
            Match::Any if self.credentials && may_reflect => {
                // An issue shows that the origin comes back. It is not recorded.
                sent.set(ACAO, origin);
                sent.doubt("access-control-allow-origin");
            }
            Match::Any => sent.set(ACAO, "*"),
            Match::Listed => sent.set(ACAO, origin),
            Match::Unknown => {
                sent.doubt("access-control-allow-origin");
                return false;
            }
            Match::No => return false,
        }
        if self.credentials {
            sent.set(ACAC, "true");
        }
        true
    }

    fn match_of(&self, origin: &str) -> Match {
        if self.has_any_origin() {
            return Match::Any;
        }
        let mut is_unknown = false;
        for (entry, _) in &self.origins {
            let scheme = entry.strip_suffix('*').filter(|scheme| scheme.ends_with("://"));
            if entry == origin || scheme.is_some_and(|scheme| origin.starts_with(scheme)) {
                return Match::Listed;
            }
            is_unknown |= entry.eq_ignore_ascii_case(origin) || (scheme.is_none() && could_match(entry, origin));
        }
        if is_unknown { Match::Unknown } else { Match::No }
    }
}

/// Whether an entry with `*` would match if that stood for any bytes.
fn could_match(entry: &str, origin: &str) -> bool {
    let mut parts = entry.split('*');
    let Some(mut rest) = parts.next().and_then(|first| origin.strip_prefix(first)) else { return false };
    let mut last = None;
    for part in parts {
        last = Some(part);
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    last.is_some_and(|last| origin.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::could_match;

    #[test]
    fn a_star_stands_for_any_bytes() {
        assert!(could_match("https://*.example.com", "https://a.b.example.com"));
        assert!(could_match("https://a*", "https://abc"));
        assert!(!could_match("https://*.example.com", "https://example.com"));
        assert!(!could_match("https://a.example", "https://a.example.com"));
    }
}
