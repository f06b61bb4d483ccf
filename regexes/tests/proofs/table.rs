//! Expressions that people write, with what is proved about them (with credentials, and without a
//! switch) and which patterns are advised.

use corsac_regexes::{Reading, Refusal, Switches, advise, prove};

const STARLETTE: Reading = Reading::STARLETTE;
const DJANGO: Reading = Reading::DJANGO_CORS_HEADERS;
const FLASK: Reading = Reading::FLASK_CORS;
const JS: Reading = Reading::JAVASCRIPT;

/// What is proved.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// These patterns cover it.
    Bounded(&'static [&'static str]),
    PublicSuffix,
    Insecure,
    /// Another finding of core, by a part of its text.
    Finding(&'static str),
    NoFixedTail,
    VariableScheme,
    VariableHost,
    Unreadable(&'static str),
    Condition,
    OpenStart,
    OpenEnd,
}
use Verdict::{
    Bounded, Condition, Finding, Insecure, NoFixedTail, OpenEnd, OpenStart, PublicSuffix, Unreadable, VariableHost,
    VariableScheme,
};

/// How the advice compares with the expression: `=` the same, `<` narrower, `>` wider, `?` both.
pub(crate) type Row = (Reading, &'static str, Verdict, &'static str, &'static [&'static str]);

#[rustfmt::skip]
pub(crate) const ROWS: &[Row] = &[
    // One host.
    (STARLETTE, r"https://app\.example\.com", Bounded(&["https://app.example.com"]), "=", &["https://app.example.com"]),
    (STARLETTE, r"^https://app\.example\.com$", Bounded(&["https://app.example.com"]), "=", &["https://app.example.com"]),
    (STARLETTE, r"\Ahttps://app\.example\.com\Z", Bounded(&["https://app.example.com"]), "=", &["https://app.example.com"]),
    (STARLETTE, r"https://app[.]example[.]com", Bounded(&["https://app.example.com"]), "=", &["https://app.example.com"]),
    (STARLETTE, r"https:\/\/app\.example\.com", Bounded(&["https://app.example.com"]), "=", &["https://app.example.com"]),
    (STARLETTE, r"(?i)https://App\.Example\.com", Bounded(&["https://app.example.com"]), "=", &["https://app.example.com"]),
    (FLASK, r"^https://App\.Example\.com$", Bounded(&["https://app.example.com"]), "=", &["https://app.example.com"]),
    (STARLETTE, r"https://App\.example\.com", Bounded(&["https://app.example.com"]), ">", &["https://app.example.com"]),
    (STARLETTE, r"https://app\.example\.com:8443", Bounded(&["https://app.example.com:8443"]), "=", &["https://app.example.com:8443"]),
    (STARLETTE, r"https://app\.example\.com(:\d+)?", Bounded(&["https://app.example.com:*"]), "=", &["https://app.example.com:*"]),
    (STARLETTE, r"https://app\.example\.com(:[0-9]{1,5})?", Bounded(&["https://app.example.com:*"]), "=", &["https://app.example.com:*"]),
    (STARLETTE, r"https://app\.example\.com:\d{4}", Bounded(&["https://app.example.com:*"]), ">", &["https://app.example.com:*"]),
    (STARLETTE, r"(?P<scheme>https)://(?P<host>app\.example\.com)", Bounded(&["https://app.example.com"]), "=", &["https://app.example.com"]),
    (JS, r"^(?<scheme>https):\/\/app\.example\.com$", Bounded(&["https://app.example.com"]), "=", &["https://app.example.com"]),
    // For development.
    (STARLETTE, r"http://localhost:\d+", Bounded(&["http://localhost:*"]), ">", &["http://localhost:*"]),
    (STARLETTE, r"http://localhost(:\d+)?", Bounded(&["http://localhost:*"]), "=", &["http://localhost:*"]),
    (STARLETTE, r"https?://localhost(:[0-9]+)?", Bounded(&["http://localhost:*", "https://localhost:*"]), "=", &["https://localhost:*", "http://localhost:*"]),
    (STARLETTE, r"http://localhost:(3000|8080)", Bounded(&["http://localhost:3000", "http://localhost:8080"]), "=", &["http://localhost:3000", "http://localhost:8080"]),
    (STARLETTE, r"http://localhost:300[0-9]", Bounded(&["http://localhost:*"]), ">", &["http://localhost:*"]),
    (STARLETTE, r"http:\/\/127\.0\.0\.1:\d+", Bounded(&["http://127.0.0.1:*"]), ">", &["http://127.0.0.1:*"]),
    (STARLETTE, r"https?://(localhost|127\.0\.0\.1)(:\d+)?", Bounded(&["http://127.0.0.1:*", "http://localhost:*", "https://127.0.0.1:*", "https://localhost:*"]), "=",
        &["https://localhost:*", "https://127.0.0.1:*", "http://localhost:*", "http://127.0.0.1:*"]),
    (STARLETTE, r"http://\[::1\](:\d+)?", Bounded(&["http://[::1]:*"]), "=", &["http://[::1]:*"]),
    (STARLETTE, r"http://.*\.localhost(:\d+)?", Bounded(&["http://*.localhost:*"]), "=", &["http://*.localhost:*"]),
    (STARLETTE, r"http://localhost.*", NoFixedTail, "", &[]),
    (STARLETTE, r"http://localhost:?\d*", NoFixedTail, "?", &["http://localhost:*"]),
    (STARLETTE, r"http://192\.168\.\d{1,3}\.\d{1,3}(:\d+)?", NoFixedTail, "", &[]),
    (STARLETTE, r"https://10\.0\.\d+\.\d+", NoFixedTail, "=", &["https://10.0.0.0/16"]),
    (STARLETTE, r"http://dev\.internal:8000", Insecure, "", &[]),
    // Several hosts.
    (STARLETTE, r"https://(app|www)\.example\.com", Bounded(&["https://app.example.com", "https://www.example.com"]), "=", &["https://app.example.com", "https://www.example.com"]),
    (STARLETTE, r"https://(?:www\.)?example\.com", Bounded(&["https://example.com", "https://www.example.com"]), "=", &["https://www.example.com", "https://example.com"]),
    (STARLETTE, r"https://a\.example\.com|https://b\.example\.com", Bounded(&["https://a.example.com", "https://b.example.com"]), "=", &["https://a.example.com", "https://b.example.com"]),
    (DJANGO, r"^(https://a\.example\.com|https://b\.example\.com)$", Bounded(&["https://a.example.com", "https://b.example.com"]), "=", &["https://a.example.com", "https://b.example.com"]),
    (STARLETTE, r"https://app[12]\.example\.com", Bounded(&["https://app1.example.com", "https://app2.example.com"]), "=", &["https://app1.example.com", "https://app2.example.com"]),
    (STARLETTE, r"https://example\.(com|net|org)", Bounded(&["https://example.com", "https://example.net", "https://example.org"]), "=",
        &["https://example.com", "https://example.net", "https://example.org"]),
    (STARLETTE, r"https://(app|admin)-(eu|us)\.vercel\.app", Bounded(&["https://admin-eu.vercel.app", "https://admin-us.vercel.app", "https://app-eu.vercel.app", "https://app-us.vercel.app"]), "=",
        &["https://app-eu.vercel.app", "https://app-us.vercel.app", "https://admin-eu.vercel.app", "https://admin-us.vercel.app"]),
    // A fixed tail.
    (STARLETTE, r"https://.*\.example\.com", Bounded(&["https://*.example.com"]), "=", &["https://*.example.com"]),
    (STARLETTE, r"https://.+\.example\.com", Bounded(&["https://*.example.com"]), "=", &["https://*.example.com"]),
    (DJANGO, r"^https://.*\.example\.com$", Bounded(&["https://*.example.com"]), "=", &["https://*.example.com"]),
    (JS, r"^https:\/\/.*\.example\.com$", Bounded(&["https://*.example.com"]), "=", &["https://*.example.com"]),
    (STARLETTE, r"https://[^.]+\.example\.com", Bounded(&["https://*.example.com"]), ">", &["https://*.example.com"]),
    (DJANGO, r"^https://\w+\.example\.com$", Bounded(&["https://*.example.com"]), ">", &["https://*.example.com"]),
    (STARLETTE, r"https://[a-z0-9-]+\.example\.com", Bounded(&["https://*.example.com"]), ">", &["https://*.example.com"]),
    (STARLETTE, r"https://[\w.-]+\.example\.com", Bounded(&["https://*.example.com"]), "=", &["https://*.example.com"]),
    (STARLETTE, r"https://(.*\.)?example\.com", Bounded(&["https://*.example.com", "https://example.com"]), "=", &["https://*.example.com", "https://example.com"]),
    (STARLETTE, r"https://([a-z0-9-]+[.])*example[.]com", Bounded(&["https://*.example.com", "https://example.com"]), ">", &["https://*.example.com", "https://example.com"]),
    (STARLETTE, r"https://.*\.example\.com:\d+", Bounded(&["https://*.example.com:*"]), ">", &["https://*.example.com:*"]),
    (STARLETTE, r"https://.*\.example\.com(:\d+)?", Bounded(&["https://*.example.com:*"]), "=", &["https://*.example.com:*"]),
    (STARLETTE, r"https://[\w-]+\.example\.com:8443", Bounded(&["https://*.example.com:8443"]), ">", &["https://*.example.com:8443"]),
    (STARLETTE, r"https://preview-\d+\.example\.com", Bounded(&["https://*.example.com"]), ">", &["https://preview-*.example.com"]),
    (STARLETTE, r"https://pr-[0-9]{1,4}\.preview\.example\.com", Bounded(&["https://*.preview.example.com"]), ">", &["https://pr-*.preview.example.com"]),
    (STARLETTE, r"https://preview-.*\.example\.com", Bounded(&["https://*.example.com"]), "<", &["https://preview-*.example.com"]),
    (STARLETTE, r"https://[a-z]+-shop\.example\.com", Bounded(&["https://*.example.com"]), ">", &["https://*-shop.example.com"]),
    (STARLETTE, r"https://.+-shop\.example\.com", Bounded(&["https://*.example.com"]), "<", &["https://*-shop.example.com"]),
    (STARLETTE, r"https://pr-\d+-app-[a-z]+\.example\.com", Bounded(&["https://*.example.com"]), ">", &["https://pr-*.example.com"]),
    (STARLETTE, r"https://www\..*\.example\.com", Bounded(&["https://*.example.com"]), ">", &["https://*.example.com"]),
    (STARLETTE, r"https://a.*b.*\.example\.com", Bounded(&["https://*.example.com"]), ">", &["https://*.example.com"]),
    (STARLETTE, r"https://(a|b\d+)\.example\.com", Bounded(&["https://*.example.com", "https://a.example.com"]), ">", &["https://a.example.com", "https://b*.example.com"]),
    (STARLETTE, r"https://.*\.example\.co\.uk", Bounded(&["https://*.example.co.uk"]), "=", &["https://*.example.co.uk"]),
    (STARLETTE, r"https://.*\.my-team\.vercel\.app", Bounded(&["https://*.my-team.vercel.app"]), "=", &["https://*.my-team.vercel.app"]),
    (FLASK, r"^https://.*\.EXAMPLE\.com$", Bounded(&["https://*.example.com"]), "=", &["https://*.example.com"]),
    (STARLETTE, r"https://.*\.lan", Bounded(&["https://*.lan"]), "=", &["https://*.lan"]),
    // A fixed tail over a public suffix: strangers can register names there.
    (STARLETTE, r"https://.*\.com", PublicSuffix, "", &[]),
    (STARLETTE, r"https://.*\.co\.uk", PublicSuffix, "", &[]),
    (STARLETTE, r"https://.*\.vercel\.app", PublicSuffix, "", &[]),
    (STARLETTE, r"https://preview-\d+\.vercel\.app", PublicSuffix, "", &[]),
    (STARLETTE, r"https://my-app-[a-z0-9]+-my-team\.vercel\.app", PublicSuffix, "", &[]),
    (STARLETTE, r"https://deploy-preview-\d+--site\.netlify\.app", PublicSuffix, "", &[]),
    (STARLETTE, r"https://.*\.github\.io", PublicSuffix, "", &[]),
    (STARLETTE, r"https://.*\.herokuapp\.com", PublicSuffix, "", &[]),
    (STARLETTE, r"https://.*\.web\.app", PublicSuffix, "", &[]),
    (STARLETTE, r"https://[\w-]+\.ngrok\.io", PublicSuffix, "", &[]),
    (STARLETTE, r"https://.*\.amazonaws\.com", PublicSuffix, "", &[]),
    (STARLETTE, r"https://.*example\.com", PublicSuffix, "<", &["https://*.example.com", "https://example.com"]),
    (STARLETTE, r"https://.+example\.com", PublicSuffix, "<", &["https://*.example.com"]),
    (STARLETTE, r"https://.*?example\.com", PublicSuffix, "<", &["https://*.example.com", "https://example.com"]),
    (STARLETTE, r"https://(.*)example\.com", PublicSuffix, "<", &["https://*.example.com", "https://example.com"]),
    (STARLETTE, r"https://.example\.com", PublicSuffix, "", &[]),
    // Other findings of core.
    (STARLETTE, r"https?://.*\.example\.com", Insecure, "<", &["https://*.example.com"]),
    (STARLETTE, r"https?://example\.com", Insecure, "<", &["https://example.com"]),
    (STARLETTE, r"(http|https)://example\.com", Insecure, "<", &["https://example.com"]),
    (STARLETTE, r"http(s)?://(.*\.)?example\.com", Insecure, "<", &["https://*.example.com", "https://example.com"]),
    (STARLETTE, r"http://.*\.lan", Insecure, "", &[]),
    (STARLETTE, r"https://example\.com/?", Finding("trailing slash"), "<", &["https://example.com"]),
    (STARLETTE, r"https://example\.com/.*", NoFixedTail, "", &[]),
    (STARLETTE, r"https://example\.com(:443)?", Finding("default port"), "<", &["https://example.com"]),
    (STARLETTE, r"https://.*\.168\.1\.1", Finding("IPv4"), "", &[]),
    // The variable part touches the tail.
    (STARLETTE, r"https://.*.example.com", NoFixedTail, "<", &["https://*.example.com"]),
    (STARLETTE, r"https://.*\.example.com", NoFixedTail, "<", &["https://*.example.com"]),
    (STARLETTE, r"https://app.example.com", NoFixedTail, "<", &["https://app.example.com"]),
    (STARLETTE, r"https://.*com", NoFixedTail, "", &[]),
    (STARLETTE, r"https://example\..*", NoFixedTail, "", &[]),
    (STARLETTE, r"https://example\.\w+", NoFixedTail, "", &[]),
    (STARLETTE, r"https://example\.com.*", NoFixedTail, "", &[]),
    (STARLETTE, r"https://.*\.example\.com[:0-9]*", NoFixedTail, "", &[]),
    (STARLETTE, r"https://.*", NoFixedTail, "", &[]),
    (STARLETTE, r"https?://.*", NoFixedTail, "", &[]),
    (STARLETTE, r"https://[\w.-]+", NoFixedTail, "", &[]),
    (STARLETTE, r"https://.*:3000", NoFixedTail, "", &[]),
    (STARLETTE, r"https://.*\.example\.com|https://.*", NoFixedTail, "<", &["https://*.example.com"]),
    // The scheme.
    (STARLETTE, r".*", VariableScheme, "", &[]),
    (STARLETTE, r"", VariableScheme, "", &[]),
    (STARLETTE, r"null", VariableScheme, "", &[]),
    (STARLETTE, r"null|https://a\.example", VariableScheme, "<", &["https://a.example"]),
    (STARLETTE, r"(https?://)?example\.com", VariableScheme, "<", &["https://example.com"]),
    (STARLETTE, r".*\.example\.com", VariableScheme, "", &[]),
    (STARLETTE, r"https*://app\.example\.com", VariableScheme, "", &[]),
    (STARLETTE, r"\w+://app\.example\.com", VariableScheme, "", &[]),
    (STARLETTE, r"chrome-extension://.*", VariableHost, "", &[]),
    (STARLETTE, r"chrome-extension://[a-p]{32}", VariableHost, "", &[]),
    (STARLETTE, r"chrome-extension://abcdefghijklmnopabcdefghijklmnop", Bounded(&["chrome-extension://abcdefghijklmnopabcdefghijklmnop"]), "=",
        &["chrome-extension://abcdefghijklmnopabcdefghijklmnop"]),
    (STARLETTE, r"capacitor://localhost", Bounded(&["capacitor://localhost"]), "=", &["capacitor://localhost"]),
    // The ends.
    (DJANGO, r"https://app\.example\.com", OpenEnd, "<", &["https://app.example.com"]),
    (DJANGO, r"^https://\w+\.example\.com", OpenEnd, "?", &["https://*.example.com"]),
    (DJANGO, r"^https://a\.example\.com|https://b\.example\.com$", OpenEnd, "<", &["https://a.example.com", "https://b.example.com"]),
    (JS, r"https:\/\/app\.example\.com$", OpenStart, "<", &["https://app.example.com"]),
    (JS, r"example\.com$", OpenStart, "", &[]),
    (JS, r"\.example\.com", OpenStart, "", &[]),
    (STARLETTE, r"https://a\b\.example\.com", Condition, "", &[]),
    (STARLETTE, r"https://a$\.example\.com", Condition, "", &[]),
    (STARLETTE, r"(^https://a\.example\.com)+", Condition, "", &[]),
    // Syntax that cannot be read.
    (STARLETTE, r"https://(?!.*invalid).*", Unreadable("a look-around"), "", &[]),
    (STARLETTE, r"https://(?!evil).*\.example\.com", Unreadable("a look-around"), "", &[]),
    (STARLETTE, r"https://.*(?<=\.example\.com)", Unreadable("a look-around"), "", &[]),
    (STARLETTE, r"https://(?P<a>x)(?P=a)\.example\.com", Unreadable("a back-reference"), "", &[]),
    (STARLETTE, r"https://(a)\1\.example\.com", Unreadable("a back-reference"), "", &[]),
    (STARLETTE, r"https://(?#ours)a\.example\.com", Unreadable("a group"), "", &[]),
    (STARLETTE, r"(?x) https://a\.example\.com", Unreadable("a group"), "", &[]),
    (STARLETTE, r"https://(?>a+)\.example\.com", Unreadable("a group"), "", &[]),
    (STARLETTE, r"https://[a-z&&[^b]]\.example\.com", Unreadable("character class"), "", &[]),
    (STARLETTE, r"https://[[:alpha:]]+\.example\.com", Unreadable("character class"), "", &[]),
    (STARLETTE, r"https://[a-z--b]\.example\.com", Unreadable("character class"), "", &[]),
    (STARLETTE, r"https://[", Unreadable("character class"), "", &[]),
    (STARLETTE, r"https://(a", Unreadable("unclosed"), "", &[]),
    (STARLETTE, r"https://\p{L}\.example\.com", Unreadable(r"`\p`"), "", &[]),
    (STARLETTE, r"https://\u0061\.example\.com", Unreadable(r"`\u`"), "", &[]),
    (STARLETTE, r"https://a{,3}\.example\.com", Unreadable("`{`"), "", &[]),
    (STARLETTE, r"https://bücher\.example", Unreadable("ASCII"), "", &[]),
    (JS, r"^https:\/\/a\.example\Z", Unreadable(r"`\Z`"), "", &[]),
    (JS, r"^https:\/\/[^]*\.example\.com$", Unreadable("empty character class"), "", &[]),
    (JS, r"^https:\/\/\x{61}\.example\.com$", Unreadable(r"`\x`"), "", &[]),
];

pub(crate) fn with_credentials() -> Switches {
    Switches { allow_credentials: true, ..Switches::default() }
}

#[test]
fn table_has_the_proof_of_each_expression() {
    let mut wrong = Vec::new();
    for (reading, expression, verdict, _, _) in ROWS {
        let proved = prove(expression, *reading, &with_credentials());
        let is_as_written = match (&proved, verdict) {
            (Ok(bounds), Bounded(expected)) => bounds == expected,
            (Err(Refusal::Patterns(found)), PublicSuffix) => {
                found.iter().all(|text| text.contains("strangers can register"))
            }
            (Err(Refusal::Patterns(found)), Insecure) => {
                found.iter().all(|text| text.contains("anyone on the network"))
            }
            (Err(Refusal::Patterns(found)), Finding(part)) => found.iter().all(|text| text.contains(part)),
            (Err(Refusal::Unreadable(why)), Unreadable(part)) => why.contains(part),
            (Err(Refusal::NoFixedTail), NoFixedTail)
            | (Err(Refusal::VariableScheme), VariableScheme)
            | (Err(Refusal::VariableHost), VariableHost)
            | (Err(Refusal::Condition), Condition)
            | (Err(Refusal::OpenStart), OpenStart)
            | (Err(Refusal::OpenEnd), OpenEnd) => true,
            _ => false,
        };
        if !is_as_written {
            wrong.push(format!("{expression}\n  {proved:?}\n  not {verdict:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(ROWS.len() > 100);
}

#[test]
fn table_has_the_advice_for_each_expression() {
    let mut wrong = Vec::new();
    for (reading, expression, _, compared, patterns) in ROWS {
        let advice = advise(expression, *reading, &with_credentials());
        let found = advice.as_ref().map_or(&[][..], |advice| &advice.patterns);
        let sign = advice.as_ref().map_or("", |advice| match (advice.is_narrower, advice.is_wider) {
            (false, false) => "=",
            (true, false) => "<",
            (false, true) => ">",
            (true, true) => "?",
        });
        if found != *patterns || sign != *compared {
            wrong.push(format!("{expression}\n  {sign} {found:?}\n  not {compared} {patterns:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
