//! django-cors-headers, by its settings.

use corsac_regexes::Reading as Expression;
use fancy_regex::Regex;

use super::options::{compiled, draft, expression_entry, list, matches, names, not_written, outline, text_entry, vary};
use crate::browse::Responder;
use crate::dialect::{Configuration, Dialect, Export, Outline, Reading};
use crate::document::{Booleans, Document, Node};
use crate::draft::{Draft, Entry};
use crate::members::{Members, plain};
use crate::message::{ACAC, ACAH, ACAM, ACAO, ACEH, ACMA, ACRM, Received, Sent, Upstream};
use crate::promise::Promise;

/// The dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Django;

const METHODS: [&str; 6] = ["DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"];
const HEADERS: [&str; 6] = ["accept", "authorization", "content-type", "user-agent", "x-csrftoken", "x-requested-with"];
const KNOWN: [&str; 14] = [
    "CORS_ALLOWED_ORIGINS",
    "CORS_ORIGIN_WHITELIST",
    "CORS_ALLOWED_ORIGIN_REGEXES",
    "CORS_ORIGIN_REGEX_WHITELIST",
    "CORS_ALLOW_ALL_ORIGINS",
    "CORS_ORIGIN_ALLOW_ALL",
    "CORS_ALLOW_CREDENTIALS",
    "CORS_ALLOW_HEADERS",
    "CORS_ALLOW_METHODS",
    "CORS_EXPOSE_HEADERS",
    "CORS_PREFLIGHT_MAX_AGE",
    "CORS_ALLOW_PRIVATE_NETWORK",
    "CORS_URLS_REGEX",
    "CORS_REPLACE_HTTPS_REFERER",
];

impl Dialect for Django {
    fn name(&self) -> &'static str {
        "django-cors-headers"
    }

    fn about(&self) -> &'static str {
        "the CORS_ settings of django-cors-headers, as JSON or YAML"
    }

    fn read(&self, document: &Document, how: &Reading) -> Vec<Box<dyn Configuration>> {
        let root = &document.root;
        // flask-cors has CORS_ORIGINS and the like. These names are Django's alone.
        let own =
            ["CORS_ALLOWED_ORIGINS", "CORS_ALLOWED_ORIGIN_REGEXES", "CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"];
        if !root.is_map() || !(how.is_named || own.iter().any(|key| root.get(key).is_some())) {
            return Vec::new();
        }
        vec![Box::new(Settings::read(root))]
    }

    fn write(&self, _policy: &Promise) -> Result<Export, Vec<String>> {
        Err(not_written("django-cors-headers"))
    }
}

#[derive(Debug)]
struct Settings {
    /// Scheme and network location of each listed origin, and the text itself.
    origins: Vec<(String, String, String)>,
    regexes: Vec<Option<Regex>>,
    any: bool,
    credentials: bool,
    headers: Vec<String>,
    methods: Vec<String>,
    expose: Vec<String>,
    /// `None`: 0, which sends none.
    max_age: Option<String>,
    private_network: bool,
    outline: Outline,
}

impl Settings {
    fn read(root: &Node) -> Self {
        let mut members = Members::of(Some(root), Booleans::Yaml12);
        let mut on = |keys: &[&str]| keys.iter().any(|key| members.boolean(key).unwrap_or(false));
        let any = on(&["CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"]);
        let credentials = on(&["CORS_ALLOW_CREDENTIALS"]);
        let private_network = on(&["CORS_ALLOW_PRIVATE_NETWORK"]);
        let seconds = members.text("CORS_PREFLIGHT_MAX_AGE").map_or_else(|| "86400".to_owned(), |(seconds, _)| seconds);
        let mut findings = members.findings;
        let mut texts = |keys: &[&str]| keys.iter().find_map(|key| list(root.get(key), &mut findings));
        let listed = texts(&["CORS_ALLOWED_ORIGINS", "CORS_ORIGIN_WHITELIST"]).unwrap_or_default();
        let expressions = texts(&["CORS_ALLOWED_ORIGIN_REGEXES", "CORS_ORIGIN_REGEX_WHITELIST"]).unwrap_or_default();
        let or = |names: Option<Vec<_>>, default: &[&str]| {
            names.map_or_else(|| default.iter().map(|&name| name.to_owned()).collect(), |names| plain(&names))
        };
        let headers = or(texts(&["CORS_ALLOW_HEADERS"]), &HEADERS);
        let methods = or(texts(&["CORS_ALLOW_METHODS"]), &METHODS);
        let expose = or(texts(&["CORS_EXPOSE_HEADERS"]), &[]);
        let mut entries: Vec<Entry> = listed.iter().map(|(origin, place)| text_entry(origin, place)).collect();
        let reading = Expression::DJANGO_CORS_HEADERS;
        entries.extend(expressions.iter().map(|(text, place)| expression_entry(text, place, reading)));
        if any {
            entries.push(Entry::any("*", &root.place));
        }
        let draft = Draft {
            methods: names(&methods),
            headers: names(&headers),
            expose: names(&expose),
            private_network,
            ..draft(entries, credentials, Some(seconds.as_str()).filter(|seconds| *seconds != "0"))
        };
        let split = |origin: &String| {
            let (scheme, netloc) = split_origin(origin);
            (scheme, netloc, origin.clone())
        };
        Self {
            origins: plain(&listed).iter().map(split).collect(),
            regexes: expressions.iter().map(|(text, _)| compiled(text, r"\A", "", false)).collect(),
            any,
            credentials,
            headers,
            methods,
            expose,
            max_age: Some(seconds).filter(|seconds| seconds != "0"),
            private_network,
            outline: outline(root, ("django-cors-headers", &KNOWN), draft, findings),
        }
    }

    fn allows(&self, origin: &str) -> bool {
        self.any
            || self.origins.iter().any(|listed| is_listed(listed, origin))
            || self.regexes.iter().any(|regex| matches(regex.as_ref(), origin))
    }
}

/// Whether an origin has the scheme and the network location of a listed one. `null` has neither.
fn is_listed((scheme, netloc, text): &(String, String, String), origin: &str) -> bool {
    if origin == "null" {
        return text == "null";
    }
    split_origin(origin) == (scheme.clone(), netloc.clone())
}

/// Scheme and network location, as Python's `urlsplit` gives them: the scheme in lower case.
fn split_origin(text: &str) -> (String, String) {
    let (scheme, rest) = text.split_once("://").unwrap_or(("", ""));
    let netloc = rest.split(['/', '?', '#']).next().unwrap_or_default();
    (scheme.to_ascii_lowercase(), netloc.to_owned())
}

impl Responder for Settings {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        let is_options = request.method == b"OPTIONS";
        // Origin is not needed for that.
        let is_preflight = is_options && request.first(ACRM).is_some();
        let mut sent = if is_preflight { Sent::by_product(200) } else { Sent::by_upstream(upstream) };
        vary(&mut sent, "origin");
        let Some(origin) = request.first("origin").filter(|origin| !origin.is_empty()) else { return sent };
        let origin = String::from_utf8_lossy(origin).into_owned();
        if !self.allows(&origin) {
            return sent;
        }
        sent.set(ACAO, if self.any && !self.credentials { "*" } else { &origin });
        if self.credentials {
            sent.set(ACAC, "true");
        }
        if !self.expose.is_empty() {
            sent.set(ACEH, self.expose.join(", "));
        }
        if is_options {
            sent.set(ACAH, self.headers.join(", "));
            sent.set(ACAM, self.methods.join(", "));
            if let Some(seconds) = &self.max_age {
                sent.set(ACMA, seconds);
            }
            if self.private_network && request.first("Access-Control-Request-Private-Network") == Some(b"true") {
                sent.set("Access-Control-Allow-Private-Network", "true");
            }
        }
        sent
    }
}

impl Configuration for Settings {
    fn outline(&self) -> &Outline {
        &self.outline
    }

    fn is_let_in_by(&self, entry: usize, origin: &str) -> Option<bool> {
        // The expressions come after the list.
        let regex = entry.checked_sub(self.origins.len()).and_then(|at| self.regexes.get(at));
        match (self.origins.get(entry), regex) {
            (Some(listed), _) => Some(is_listed(listed, origin)),
            (None, Some(regex)) => Some(matches(regex.as_ref(), origin)),
            (None, None) => None,
        }
    }
}
