//! What expressions and patterns match, found without the analyser: with the `regex` crate and the
//! engine.

use corsac::{Policy, PolicySpec, Request};
use corsac_regexes::{Matching, Reading};
use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};

/// An expression, matched as its library matches it.
pub(crate) struct Expression {
    regex: Regex,
    hir: Hir,
}

impl Expression {
    /// `None`: the `regex` crate cannot read it.
    pub(crate) fn new(expression: &str, reading: Reading) -> Option<Self> {
        // Python spells the end of the text `\Z`.
        let text = expression.replace(r"\Z", r"\z");
        let case = if reading.ignores_case { "(?i)" } else { "" };
        let whole = match reading.matching {
            Matching::Whole => format!("{case}^(?:{text})$"),
            Matching::Beginning => format!("{case}^(?:{text})"),
            Matching::Anywhere => format!("{case}{text}"),
        };
        let mut parser = regex_syntax::ParserBuilder::new();
        let parser = parser.unicode(false).utf8(false).case_insensitive(reading.ignores_case);
        Some(Self { regex: Regex::new(&whole).ok()?, hir: parser.build().parse(&text).ok()? })
    }

    pub(crate) fn matches(&self, origin: &str) -> bool {
        self.regex.is_match(origin)
    }

    /// A text that the expression probably matches, chosen by these numbers.
    pub(crate) fn sample(&self, choices: &mut impl Iterator<Item = u8>) -> String {
        let mut text = Vec::new();
        write(&self.hir, choices, &mut text);
        String::from_utf8(text).expect("ASCII").to_ascii_lowercase()
    }
}

/// Bytes that change what an origin means.
const LIKELY: &[u8] = b"a.b:1-/e@x0_[]";

fn write(hir: &Hir, choices: &mut impl Iterator<Item = u8>, text: &mut Vec<u8>) {
    let mut choose = |count: usize| usize::from(choices.next().unwrap_or(0)) % count.max(1);
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.extend_from_slice(&literal.0),
        HirKind::Class(class) => {
            let has = |byte: &u8| has_byte(class, *byte);
            let likely: Vec<u8> = LIKELY.iter().copied().filter(has).collect();
            let all: Vec<u8> = (b'!'..=b'~').filter(has).collect();
            let from = if likely.is_empty() { &all } else { &likely };
            text.extend(from.get(choose(from.len())));
        }
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(repetition.min + 3).min(repetition.min + 3);
            let count = repetition.min as usize + choose((most - repetition.min) as usize + 1);
            for _ in 0..count {
                write(&repetition.sub, choices, text);
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, choices, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, choices, text)),
        HirKind::Alternation(parts) => {
            let chosen = choose(parts.len());
            write(&parts[chosen], choices, text);
        }
    }
}

fn has_byte(class: &Class, byte: u8) -> bool {
    match class {
        Class::Bytes(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&byte)),
        Class::Unicode(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&char::from(byte))),
    }
}

/// Patterns, matched as the engine matches them.
pub(crate) struct Patterns(Policy<Vec<u8>>);

impl Patterns {
    pub(crate) fn new(patterns: &[impl AsRef<[u8]>]) -> Self {
        let spec = PolicySpec { external_origins: true, ..PolicySpec::new(patterns) };
        let policy = spec.compile(vec![0; spec.image_len()], |_| ());
        Self(policy.expect("patterns that the crate gives compile"))
    }

    /// Every origin that browsers send from the web, or from an app or extension with one of two
    /// schemes.
    pub(crate) fn of_browsers() -> Self {
        Self::new(&["https://*:*", "http://*:*", "chrome-extension://*", "capacitor://*"])
    }

    pub(crate) fn match_origin(&self, origin: &str) -> bool {
        self.0.evaluate(&Request::from_lines("GET", [("Origin", origin)])).is_allowed()
    }
}

/// Origins that a pattern matches.
pub(crate) fn origins_of(pattern: &str) -> Vec<String> {
    let (start, port) =
        pattern.strip_suffix(":*").map_or((pattern, &[""][..]), |start| (start, &["", ":1", ":65535"][..]));
    let range = start
        .rsplit_once('/')
        .filter(|(network, _)| !network.ends_with('/'))
        .and_then(|(network, bits)| Some((network, bits.parse::<usize>().ok()?)));
    let hosts = if let Some((network, bits)) = range {
        let fixed = network.split('.').take(bits / 8).collect::<Vec<_>>().join(".");
        ["1", "254"].iter().map(|number| format!("{fixed}{}", format!(".{number}").repeat(4 - bits / 8))).collect()
    } else if let Some(below) = start.strip_suffix("://*") {
        vec![format!("{below}://abc")]
    } else if let Some((scheme, tail)) = start.split_once("://*.") {
        ["a", "a.b", "x-1.yy", "a_b", "0"].iter().map(|label| format!("{scheme}://{label}.{tail}")).collect()
    } else if let Some((before, after)) = start.split_once('*') {
        ["a", "1", "a-b", "a_b", "xyzxyzxyzxyz"].iter().map(|label| format!("{before}{label}{after}")).collect()
    } else {
        vec![start.to_owned()]
    };
    hosts.iter().flat_map(|host| port.iter().map(move |port| format!("{host}{port}"))).collect()
}

/// Origins near this one that a careless expression would match, too.
pub(crate) fn canaries(origin: &str) -> Vec<String> {
    let mut all: Vec<String> = ["null", "https://evil.invalid", "http://evil.invalid"].map(str::to_owned).to_vec();
    let Some((scheme, host)) = origin.split_once("://") else { return all };
    let twin = if scheme == "https" { "http" } else { "https" };
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "443"));
    all.extend([
        format!("{twin}://{host}"),
        format!("{scheme}://evil{host}"),
        format!("{scheme}://evil.{host}"),
        format!("{scheme}://evil-{host}"),
        format!("{scheme}://{host}.evil.invalid"),
        format!("{scheme}://{name}.evil.invalid:{port}"),
        format!("{scheme}://{name}evil.invalid"),
        format!("{scheme}://{name}1"),
        format!("{scheme}://{name}:8081"),
        format!("{scheme}://evil.invalid:{port}"),
        format!("{scheme}://{}", host.replace('.', "x")),
        format!("{scheme}://{}", host.replacen('.', "x", 1)),
        format!("{scheme}://x{}", host.split_once('.').map_or(host, |(_, rest)| rest)),
        format!("{scheme}://{}", host.split_once('.').map_or(host, |(_, rest)| rest)),
    ]);
    all
}
