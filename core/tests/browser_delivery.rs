//! Whether a request may leave the browser: `vectors/delivery.json`, which has a case for every
//! row of what is known of mixed content and local network access, and the consoles' words.

use corsac::browser::{
    AddressSpace, Api, BlockedCode, Certainty, DeliveryCode, DeliveryVerdict, Exchange, Hop, Line, Mode, Network, Part,
    Permission, Profile, Response, ScriptRequest, decode_console, decode_delivery,
};
use serde::Deserialize;
use serde_json::{Map, Value};

const PAGE: &[u8] = b"https://app.example.com";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: String,
    request: CaseRequest,
    #[serde(default)]
    hops: Vec<CaseHop>,
    delivery: Map<String, Value>,
    codes: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseRequest {
    origin: String,
    url: String,
    method: Option<String>,
    mode: Option<String>,
    api: Option<String>,
    page_space: Option<String>,
    secure_context: Option<bool>,
    target_address_space: Option<String>,
    permission: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseHop {
    url: Option<String>,
    target_address: Option<String>,
    response: Option<CaseResponse>,
}

#[derive(Deserialize)]
struct CaseResponse {
    status: u16,
    headers: Vec<(String, String)>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../../vectors/delivery.json")).expect("cases")
}

impl Case {
    fn with<R>(&self, use_it: impl FnOnce(Exchange<'_>, Network<'_>) -> R) -> R {
        let CaseRequest { origin, url, method, mode, api, .. } = &self.request;
        let request = ScriptRequest {
            method: method.as_deref().unwrap_or("GET").as_bytes(),
            mode: match mode.as_deref() {
                Some("no-cors") => Mode::NoCors,
                Some("same-origin") => Mode::SameOrigin,
                _ => Mode::Cors,
            },
            api: if api.as_deref() == Some("xhr") { Api::Xhr } else { Api::Fetch },
            ..ScriptRequest::new(origin.as_bytes(), url.as_bytes())
        };
        let space = |name: &Option<String>| name.as_deref().map(|name| AddressSpace::parse(name).expect("a space"));
        let addresses: Vec<&[u8]> =
            self.hops.iter().map(|hop| hop.target_address.as_deref().unwrap_or_default().as_bytes()).collect();
        let network = Network {
            page_space: space(&self.request.page_space),
            secure_context: self.request.secure_context,
            target_address_space: space(&self.request.target_address_space),
            permission: self
                .request
                .permission
                .as_deref()
                .map_or(Permission::Unknown, |name| Permission::parse(name).expect("a permission")),
            addresses: &addresses,
        };
        let lines: Vec<Vec<Line<'_>>> = self.hops.iter().map(CaseHop::lines).collect();
        let hops: Vec<Hop<'_>> = self
            .hops
            .iter()
            .zip(&lines)
            .map(|(hop, headers)| Hop {
                url: hop.url.as_deref().unwrap_or_default().as_bytes(),
                response: hop.response.as_ref().map(|response| Response { status: response.status, headers }),
                ..Hop::default()
            })
            .collect();
        use_it(Exchange { request, hops: &hops }, network)
    }
}

impl CaseHop {
    fn lines(&self) -> Vec<Line<'_>> {
        let headers = self.response.iter().flat_map(|response| &response.headers);
        headers.map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect()
    }
}

#[test]
fn delivery_is_what_the_vectors_say() {
    let mut wrong = vec![];
    for case in cases() {
        case.with(|exchange, network| {
            for profile in Profile::ALL {
                let found = exchange.deliver(profile, &network);
                let code = found.code().map(DeliveryCode::as_str);
                let wanted = (case.delivery[profile.name()].as_str().unwrap(), case.codes[profile.name()].as_str());
                if (found.verdict().as_str(), code) != wanted {
                    wrong.push(format!("{} ({profile}): {} {code:?}, not {wanted:?}", case.says, found.verdict()));
                }
            }
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn vectors_have_one_case_for_each_name_and_reach_every_code_of_a_verdict() {
    let cases = cases();
    let mut names: Vec<&str> = cases.iter().map(|case| case.says.as_str()).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    for code in DeliveryCode::ALL {
        // Only messages have these two.
        let of_console = matches!(code, DeliveryCode::LocalNetworkSystem | DeliveryCode::PrivateNetworkAccess);
        let is_there = cases.iter().any(|case| case.codes.values().any(|found| found.as_str() == Some(code.as_str())));
        assert_eq!(is_there, !of_console, "{code}");
    }
}

/// Neither verdict depends on the other.
#[test]
fn cors_verdict_does_not_change_with_the_network() {
    let headers: &[Line<'_>] = &[(b"Access-Control-Allow-Origin", b"*")];
    for case in cases() {
        case.with(|exchange, network| {
            let answered = [Hop { response: Some(Response { status: 200, headers }), ..Hop::default() }];
            let exchange = if exchange.hops.len() > 1 { exchange } else { Exchange { hops: &answered, ..exchange } };
            for profile in Profile::ALL {
                let before = exchange.judge(profile, |_| {});
                let first = exchange.deliver(profile, &network);
                assert_eq!(exchange.judge(profile, |_| {}), before, "{}", case.says);
                let emptied = Exchange { hops: &exchange.hops.map_headers_away(), ..exchange };
                assert_eq!(emptied.deliver(profile, &network).verdict(), first.verdict(), "{}", case.says);
            }
        });
    }
}

trait MapHeadersAway<'a> {
    fn map_headers_away(&self) -> Vec<Hop<'a>>;
}

impl<'a> MapHeadersAway<'a> for [Hop<'a>] {
    fn map_headers_away(&self) -> Vec<Hop<'a>> {
        let emptied = |response: Response<'a>| Response { headers: &[], ..response };
        self.iter().map(|hop| Hop { response: hop.response.map(emptied), ..*hop }).collect()
    }
}

fn deliver(profile: Profile, request: ScriptRequest<'_>, network: Network<'_>) -> corsac::browser::Delivery {
    Exchange { request, hops: &[] }.deliver(profile, &network)
}

fn public() -> Network<'static> {
    Network { page_space: Some(AddressSpace::Public), ..Network::default() }
}

#[test]
fn text_that_is_not_an_address_counts_as_unknown() {
    let network = Network { addresses: &[b"nas"], ..public() };
    let found = deliver(Profile::Chromium, ScriptRequest::new(PAGE, b"https://nas.example.com/"), network);
    assert_eq!(found.code(), Some(DeliveryCode::TargetSpaceUnknown));
}

#[test]
fn delivery_names_the_place_the_space_and_how_certain_it_is() {
    let get = ScriptRequest::new(PAGE, b"https://127.0.0.1/x");
    let put = ScriptRequest { method: b"PUT", ..get };
    let [asked, before] = [get, put].map(|request| deliver(Profile::Chromium, request, public()));
    assert_eq!((asked.part(), before.part()), (Part::Response, Part::Preflight));
    assert_eq!((asked.hop(), asked.target_space()), (0, Some(AddressSpace::Loopback)));
    let certainty = |profile, url| deliver(profile, ScriptRequest::new(PAGE, url), public()).certainty();
    assert_eq!(certainty(Profile::Chromium, b"https://127.0.0.1/"), Certainty::Certain);
    assert_eq!(certainty(Profile::Chromium, b"https://printer.local/"), Certainty::Likely);
    assert_eq!(certainty(Profile::Firefox, b"https://127.0.0.1/"), Certainty::Certain);
    // Browsers do not agree about these addresses, and no run has shown what each of them does.
    for url in [&b"https://[fec0::1]/"[..], b"https://[2001:db8::1]/", b"https://[3fff::1]/"] {
        assert_eq!(certainty(Profile::Chromium, url), Certainty::Likely, "{}", url.escape_ascii());
    }
    assert_eq!(certainty(Profile::Spec, b"https://198.18.0.1/"), Certainty::Likely);
    assert_eq!(certainty(Profile::WebKit, b"https://127.0.0.1/"), Certainty::Possible);
    assert_eq!(certainty(Profile::Firefox, b"http://api.example.com/"), Certainty::Certain);
    assert_eq!(certainty(Profile::Spec, b"https://api.example.com/"), Certainty::Possible);
}

/// No release of WebKit checks the local network, so a run could not show that it refuses anything.
#[test]
fn only_what_a_run_has_shown_is_refused() {
    for case in cases() {
        case.with(|exchange, network| {
            for profile in [Profile::Firefox, Profile::WebKit] {
                let found = exchange.deliver(profile, &network);
                let is_mixed = found.code() == Some(DeliveryCode::MixedContent);
                let may_refuse = profile == Profile::Firefox || is_mixed;
                assert!(found.verdict() != DeliveryVerdict::Refused || may_refuse, "{}", case.says);
                assert!(is_mixed || found.code().is_none() || found.versions().is_some(), "{}", case.says);
            }
        });
    }
}

/// The option `targetAddressSpace` is the request's alone, and WebKit checks a redirect late.
#[test]
fn a_preflight_leaves_where_only_its_request_is_refused() {
    let put = ScriptRequest { method: b"PUT", ..ScriptRequest::new(PAGE, b"https://10.0.0.1/x") };
    let named = Network { target_address_space: Some(AddressSpace::Public), ..public() };
    let part = |permission| {
        let found = deliver(Profile::Chromium, put, Network { permission, ..named });
        (found.code(), found.part())
    };
    assert_eq!(part(Permission::Granted), (Some(DeliveryCode::LocalNetworkSpaceMismatch), Part::Response));
    assert_eq!(part(Permission::Denied), (Some(DeliveryCode::LocalNetworkDenied), Part::Preflight));
    let response = Some(Response { status: 307, headers: &[(b"Access-Control-Allow-Origin", b"*")] });
    let hops = [Hop { response, ..Hop::default() }, Hop { url: b"http://api.example.com/y", ..Hop::default() }];
    let put = ScriptRequest { url: b"https://api.example.com/x", ..put };
    let parts = [Profile::Chromium, Profile::Firefox, Profile::WebKit].map(|profile| {
        let found = Exchange { request: put, hops: &hops }.deliver(profile, &Network::default());
        assert_eq!((found.code(), found.hop()), (Some(DeliveryCode::MixedContent), 1));
        found.part()
    });
    assert_eq!(parts, [Part::Preflight, Part::Preflight, Part::Response]);
    let mixed = ScriptRequest { method: b"PUT", ..ScriptRequest::new(PAGE, b"http://api.example.com/x") };
    assert_eq!(deliver(Profile::WebKit, mixed, Network::default()).part(), Part::Preflight);
}

#[test]
fn every_refusal_of_chromium_is_written_and_decoded_again() {
    let mut codes = vec![];
    for case in cases() {
        case.with(|exchange, network| {
            for profile in Profile::ALL {
                let found = exchange.deliver(profile, &network);
                let written = exchange.delivery_console(&found).map(|console| console.to_string());
                let is_refused = found.verdict() == DeliveryVerdict::Refused;
                let is_mixed = found.code() == Some(DeliveryCode::MixedContent);
                let has_words = profile == Profile::Chromium || (profile != Profile::Spec && is_mixed);
                assert_eq!(written.is_some(), is_refused && has_words, "{}", case.says);
                let Some(written) = written else { continue };
                let read = decode_delivery(&written).unwrap_or_else(|| panic!("{written}"));
                assert_eq!(
                    (read.profile, Some(read.code), read.is_blocked),
                    (profile, found.code(), true),
                    "{written}"
                );
                let url = exchange.steps().nth(found.hop()).map(|step| step.url().to_vec()).unwrap();
                assert_eq!(read.url.map(str::as_bytes), Some(&url[..]), "{written}");
                if !codes.contains(&read.code) {
                    codes.push(read.code);
                }
                if read.code != DeliveryCode::MixedContent {
                    assert_eq!(read.space, found.target_space(), "{written}");
                    let cors = decode_console(&written).and_then(|message| message.code);
                    assert_eq!(cors, read.blocked_code(), "{written}");
                    assert_eq!(cors.map(BlockedCode::as_str), Some(read.code.as_str()));
                }
            }
        });
    }
    assert_eq!(codes.len(), 4, "{codes:?}");
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
fn sentences_of_a_delivery_name_the_network() {
    let sentence = |url, network| deliver(Profile::Chromium, ScriptRequest::new(PAGE, url), network).to_string();
    assert_eq!(
        sentence(b"https://127.0.0.1/", public()),
        "the user decides whether the page may access the user's own machine"
    );
    assert_eq!(
        sentence(b"https://10.0.0.1/", Network::default()),
        "if the page is served from the internet, the user decides whether it may access the user's local network"
    );
    assert_eq!(sentence(b"https://8.8.8.8/", public()), "the browser sends the request");
}

#[test]
fn names_of_spaces_and_permissions_are_read_as_they_are_written() {
    for space in AddressSpace::ALL {
        assert_eq!(AddressSpace::parse(space.as_str()), Some(*space));
    }
    for permission in Permission::ALL {
        assert_eq!(Permission::parse(permission.as_str()), Some(*permission));
    }
    assert!(AddressSpace::Loopback.is_less_public_than(AddressSpace::Local));
    assert!(AddressSpace::Local.is_less_public_than(AddressSpace::Public));
    assert!(!AddressSpace::Public.is_less_public_than(AddressSpace::Public));
    let of = |address: &[u8]| AddressSpace::of_address(address, Profile::Spec);
    assert_eq!(
        (of(b"::ffff:10.0.0.1"), of(b"[::1]"), of(b"")),
        (Some(AddressSpace::Local), Some(AddressSpace::Loopback), None)
    );
    for text in [&b"[]"[..], b"%", b"1.2.3", b"[::1", b"a"] {
        assert_eq!(of(text), None);
    }
}
