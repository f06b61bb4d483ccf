//! Patterns of a policy as regular expressions, for products that have nothing else, and back.

use crate::origin::{Origin, is_pattern};

/// The pattern that an expression of ours was written for.
pub(crate) fn pattern_of(expression: &str) -> Option<String> {
    let text = expression.strip_suffix('$').unwrap_or(expression);
    let (text, port) = text.strip_suffix(ANY_PORT).map_or((text, ""), |text| (text, ":*"));
    let pattern = text.replace(ANY_LABELS, "*.").replace(ANY_LABEL, "*").replace(r"\.", ".") + port;
    let is_same = expression_for(&pattern).is_some_and(|own| own.strip_suffix(ANY_PORT).unwrap_or(&own) == text);
    (is_same && is_pattern(&pattern)).then_some(pattern)
}

/// One or more labels, as the pattern `*.` matches them.
const ANY_LABELS: &str = r"([a-z0-9_-]+\.)+";
/// A part of a label, as the `*` of a glob matches it.
const ANY_LABEL: &str = "[a-z0-9_-]+";
/// Any port, or none.
const ANY_PORT: &str = "(:[0-9]+)?";

/// A pattern of a policy as an expression, without anchors. `None`: a plain text says it.
pub(crate) fn expression_for(pattern: &str) -> Option<String> {
    let Origin { scheme, host, port } = Origin::parse(pattern)?;
    let quoted = |text: &str| text.replace('.', r"\.");
    let host = match host.split_once('*') {
        Some(("", below)) if below.starts_with('.') => format!("{ANY_LABELS}{}", quoted(below.get(1..)?)),
        Some((before, after)) => format!("{}{ANY_LABEL}{}", quoted(before), quoted(after)),
        None => quoted(host),
    };
    let port = if port == ":*" { ANY_PORT } else { port };
    Some(format!("{scheme}://{host}{port}"))
}
