//! Recognises entries that are something else: a variable, a regular expression, several entries in
//! one string.

use core::ops::Range;

use crate::spec::finding_code::FindingCode;
use crate::syntax::scheme::find_authority;

/// A mistake, and which bytes of the entry show it.
type Mistake = (FindingCode, Range<usize>);

/// The mistake in an entry that is not a pattern.
pub(crate) fn in_origin(text: &[u8]) -> Option<Mistake> {
    find_variable(text)
        .map(|at| (FindingCode::Variable, at))
        .or_else(|| find_expression(text).map(|at| (FindingCode::RegularExpression, at)))
        .or_else(|| find_separator(text, is_entry).map(|at| (FindingCode::TwoEntries, at)))
}

/// The mistake in an entry that is not a method or header name.
pub(crate) fn in_name(text: &[u8]) -> Option<Mistake> {
    in_token(text)
        .or_else(|| find_variable(text).map(|at| (FindingCode::Variable, at)))
        .or_else(|| find_name_expression(text).map(|at| (FindingCode::RegularExpression, at)))
        .or_else(|| find_separator(text, |_| true).map(|at| (FindingCode::TwoEntries, at)))
}

/// The mistake in a text that may be a token, as `$headers` and `^x-a$` are. No real header has
/// such a name.
pub(crate) fn in_token(text: &[u8]) -> Option<Mistake> {
    let all = 0..text.len();
    if find_variable(text) == Some(all.clone()) {
        return Some((FindingCode::Variable, all));
    }
    let is_anchored = text.starts_with(b"^") && text.ends_with(b"$");
    is_anchored.then_some((FindingCode::RegularExpression, all))
}

/// Finds `$NAME`, `${NAME}`, `$(NAME)`, `{{ name }}` or `%NAME%`.
fn find_variable(text: &[u8]) -> Option<Range<usize>> {
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    (0..text.len()).find_map(|start| {
        let rest = text.get(start..)?;
        let until = |close: &[u8]| rest.windows(close.len()).position(|end| end == close).map(|at| at + close.len());
        let length = match rest {
            [b'$', b'{', ..] => until(b"}").unwrap_or(2),
            [b'$', b'(', ..] => until(b")").unwrap_or(2),
            [b'{', b'{', ..] => until(b"}}").unwrap_or(2),
            [b'$', b'a'..=b'z' | b'A'..=b'Z' | b'_', after @ ..] => {
                let name = after.iter().take_while(|b| is_name(b)).count();
                // One letter may be a slip.
                (name != 0).then_some(name + 2)?
            }
            [b'%', first @ (b'a'..=b'z' | b'A'..=b'Z' | b'_'), after @ ..] => {
                let name = after.iter().take_while(|b| is_name(b)).count();
                // `%e4%bd` are escapes, not a variable.
                let is_escape = first.is_ascii_hexdigit() && name == 1 && after.first()?.is_ascii_hexdigit();
                (name != 0 && after.get(name) == Some(&b'%') && !is_escape).then_some(name + 3)?
            }
            _ => return None,
        };
        Some(start..start + length)
    })
}

/// Finds what only a regular expression has, in an entry that was meant to be an origin.
/// Parentheses and brackets may be in a path, and a bracket begins an IPv6 address.
fn find_expression(text: &[u8]) -> Option<Range<usize>> {
    let text = text.trim_ascii();
    match text {
        [b'~' | b'^', ..] => return Some(0..1),
        [.., b'$'] => return Some(text.len() - 1..text.len()),
        _ => {}
    }
    let host_at = find_authority(text).map_or(0, |at| at + 3);
    let path = text.iter().skip(host_at).position(|&b| b == b'/').map_or(text.len(), |at| host_at + at);
    text.windows(2).enumerate().find_map(|(at, pair)| {
        let is_sign = match *pair {
            [b'\\', escaped] => b".dDwWsSbB/-:+*?()[]{}^$|".contains(&escaped),
            [b'(' | b')' | b'|', _] | [_, b'(' | b')' | b'|'] => at < path,
            [b']', b'+' | b'*' | b'?' | b'{'] | [b'?', b':'] => at < path,
            [before, b'['] => at < path && !matches!(before, b'/' | b'@'),
            [b'.', b'*' | b'+'] => at == host_at,
            _ => false,
        };
        is_sign.then_some(at..at + 2)
    })
}

/// Finds what only a regular expression has, in an entry that was meant to be a name. `|` and `^`
/// may be in a name.
fn find_name_expression(text: &[u8]) -> Option<Range<usize>> {
    let at = text.windows(2).position(|pair| {
        matches!(pair, [b'.', b'*' | b'+'] | [b'\\', _] | [b']', b'+' | b'*' | b'?'] | [b'^', b'x' | b'X'])
    });
    at.map(|at| at..at + 2)
}

/// Finds a comma or semicolon, or white space before what is an entry of its own.
fn find_separator(text: &[u8], is_entry: fn(&[u8]) -> bool) -> Option<Range<usize>> {
    if let Some(at) = text.iter().position(|b| matches!(b, b',' | b';')) {
        return Some(at..at + 1);
    }
    let start = text.len() - text.trim_ascii_start().len();
    let at = start + text.trim_ascii().iter().position(u8::is_ascii_whitespace)?;
    let next = text.get(at..)?.trim_ascii();
    is_entry(next).then_some(at..at + 1)
}

/// Whether a text after white space looks like another origin.
fn is_entry(text: &[u8]) -> bool {
    text == b"*" || text == b"null" || find_authority(text).is_some_and(|at| at != 0)
}

#[cfg(test)]
mod tests {
    use super::{in_name, in_origin, in_token};
    use crate::spec::finding_code::FindingCode::{self, RegularExpression, TwoEntries, Variable};
    use core::ops::Range;

    type Found = Option<(FindingCode, Range<usize>)>;

    #[test]
    fn variables_are_found_in_every_notation() {
        for (text, at) in [
            ("$ORIGIN", 0..7),
            ("https://$host", 8..13),
            ("https://${HOST}:8080", 8..15),
            ("https://$(HOST)/", 8..15),
            ("{{ .Values.origin }}", 0..20),
            ("https://{{host}}", 8..16),
            ("%ORIGIN%", 0..8),
            ("https://%HOST_1%.example", 8..16),
            // They begin like an escape, with a hexadecimal digit.
            ("https://%API%", 8..13),
            ("https://%dev_host%", 8..18),
            ("${ORIGIN", 0..2),
            // More than one mistake: this one explains the others.
            ("$AB,$CD", 0..3),
            ("^https://$host$", 9..14),
        ] {
            assert_eq!(in_origin(text.as_bytes()), Some((Variable, at)), "{text}");
        }
        for text in [
            "https://a.example/%e4%bd",
            "https://a%20b.example",
            "https://a.example/100%",
            "https://a$",
            "$1",
            "a$b",
            "%HOST",
            "%a%",
        ] {
            assert!(!matches!(in_origin(text.as_bytes()), Some((Variable, _))), "{text}");
        }
    }

    #[test]
    fn regular_expressions_are_found_by_what_no_origin_has() {
        for (text, at) in [
            ("^https://a.example", 0..1),
            ("~^https://a.example", 0..1),
            ("https://a.example$", 17..18),
            (r"https://a\.example", 9..11),
            (r"https:\/\/a.example", 6..8),
            ("https?://a.example", 5..7),
            ("https://(a|b).example", 7..9),
            ("https://a.(com|net)", 9..11),
            ("https://a|https://b", 8..10),
            ("https://[a-z]+.example", 12..14),
            ("https://a[0-9].example", 8..10),
            ("https://.*.example.com", 8..10),
            (".*", 0..2),
        ] {
            assert_eq!(in_origin(text.as_bytes()), Some((RegularExpression, at)), "{text}");
        }
        for text in [
            r"https:\\a.example",
            r"https://a.example\x",
            "https://a.example/(x)",
            "https://a.*.example",
            "http://[::1",
            "http://u@[::1",
            "https://a.example?x",
        ] {
            assert_eq!(in_origin(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn separators_are_found_between_entries_and_after_one() {
        for (text, at) in [
            ("https://a.example,https://b.example", 17..18),
            ("https://a.example, b.example", 17..18),
            ("https://a.example; https://b.example", 17..18),
            ("https://a.example https://b.example", 17..18),
            (" https://a.example\thttps://b.example", 18..19),
            ("https://a.example *", 17..18),
            ("https://a.example,", 17..18),
            (",https://a.example", 0..1),
        ] {
            assert_eq!(in_origin(text.as_bytes()), Some((TwoEntries, at)), "{text}");
        }
        for text in [" https://a.example ", "https:// a.example", "https://a .example", "https ://a.example", ""] {
            assert_eq!(in_origin(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn odd_tokens_are_not_mistakes() {
        let found = |text: &str| -> Found { in_name(text.as_bytes()) };
        assert_eq!(found("x-a, x-b"), Some((TwoEntries, 3..4)));
        assert_eq!(found("GET;PUT"), Some((TwoEntries, 3..4)));
        assert_eq!(found(" x-a x-b"), Some((TwoEntries, 4..5)));
        assert_eq!(found("x-a,"), Some((TwoEntries, 3..4)));
        assert_eq!(found("${HEADERS}"), Some((Variable, 0..10)));
        assert_eq!(found("x-${NAME}"), Some((Variable, 2..9)));
        assert_eq!(found("x-.*"), Some((RegularExpression, 2..4)));
        assert_eq!(found("^x-.*$"), Some((RegularExpression, 0..6)));
        assert_eq!(found(r"x-\w"), Some((RegularExpression, 2..4)));
        for text in [" x-a", "x:", "x-*-y", ""] {
            assert_eq!(found(text), None, "{text}");
        }
        let token = |text: &str| -> Found { in_token(text.as_bytes()) };
        assert_eq!(token("$headers"), Some((Variable, 0..8)));
        assert_eq!(token("%HEADERS%"), Some((Variable, 0..9)));
        assert_eq!(token("^x-a$"), Some((RegularExpression, 0..5)));
        for text in ["x$a", "a%b%c", "^x", "x$", "$", "$1", "|", "x.+y", "%20%"] {
            assert_eq!(token(text), None, "{text}");
        }
    }
}
