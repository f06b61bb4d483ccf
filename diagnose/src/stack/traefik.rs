//! Traefik: its middleware headers, in a dynamic configuration file. It varies by Origin if it is asked to.

use super::fit::Fit;
use super::quote::yaml;
use super::recipe::{Layer, Recipe};
use super::snippet::{Snippet, literals};

pub(super) const TRAEFIK: Recipe = Recipe {
    place: "Add this to the dynamic configuration, and name cors first in the middlewares of the router that serves the URL",
    code: &["accesscontrolalloworiginlist", "accesscontrolallowmethods"],
    ..Recipe::new("traefik", "Traefik 3", Layer::Proxy, snippet)
};

fn snippet(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("http:");
    lines.line("  middlewares:");
    lines.line("    cors:");
    lines.line("      headers:");
    let mut list = |name: &str, values: &[String]| {
        if !values.is_empty() {
            lines.line(format_args!("        accessControl{name}: [{}]", literals(values, yaml)));
        }
    };
    list("AllowOriginList", std::slice::from_ref(&fit.origin));
    if fit.preflight {
        list("AllowMethods", std::slice::from_ref(&fit.method));
        list("AllowHeaders", &fit.headers);
    }
    list("ExposeHeaders", &fit.exposed);
    lines.line_if(fit.credentials, "        accessControlAllowCredentials: true");
    lines.line("        addVaryHeader: true");
    lines.into_text()
}
