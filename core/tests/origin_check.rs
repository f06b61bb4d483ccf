//! Tests which origins the caller's check is asked about: those that could be in the list, and that
//! neither a pattern nor a limit has decided.

use corsac::{PolicySetSpec, PolicySpec, PolicyTable, Request, RequestPath};

const LISTED: &str = "https://app.example";

/// Runs a check that allows everything. Returns the origins that it was asked about for these
/// `Origin` lines, and whether a page may read the response.
fn asked(spec: &PolicySpec<'_>, origins: &[&str]) -> (Vec<String>, bool) {
    let policy = spec.compile(vec![0; spec.image_len()], |_| ()).unwrap();
    let mut asked = Vec::new();
    let request = Request::from_lines("GET", origins.iter().map(|origin| ("Origin", *origin)));
    let decision = policy.evaluate_with(&request, |origin| {
        asked.push(String::from_utf8(origin.to_vec()).unwrap());
        true
    });
    let shared = decision.headers().any(|header| header.name == "Access-Control-Allow-Origin");
    assert_eq!(decision.is_allowed(), shared);
    (asked, shared)
}

/// A check that allows everything allows no more than the switches would let into the list.
#[test]
fn origin_check_never_sees_origins_that_switches_keep_out() {
    let origins = [LISTED];
    for bits in 0..16 {
        let [credentials, network, null, insecure] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
        let spec = PolicySpec {
            external_origins: true,
            allow_credentials: credentials,
            allow_private_network: network,
            dangerously_allow_null_origin: null,
            dangerously_allow_insecure_origins: insecure,
            ..PolicySpec::new(&origins)
        };
        let expect = |origin: &str, is_asked| {
            let expected = if is_asked { (vec![origin.to_owned()], true) } else { (vec![], false) };
            assert_eq!(asked(&spec, &[origin]), expected, "{origin} {spec:?}");
        };
        for opaque in ["null", "file://"] {
            expect(opaque, null && !credentials && !network);
        }
        for foreign in [
            "http://b.example",
            "http://b.example:8080",
            "http://192.168.0.1",
            "http://localhost.example",
            "http://alocalhost",
            "http://127.0.0.1.example",
            "http://1270.0.0.1",
            "http://128.0.0.1",
            "http://[::2]",
            "http://localhost:",
        ] {
            expect(foreign, !network && (!credentials || insecure));
        }
        for safe in [
            "https://b.example",
            "http://localhost:3000",
            "http://a.localhost",
            "http://127.9.9.9",
            "http://[::1]",
            "http://[::1]:8080",
            "app://b",
            "app://",
        ] {
            expect(safe, true);
        }
    }
}

#[test]
fn origin_check_sees_one_well_formed_origin_once() {
    let origins = [LISTED, "https://*.app.example", "https://10.0.0.0/8"];
    let spec = PolicySpec { external_origins: true, ..PolicySpec::new(&origins) };
    let longest = format!("https://{}", "a".repeat(320));
    let longer = format!("{longest}a");
    for stranger in ["https://b.example", "https://APP.example", "https://app.example/", &longest] {
        assert_eq!(asked(&spec, &[stranger]), (vec![stranger.to_owned()], true));
    }
    for decided in [LISTED, "https://a.app.example", "https://10.1.2.3"] {
        assert_eq!(asked(&spec, &[decided]), (vec![], true));
    }
    let lines: [&[&str]; 7] = [
        &[""],
        &["b.example"],
        &["https://b.example\r\nSet-Cookie: a=b"],
        &["https://b.example https://c.example"],
        &["https://b\u{e9}.example"],
        &[&longer],
        &["https://b.example", "https://b.example"],
    ];
    for lines in lines {
        assert_eq!(asked(&spec, lines), (vec![], false), "{lines:?}");
    }
    let closed = PolicySpec::new(&origins);
    assert_eq!(asked(&closed, &["https://b.example"]), (vec![], false));
}

#[test]
fn origin_check_of_a_set_gets_the_asking_table() {
    let (first, second) = ([LISTED], ["https://b.example"]);
    let external = PolicySpec { external_origins: true, ..PolicySpec::new(&second) };
    let tables = [
        PolicyTable::untouched("/raw"),
        PolicyTable::new("/x", PolicySpec::new(&first)),
        PolicyTable::new("/x", external),
        PolicyTable::new("/x", PolicySpec::new(&["https://c.example"])),
    ];
    let spec = PolicySetSpec::new(&tables);
    let set = spec.compile(vec![0; spec.image_len()], |_| ()).unwrap();
    for (origin, says, wanted, is_allowed) in [
        (LISTED, true, vec![], true),
        ("https://b.example", true, vec![], true),
        ("https://d.example", true, vec![2], true),
        ("https://d.example", false, vec![2], false),
        // A later policy may list an origin that the check refuses.
        ("https://c.example", false, vec![2], true),
        ("null", true, vec![], false),
        ("d", true, vec![], false),
    ] {
        let request = Request::from_lines("GET", [("Origin", origin)]);
        let mut asked = vec![];
        let decision = set.evaluate_with(&RequestPath::decoded("/x/y"), &request, |table, about| {
            assert_eq!(about, origin.as_bytes());
            asked.push(table);
            says
        });
        assert_eq!((decision.unwrap().is_allowed(), asked), (is_allowed, wanted), "{origin}");
    }
}
