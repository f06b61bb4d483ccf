//! What a tool gives back: at most 8 kB, without a character that a terminal obeys, with a server's words in a field of their own.

use corsac_diagnose::printable;
use serde_json::{Map, Value, json};

/// The most bytes of a result as JSON: an assistant has to read all of it.
pub(super) const RESULT_LIMIT: usize = 8 * 1024;

/// The name of the field with what a server or a capture says.
pub(super) const UNTRUSTED: &str = "untrusted";

/// The mark of a text that was cut.
const CUT: &str = " [cut]";

/// An object, or a sentence that says what is wrong with the arguments.
pub(super) type Done = Result<Map<String, Value>, String>;

/// The result of `tools/call`. The object is in it twice, as text and as data, because clients differ in what they show to a model.
pub(super) fn result(done: Done) -> Value {
    match done {
        Ok(object) => {
            let object = fit(safe(Value::Object(object)));
            json!({
                "content": [{ "type": "text", "text": object.to_string() }],
                "structuredContent": object,
                "isError": false,
            })
        }
        Err(message) => {
            let message: String = printable(&message).chars().take(RESULT_LIMIT / 8).collect();
            json!({ "content": [{ "type": "text", "text": message }], "isError": true })
        }
    }
}

/// Escapes every character that a terminal obeys, other than the end of a line.
fn safe(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(lines(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(safe).collect()),
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (lines(&name), safe(value))).collect())
        }
        other => other,
    }
}

fn lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// Cuts texts until the object is small enough: what is untrusted first, down to a few lines, and then the longest text.
fn fit(mut value: Value) -> Value {
    /// What is left of an untrusted text before others are cut.
    const KEPT: usize = 1024;
    loop {
        let length = value.to_string().len();
        if length <= RESULT_LIMIT {
            return value;
        }
        let untrusted = value.get_mut(UNTRUSTED).filter(|text| text.as_str().is_some_and(|text| text.len() > KEPT));
        let cut = match untrusted {
            Some(Value::String(text)) => shorten(text, KEPT, length),
            _ => longest(&mut value).is_some_and(|text| shorten(text, CUT.len() * 2, length)),
        };
        if !cut {
            // Only very many short texts come here.
            return json!({ "error": "the result is larger than 8 kB: ask about a part of the text" });
        }
    }
}

/// Cuts a text by what is too much, but not below `least`. Whether that made it shorter.
fn shorten(text: &mut String, least: usize, length: usize) -> bool {
    let before = text.len();
    let bare = text.strip_suffix(CUT).map_or(before, str::len);
    let excess = length.saturating_sub(RESULT_LIMIT).saturating_add(CUT.len());
    // JSON may write two bytes for one, so that a half is the most to take away at once.
    let mut end = bare.saturating_sub(excess.min(bare / 2 + 1)).max(least.saturating_sub(CUT.len()));
    while !text.is_char_boundary(end.min(before)) {
        end = end.saturating_sub(1);
    }
    text.truncate(end.min(bare));
    text.push_str(CUT);
    text.len() < before
}

/// The longest text of a value.
fn longest(value: &mut Value) -> Option<&mut String> {
    match value {
        Value::String(text) => Some(text),
        Value::Array(items) => items.iter_mut().filter_map(longest).max_by_key(|text| text.len()),
        Value::Object(members) => {
            members.iter_mut().filter_map(|(_, value)| longest(value)).max_by_key(|text| text.len())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{CUT, RESULT_LIMIT, fit, result, safe};
    use serde_json::json;

    #[test]
    fn result_is_cut_to_its_limit_untrusted_text_first() {
        let value = fit(json!({ "fix": "x".repeat(3000), "untrusted": "é\"".repeat(9000) }));
        assert!(value.to_string().len() <= RESULT_LIMIT && value.to_string().len() > RESULT_LIMIT / 2);
        assert_eq!(value["fix"].as_str().unwrap().len(), 3000);
        assert!(value["untrusted"].as_str().unwrap().ends_with(CUT));
        let value = fit(json!({ "fix": "\u{0}".repeat(30_000), "untrusted": "y".repeat(900) }));
        assert!(value.to_string().len() <= RESULT_LIMIT && value["untrusted"].as_str().unwrap().len() == 900);
        let value = fit(json!({ "list": vec!["short"; 9000], "untrusted": "y".repeat(9000) }));
        assert!(value["error"].is_string());
    }

    #[test]
    fn no_character_that_a_terminal_obeys_comes_out() {
        let value = safe(json!({ "a\u{1b}": ["b\u{7}\nc\u{202e}", 1, null] }));
        assert_eq!(value, json!({ "a\\u{1b}": ["b\\u{7}\nc\\u{202e}", 1, null] }));
        let text = result(Err("a\u{1b}[31m".to_owned())).to_string();
        assert!(!text.contains("\\u001b") && text.contains("isError\":true"), "{text}");
    }
}
