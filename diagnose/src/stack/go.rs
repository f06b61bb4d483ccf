//! Go: github.com/rs/cors around the outermost handler; it varies by Origin. It judges actual requests by method too,
//! so the safelisted methods are listed with the one needed.

use super::fit::Fit;
use super::quote::go;
use super::recipe::{Layer, Recipe};
use super::snippet::{Snippet, literals};

pub(super) const GO: Recipe = Recipe {
    place: "Put this around the outermost handler (go get github.com/rs/cors)",
    code: &["github.com/rs/cors", "cors.new(cors.", "gin-contrib/cors", "handlers.allowedorigins("],
    ..Recipe::new("go", "Go's net/http with github.com/rs/cors", Layer::Application, snippet)
};

fn snippet(fit: &Fit) -> String {
    let mut options = vec![
        ("AllowedOrigins:", strings(std::slice::from_ref(&fit.origin))),
        ("AllowedMethods:", strings(&fit.with_safelisted_methods())),
    ];
    if !fit.headers.is_empty() {
        options.push(("AllowedHeaders:", strings(&fit.headers)));
    }
    if !fit.exposed.is_empty() {
        options.push(("ExposedHeaders:", strings(&fit.exposed)));
    }
    if fit.credentials {
        options.push(("AllowCredentials:", "true".to_owned()));
    }
    // As gofmt aligns them.
    let width = options.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut lines = Snippet::default();
    lines.line("// Around the whole mux and its authentication: a preflight carries no credentials.");
    lines.line("handler = cors.New(cors.Options{");
    for (name, value) in options {
        lines.line(format_args!("\t{name:width$} {value},"));
    }
    lines.line("}).Handler(handler)");
    lines.into_text()
}

fn strings(values: &[String]) -> String {
    format!("[]string{{{}}}", literals(values, go))
}
