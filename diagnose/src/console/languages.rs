//! Firefox in ten languages: its own texts, in `firefox.txt`, as templates. `tools/firefox-languages` writes that file.

use std::sync::OnceLock;

use corsac::browser::BlockedCode as Code;

use super::template::{Meaning, Says, Shape};

const TEXTS: &str = include_str!("firefox.txt");

/// The tag of a language in the file, its name, and a part of a word that all its texts have, without a first letter, which may be small or
/// not.
const NAMES: [(&str, &str, &str); 10] = [
    ("de", "German", "nfrage"),
    ("es-es", "Spanish", "olicitud"),
    ("fr", "French", "equête"),
    ("it", "Italian", "ichiesta"),
    ("ja", "Japanese", "クロスオリジン"),
    ("ko", "Korean", "요청"),
    ("pl", "Polish", "ądani"),
    ("pt-br", "Portuguese", "equisição"),
    ("ru", "Russian", "апрос"),
    ("zh-cn", "Chinese", "请求"),
];

/// Firefox's keys, without `CORS` in front and a number behind.
const MEANINGS: [(&str, Meaning); 16] = [
    ("Disabled", Meaning::Neighbour("cors-disabled")),
    ("DidNotSucceed", Meaning::Reason(Code::NetworkError)),
    ("OriginHeaderNotAdded", Meaning::Reason(Code::NetworkError)),
    ("ExternalRedirectNotAllowed", Meaning::Reason(Code::PreflightRedirect)),
    ("RequestNotHttp", Meaning::Reason(Code::SchemeNotHttp)),
    ("MissingAllowOrigin", Meaning::Reason(Code::AcaoMissing)),
    ("MultipleAllowOriginNotAllowed", Meaning::Reason(Code::AcaoMultiple)),
    ("AllowOriginNotMatchingOrigin", Meaning::Reason(Code::AcaoMismatch)),
    ("NotSupportingCredentials", Meaning::Reason(Code::AcaoWildcardWithCredentials)),
    ("MethodNotFound", Meaning::Reason(Code::MethodNotAllowed)),
    ("MissingAllowCredentials", Meaning::Reason(Code::AcacNotTrue)),
    ("PreflightDidNotSucceed", Meaning::Reason(Code::PreflightStatus)),
    ("InvalidAllowMethod", Meaning::Reason(Code::AcamUnparsable)),
    ("InvalidAllowHeader", Meaning::Reason(Code::AcahUnparsable)),
    ("MissingAllowHeaderFromPreflight", Meaning::Reason(Code::HeaderNotAllowed)),
    ("AllowHeaderFromPreflightDeprecation", Meaning::Neighbour("authorization-wildcard")),
];

/// One text: what it says, and the whole of it without the status.
struct Text {
    meaning: Meaning,
    text: String,
}

/// A language of the file.
struct Language {
    tag: &'static str,
    name: &'static str,
    status: &'static str,
    texts: Vec<Text>,
}

fn languages() -> impl Iterator<Item = Language> {
    TEXTS.split("\n[").skip(1).filter_map(|section| {
        let (tag, lines) = section.split_once("]\n")?;
        let (_, name, _) = *NAMES.iter().find(|(known, ..)| *known == tag)?;
        let fact = |key: &str| lines.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
        let (head, status) = (fact("head")?, fact("status")?);
        let text = |line: &'static str| {
            let (key, text) = line.split_once(": ")?;
            let (key, head) = key.strip_suffix('*').map_or((key, head), |key| (key, ""));
            let (_, meaning) = *MEANINGS.iter().find(|(known, _)| *known == key)?;
            Some(Text { meaning, text: format!("{head}{text}") })
        };
        Some(Language { tag, name, status, texts: lines.lines().filter_map(text).collect() })
    })
}

/// The templates of the languages that a text may be in: one of every text, and one of the sentence with a status. Each language is read
/// when it is first needed.
pub(super) fn all_of(text: &str) -> impl Iterator<Item = &'static Shape> {
    static SHAPES: [OnceLock<Vec<Shape>>; NAMES.len()] = [const { OnceLock::new() }; NAMES.len()];
    let is_there = |((_, _, mark), _): &(&(_, _, &str), _)| text.contains(mark);
    NAMES.iter().zip(&SHAPES).filter(is_there).flat_map(|((tag, ..), shapes)| shapes.get_or_init(|| read(tag)))
}

fn read(tag: &str) -> Vec<Shape> {
    let filled = |text: &str| text.replace("%1$S", "{url}").replace("%2$S", "{value}");
    let of = |language: Language| {
        let status = Shape::whole(Says::Tail, &language.status.replace("%2$S", "{status}"));
        let of_text = |text: &Text| Shape::whole(Says::Foreign(language.name, text.meaning), &filled(&text.text));
        language.texts.iter().map(of_text).chain([status]).collect()
    };
    languages().find(|language| language.tag == tag).map(of).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Code, Language, MEANINGS, Meaning, NAMES, Text, languages};
    use crate::certainty::Certainty;
    use crate::console::{Known, read};

    /// As Firefox writes it, for a request to `https://a.example/x?y=1`.
    fn message(language: &Language, text: &Text) -> String {
        let value = match text.meaning {
            Meaning::Reason(Code::AcaoMismatch) => "https://b.example",
            _ => "x-token",
        };
        let text = text.text.replace("%1$S", "https://a.example/x?y=1").replace("%2$S", value);
        format!("{text}. {}", language.status.replace("%2$S", "403"))
    }

    #[test]
    fn every_text_of_every_language_is_read_back() {
        assert_eq!(languages().count(), NAMES.len());
        let mut failed = Vec::new();
        for language in languages() {
            assert_eq!(language.texts.len(), MEANINGS.len(), "{}", language.name);
            for text in &language.texts {
                let message = message(&language, text);
                // As it is, wrapped by a terminal, in a list of messages, and with other quotes.
                let changed = [
                    message.clone(),
                    message.replace(' ', "\n  "),
                    format!("> {message}\n> NetworkError when attempting to fetch resource."),
                    message.replace(['\'', '‘', '’', '“', '”', '„'], "\""),
                ];
                for message in changed {
                    let readings = read(&message, Known::default());
                    let expected = match text.meaning {
                        Meaning::Reason(code) => code.as_str(),
                        Meaning::Neighbour(code) => code,
                    };
                    let is_read = matches!(&readings[..], [one]
                        if one.code == Some(expected)
                            && one.url.as_deref() == Some("https://a.example/x?y=1")
                            && (one.is_translated || one.cause == Some(expected)));
                    if !is_read {
                        failed.push(format!("{}: {message}: {readings:?}, not {expected}", language.name));
                    }
                }
            }
        }
        assert!(failed.is_empty(), "{}:\n{}", failed.len(), failed.join("\n"));
    }

    #[test]
    fn what_is_filled_in_is_read_in_every_language() {
        for language in languages() {
            let reading = |wanted: Code| {
                let text = language.texts.iter().find(|text| text.meaning == Meaning::Reason(wanted)).unwrap();
                read(&message(&language, text), Known::default()).remove(0)
            };
            let missing = reading(Code::AcaoMissing);
            assert_eq!((missing.status, missing.certainty), (Some(403), Certainty::Likely), "{}", language.name);
            assert_eq!(missing.browsers, ["firefox"]);
            assert!(missing.hints.iter().any(|hint| hint.contains(language.name)), "{:?}", missing.hints);
            assert_eq!(reading(Code::HeaderNotAllowed).value.as_deref(), Some("x-token"), "{}", language.name);
            let mismatch = reading(Code::AcaoMismatch);
            assert_eq!(mismatch.value.as_deref(), Some("https://b.example"), "{}", language.name);
            assert_eq!(mismatch.certainty, Certainty::Certain, "{}", language.name);
        }
    }
}
