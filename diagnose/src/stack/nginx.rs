//! nginx: headers on every response (`always`), the upstream's own removed, and a response to the preflight in the rewrite
//! phase, which comes before authentication.

use super::fit::Fit;
use super::quote::{NGINX_DOLLAR, nginx};
use super::recipe::{Layer, Recipe};
use super::sign::Sign;
use super::snippet::Snippet;

pub(super) const NGINX: Recipe = Recipe {
    place: "Add this to the location that serves the URL",
    signs: &[Sign::Starts("server", "nginx"), Sign::Starts("server", "openresty")],
    code: &["add_header access-control-", "add_header 'access-control-", "add_header \"access-control-"],
    ..Recipe::new("nginx", "nginx", Layer::Proxy, snippet)
};

fn snippet(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    if fit.method.contains('$') || fit.headers.iter().chain(&fit.exposed).any(|name| name.contains('$')) {
        lines.line("# In http { }: nginx has no other way to write a dollar sign.");
        lines.line(NGINX_DOLLAR);
        lines.line("");
        lines.line("# In the location.");
    }
    if fit.preflight {
        lines.line("# Responds to preflights only, before authentication.");
        lines.line("set $preflight \"$request_method $http_access_control_request_method\";");
        lines.line("if ($preflight ~ \"^OPTIONS .\") {");
        shared(&mut lines, fit, "    ");
        lines.line(format_args!("    add_header Access-Control-Allow-Methods {} always;", nginx(&fit.method)));
        lines.line_if(
            !fit.headers.is_empty(),
            format_args!("    add_header Access-Control-Allow-Headers {} always;", nginx(&fit.headers.join(", "))),
        );
        lines.line("    return 204;");
        lines.line("}");
    }
    shared(&mut lines, fit, "");
    lines.line_if(
        !fit.exposed.is_empty(),
        format_args!("add_header Access-Control-Expose-Headers {} always;", nginx(&fit.exposed.join(", "))),
    );
    lines.line("# Otherwise, what the upstream sends would be in the response twice.");
    lines.line("proxy_hide_header Access-Control-Allow-Origin;");
    lines.line("proxy_hide_header Access-Control-Allow-Credentials;");
    lines.line("proxy_hide_header Access-Control-Expose-Headers;");
    lines.into_text()
}

fn shared(lines: &mut Snippet, fit: &Fit, indent: &str) {
    lines.line(format_args!("{indent}add_header Access-Control-Allow-Origin {} always;", nginx(&fit.origin)));
    lines.line_if(fit.credentials, format_args!("{indent}add_header Access-Control-Allow-Credentials true always;"));
    lines.line(format_args!("{indent}add_header Vary Origin always;"));
}
