//! MinIO, which has no rules of buckets: one list of origins for the whole server, in `MINIO_API_CORS_ALLOW_ORIGIN`.

use crate::browse::Responder;
use crate::dialect::{Configuration, Dialect, Export, Outline, Reading};
use crate::document::{Document, Node, Place};
use crate::draft::{Draft, Entry, Names};
use crate::message::{ACAC, ACAH, ACAM, ACAO, ACEH, ACRH, ACRM, Received, Sent, Upstream};
use crate::promise::Promise;

use super::rules;

/// The dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MinIo;

/// The variable of the environment, and its name in `mc admin config`.
const KEYS: [&str; 2] = ["MINIO_API_CORS_ALLOW_ORIGIN", "cors_allow_origin"];
/// The methods that the server takes from a preflight.
const METHODS: [&str; 7] = ["GET", "PUT", "HEAD", "POST", "DELETE", "OPTIONS", "PATCH"];
/// What it exposes, as it writes the names.
const EXPOSED: [&str; 19] = [
    "Date",
    "Etag",
    "Server",
    "Connection",
    "Accept-Ranges",
    "Content-Range",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "Content-Disposition",
    "Last-Modified",
    "Content-Language",
    "Cache-Control",
    "Retry-After",
    "X-Amz-Bucket-Region",
    "Expires",
    "X-Amz*",
    "X-Amz*",
    "*",
];

impl Dialect for MinIo {
    fn name(&self) -> &'static str {
        "minio"
    }

    fn about(&self) -> &'static str {
        "MinIO's MINIO_API_CORS_ALLOW_ORIGIN, in a mapping or in the environment of a compose file"
    }

    fn read(&self, document: &Document, how: &Reading) -> Vec<Box<dyn Configuration>> {
        let mut found = Vec::new();
        add_server(&document.root, "", &mut found);
        for (name, service) in document.root.get("services").into_iter().flat_map(Node::entries) {
            if let Some(environment) = service.get("environment") {
                add_server(environment, &name.text, &mut found);
            }
        }
        // Nothing is written: every origin.
        if found.is_empty() && how.is_named && document.root.is_map() && document.root.entries().next().is_none() {
            found.push(Server::of(String::new(), "*", &document.root.place));
        }
        found.into_iter().map(|server| -> Box<dyn Configuration> { Box::new(server) }).collect()
    }

    fn write(&self, _policy: &Promise) -> Result<Export, Vec<String>> {
        let why = "MinIO allows credentials, its seven methods and every request header for each origin that it lists, which is more than a policy allows";
        Err(vec![why.to_owned()])
    }
}

/// A mapping of variables, or a list of `NAME=value` as in a compose file.
fn add_server(node: &Node, label: &str, found: &mut Vec<Server>) {
    for key in KEYS {
        if let Some((value, text)) = node.get(key).and_then(|value| Some((value, value.text()?))) {
            found.push(Server::of(label.to_owned(), text, &value.place));
        }
    }
    for item in node.items() {
        if let Some(value) = item.text().and_then(|text| text.strip_prefix(KEYS[0])?.strip_prefix('=')) {
            found.push(Server::of(label.to_owned(), value, &item.place));
        }
    }
}

/// One server.
#[derive(Debug)]
struct Server {
    entries: Vec<String>,
    outline: Outline,
}

impl Server {
    fn of(label: String, text: &str, place: &Place) -> Self {
        let written: Vec<&str> = text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).collect();
        // An empty list is the default.
        let entries: Vec<String> = if written.is_empty() {
            vec!["*".to_owned()]
        } else {
            written.iter().map(|&entry| entry.to_owned()).collect()
        };
        let origins: Vec<Entry> = entries.iter().map(|entry| rules::entry(&(entry.clone(), place.clone()))).collect();
        let draft = Draft {
            origins,
            methods: Names::Listed(METHODS.map(str::to_owned).into()),
            headers: Names::Any,
            expose: Names::Any,
            credentials: true,
            notes: vec![
                "Credentials are on, because MinIO always allows them. Turn them off if no page needs them.".to_owned(),
            ],
            ..Draft::default()
        };
        Self { entries, outline: Outline { label, place: place.clone(), draft, findings: Vec::new() } }
    }

    fn allows(&self, origin: &str) -> bool {
        self.entries.iter().any(|entry| is_match(entry, origin))
    }
}

/// Whether a text matches an entry in which each `*` stands for any bytes, or none.
fn is_match(entry: &str, text: &str) -> bool {
    let Some((first, rest)) = entry.split_once('*') else { return entry == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(at) => text = text.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    text.ends_with(last)
}

impl Responder for Server {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        let asked = request.first(ACRM).filter(|method| !method.is_empty());
        let asked = asked.filter(|_| request.method == b"OPTIONS");
        let mut sent = match asked {
            Some(_) => Sent::by_product(204),
            None => Sent::by_upstream(upstream),
        };
        sent.add("Vary", if asked.is_some() { V3 } else { "Origin" });
        let Some(origin) = request.first("origin").filter(|origin| !origin.is_empty()) else { return sent };
        let method = asked.unwrap_or(&request.method);
        if !self.allows(&String::from_utf8_lossy(origin)) || !METHODS.iter().any(|known| known.as_bytes() == method) {
            return sent;
        }
        sent.set(ACAO, origin);
        if asked.is_some() {
            sent.set(ACAM, method);
            if let Some(names) = request.first(ACRH).filter(|names| !names.is_empty()) {
                sent.set(ACAH, names);
            }
        } else {
            sent.set(ACEH, EXPOSED.join(", "));
        }
        sent.set(ACAC, "true");
        sent
    }
}

/// The `Vary` of a preflight.
const V3: &str = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

impl Configuration for Server {
    fn outline(&self) -> &Outline {
        &self.outline
    }

    fn is_let_in_by(&self, entry: usize, origin: &str) -> Option<bool> {
        self.entries.get(entry).map(|entry| is_match(entry, origin))
    }
}

#[cfg(test)]
mod tests {
    use super::is_match;

    #[test]
    fn every_star_is_any_bytes() {
        assert!(is_match("https://*.a.example:*", "https://x.y.a.example:8443"));
        assert!(is_match("*", "null"));
        assert!(is_match("a*b*c", "abc") && !is_match("a*b*c", "acb"));
        assert!(!is_match("aba*ba", "aba"));
    }
}
