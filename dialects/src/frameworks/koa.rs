//! Koa's `@koa/cors`, by its options.

use super::node_options::{Joined, constant_entry, written_over};
use super::options::{draft, not_written, outline, unknown, vary};
use crate::browse::Responder;
use crate::dialect::{Configuration, Dialect, Export, Outline, Reading};
use crate::document::{Booleans, Document, Node};
use crate::draft::{Draft, Entry, Names};
use crate::members::Members;
use crate::message::{ACAC, ACAH, ACAM, ACAO, ACEH, ACMA, ACRH, ACRM, Received, Sent, Upstream};
use crate::promise::Promise;

/// The dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Koa;

const METHODS: [&str; 6] = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"];
/// The options that only this package has.
const OWN: [&str; 3] = ["keepHeadersOnError", "secureContext", "privateNetworkAccess"];
const KNOWN: [&str; 9] = [
    "origin",
    "allowMethods",
    "allowHeaders",
    "exposeHeaders",
    "maxAge",
    "credentials",
    "keepHeadersOnError",
    "secureContext",
    "privateNetworkAccess",
];

impl Dialect for Koa {
    fn name(&self) -> &'static str {
        "koa"
    }

    fn about(&self) -> &'static str {
        "the options of @koa/cors, as JSON or YAML"
    }

    fn read(&self, document: &Document, how: &Reading) -> Vec<Box<dyn Configuration>> {
        let root = &document.root;
        if !root.is_map() || !(how.is_named || OWN.iter().any(|key| root.get(key).is_some())) {
            return Vec::new();
        }
        vec![Box::new(Middleware::read(root))]
    }

    fn write(&self, _policy: &Promise) -> Result<Export, Vec<String>> {
        Err(not_written("@koa/cors"))
    }
}

#[derive(Debug)]
struct Middleware {
    /// `*`, or one origin for every page.
    origin: String,
    methods: String,
    /// Empty: what is asked for is echoed.
    headers: String,
    expose: String,
    credentials: bool,
    /// Empty, and 0: none is sent.
    max_age: String,
    is_secure_context: bool,
    private_network: bool,
    outline: Outline,
}

impl Middleware {
    fn read(root: &Node) -> Self {
        let mut members = Members::of(Some(root), Booleans::Yaml12);
        let credentials = members.boolean("credentials").unwrap_or(false);
        let is_secure_context = members.boolean("secureContext").unwrap_or(false);
        let private_network = members.boolean("privateNetworkAccess").unwrap_or(false);
        let age = root.get("maxAge").filter(|node| !(node.is_plain() && node.integer() == Some(0)));
        let max_age = age.and_then(Node::text).unwrap_or_default().to_owned();
        let mut findings = members.findings;
        let mut joined = |key: &str| Joined::read(root, key, ",", &mut findings);
        let methods = joined("allowMethods");
        let methods = if root.get("allowMethods").is_some() { methods } else { Some(Joined::of(&METHODS, ",")) };
        let (headers, expose) = (joined("allowHeaders"), joined("exposeHeaders"));
        let written = root.get("origin").filter(|node| !node.is_null());
        let origin = written.and_then(Node::text).filter(|text| !text.is_empty()).unwrap_or("*").to_owned();
        let entry = match written {
            Some(node) if node.text().is_none() => {
                findings.push(unknown(node));
                Entry::dead("origin", &node.place, "@koa/cors takes one text or a function")
            }
            Some(node) if origin != "*" => constant_entry(&origin, node, &mut findings),
            Some(node) => Entry::any("*", &node.place),
            None => Entry::any("*", &root.place),
        };
        let headers = headers.filter(|headers| !headers.text.is_empty());
        let draft = Draft {
            methods: methods.as_ref().map_or_else(Names::default, Joined::in_policy),
            headers: headers.as_ref().map_or(Names::Any, Joined::in_policy),
            expose: expose.as_ref().map_or_else(Names::default, Joined::in_policy),
            private_network,
            ..draft(vec![entry], credentials, Some(&max_age))
        };
        let text = |joined: Option<Joined>| joined.map(|joined| joined.text).unwrap_or_default();
        Self {
            origin,
            methods: text(methods),
            headers: text(headers),
            expose: text(expose),
            credentials,
            max_age,
            is_secure_context,
            private_network,
            outline: outline(root, ("@koa/cors", &KNOWN), draft, findings),
        }
    }

    fn preflight_headers(&self, request: &Received, sent: &mut Sent) {
        set(sent, ACMA, self.max_age.as_bytes());
        if self.private_network && is_sent(request, "Access-Control-Request-Private-Network") {
            sent.set("Access-Control-Allow-Private-Network", "true");
        }
        set(sent, ACAM, self.methods.as_bytes());
        let requested = request.first(ACRH).unwrap_or_default();
        set(sent, ACAH, if self.headers.is_empty() { requested } else { self.headers.as_bytes() });
    }
}

/// Sends a header if it has a value.
fn set(sent: &mut Sent, name: &str, value: &[u8]) {
    if !value.is_empty() {
        sent.set(name, value);
    }
}

fn is_sent(request: &Received, name: &str) -> bool {
    request.first(name).is_some_and(|value| !value.is_empty())
}

impl Responder for Middleware {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        let mut sent = Sent::by_product(204);
        vary(&mut sent, "Origin");
        let is_options = request.method == b"OPTIONS";
        // Origin is not needed for a preflight.
        if is_options && !is_sent(request, ACRM) {
            return written_over(sent, upstream);
        }
        if self.credentials && self.origin == "*" {
            // Without Origin, the header is empty.
            sent.set(ACAO, request.first("origin").unwrap_or_default());
        } else {
            sent.set(ACAO, &self.origin);
        }
        if self.credentials {
            sent.set(ACAC, "true");
        }
        if self.is_secure_context {
            sent.set("Cross-Origin-Opener-Policy", "same-origin");
            sent.set("Cross-Origin-Embedder-Policy", "require-corp");
        }
        if is_options {
            self.preflight_headers(request, &mut sent);
            return sent;
        }
        set(&mut sent, ACEH, self.expose.as_bytes());
        written_over(sent, upstream)
    }
}

impl Configuration for Middleware {
    fn outline(&self) -> &Outline {
        &self.outline
    }
}
