//! What each of several layers must change: one of them sends the headers, and what is behind it sends none.

use std::fmt::Write;

use super::all::{Snippet, Stack};
use super::hint::Trouble;
use super::needed::Needed;
use super::recipe::Layer;

/// Writes what to change in each stack, the nearest to the browser first. `needed`: what to allow, if that is known and headers fix it.
/// `indent` begins every line. The texts are our own; the values in them are only those that a policy could list.
pub(crate) fn push(
    out: &mut String,
    stacks: &[Stack],
    trouble: Option<Trouble>,
    needed: Option<&Needed>,
    indent: &str,
) {
    let mut stacks = stacks.to_vec();
    stacks.sort_by_key(|stack| stack.recipe().layer);
    stacks.dedup();
    let mut sender: Option<Stack> = None;
    for stack in &stacks {
        if stacks.len() > 1 {
            let _ = writeln!(out, "\n{indent}{}:", stack.about());
        }
        if let Some(sender) = sender {
            let name = sender.about();
            let _ = writeln!(
                out,
                "{indent}Let it send no CORS headers: {name} in front of it sends them and responds to the preflight."
            );
            continue;
        }
        if let Some(hint) = trouble.and_then(|trouble| stack.hint(trouble)) {
            let _ = writeln!(out, "{indent}{hint}");
        }
        let Some(needed) = needed else { continue };
        match stack.snippet(needed) {
            Ok(snippet) => {
                push_snippet(out, &snippet, indent);
                // What is behind an edge must respond to the preflight.
                sender = Some(*stack).filter(|stack| stack.recipe().layer != Layer::Edge);
            }
            Err(limits) => {
                for limit in limits {
                    let _ = writeln!(out, "{indent}{}.", capital(limit));
                }
            }
        }
    }
}

fn push_snippet(out: &mut String, snippet: &Snippet, indent: &str) {
    for note in &snippet.notes {
        let _ = writeln!(out, "{indent}{}.", capital(note));
    }
    let _ = writeln!(out, "\n  {}. Merge it with what you already list:\n", snippet.place);
    for line in snippet.text.lines() {
        let _ = writeln!(out, "    {line}");
    }
    if !snippet.is_whole {
        out.push_str("\n  (A value of this request that no server can list is left out.)\n");
    }
}

/// The English sentence with a capital letter.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}", first.to_ascii_uppercase(), chars.as_str()))
}

#[cfg(test)]
mod tests {
    use super::push;
    use crate::stack::parsers::full;
    use crate::stack::{Stack, Trouble};

    fn shown(names: &[&str]) -> String {
        let stacks: Vec<Stack> = names.iter().map(|name| Stack::named(name).unwrap()).collect();
        let mut text = String::new();
        push(&mut text, &stacks, Some(Trouble::Preflight), Some(&full()), "  ");
        text
    }

    #[test]
    fn one_layer_sends_the_headers_and_those_behind_it_none() {
        let text = shown(&["express", "nginx"]);
        let (proxy, app) = text.split_once("\n  Express").unwrap();
        assert!(proxy.starts_with("\n  nginx:\n") && proxy.contains("add_header"), "{text}");
        assert!(app.contains("Let it send no CORS headers: nginx in front of it"), "{text}");
        assert!(!app.contains("cors("), "{text}");
    }

    #[test]
    fn what_is_behind_an_edge_responds_to_the_preflight() {
        let text = shown(&["s3", "cloudfront"]);
        let (edge, store) = text.split_once("\n  Amazon S3:").unwrap();
        assert!(edge.contains("AccessControlAllowOrigins") && edge.contains("CORS-S3Origin"), "{text}");
        assert!(store.contains("CORSRules"), "{text}");
    }

    #[test]
    fn a_stack_that_cannot_allow_the_request_gets_no_snippet() {
        let text = shown(&["gcs"]);
        assert!(text.contains("Cloud Storage never sends Access-Control-Allow-Credentials"), "{text}");
        assert!(!text.contains("responseHeader"), "{text}");
        assert_eq!(shown(&["nginx", "nginx"]), shown(&["nginx"]));
    }
}
