//! String literals: writes a captured value in each syntax so that it can never end the literal.
//!
//! The values of a [`Fit`](super::fit::Fit) need few escapes, but the functions here do not rely on that.

use std::fmt::Write;

/// A JSON string.
pub(super) fn json(text: &str) -> String {
    escaped(text, |out, c| {
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    })
}

/// A YAML scalar in double quotes: a JSON string is one.
pub(super) fn yaml(text: &str) -> String {
    json(text)
}

/// A JavaScript string: a JSON string is one.
pub(super) fn javascript(text: &str) -> String {
    json(text)
}

/// A Python string in double quotes.
pub(super) fn python(text: &str) -> String {
    escaped(text, wide)
}

/// A Go string in double quotes.
pub(super) fn go(text: &str) -> String {
    escaped(text, wide)
}

/// A Rust string.
pub(super) fn rust(text: &str) -> String {
    escaped(text, |out, c| {
        let _ = write!(out, "{}", c.escape_unicode());
    })
}

/// A C# string: the escapes of a JSON string are its own.
pub(super) fn csharp(text: &str) -> String {
    json(text)
}

/// A PHP string in single quotes, where only these two are escaped.
pub(super) fn php(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars().filter(|c| matches!(c, ' '..='~')) {
        if matches!(c, '\'' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('\'');
    out
}

/// A Ruby string in double quotes. `#` begins an expression.
pub(super) fn ruby(text: &str) -> String {
    visible(text, |out, c| match c {
        '"' | '\\' | '#' => out.extend(['\\', c]),
        c => out.push(c),
    })
}

/// An argument of HAProxy in double quotes. `$` begins a variable of the environment.
pub(super) fn haproxy(text: &str) -> String {
    visible(text, |out, c| match c {
        '"' | '\\' | '$' => out.extend(['\\', c]),
        c => out.push(c),
    })
}

/// The same where HAProxy reads a format: `%` begins a variable.
pub(super) fn haproxy_format(text: &str) -> String {
    haproxy(&text.replace('%', "%%"))
}

/// A Java string. `\u000a` is a line feed before the string is read, so control bytes are octal.
pub(super) fn java(text: &str) -> String {
    escaped(text, |out, c| {
        if c.is_ascii() {
            let _ = write!(out, "\\{:03o}", u32::from(c));
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    })
}

/// A parameter of nginx in double quotes. A dollar sign cannot be escaped: it comes from [`NGINX_DOLLAR`].
pub(super) fn nginx(text: &str) -> String {
    visible(text, |out, c| match c {
        '"' | '\\' => out.extend(['\\', c]),
        '$' => out.push_str("${dollar}"),
        c => out.push(c),
    })
}

/// Belongs into `http { }` if [`nginx`] wrote a dollar sign. The values of `geo` have no variables.
pub(super) const NGINX_DOLLAR: &str = "geo $dollar { default \"$\"; }";

/// A header value of Apache in double quotes. `%` begins a format, `${` a variable, which cannot be escaped.
pub(super) fn apache(text: &str) -> String {
    visible(text, |out, c| match c {
        '"' | '\\' => out.extend(['\\', c]),
        '%' => out.push_str("%%"),
        '{' => {}
        c => out.push(c),
    })
}

/// An argument of a Caddyfile in double quotes. Only a quote can be escaped; braces hold placeholders.
pub(super) fn caddy(text: &str) -> String {
    visible(text, |out, c| match c {
        '"' => out.push_str("\\\""),
        '\\' | '{' | '}' => {}
        c => out.push(c),
    })
}

/// In double quotes, with `"` and `\` escaped by `\`, and what is not visible ASCII by `other`.
fn escaped(text: &str, other: impl Fn(&mut String, char)) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            c => other(&mut out, c),
        }
    }
    out.push('"');
    out
}

fn wide(out: &mut String, c: char) {
    let _ = write!(out, "\\U{:08x}", u32::from(c));
}

/// In double quotes, without what is not visible ASCII: these syntaxes have no escape for it.
fn visible(text: &str, write: impl Fn(&mut String, char)) -> String {
    let mut out = String::from("\"");
    for c in text.chars().filter(|c| matches!(c, ' '..='~')) {
        write(&mut out, c);
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::{apache, caddy, go, haproxy, haproxy_format, java, json, nginx, php, python, ruby, rust};

    const HOSTILE: &str = "a\"b\\c${d}%e\n\u{7f}é🦊'\\";

    #[test]
    fn json_comes_back_as_it_was() {
        assert_eq!(serde_json::from_str::<String>(&json(HOSTILE)).unwrap(), HOSTILE);
    }

    #[test]
    fn rust_comes_back_as_it_was() {
        assert_eq!(syn::parse_str::<syn::LitStr>(&rust(HOSTILE)).unwrap().value(), HOSTILE);
    }

    #[test]
    fn each_syntax_escapes_in_its_own_way() {
        let wide = r#""a\"b\\c${d}%e\U0000000a\U0000007f\U000000e9\U0001f98a'\\""#;
        assert_eq!(python(HOSTILE), wide);
        assert_eq!(go(HOSTILE), wide);
        assert_eq!(java(HOSTILE), r#""a\"b\\c${d}%e\012\177\u00e9\ud83e\udd8a'\\""#);
        assert_eq!(nginx(HOSTILE), r#""a\"b\\c${dollar}{d}%e'\\""#);
        assert_eq!(apache(HOSTILE), r#""a\"b\\c$d}%%e'\\""#);
        assert_eq!(caddy(HOSTILE), r#""a\"bc$d%e'""#);
        assert_eq!(php(HOSTILE), r#"'a"b\\c${d}%e\'\\'"#);
        assert_eq!(ruby(HOSTILE), r#""a\"b\\c${d}%e'\\""#);
        assert_eq!(ruby("#{a}"), r#""\#{a}""#);
        assert_eq!(haproxy(HOSTILE), r#""a\"b\\c\${d}%e'\\""#);
        assert_eq!(haproxy_format("100%"), r#""100%%""#);
    }
}
