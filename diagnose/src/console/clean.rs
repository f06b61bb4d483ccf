//! What copying does to a message, undone: entities, escapes, colours, quotes and Markdown.

use std::borrow::Cow;

use crate::capture::is_pane;

/// A pasted text in the form in which templates are compared with it.
#[derive(Debug)]
pub(super) struct Paste {
    /// Its lines, without the marks of quotations.
    pub(super) lines: Vec<String>,
    /// All lines in one, with single blanks.
    pub(super) whole: String,
}

/// The values of the panel's `Referrer Policy`, which may be on a line of their own.
const REFERRER_POLICIES: [&str; 3] = ["strict-origin-when-cross-origin", "no-referrer-when-downgrade", "no-referrer"];

impl Paste {
    pub(super) fn new(text: &str) -> Self {
        let text = without_tags(&without_colours(&without_escapes(&without_entities(&without_soft_breaks(text)))));
        // The network panel names the policy of every request, which is not a message.
        let is_pane = is_pane(&text);
        let is_policy = |line: &str| line.starts_with("Referrer Policy") || REFERRER_POLICIES.contains(&line);
        let is_noise = |line: &String| line.is_empty() || is_pane && is_policy(line);
        let lines: Vec<String> = text.lines().map(line).filter(|line| !is_noise(line)).collect();
        // A terminal may have wrapped them.
        let whole = without_blanks(&lines.join(" "));
        Self { lines, whole }
    }
}

/// All quotes as `'`, so that a template fits whatever a word processor made of them.
pub(super) fn folded(text: &str) -> String {
    // Most templates have nothing to fold.
    if text.bytes().all(|byte| byte.is_ascii() && !matches!(byte, b'"' | b'`' | b'\t')) {
        return text.to_owned();
    }
    text.chars().map(fold).collect()
}

const fn fold(c: char) -> char {
    match c {
        '"' | '`' | '´' | '‘' | '’' | '‚' | '‛' | '“' | '”' | '„' | '‟' | '«' | '»' | '‹' | '›' | '「' | '」'
        | '『' | '』' | '＂' | '＇' => '\'',
        '（' => '(',
        '）' => ')',
        '：' => ':',
        '\u{A0}' | '\u{202F}' | '\u{2009}' | '\u{3000}' | '\t' => ' ',
        c => c,
    }
}

/// One line: without quotation marks in front, emphasis and Markdown's links, with single blanks.
fn line(text: &str) -> String {
    let mut rest = text.trim();
    while let Some(quoted) = rest.strip_prefix('>') {
        rest = quoted.trim_start();
    }
    while let Some((first, more)) = rest.split_once(' ')
        && is_place(first)
    {
        rest = more.trim_start();
    }
    let shown = folded(&without_links(rest));
    let shown = shown.split(' ').map(without_emphasis).collect::<Vec<_>>().join(" ");
    let visible =
        shown.chars().filter(|c| !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{FEFF}'));
    visible.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A word without the marks of bold text. Inside a URL, asterisks hide a part of it.
fn without_emphasis(word: &str) -> String {
    let inner = word.trim_matches('*');
    match word.split_once("://") {
        Some((_, rest)) if rest.trim_end_matches('*').contains("**") => inner.to_owned(),
        _ => word.replace("**", ""),
    }
}

/// Whether a word is what consoles write in front of a line: a time (`[12:03:44.123]`), or a file with its line (`app.js:12:5`).
fn is_place(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    let bare = word.trim_start_matches('[').trim_end_matches([']', 'Z', ':']);
    let is_time = bare.split([':', '-', 'T']).count() >= 3 && bare.split([':', '-', 'T']).all(digits);
    let is_line =
        || bare.rsplit_once(':').is_some_and(|(file, number)| digits(number) && !file.starts_with(['\'', '"', '‘']));
    is_time || (!bare.contains("://") && is_line())
}

/// `[text](https://…)` as its text, as `[https://…](anything)`, and `<https://…>` as the URL.
fn without_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("](") {
        let (before, link) = rest.split_at(at);
        let (Some((start, label)), Some(end)) = (before.rsplit_once('['), link.find(')')) else { break };
        if !link.starts_with("](http") && !label.contains("://") {
            break;
        }
        out.push_str(start);
        out.push_str(label);
        rest = link.get(end + 1..).unwrap_or_default();
    }
    out.push_str(rest);
    while let Some(at) = out.find("<http") {
        let Some(end) = out.get(at..).and_then(|link| link.find('>')) else { break };
        out.remove(at + end);
        out.remove(at);
    }
    out
}

/// `https://a.example/<my tenant>/x` without the blank in what a person wrote instead of a secret: a URL has none.
fn without_blanks(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        out.push('<');
        rest = after;
        let is_in_url = before.ends_with(['/', '=', '.', '-']);
        if let Some((name, more)) = after.split_once('>').filter(|(name, _)| is_in_url && name.len() <= LONGEST) {
            out.push_str(&name.replace(' ', "-"));
            out.push('>');
            rest = more;
        }
    }
    out.push_str(rest);
    out
}

/// HTML's entities, as trackers and forums store them.
fn without_entities(text: &str) -> String {
    const NAMES: [(&str, char); 14] = [
        ("quot", '"'),
        ("apos", '\''),
        ("lt", '<'),
        ("gt", '>'),
        ("nbsp", ' '),
        ("lsquo", '‘'),
        ("rsquo", '’'),
        ("ldquo", '“'),
        ("rdquo", '”'),
        ("laquo", '«'),
        ("raquo", '»'),
        ("hellip", '…'),
        ("colon", ':'),
        ("amp", '&'),
    ];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let known = after.split_once(';').filter(|(name, _)| name.len() <= 8).and_then(|(name, more)| {
            let number = name.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => number.parse().ok(),
            });
            let named = || NAMES.iter().find(|(known, _)| *known == name).map(|(_, c)| *c);
            Some((number.and_then(char::from_u32).or_else(named)?, more))
        });
        match known {
            // What was escaped twice, such as `&amp;#39;`, is undone twice.
            Some(('&', more)) if more.starts_with('#') || more.starts_with("quot;") => {
                rest = after.get(3..).unwrap_or_default();
                rest = rest.strip_prefix(';').unwrap_or(rest);
                let (again, tail) = rest.split_once(';').unwrap_or((rest, ""));
                out.push_str(&without_entities(&format!("&{again};")));
                rest = tail;
            }
            Some((c, more)) => {
                out.push(c);
                rest = more;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The line ends that mail puts into long lines (`=` and a line end), and its sign for `=`.
fn without_soft_breaks(text: &str) -> Cow<'_, str> {
    if !text.contains("=3D") || !text.contains("=\n") {
        return text.into();
    }
    text.replace("=\n", "").replace("=3D", "=").into()
}

/// Without the tags that trackers and forums store.
fn without_tags(text: &str) -> String {
    const LINES: [&str; 6] = ["<br>", "<br/>", "<br />", "<p>", "</p>", "</div>"];
    const INLINE: [&str; 8] = ["<code>", "</code>", "<strong>", "</strong>", "<em>", "</em>", "<b>", "</b>"];
    let text = LINES.iter().fold(Cow::from(text), |text, tag| replaced(text, tag, "\n"));
    INLINE.iter().fold(text, |text, tag| replaced(text, tag, "")).into_owned()
}

fn replaced<'t>(text: Cow<'t, str>, tag: &str, with: &str) -> Cow<'t, str> {
    if text.contains(tag) { text.replace(tag, with).into() } else { text }
}

/// The escapes of JSON and of source code.
fn without_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut letters = after.chars();
        rest = letters.as_str();
        match letters.next() {
            // JSON and source code; and Markdown, where a back quote would begin code.
            Some(c @ ('"' | '\'' | '/' | '`')) => out.push(c),
            Some('n' | 'r') if before.ends_with(['.', ' ', '\'', ')']) => out.push('\n'),
            Some('u') if let Some(c) = after.get(1..5).and_then(|hex| u32::from_str_radix(hex, 16).ok()) => {
                out.push(char::from_u32(c).unwrap_or(' '));
                rest = after.get(5..).unwrap_or_default();
                continue;
            }
            Some(_) | None => {
                out.push('\\');
                continue;
            }
        }
        rest = letters.as_str();
    }
    out.push_str(rest);
    out
}

/// Without the colours of a terminal.
fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split("\u{1b}[");
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).map_or(0, |at| at + 1);
        out.push_str(part.get(end..).unwrap_or_default());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Paste;

    #[test]
    fn what_forums_trackers_and_terminals_do_is_undone() {
        for (pasted, whole) in [
            ("No &#39;A&#39; &quot;B&quot; &amp;#39;C&amp;#39; a&b=c", "No 'A' 'B' 'C' a&b=c"),
            ("> > No ‘A’\n> is  “B”", "No 'A' is 'B'"),
            ("at [https://a.example/](https://a.example/), **now**", "at https://a.example/, now"),
            ("from origin [**'https://a.example'**](User) has", "from origin 'https://a.example' has"),
            ("**at** 'https://view.**.com/x' **b**", "at 'https://view.**.com/x' b"),
            ("at **https://a.example/x**", "at https://a.example/x"),
            ("at 'https://******/x/*****/y'", "at 'https://******/x/*****/y'"),
            ("at<br>'https://a.example'<br/><code>No</code>", "at 'https://a.example' No"),
            ("at https://a.ex=\nample?b=3Dc", "at https://a.example?b=c"),
            ("a=3D", "a=3D"),
            ("at <https://a.example/x>.", "at https://a.example/x."),
            (r#"{"message":"No \"A\" is. \nNext \u2018B\u2019"}"#, "{'message':'No 'A' is. Next 'B''}"),
            ("\u{1b}[31mError\u{1b}[0m «\u{a0}A\u{a0}»", "Error ' A '"),
            (r"C:\new\file", r"C:\new\file"),
            (r"`the \`loopback\` address`", "'the 'loopback' address'"),
            (
                "at https://a.example/<my tenant>/x?id=<an id>, x < y and <b c>",
                "at https://a.example/<my-tenant>/x?id=<an-id>, x < y and <b c>",
            ),
        ] {
            assert_eq!(Paste::new(pasted).whole, whole, "{pasted}");
        }
    }
}
