//! Express' package `cors`, by its options. Nest's `enableCors` passes the same options on.

use super::node_options::{Joined, Options, Origins, Package, written_over};
use super::options::{not_written, vary};
use crate::browse::Responder;
use crate::dialect::{Configuration, Dialect, Export, Outline, Reading};
use crate::document::{Document, Node};
use crate::message::{ACAC, ACAH, ACAM, ACAO, ACEH, ACMA, ACRH, Received, Sent, Upstream};
use crate::promise::Promise;

/// The dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Express;

const PACKAGE: Package = Package {
    name: "the package cors",
    known: &[
        "origin",
        "methods",
        "allowedHeaders",
        "headers",
        "exposedHeaders",
        "credentials",
        "maxAge",
        "preflightContinue",
        "optionsSuccessStatus",
    ],
    methods: &["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"],
    separator: ",",
    has_any_in_lists: false,
    keeps_state: true,
};

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
        let is_known = has("origin") && own.iter().any(|key| has(key)) && !super::fastify::is_known(root);
        if !root.is_map() || !(how.is_named || is_known) {
            return Vec::new();
        }
        vec![Box::new(Cors::read(root))]
    }

    fn write(&self, _policy: &Promise) -> Result<Export, Vec<String>> {
        Err(not_written("the package cors"))
    }
}

#[derive(Debug)]
struct Cors {
    options: Options,
}

impl Cors {
    fn read(root: &Node) -> Self {
        let mut options = Options::read(root, &PACKAGE);
        // An empty text is as if nothing were written. An empty list is not.
        let is_written =
            |joined: &Joined| !joined.text.is_empty() || root.get("allowedHeaders").is_some_and(Node::is_list);
        if !options.headers.as_ref().is_some_and(is_written) {
            let mut findings = Vec::new();
            options.headers = Joined::read(root, "headers", PACKAGE.separator, &mut findings)
                .filter(|joined| !joined.text.is_empty() || root.get("headers").is_some_and(Node::is_list));
            options.outline.findings.extend(findings);
            options.outline.draft.headers =
                options.headers.as_ref().map_or(crate::draft::Names::Any, Joined::in_policy);
        }
        Self { options }
    }

    fn headers(&self, request: &Received, sent: &mut Sent) {
        let Options { origins, credentials, .. } = &self.options;
        match origins {
            Origins::Any => sent.set(ACAO, "*"),
            Origins::Constant(text) => {
                sent.set(ACAO, text);
                vary(sent, "Origin");
            }
            Origins::Reflected | Origins::Listed(_) => {
                if let Some(origin) = origins.own(request, sent) {
                    sent.set(ACAO, origin);
                }
                vary(sent, "Origin");
            }
            Origins::Off | Origins::Empty => {}
        }
        if *credentials {
            sent.set(ACAC, "true");
        }
    }
}

/// Sends a header if it has a value.
fn set(sent: &mut Sent, name: &str, value: &str) {
    if !value.is_empty() {
        sent.set(name, value);
    }
}

impl Responder for Cors {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        let options = &self.options;
        if matches!(options.origins, Origins::Off | Origins::Empty) {
            return Sent::by_upstream(upstream);
        }
        // The package takes every OPTIONS for a preflight.
        let is_preflight = request.method.eq_ignore_ascii_case(b"OPTIONS");
        let mut sent = Sent::by_product(options.status);
        self.headers(request, &mut sent);
        if is_preflight {
            set(&mut sent, ACAM, &options.methods.text);
            if let Some(headers) = &options.headers {
                set(&mut sent, ACAH, &headers.text);
            } else {
                vary(&mut sent, ACRH);
                if let Some(requested) = request.first(ACRH).filter(|requested| !requested.is_empty()) {
                    sent.set(ACAH, requested);
                }
            }
            set(&mut sent, ACMA, options.max_age.as_deref().unwrap_or_default());
        }
        set(&mut sent, ACEH, options.expose.as_ref().map_or("", |expose| &expose.text));
        if is_preflight && !options.goes_on { sent } else { written_over(sent, upstream) }
    }
}

impl Configuration for Cors {
    fn outline(&self) -> &Outline {
        &self.options.outline
    }

    fn is_let_in_by(&self, entry: usize, origin: &str) -> Option<bool> {
        self.options.is_let_in_by(entry, origin)
    }
}
