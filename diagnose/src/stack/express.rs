//! Express: the package `cors`. With a list of origins it sends one of them back, and always `Vary: Origin`.

use super::fit::Fit;
use super::quote::javascript;
use super::snippet::{Snippet, literals};

pub(super) fn snippet(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("import cors from \"cors\"; // or: const cors = require(\"cors\");");
    lines.line("");
    lines.line("// Before authentication and routes: a preflight carries no credentials.");
    lines.line("app.use(cors({");
    lines.line(format_args!("  origin: [{}],", javascript(&fit.origin)));
    if fit.preflight {
        lines.line(format_args!("  methods: [{}],", javascript(&fit.method)));
        lines.line(format_args!("  allowedHeaders: [{}],", literals(&fit.headers, javascript)));
    }
    lines.line_if(!fit.exposed.is_empty(), format_args!("  exposedHeaders: [{}],", literals(&fit.exposed, javascript)));
    lines.line_if(fit.credentials, "  credentials: true,");
    lines.line("}));");
    lines.into_text()
}
