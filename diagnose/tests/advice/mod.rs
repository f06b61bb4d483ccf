//! What is never advised, whatever went wrong.

use corsac_diagnose::is_hidden;

/// Words that no advice has: what is unsafe, what turns the browser's protection off, and what sends data through strangers.
const NEVER: [&str; 17] = [
    "access-control-allow-origin: null",
    "access-control-allow-private-network: true",
    "allow_private_network",
    "allowprivatenetwork",
    "disable-web-security",
    "ignore-certificate",
    "cors-anywhere",
    "allorigins",
    "corsproxy",
    "allow cors extension",
    "reflect any",
    "unsafe-inline",
    "$http_origin",
    "origin: true",
    "allowanyorigin",
    "setisoriginallowed",
    "allow_origin_regex",
];

/// Panics if a text advises what is never advised. `Avoid:` names some of it on purpose.
pub(crate) fn assert_safe(name: &str, text: &str) {
    let advice: String =
        text.lines().filter(|line| !line.starts_with("Avoid:")).map(|line| format!("{line}\n")).collect();
    let lower = advice.to_ascii_lowercase();
    for never in NEVER {
        assert!(!lower.contains(never), "{name} says {never}:\n{advice}");
    }
    let lines: Vec<&str> = lower.lines().map(str::trim).collect();
    let origins = lines.iter().filter_map(|line| line.strip_prefix("access-control-allow-origin: "));
    for origin in origins {
        let is_placeholder = origin == "(the page's origin)";
        // An opaque page without credentials: its response can be shared with every site.
        let is_shared = origin == "*" && !lower.contains("credentials: true");
        let bare = origin.split_once("://").map_or("", |(_, host)| host);
        assert!(
            is_placeholder || is_shared || (!bare.is_empty() && !bare.contains(['/', '*', ' ', '?'])),
            "{name} advises {origin}:\n{advice}"
        );
    }
    let hidden = advice.chars().find(|c| !matches!(c, '\n' | '\t') && is_hidden(*c));
    assert_eq!(hidden, None, "{name}");
}
