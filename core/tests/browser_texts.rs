//! Every text of the consoles' tables, both ways: what is in a table is decoded, and what the model
//! writes is in a table. What no exchange writes is named here, with the reason.

use std::collections::BTreeSet;

use corsac::browser::{
    Api, Credentials, Exchange, Hop, Line, Mode, Profile, Response, ScriptRequest, console_reasons, decode_console,
    decode_delivery, delivery_texts,
};

const PAGE: &[u8] = b"https://app.example";
const API: &[u8] = b"https://api.example/x";
const ACAO: &[u8] = b"Access-Control-Allow-Origin";
const ACAM: &[u8] = b"Access-Control-Allow-Methods";
const ACAH: &[u8] = b"Access-Control-Allow-Headers";

fn respond<'a>(status: u16, headers: &'a [Line<'a>]) -> Option<Response<'a>> {
    Some(Response { status, headers })
}

/// The text with this in the place of each mark.
fn filled(text: &str, fill: impl Fn(&str) -> &'static str) -> String {
    let mut parts = text.split('{');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (mark, after) = part.split_once('}').expect("a mark ends");
        whole += fill(mark);
        whole += after;
    }
    whole
}

/// What the browser writes around a reason: about the first URL, and after a redirect.
fn written(profile: Profile, reason: &str) -> Vec<String> {
    match profile {
        Profile::Chromium => ["fetch", "XMLHttpRequest"]
            .map(|what| format!("Access to {what} at 'https://api.example/x' from origin 'https://app.example' has been blocked by CORS policy: {reason}"))
            .to_vec(),
        Profile::Firefox => vec![format!(
            "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example/x. (Reason: {reason})."
        )],
        _ => ["", "Cross-origin redirection to https://api.example/x denied by Cross-Origin Resource Sharing policy: "]
            .map(|start| format!("{start}{reason}"))
            .to_vec(),
    }
}

#[test]
fn each_reason_in_the_tables_is_decoded() {
    for reason in console_reasons() {
        let same = |code| console_reasons().any(|other| (other.text, other.code) == (reason.text, code));
        for text in written(reason.profile, &filled(reason.text, |_| "https://a.example")) {
            let message = decode_console(&text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(message.profile, reason.profile, "{text}");
            assert!(message.code.is_some_and(same), "{text}: {:?}", message.code);
        }
    }
}

#[test]
fn each_delivery_text_in_the_table_is_decoded() {
    for known in delivery_texts() {
        let text = filled(known.text, |mark| match mark {
            "page" => "https://a.example/",
            "target" => "http://b.example/",
            "" => "local",
            _ => "x",
        });
        let message = decode_delivery(&text).unwrap_or_else(|| panic!("{text}"));
        let (profile, code, is_blocked) = (known.profile, known.code, known.is_blocked);
        assert_eq!((message.profile, message.code, message.is_blocked), (profile, code, is_blocked), "{text}");
        assert_eq!(message.url.is_some(), known.text.contains("{target}"), "{text}");
        assert_eq!(message.page.is_some(), known.text.contains("{page}"), "{text}");
    }
}

/// Whether the parts of a template follow each other in the text.
fn fits(template: &str, mut text: &str) -> bool {
    template.split("{}").all(|part| match text.find(part) {
        Some(at) => {
            text = &text[at + part.len()..];
            true
        }
        None => false,
    })
}

/// Texts that no exchange writes.
const DECODED_ONLY: [(Profile, &str); 5] = [
    // Older versions.
    (Profile::Chromium, "Cross origin requests are not allowed by request mode."),
    // A failure of the network, which the model does not judge.
    (Profile::Chromium, "The response is invalid."),
    // Whether a request leaves is the other verdict, which writes them.
    (
        Profile::Chromium,
        "The request client is not a secure context and the resource is in more-private address space `{}`.",
    ),
    (Profile::Chromium, "Request had a target IP address space of `{}` yet the resource is in address space `{}`."),
    (Profile::Chromium, "Permission was denied for this request to access the `{}` address space."),
];

/// Runs what may make a browser write something: URLs, modes and responses, right and wrong.
fn every_message(seen: &mut dyn FnMut(Profile, String)) {
    let again: &[Line<'_>] = &[(ACAO, b"*"), (b"Location", API)];
    let hops = [Hop { url: API, response: respond(302, again), ..Hop::default() }; 23];
    say(Exchange { request: ScriptRequest::new(PAGE, API), hops: &hops }, seen);
    let acac: Line<'_> = (b"Access-Control-Allow-Credentials", b"yes");
    let headers: [&[Line<'_>]; 13] = [
        &[],
        &[(ACAO, b"*")],
        &[(ACAO, b"*"), (ACAO, b"*")],
        &[(ACAO, b"a, b")],
        &[(ACAO, b"x")],
        &[(ACAO, b"https://other.example")],
        &[(ACAO, PAGE), acac],
        &[(ACAO, PAGE), (ACAM, b"a b")],
        &[(ACAO, PAGE), (ACAM, b"PUT"), (ACAH, b"a b")],
        &[(ACAO, PAGE), (ACAM, b"GET"), (ACAH, b"x-a")],
        &[(ACAO, b"*"), (b"Location", b"https://api.example/y")],
        &[(ACAO, b"*"), (b"Location", b"http://")],
        &[(ACAO, b"*"), (b"Location", b"ftp://h/")],
    ];
    let targets: [&[u8]; 6] = [
        b"https://api.example/y",
        b"https://u:p@api.example/y",
        b"x://h/",
        b"ftp://h/",
        b"file:///x",
        b"blob:https://app.example/x",
    ];
    let urls: [&[u8]; 6] = [API, b"https://app.example/x", b"x://h/", b"ftp://h/", b"file:///x", b"javascript:x"];
    for url in urls {
        for mode in [Mode::Cors, Mode::NoCors, Mode::SameOrigin] {
            for api in [Api::Fetch, Api::Xhr] {
                for credentials in [Credentials::SameOrigin, Credentials::Include] {
                    for (method, own) in [(&b"GET"[..], &[][..]), (b"PUT", &[(&b"x-a"[..], Some(&b"1"[..]))])] {
                        let request = ScriptRequest {
                            mode,
                            api,
                            credentials,
                            method,
                            headers: own,
                            ..ScriptRequest::new(PAGE, url)
                        };
                        for lines in headers {
                            for status in [200, 302, 404] {
                                for (preflight, response) in [(lines, headers[1]), (headers[9], lines)] {
                                    let first = Hop {
                                        preflight: respond(status, preflight),
                                        response: respond(status, response),
                                        ..Hop::default()
                                    };
                                    for to in targets {
                                        say(
                                            Exchange { request, hops: &[first, Hop { url: to, ..Hop::default() }] },
                                            seen,
                                        );
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn say(exchange: Exchange<'_>, seen: &mut dyn FnMut(Profile, String)) {
    for profile in Profile::ALL {
        exchange.judge(profile, |blocked| {
            if let Some(console) = exchange.console(profile, &blocked) {
                seen(profile, console.to_string());
            }
        });
    }
}

#[test]
fn each_reason_in_the_tables_is_written_or_named() {
    let mut unwritten: BTreeSet<(&str, &str)> =
        console_reasons().map(|reason| (reason.profile.name(), reason.text)).collect();
    let mut known = BTreeSet::new();
    every_message(&mut |profile, text| {
        if known.insert((profile.name(), text.clone())) {
            assert_eq!(decode_console(&text).map(|message| message.profile), Some(profile), "{text}");
            unwritten.retain(|(name, template)| *name != profile.name() || !fits(template, &text));
        }
    });
    let named: BTreeSet<(&str, &str)> = DECODED_ONLY.map(|(profile, text)| (profile.name(), text)).into();
    assert_eq!(unwritten, named);
}
