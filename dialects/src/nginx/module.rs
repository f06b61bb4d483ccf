//! Writes a policy as the directives of Corsac's nginx module. It loses nothing.

use crate::dialect::Export;
use crate::promise::Promise;

pub(super) fn write(policy: &Promise) -> Result<Export, Vec<String>> {
    if policy.external_origins {
        return Err(vec!["external_origins: nginx has no origin check of your own".to_owned()]);
    }
    let mut text = String::from("location / {\n    cors on;\n");
    let mut directive = |name: &str, value: &str| text.push_str(&format!("    cors_{name} {value};\n"));
    for (name, list) in [
        ("allow_origins", &policy.origins),
        ("allow_methods", &policy.methods),
        ("allow_headers", &policy.headers),
        ("expose_headers", &policy.expose),
    ] {
        if !list.is_empty() {
            directive(name, &list.join(" "));
        }
    }
    for (name, is_on) in [
        ("allow_credentials", policy.credentials),
        ("allow_timing", policy.timing),
        ("allow_private_network", policy.private_network),
    ] {
        if is_on {
            directive(name, "on");
        }
    }
    if let Some(seconds) = policy.max_age {
        directive("max_age", &seconds.to_string());
    }
    // The module's own default.
    if policy.preflight_status != 204 {
        directive("preflight_status", &policy.preflight_status.to_string());
    }
    if let Some(status) = policy.denied_preflight_status {
        directive("denied_preflight_status", &status.to_string());
    }
    text.push_str("}\n");
    // The switches are part of what was compiled, and are not in a promise.
    let losses = vec!["Dangerous switches are not written: nginx -t names those that you need.".to_owned()];
    Ok(Export { text, losses })
}
