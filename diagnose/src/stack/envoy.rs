//! Envoy: the cors filter, and the policy of a virtual host or route. The filter leaves Vary alone.

use super::fit::Fit;
use super::quote::yaml;
use super::recipe::{Layer, Recipe};
use super::sign::Sign;
use super::snippet::Snippet;

pub(super) const ENVOY: Recipe = Recipe {
    place: "Add http_filters to the connection manager, and the rest to the virtual host or the route",
    signs: &[Sign::Starts("server", "envoy")],
    code: &["envoy.filters.http.cors", "allow_origin_string_match"],
    ..Recipe::new("envoy", "Envoy, configured by YAML", Layer::Proxy, snippet)
};

fn snippet(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("http_filters:");
    lines.line("# Before jwt_authn, ext_authz and router: a preflight carries no credentials.");
    lines.line("- name: envoy.filters.http.cors");
    lines.line("  typed_config:");
    lines.line("    \"@type\": type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors");
    lines.line("");
    lines.line("typed_per_filter_config:");
    lines.line("  envoy.filters.http.cors:");
    lines.line("    \"@type\": type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy");
    lines.line("    allow_origin_string_match:");
    lines.line(format_args!("    - exact: {}", yaml(&fit.origin)));
    if fit.preflight {
        lines.line(format_args!("    allow_methods: {}", yaml(&fit.method)));
        lines.line_if(!fit.headers.is_empty(), format_args!("    allow_headers: {}", yaml(&fit.headers.join(", "))));
    }
    lines.line_if(!fit.exposed.is_empty(), format_args!("    expose_headers: {}", yaml(&fit.exposed.join(", "))));
    lines.line_if(fit.credentials, "    allow_credentials: true");
    lines.line("response_headers_to_add:");
    lines.line("- header:");
    lines.line("    key: Vary");
    lines.line("    value: Origin");
    lines.into_text()
}
