//! Express' package `cors`, by its options. Nest's `enableCors` passes the same options on.

use corsac_regexes::Reading as Expression;
use fancy_regex::Regex;

use super::options::{
    compiled, draft, expression_entry, list, matches, not_written, text_entry, unknown, unknown_option, vary,
};
use crate::browse::Responder;
use crate::dialect::{Configuration, Dialect, Export, Reading};
use crate::document::{Booleans, Document, Node, Place};
use crate::draft::{Draft, Entry, Names};
use crate::finding::{Code, Finding};
use crate::members::{Members, plain};
use crate::message::{ACAC, ACAH, ACAM, ACAO, ACEH, ACMA, ACRH, Received, Sent, Upstream};
use crate::promise::Promise;

/// The dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Express;

const METHODS: [&str; 6] = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"];
const KNOWN: [&str; 9] = [
    "origin",
    "methods",
    "allowedHeaders",
    "headers",
    "exposedHeaders",
    "credentials",
    "maxAge",
    "preflightContinue",
    "optionsSuccessStatus",
];

impl Dialect for Express {
    fn name(&self) -> &'static str {
        "express"
    }

    fn about(&self) -> &'static str {
        "the options of Express' package cors, as JSON or YAML; an expression is a text such as \"/\\\\.example\\\\.com$/i\""
    }

    fn read(&self, document: &Document, how: &Reading) -> Vec<Box<dyn Configuration>> {
        let root = &document.root;
        let own = ["allowedHeaders", "exposedHeaders", "optionsSuccessStatus", "preflightContinue"];
        let has = |key: &str| root.get(key).is_some();
        if !root.is_map() || !(how.is_named || (has("origin") && own.iter().any(|key| has(key)))) {
            return Vec::new();
        }
        vec![Box::new(Options::read(root))]
    }

    fn write(&self, _policy: &Promise) -> Result<Export, Vec<String>> {
        Err(not_written("the package cors"))
    }
}

/// What `origin` is.
#[derive(Debug)]
enum Origins {
    /// Missing, or `*`.
    Any,
    /// `true`: each page's own.
    Reflected,
    /// `false` or an empty text: nothing happens.
    Off,
    /// A text: it is sent to every page.
    Constant(String),
    /// A list, or one expression.
    Listed(Vec<Item>),
}

#[derive(Debug)]
enum Item {
    Text(String),
    Expression(Option<Regex>),
}

impl Item {
    fn matches(&self, origin: &str) -> bool {
        match self {
            Self::Text(listed) => listed == origin,
            Self::Expression(regex) => matches(regex.as_ref(), origin),
        }
    }
}

#[derive(Debug)]
struct Options {
    place: Place,
    origins: Origins,
    methods: String,
    /// `None`: what is asked for is echoed.
    headers: Option<String>,
    expose: Option<String>,
    credentials: bool,
    max_age: Option<String>,
    goes_on: bool,
    status: u16,
    draft: Draft,
    findings: Vec<Finding>,
}

/// `/source/flags`.
fn expression(text: &str) -> Option<(&str, bool)> {
    let (source, flags) = text.strip_prefix('/')?.rsplit_once('/')?;
    (!source.is_empty() && flags.chars().all(|flag| "dgimsuvy".contains(flag))).then_some((source, flags.contains('i')))
}

impl Options {
    fn read(root: &Node) -> Self {
        let mut findings = Vec::new();
        let mut entries = Vec::new();
        let origins = Self::origins(root, &mut entries, &mut findings);
        let mut members = Members::of(Some(root), Booleans::Yaml12);
        let credentials = members.boolean("credentials").unwrap_or(false);
        let goes_on = members.boolean("preflightContinue").unwrap_or(false);
        let status =
            members.integer("optionsSuccessStatus").and_then(|status| u16::try_from(status).ok()).unwrap_or(204);
        let max_age = members.text("maxAge").map(|(seconds, _)| seconds).filter(|seconds| !seconds.is_empty());
        findings.append(&mut members.findings);
        let mut joined = |key: &str| {
            let node = root.get(key)?;
            let names = plain(&list(Some(node), &mut findings)?);
            // A text is sent as it is written.
            let text = node.text().map_or_else(|| names.join(","), str::to_owned);
            Some((names, text))
        };
        let methods = joined("methods").unwrap_or_else(|| (METHODS.map(str::to_owned).into(), METHODS.join(",")));
        let headers = joined("allowedHeaders").or_else(|| joined("headers"));
        let expose = joined("exposedHeaders").filter(|(_, text)| !text.is_empty());
        for (key, _) in root.entries().filter(|(key, _)| !KNOWN.contains(&key.text.as_str())) {
            findings.push(unknown_option("the package cors", &key.text, &key.place));
        }
        let any_or = |names: &[String]| super::options::names(names);
        let draft = Draft {
            methods: any_or(&methods.0),
            headers: headers.as_ref().map_or(Names::Any, |(names, _)| any_or(names)),
            expose: expose.as_ref().map_or_else(Names::default, |(names, _)| any_or(names)),
            ..draft(entries, credentials, max_age.as_deref())
        };
        Self {
            place: root.place.clone(),
            origins,
            methods: methods.1,
            headers: headers.map(|(_, text)| text),
            expose: expose.map(|(_, text)| text),
            credentials,
            max_age,
            goes_on,
            status,
            draft,
            findings,
        }
    }

    fn origins(root: &Node, entries: &mut Vec<Entry>, findings: &mut Vec<Finding>) -> Origins {
        let Some(node) = root.get("origin").filter(|node| !node.is_null()) else {
            entries.push(Entry::any("*", &root.place));
            return Origins::Any;
        };
        let place = &node.place;
        match (node.boolean(Booleans::Yaml12), node.text()) {
            (Some(true), _) => {
                entries.push(Entry::any("true", place));
                return Origins::Reflected;
            }
            (Some(false), _) | (None, Some("")) => return Origins::Off,
            (None, Some("*")) => {
                entries.push(Entry::any("*", place));
                return Origins::Any;
            }
            (None, Some(text)) if expression(text).is_none() => {
                entries.push(text_entry(text, place));
                let message = "one origin as a text is sent to every page, whether it is the page's own or not";
                findings
                    .push(Finding::warning(Code::ConstantOrigin, place, message).suggest("write a list of one origin"));
                return Origins::Constant(text.to_owned());
            }
            _ => {}
        }
        let nodes = if node.is_list() { node.items() } else { std::slice::from_ref(node) };
        let mut items = Vec::new();
        for item in nodes {
            let Some(text) = item.text() else {
                findings.push(unknown(item));
                continue;
            };
            if let Some((source, ignores_case)) = expression(text) {
                let reading = Expression { ignores_case, ..Expression::JAVASCRIPT };
                entries.push(Entry { written: text.to_owned(), ..expression_entry(source, &item.place, reading) });
                items.push(Item::Expression(compiled(source, "", "", ignores_case)));
            } else {
                entries.push(text_entry(text, &item.place));
                items.push(Item::Text(text.to_owned()));
            }
        }
        Origins::Listed(items)
    }

    fn headers(&self, request: &Received, sent: &mut Sent) {
        let origin = request.first("origin");
        match &self.origins {
            Origins::Any => sent.set(ACAO, "*"),
            Origins::Constant(text) => {
                sent.set(ACAO, text);
                vary(sent, "Origin");
            }
            Origins::Reflected | Origins::Listed(_) => {
                if let Some(origin) = origin.filter(|origin| self.lists(origin)) {
                    sent.set(ACAO, origin);
                }
                vary(sent, "Origin");
            }
            Origins::Off => {}
        }
        if self.credentials {
            sent.set(ACAC, "true");
        }
    }

    fn lists(&self, origin: &[u8]) -> bool {
        let Origins::Listed(items) = &self.origins else { return true };
        let text = String::from_utf8_lossy(origin);
        items.iter().any(|item| item.matches(&text))
    }
}

impl Responder for Options {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        if matches!(self.origins, Origins::Off) {
            return Sent::by_upstream(upstream);
        }
        // The package takes every OPTIONS for a preflight.
        let is_preflight = request.method.eq_ignore_ascii_case(b"OPTIONS");
        let mut sent = Sent::by_product(self.status);
        self.headers(request, &mut sent);
        if is_preflight {
            sent.set(ACAM, &self.methods);
            match (&self.headers, request.first(ACRH)) {
                (Some(headers), _) if headers.is_empty() => {}
                (Some(headers), _) => sent.set(ACAH, headers),
                (None, requested) => {
                    vary(&mut sent, ACRH);
                    if let Some(requested) = requested.filter(|requested| !requested.is_empty()) {
                        sent.set(ACAH, requested);
                    }
                }
            }
            if let Some(seconds) = &self.max_age {
                sent.set(ACMA, seconds);
            }
        }
        if let Some(expose) = &self.expose {
            sent.set(ACEH, expose);
        }
        if is_preflight && !self.goes_on {
            return sent;
        }
        // The application writes after the package, so its headers replace these.
        sent.status = upstream.status;
        sent.reaches_upstream = true;
        let written: Vec<String> =
            upstream.headers.iter().map(|(name, _)| String::from_utf8_lossy(name).into_owned()).collect();
        for name in &written {
            if name.eq_ignore_ascii_case("vary") {
                sent.doubt("vary");
            }
            sent.remove(name);
        }
        sent.headers.extend(upstream.headers.iter().cloned());
        sent
    }
}

impl Configuration for Options {
    fn label(&self) -> &str {
        ""
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn findings(&self) -> Vec<Finding> {
        self.findings.clone()
    }

    fn draft(&self) -> &Draft {
        &self.draft
    }

    fn is_let_in_by(&self, entry: usize, origin: &str) -> Option<bool> {
        match &self.origins {
            Origins::Listed(items) => items.get(entry).map(|item| item.matches(origin)),
            _ => None,
        }
    }
}
