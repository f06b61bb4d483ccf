//! Tests that a policy works in any bytes that its caller owns: the image is the same in each, and
//! too small a storage reports what is needed.

mod layout;

use std::sync::Arc;

use corsac::{CompileError, DenialCode, Field, FindingCode, Policy, PolicySpec, PublicSuffixes, Request};

fn spec() -> PolicySpec<'static> {
    PolicySpec {
        allow_methods: Some(&["GET", "PUT"]),
        allow_headers: &["authorization", "content-type"],
        allow_credentials: true,
        expose_headers: &["etag"],
        max_age: Some(600),
        ..PolicySpec::new(&["https://app.example.com", "https://*.example.org", "http://localhost:*"])
    }
}

fn allows<B: AsRef<[u8]>>(policy: &Policy<B>, origin: &str) -> bool {
    let request = Request::from_lines("GET", [("Origin", origin)]);
    policy.evaluate(&request).is_allowed()
}

#[test]
fn the_image_is_the_same_in_every_storage() {
    let vec = spec().compile(vec![0; spec().image_len()], |_| ()).unwrap();
    let array = spec().compile([0xAA; 1024], |_| ()).unwrap();
    let room: heapless::Vec<u8, 512> = std::iter::repeat_n(0, 512).collect();
    let heapless = spec().compile(room, |_| ()).unwrap();
    let mut lent = [0x55; 700];
    let slice = spec().compile(&mut lent[..], |_| ()).unwrap();
    let spare = spec().image_len() - vec.image().len();
    assert!(spare < 16, "{spare} bytes more than the image has");
    for image in [array.image(), heapless.image(), slice.image()] {
        assert_eq!(image, vec.image());
    }
    let shared: Policy<Arc<[u8]>> = Policy::open(Arc::from(vec.image())).unwrap();
    let flash: Policy<&'static [u8]> = Policy::open(&*vec.image().to_vec().leak()).unwrap();
    for origin in ["https://app.example.com", "https://a.b.example.org", "http://localhost:3000"] {
        assert!(
            allows(&shared, origin) && allows(&flash, origin) && allows(&array, origin) && allows(&heapless, origin)
        );
    }
}

#[test]
fn too_small_storage_reports_what_is_needed() {
    let needed = spec().image_len();
    for length in 0..needed {
        let mut storage = vec![0xAA; length];
        let error = spec().compile(&mut storage[..], |_| ()).unwrap_err();
        assert_eq!(error, CompileError::StorageTooSmall { needed }, "{length}");
        assert!(storage.iter().all(|&b| b == 0), "{length}");
    }
}

#[test]
fn findings_of_single_entries_come_first() {
    let origins =
        ["https://a.example", "https://a.example/", "https://a.example", "https://*.b.example", "https://c.b.example"];
    let spec = PolicySpec { max_age: Some(-1), ..PolicySpec::new(&origins) };
    let mut found = Vec::new();
    let error =
        spec.compile(vec![0; spec.image_len()], |finding| found.push((finding.code, finding.index))).unwrap_err();
    assert_eq!(error, CompileError::Findings { errors: 2 });
    let expected = [
        (FindingCode::TrailingSlash, Some(1)),
        (FindingCode::OutOfRange, None),
        (FindingCode::Duplicate, Some(2)),
        (FindingCode::Redundant, Some(4)),
    ];
    assert_eq!(found, expected);
}

#[test]
fn thirty_two_globs_share_a_parent_and_no_more() {
    let globs: Vec<String> = (0..33).map(|number| format!("https://p{number}-*.example.com")).collect();
    let compile = |globs: &[String]| {
        let spec = PolicySpec::new(globs);
        let mut codes = Vec::new();
        let result = spec.compile(vec![0; spec.image_len()], |finding| codes.push((finding.code, finding.index)));
        (result.is_ok(), codes)
    };
    assert_eq!(compile(&globs[..32]), (true, vec![]));
    // Patterns other than globs under that parent do not count.
    let wildcard = ["https://*.example.com".to_owned()];
    let redundant = (0..32).map(|index| (FindingCode::Redundant, Some(index))).collect();
    assert_eq!(compile(&[&globs[..32], &wildcard].concat()), (true, redundant));
    assert_eq!(compile(&globs), (false, vec![(FindingCode::TooMany, Some(32))]));
}

#[test]
fn many_copies_of_one_origin_cost_one_record() {
    let many = vec!["https://a.example"; 100_000];
    let spec = PolicySpec::new(&many);
    let mut duplicates = 0;
    let policy = spec.compile(vec![0; spec.image_len()], |_| duplicates += 1).unwrap();
    assert_eq!(duplicates, 99_999);
    assert_eq!(policy.origins().count(), 1);
    assert!(Policy::open(policy.image()).is_ok());
}

#[test]
fn image_len_is_enough_for_the_shortest_names() {
    let names: Vec<String> = ('a'..='z').map(String::from).collect();
    let methods: Vec<String> = ('A'..='Z').map(String::from).collect();
    let origins = ["https://a.example".to_owned()];
    for count in [0, 1, 2, 26] {
        let spec = PolicySpec {
            allow_methods: Some(&methods[..count]),
            allow_headers: &names[..count],
            expose_headers: &names[..count],
            ..PolicySpec::new(&origins)
        };
        let policy = spec.compile(vec![0; spec.image_len()], |_| ()).unwrap();
        assert!(Policy::open(policy.image()).is_ok(), "{count}");
    }
}

#[test]
fn policy_returns_what_was_written() {
    let vec = spec().compile(vec![0; spec().image_len()], |_| ()).unwrap();
    let policy = Policy::from_compiled(vec.image().to_vec().leak());
    assert_eq!(policy.image(), vec.image());
    assert_eq!(policy.origins().count(), 3);
    assert_eq!(policy.methods().collect::<Vec<_>>(), [b"GET", b"PUT"]);
    assert_eq!(policy.request_headers().collect::<Vec<_>>(), [&b"authorization"[..], b"content-type"]);
    assert_eq!(policy.exposed_headers().collect::<Vec<_>>(), [b"etag"]);
    assert!(policy.allows_credentials() && !policy.is_any_origin() && !policy.allows_external_origins());
    assert_eq!(policy.is_public_suffix_checked(), cfg!(feature = "public-suffix"));
}

#[test]
fn policy_returns_its_numbers_and_switches() {
    type Switch = fn(&mut PolicySpec<'_>);
    let switches: [(Field, Switch); 7] = [
        (Field::AllowCredentials, |spec| spec.allow_credentials = true),
        (Field::ExternalOrigins, |spec| spec.external_origins = true),
        (Field::AllowTiming, |spec| spec.allow_timing = true),
        (Field::AllowPrivateNetwork, |spec| spec.allow_private_network = true),
        (Field::DangerouslyAllowNullOrigin, |spec| spec.dangerously_allow_null_origin = true),
        (Field::DangerouslyAllowInsecureOrigins, |spec| spec.dangerously_allow_insecure_origins = true),
        (Field::DangerouslyAllowPublicSuffixes, |spec| {
            spec.dangerously_allow_public_suffixes = PublicSuffixes::Allowed;
        }),
    ];
    let plain = PolicySpec::new(&["https://app.example.com"]);
    for (switch, turn_on) in switches {
        let mut spec = plain;
        turn_on(&mut spec);
        let policy = spec.compile([0; 256], |_| ()).unwrap();
        let on: Vec<Field> = Field::ALL.iter().copied().filter(|&field| policy.is_on(field)).collect();
        assert_eq!(on, [switch]);
    }
    for (max_age, preflight_status, denied_preflight_status) in [(None, 204, None), (Some(0), 200, Some(421))] {
        let spec = PolicySpec { max_age, preflight_status, denied_preflight_status, ..plain };
        let policy = spec.compile([0; 256], |_| ()).unwrap();
        let told = (policy.max_age(), policy.preflight_status(), policy.denied_preflight_status());
        assert_eq!(told.0.map(i64::from), max_age);
        assert_eq!((i64::from(told.1), told.2.map(i64::from)), (preflight_status, denied_preflight_status));
    }
}

#[test]
fn request_with_few_lines_denies_more_lines() {
    let (listed, any): (&[&str], &[&str]) = (&["x-a", "x-b"], &["*"]);
    for (allow_headers, code) in [(listed, DenialCode::HeadersMalformed), (any, DenialCode::TooLarge)] {
        let spec = PolicySpec { allow_headers, ..PolicySpec::new(&["https://app.example.com"]) };
        let policy = spec.compile([0; 1024], |_| ()).unwrap();
        let mut request = Request::<2>::with_lines("OPTIONS");
        request.header("Origin", "https://app.example.com");
        request.header("Access-Control-Request-Method", "GET");
        for (line, is_kept) in [("x-a", true), ("x-b", true), ("", false), ("", false)] {
            request.header("Access-Control-Request-Headers", line);
            let decision = policy.evaluate(&request);
            assert_eq!(decision.denial().map(|denial| denial.code()), (!is_kept).then_some(code), "{line}");
        }
        assert_eq!(request.method(), b"OPTIONS");
    }
}

#[test]
fn policy_with_wildcard_needs_the_list_unless_it_was_asked() {
    let listed = PublicSuffixes::Listed(&["kuleuven.be"]);
    for (origin, suffixes, has_something_to_say) in [
        ("https://*.example.com", PublicSuffixes::Refused, true),
        ("https://preview-*.example.com", PublicSuffixes::Refused, true),
        ("https://a.example", PublicSuffixes::Allowed, true),
        ("https://a.example", listed, true),
        ("https://a.example", PublicSuffixes::Refused, false),
        ("http://localhost:*", PublicSuffixes::Refused, false),
        ("*", PublicSuffixes::Refused, false),
    ] {
        let origins = [origin];
        let spec = PolicySpec { dangerously_allow_public_suffixes: suffixes, ..PolicySpec::new(&origins) };
        let policy = spec.compile([0; 512], |_| ()).expect("a policy");
        assert_eq!(
            policy.needs_public_suffixes(),
            has_something_to_say && !cfg!(feature = "public-suffix"),
            "{origin}"
        );
        // As a compiler without the list writes it. An opener with the list accepts what is a warning.
        let mut image = policy.image().to_vec();
        if cfg!(feature = "public-suffix") {
            layout::toggle(&mut image, layout::flag("SUFFIX_CHECKED"));
        }
        let opened = Policy::open(image).expect("a policy");
        assert!(!opened.is_public_suffix_checked());
        assert_eq!(opened.needs_public_suffixes(), has_something_to_say, "{origin}");
    }
}
