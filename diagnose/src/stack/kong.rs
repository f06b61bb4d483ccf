//! Kong: its plugin cors, which varies by Origin and responds to the preflight before plugins that authenticate.

use super::fit::Fit;
use super::quote::yaml;
use super::recipe::{Layer, Recipe};
use super::sign::Sign;
use super::snippet::{Snippet, literals};

pub(super) const KONG: Recipe = Recipe {
    place: "Add this to the declarative configuration: under the service or the route, or at the top for all",
    limits: &[
        (
            Fit::has_unknown_method,
            "Kong's plugin takes no other methods than those of HTTP itself: let the service respond to the preflight \
             (preflight_continue: true)",
        ),
        (
            Fit::has_ip_literal,
            "Kong's plugin does not match an origin that is an IPv6 address: serve the page under a name",
        ),
    ],
    signs: &[Sign::Has("via", "kong/"), Sign::Starts("server", "kong/"), Sign::Name("x-kong-proxy-latency")],
    code: &["_format_version", "konghq.com/", "preflight_continue"],
    ..Recipe::new("kong", "Kong Gateway", Layer::Proxy, snippet)
};

fn snippet(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("plugins:");
    lines.line("- name: cors");
    lines.line("  config:");
    lines.line(format_args!("    origins: [{}]", origin(fit)));
    if fit.preflight {
        lines.line(format_args!("    methods: [{}]", yaml(&fit.method)));
        lines.line(format_args!("    headers: [{}]", literals(&fit.headers_or_accept(), yaml)));
    }
    lines.line_if(!fit.exposed.is_empty(), format_args!("    exposed_headers: [{}]", literals(&fit.exposed, yaml)));
    lines.line(format_args!("    credentials: {}", fit.credentials));
    lines.line("    preflight_continue: false");
    lines.into_text()
}

/// Kong takes a text with any other byte than these for a regular expression.
fn origin(fit: &Fit) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '/' | '-');
    if fit.origin.chars().all(is_plain) {
        return yaml(&fit.origin);
    }
    let mut pattern = String::from("^");
    for c in fit.origin.chars() {
        if c == '.' || (!is_plain(c) && c != '_') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('$');
    yaml(&pattern)
}
