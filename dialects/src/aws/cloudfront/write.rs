//! Writes a policy as a response headers policy in a template of CloudFormation.

use super::super::template::heading;
use crate::dialect::Export;
use crate::origin::is_sendable;
use crate::promise::Promise;

/// The methods that CloudFront takes.
const METHODS: [&str; 7] = ["GET", "DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

pub(super) fn write(policy: &Promise) -> Result<Export, Vec<String>> {
    let mut refused = Vec::new();
    let mut losses = Vec::new();
    for pattern in policy.origins.iter().filter(|pattern| *pattern != "*") {
        let is_wildcard = pattern.starts_with("https://*.") && !pattern.ends_with(":*");
        if is_wildcard {
            losses
                .push(format!("{pattern} is one label in CloudFront: deeper subdomains are not allowed for certain."));
        } else if !is_sendable(pattern) || pattern == "null" {
            refused
                .push(format!("{pattern}: CloudFront takes whole origins, `*`, and `*` as the whole leftmost label"));
        }
    }
    if policy.is_any_origin() && policy.credentials {
        refused.push("any origin with credentials".to_owned());
    }
    if policy.credentials && policy.headers.iter().any(|name| name == "*") {
        refused.push("any header with credentials: list the headers".to_owned());
    }
    if policy.headers.iter().any(|name| name.ends_with("-*")) {
        refused.push("a prefix of header names: list the names".to_owned());
    }
    if policy.external_origins {
        refused.push("external_origins: CloudFront has no origin check of your own".to_owned());
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    let methods = methods(policy, &mut losses);
    if policy.headers.is_empty() {
        losses.push("CloudFront needs a list of headers, so a safelisted one is written: accept.".to_owned());
    }
    losses.push(
        "CloudFront responds to no preflight: your origin must respond to OPTIONS with a status from 200 to 299."
            .to_owned(),
    );
    losses.push("`Vary: Origin` may be missing: send it from your origin.".to_owned());
    losses.push("Safelisted methods (GET, HEAD, POST) always pass: CloudFront checks no method.".to_owned());
    let mut text = heading("CloudFront", &losses);
    text.push_str("Resources:\n  Headers:\n    Type: AWS::CloudFront::ResponseHeadersPolicy\n    Properties:\n");
    text.push_str(
        "      ResponseHeadersPolicyConfig:\n        Name: cors\n        CorsConfig:\n          OriginOverride: true\n",
    );
    text.push_str(&format!("          AccessControlAllowCredentials: {}\n", policy.credentials));
    let any = ["*".to_owned()];
    let accept = ["accept".to_owned()];
    push(&mut text, "AccessControlAllowOrigins", if policy.is_any_origin() { &any } else { &policy.origins });
    push(&mut text, "AccessControlAllowMethods", &methods);
    push(&mut text, "AccessControlAllowHeaders", if policy.headers.is_empty() { &accept } else { &policy.headers });
    if !policy.expose.is_empty() {
        push(&mut text, "AccessControlExposeHeaders", &policy.expose);
    }
    if let Some(seconds) = policy.max_age {
        text.push_str(&format!("          AccessControlMaxAgeSec: {seconds}\n"));
    }
    Ok(Export { text, losses })
}

fn methods(policy: &Promise, losses: &mut Vec<String>) -> Vec<String> {
    if policy.methods.iter().any(|method| method == "*") {
        losses.push("Any method becomes CloudFront's seven: GET, DELETE, HEAD, OPTIONS, PATCH, POST, PUT.".to_owned());
        return vec!["ALL".to_owned()];
    }
    let (known, others): (Vec<String>, Vec<String>) =
        policy.methods.iter().cloned().partition(|method| METHODS.contains(&method.as_str()));
    for method in others {
        losses.push(format!("The method {method} is left out: CloudFront takes only {}.", METHODS.join(", ")));
    }
    // The list must not be empty.
    if known.is_empty() { vec!["GET".to_owned()] } else { known }
}

fn push(text: &mut String, name: &str, items: &[String]) {
    text.push_str(&format!("          {name}:\n            Items:\n"));
    for item in items {
        text.push_str(&format!("            - '{}'\n", item.replace('\'', "''")));
    }
}
