//! Amazon: the CORS configuration of an HTTP API, and a response headers policy of CloudFront.

use super::fit::Fit;
use super::quote::json;
use super::snippet::{Snippet, literals};

pub(super) fn api_gateway(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("{");
    lines.line(format_args!("  \"AllowOrigins\": [{}],", json(&fit.origin)));
    if fit.preflight {
        lines.line(format_args!("  \"AllowMethods\": [{}],", json(&fit.method)));
        lines.line(format_args!("  \"AllowHeaders\": [{}],", literals(&fit.headers, json)));
    }
    lines.line_if(!fit.exposed.is_empty(), format_args!("  \"ExposeHeaders\": [{}],", literals(&fit.exposed, json)));
    lines.line(format_args!("  \"AllowCredentials\": {}", fit.credentials));
    lines.line("}");
    lines.into_text()
}

pub(super) fn cloudfront(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("{");
    lines.line("  \"Name\": \"cors\",");
    lines.line("  \"CorsConfig\": {");
    items(&mut lines, "AccessControlAllowOrigins", std::slice::from_ref(&fit.origin));
    items(&mut lines, "AccessControlAllowMethods", std::slice::from_ref(&fit.method));
    items(&mut lines, "AccessControlAllowHeaders", &fit.headers_or_accept());
    if !fit.exposed.is_empty() {
        items(&mut lines, "AccessControlExposeHeaders", &fit.exposed);
    }
    lines.line(format_args!("    \"AccessControlAllowCredentials\": {},", fit.credentials));
    lines.line("    \"OriginOverride\": true");
    lines.line("  },");
    lines.line("  \"CustomHeadersConfig\": {");
    lines.line("    \"Quantity\": 1,");
    lines.line("    \"Items\": [{ \"Header\": \"Vary\", \"Value\": \"Origin\", \"Override\": false }]");
    lines.line("  }");
    lines.line("}");
    lines.into_text()
}

fn items(lines: &mut Snippet, name: &str, values: &[String]) {
    lines.line(format_args!(
        "    \"{name}\": {{ \"Quantity\": {}, \"Items\": [{}] }},",
        values.len(),
        literals(values, json)
    ));
}
