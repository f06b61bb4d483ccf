//! The names of a policy's options, and what was probably meant by a key that is not one of them.

use corsac::{Escaped, Field};

/// The keys that belong to a `[[policy]]` table of a policy set, not to a policy.
const TABLE_KEYS: [Field; 2] = [Field::Path, Field::Cors];

/// The option of a policy that has this name. `path`, `cors` and `policy` belong to policy sets and are not options.
#[must_use]
pub fn policy_option(name: &str) -> Option<Field> {
    policy_options().find(|field| field.as_str() == name)
}

/// The option or key of a `[[policy]]` table that has this name: the options of a policy, `path` and `cors`.
#[must_use]
pub fn table_option(name: &str) -> Option<Field> {
    policy_options().chain(TABLE_KEYS).find(|field| field.as_str() == name)
}

/// Every option of a policy.
pub fn policy_options() -> impl Iterator<Item = Field> + Clone {
    Field::ALL.iter().copied().filter(|field| !matches!(field, Field::Path | Field::Cors | Field::Policy))
}

/// Describes a key that is not an option of a policy: the message, and what to write instead where a guess is possible. `is_table`: the
/// value is a table or a list of tables. The key is escaped, and at most 128 bytes of it are shown.
///
/// ```
/// let (message, suggestion) = corsac_hosted::unknown_option("allowOrigins", false);
/// assert_eq!(message, "unknown option \"allowOrigins\"");
/// assert_eq!(suggestion.as_deref(), Some("did you mean allow_origins?"));
/// ```
#[must_use]
pub fn unknown_option(name: &str, is_table: bool) -> (String, Option<String>) {
    let suggestion = match nearest_option(name, policy_options().chain(TABLE_KEYS)) {
        Some(field @ (Field::Path | Field::Cors)) => Some(format!("only the tables of a policy set have {field}")),
        Some(field) => Some(format!("did you mean {field}?")),
        None if is_table => {
            Some("write the options of a policy outside of any table, or into [[policy]] tables".to_owned())
        }
        None => None,
    };
    (unknown(name), suggestion)
}

/// Describes a key of a `[[policy]]` table that is neither an option, `path` nor `cors`, as [`unknown_option`] does.
#[must_use]
pub fn unknown_table_option(name: &str) -> (String, Option<String>) {
    let nearest = nearest_option(name, policy_options().chain(TABLE_KEYS));
    (unknown(name), nearest.map(|field| format!("did you mean {field}?")))
}

fn unknown(name: &str) -> String {
    let shown = name.as_bytes().get(..128).unwrap_or(name.as_bytes());
    let more = if shown.len() < name.len() { "..." } else { "" };
    format!("unknown option \"{}{more}\"", Escaped(shown))
}

/// The one of these names that is nearest to a key, if one is near: `allowOrigins`, `allow-origin`, `origins`.
fn nearest_option(key: &str, options: impl Iterator<Item = Field> + Clone) -> Option<Field> {
    // No name is longer than 35 bytes, and comparing takes time that grows with the square of the length.
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
    let (distance, field) = options
        .clone()
        .map(|field| (strsim::damerau_levenshtein(&snake, field.as_str()), field))
        .min_by_key(|&(distance, _)| distance)?;
    if distance <= 1 + field.as_str().len() / 5 {
        return Some(field);
    }
    let is_last_word =
        |field: &Field| field.as_str().strip_suffix(snake.as_str()).is_some_and(|rest| rest.ends_with('_'));
    options.into_iter().find(is_last_word)
}

#[cfg(test)]
mod tests {
    use super::{TABLE_KEYS, nearest_option, policy_option, policy_options, table_option, unknown_option};
    use corsac::Field;

    fn meant(key: &str) -> Option<Field> {
        nearest_option(key, policy_options())
    }

    #[test]
    fn names_of_other_libraries_lead_to_ours() {
        for (key, field) in [
            ("allow_origin", Field::AllowOrigins),
            ("allowOrigins", Field::AllowOrigins),
            ("allowed-methods", Field::AllowMethods),
            ("origins", Field::AllowOrigins),
            ("credentials", Field::AllowCredentials),
            ("maxAge", Field::MaxAge),
            ("exposed_headers", Field::ExposeHeaders),
            ("timing", Field::AllowTiming),
            ("public_suffixes", Field::DangerouslyAllowPublicSuffixes),
        ] {
            assert_eq!(meant(key), Some(field), "{key}");
        }
    }

    #[test]
    fn unlike_keys_lead_nowhere() {
        assert_eq!(meant("title"), None);
        assert_eq!(meant(""), None);
        assert_eq!(meant(&"allow_origins".repeat(1000)), None);
    }

    #[test]
    fn keys_of_sets_are_no_options_of_a_policy() {
        for key in ["path", "cors", "policy"] {
            assert_eq!(policy_option(key), None);
        }
        assert_eq!(table_option("path"), Some(Field::Path));
        assert_eq!(table_option("policy"), None);
        assert_eq!(policy_options().count() + TABLE_KEYS.len() + 1, Field::ALL.len());
        let (message, suggestion) = unknown_option("path", false);
        assert_eq!(message, "unknown option \"path\"");
        assert!(suggestion.is_some_and(|text| text.contains("policy set")));
    }
}
