//! Starlette's and FastAPI's `CORSMiddleware`, by its keyword arguments.

use corsac_regexes::Reading as Expression;
use fancy_regex::Regex;

use super::options::{compiled, draft, expression_entry, list, matches, names, not_written, outline, text_entry};
use crate::browse::Responder;
use crate::dialect::{Configuration, Dialect, Export, Outline, Reading, Version};
use crate::document::{Booleans, Document, Node};
use crate::draft::{Draft, Entry, Names};
use crate::members::{Members, plain};
use crate::message::{ACAC, ACAH, ACAM, ACAO, ACEH, ACMA, ACRH, ACRM, Received, Sent, Upstream};
use crate::promise::Promise;

/// The dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Starlette;

const KNOWN: [&str; 8] = [
    "allow_origins",
    "allow_methods",
    "allow_headers",
    "allow_credentials",
    "allow_origin_regex",
    "allow_private_network",
    "expose_headers",
    "max_age",
];
/// The `Vary` of a preflight, from 1.7 on.
const PREFLIGHT_VARY: &str =
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network";
/// What `*` is among the methods.
const ALL_METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
/// These are added to the headers.
const SAFELISTED: [&str; 4] = ["Accept", "Accept-Language", "Content-Language", "Content-Type"];

impl Dialect for Starlette {
    fn name(&self) -> &'static str {
        "starlette"
    }

    fn about(&self) -> &'static str {
        "the keyword arguments of Starlette's or FastAPI's CORSMiddleware, as JSON or YAML"
    }

    fn read(&self, document: &Document, how: &Reading) -> Vec<Box<dyn Configuration>> {
        let root = &document.root;
        let has = |key: &str| root.get(key).is_some();
        // A policy of Corsac has the same names, and is TOML. The expression is Starlette's alone.
        let is_known = how.is_named || has("allow_origin_regex");
        if !root.is_map() || !is_known {
            return Vec::new();
        }
        vec![Box::new(Middleware::read(root, Age::of(how.version.as_ref())))]
    }

    fn write(&self, _policy: &Promise) -> Result<Export, Vec<String>> {
        Err(not_written("CORSMiddleware"))
    }
}

/// What changed from version to version. Without a version, it is 0.47, which FastAPI brought for long.
#[derive(Clone, Copy, Debug, Default)]
struct Age {
    /// 0.51 knows private networks, and denies a preflight that asks for one.
    has_private_network: bool,
    /// 1.0 sends each page its own origin if credentials are allowed. Before, it did only if the request had a cookie.
    reflects_always: bool,
    /// From 1.7 on, every response varies on the origin, preflights on all that they read, and QUERY is a method.
    varies_always: bool,
}

impl Age {
    fn of(version: Option<&Version>) -> Self {
        let is_at_least = |numbers: &[u32]| version.is_some_and(|version| version.is_at_least(numbers));
        Self {
            has_private_network: is_at_least(&[0, 51]),
            reflects_always: is_at_least(&[1, 0]),
            varies_always: is_at_least(&[1, 7]),
        }
    }
}

#[derive(Debug)]
struct Middleware {
    age: Age,
    private_network: bool,
    origins: Vec<String>,
    methods: Vec<String>,
    /// With the safelisted ones, sorted, as they are sent.
    headers: Vec<String>,
    any_header: bool,
    credentials: bool,
    regex: Option<Regex>,
    expose: Vec<String>,
    max_age: String,
    outline: Outline,
}

impl Middleware {
    fn read(root: &Node, age: Age) -> Self {
        let mut members = Members::of(Some(root), Booleans::Yaml12);
        let credentials = members.boolean("allow_credentials").unwrap_or(false);
        let private_network = members.boolean("allow_private_network").unwrap_or(false);
        let expression = members.text("allow_origin_regex");
        let max_age = members.text("max_age").map_or_else(|| "600".to_owned(), |(seconds, _)| seconds);
        let mut findings = members.findings;
        let mut texts = |key: &str| list(root.get(key), &mut findings);
        let origins = texts("allow_origins").unwrap_or_default();
        let methods = texts("allow_methods").map_or_else(|| vec!["GET".to_owned()], |methods| plain(&methods));
        let headers = plain(&texts("allow_headers").unwrap_or_default());
        let expose = plain(&texts("expose_headers").unwrap_or_default());
        let mut entries: Vec<Entry> = origins
            .iter()
            .map(|(origin, place)| if origin == "*" { Entry::any(origin, place) } else { text_entry(origin, place) })
            .collect();
        entries.extend(expression.as_ref().map(|(text, place)| expression_entry(text, place, Expression::STARLETTE)));
        let any_method = methods.iter().any(|method| method == "*");
        let query = age.varies_always.then_some("QUERY");
        let methods =
            if any_method { ALL_METHODS.into_iter().chain(query).map(str::to_owned).collect() } else { methods };
        let any_header = headers.iter().any(|name| name == "*");
        let mut all: Vec<String> = SAFELISTED.map(str::to_owned).into_iter().chain(headers.iter().cloned()).collect();
        all.sort();
        all.dedup();
        let draft = Draft {
            methods: Names::Listed(methods.clone()),
            headers: if any_header { Names::Any } else { Names::Listed(headers) },
            expose: names(&expose),
            ..draft(entries, credentials, Some(&max_age))
        };
        let regex = expression.and_then(|(text, _)| compiled(&text, r"\A", r"\z", false));
        let origins = plain(&origins);
        Self {
            age,
            private_network,
            origins,
            methods,
            headers: all,
            any_header,
            credentials,
            regex,
            expose,
            max_age,
            outline: outline(root, ("CORSMiddleware", &KNOWN), draft, findings),
        }
    }

    fn is_any(&self) -> bool {
        self.origins.iter().any(|origin| origin == "*")
    }

    fn allows(&self, origin: &str) -> bool {
        self.is_any() || matches(self.regex.as_ref(), origin) || self.origins.iter().any(|listed| listed == origin)
    }

    /// Adds the origin to `Vary` without looking whether it is there. Before 1.7, only the first header was kept.
    fn append_vary(&self, sent: &mut Sent) {
        let kept = if self.age.varies_always { usize::MAX } else { 1 };
        let mut all: Vec<Vec<u8>> = sent.all("vary").take(kept).map(<[u8]>::to_vec).collect();
        all.push(b"Origin".to_vec());
        sent.set("Vary", all.join(&b", "[..]));
    }

    fn preflight(&self, request: &Received, origin: &str) -> Sent {
        let mut sent = Sent::by_product(200);
        let is_explicit = !self.is_any() || self.credentials;
        if self.age.varies_always {
            sent.set("Vary", PREFLIGHT_VARY);
        } else if is_explicit {
            sent.set("Vary", "Origin");
        }
        if !is_explicit {
            sent.set(ACAO, "*");
        }
        sent.set(ACAM, self.methods.join(", "));
        sent.set(ACMA, &self.max_age);
        if !self.any_header {
            sent.set(ACAH, self.headers.join(", "));
        }
        if self.credentials {
            sent.set(ACAC, "true");
        }
        let mut is_denied = false;
        if self.allows(origin) {
            if is_explicit {
                sent.set(ACAO, origin);
            }
        } else {
            is_denied = true;
        }
        let method = request.first(ACRM).unwrap_or_default();
        is_denied |= !self.methods.iter().any(|listed| listed.as_bytes() == method);
        if let Some(requested) = request.first(ACRH) {
            if self.any_header {
                sent.set(ACAH, requested);
            } else {
                let lower = String::from_utf8_lossy(requested).to_lowercase();
                let is_listed = |name: &str| self.headers.iter().any(|listed| listed.to_lowercase() == name.trim());
                is_denied |= !lower.split(',').all(is_listed);
            }
        }
        if self.age.has_private_network && request.first("Access-Control-Request-Private-Network").is_some() {
            if self.private_network {
                sent.set("Access-Control-Allow-Private-Network", "true");
            } else {
                is_denied = true;
            }
        }
        if is_denied {
            sent.status = 400;
        }
        sent
    }
}

impl Responder for Middleware {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        let origin = request.first("origin").map(|origin| String::from_utf8_lossy(origin).into_owned());
        if let Some(origin) = origin.as_deref().filter(|_| request.is_preflight()) {
            return self.preflight(request, origin);
        }
        let mut sent = Sent::by_upstream(upstream);
        let mut is_own = false;
        if let Some(origin) = origin {
            if self.is_any() {
                sent.set(ACAO, "*");
            }
            if self.credentials {
                sent.set(ACAC, "true");
            }
            if !self.expose.is_empty() {
                sent.set(ACEH, self.expose.join(", "));
            }
            is_own = match self.is_any() {
                true if self.age.reflects_always => self.credentials,
                true => request.first("cookie").is_some(),
                false => self.allows(&origin),
            };
            if is_own {
                sent.set(ACAO, &origin);
            }
        }
        if is_own || self.age.varies_always {
            self.append_vary(&mut sent);
        }
        sent
    }
}

impl Configuration for Middleware {
    fn outline(&self) -> &Outline {
        &self.outline
    }

    fn is_let_in_by(&self, entry: usize, origin: &str) -> Option<bool> {
        // The expression comes after the list.
        let listed = self.origins.get(entry).map(|listed| listed == origin);
        Some(listed.unwrap_or_else(|| matches(self.regex.as_ref(), origin)))
    }
}
