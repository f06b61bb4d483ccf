//! Caddy: one `route`, which keeps the order as written: outside it, basic_auth would come before respond.

use super::fit::Fit;
use super::quote::caddy;
use super::recipe::{Layer, Recipe};
use super::sign::Sign;
use super::snippet::Snippet;

pub(super) const CADDY: Recipe = Recipe {
    place: "Put this into the site block, around what is already there",
    signs: &[Sign::Starts("server", "caddy"), Sign::Has("via", "caddy")],
    code: &["caddyfile", "reverse_proxy "],
    ..Recipe::new("caddy", "Caddy 2", Layer::Proxy, snippet)
};

fn snippet(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("route {");
    lines.line("\theader {");
    lines.line(format_args!("\t\tAccess-Control-Allow-Origin {}", caddy(&fit.origin)));
    lines.line_if(fit.credentials, "\t\tAccess-Control-Allow-Credentials true");
    lines.line_if(
        !fit.exposed.is_empty(),
        format_args!("\t\tAccess-Control-Expose-Headers {}", caddy(&fit.exposed.join(", "))),
    );
    lines.line("\t\t+Vary Origin");
    lines.line("\t}");
    if fit.preflight {
        lines.line("");
        lines.line("\t@preflight {");
        lines.line("\t\tmethod OPTIONS");
        lines.line("\t\theader Access-Control-Request-Method *");
        lines.line("\t}");
        lines.line(format_args!("\theader @preflight Access-Control-Allow-Methods {}", caddy(&fit.method)));
        lines.line_if(
            !fit.headers.is_empty(),
            format_args!("\theader @preflight Access-Control-Allow-Headers {}", caddy(&fit.headers.join(", "))),
        );
        lines.line("\trespond @preflight 204");
    }
    lines.line("");
    lines.line("\t# Here, below: basic_auth, file_server, reverse_proxy with header_down -Access-Control-*");
    lines.line("}");
    lines.into_text()
}
