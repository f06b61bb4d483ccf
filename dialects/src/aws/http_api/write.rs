//! Writes a policy as the `CorsConfiguration` of an HTTP API in a template of CloudFormation.

use super::super::template::{heading, push_lists};
use crate::dialect::Export;
use crate::origin::{Origin, is_sendable};
use crate::promise::Promise;

pub(super) fn write(policy: &Promise) -> Result<Export, Vec<String>> {
    let mut refused = Vec::new();
    let mut losses = Vec::new();
    for pattern in &policy.origins {
        let host = Origin::parse(pattern).map(|origin| origin.host);
        let is_range = host.is_some_and(|host| host.contains('/'));
        if pattern == "*" {
            if policy.credentials {
                refused.push("any origin with credentials".to_owned());
            }
        } else if matches!(pattern.as_str(), "https://*:*" | "http://*:*") {
            // The same in AWS, which writes it without the port.
        } else if host == Some("*") {
            refused
                .push(format!("{pattern}: in an HTTP API, any host of a scheme has any port, too: write {pattern}:*"));
        } else if is_range || !is_sendable(pattern) || pattern == "null" {
            refused.push(format!("{pattern}: an HTTP API takes whole origins, `*`, `https://*` and `http://*`"));
        }
    }
    if policy.headers.iter().any(|name| name.ends_with("-*")) {
        refused.push("a prefix of header names: list the names".to_owned());
    }
    if policy.credentials && policy.headers.iter().any(|name| name == "*") {
        refused.push("any header with credentials: `*` is only a name there, so list the headers".to_owned());
    }
    if policy.credentials && policy.methods.iter().any(|name| name == "*") {
        refused.push("any method with credentials: `*` is only a name there, so list the methods".to_owned());
    }
    if policy.external_origins {
        refused.push("external_origins: an HTTP API has no origin check of your own".to_owned());
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    losses.push("The status of preflights is AWS's own: probably 204, allowed or not.".to_owned());
    losses.push("Whether `Vary: Origin` is sent is not documented.".to_owned());
    losses.push("Safelisted methods (GET, HEAD, POST) always pass: API Gateway checks no method.".to_owned());
    losses.push("The headers of your integration are dropped, whatever they are.".to_owned());
    if policy.timing {
        losses.push("Timing-Allow-Origin is not sent.".to_owned());
    }
    if policy.private_network {
        losses.push("Private network access is not allowed.".to_owned());
    }
    Ok(Export { text: text(policy, &losses), losses })
}

fn text(policy: &Promise, losses: &[String]) -> String {
    let mut text = heading("API Gateway", losses);
    text.push_str("Resources:\n  Api:\n    Type: AWS::ApiGatewayV2::Api\n    Properties:\n      Name: api\n      ProtocolType: HTTP\n");
    text.push_str("      CorsConfiguration:\n");
    push_lists(&mut text, policy, &policy.methods);
    text
}
