//! Every code has an entry, every entry has a code, and every entry has its form. The codes are read from the code itself.

use std::collections::BTreeSet;

use corsac::browser::{BlockedCode, Cause, DeliveryCode};
use corsac::{DenialCode, FindingCode};
use syn::visit::Visit;

use super::markdown::{Section, sections};
use super::{CONSOLE, Kind, STACKS, console_texts, entries};
use crate::live::LiveCode;
use crate::stack::Stack;

/// Files with codes that wait for their text: their headings have nothing under them yet. A complete file leaves this list.
const WAITING: &[&str] = &[];

const PARSER: &str = include_str!("../../tests/sources/finding.rs");
const CONSOLE_TEXTS: &str = include_str!("../../tests/sources/console_text.rs");
const CONSOLE_WRITER: &str = include_str!("../../tests/sources/console.rs");

fn all_codes(kind: Kind) -> BTreeSet<String> {
    match kind {
        Kind::Finding => {
            let of_specs = FindingCode::ALL.iter().map(ToString::to_string);
            of_specs.chain(text_finding_codes()).collect()
        }
        Kind::Denial => DenialCode::ALL.iter().map(ToString::to_string).collect(),
        Kind::Blocked => BlockedCode::ALL.iter().map(ToString::to_string).collect(),
        Kind::Delivery => {
            // Three of them are in `blocked.md`, because Chromium's message is that of a blocked request.
            let is_blocked = |code: &str| BlockedCode::ALL.iter().any(|blocked| blocked.as_str() == code);
            DeliveryCode::ALL.iter().map(ToString::to_string).filter(|code| !is_blocked(code)).collect()
        }
        Kind::Cause => Cause::ALL.iter().map(ToString::to_string).collect(),
        Kind::Live => {
            // Two of them are in `neighbours.md`, because a probe finds them too.
            let is_neighbour = |code: &str| sections(Kind::Neighbour.text()).any(|section| section.heading == code);
            let codes = LiveCode::ALL.iter().map(|code| code.as_str().to_owned());
            codes.filter(|code| !is_neighbour(code)).collect()
        }
        // `dialects/tests/codes.rs` holds these.
        Kind::Dialect => BTreeSet::new(),
        // `tests/reports.rs` holds these to what the console reader gives.
        Kind::Neighbour => sections(kind.text()).map(|section| section.heading.to_owned()).collect(),
    }
}

/// The strings in the body of `TextFinding::code`: the parser's own codes are in no enum.
fn text_finding_codes() -> Vec<String> {
    #[derive(Default)]
    struct Codes(Vec<String>);
    impl<'a> Visit<'a> for Codes {
        fn visit_impl_item_fn(&mut self, function: &'a syn::ImplItemFn) {
            if function.sig.ident == "code" {
                syn::visit::visit_impl_item_fn(self, function);
            }
        }
        fn visit_lit_str(&mut self, text: &'a syn::LitStr) {
            self.0.push(text.value());
        }
        fn visit_attribute(&mut self, _: &'a syn::Attribute) {}
    }
    let mut codes = Codes::default();
    codes.visit_file(&syn::parse_file(PARSER).unwrap());
    assert!(codes.0.contains(&"unknown-key".to_owned()), "{:?}", codes.0);
    codes.0
}

/// Browser, message and code of everything in the tables of `console_text.rs`.
fn all_console_texts() -> BTreeSet<(String, String, String)> {
    let file = syn::parse_file(CONSOLE_TEXTS).unwrap();
    let consts: Vec<&syn::ItemConst> = file
        .items
        .iter()
        .filter_map(|item| if let syn::Item::Const(item) = item { Some(item) } else { None })
        .collect();
    let text_of = |name: &str| {
        let found = consts.iter().find(|item| item.ident == name).unwrap();
        literal(&found.expr).unwrap()
    };
    let mut texts = BTreeSet::new();
    // `ALL` lists the other tables.
    for table in consts.iter().filter(|table| table.ident != "ALL") {
        let syn::Expr::Reference(syn::ExprReference { expr, .. }) = &*table.expr else { continue };
        let syn::Expr::Array(rows) = &**expr else { continue };
        let name = table.ident.to_string();
        let browser = match name.split('_').next().unwrap() {
            "CHROMIUM" => "Chromium",
            "FIREFOX" => "Firefox",
            "WEBKIT" => "WebKit",
            other => panic!("whose table is {other}?"),
        };
        for row in &rows.elems {
            let syn::Expr::Call(call) = row else { panic!("{name} has a row of another form") };
            let syn::Expr::Path(code) = &call.args[0] else { panic!("{name} has a code of another form") };
            let code = code.path.segments.last().unwrap().ident.to_string();
            let code = BlockedCode::ALL.iter().find(|known| format!("{known:?}") == code).unwrap();
            let text = match &call.args[2] {
                syn::Expr::Path(path) => text_of(&path.path.get_ident().unwrap().to_string()),
                other => literal(other).unwrap(),
            };
            texts.insert((browser.to_owned(), shown(&text), code.to_string()));
        }
    }
    // What is not in a table, because it is a code's second text.
    for (browser, name, code) in [
        ("Chromium", "CHROMIUM_SCHEMES", BlockedCode::RedirectScheme),
        ("Chromium", "CHROMIUM_SAME_ORIGIN", BlockedCode::ModeSameOrigin),
        ("Firefox", "FIREFOX_NO_SUCCESS", BlockedCode::PreflightRedirect),
        ("Firefox", "FIREFOX_NO_SUCCESS", BlockedCode::RedirectUserinfo),
        ("Firefox", "FIREFOX_NO_SUCCESS", BlockedCode::RedirectLimit),
        ("WebKit", "WEBKIT_FTP", BlockedCode::RedirectScheme),
        ("WebKit", "WEBKIT_NOT_ALLOWED", BlockedCode::AcaoMultiple),
    ] {
        texts.insert((browser.to_owned(), shown(&text_of(name)), code.to_string()));
    }
    let of_scheme = "URL scheme \"{}\" is not supported.";
    assert!(CONSOLE_WRITER.contains(r#"URL scheme \"{scheme}\" is not supported."#));
    texts.insert(("Chromium".to_owned(), shown(of_scheme), BlockedCode::SchemeNotHttp.to_string()));
    texts
}

fn literal(expression: &syn::Expr) -> Option<String> {
    match expression {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

fn shown(template: &str) -> String {
    template.replace("{}", "…")
}

fn is_waiting(section: &Section) -> bool {
    section.text.is_empty() && section.parts.is_empty()
}

/// Fails where a file waits that is complete, or the reverse.
fn check_waiting(name: &str, all: &[Section]) {
    let waiting: Vec<_> = all.iter().filter(|section| is_waiting(section)).map(|section| section.heading).collect();
    assert_eq!(WAITING.contains(&name), !waiting.is_empty(), "{name} waits for {waiting:?}");
}

#[test]
fn every_code_has_an_entry_and_every_entry_a_code() {
    for kind in Kind::ALL {
        let sections: Vec<_> = sections(kind.text()).collect();
        let written: BTreeSet<String> = sections.iter().map(|section| section.heading.to_owned()).collect();
        assert_eq!(sections.len(), written.len(), "{kind:?} has an entry twice");
        let all = all_codes(kind);
        let missing: Vec<_> = all.difference(&written).collect();
        let extra: Vec<_> = written.difference(&all).collect();
        assert!(
            missing.is_empty() && extra.is_empty(),
            "{kind:?}: without an entry {missing:?}, without a code {extra:?}"
        );
        check_waiting(kind.as_str(), &sections);
    }
}

#[test]
fn every_console_message_has_an_entry_and_vice_versa() {
    let sections: Vec<_> = sections(CONSOLE).collect();
    let mut written = BTreeSet::new();
    for section in &sections {
        let browser = section.fact("browser").unwrap_or_default().to_owned();
        for code in section.fact("code").unwrap_or_default().split(", ") {
            let is_new = written.insert((browser.clone(), section.heading.to_owned(), code.to_owned()));
            assert!(is_new, "{browser} has {} twice", section.heading);
        }
    }
    let all = all_console_texts();
    let missing: Vec<_> = all.difference(&written).collect();
    let extra: Vec<_> = written.difference(&all).collect();
    assert!(missing.is_empty() && extra.is_empty(), "without an entry {missing:#?}, without a message {extra:#?}");
    check_waiting("console", &sections);
}

#[test]
fn every_entry_has_its_form() {
    let is_place = |name: &str| Stack::named(name).is_some() || matches!(name, "script" | "page");
    for kind in Kind::ALL {
        for section in sections(kind.text()).filter(|section| !is_waiting(section)) {
            let code = section.heading;
            assert!(!section.text.is_empty(), "{code} does not say what it means");
            assert!(section.parts.iter().all(|part| !part.text.is_empty()), "{code} has an empty part");
            let rank = |heading: &str| match heading {
                "Why" => 0,
                "Fix" => 1,
                "Avoid" => 3,
                "Example" => 4,
                other => match other.strip_prefix("Fix: ") {
                    Some(place) if is_place(place) => 2,
                    _ => panic!("{code} has a part {other}"),
                },
            };
            let ranks: Vec<_> = section.parts.iter().map(|part| rank(part.heading)).collect();
            assert!(ranks.is_sorted() && ranks.contains(&1), "{code} has its parts in another order, or no Fix");
            for (name, value) in &section.facts {
                let is_known = *name == "stacks" && sections(STACKS).any(|section| section.heading == *value);
                assert!(is_known, "{code} names {name}: {value}");
            }
        }
    }
    for section in sections(STACKS) {
        let names: BTreeSet<_> = section.parts.iter().map(|part| part.heading).collect();
        assert_eq!(names.len(), section.parts.len(), "{} names a stack twice", section.heading);
        assert!(names.iter().all(|name| *name == "any" || is_place(name)), "{names:?}");
    }
}

#[test]
fn no_line_of_an_entry_is_longer_than_a_terminal() {
    for text in Kind::ALL.map(Kind::text).into_iter().chain([CONSOLE, STACKS]) {
        let mut is_fenced = false;
        for line in text.lines() {
            is_fenced ^= line.starts_with("```");
            assert!(is_fenced || line.starts_with('#') || line.chars().count() <= 78, "{line}");
            assert!(!line.contains('\t') && !line.chars().any(crate::printable::is_hidden), "{line}");
        }
    }
}

#[test]
fn one_code_can_have_two_meanings() {
    let kinds: Vec<Kind> = entries("path").into_iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [Kind::Cause, Kind::Finding]);
}

#[test]
fn a_blocked_code_shows_its_console_messages() {
    let browsers: Vec<_> = console_texts("acao-missing").into_iter().map(|text| text.browser).collect();
    assert_eq!(browsers, ["Chromium", "Firefox", "WebKit"]);
}
