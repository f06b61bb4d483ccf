//! HAProxy, from 2.2 on: headers on every response (`http-after-response`), its own responses too, and a response to the preflight
//! before authentication.

use super::fit::Fit;
use super::quote::{haproxy, haproxy_format};
use super::recipe::{Layer, Recipe};
use super::snippet::Snippet;

pub(super) const HAPROXY: Recipe = Recipe {
    place: "Add this to the frontend, before http-request auth and http-request deny",
    code: &["http-response set-header access-control-", "http-request return status"],
    ..Recipe::new("haproxy", "HAProxy 2.2 or later", Layer::Proxy, snippet)
};

/// `fhdr` is the whole value: `hdr` would split it at commas.
fn snippet(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line(format_args!("acl cors_origin req.fhdr(Origin) -m str {}", haproxy(&fit.origin)));
    lines.line("http-request set-var(txn.cors) req.fhdr(Origin) if cors_origin");
    if fit.preflight {
        lines.line("acl is_preflight method OPTIONS");
        lines.line("acl asks_method req.fhdr(Access-Control-Request-Method) -m found");
        lines.line("http-request set-var(txn.preflight) bool(true) if is_preflight asks_method cors_origin");
        lines.line("http-request return status 204 if is_preflight asks_method");
    }
    lines.line("# Otherwise, what the server sends would stay for other origins.");
    for name in ["Origin", "Credentials"] {
        lines.line(format_args!("http-after-response del-header Access-Control-Allow-{name}"));
    }
    lines.line("http-after-response del-header Access-Control-Expose-Headers");
    let mut set = |name: &str, value: &str, variable: &str| {
        lines.line(format_args!("http-after-response set-header {name} {value} if {{ var(txn.{variable}) -m found }}"));
    };
    set("Access-Control-Allow-Origin", "%[var(txn.cors)]", "cors");
    if fit.credentials {
        set("Access-Control-Allow-Credentials", "true", "cors");
    }
    if !fit.exposed.is_empty() {
        set("Access-Control-Expose-Headers", &haproxy_format(&fit.exposed.join(", ")), "cors");
    }
    if fit.preflight {
        set("Access-Control-Allow-Methods", &haproxy_format(&fit.method), "preflight");
        if !fit.headers.is_empty() {
            set("Access-Control-Allow-Headers", &haproxy_format(&fit.headers.join(", ")), "preflight");
        }
    }
    lines.line("http-after-response add-header Vary Origin");
    lines.into_text()
}
