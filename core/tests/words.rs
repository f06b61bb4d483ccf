//! Tests the texts that people read: every denial, finding and suggestion, with untrusted bytes
//! escaped and cut.

use corsac::{Denial, DenialCode, Escaped, FindingCode, Policy, PolicySpec, Request, Severity};

#[test]
fn quotes_and_markup_are_escaped() {
    for b in 0..=255_u8 {
        let stays = (0x20..=0x7E).contains(&b) && !matches!(b, b'"' | b'\\' | b'<');
        let wanted = if stays { char::from(b).to_string() } else { format!("\\x{b:02X}") };
        assert_eq!(Escaped(&[b]).to_string(), wanted);
    }
}

fn denied(lines: &[(&str, &[u8])]) -> String {
    let spec = PolicySpec { allow_headers: &["x-c"], ..PolicySpec::new(&["https://a.example"]) };
    let policy = spec.compile([0; 512], |_| ()).unwrap();
    let mut request = Request::new("OPTIONS");
    for (name, value) in lines {
        request.header(name, value);
    }
    let decision = policy.evaluate(&request);
    decision.denial().unwrap().to_string()
}

const ORIGIN: (&str, &[u8]) = ("Origin", b"https://a.example");
const GET: (&str, &[u8]) = ("Access-Control-Request-Method", b"GET");

#[test]
fn every_denial_is_a_sentence() {
    let method = |value: &'static [u8]| denied(&[ORIGIN, ("Access-Control-Request-Method", value)]);
    let headers = |value: &'static [u8]| denied(&[ORIGIN, GET, ("Access-Control-Request-Headers", value)]);
    assert_eq!(denied(&[("Origin", b"https://b.example"), GET]), r#"origin "https://b.example" is not allowed"#);
    assert_eq!(denied(&[("Origin", b"a\n"), GET]), r#"Origin "a\x0A" is not a single well-formed origin"#);
    assert_eq!(method(b"PUT"), r#"method "PUT" is not allowed"#);
    assert_eq!(method(b"P T"), r#"requested method "P T" is not a single valid method"#);
    assert_eq!(headers(b"x-a,x-b"), r#"request header "x-a" is not allowed"#);
    let malformed = r#"requested header "x a" is not a header name, is repeated, or is one element too many"#;
    assert_eq!(headers(b"x a"), malformed);
    assert_eq!(method(&[b'A'; 129]), format!(r#"value "{}..." is too long"#, "A".repeat(128)));
    let path = Denial::new(DenialCode::PathAmbiguous, b"/a/../b");
    assert_eq!(path.to_string(), r#"path "/a/../b" can be read in more than one way"#);
    let long = [b'/'; 200];
    assert_eq!(Denial::new(DenialCode::PathAmbiguous, &long).bytes(), &long[..128]);
}

#[test]
fn a_denial_shows_at_most_128_bytes() {
    let origin = |length: usize| [&b"https://"[..], &vec![b'b'; length - 8]].concat();
    for length in [127, 128, 129, 328] {
        let shown = format!("https://{}", "b".repeat(length.min(128) - 8));
        let more = if length > 128 { "..." } else { "" };
        let wanted = format!(r#"origin "{shown}{more}" is not allowed"#);
        assert_eq!(denied(&[("Origin", &origin(length)), GET]), wanted);
    }
}

#[test]
fn a_decision_is_a_sentence_and_its_headers_are_lines() {
    let spec = PolicySpec {
        allow_headers: &["*"],
        allow_credentials: true,
        expose_headers: &["etag"],
        max_age: Some(60),
        ..PolicySpec::new(&["https://a.example"])
    };
    let policy = spec.compile([0; 1024], |_| ()).unwrap();
    let said = |method: &str, lines: &[(&str, &str)]| {
        let request = Request::from_lines(method, lines.iter().copied());
        let decision = policy.evaluate(&request);
        let headers: Vec<String> = decision.headers().map(|header| header.to_string()).collect();
        for header in decision.headers() {
            assert_eq!(header.value_str().as_bytes(), header.value);
        }
        assert_eq!(decision.headers().map(|header| format!("{header:?}")).collect::<Vec<_>>(), headers);
        // The number of remaining headers is right at every step.
        let mut left = decision.headers();
        for taken in 0..=headers.len() {
            assert_eq!((left.len(), left.size_hint()), (headers.len() - taken, (left.len(), Some(left.len()))));
            left.next();
        }
        let list: Vec<String> = decision.header_list().iter().map(ToString::to_string).collect();
        assert_eq!(list, headers);
        (decision.to_string(), headers)
    };
    let (origin, get) = (("Origin", "https://a.example"), ("Access-Control-Request-Method", "GET"));
    let names = "Access-Control-Request-Headers";
    let (text, headers) = said("OPTIONS", &[origin, get, (names, "x-a"), (names, ","), (names, "x-b, x-c")]);
    assert_eq!(text, "preflight allowed: the browser may send the request");
    let wanted = [
        "Access-Control-Allow-Origin: https://a.example",
        "Access-Control-Allow-Credentials: true",
        "Access-Control-Allow-Methods: GET, HEAD, POST",
        "Access-Control-Allow-Headers: x-a",
        "Access-Control-Allow-Headers: x-b, x-c",
        "Access-Control-Max-Age: 60",
        "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    ];
    assert_eq!(headers, wanted);
    let (text, headers) = said("OPTIONS", &[("Origin", "https://b.example"), get]);
    assert_eq!(
        text,
        "preflight denied: origin \"https://b.example\" is not allowed; the browser will not send the request"
    );
    assert_eq!(headers, wanted[6..]);
    let (text, headers) = said("GET", &[origin]);
    assert_eq!(text, "request allowed: the page may read the response");
    assert_eq!(headers, [wanted[0], wanted[1], "Access-Control-Expose-Headers: etag", "Vary: Origin"]);
    let (text, headers) = said("GET", &[("Origin", "null")]);
    assert_eq!(text, "response not shared: origin \"null\" is not allowed; the application still gets the request");
    assert_eq!(headers, ["Vary: Origin"]);
    assert_eq!(said("GET", &[]).0, "plain request: it has no Origin, so there is nothing to allow or deny");
}

type Found = (FindingCode, Severity, String, String, bool);

fn findings(spec: &PolicySpec<'_>) -> Vec<Found> {
    let mut found = vec![];
    let _ = spec.compile(vec![0; spec.image_len()], |finding| {
        let (words, advice) = (finding.to_string(), finding.suggestion.to_string());
        found.push((finding.code, finding.severity, words, advice, finding.suggestion.is_none()));
    });
    found
}

/// The message and the advice of a spec with one finding.
fn only(spec: &PolicySpec<'_>) -> (String, String) {
    let mut found = findings(spec);
    assert_eq!(found.len(), 1, "{found:?}");
    let (.., words, advice, is_none) = found.remove(0);
    assert!(!is_none);
    (words, advice)
}

#[test]
fn a_finding_shows_its_entry_cut_to_128_bytes() {
    for length in [127, 128, 129] {
        let entry = "b".repeat(length);
        let (words, _) = only(&PolicySpec::new(&[&entry]));
        let more = if length > 128 { "..." } else { "" };
        assert_eq!(words, format!(r#"an origin starts with its scheme: "{}{more}""#, "b".repeat(length.min(128))));
    }
}

#[test]
fn finding_names_the_option_or_entry_and_what_covers_it() {
    let (words, advice) = only(&PolicySpec { max_age: Some(-1), ..PolicySpec::new(&["https://a.example"]) });
    let seconds = "write seconds: 0 turns caching off, 86400 is a day";
    assert_eq!((&words[..], &advice[..]), ("max_age must not be negative", seconds));
    let (words, advice) = only(&PolicySpec::new(&["https://x.b.example", "https://*.b.example"]));
    assert_eq!(words, r#"this entry has no effect: "https://x.b.example" (covered by "https://*.b.example")"#);
    assert_eq!(advice, "remove the entry");
    let (words, _) = only(&PolicySpec::new(&["https://a.example", "https://a.example"]));
    assert_eq!(words, r#"this entry is already listed: "https://a.example" (as "https://a.example")"#);
}

#[test]
fn every_pattern_that_cannot_be_repaired_has_advice() {
    let (label, long) = (format!("https://{}.example", "a".repeat(64)), format!("app://{}", "a".repeat(323)));
    let never = "remove the entry: browsers cannot send such an origin";
    let other = "write an origin as browsers send it, such as \"https://app.example.com\"";
    for (entry, advice) in [
        ("", "write an origin such as \"https://app.example.com\", or remove the entry"),
        ("ftp://a.example", "write the http: or https: origin of the page that makes the requests"),
        ("https://b\u{fc}cher.example", "write the host in punycode, such as \"https://xn--bcher-kva.example\""),
        ("https://a.*", "write \"https://*.example.com\", \"https://preview-*.example.com\" or \"http://localhost:*\""),
        (&label, never),
        (&long, never),
        ("https://a.example:x", "write a port from 1 to 65535 without leading zeros, or `*` for any port"),
        ("a_b://h", other),
        ("https://a$b.example", other),
        ("https://a.example/", "write \"https://a.example\""),
    ] {
        assert_eq!(only(&PolicySpec::new(&[entry])).1, advice, "{entry}");
    }
}

#[test]
fn a_name_that_cannot_be_repaired_has_advice() {
    let names = |name: &'static str| only(&PolicySpec { allow_headers: &[name], ..PolicySpec::new(&["*"]) }).1;
    assert_eq!(names(" x-a"), "write \"x-a\"");
    assert_eq!(names("x a"), "write each name as a string of its own: [\"x-first\", \"x-second\"]");
    assert_eq!(names("x\0"), "write one name of letters, digits and -, without spaces, commas or colons");
    assert_eq!(
        names("x-*-y"),
        "list the names one by one, or write a prefix such as \"x-amz-meta-*\", or \"*\" for any"
    );
    let methods = |name| only(&PolicySpec { allow_methods: Some(&[name]), ..PolicySpec::new(&["*"]) }).1;
    assert_eq!(methods("GET, PUT"), "write each method as a string of its own: [\"GET\", \"POST\"]");
    assert_eq!(names(""), "write a name, or remove the entry");
    assert!(corsac::Suggestion::None.is_none() && corsac::Suggestion::None.to_string().is_empty());
}

#[test]
fn missing_get_has_advice() {
    let with = |methods: &[&str]| only(&PolicySpec { allow_methods: Some(methods), ..PolicySpec::new(&["*"]) }).1;
    assert_eq!(with(&[]), "list the methods, such as GET");
    assert_eq!(with(&["DELETE"]), "add GET");
    assert_eq!(with(&["DELETE", "HEAD"]), "add GET");
}

#[test]
fn message_depends_on_the_option() {
    let of_numbers = PolicySpec {
        max_age: Some(-1),
        preflight_status: 100,
        denied_preflight_status: Some(500),
        ..PolicySpec::new(&["*"])
    };
    let words: Vec<_> = findings(&of_numbers).into_iter().map(|(_, _, words, ..)| words).collect();
    let range = ["must not be negative", "must be from 200 to 299", "must be from 400 to 499"];
    assert_eq!(
        words,
        [("max_age", 0), ("preflight_status", 1), ("denied_preflight_status", 2)]
            .map(|(field, at)| { format!("{field} {}", range[at]) })
    );
    let of_headers = PolicySpec {
        allow_headers: &["origin", "access-control-max-age"],
        expose_headers: &["set-cookie", "origin"],
        ..PolicySpec::new(&["*"])
    };
    let words: Vec<_> = findings(&of_headers).into_iter().map(|(_, _, words, ..)| words).collect();
    assert_eq!(
        words,
        [
            r#"scripts cannot set this header: "origin""#,
            r#"only responses have this header: "access-control-max-age""#,
            r#"scripts cannot read this header: "set-cookie""#,
            r#"only requests have this header: "origin""#,
        ]
    );
}

#[test]
fn finding_names_the_switch_that_would_allow_it() {
    let trusted = |entry| findings(&PolicySpec { allow_credentials: true, ..PolicySpec::new(entry) }).remove(0).2;
    assert_eq!(
        trusted(&["http://a.example"]),
        "anyone on the network can impersonate an `http:` origin and act as the user: \"http://a.example\" \
         (dangerously_allow_insecure_origins would allow it)"
    );
    // The same for an entry that was only meant as such an origin.
    for entry in ["ws://a.example", "a.example:80", "HTTP://*.a.example", "192.168.1.20"] {
        let entry = [entry];
        for (code, _, words, ..) in findings(&PolicySpec { allow_credentials: true, ..PolicySpec::new(&entry) }) {
            let is_right = words.starts_with("anyone on the network can impersonate an `http:` origin");
            assert_eq!(is_right, code == FindingCode::InsecureOrigin, "{words}");
        }
    }
    assert_eq!(
        trusted(&["app://*"]),
        "every app or extension with this scheme could act as the user: \"app://*\" \
         (dangerously_allow_insecure_origins would allow it)"
    );
    assert_eq!(
        only(&PolicySpec::new(&["null"])).0,
        "this is the origin of every sandboxed page and local file: \"null\" \
         (dangerously_allow_null_origin would allow it)"
    );
    if cfg!(feature = "public-suffix") {
        assert_eq!(
            trusted(&["https://*.amazonaws.com"]),
            "strangers can register names that this wildcard matches: \"https://*.amazonaws.com\" \
             (below \"s3.amazonaws.com\") (dangerously_allow_public_suffixes would allow it)"
        );
        assert_eq!(
            only(&PolicySpec::new(&["https://*.com"])).0,
            "strangers can register names that this wildcard matches: \"https://*.com\" (below \"com\") \
             (dangerously_allow_public_suffixes would silence this)"
        );
    }
}

#[test]
fn every_code_says_what_is_wrong() {
    let cases: [(&str, FindingCode, &str); 3] = [
        ("https://u@a.example", FindingCode::UserInfo, "an origin has no user name or password"),
        ("https://A.example", FindingCode::UpperCase, "browsers send this in lower case"),
        ("http://1.2.3", FindingCode::NumericHost, "a host that ends in a number must be an IPv4 address"),
    ];
    for (entry, code, what) in cases {
        let (found, severity, words, ..) = findings(&PolicySpec::new(&[entry])).remove(0);
        assert_eq!((found, severity, words), (code, Severity::Error, format!("{what}: \"{entry}\"")));
    }
}

#[test]
fn compile_and_open_errors_say_what_to_do() {
    let none: &[&str] = &[];
    let refused = PolicySpec::new(none).compile([0; 512], |_| ()).unwrap_err().to_string();
    assert!(refused.contains('1'), "{refused}");
    let small = PolicySpec::new(&["https://a.example"]).compile([0; 8], |_| ()).unwrap_err().to_string();
    let needed = PolicySpec::new(&["https://a.example"]).image_len().to_string();
    assert!(small.contains(&needed), "{small}");
    assert!(!Policy::open(&b""[..]).unwrap_err().to_string().is_empty());
}

/// Every enum with stable names: each name gives its variant back, and a name that differs in one
/// letter gives none.
#[test]
fn names_are_read_back() {
    use corsac::browser::{
        AddressSpace, BlockedCode, Cause, Certainty, DeliveryCode, DeliveryVerdict, Part, Permission, PreflightOutcome,
        Verdict,
    };
    use corsac::{Class, Field};

    macro_rules! check {
        ($($name:ident)+) => {$(
            for variant in $name::ALL {
                assert_eq!(variant.as_str().parse(), Ok(*variant));
                let error = variant.as_str().to_ascii_uppercase().parse::<$name>().expect_err("not its name");
                let name = stringify!($name);
                assert_eq!(error.to_string(), format!("not the name of a {name}: {name}::ALL lists them"));
            }
        )+};
    }
    check! {
        Severity Field FindingCode DenialCode Class BlockedCode Part Cause Verdict PreflightOutcome
        AddressSpace Permission Certainty DeliveryCode DeliveryVerdict
    }
}
