//! The names of options, and what was probably meant by a key that is not one of them.

use core::fmt;

use heapless::Vec;

use crate::spec::field::Field;
use crate::syntax::escape::Excerpt;

/// The keys that belong to a `[[policy]]` table of a policy set, not to a policy.
const TABLE_KEYS: [Field; 2] = [Field::Path, Field::Cors];

/// Length in bytes of the longest key that is compared with the names of options. Those have at
/// most 35 bytes, and the time of a comparison grows with the square of the length.
const KEY_MAX: usize = 64;

/// One more than the number of letters in the longest name of an option.
const ROW: usize = 40;

/// The option of a policy with this name. `path`, `cors` and `policy` belong to policy sets, so
/// they are not options.
///
/// ```
/// use corsac::{Field, policy_option};
/// assert_eq!(policy_option(b"max_age"), Some(Field::MaxAge));
/// assert_eq!(policy_option(b"maxAge"), None);
/// assert_eq!(policy_option(b"path"), None);
/// ```
#[must_use]
pub fn policy_option(name: &[u8]) -> Option<Field> {
    policy_options().find(|field| field.as_str().as_bytes() == name)
}

/// The option or key of a `[[policy]]` table with this name: the options of a policy, `path` and
/// `cors`.
///
/// ```
/// use corsac::{Field, table_option};
/// assert_eq!(table_option(b"path"), Some(Field::Path));
/// assert_eq!(table_option(b"policy"), None);
/// ```
#[must_use]
pub fn table_option(name: &[u8]) -> Option<Field> {
    policy_options().chain(TABLE_KEYS).find(|field| field.as_str().as_bytes() == name)
}

/// Every option of a policy.
///
/// ```
/// use corsac::{Field, policy_options};
/// assert_eq!(policy_options().next(), Some(Field::AllowOrigins));
/// assert!(policy_options().all(|option| corsac::policy_option(option.as_str().as_bytes()) == Some(option)));
/// ```
pub fn policy_options() -> impl Iterator<Item = Field> + Clone {
    Field::ALL.iter().copied().filter(|field| !matches!(field, Field::Path | Field::Cors | Field::Policy))
}

/// A key that is not an option. `Display` writes one line that says so. It shows at most 128 bytes
/// of the key, escaped.
///
/// ```
/// let unknown = corsac::UnknownOption::of_policy(b"allowOrigins", false);
/// assert_eq!(unknown.to_string(), "unknown option \"allowOrigins\"");
/// assert_eq!(unknown.advice().unwrap().to_string(), "did you mean allow_origins?");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct UnknownOption<'a> {
    key: &'a [u8],
    advice: Option<OptionAdvice>,
}

/// What to write instead of a key that is not an option.
///
/// ```
/// use corsac::{Field, UnknownOption};
/// let unknown = UnknownOption::of_policy(b"max-age", false);
/// let advice = unknown.advice().expect("it is like an option");
/// assert_eq!(advice.option(), Some(Field::MaxAge));
/// assert_eq!(advice.to_string(), "did you mean max_age?");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OptionAdvice(Meant);

#[derive(Clone, Copy, Debug)]
enum Meant {
    Option(Field),
    KeyOfTable(Field),
    Outside,
    Tables,
}

impl<'a> UnknownOption<'a> {
    /// A key of a policy that is not one of its options. `is_table`: the value is a table or a list
    /// of tables.
    #[must_use]
    pub fn of_policy(key: &'a [u8], is_table: bool) -> Self {
        let meant = match nearest_option(key) {
            Some(field @ (Field::Path | Field::Cors)) => Some(Meant::KeyOfTable(field)),
            Some(field) => Some(Meant::Option(field)),
            None => is_table.then_some(Meant::Outside),
        };
        Self { key, advice: meant.map(OptionAdvice) }
    }

    /// A key of a `[[policy]]` table that is neither an option, `path` nor `cors`.
    ///
    /// ```
    /// use corsac::UnknownOption;
    /// let unknown = UnknownOption::of_table(b"paths");
    /// assert_eq!(unknown.key(), b"paths");
    /// assert_eq!(unknown.to_string(), "unknown option \"paths\"");
    /// ```
    #[must_use]
    pub fn of_table(key: &'a [u8]) -> Self {
        Self { key, advice: nearest_option(key).map(|field| OptionAdvice(Meant::Option(field))) }
    }

    /// The name of a list of tables that is not `policy`.
    ///
    /// ```
    /// use corsac::UnknownOption;
    /// let advice = UnknownOption::of_tables(b"policies").advice().expect("it is like `policy`");
    /// assert_eq!(advice.to_string(), "did you mean [[policy]]?");
    /// ```
    #[must_use]
    pub fn of_tables(key: &'a [u8]) -> Self {
        Self { key, advice: Some(OptionAdvice(Meant::Tables)) }
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &'a [u8] {
        self.key
    }

    /// What to write instead, if a guess is possible.
    #[must_use]
    pub const fn advice(&self) -> Option<OptionAdvice> {
        self.advice
    }
}

impl OptionAdvice {
    /// The option that is probably meant, if it is one of a policy.
    #[must_use]
    pub const fn option(self) -> Option<Field> {
        match self.0 {
            Meant::Option(field) => Some(field),
            _ => None,
        }
    }
}

impl fmt::Display for UnknownOption<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown option {}", Excerpt(self.key))
    }
}

impl fmt::Display for OptionAdvice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Meant::Option(field) => write!(f, "did you mean {field}?"),
            Meant::KeyOfTable(field) => write!(f, "only the tables of a policy set have {field}"),
            Meant::Outside => {
                f.write_str("write the options of a policy outside of any table, or into [[policy]] tables")
            }
            Meant::Tables => f.write_str("did you mean [[policy]]?"),
        }
    }
}

/// The option that is most like a key, if one is: `allowOrigins`, `allow-origin` and `origins` are
/// like `allow_origins`.
fn nearest_option(key: &[u8]) -> Option<Field> {
    let key = core::str::from_utf8(key).ok().filter(|key| (1..=KEY_MAX).contains(&key.len()))?;
    // At most every second letter gets an underscore before it.
    let mut snake = Vec::<char, { KEY_MAX + KEY_MAX / 2 }>::new();
    for c in key.chars() {
        let starts_word = c.is_ascii_uppercase() && snake.last().is_some_and(char::is_ascii_lowercase);
        if starts_word {
            snake.push('_').ok()?;
        }
        let c = if matches!(c, '-' | '.' | ' ') { '_' } else { c.to_ascii_lowercase() };
        snake.push(c).ok()?;
    }
    let options = policy_options().chain(TABLE_KEYS);
    let distances = options.clone().map(|field| (distance(&snake, field.as_str().as_bytes()), field));
    let (distance, field) = distances.min_by_key(|&(distance, _)| distance)?;
    if distance <= 1 + field.as_str().len() / 5 {
        return Some(field);
    }
    options.into_iter().find(|field| is_last_word(field.as_str().as_bytes(), &snake))
}

/// Whether a name ends in an underscore and this word.
fn is_last_word(name: &[u8], word: &[char]) -> bool {
    let Some(at) = name.len().checked_sub(word.len() + 1) else { return false };
    let Some((b'_', end)) = name.get(at..).and_then(<[u8]>::split_first) else { return false };
    end.iter().zip(word).all(|(&b, &c)| char::from(b) == c)
}

/// How many letters must be added, removed, changed, or swapped with their neighbour (each letter
/// once) to turn one into the other.
fn distance(left: &[char], right: &[u8]) -> usize {
    let mut two_before = [0_usize; ROW];
    let mut before = [0_usize; ROW];
    for (at, cell) in before.iter_mut().enumerate() {
        *cell = at;
    }
    let mut last_left = None;
    for (row, &l) in left.iter().enumerate() {
        let mut now = [0_usize; ROW];
        let (mut previous, mut last_right) = (row + 1, None);
        if let Some(first) = now.first_mut() {
            *first = previous;
        }
        for (at, &r) in right.iter().enumerate() {
            let r = char::from(r);
            let old = |cells: &[usize; ROW], at: usize| cells.get(at).copied().unwrap_or(usize::MAX / 2);
            let changed = old(&before, at) + usize::from(l != r);
            let mut least = changed.min(previous + 1).min(old(&before, at + 1) + 1);
            if last_left == Some(r) && last_right == Some(l) {
                least = least.min(old(&two_before, at.saturating_sub(1)) + 1);
            }
            if let Some(cell) = now.get_mut(at + 1) {
                *cell = least;
            }
            previous = least;
            last_right = Some(r);
        }
        two_before = before;
        before = now;
        last_left = Some(l);
    }
    before.get(right.len()).copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Field, TABLE_KEYS, distance, nearest_option, policy_option, policy_options, table_option};

    extern crate std;
    use std::vec::Vec;

    #[test]
    fn names_of_other_libraries_get_a_suggestion() {
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
            assert_eq!(nearest_option(key.as_bytes()), Some(field), "{key}");
        }
    }

    #[test]
    fn unlike_keys_get_no_suggestion() {
        assert_eq!(nearest_option(b"title"), None);
        assert_eq!(nearest_option(b""), None);
        assert_eq!(nearest_option(&b"allow_origins".repeat(1000)), None);
        assert_eq!(nearest_option(&b"aB".repeat(32)), None);
    }

    #[test]
    fn distance_counts_single_changes() {
        for (left, right, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("abc", "abc", 0),
            ("abc", "acb", 1),
            ("abc", "ab", 1),
            ("xabc", "abc", 1),
            ("kitten", "sitting", 3),
            ("abdc", "abcd", 1),
            ("\u{e9}ath", "path", 1),
        ] {
            let left: Vec<char> = left.chars().collect();
            assert_eq!(distance(&left, right.as_bytes()), expected, "{left:?} {right}");
        }
        assert!(Field::ALL.iter().all(|field| field.as_str().len() < super::ROW));
    }

    #[test]
    fn keys_of_sets_are_not_options_of_a_policy() {
        for key in ["path", "cors", "policy"] {
            assert_eq!(policy_option(key.as_bytes()), None);
        }
        assert_eq!(table_option(b"path"), Some(Field::Path));
        assert_eq!(table_option(b"policy"), None);
        assert_eq!(policy_options().count() + TABLE_KEYS.len() + 1, Field::ALL.len());
    }
}
