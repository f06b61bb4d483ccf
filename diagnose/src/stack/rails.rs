//! Ruby on Rails: rack-cors as the first middleware. It varies by Origin.

use super::fit::Fit;
use super::quote::ruby;
use super::recipe::{Layer, Recipe};
use super::sign::Sign;
use super::snippet::{Snippet, literals};

pub(super) const RAILS: Recipe = Recipe {
    place: "Put this into config/initializers/cors.rb (bundle add rack-cors)",
    limits: &[(
        Fit::has_lower_case_method,
        "rack-cors sends the method back in upper case, which is another method: send it in upper case",
    )],
    signs: &[Sign::Name("x-runtime"), Sign::Starts("server", "puma"), Sign::Has("x-powered-by", "passenger")],
    code: &["rack::cors", "rack-cors"],
    ..Recipe::new("rails", "Ruby on Rails with rack-cors", Layer::Application, snippet)
};

fn snippet(fit: &Fit) -> String {
    let mut options = vec![format!("methods: [{}]", symbol(&fit.method))];
    if !fit.headers.is_empty() {
        options.push(format!("headers: [{}]", literals(&fit.headers, ruby)));
    }
    if !fit.exposed.is_empty() {
        options.push(format!("expose: [{}]", literals(&fit.exposed, ruby)));
    }
    options.push(format!("credentials: {}", fit.credentials));
    let mut lines = Snippet::default();
    lines.line("# First: before authentication, because a preflight carries no credentials.");
    lines.line("Rails.application.config.middleware.insert_before 0, Rack::Cors do");
    lines.line("  allow do");
    lines.line(format_args!("    origins {}", ruby(&fit.origin)));
    lines.line("    resource \"*\",");
    lines.line(format_args!("      {}", options.join(",\n      ")));
    lines.line("  end");
    lines.line("end");
    lines.into_text()
}

/// The method as rack-cors compares it: in lower case.
fn symbol(method: &str) -> String {
    let method = method.to_ascii_lowercase();
    if method.bytes().all(|b| b.is_ascii_lowercase()) { format!(":{method}") } else { format!(":{}", ruby(&method)) }
}
