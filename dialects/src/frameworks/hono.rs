//! Hono's middleware `hono/cors`, by its options.

use super::node_options::Joined;
use super::options::{draft, list, not_written, outline, text_entry, unknown};
use crate::browse::Responder;
use crate::dialect::{Configuration, Dialect, Export, Outline, Reading, Version};
use crate::document::{Booleans, Document, Node};
use crate::draft::{Draft, Entry, Names};
use crate::finding::{Code, Finding};
use crate::members::{Members, plain};
use crate::message::{ACAC, ACAH, ACAM, ACAO, ACEH, ACMA, ACRH, ACTUAL_HEADERS, Received, Sent, Upstream};
use crate::promise::Promise;

/// The dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hono;

/// QUERY came with 4.13.
const METHODS: [&str; 7] = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "QUERY"];
const KNOWN: [&str; 6] = ["origin", "allowMethods", "allowHeaders", "exposeHeaders", "maxAge", "credentials"];

impl Dialect for Hono {
    fn name(&self) -> &'static str {
        "hono"
    }

    fn about(&self) -> &'static str {
        "the options of hono/cors, as JSON or YAML"
    }

    fn read(&self, document: &Document, how: &Reading) -> Vec<Box<dyn Configuration>> {
        let root = &document.root;
        // @koa/cors has the same names, and nothing is Hono's alone.
        if !root.is_map() || !how.is_named {
            return Vec::new();
        }
        vec![Box::new(Middleware::read(root, how.version.as_ref()))]
    }

    fn write(&self, _policy: &Promise) -> Result<Export, Vec<String>> {
        Err(not_written("hono/cors"))
    }
}

/// What `origin` is.
#[derive(Debug)]
enum Origins {
    /// Missing, or `*`.
    Any,
    /// One text, or a list: they are compared.
    Listed(Vec<String>),
}

#[derive(Debug)]
struct Middleware {
    origins: Origins,
    methods: String,
    /// Empty: what is asked for is echoed.
    headers: String,
    expose: String,
    credentials: bool,
    max_age: Option<String>,
    /// From 4.12.9 to 4.12.24, any origin with credentials was each page's own.
    reflects: bool,
    outline: Outline,
}

impl Middleware {
    fn read(root: &Node, version: Option<&Version>) -> Self {
        let mut members = Members::of(Some(root), Booleans::Yaml12);
        let credentials = members.boolean("credentials").unwrap_or(false);
        let max_age = members.text("maxAge").map(|(seconds, _)| seconds);
        let mut findings = members.findings;
        let mut entries = Vec::new();
        let origins = Origins::read(root, &mut entries, &mut findings);
        let mut joined = |key: &str| {
            let node = root.get(key).filter(|node| !node.is_null())?;
            if !node.is_list() {
                let message = format!("hono/cors takes a list as {key}");
                findings.push(Finding::error(Code::UnknownMember, &node.place, message));
                return Some(Joined::of(&[], ","));
            }
            Joined::read(root, key, ",", &mut findings)
        };
        let is_before = |numbers: &[u32]| version.is_some_and(|version| !version.is_at_least(numbers));
        let known = METHODS.len() - usize::from(is_before(&[4, 13]));
        let methods = joined("allowMethods");
        let methods = match root.get("allowMethods") {
            Some(_) => methods.unwrap_or_else(|| Joined::of(&[], ",")),
            None => Joined::of(METHODS.get(..known).unwrap_or(&METHODS), ","),
        };
        let (headers, expose) = (joined("allowHeaders"), joined("exposeHeaders"));
        let headers = headers.filter(|headers| !headers.names.is_empty());
        let draft = Draft {
            methods: methods.in_policy(),
            headers: headers.as_ref().map_or(Names::Any, Joined::in_policy),
            expose: expose.as_ref().map_or_else(Names::default, Joined::in_policy),
            ..draft(entries, credentials, max_age.as_deref())
        };
        let text = |joined: Option<Joined>| joined.map(|joined| joined.text).unwrap_or_default();
        Self {
            origins,
            methods: methods.text,
            headers: text(headers),
            expose: text(expose),
            credentials,
            max_age,
            reflects: is_before(&[4, 12, 25]) && !is_before(&[4, 12, 9]),
            outline: outline(root, ("hono/cors", &KNOWN), draft, findings),
        }
    }

    /// The names that are asked for, as they are joined again.
    fn requested(request: &Received) -> Vec<u8> {
        let names: Vec<&[u8]> =
            request.first(ACRH).unwrap_or_default().split(|&byte| byte == b',').map(<[u8]>::trim_ascii).collect();
        names.join(&b","[..])
    }
}

impl Origins {
    fn read(root: &Node, entries: &mut Vec<Entry>, findings: &mut Vec<Finding>) -> Self {
        let Some(node) = root.get("origin").filter(|node| !node.is_null()) else {
            entries.push(Entry::any("*", &root.place));
            return Self::Any;
        };
        match node.text() {
            Some("*") => {
                entries.push(Entry::any("*", &node.place));
                return Self::Any;
            }
            Some(text) if node.boolean(Booleans::Yaml12).is_none() => {
                entries.push(text_entry(text, &node.place));
                return Self::Listed(vec![text.to_owned()]);
            }
            Some(_) => findings.push(unknown(node)),
            None => {}
        }
        let listed = list(Some(node), findings).filter(|_| node.is_list()).unwrap_or_default();
        entries.extend(listed.iter().map(|(origin, place)| text_entry(origin, place)));
        Self::Listed(plain(&listed))
    }
}

impl Responder for Middleware {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        let origin = request.first("origin").unwrap_or_default();
        let mut own = Sent::by_product(204);
        match &self.origins {
            Origins::Any if self.reflects && self.credentials => {
                own.set(ACAO, origin);
                own.doubt("access-control-allow-origin");
            }
            Origins::Any => own.set(ACAO, "*"),
            Origins::Listed(listed) if !origin.is_empty() && listed.iter().any(|one| one.as_bytes() == origin) => {
                own.set(ACAO, origin);
            }
            Origins::Listed(_) => {}
        }
        let varies = !matches!(self.origins, Origins::Any);
        if self.credentials {
            own.set(ACAC, "true");
        }
        if !self.expose.is_empty() {
            own.set(ACEH, &self.expose);
        }
        if request.method != b"OPTIONS" {
            let mut sent = Sent { unknown: own.unknown.clone(), ..Sent::by_upstream(upstream) };
            for (name, doubt) in ACTUAL_HEADERS {
                let Some(value) = own.all(name).next() else { continue };
                // What `c.header` writes replaces the middleware's header. That of a new `Response` is replaced by it.
                if sent.all(name).next().is_some() {
                    sent.doubt(doubt);
                } else {
                    sent.add(name, value);
                }
            }
            if varies {
                append_vary(&mut sent, "Origin");
            }
            return sent;
        }
        if varies {
            append_vary(&mut own, "Origin");
        }
        if let Some(seconds) = &self.max_age {
            own.set(ACMA, seconds);
        }
        if !self.methods.is_empty() {
            own.set(ACAM, &self.methods);
        }
        let headers =
            if self.headers.is_empty() { Self::requested(request) } else { self.headers.clone().into_bytes() };
        if !headers.is_empty() {
            own.set(ACAH, headers);
            append_vary(&mut own, ACRH);
        }
        own
    }
}

/// Adds a name to `Vary` without looking whether it is there.
fn append_vary(sent: &mut Sent, name: &str) {
    let mut all: Vec<Vec<u8>> = sent.all("vary").map(<[u8]>::to_vec).collect();
    all.push(name.as_bytes().to_vec());
    sent.set("Vary", all.join(&b", "[..]));
}

impl Configuration for Middleware {
    fn outline(&self) -> &Outline {
        &self.outline
    }

    fn is_let_in_by(&self, entry: usize, origin: &str) -> Option<bool> {
        match &self.origins {
            Origins::Listed(listed) => listed.get(entry).map(|one| one == origin),
            Origins::Any => None,
        }
    }
}
