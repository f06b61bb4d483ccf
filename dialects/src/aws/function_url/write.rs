//! Writes a policy as the `Cors` of a function URL in a template of CloudFormation.

use super::super::template::{heading, push_lists};
use super::lint::{ENTRIES_MAX, METHODS};
use crate::dialect::Export;
use crate::origin::is_sendable;
use crate::promise::Promise;

pub(super) fn write(policy: &Promise) -> Result<Export, Vec<String>> {
    let mut refused = Vec::new();
    let mut losses = Vec::new();
    for pattern in policy.origins.iter().filter(|pattern| *pattern != "*") {
        if !is_sendable(pattern) || pattern == "null" {
            refused.push(format!("{pattern}: a function URL takes whole origins and `*`"));
        }
    }
    let has_star = |list: &[String]| list.iter().any(|name| name == "*");
    if policy.credentials && (policy.is_any_origin() || has_star(&policy.headers) || has_star(&policy.methods)) {
        refused.push("`*` with credentials: list the origins, the methods and the headers".to_owned());
    }
    if policy.headers.iter().any(|name| name.ends_with("-*")) {
        refused.push("a prefix of header names: list the names".to_owned());
    }
    if policy.external_origins {
        refused.push("external_origins: a function URL has no origin check of your own".to_owned());
    }
    if [&policy.origins, &policy.headers, &policy.expose].iter().any(|list| list.len() > ENTRIES_MAX) {
        refused.push(format!("more than {ENTRIES_MAX} entries in a list"));
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    let (methods, others): (Vec<String>, Vec<String>) =
        policy.methods.iter().cloned().partition(|method| METHODS.contains(&method.as_str()));
    for method in others {
        losses.push(format!("The method {method} is left out: a function URL takes only {}.", METHODS.join(", ")));
    }
    losses
        .push("A function that sends CORS headers of its own makes two of them, and browsers refuse both.".to_owned());
    losses.push("Whether `Vary: Origin` is sent, and the status of preflights, are not documented.".to_owned());
    losses.push("Safelisted methods (GET, HEAD, POST) always pass: the URL checks no method.".to_owned());
    if policy.timing {
        losses.push("Timing-Allow-Origin is not sent.".to_owned());
    }
    let mut text = heading("the function URL", &losses);
    text.push_str("Resources:\n  Url:\n    Type: AWS::Lambda::Url\n    Properties:\n");
    text.push_str("      AuthType: NONE\n      TargetFunctionArn: function\n      Cors:\n");
    push_lists(&mut text, policy, &methods);
    Ok(Export { text, losses })
}
