//! Firefox in the language of its user, recognised by structure: the URL, a word for "reason", and the quoted names of headers are the
//! same in all languages. What is read like this is *likely*, never certain.

use corsac::browser::BlockedCode as Code;

use crate::place::Place;

/// What a translated line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Translated {
    pub(super) code: Code,
    pub(super) url: String,
    /// The page, which Chromium's message names. Only a person or a program translates that.
    pub(super) page: Option<String>,
    pub(super) value: Option<String>,
    pub(super) status: Option<u16>,
    pub(super) is_preflight: bool,
}

/// What the URL of a message begins with.
const SCHEMES: [&str; 4] = ["http://", "https://", "file:", "moz-extension:"];

/// "Reason" in the languages of Firefox.
const REASONS: [&str; 25] = [
    // Translated back by a person or a program.
    "Reason",
    "Grund",
    "Raison",
    "Motivo",
    "motivo",
    "Razón",
    "razón",
    "Reden",
    "reden",
    "Powód",
    "powód",
    "Причина",
    "причина",
    "原因",
    "理由",
    "이유",
    "원인",
    "사유",
    "Neden",
    "Sebep",
    "Důvod",
    "důvod",
    "Orsak",
    "Årsag",
    "Syy",
];

/// Words that belong to one of the reasons without a header, in several languages.
const REDIRECTS: [&str; 14] = [
    "redirect",
    "Redirect",
    "redirección",
    "redireccionamiento",
    "redirection",
    "reindirizzamento",
    "redirecionamento",
    "Umleitung",
    "Weiterleitung",
    "omleiding",
    "przekierowan",
    "перенаправлени",
    "重定向",
    "リダイレクト",
];
const PREFLIGHTS: [&str; 18] = [
    "preflight",
    "Preflight",
    "pré-vérification",
    "prévol",
    "comprobación previa",
    "pre-vuelo",
    "prevuelo",
    "solicitud previa",
    "pré-voo",
    "Vorab",
    "wstępn",
    "předběžn",
    "사전",
    "預檢",
    "verificación previa",
    "предварительн",
    "预检",
    "プリフライト",
];
const SEVERAL: [&str; 14] = [
    "Mehrere",
    "mehrere",
    "Plusieurs",
    "plusieurs",
    "Múltiples",
    "múltiples",
    "Múltiplos",
    "múltiplos",
    "Vários",
    "multipli",
    "Meerdere",
    "Wiele",
    "多个",
    "複数",
];

const ALLOW_ORIGIN: &str = "access-control-allow-origin";

/// Reads every message of a line whose quotes are folded to `'`.
pub(super) fn read(line: &str) -> Vec<Translated> {
    // A URL and a word for "reason" are in many texts.
    let is_about_cors = ["CORS", "Same Origin", "ross-Origin", "ross-origin"].iter().any(|word| line.contains(word));
    let mut found = Vec::new();
    let mut rest = line;
    let mut next = urls(line).min();
    // A script may set a header of responses to a URL.
    let is_value_of_header = |before: &str| {
        let before = before.trim_end_matches(['\'', ' ', ',']).strip_suffix(':');
        before.is_some_and(|name| name.trim_end_matches(['\'', ' ']).to_ascii_lowercase().ends_with(ALLOW_ORIGIN))
    };
    let mut is_set = next.and_then(|start| line.get(..start)).is_some_and(is_value_of_header);
    while let Some(start) = next.filter(|_| is_about_cors) {
        let Some(from_url) = rest.get(start..) else { break };
        let end = from_url.find(|c: char| matches!(c, ' ' | '\'' | '(' | '<' | '>') || !c.is_ascii());
        let Some((url, after)) = from_url.split_at_checked(end.unwrap_or(from_url.len())) else { break };
        // A later URL in quotes is a value of this message.
        let is_value = |at: usize| at > 0 && after.get(..at).is_some_and(|before| before.ends_with('\''));
        let another = urls(after).filter(|at| !is_value(*at)).min();
        let (own, more) = after.split_at_checked(another.unwrap_or(after.len())).unwrap_or((after, ""));
        let (url, own, page) = match page(url, own) {
            Some((asked, page, own)) => (asked, own, Some(page)),
            None => (url, own, None),
        };
        if !is_set {
            found.extend(read_one(url, own).map(|read| Translated { page: page.map(str::to_owned), ..read }));
        }
        is_set = is_value_of_header(own);
        (rest, next) = (more, another.map(|_| 0));
    }
    found
}

/// What is asked for, the page, and the text behind both, if this is Chromium's message: it names both at its beginning, in any order.
fn page<'t>(url: &'t str, after: &'t str) -> Option<(&'t str, &'t str, &'t str)> {
    const NEAR: usize = 80;
    // Behind the name of a header, a URL is its value.
    let is_value = |start: usize| after.get(..start).is_none_or(|between| between.contains("Access-Control-"));
    let start = urls(after).min().filter(|start| *start <= NEAR && !is_value(*start))?;
    let (other, rest) = after.get(start..)?.split_once('\'')?;
    let is_origin = |url: &str| Place::of(url).is_some_and(|place| matches!(place.path, "" | "/"));
    match (is_origin(url), is_origin(other)) {
        (_, true) => Some((url, other, rest)),
        (true, false) => Some((other, url, rest)),
        (false, false) => None,
    }
}

/// Where URLs begin.
fn urls(text: &str) -> impl Iterator<Item = usize> {
    SCHEMES.iter().flat_map(move |scheme| text.match_indices(scheme).map(|(at, _)| at))
}

fn read_one(url: &str, after: &str) -> Option<Translated> {
    let after = after.strip_prefix('\'').unwrap_or(after);
    let url = url.trim_end_matches(['.', ')', ';', ':', ',']);
    let has_reason = REASONS.iter().any(|word| {
        let rest = after.split_once(word).map(|(_, rest)| rest.trim_start());
        rest.is_some_and(|rest| rest.starts_with(':'))
    });
    if !(has_reason || after.contains("'Access-Control-Allow-")) {
        return None;
    }
    let (code, value) = reason(after);
    let is_preflight = code.is_of_preflight() || PREFLIGHTS.iter().any(|word| after.contains(word));
    Some(Translated { code, url: url.to_owned(), page: None, value, status: status(after), is_preflight })
}

/// Without the apostrophes inside words, which are folded to the same sign as quotes (`l'en-tête`).
fn without_apostrophes(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let is_latin = |place: Option<usize>| {
        let letter = place.and_then(|place| letters.get(place));
        letter.is_some_and(|c| c.is_alphabetic() && *c < '\u{250}')
    };
    let inside = |place: usize| is_latin(place.checked_sub(1)) && is_latin(place.checked_add(1));
    letters.iter().enumerate().filter(|(place, c)| **c != '\'' || !inside(*place)).map(|(_, c)| *c).collect()
}

fn reason(text: &str) -> (Code, Option<String>) {
    let text = &without_apostrophes(text);
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // What is in quotes, apart from the names of the headers.
    let mut pieces: Vec<&str> = text.split('\'').collect();
    // What follows the last quote is not in quotes: the whole message may end with one.
    pieces.pop();
    let quoted: Vec<&str> = pieces.iter().skip(1).step_by(2).map(|piece| piece.trim()).collect();
    let other = quoted.iter().copied().find(|value| !value.starts_with("Access-Control-") && *value != "true");
    let is_name = |value: &&str| corsac::is_token(value.as_bytes());
    let is_origin =
        |value: &&str| value.contains("://") || value.contains(',') || matches!(*value, "*" | "null" | "(null)" | "");
    let (name, origin) = (
        other.filter(is_name),
        quoted.iter().copied().find(|value| !value.starts_with("Access-Control-") && is_origin(value)),
    );
    let value = name.or(origin).map(str::to_owned);
    let missing = |code| (code, value.clone());
    if text.contains("Access-Control-Allow-Credentials") {
        (Code::AcacNotTrue, None)
    } else if text.contains("Access-Control-Allow-Methods") {
        missing(if name.is_some() { Code::AcamUnparsable } else { Code::MethodNotAllowed })
    } else if text.contains("Access-Control-Allow-Headers") {
        missing(Code::HeaderNotAllowed)
    } else if text.contains("Access-Control-Allow-Origin") {
        match origin {
            Some("*") => (Code::AcaoWildcardWithCredentials, None),
            Some(list) if list.contains(',') => missing(Code::AcaoMultiple),
            Some(_) => missing(Code::AcaoMismatch),
            None if has(&SEVERAL) => (Code::AcaoMultiple, None),
            None => (Code::AcaoMissing, None),
        }
    } else if has(&REDIRECTS) {
        (Code::PreflightRedirect, None)
    } else if has(&PREFLIGHTS) {
        (Code::PreflightStatus, None)
    } else if text.to_ascii_lowercase().contains("http") {
        (Code::SchemeNotHttp, None)
    } else {
        (Code::NetworkError, None)
    }
}

/// The first number behind a colon that is a status, whatever it is called: `Statuscode: 403`.
fn status(text: &str) -> Option<u16> {
    let number = |after: &str| -> Option<u16> {
        let after = after.trim_start();
        let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        after.get(..end).filter(|digits| digits.len() == 3)?.parse().ok().filter(|status| (100..600).contains(status))
    };
    text.match_indices(':').find_map(|(at, _)| number(text.get(at + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::{Code, read};
    use crate::console::clean::Paste;

    #[test]
    fn lines_of_five_languages_are_read_by_their_structure() {
        for (line, code, url) in [
            (
                "Quellübergreifende (Cross-Origin) Anfrage blockiert: Die Gleiche-Quelle-Regel verbietet das Lesen der externen Ressource auf https://a.example/x. (Grund: CORS-Kopfzeile ‘Access-Control-Allow-Origin’ fehlt). Statuscode: 401.",
                Code::AcaoMissing,
                "https://a.example/x",
            ),
            (
                "Blocage d’une requête multiorigine (Cross-Origin Request) : la politique « Same Origin » ne permet pas de consulter la ressource distante située sur https://a.example/x. Raison : échec de la requête CORS. Code d’état : (null)",
                Code::NetworkError,
                "https://a.example/x",
            ),
            (
                "Blocage d’une requête multiorigines (Cross-Origin Request) : la politique « Same Origin » ne permet pas de consulter la ressource distante située sur file:///C:/def.html. Raison : la requête CORS n’utilise pas http.",
                Code::SchemeNotHttp,
                "file:///C:/def.html",
            ),
            (
                "已拦截跨源请求：同源策略禁止读取位于 https://a.example/x 的远程资源。（原因：CORS 头缺少 'Access-Control-Allow-Origin'）。状态码：403。",
                Code::AcaoMissing,
                "https://a.example/x",
            ),
            (
                "Solicitud desde otro origen bloqueada: la política de mismo origen impide leer el recurso remoto en https://a.example/x (razón: la cabecera CORS 'Access-Control-Allow-Origin' no coincide con 'https://b.example').",
                Code::AcaoMismatch,
                "https://a.example/x",
            ),
        ] {
            let [read] = &read(&Paste::new(line).whole)[..] else { panic!("{line}") };
            assert_eq!((read.code, read.url.as_str()), (code, url), "{line}");
        }
        assert_eq!(read("Der Grund: siehe https://a.example/x"), []);
    }
}
