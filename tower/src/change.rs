//! What a decision changes in a response of the application.

use std::sync::Arc;

use corsac::VaryMerge;
use http::header::VARY;
use http::{HeaderMap, HeaderValue};

use crate::kept::Headers;

/// The headers to write and those to remove. It is made before the application runs, because the
/// application takes the request.
pub(crate) struct Change {
    headers: Arc<Headers>,
    origin: Option<HeaderValue>,
}

impl Change {
    pub(crate) fn new(headers: Arc<Headers>, origin: Option<&HeaderValue>) -> Self {
        let origin = origin.filter(|_| headers.has_origin()).cloned();
        Self { headers, origin }
    }

    /// Writes the headers into a response. The log has the name of each header that the application
    /// wrote with another value.
    pub(crate) fn write(self, response: &mut HeaderMap) {
        if response.is_empty() {
            *response = self.headers.with_origin(self.origin.as_ref());
            return;
        }
        self.remove(response);
        // It fails if the response has tens of thousands of headers. Then it keeps what it has, less
        // the application's CORS headers.
        for (name, value) in self.headers.iter(self.origin.as_ref()) {
            if *name == VARY {
                merge_vary(response, value);
            } else {
                let _ = response.try_append(name.clone(), value.clone());
            }
        }
    }

    fn remove(&self, response: &mut HeaderMap) {
        let replaced = self.headers.replaced;
        while let Some(name) = response.keys().find(|name| replaced.contains(name.as_str().as_bytes())) {
            let name = name.clone();
            let ours = self.headers.iter(self.origin.as_ref()).find(|(other, _)| **other == name);
            if !response.get_all(&name).iter().eq(ours.map(|(_, value)| value)) {
                self.headers.log.replaced(&self.headers.place, &name);
            }
            response.remove(&name);
        }
    }
}

/// Adds the names that the response's own `Vary` lacks.
fn merge_vary(response: &mut HeaderMap, ours: &HeaderValue) {
    if !response.contains_key(VARY) {
        let _ = response.try_append(VARY, ours.clone());
        return;
    }
    let mut merge = VaryMerge::default();
    response.get_all(VARY).iter().for_each(|line| merge.add(line.as_bytes()));
    for line in merge.missing(ours.as_bytes()) {
        if let Ok(line) = HeaderValue::from_bytes(line) {
            let _ = response.try_append(VARY, line);
        }
    }
}
