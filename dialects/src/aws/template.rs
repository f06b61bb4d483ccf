//! Writes the members that HTTP APIs and function URLs share.

use crate::promise::Promise;

/// The comments that begin a file.
pub(super) fn heading(product: &str, losses: &[String]) -> String {
    let mut text = format!("# Written by corsac export. What {product} does otherwise:\n");
    for loss in losses {
        text.push_str(&format!("# - {loss}\n"));
    }
    text
}

/// The six members, with eight spaces before each.
pub(super) fn push_lists(text: &mut String, policy: &Promise, methods: &[String]) {
    let any = ["*".to_owned()];
    let origins = if policy.is_any_origin() { &any[..] } else { &policy.origins };
    for (name, list) in [
        ("AllowOrigins", origins),
        ("AllowMethods", methods),
        ("AllowHeaders", &policy.headers),
        ("ExposeHeaders", &policy.expose),
    ] {
        if !list.is_empty() {
            text.push_str(&format!("        {name}:\n"));
            for item in list {
                // AWS writes any host with any port without the port.
                let item = item.strip_suffix("*:*").map_or_else(|| item.clone(), |scheme| format!("{scheme}*"));
                text.push_str(&format!("        - '{}'\n", item.replace('\'', "''")));
            }
        }
    }
    if policy.credentials {
        text.push_str("        AllowCredentials: true\n");
    }
    if let Some(seconds) = policy.max_age {
        text.push_str(&format!("        MaxAge: {seconds}\n"));
    }
}
