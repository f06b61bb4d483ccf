//! Writes a policy as the rules of a bucket.

use super::rules::{METHODS, Variant};
use crate::dialect::Export;
use crate::origin::{Origin, is_sendable};
use crate::promise::Promise;

pub(super) fn write(policy: &Promise, variant: Variant) -> Result<Export, Vec<String>> {
    let mut refused = Vec::new();
    let mut losses = Vec::new();
    let mut origins: Vec<String> = Vec::new();
    for pattern in &policy.origins {
        let host = Origin::parse(pattern).map(|origin| origin.host).unwrap_or_default();
        let without_port = pattern.strip_suffix(":*");
        match without_port {
            _ if pattern == "*" || (is_sendable(pattern) && pattern != "null") => origins.push(pattern.clone()),
            // Only labels can match in what browsers send.
            None if host.starts_with("*.") => origins.push(pattern.clone()),
            Some(scheme) if matches!(pattern.as_str(), "https://*:*" | "http://*:*") => origins.push(scheme.to_owned()),
            Some(one) if is_sendable(one) => origins.extend([one.to_owned(), pattern.clone()]),
            _ => refused.push(format!("{pattern}: a rule takes whole origins and one `*`, which stands for any bytes")),
        }
    }
    if policy.is_any_origin() {
        origins = vec!["*".to_owned()];
    }
    match variant {
        Variant::Amazon if !policy.credentials && !policy.is_any_origin() => {
            refused.push("listed origins without credentials: S3 always allows credentials for them".to_owned());
        }
        Variant::Amazon if policy.credentials && policy.is_any_origin() => {
            refused.push("any origin with credentials".to_owned());
        }
        Variant::R2 if policy.credentials => {
            refused.push("credentials: it is not known whether R2 allows them".to_owned());
        }
        Variant::R2 if origins.iter().any(|origin| origin.ends_with(":*")) => {
            refused.push("any port: R2 refuses such a rule, so list the ports".to_owned());
        }
        Variant::Ceph if policy.credentials => refused.push("credentials: Ceph never allows them".to_owned()),
        _ => {}
    }
    if policy.external_origins {
        refused.push("external_origins: a bucket has no origin check of your own".to_owned());
    }
    if policy.expose.iter().any(|name| name == "*") {
        refused.push("any exposed header: list the names".to_owned());
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    let mut methods: Vec<String> = Vec::new();
    let has_any = policy.methods.iter().any(|method| method == "*");
    for method in policy
        .methods
        .iter()
        .map(String::as_str)
        .chain(["GET", "HEAD", "POST"])
        .chain(has_any.then_some(["PUT", "DELETE"]).into_iter().flatten())
    {
        if METHODS.contains(&method) {
            if !methods.iter().any(|known| known == method) {
                methods.push(method.to_owned());
            }
        } else if method == "*" {
            losses.push(format!("Any method becomes a bucket's five: {}.", METHODS.join(", ")));
        } else {
            losses.push(format!("The method {method} is left out: a rule takes only {}.", METHODS.join(", ")));
        }
    }
    losses.push("Safelisted methods (GET, HEAD, POST) always pass: a rule that leaves them out refuses requests without a preflight, too.".to_owned());
    losses.push(
        "A denied preflight gets status 403 without `Vary`, and responses without Origin have no `Vary`.".to_owned(),
    );
    if policy.timing {
        losses.push("Timing-Allow-Origin is not sent.".to_owned());
    }
    let mut rule = serde_json::Map::new();
    rule.insert("AllowedOrigins".to_owned(), origins.into());
    rule.insert("AllowedMethods".to_owned(), methods.into());
    rule.insert("AllowedHeaders".to_owned(), policy.headers.clone().into());
    rule.insert("ExposeHeaders".to_owned(), policy.expose.clone().into());
    if let Some(seconds) = policy.max_age {
        rule.insert("MaxAgeSeconds".to_owned(), seconds.into());
    }
    let rules = if variant == Variant::R2 { for_r2(rule) } else { serde_json::json!({"CORSRules": [rule]}) };
    // JSON has no comments, so the losses are only reported.
    Ok(Export { text: format!("{rules:#}\n"), losses })
}

/// A rule as wrangler takes it.
fn for_r2(mut rule: serde_json::Map<String, serde_json::Value>) -> serde_json::Value {
    let mut take = |key: &str| rule.remove(key).unwrap_or_default();
    let allowed = serde_json::json!({
        "origins": take("AllowedOrigins"), "methods": take("AllowedMethods"), "headers": take("AllowedHeaders")
    });
    let mut one = serde_json::json!({"allowed": allowed, "exposeHeaders": take("ExposeHeaders")});
    if let (Some(seconds), Some(one)) = (rule.remove("MaxAgeSeconds"), one.as_object_mut()) {
        one.insert("maxAgeSeconds".to_owned(), seconds);
    }
    serde_json::json!({"rules": [one]})
}
