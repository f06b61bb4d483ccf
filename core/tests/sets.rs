//! Tests policy sets: the path chooses, then the origin; findings name the wrong tables; hostile
//! images do not open.

use core::cell::Cell;

use corsac::{
    CompileError, Field, FindingCode, OpenError, Policy, PolicySet, PolicySetSpec, PolicySpec, PolicyTable, Request,
    RequestPath, Tables,
};

const APP: &str = "https://app.example.com";
const ACCOUNT: &str = "https://account.example.com";
const STRANGER: &str = "https://stranger.example";

fn account() -> PolicySpec<'static> {
    PolicySpec { allow_credentials: true, ..PolicySpec::new(&["https://account.example.com"]) }
}

fn app() -> PolicySpec<'static> {
    PolicySpec {
        allow_methods: Some(&["GET", "PUT"]),
        allow_headers: &["content-type"],
        allow_credentials: true,
        ..PolicySpec::new(&["https://app.example.com"])
    }
}

/// The set of the documentation, and a path without a policy.
fn tables() -> Vec<PolicyTable<'static>> {
    vec![
        PolicyTable::new("/account", account()),
        PolicyTable::new("/", app()),
        PolicyTable::new("/", PolicySpec::new(&["*"])),
        PolicyTable::untouched("/internal/raw"),
    ]
}

fn compile(tables: &[PolicyTable<'_>]) -> PolicySet<Vec<u8>> {
    let spec = PolicySetSpec::new(tables);
    spec.compile(vec![0; spec.image_len()], |finding| panic!("{finding}")).expect("it compiles")
}

type Found = (Option<usize>, FindingCode, Field, Option<String>);

fn findings(tables: &[PolicyTable<'_>]) -> Vec<Found> {
    let spec = PolicySetSpec::new(tables);
    let mut found = Vec::new();
    let _ = spec.compile(vec![0; spec.image_len()], |finding| {
        found.push((finding.table, finding.code, finding.field, finding.suggestion.replacement().map(str::to_owned)));
    });
    found
}

/// Whether the request is allowed, and the headers. `None`: no policy applies.
fn get<B: AsRef<[u8]>>(set: &PolicySet<B>, path: &str, origin: &str) -> Option<(bool, Vec<String>)> {
    let request = Request::from_lines("GET", [("Origin", origin)]);
    let decision = set.evaluate(&RequestPath::decoded(path), &request)?;
    Some((decision.is_allowed(), decision.headers().map(|header| header.to_string()).collect()))
}

fn is_allowed(set: &PolicySet<Vec<u8>>, path: &str, origin: &str) -> Option<bool> {
    get(set, path, origin).map(|(is_allowed, _)| is_allowed)
}

/// The number of the first table that governs a path.
fn table_of(set: &PolicySet<Vec<u8>>, path: &RequestPath<'_>) -> Option<usize> {
    set.at(path)?.policies().next().map(|(table, _)| table)
}

#[test]
fn longest_path_of_whole_segments_decides_and_none_falls_through() {
    let set = compile(&tables());
    for path in ["/account", "/account/", "/account/cards/7"] {
        assert_eq!(is_allowed(&set, path, ACCOUNT), Some(true), "{path}");
        assert_eq!(is_allowed(&set, path, APP), Some(false), "{path}");
    }
    for path in ["/accounts", "/accoun", "/Account", "/other/account", "/", ""] {
        assert_eq!(is_allowed(&set, path, APP), Some(true), "{path}");
    }
    for path in ["/internal/raw", "/internal/raw/x"] {
        assert_eq!(is_allowed(&set, path, APP), None, "{path}");
    }
    assert_eq!(is_allowed(&set, "/internal", APP), Some(true));
}

#[test]
fn every_response_of_a_shared_path_varies_on_origin() {
    let set = compile(&tables());
    let (_, headers) = get(&set, "/news", STRANGER).expect("it is governed");
    assert_eq!(headers, ["Access-Control-Allow-Origin: *", "Vary: Origin"]);
    let (_, headers) = get(&set, "/news", APP).expect("it is governed");
    assert_eq!(
        headers,
        [&format!("Access-Control-Allow-Origin: {APP}"), "Access-Control-Allow-Credentials: true", "Vary: Origin"]
    );
    // The policy for any origin decides a plain request, although it is not the first.
    let request = Request::new("GET");
    let plain = set.evaluate(&RequestPath::decoded("/news"), &request).expect("it is governed");
    let headers: Vec<String> = plain.headers().map(|header| header.to_string()).collect();
    assert_eq!(headers, ["Access-Control-Allow-Origin: *", "Vary: Origin"]);
}

#[test]
fn first_policy_that_allows_the_origin_decides_the_preflight_too() {
    let set = compile(&tables());
    let preflight = |origin, method| {
        let lines = [("Origin", origin), ("Access-Control-Request-Method", method)];
        let request = Request::from_lines("OPTIONS", lines);
        let decision = set.evaluate(&RequestPath::decoded("/x"), &request).expect("it is governed");
        (decision.is_allowed(), decision.status())
    };
    assert_eq!(preflight(APP, "PUT"), (true, Some(204)));
    assert_eq!(preflight(STRANGER, "PUT"), (false, Some(204)));
    // The app's own policy does not list DELETE, and the next policy is not asked.
    assert_eq!(preflight(APP, "POST"), (false, Some(403)));
    assert_eq!(preflight(STRANGER, "POST"), (true, Some(204)));
    // Malformed and over-long origins are passed on to the next policy.
    assert_eq!(preflight("nonsense", "GET"), (true, Some(204)));
    assert_eq!(preflight(&format!("https://{}.example", "a".repeat(400)), "GET"), (true, Some(204)));
}

#[test]
fn last_denial_is_reported_where_no_policy_allows_the_origin() {
    let denying = PolicySpec { denied_preflight_status: Some(418), ..PolicySpec::new(&["https://b.example"]) };
    let set = compile(&[PolicyTable::new("/", app()), PolicyTable::new("/", denying)]);
    let lines = [("Origin", STRANGER), ("Access-Control-Request-Method", "GET")];
    let request = Request::from_lines("OPTIONS", lines);
    let decision = set.evaluate(&RequestPath::decoded("/"), &request).expect("it is governed");
    assert_eq!((decision.is_allowed(), decision.status()), (false, Some(418)));
}

#[test]
fn ambiguous_paths_are_denied_in_sets_with_several_paths() {
    let set = compile(&tables());
    let decide = |path: RequestPath<'static>, method: &'static str, lines: &'static [(&str, &str)]| {
        let request = Request::from_lines(method, lines.iter().map(|(name, value)| (name, *value)));
        let decision = set.evaluate(&path, &request).expect("it is governed");
        let headers: Vec<String> = decision.headers().map(|header| header.to_string()).collect();
        (decision.denial().map(|denial| denial.code().as_str()), decision.status(), headers)
    };
    let actual: &[(&str, &str)] = &[("Origin", STRANGER)];
    for path in ["/a/../account", "/./account", "//account", "/account//x", "/a\\b", "account", "/.", "/x/.."] {
        let vary = vec!["Vary: Origin".to_owned()];
        assert_eq!(decide(RequestPath::decoded(path), "GET", actual), (Some("path-ambiguous"), None, vary), "{path}");
    }
    for raw in ["/account%2fx", "/a%5Cb", "/%2e%2e/account", "/a/%2E/b", "//a"] {
        let (code, ..) = decide(RequestPath::raw(raw), "GET", actual);
        assert_eq!(code, Some("path-ambiguous"), "{raw}");
    }
    let both = RequestPath::decoded("/account/x").with_raw("/account%2Fx?y=1");
    assert_eq!(decide(both, "GET", actual).0, Some("path-ambiguous"));
    // A server that merges slashes has done so already. Only an encoded slash of the raw path
    // counts.
    assert_eq!(decide(RequestPath::decoded("/a").with_raw("//a?b=%2f"), "GET", actual).0, None);
    let preflight: &[(&str, &str)] = &[("Origin", APP), ("Access-Control-Request-Method", "PUT")];
    let vary = "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers".to_owned();
    let denied = (Some("path-ambiguous"), Some(403), vec![vary]);
    assert_eq!(decide(RequestPath::decoded("/a//b"), "OPTIONS", preflight), denied);
}

#[test]
fn raw_path_is_decoded_once() {
    let set = compile(&tables());
    let request = Request::from_lines("GET", [("Origin", ACCOUNT)]);
    let is_account = |raw: &str| {
        let path = RequestPath::raw(raw);
        let policies = set.at(&path).expect("it is governed");
        policies.policies().next().expect("a policy").0 == 0 && policies.evaluate(&request).is_allowed()
    };
    for raw in ["/account", "/%61ccount", "/account/?x", "/account#x", "/acc%6Funt/%zz"] {
        assert!(is_account(raw), "{raw}");
    }
    for raw in ["/%2561ccount", "/account%3F", "/account%00", "/x?/account"] {
        assert!(!is_account(raw), "{raw}");
    }
    let long = format!("/{}", "a".repeat(300));
    assert!(!is_account(&long));
}

#[test]
fn one_path_is_never_ambiguous() {
    let set = compile(&[PolicyTable::new("/account", account())]);
    assert_eq!(is_allowed(&set, "/account//x", ACCOUNT), Some(true));
    assert_eq!(is_allowed(&set, "/x/../account", ACCOUNT), None);
}

#[test]
fn paths_are_found_at_every_length() {
    let paths: Vec<String> = (1..=255).map(|length| format!("/{}", "a".repeat(length - 1))).collect();
    let tables: Vec<PolicyTable<'_>> = paths.iter().map(|path| PolicyTable::new(path, account())).collect();
    let set = compile(&tables);
    for (number, path) in paths.iter().enumerate() {
        let below = if path == "/" { "/b".to_owned() } else { format!("{path}/b") };
        for path in [path, &below] {
            assert_eq!(table_of(&set, &RequestPath::decoded(path)), Some(number));
            assert_eq!(table_of(&set, &RequestPath::raw(path)), Some(number), "as it was sent: {path}");
        }
    }
    // `/` governs what is longer than any path of a set.
    let longer = format!("/{}", "a".repeat(255));
    assert_eq!(table_of(&set, &RequestPath::decoded(&longer)), Some(0));
    assert_eq!(table_of(&set, &RequestPath::raw(&longer)), Some(0));
    let escaped = |length: usize| format!("/%61{}", "a".repeat(length - 2));
    assert_eq!(table_of(&set, &RequestPath::raw(&escaped(255))), Some(254));
    assert_eq!(table_of(&set, &RequestPath::raw(&escaped(256))), Some(0));
}

#[test]
fn segments_are_found_at_every_depth() {
    let paths: Vec<String> = (1..=16).map(|depth| "/ab".repeat(depth)).collect();
    let tables: Vec<PolicyTable<'_>> = paths.iter().map(|path| PolicyTable::new(path, account())).collect();
    let set = compile(&tables);
    for depth in 1..=20 {
        let path = "/ab".repeat(depth);
        let found = set.at(&RequestPath::decoded(&path)).and_then(|policies| policies.policies().next());
        assert_eq!(found.map(|(table, _)| table), Some(depth.min(16) - 1), "{path}");
    }
    assert!(set.at(&RequestPath::decoded("/abc")).is_none());
}

#[test]
fn origin_check_is_asked_with_the_number_of_its_table() {
    let external = PolicySpec { external_origins: true, ..PolicySpec::new(&[]) };
    let set =
        compile(&[PolicyTable::new("/", app()), PolicyTable::new("/", external), PolicyTable::new("/x", account())]);
    let request = Request::from_lines("GET", [("Origin", STRANGER)]);
    let mut asked = Vec::new();
    let path = RequestPath::decoded("/y");
    let decision = set.evaluate_with(&path, &request, |table, origin| {
        asked.push((table, origin.to_vec()));
        true
    });
    assert!(decision.expect("it is governed").is_allowed());
    assert_eq!(asked, [(1, STRANGER.into())]);
}

#[test]
fn ids_differ_between_paths() {
    let set = compile(&tables());
    let id = |path: &str| set.at(&RequestPath::decoded(path)).map(|policies| policies.id());
    assert_eq!(id("/account"), id("/account/x"));
    assert_ne!(id("/account"), id("/"));
    assert_eq!((id("/internal/raw"), id("//")), (None, Some(u32::MAX)));
}

#[test]
fn timing_header_is_replaced_where_one_policy_allows_timing() {
    let timing = PolicySpec { allow_timing: true, ..PolicySpec::new(&["https://b.example"]) };
    let set = compile(&[PolicyTable::new("/", app()), PolicyTable::new("/", timing), PolicyTable::new("/x", app())]);
    let request = Request::from_lines("GET", [("Origin", APP)]);
    let replaces = |path| {
        let path = RequestPath::decoded(path);
        set.evaluate(&path, &request).expect("it is governed").replaces_header(b"timing-allow-origin")
    };
    assert!(replaces("/"));
    assert!(!replaces("/x"));
    // Which policy an ambiguous path belongs to is unknown, so any policy of the set counts.
    assert!(replaces("//"));
    let set = compile(&[PolicyTable::new("/", app()), PolicyTable::new("/x", app())]);
    let path = RequestPath::decoded("//");
    assert!(!set.evaluate(&path, &request).expect("it is governed").replaces_header(b"timing-allow-origin"));
}

#[test]
fn wrong_paths_are_refused_with_the_path_to_write() {
    for (path, meant) in [
        ("", Some("/")),
        ("account", Some("/account")),
        ("/account/", Some("/account")),
        ("/account/*", Some("/account")),
        ("/a//b", Some("/a/b")),
        ("/a?b=c", Some("/a")),
        ("/a/../b", None),
        ("/a%2fb", None),
        ("/a\\b", None),
        ("/a\nb", None),
    ] {
        let found = findings(&[PolicyTable::new(path, account())]);
        assert_eq!(found, [(Some(0), FindingCode::InvalidPath, Field::Path, meant.map(str::to_owned))], "{path}");
    }
    for path in [format!("/{}", "a".repeat(255)), "/a".repeat(17)] {
        assert_eq!(findings(&[PolicyTable::new(&path, account())])[0].1, FindingCode::TooLong);
    }
}

#[test]
fn tables_that_never_decide_are_refused() {
    let any = || PolicySpec::new(&["*"]);
    let never = |tables: &[PolicyTable<'_>]| -> Vec<(Option<usize>, FindingCode)> {
        findings(tables).into_iter().map(|(table, code, ..)| (table, code)).collect()
    };
    let after_any = [PolicyTable::new("/", any()), PolicyTable::new("/", app()), PolicyTable::new("/x", app())];
    assert_eq!(never(&after_any), [(Some(1), FindingCode::NeverDecides)]);
    let untouched = [PolicyTable::new("/", app()), PolicyTable::untouched("/")];
    assert_eq!(never(&untouched), [(Some(0), FindingCode::NeverDecides)]);
}

#[test]
fn entries_that_an_earlier_table_allows_are_warned_of() {
    let wide = PolicySpec::new(&["https://*.example.com", "https://b.example"]);
    let found = findings(&[PolicyTable::new("/", wide), PolicyTable::new("/", app()), PolicyTable::new("/", wide)]);
    let found: Vec<_> = found.into_iter().map(|(table, code, ..)| (table, code)).collect();
    let covered = FindingCode::CoveredByEarlier;
    assert_eq!(found, [(Some(1), covered), (Some(2), covered), (Some(2), covered)]);
}

#[test]
fn ninth_policy_of_path_and_table_4097_are_too_many() {
    let origins: Vec<String> = (0..9).map(|number| format!("https://a{number}.example")).collect();
    let lists: Vec<[&str; 1]> = origins.iter().map(|origin| [origin.as_str()]).collect();
    let tables: Vec<PolicyTable<'_>> = lists.iter().map(|list| PolicyTable::new("/", PolicySpec::new(list))).collect();
    let set = compile(&tables[..8]);
    for origin in &origins[..8] {
        assert_eq!(is_allowed(&set, "/", origin), Some(true));
    }
    let found = findings(&tables);
    assert_eq!(found, [(Some(8), FindingCode::TooMany, Field::Path, None)]);

    let paths: Vec<String> = (0..4097).map(|number| format!("/{number}")).collect();
    let tables: Vec<PolicyTable<'_>> = paths.iter().map(|path| PolicyTable::new(path, account())).collect();
    assert_eq!(findings(&tables), [(Some(4096), FindingCode::TooMany, Field::Policy, None)]);
    let set = compile(&tables[..4096]);
    assert_eq!(
        set.at(&RequestPath::decoded("/4095/x")).expect("it is governed").policies().next().expect("one").0,
        4095
    );
}

/// Tables that count how often their paths are read.
struct Counted<'t>(&'t [PolicyTable<'t>], Cell<usize>);

impl Tables for Counted<'_> {
    type Text = &'static str;

    fn count(&self) -> usize {
        self.0.len()
    }

    fn path(&self, table: usize) -> &[u8] {
        self.1.set(self.1.get() + 1);
        self.0[table].path
    }

    fn policy(&self, _: usize) -> Option<PolicySpec<'_, &'static str>> {
        Some(app())
    }
}

#[test]
fn each_path_is_read_only_a_few_times() {
    let paths: Vec<String> = (0..4096).map(|number| format!("/service-{}", number / 2)).collect();
    let tables: Vec<PolicyTable<'_>> = paths.iter().map(|path| PolicyTable::new(path, app())).collect();
    for count in [256, 4096] {
        let counted = Counted(&tables[..count], Cell::new(0));
        let storage = vec![0; corsac::set_image_len(&counted)];
        corsac::compile_set(&counted, storage, |_| ()).expect("it compiles");
        assert!(counted.1.get() < 20 * count, "{} for {count} tables", counted.1.get());
    }
}

#[test]
fn findings_between_tables_are_the_same_without_storage() {
    let tables = [
        PolicyTable::new("/a", PolicySpec::new(&["*"])),
        PolicyTable::new("/b", PolicySpec { external_origins: true, ..app() }),
        PolicyTable::new("/a", app()),
        PolicyTable::new("/b", PolicySpec { external_origins: true, ..account() }),
        // These two are neighbours, unlike the others.
        PolicyTable::untouched("/c"),
        PolicyTable::untouched("/c"),
    ];
    let mut found = Vec::new();
    let refused = PolicySetSpec::new(&tables).compile([0; 0], |finding| found.push((finding.table, finding.code)));
    assert!(matches!(refused, Err(CompileError::Findings { errors: 3 })), "{found:?}");
    let with_storage: Vec<_> = findings(&tables).into_iter().map(|(table, code, ..)| (table, code)).collect();
    assert_eq!(found, with_storage);
}

#[test]
fn set_without_a_table_is_refused() {
    assert_eq!(findings(&[]), [(None, FindingCode::NoPolicies, Field::Policy, None)]);
}

#[test]
fn second_table_with_external_origins_is_refused() {
    let external = |origins| PolicySpec { external_origins: true, ..PolicySpec::new(origins) };
    let tables = [PolicyTable::new("/", external(&[])), PolicyTable::new("/", external(&["https://a.example"]))];
    let twice = (Some(1), FindingCode::ExternalOriginsTwice, Field::ExternalOrigins, None);
    assert_eq!(findings(&tables), [twice]);
}

#[test]
fn findings_of_all_tables_come_at_once() {
    let wrong = PolicySpec::new(&["https://a.example/"]);
    let found =
        findings(&[PolicyTable::new("/a/", wrong), PolicyTable::new("/b", app()), PolicyTable::new("/c", wrong)]);
    let found: Vec<_> = found.into_iter().map(|(table, code, ..)| (table, code.as_str())).collect();
    assert_eq!(found, [(Some(0), "invalid-path"), (Some(0), "trailing-slash"), (Some(2), "trailing-slash")]);
}

#[test]
fn too_small_storage_reports_what_is_enough() {
    let tables = tables();
    let spec = PolicySetSpec::new(&tables);
    let needed = spec.image_len();
    for length in 0..needed {
        let mut storage = vec![0xAA; length];
        let error = spec.compile(&mut storage[..], |_| ()).unwrap_err();
        assert_eq!(error, CompileError::StorageTooSmall { needed }, "{length}");
        assert!(storage.iter().all(|&b| b == 0), "{length}");
    }
}

#[test]
fn image_opens_alike_and_policy_is_set_of_one() {
    let set = compile(&tables());
    let opened = PolicySet::open(set.image()).expect("it opens");
    assert_eq!(opened.image(), set.image());
    assert_eq!(
        opened.tables().map(|(path, policy)| (path.to_vec(), policy.is_some())).collect::<Vec<_>>(),
        [
            (b"/account".to_vec(), true),
            (b"/".to_vec(), true),
            (b"/".to_vec(), true),
            (b"/internal/raw".to_vec(), false),
        ]
    );
    for path in ["/account", "/news", "/internal/raw/x"] {
        assert_eq!(get(&opened, path, STRANGER), get(&set, path, STRANGER));
    }
    assert_eq!(Policy::open(set.image()).unwrap_err(), OpenError::IsSet);

    let single = app().compile(vec![0; app().image_len()], |_| ()).expect("it compiles");
    let set = PolicySet::open(single.image()).expect("it opens");
    assert!(!set.is_set() && opened.is_set());
    assert_eq!(set.image(), single.image());
    assert_eq!(get(&set, "/a//b", APP).map(|(is_allowed, _)| is_allowed), Some(true));
    assert_eq!(set.tables().count(), 1);
}

#[test]
fn changed_or_cut_image_is_refused_or_another_valid_set() {
    let set = compile(&tables());
    let image = set.image();
    for length in 0..image.len() {
        assert!(PolicySet::open(&image[..length]).is_err(), "{length}");
    }
    let mut opened = 0;
    for at in 0..image.len() {
        for bit in 0..8 {
            let mut other = image.to_vec();
            other[at] ^= 1 << bit;
            // A letter of a path or an origin, a status or a number may be another one, but nothing
            // else.
            if let Ok(other) = PolicySet::open(other.as_slice()) {
                opened += 1;
                assert!(other.tables().all(|(path, _)| path.starts_with(b"/")));
            }
            // Bytes that were not opened must not panic either.
            let unopened = PolicySet::from_compiled(Vec::leak(other.clone()));
            let _ = get(&unopened, "/account/x", APP);
        }
    }
    assert!(opened > 0);
}

#[test]
fn debug_shows_paths_and_never_the_image() {
    let shown = format!("{:?}", compile(&tables()));
    assert!(shown.contains("/account") && shown.len() < 1000, "{shown}");
}

#[test]
fn set_can_be_borrowed_and_unwrapped() {
    let tables = [PolicyTable::new(b"/a", PolicySpec::new(&["*"])), PolicyTable::new(b"/", PolicySpec::new(&["*"]))];
    let spec = PolicySetSpec::new(&tables);
    let set = spec.compile(vec![0; spec.image_len()], |finding| panic!("{finding}")).expect("a set");
    assert_eq!(set.as_view().image(), set.image());
    let path = RequestPath::decoded(b"/a/../b");
    let ambiguous = set.at(&path).expect("a denial");
    let path = RequestPath::decoded(b"/a/b");
    assert!(!set.at(&path).expect("a policy").is_ambiguous());
    assert_eq!((ambiguous.is_ambiguous(), ambiguous.policies().count()), (true, 0));
    assert_eq!(format!("{ambiguous:?}"), "PathPolicies { id: 4294967295, .. }");
    let image = set.image().to_vec();
    assert!(set.into_inner().starts_with(&image));
}
