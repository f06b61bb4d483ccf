//! Writes a policy as a `map` and `add_header`, for nginx without a module.

use crate::dialect::Export;
use crate::origin::{Origin, is_sendable};
use crate::origin_regex::expression_for;
use crate::promise::Promise;

pub(super) fn write(policy: &Promise) -> Result<Export, Vec<String>> {
    let mut refused = Vec::new();
    let entries: Vec<String> = policy.origins.iter().filter_map(|pattern| entry(pattern, &mut refused)).collect();
    if policy.is_any_origin() && policy.credentials {
        refused.push("any origin with credentials".to_owned());
    }
    if policy.external_origins {
        refused.push("external_origins: nginx has no origin check of your own".to_owned());
    }
    if policy.headers.iter().any(|name| name.ends_with("-*")) {
        refused.push("a prefix of header names: list the names".to_owned());
    }
    let has_star = |list: &[String]| list.iter().any(|name| name == "*");
    if policy.credentials && (has_star(&policy.methods) || has_star(&policy.headers)) {
        refused.push("any method or any header with credentials: `*` is only a name there, so list them".to_owned());
    }
    let names = policy.methods.iter().chain(&policy.headers).chain(&policy.expose);
    if names.clone().any(|name| name.contains(['$', '\'', '"', '\\'])) {
        refused.push("a name with `$` or a quote: nginx takes it for a variable".to_owned());
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    let losses = vec![
        "A preflight that is not allowed gets status 204 with the lists, and without Access-Control-Allow-Origin."
            .to_owned(),
        "Methods and headers are not checked: browsers do that. Safelisted methods (GET, HEAD, POST) always pass."
            .to_owned(),
        "An add_header in a lower block, or in an if, drops all of these. Keep them in one place.".to_owned(),
        "Errors that error_page sends to another location have the headers of that location.".to_owned(),
    ];
    Ok(Export { text: text(policy, &entries, &losses), losses })
}

/// The line of the map for a pattern.
fn entry(pattern: &str, refused: &mut Vec<String>) -> Option<String> {
    let host = Origin::parse(pattern).map(|origin| origin.host).unwrap_or_default();
    if pattern == "*" {
        return None;
    }
    if is_sendable(pattern) && pattern != "null" {
        return Some(format!("    \"{pattern}\" $http_origin;\n"));
    }
    if host.is_empty() || host == "*" || host.contains(['/', '[']) {
        refused.push(format!("{pattern}: a recipe is written for whole origins, subdomains, globs and any port only"));
        return None;
    }
    expression_for(pattern).map(|expression| format!("    \"~^{expression}$\" $http_origin;\n"))
}

fn text(policy: &Promise, entries: &[String], losses: &[String]) -> String {
    let mut text = String::from("# Written by corsac export. What nginx does otherwise:\n");
    for loss in losses {
        text.push_str(&format!("# - {loss}\n"));
    }
    let is_any = policy.is_any_origin();
    if !is_any {
        text.push_str("\n# In http { }.\nmap $http_origin $cors_origin {\n    default \"\";\n");
        entries.iter().for_each(|entry| text.push_str(entry));
        text.push_str("}\n");
        if policy.credentials {
            text.push_str("map $cors_origin $cors_credentials {\n    default true;\n    \"\" \"\";\n}\n");
        }
    }
    text.push_str(
        "\n# In the location.\nset $cors_preflight \"$request_method $http_access_control_request_method\";\n",
    );
    text.push_str("if ($cors_preflight ~ \"^OPTIONS .\") {\n");
    push_shared(&mut text, policy, is_any, "    ");
    let mut lists = vec![("Methods", policy.methods.join(", ")), ("Headers", policy.headers.join(", "))];
    lists.retain(|(_, value)| !value.is_empty());
    for (name, value) in lists {
        text.push_str(&format!("    add_header Access-Control-Allow-{name} \"{value}\" always;\n"));
    }
    if let Some(seconds) = policy.max_age {
        text.push_str(&format!("    add_header Access-Control-Max-Age {seconds} always;\n"));
    }
    text.push_str("    return 204;\n}\n");
    push_shared(&mut text, policy, is_any, "");
    if !policy.expose.is_empty() {
        text.push_str(&format!("add_header Access-Control-Expose-Headers \"{}\" always;\n", policy.expose.join(", ")));
    }
    text.push_str("# Otherwise, what the upstream sends would be in the response twice.\n");
    for name in ["Origin", "Credentials", "Methods", "Headers"] {
        text.push_str(&format!("proxy_hide_header Access-Control-Allow-{name};\n"));
    }
    text.push_str("proxy_hide_header Access-Control-Expose-Headers;\nproxy_hide_header Access-Control-Max-Age;\n");
    text
}

fn push_shared(text: &mut String, policy: &Promise, is_any: bool, indent: &str) {
    if is_any {
        text.push_str(&format!("{indent}add_header Access-Control-Allow-Origin \"*\" always;\n"));
        return;
    }
    // nginx leaves a header with an empty value out.
    text.push_str(&format!("{indent}add_header Access-Control-Allow-Origin $cors_origin always;\n"));
    if policy.credentials {
        text.push_str(&format!("{indent}add_header Access-Control-Allow-Credentials $cors_credentials always;\n"));
    }
    text.push_str(&format!("{indent}add_header Vary Origin always;\n"));
}
