//! Whether a request may leave the browser, and what is reported about it.

mod consoles;
#[path = "../narrow/mod.rs"]
mod narrow;
mod vectors;

use corsac::browser::{
    AddressSpace, Certainty, DeliveryCode, Exchange, Hop, Network, Part, Permission, Profile, Response, ScriptRequest,
};

const PAGE: &[u8] = b"https://app.example.com";

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
fn delivery_names_its_place_space_and_certainty() {
    let get = ScriptRequest::new(PAGE, b"https://127.0.0.1/x");
    let put = ScriptRequest { method: b"PUT", ..get };
    let [asked, before] = [get, put].map(|request| deliver(Profile::Chromium, request, public()));
    assert_eq!((asked.part(), before.part()), (Part::Response, Part::Preflight));
    assert_eq!((asked.hop(), asked.target_space()), (0, Some(AddressSpace::Loopback)));
    let certainty = |profile, url| deliver(profile, ScriptRequest::new(PAGE, url), public()).certainty();
    assert_eq!(certainty(Profile::Chromium, b"https://127.0.0.1/"), Certainty::Certain);
    assert_eq!(certainty(Profile::Chromium, b"https://printer.local/"), Certainty::Likely);
    assert_eq!(certainty(Profile::Firefox, b"https://127.0.0.1/"), Certainty::Certain);
    // Browsers do not agree about these addresses, and `tests/browsers/addresses.test.mjs` shows what each of them does.
    for url in [&b"https://[fec0::1]/"[..], b"https://[2001:db8::1]/", b"https://[3fff::1]/"] {
        assert_eq!(certainty(Profile::Chromium, url), Certainty::Certain, "{}", url.escape_ascii());
    }
    assert_eq!(certainty(Profile::Spec, b"https://198.18.0.1/"), Certainty::Certain);
    assert_eq!(certainty(Profile::WebKit, b"https://127.0.0.1/"), Certainty::Possible);
    assert_eq!(certainty(Profile::Firefox, b"http://api.example.com/"), Certainty::Certain);
    assert_eq!(certainty(Profile::Spec, b"https://api.example.com/"), Certainty::Possible);
}

#[test]
fn first_of_two_refusals_is_named() {
    let response = Some(Response { status: 307, headers: &[(b"Access-Control-Allow-Origin", b"*")] });
    let hops = [Hop { response, ..Hop::default() }, Hop { url: b"http://b.example.com/y", ..Hop::default() }];
    let request = ScriptRequest::new(PAGE, b"http://api.example.com/x");
    let found = Exchange { request, hops: &hops }.deliver(Profile::Chromium, &Network::default());
    assert_eq!((found.code(), found.hop()), (Some(DeliveryCode::MixedContent), 0));
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
    for url in [&b"https://8.8.8.8/"[..], b"data:,x", b"x"] {
        assert_eq!(sentence(url, public()), "the browser sends the request");
    }
}

#[test]
fn versions_are_those_with_local_network_access() {
    let versions = |profile, url| deliver(profile, ScriptRequest::new(PAGE, url), public()).versions();
    let of_each = |url| Profile::ALL.map(|profile| versions(profile, url));
    let local = [None, Some("Chrome 142 and later"), Some("Firefox 153 and later"), Some("a Safari after 26.5")];
    assert_eq!(of_each(b"https://127.0.0.1/"), local);
    // Mixed content is as old as the browsers, and what is sent has no reason.
    for url in [&b"http://api.example.com/"[..], b"https://8.8.8.8/"] {
        assert_eq!(of_each(url), [None; 4]);
    }
}

#[test]
fn names_of_spaces_and_permissions_are_read_as_written() {
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
