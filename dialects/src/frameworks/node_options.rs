//! The options that the packages `cors` of Express and `@fastify/cors` share: what `origin` is, and lists that are sent as one text.

use corsac_regexes::Reading as Expression;
use fancy_regex::Regex;

use super::options::{compiled, draft, expression_entry, list, matches, names, outline, text_entry, unknown};
use crate::dialect::Outline;
use crate::document::{Booleans, Node};
use crate::draft::{Draft, Entry, Names};
use crate::finding::{Code, Finding};
use crate::members::{Members, plain};
use crate::message::{Received, Sent, Upstream};

/// What differs between the packages.
#[derive(Debug)]
pub(super) struct Package {
    /// Its name in findings.
    pub(super) name: &'static str,
    /// Every option that it has.
    pub(super) known: &'static [&'static str],
    /// The methods that it allows if none are listed.
    pub(super) methods: &'static [&'static str],
    /// What it writes between the names of a list.
    pub(super) separator: &'static str,
    /// Whether `*` in a list of origins is any origin.
    pub(super) has_any_in_lists: bool,
    /// Whether an expression with the flag `g` goes on where its last match ended, so that what it matches depends on earlier requests.
    pub(super) keeps_state: bool,
}

/// What `origin` is.
#[derive(Debug)]
pub(super) enum Origins {
    /// Missing, or `*`.
    Any,
    /// `true`: each page's own.
    Reflected,
    /// `false`.
    Off,
    /// An empty text, or null.
    Empty,
    /// A text: it is sent to every page.
    Constant(String),
    /// A list, or one expression.
    Listed(Vec<Item>),
}

#[derive(Debug)]
pub(super) enum Item {
    Text(String),
    Expression { regex: Option<Regex>, keeps_state: bool },
}

impl Item {
    pub(super) fn matches(&self, origin: &str) -> bool {
        match self {
            Self::Text(listed) => listed == origin,
            Self::Expression { regex, .. } => matches(regex.as_ref(), origin),
        }
    }
}

/// Names, and the text that is sent.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) names: Vec<String>,
    pub(super) text: String,
}

impl Joined {
    /// A member that is a list, or a text that is sent as it is written.
    pub(super) fn read(root: &Node, key: &str, separator: &str, findings: &mut Vec<Finding>) -> Option<Self> {
        let node = root.get(key)?;
        let names = plain(&list(Some(node), findings)?);
        let text = node.text().map_or_else(|| names.join(separator), str::to_owned);
        Some(Self { names, text })
    }

    pub(super) fn of(names: &[&str], separator: &str) -> Self {
        Self { names: names.iter().map(|&name| name.to_owned()).collect(), text: names.join(separator) }
    }

    /// The names in the words of a policy.
    pub(super) fn in_policy(&self) -> Names {
        names(&self.names)
    }
}

/// The options as they were read.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) origins: Origins,
    pub(super) methods: Joined,
    /// `None`: what is asked for is echoed.
    pub(super) headers: Option<Joined>,
    pub(super) expose: Option<Joined>,
    pub(super) credentials: bool,
    pub(super) max_age: Option<String>,
    pub(super) goes_on: bool,
    pub(super) status: u16,
    pub(super) outline: Outline,
}

/// `/source/flags`.
fn expression(text: &str) -> Option<(&str, &str)> {
    let (source, flags) = text.strip_prefix('/')?.rsplit_once('/')?;
    (!source.is_empty() && flags.chars().all(|flag| "dgimsuvy".contains(flag))).then_some((source, flags))
}

impl Options {
    pub(super) fn read(root: &Node, package: &Package) -> Self {
        let mut findings = Vec::new();
        let mut entries = Vec::new();
        let origins = Origins::read(root, package, &mut entries, &mut findings);
        let mut members = Members::of(Some(root), Booleans::Yaml12);
        let credentials = members.boolean("credentials").unwrap_or(false);
        let goes_on = members.boolean("preflightContinue").unwrap_or(false);
        let status =
            members.integer("optionsSuccessStatus").and_then(|status| u16::try_from(status).ok()).unwrap_or(204);
        let max_age = members.text("maxAge").map(|(seconds, _)| seconds);
        findings.append(&mut members.findings);
        let mut joined = |key: &str| Joined::read(root, key, package.separator, &mut findings);
        let methods = joined("methods").unwrap_or_else(|| Joined::of(package.methods, ","));
        let (headers, expose) = (joined("allowedHeaders"), joined("exposedHeaders"));
        let draft = Draft {
            methods: methods.in_policy(),
            headers: headers.as_ref().map_or(Names::Any, Joined::in_policy),
            expose: expose.as_ref().map_or_else(Names::default, Joined::in_policy),
            ..draft(entries, credentials, max_age.as_deref())
        };
        let outline = outline(root, (package.name, package.known), draft, findings);
        Self { origins, methods, headers, expose, credentials, max_age, goes_on, status, outline }
    }

    /// Whether this entry lets an origin in. `None`: there is no list.
    pub(super) fn is_let_in_by(&self, entry: usize, origin: &str) -> Option<bool> {
        match &self.origins {
            Origins::Listed(items) => items.get(entry).map(|item| item.matches(origin)),
            _ => None,
        }
    }
}

impl Origins {
    fn read(root: &Node, package: &Package, entries: &mut Vec<Entry>, findings: &mut Vec<Finding>) -> Self {
        let Some(node) = root.get("origin") else {
            entries.push(Entry::any("*", &root.place));
            return Self::Any;
        };
        let place = &node.place;
        match (node.boolean(Booleans::Yaml12), node.text()) {
            _ if node.is_null() => return Self::Empty,
            (Some(true), _) => {
                entries.push(Entry::any("true", place));
                return Self::Reflected;
            }
            (Some(false), _) => return Self::Off,
            (None, Some("")) => return Self::Empty,
            (None, Some("*")) => {
                entries.push(Entry::any("*", place));
                return Self::Any;
            }
            (None, Some(text)) if expression(text).is_none() => {
                entries.push(constant_entry(text, node, findings));
                return Self::Constant(text.to_owned());
            }
            _ => {}
        }
        let nodes = if node.is_list() { node.items() } else { std::slice::from_ref(node) };
        if package.has_any_in_lists
            && let Some(any) = nodes.iter().find(|item| item.text() == Some("*"))
        {
            entries.push(Entry::any("*", &any.place));
            return Self::Any;
        }
        let mut items = Vec::new();
        for item in nodes {
            let Some(text) = item.text() else {
                findings.push(unknown(item));
                continue;
            };
            if let Some((source, flags)) = expression(text) {
                let ignores_case = flags.contains('i');
                let reading = Expression { ignores_case, ..Expression::JAVASCRIPT };
                entries.push(Entry { written: text.to_owned(), ..expression_entry(source, &item.place, reading) });
                let start = if flags.contains('y') { r"\A" } else { "" };
                let keeps_state = package.keeps_state && flags.contains(['g', 'y']);
                items.push(Item::Expression { regex: compiled(source, start, "", ignores_case), keeps_state });
            } else {
                entries.push(text_entry(text, &item.place));
                items.push(Item::Text(text.to_owned()));
            }
        }
        Self::Listed(items)
    }

    /// The page's own origin, if it is sent back. What depends on earlier requests is marked.
    pub(super) fn own<'r>(&self, request: &'r Received, sent: &mut Sent) -> Option<&'r [u8]> {
        let origin = request.first("origin").filter(|origin| !origin.is_empty())?;
        let Self::Listed(items) = self else { return Some(origin) };
        let text = String::from_utf8_lossy(origin);
        let item = items.iter().find(|item| item.matches(&text))?;
        if matches!(item, Item::Expression { keeps_state: true, .. }) {
            sent.doubt("access-control-allow-origin");
        }
        Some(origin)
    }
}

/// One origin as a text, which every page gets.
pub(super) fn constant_entry(text: &str, node: &Node, findings: &mut Vec<Finding>) -> Entry {
    let message = "one origin as a text is sent to every page, whether it is the page's own or not";
    findings.push(Finding::warning(Code::ConstantOrigin, &node.place, message).suggest("write a list of one origin"));
    text_entry(text, &node.place)
}

/// The application's response after what the package wrote: its headers replace these. It may also add to `Vary`.
pub(super) fn written_over(mut sent: Sent, upstream: &Upstream) -> Sent {
    sent.status = upstream.status;
    sent.reaches_upstream = true;
    for (name, _) in &upstream.headers {
        let name = String::from_utf8_lossy(name);
        if name.eq_ignore_ascii_case("vary") {
            sent.doubt("vary");
        }
        sent.remove(&name);
    }
    sent.headers.extend(upstream.headers.iter().cloned());
    sent
}
