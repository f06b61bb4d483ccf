//! flask-cors, by the keyword arguments of `CORS` or the `CORS_` settings of the application.

use corsac_regexes::Reading as Expression;
use fancy_regex::Regex;

use super::options::{
    compiled, draft, expression_entry, list, matches, names, not_written, text_entry, unknown_option,
};
use crate::browse::Responder;
use crate::dialect::{Configuration, Dialect, Export, Outline, Reading};
use crate::document::{Booleans, Document, Node};
use crate::draft::{Draft, Entry, Names};
use crate::members::{Members, Placed, plain};
use crate::message::{ACAC, ACAH, ACAM, ACAO, ACEH, ACMA, ACRH, ACRM, Received, Sent, Upstream};
use crate::promise::Promise;

/// The dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flask;

/// Sorted, as they are sent.
const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
/// The keyword arguments. A setting is `CORS_` and the same in upper case.
const KNOWN: [&str; 12] = [
    "origins",
    "methods",
    "allow_headers",
    "expose_headers",
    "supports_credentials",
    "max_age",
    "send_wildcard",
    "vary_header",
    "automatic_options",
    "always_send",
    "allow_private_network",
    "intercept_exceptions",
];

impl Dialect for Flask {
    fn name(&self) -> &'static str {
        "flask-cors"
    }

    fn about(&self) -> &'static str {
        "the keyword arguments of flask-cors, or its CORS_ settings, as JSON or YAML"
    }

    fn read(&self, document: &Document, how: &Reading) -> Vec<Box<dyn Configuration>> {
        let root = &document.root;
        let own = ["supports_credentials", "send_wildcard", "CORS_ORIGINS", "CORS_SUPPORTS_CREDENTIALS"];
        if !root.is_map() || !(how.is_named || own.iter().any(|key| root.get(key).is_some())) {
            return Vec::new();
        }
        vec![Box::new(Extension::read(root))]
    }

    fn write(&self, _policy: &Promise) -> Result<Export, Vec<String>> {
        Err(not_written("flask-cors"))
    }
}

/// A text, or an expression: any text with one of `*\]?$^[()`.
#[derive(Debug)]
struct Pattern {
    text: String,
    /// Anchored at its start only, in any case. `None`: it is a text, or not an expression after all.
    regex: Option<Regex>,
    is_expression: bool,
}

impl Pattern {
    fn of(text: &str) -> Self {
        let is_expression = text.contains(['*', '\\', ']', '?', '$', '^', '[', '(', ')']);
        let text = if text == "*" { ".*" } else { text };
        let regex = if is_expression { compiled(text, r"\A", "", true) } else { None };
        Self { text: text.to_owned(), regex, is_expression }
    }

    fn matches(&self, value: &str) -> bool {
        if self.is_expression {
            matches(self.regex.as_ref(), value)
        } else {
            self.text.to_lowercase() == value.to_lowercase()
        }
    }
}

#[derive(Debug)]
struct Extension {
    origins: Vec<Pattern>,
    methods: Vec<String>,
    headers: Vec<Pattern>,
    expose: Vec<String>,
    credentials: bool,
    max_age: Option<String>,
    send_wildcard: bool,
    varies: bool,
    always_sends: bool,
    private_network: bool,
    outline: Outline,
}

impl Extension {
    fn read(root: &Node) -> Self {
        let setting = |key: &str| format!("CORS_{}", key.to_uppercase());
        let key = |key: &str| if root.get(key).is_some() { key.to_owned() } else { setting(key) };
        let mut members = Members::of(Some(root), Booleans::Yaml12);
        let mut on = |name: &str, default: bool| members.boolean(&key(name)).unwrap_or(default);
        let credentials = on("supports_credentials", false);
        let send_wildcard = on("send_wildcard", false);
        let varies = on("vary_header", true);
        let always_sends = on("always_send", true);
        let private_network = on("allow_private_network", false);
        let max_age = members.text(&key("max_age")).map(|(seconds, _)| seconds).filter(|seconds| seconds != "0");
        let mut findings = members.findings;
        let mut texts = |name: &str| list(root.get(&key(name)), &mut findings);
        let any = || vec![("*".to_owned(), root.place.clone())];
        // One text is one entry, with or without commas.
        let one = |name: &str| {
            let node = root.get(&key(name))?;
            node.text().map(|text| vec![(text.to_owned(), node.place.clone())])
        };
        let listed = one("origins").or_else(|| texts("origins")).unwrap_or_else(any);
        let headers = one("allow_headers").or_else(|| texts("allow_headers")).unwrap_or_else(any);
        let mut methods = texts("methods").map_or_else(|| METHODS.map(str::to_owned).into(), |methods| plain(&methods));
        let mut expose = plain(&texts("expose_headers").unwrap_or_default());
        for (found, _) in root.entries() {
            if !KNOWN.iter().any(|known| found.text == *known || found.text == setting(known)) {
                findings.push(unknown_option("flask-cors", &found.text, &found.place));
            }
        }
        // Lists are sorted before they are joined.
        methods.sort();
        methods.iter_mut().for_each(|method| method.make_ascii_uppercase());
        expose.sort();
        let origins: Vec<Pattern> = listed.iter().map(|(text, _)| Pattern::of(text)).collect();
        let header_names = plain(&headers);
        let has_pattern = header_names.iter().any(|name| Pattern::of(name).is_expression);
        let draft = Draft {
            methods: names(&methods),
            headers: if has_pattern { Names::Any } else { Names::Listed(header_names) },
            expose: names(&expose),
            private_network: false,
            ..draft(listed.iter().zip(&origins).map(entry).collect(), credentials, max_age.as_deref())
        };
        let headers = headers.iter().map(|(text, _)| Pattern::of(text)).collect();
        let outline = Outline { label: String::new(), place: root.place.clone(), draft, findings };
        Self {
            origins,
            methods,
            headers,
            expose,
            credentials,
            max_age,
            send_wildcard,
            varies,
            always_sends,
            private_network,
            outline,
        }
    }

    fn has_any(&self) -> bool {
        self.origins.iter().any(|origin| origin.text == ".*")
    }

    /// The values of `Access-Control-Allow-Origin`.
    fn allowed(&self, origin: Option<&str>) -> Vec<String> {
        match origin.filter(|origin| !origin.is_empty()) {
            Some(_) if self.has_any() && self.send_wildcard => vec!["*".to_owned()],
            Some(origin) if self.origins.iter().any(|listed| listed.matches(origin)) => vec![origin.to_owned()],
            Some(_) => Vec::new(),
            None if !self.always_sends => Vec::new(),
            None if self.has_any() && self.credentials => Vec::new(),
            None if self.has_any() => vec!["*".to_owned()],
            None => {
                let texts = self.origins.iter().filter(|origin| !origin.is_expression);
                let mut all: Vec<String> = texts.map(|origin| origin.text.clone()).collect();
                all.sort();
                all
            }
        }
    }
}

fn entry(((written, place), pattern): (&Placed, &Pattern)) -> Entry {
    match pattern.is_expression {
        _ if pattern.text == ".*" => Entry::any(written, place),
        true => expression_entry(written, place, Expression::FLASK_CORS),
        false => text_entry(written, place),
    }
}

impl Responder for Extension {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        let is_options = request.method == b"OPTIONS";
        // Flask's own route responds to OPTIONS.
        let mut sent = if is_options { Sent::by_product(200) } else { Sent::by_upstream(upstream) };
        // A response that has the header already is left alone.
        if sent.all(ACAO).next().is_some_and(|value| !value.is_empty()) {
            return sent;
        }
        let origin = request.first("origin").map(|origin| String::from_utf8_lossy(origin).into_owned());
        let allowed = self.allowed(origin.as_deref());
        let Some(first) = allowed.first() else { return sent };
        // Where there are several, only the first is sent.
        sent.add(ACAO, first);
        if !self.expose.is_empty() {
            sent.add(ACEH, self.expose.join(", "));
        }
        if self.credentials {
            sent.add(ACAC, "true");
        }
        if request.first("Access-Control-Request-Private-Network") == Some(b"true") {
            sent.add("Access-Control-Allow-Private-Network", if self.private_network { "true" } else { "false" });
        }
        if is_options {
            let method =
                request.first(ACRM).map(|method| String::from_utf8_lossy(method).to_uppercase()).unwrap_or_default();
            // The joined text is searched, so `GE` is found in it, too.
            if !method.is_empty() && self.methods.join(", ").contains(&method) {
                if let Some(requested) = request.first(ACRH).filter(|requested| !requested.is_empty()) {
                    let requested = String::from_utf8_lossy(requested).into_owned();
                    let is_listed = |name: &&str| self.headers.iter().any(|listed| listed.matches(name));
                    let mut matching: Vec<&str> = requested.split(',').map(str::trim).filter(is_listed).collect();
                    matching.sort_unstable();
                    if !matching.is_empty() {
                        sent.add(ACAH, matching.join(", "));
                    }
                }
                if let Some(seconds) = &self.max_age {
                    sent.add(ACMA, seconds);
                }
                sent.add(ACAM, self.methods.join(", "));
            }
        }
        let is_several =
            self.origins.len() > 1 || allowed.len() > 1 || self.origins.iter().any(|origin| origin.is_expression);
        if self.varies && first != "*" && is_several {
            sent.add("Vary", "Origin");
        }
        sent
    }
}

impl Configuration for Extension {
    fn outline(&self) -> &Outline {
        &self.outline
    }

    fn is_let_in_by(&self, entry: usize, origin: &str) -> Option<bool> {
        self.origins.get(entry).map(|listed| listed.matches(origin))
    }

    fn refused(&self) -> Option<String> {
        (self.has_any() && self.credentials && self.send_wildcard)
            .then(|| "flask-cors refuses it: supports_credentials and send_wildcard with the origin `*`".to_owned())
    }
}
