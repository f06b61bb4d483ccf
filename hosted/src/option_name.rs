//! The names of a policy's options, and what was meant by one that is none.

use corsac::{Escaped, Field};

/// What is wrong with a key that is no option, and what to write instead where that can be told: `(message, suggestion)`. The key is escaped,
/// and cut behind 128 bytes.
///
/// ```
/// let (message, suggestion) = corsac_hosted::unknown_option("allowOrigins", false);
/// assert_eq!(message, "no option is called \"allowOrigins\"");
/// assert_eq!(suggestion.as_deref(), Some("did you mean allow_origins?"));
/// ```
#[must_use]
pub fn unknown_option(name: &str, is_table: bool) -> (String, Option<String>) {
    let shown = name.as_bytes().get(..128).unwrap_or(name.as_bytes());
    let more = if shown.len() < name.len() { "..." } else { "" };
    let suggestion = match meant(name) {
        Some(field) => Some(format!("did you mean {field}?")),
        None if is_table => Some("the options of a policy stand at the top, outside of any table".to_owned()),
        None => None,
    };
    (format!("no option is called \"{}{more}\"", Escaped(shown)), suggestion)
}

/// The option whose name is nearest to a key, if any is near: `allowOrigins`, `allow-origin`, `origins`.
fn meant(key: &str) -> Option<Field> {
    if key.is_empty() || key.len() > 64 {
        return None;
    }
    let mut snake = String::with_capacity(key.len() + 8);
    for c in key.chars() {
        match c {
            '-' | '.' | ' ' => snake.push('_'),
            c if c.is_ascii_uppercase() && snake.ends_with(|last: char| last.is_ascii_lowercase()) => {
                snake.push('_');
                snake.push(c.to_ascii_lowercase());
            }
            c => snake.push(c.to_ascii_lowercase()),
        }
    }
    let (distance, field) = Field::ALL
        .iter()
        .map(|&field| (strsim::damerau_levenshtein(&snake, field.as_str()), field))
        .min_by_key(|&(distance, _)| distance)?;
    if distance <= 1 + field.as_str().len() / 5 {
        return Some(field);
    }
    let last_word = |field: &Field| field.as_str().strip_suffix(snake.as_str()).is_some_and(|rest| rest.ends_with('_'));
    Field::ALL.iter().copied().find(last_word)
}

#[cfg(test)]
mod tests {
    use super::meant;
    use corsac::Field;

    #[test]
    fn knows_what_was_meant_by_names_from_elsewhere() {
        for (key, field) in [
            ("allow_origin", Field::AllowOrigins),
            ("allowOrigins", Field::AllowOrigins),
            ("allowed-methods", Field::AllowMethods),
            ("origins", Field::AllowOrigins),
            ("credentials", Field::AllowCredentials),
            ("maxAge", Field::MaxAge),
            ("exposed_headers", Field::ExposeHeaders),
        ] {
            assert_eq!(meant(key), Some(field), "{key}");
        }
    }

    #[test]
    fn guesses_nothing_for_a_key_that_is_like_no_option() {
        assert_eq!(meant("title"), None);
        assert_eq!(meant(""), None);
        assert_eq!(meant(&"allow_origins".repeat(1000)), None);
    }
}
