//! Fastify's plugin `@fastify/cors`, by its options.

use super::node_options::{Options, Origins, Package, written_over};
use super::options::{not_written, vary};
use crate::browse::Responder;
use crate::dialect::{Configuration, Dialect, Export, Outline, Reading};
use crate::document::{Booleans, Document, Node};
use crate::members::Members;
use crate::message::{ACAC, ACAH, ACAM, ACAO, ACEH, ACMA, ACRH, ACRM, Received, Sent, Upstream};
use crate::promise::Promise;

/// The dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fastify;

const PACKAGE: Package = Package {
    name: "@fastify/cors",
    known: &[
        "origin",
        "methods",
        "allowedHeaders",
        "exposedHeaders",
        "credentials",
        "maxAge",
        "preflightContinue",
        "optionsSuccessStatus",
        "preflight",
        "strictPreflight",
        "cacheControl",
        "hook",
        "hideOptionsRoute",
        "logLevel",
    ],
    methods: &["GET", "HEAD", "POST"],
    separator: ", ",
    has_any_in_lists: true,
    keeps_state: false,
};

/// Whether a mapping has an option that only this plugin has.
pub(super) fn is_known(root: &Node) -> bool {
    ["strictPreflight", "hideOptionsRoute", "cacheControl"].iter().any(|key| root.get(key).is_some())
}

impl Dialect for Fastify {
    fn name(&self) -> &'static str {
        "fastify"
    }

    fn about(&self) -> &'static str {
        "the options of @fastify/cors, as JSON or YAML; an expression is a text such as \"/\\\\.example\\\\.com$/i\""
    }

    fn read(&self, document: &Document, how: &Reading) -> Vec<Box<dyn Configuration>> {
        let root = &document.root;
        if !root.is_map() || !(how.is_named || (root.get("origin").is_some() && is_known(root))) {
            return Vec::new();
        }
        vec![Box::new(Plugin::read(root))]
    }

    fn write(&self, _policy: &Promise) -> Result<Export, Vec<String>> {
        Err(not_written("@fastify/cors"))
    }
}

#[derive(Debug)]
struct Plugin {
    options: Options,
    /// Whether it responds to preflights at all.
    has_preflights: bool,
    /// Whether other OPTIONS requests than preflights are refused.
    is_strict: bool,
    /// A preflight's `Cache-Control`.
    cache_control: Option<String>,
}

impl Plugin {
    fn read(root: &Node) -> Self {
        let mut options = Options::read(root, &PACKAGE);
        let mut members = Members::of(Some(root), Booleans::Yaml12);
        let has_preflights = members.boolean("preflight").unwrap_or(true);
        let is_strict = members.boolean("strictPreflight").unwrap_or(true);
        let seconds = root.get("cacheControl").filter(|node| node.is_plain()).and_then(Node::integer);
        let cache_control = match seconds {
            Some(seconds) => Some(format!("max-age={seconds}")),
            None => members.text("cacheControl").map(|(text, _)| text).filter(|text| !text.is_empty()),
        };
        options.outline.findings.append(&mut members.findings);
        Self { options, has_preflights, is_strict, cache_control }
    }

    fn headers(&self, request: &Received, sent: &mut Sent) {
        let Options { origins, credentials, expose, .. } = &self.options;
        match origins {
            Origins::Any => sent.set(ACAO, "*"),
            // There is no Vary, because every page gets the same.
            Origins::Constant(text) => sent.set(ACAO, text),
            _ => {
                vary(sent, "Origin");
                if let Some(origin) = origins.own(request, sent) {
                    sent.set(ACAO, origin);
                }
            }
        }
        if *credentials {
            sent.set(ACAC, "true");
        }
        if let Some(expose) = expose {
            sent.set(ACEH, &expose.text);
        }
    }

    fn preflight_headers(&self, request: &Received, sent: &mut Sent) {
        let options = &self.options;
        sent.set(ACAM, &options.methods.text);
        if let Some(headers) = &options.headers {
            sent.set(ACAH, &headers.text);
        } else {
            vary(sent, ACRH);
            if let Some(requested) = request.first(ACRH) {
                sent.set(ACAH, requested);
            }
        }
        if let Some(seconds) = &options.max_age {
            sent.set(ACMA, seconds);
        }
        if let Some(text) = &self.cache_control {
            sent.set("Cache-Control", text);
        }
    }
}

impl Responder for Plugin {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        if matches!(self.options.origins, Origins::Off) {
            return Sent::by_upstream(upstream);
        }
        let mut sent = Sent::by_product(self.options.status);
        self.headers(request, &mut sent);
        if request.method == b"OPTIONS" && self.has_preflights {
            let has = |name: &str| request.first(name).is_some_and(|value| !value.is_empty());
            if self.is_strict && !(has("origin") && has(ACRM)) {
                sent.status = 400;
                return sent;
            }
            self.preflight_headers(request, &mut sent);
            if !self.options.goes_on {
                return sent;
            }
        }
        written_over(sent, upstream)
    }
}

impl Configuration for Plugin {
    fn outline(&self) -> &Outline {
        &self.options.outline
    }

    fn is_let_in_by(&self, entry: usize, origin: &str) -> Option<bool> {
        self.options.is_let_in_by(entry, origin)
    }

    fn refused(&self) -> Option<String> {
        matches!(self.options.origins, Origins::Empty).then(|| {
            "@fastify/cors fails every request, because `origin` is empty: write `false` to turn CORS off".to_owned()
        })
    }
}
