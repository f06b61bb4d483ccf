//! The consoles' words about requests that do not leave, written and decoded.

use corsac::browser::{
    AddressSpace, Api, BlockedCode, Cause, DeliveryCode, DeliveryMessage, DeliveryVerdict, Exchange, Hop, Network,
    Permission, Profile, Response, ScriptRequest, decode_console, decode_delivery, delivery_texts,
};

use crate::narrow::said;
use crate::vectors::cases;
use crate::{PAGE, public};

#[test]
fn every_message_that_is_written_is_decoded_again() {
    let mut codes = vec![];
    for case in cases() {
        case.with(|exchange, network| {
            for profile in Profile::ALL {
                let found = exchange.deliver(profile, &network);
                said(found);
                let written = exchange.delivery_console(&found).map(said);
                let is_refused = found.verdict() == DeliveryVerdict::Refused;
                let is_mixed = found.code() == Some(DeliveryCode::MixedContent);
                let has_words = profile == Profile::Chromium || (profile != Profile::Spec && is_mixed);
                // What Firefox writes about the local network has the address of the server.
                if profile == Profile::Firefox && !is_mixed {
                    assert!(
                        is_refused || found.verdict() == DeliveryVerdict::Ask || written.is_none(),
                        "{}",
                        case.says
                    );
                } else {
                    assert_eq!(written.is_some(), is_refused && has_words, "{}", case.says);
                }
                let Some(written) = written else { continue };
                let read = decode_delivery(&written).unwrap_or_else(|| panic!("{written}"));
                assert_eq!(
                    (read.profile, Some(read.code), read.is_blocked),
                    (profile, found.code(), is_refused),
                    "{written}"
                );
                let url = exchange.steps().nth(found.hop()).map(|step| step.url().to_vec()).unwrap();
                assert_eq!(read.url.map(str::as_bytes), Some(&url[..]), "{written}");
                if !codes.contains(&read.code) {
                    codes.push(read.code);
                }
                if profile == Profile::Chromium && read.code != DeliveryCode::MixedContent {
                    assert_eq!(read.space, found.target_space(), "{written}");
                    let message = decode_console(&written);
                    assert_eq!(message.and_then(|message| message.cause()), Some(Cause::LocalNetwork), "{written}");
                    let cors = message.and_then(|message| message.code);
                    assert_eq!(cors, read.blocked_code(), "{written}");
                    assert_eq!(cors.map(BlockedCode::as_str), Some(read.code.as_str()));
                }
            }
        });
    }
    assert_eq!(codes.len(), 5, "{codes:?}");
}

#[test]
fn consoles_are_written_word_for_word() {
    let console = |profile, request, network: Network<'_>| {
        let exchange = Exchange { request, hops: &[] };
        exchange.delivery_console(&exchange.deliver(profile, &network)).map(|console| console.to_string())
    };
    let denied = Network { permission: Permission::Denied, ..public() };
    let xhr = ScriptRequest { api: Api::Xhr, ..ScriptRequest::new(PAGE, b"https://127.0.0.1/x") };
    assert_eq!(
        console(Profile::Chromium, xhr, denied).unwrap(),
        "Access to XMLHttpRequest at 'https://127.0.0.1/x' from origin 'https://app.example.com' has been blocked by \
         CORS policy: Permission was denied for this request to access the `loopback` address space."
    );
    let response = Some(Response { status: 307, headers: &[(b"Access-Control-Allow-Origin", b"*")] });
    let hops = [Hop { response, ..Hop::default() }, Hop { url: b"https://10.0.0.1/y", ..Hop::default() }];
    let redirected = Exchange { request: ScriptRequest::new(PAGE, b"https://api.example.com/x"), hops: &hops };
    assert_eq!(
        said(redirected.delivery_console(&redirected.deliver(Profile::Chromium, &denied)).unwrap()),
        "Access to fetch at 'https://10.0.0.1/y' (redirected from 'https://api.example.com/x') from origin \
         'https://app.example.com' has been blocked by CORS policy: Permission was denied for this request to access \
         the `local` address space."
    );
    // Firefox: seen word for word in Firefox ESR 153, with the addresses of a network of its own.
    let firefox = |url, network| console(Profile::Firefox, ScriptRequest::new(PAGE, url), network);
    assert_eq!(
        firefox(b"https://192.168.0.5/x", denied).unwrap(),
        "Local Network Access detected: top-level site “https://app.example.com/”, initiator “https://app.example.com/”, \
         accessing target “https://192.168.0.5/x” (192.168.0.5:443) via fetch. Secure context: True, prompt action: auto_deny"
    );
    assert_eq!(
        console(Profile::Firefox, ScriptRequest { url: b"http://127.0.0.1/x", ..xhr }, public()).unwrap(),
        "Local Network Access permission required: top-level site “https://app.example.com/”, initiator \
         “https://app.example.com/”, attempting to access target “http://127.0.0.1/x” (127.0.0.1:80) via xhr. Secure \
         context: True"
    );
    assert_eq!(console(Profile::Firefox, xhr, denied), None);
    let socket = |url, addresses| {
        let written = firefox(url, Network { addresses, ..denied }).unwrap();
        written.split(['(', ')']).nth(1).unwrap().to_owned()
    };
    assert_eq!(socket(b"https://[fd00::1]:8443/", &[]), "fd00::1:8443");
    assert_eq!(socket(b"https://[::ffff:c0a8:5]/", &[]), "::ffff:192.168.0.5:443");
    assert_eq!(socket(b"https://nas.example/", &[b"10.0.0.1"]), "10.0.0.1:443");
    // A delivery of another exchange, whose URL is not one here: the port is unknown.
    let local = Exchange { request: ScriptRequest::new(PAGE, b"https://192.168.0.5/x"), hops: &[] };
    let other = Exchange { request: ScriptRequest::new(PAGE, b"x"), hops: &[] };
    let shown = said(
        other
            .delivery_console(&local.deliver(Profile::Firefox, &Network { permission: Permission::Denied, ..public() }))
            .unwrap(),
    );
    assert!(shown.contains("accessing target “x” (192.168.0.5) via fetch"), "{shown}");
    // Without the address Firefox's words are not known, and about a preflight it writes none of these.
    assert_eq!(firefox(b"https://localhost/", denied), None);
    let put = ScriptRequest { method: b"PUT", ..ScriptRequest::new(PAGE, b"https://192.168.0.5/x") };
    assert_eq!(console(Profile::Firefox, put, denied), None);
    let insecure = ScriptRequest::new(b"http://app.example.com", b"http://192.168.0.5/x");
    assert!(console(Profile::Chromium, insecure, public()).unwrap().ends_with(
        "The request client is not a secure context and the resource is in more-private address space `local`."
    ));
    let named = Network { target_address_space: Some(AddressSpace::Local), ..public() };
    let elsewhere = ScriptRequest::new(PAGE, b"https://8.8.8.8/x");
    assert!(
        console(Profile::Chromium, elsewhere, named).unwrap().ends_with(
            "Request had a target IP address space of `local` yet the resource is in address space `public`."
        )
    );
    let mixed = ScriptRequest::new(PAGE, b"http://api.example.com/x");
    assert_eq!(
        console(Profile::Chromium, mixed, public()).unwrap(),
        "Mixed Content: The page at 'https://app.example.com/' was loaded over HTTPS, but requested an insecure resource \
         'http://api.example.com/x'. This request has been blocked; the content must be served over HTTPS."
    );
    let mixed_xhr = ScriptRequest { api: Api::Xhr, ..mixed };
    assert!(
        console(Profile::Chromium, mixed_xhr, public()).unwrap().contains("insecure XMLHttpRequest endpoint 'http")
    );
    assert_eq!(
        console(Profile::WebKit, mixed, public()).unwrap(),
        "[blocked] The page at https://app.example.com/ requested insecure content from http://api.example.com/x. This \
         content was blocked and must be served over HTTPS."
    );
    assert_eq!(
        console(Profile::WebKit, ScriptRequest::new(PAGE, b"http://localhost:1/x"), public()).unwrap(),
        "[blocked] The page at https://app.example.com/ requested insecure content from http://localhost:1/x. This \
         content was blocked and must"
    );
}

#[test]
fn messages_that_browsers_write_are_decoded() {
    use DeliveryCode::{
        LocalNetworkDenied as Denied, LocalNetworkNotSecure as NotSecure, LocalNetworkPermission as Asks,
        LocalNetworkSpaceMismatch as Mismatch, LocalNetworkSystem as System, MixedContent as Mixed,
        PrivateNetworkAccess as Old,
    };
    let [chromium, firefox, webkit] = [Profile::Chromium, Profile::Firefox, Profile::WebKit];
    for (text, profile, code, is_blocked) in [
        (
            "app.js:3 Mixed Content: The page at 'https://a.example/s' was loaded over HTTPS, but requested an insecure EventSource endpoint 'http://b.example/'. This request has been blocked; the content must be served over HTTPS.",
            chromium,
            Mixed,
            true,
        ),
        (
            "Mixed Content: The page at 'https://a.example/s' was loaded over HTTPS, but requested an insecure image 'http://b.example/'. This content should also be served over HTTPS.",
            chromium,
            Mixed,
            false,
        ),
        (
            "Mixed Content: The page at 'https://a.example/s' was loaded over HTTPS, but attempted to connect to the insecure WebSocket endpoint 'ws://b.example/'. This request has been blocked; this endpoint must be available over WSS.",
            chromium,
            Mixed,
            true,
        ),
        (
            "Access to fetch at 'http://localhost:3000/' from origin 'https://a.example' has been blocked by CORS policy: Permission was denied for this request to access the `unknown` address space.",
            chromium,
            Denied,
            true,
        ),
        (
            "The request client is not a secure context and the resource is in more-private address space `local`.",
            chromium,
            NotSecure,
            true,
        ),
        (
            "Request had a target IP address space of `local` yet the resource is in address space `public`.",
            chromium,
            Mismatch,
            true,
        ),
        (
            "WebSocket connection to 'ws://localhost:1/' failed: Error in connection establishment: net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS",
            chromium,
            Denied,
            true,
        ),
        ("GET http://localhost/ net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS", chromium, Denied, true),
        ("net::ERR_CACHED_IP_ADDRESS_SPACE_BLOCKED_BY_LOCAL_NETWORK_ACCESS_POLICY", chromium, Denied, true),
        ("net::ERR_LOCAL_NETWORK_PERMISSION_MISSING", chromium, System, true),
        (
            "Access to fetch at 'http://localhost:3000/' from origin 'https://a.example' has been blocked by CORS policy: No 'Access-Control-Allow-Private-Network' header was present in the preflight response for this private network request targeting the `local` address space.",
            chromium,
            Old,
            true,
        ),
        (
            "The 'Access-Control-Allow-Private-Network' header in the preflight response for this private network request targeting the `local` address space had a value of 'yes',  not 'true'.",
            chromium,
            Old,
            true,
        ),
        (
            "No 'Private-Network-Access-Id' header was present in the preflight response for this private network request targeting the `local` address space.",
            chromium,
            Old,
            true,
        ),
        ("Request had no target IP address space, yet the resource is in address space `local`.", chromium, Old, true),
        ("Unable to ask for permission to access the `local` IP address space.", chromium, Old, true),
        ("Blocked loading mixed active content “http://b.example/”", firefox, Mixed, true),
        ("Blocked loading mixed active content \"http://b.example/\"", firefox, Mixed, true),
        ("Upgrading insecure display request ‘http://b.example/i.png’ to use ‘https’", firefox, Mixed, false),
        (
            "Local Network Access detected: top-level site “https://a.example”, initiator “https://a.example”, accessing target “localhost” (127.0.0.1:80) via fetch. Secure context: True, prompt action: prompt_allow",
            firefox,
            Asks,
            false,
        ),
        (
            "Local Network Access detected: top-level site \"https://a.example\", initiator \"moz-extension://1\", accessing target \"localhost\" (127.0.0.1:80) via fetch. Secure context: True, prompt action: prompt_allow",
            firefox,
            Asks,
            false,
        ),
        (
            "Local Network Access permission required: top-level site “https://a.example”, initiator “https://a.example”, attempting to access target “localhost” (127.0.0.1) via fetch. Secure context: True",
            firefox,
            Asks,
            false,
        ),
        ("Local Network Access detected: other words", firefox, Asks, false),
        (
            "Local Network Access detected: top-level site “https://a.example/”, initiator “https://a.example/”, accessing target “http://b.example/” (10.0.0.1:80) via fetch. Secure context: True, prompt action: auto_deny",
            firefox,
            Denied,
            true,
        ),
        (
            "Local Network Access detected: top-level site “https://a.example/”, initiator “https://a.example/”, accessing target “http://b.example/” (10.0.0.1:80) via xhr. Secure context: True, prompt action: prompt_deny",
            firefox,
            Denied,
            true,
        ),
        (
            "Local Network Access detected: top-level site “https://a.example/”, initiator “https://a.example/”, accessing target “http://b.example/” (10.0.0.1:80) via xhr. Secure context: True, prompt action: auto_allow",
            firefox,
            Asks,
            false,
        ),
        (
            "Local Network Access blocked: worker from origin https://a.example attempted localhost access but no persistent permission was granted.",
            firefox,
            Denied,
            true,
        ),
        ("LNA permission prompt timed out after 300 seconds", firefox, Denied, true),
        ("NS_ERROR_LOCAL_NETWORK_ACCESS_DENIED", firefox, Denied, true),
        ("NS_ERROR_LOCAL_NETWORK_DENIED", firefox, Denied, true),
        (
            "[blocked] The page at https://a.example/ requested insecure content from http://b.example/. This content was blocked and must be served over HTTPS.",
            webkit,
            Mixed,
            true,
        ),
        ("permission to reach the local network was denied", webkit, Denied, true),
        (
            "the requesting document is not a secure context, which Local Network Access requires",
            webkit,
            NotSecure,
            true,
        ),
        (
            "the requesting frame is not allowed to use the \"local-network\" or \"loopback-network\" feature",
            webkit,
            Denied,
            true,
        ),
        (
            "Local Network Access: connection's resolved address space does not match the request's declared targetAddressSpace",
            webkit,
            Mismatch,
            true,
        ),
        (
            "no permission to reach the local network has been granted, and there is no document to ask in. Issue the request from a page, or let the fetch handler pass it through",
            webkit,
            Denied,
            true,
        ),
    ] {
        let message = decode_delivery(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((message.profile, message.code, message.is_blocked), (profile, code, is_blocked), "{text}");
        for (what, mark) in [(message.page, "https://a.example"), (message.url, "://b.example")] {
            assert!(what.is_none_or(|what| what.contains(mark) || what.contains("localhost")), "{text}: {what:?}");
        }
        assert!(!text.contains("b.example") || message.url.is_some(), "{text}");
    }
    let quoted = decode_delivery(
        "Local Network Access detected: top-level site \"https://a.example\", initiator “x”, accessing target “nas” (",
    )
    .unwrap();
    assert_eq!((quoted.page, quoted.url), (Some("https://a.example"), Some("nas")));
    // Of two messages, each has its own end.
    let line = |target: &str, action: &str| {
        format!(
            "Local Network Access detected: top-level site “https://a.example/”, initiator “https://a.example/”, accessing \
             target “{target}” (10.0.0.1:80) via fetch. Secure context: True, prompt action: {action}\n"
        )
    };
    let both = line("http://b.example/", "auto_allow") + &line("http://c.example/", "auto_deny");
    assert_eq!(decode_delivery(&both).map(|first| first.is_blocked), Some(false));
}

#[test]
fn other_messages_are_not_about_delivery() {
    for text in [
        "",
        "{",
        "Mixed Content",
        "“",
        "Access to fetch at 'https://api.example/x' from origin 'https://app.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at http://b.example/. (Reason: CORS request did not succeed). Status code: (null).",
        "Fetch API cannot load http://b.example/ due to access control checks.",
    ] {
        assert_eq!(decode_delivery(text), None, "{text}");
    }
}

#[test]
fn sentence_of_a_message_says_whether_the_browser_blocks() {
    let text = |end: &str| {
        let start = "Mixed Content: The page at 'https://a.example/' was loaded over HTTPS, but requested an insecure resource \
                     'http://127.0.0.1/x'. This";
        let message = format!("{start} {end}");
        decode_delivery(&message).unwrap().to_string()
    };
    assert_eq!(
        text("content should also be served over HTTPS."),
        "this is mixed content that the browser does not block: the page is https:, and the URL is http:"
    );
    assert_eq!(
        text("request has been blocked; the content must be served over HTTPS."),
        "the browser blocks this as mixed content: the page is https:, and the URL is http:"
    );
}

#[test]
fn every_code_of_a_message_has_sentence_and_advice() {
    for (code, sentence, advice) in [
        (
            DeliveryCode::MixedContent,
            "the browser blocks this as mixed content: the page is https:, and the URL is http:",
            "serve the URL over https:, and let no redirect lead to http:",
        ),
        (
            DeliveryCode::LocalNetworkPermission,
            "the user decides whether the page may access the user's local network",
            "look at the URL first: a deployed page that requests localhost has a development address in it; if the address \
             is meant, let the user allow access to the local network",
        ),
        (
            DeliveryCode::LocalNetworkDenied,
            "the page has no permission to access the user's local network",
            "look at the URL first: a deployed page that requests localhost has a development address in it; if the address \
             is meant, let the user allow access to the local network",
        ),
        (
            DeliveryCode::LocalNetworkNotSecure,
            "a page that is not secure cannot access the user's local network",
            "serve the page over https:",
        ),
        (
            DeliveryCode::LocalNetworkSpaceMismatch,
            "the address is not in the address space that the request named",
            "name the space that the address is in with targetAddressSpace, or leave it out",
        ),
        (
            DeliveryCode::PageSpaceUnknown,
            "if the page is served from the internet, the user decides whether it may access the user's local network",
            "find out where the page is served from: only a page from the internet is asked about",
        ),
        (
            DeliveryCode::TargetSpaceUnknown,
            "if the name of the server has a private address, the user decides whether the page may access it",
            "find out whether the name has a private address for the user, as in a VPN",
        ),
        (
            DeliveryCode::SecureContextUnknown,
            "it is unknown whether the page is secure, and only a secure page may access the user's local network",
            "find out whether the page is a secure context: self.isSecureContext says so",
        ),
        (
            DeliveryCode::LocalNetworkSystem,
            "the operating system does not let the browser access the local network",
            "allow the browser to access the local network in the settings of the operating system",
        ),
        (
            DeliveryCode::PrivateNetworkAccess,
            "an old Chromium checks Private Network Access, which Chromium gave up",
            "update the browser: since version 138, Chromium ignores Access-Control-Allow-Private-Network and asks the user \
             instead",
        ),
    ] {
        let message = DeliveryMessage {
            profile: Profile::Chromium,
            code,
            is_blocked: true,
            page: None,
            url: None,
            space: Some(AddressSpace::Local),
        };
        assert_eq!((&said(message)[..], code.advice()), (sentence, advice));
    }
}

#[test]
fn every_known_text_is_decoded_as_its_code() {
    for known in delivery_texts() {
        let text = known.text.replace("{any}", "x").replace("{}", "local").replace("{page}", "https://app.example/");
        let text = text.replace("{target}", "http://api.example/");
        let message = decode_delivery(&text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((message.profile, message.code, message.is_blocked), (known.profile, known.code, known.is_blocked));
        said(message);
        let cors = message.blocked_code().map(BlockedCode::as_str);
        assert!(cors.is_none_or(|cors| cors == known.code.as_str()), "{text}");
        assert_eq!(cors.is_some(), BlockedCode::ALL.iter().any(|code| code.as_str() == known.code.as_str()), "{text}");
    }
}
