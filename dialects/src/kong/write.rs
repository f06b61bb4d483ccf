//! Writes a policy as a declarative file of Kong.

use super::entries::is_plain;
use super::read::METHODS;
use crate::dialect::Export;
use crate::origin::Origin;
use crate::origin_regex::expression_for;
use crate::promise::Promise;

/// An origin that no page has. With two entries, Kong compares.
const NOWHERE: &str = "https://nowhere.invalid";

pub(super) fn write(policy: &Promise) -> Result<Export, Vec<String>> {
    let mut refused = Vec::new();
    let mut losses = Vec::new();
    let origins = origins(policy, &mut refused);
    for method in &policy.methods {
        if method == "*" {
            losses.push(
                "Any method becomes Kong's nine: GET, HEAD, PUT, PATCH, POST, DELETE, OPTIONS, TRACE, CONNECT."
                    .to_owned(),
            );
        } else if !METHODS.contains(&method.as_str()) {
            losses.push(format!("The method {method} is left out: Kong's plugin takes only {}.", METHODS.join(", ")));
        }
    }
    if policy.headers.iter().any(|name| name.ends_with("-*")) {
        refused.push("a prefix of header names: list the names".to_owned());
    }
    if policy.external_origins {
        refused.push("external_origins: Kong has no origin check of your own".to_owned());
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    if policy.headers.is_empty() {
        losses.push(
            "An empty list of headers means any header to Kong, so a safelisted one is written: accept.".to_owned(),
        );
    }
    if policy.preflight_status != 200 {
        losses.push(format!("Preflights get status 200, not {}.", policy.preflight_status));
    }
    if !policy.is_any_origin() {
        losses.push("A denied preflight gets status 200 without Access-Control-Allow-Origin, not 403.".to_owned());
    }
    if policy.timing {
        losses.push("Timing-Allow-Origin is not sent.".to_owned());
    }
    losses.push("Safelisted methods (GET, HEAD, POST) always pass: Kong checks no method.".to_owned());
    Ok(Export { text: text(policy, &origins, &losses), losses })
}

/// The entries. Kong compares only where there are two, or where one is an expression.
fn origins(policy: &Promise, refused: &mut Vec<String>) -> Vec<String> {
    if policy.is_any_origin() {
        if policy.credentials {
            refused.push("any origin with credentials".to_owned());
        }
        return vec!["*".to_owned()];
    }
    let mut entries = Vec::new();
    for pattern in &policy.origins {
        let host = Origin::parse(pattern).map(|origin| origin.host);
        if host.is_some_and(|host| host.starts_with('[')) {
            refused.push(format!("{pattern}: Kong drops the brackets of IPv6 addresses, so no origin matches"));
        } else if host.is_some_and(|host| host.contains('/')) {
            refused.push(format!("{pattern}: Kong has no address ranges"));
        } else if host.is_some_and(|host| host == "*") {
            refused.push(format!("{pattern}: any host of a scheme is not written for Kong"));
        } else if host.is_some_and(|host| host.is_empty()) {
            refused.push(format!("{pattern}: an origin without a host is not written for Kong"));
        } else if is_plain(pattern) {
            entries.push(pattern.clone());
        } else {
            entries.extend(expression_for(pattern));
        }
    }
    if matches!(entries.as_slice(), [one] if is_plain(one)) {
        entries.push(NOWHERE.to_owned());
    }
    entries
}

fn text(policy: &Promise, origins: &[String], losses: &[String]) -> String {
    let mut text = String::from("# Written by corsac export. What Kong does otherwise:\n");
    for loss in losses {
        text.push_str(&format!("# - {loss}\n"));
    }
    text.push_str("_format_version: \"3.0\"\nplugins:\n- name: cors\n  config:\n");
    push_list(&mut text, "origins", origins);
    let methods: Vec<String> = if policy.methods.iter().any(|method| method == "*") {
        METHODS.map(str::to_owned).into()
    } else {
        let safelisted = ["GET", "HEAD", "POST"].map(str::to_owned);
        let known = policy.methods.iter().filter(|method| METHODS.contains(&method.as_str())).cloned();
        let mut all: Vec<String> = Vec::new();
        for method in known.chain(safelisted) {
            if !all.contains(&method) {
                all.push(method);
            }
        }
        all
    };
    push_list(&mut text, "methods", &methods);
    if policy.headers.is_empty() {
        push_list(&mut text, "headers", &["accept".to_owned()]);
    } else if !policy.headers.iter().any(|name| name == "*") {
        push_list(&mut text, "headers", &policy.headers);
    }
    if !policy.expose.is_empty() {
        push_list(&mut text, "exposed_headers", &policy.expose);
    }
    text.push_str(&format!("    credentials: {}\n", policy.credentials));
    if let Some(seconds) = policy.max_age {
        text.push_str(&format!("    max_age: {seconds}\n"));
    }
    if policy.private_network {
        text.push_str("    private_network: true\n");
    }
    text
}

fn push_list(text: &mut String, name: &str, items: &[String]) {
    text.push_str(&format!("    {name}:\n"));
    for item in items {
        text.push_str(&format!("    - '{}'\n", item.replace('\'', "''")));
    }
}
