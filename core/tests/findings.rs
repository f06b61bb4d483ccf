//! Tests the rules of a spec, each with an entry that keeps it and one that breaks it.

use corsac::{PolicySpec, PublicSuffixes, Severity};

/// Severity, code, option with the index of its entry, and what to write instead.
type Found = (Severity, String, String, Option<String>);

fn findings(spec: &PolicySpec<'_>) -> Vec<Found> {
    let mut found = vec![];
    let compiled = spec.compile(vec![0; spec.image_len()], |finding| {
        let place = finding.index.map_or(finding.field.to_string(), |index| format!("{}[{index}]", finding.field));
        let instead = finding.suggestion.replacement().map(str::to_owned);
        found.push((finding.severity, finding.code.to_string(), place, instead));
    });
    assert_eq!(compiled.is_err(), found.iter().any(|finding| finding.0 == Severity::Error), "{found:?}");
    found
}

/// The findings of a spec, as `code` for an error and `code?` for a warning, each once and in
/// order.
fn codes(spec: &PolicySpec<'_>) -> String {
    let shown = findings(spec).into_iter().map(|(severity, code, ..)| match severity {
        Severity::Error => code,
        _ => code + "?",
    });
    shown.collect::<Vec<_>>().join(" ")
}

fn origin<'a>(entry: &'a [&'a str]) -> PolicySpec<'a> {
    PolicySpec::new(entry)
}

/// A spec with credentials.
fn trusted<'a>(entry: &'a [&'a str]) -> PolicySpec<'a> {
    PolicySpec { allow_credentials: true, ..origin(entry) }
}

/// Without the data of the list, there are no findings about suffixes.
const HAS_SUFFIXES: bool = cfg!(feature = "public-suffix");

#[test]
fn null_and_files_need_their_switch_and_never_have_credentials() {
    for entry in ["null", "file://"] {
        let entry = [entry];
        assert_eq!(codes(&origin(&entry)), "null-origin");
        assert_eq!(codes(&trusted(&entry)), "null-origin-with-credentials");
        for (spec, found) in [(origin(&entry), ""), (trusted(&entry), "null-origin-with-credentials")] {
            assert_eq!(codes(&PolicySpec { dangerously_allow_null_origin: true, ..spec }), found);
        }
    }
    assert_eq!(codes(&origin(&["file:///home"])), "unusable-scheme");
}

#[test]
fn any_host_of_a_web_scheme_never_has_credentials() {
    for entry in ["https://*", "http://*", "https://*:8443", "http://*:*"] {
        let entry = [entry];
        assert_eq!(codes(&origin(&entry)), "", "{entry:?}");
        let spec = PolicySpec { dangerously_allow_insecure_origins: true, ..trusted(&entry) };
        assert_eq!(codes(&trusted(&entry)), "any-host-with-credentials", "{entry:?}");
        // The switch does not allow it. If it was meant to, it is not reported as unneeded.
        let unneeded = if entry[0].starts_with("https") { " switch-not-needed?" } else { "" };
        assert_eq!(codes(&spec), format!("any-host-with-credentials{unneeded}"), "{entry:?}");
    }
}

#[test]
fn any_host_of_app_scheme_needs_switch_with_credentials() {
    for entry in ["chrome-extension://*", "app://*:*"] {
        let entry = [entry];
        assert_eq!(codes(&origin(&entry)), "");
        assert_eq!(codes(&trusted(&entry)), "insecure-origin");
        assert_eq!(codes(&PolicySpec { dangerously_allow_insecure_origins: true, ..trusted(&entry) }), "");
    }
    for entry in ["chrome-extension://abc", "app://", "app://host:*"] {
        assert_eq!(codes(&trusted(&[entry])), "", "{entry}");
    }
}

#[test]
fn ranges_of_strangers_never_have_credentials() {
    for (entry, found) in [
        ("https://10.0.0.0/8", ""),
        ("https://[fd00::]/8:*", ""),
        ("https://8.8.8.0/24", ""),
        ("https://[2001:db8::]/48", ""),
        ("https://8.8.8.0/23", "range-too-wide"),
        ("https://0.0.0.0/0", "range-too-wide"),
        ("https://[2001:db8::]/47", "range-too-wide"),
        ("http://127.0.0.0/8:*", ""),
        ("http://[::1]/128", ""),
        ("http://10.0.0.0/8", "insecure-origin"),
        ("http://126.0.0.0/7", "range-too-wide insecure-origin"),
    ] {
        assert_eq!(codes(&trusted(&[entry])), found, "{entry}");
        assert_eq!(codes(&origin(&[entry])), "", "{entry}");
        let entry = [entry];
        let lifted = PolicySpec { dangerously_allow_insecure_origins: true, ..trusted(&entry) };
        assert!(!codes(&lifted).contains("insecure-origin"), "{entry:?}");
        assert_eq!(codes(&lifted).contains("range-too-wide"), found.contains("range-too-wide"), "{entry:?}");
    }
}

#[test]
fn ranges_are_canonical() {
    for (entry, code, instead) in [
        ("http://192.168.1.20/16:*", "range-host-bits", Some("http://192.168.0.0/16:*")),
        ("https://[fd00::1]/8", "range-host-bits", Some("https://[fd00::]/8")),
        ("http://192.168.0.0/33", "range-prefix", None),
        ("http://192.168.0.0/016", "range-prefix", Some("http://192.168.0.0/16")),
        ("http://[FD00::]/8", "upper-case", Some("http://[fd00::]/8")),
        ("http://192.168.0.0/16/", "path", Some("http://192.168.0.0/16")),
        ("http://192.168.*.*", "misplaced-wildcard", Some("http://192.168.0.0/16")),
    ] {
        let place = "allow_origins[0]".to_owned();
        let expected = (Severity::Error, code.to_owned(), place, instead.map(str::to_owned));
        assert_eq!(findings(&origin(&[entry])), [expected], "{entry}");
    }
}

#[test]
fn ranges_are_sixteen_at_most() {
    let names: Vec<String> = (0..18).map(|number| format!("https://10.{number}.0.0/16")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let too_many = |index| (Severity::Error, "too-many".to_owned(), format!("allow_origins[{index}]"), None);
    assert_eq!(findings(&origin(&names[..16])), []);
    let others = [&names[..16], &["https://a.example"]].concat();
    assert_eq!(findings(&origin(&others)), []);
    assert_eq!(findings(&origin(&names)), [too_many(16), too_many(17)]);
}

#[test]
fn private_network_is_obsolete_and_never_for_any_site() {
    fn private<'a>(entry: &'a [&'a str]) -> PolicySpec<'a> {
        PolicySpec { allow_private_network: true, ..PolicySpec::new(entry) }
    }
    let obsolete = "private-network-obsolete?";
    assert_eq!(codes(&private(&["https://a.example"])), obsolete);
    assert_eq!(codes(&private(&["http://localhost:*"])), obsolete);
    for entry in ["*", "https://*", "http://*:*", "app://*"] {
        assert_eq!(codes(&private(&[entry])), format!("private-network-any-origin {obsolete}"), "{entry}");
    }
    for entry in ["null", "file://"] {
        let entry = [entry];
        assert_eq!(codes(&private(&entry)), format!("null-origin private-network-any-origin {obsolete}"));
        let spec = PolicySpec { dangerously_allow_null_origin: true, ..private(&entry) };
        assert_eq!(codes(&spec), format!("private-network-any-origin {obsolete}"));
    }
    for entry in ["http://a.example", "http://10.0.0.0/8"] {
        assert_eq!(codes(&private(&[entry])), format!("private-network-insecure {obsolete}"), "{entry}");
    }
    let over = ["https://*.github.io"];
    let found = if HAS_SUFFIXES { "public-suffix? private-network-any-origin " } else { "" };
    assert_eq!(codes(&private(&over)), format!("{found}{obsolete}"));
}

#[test]
fn public_suffix_wildcards_with_credentials_need_the_switch() {
    if !HAS_SUFFIXES {
        return;
    }
    for (entry, fixed, suffix) in [
        ("https://*.github.io", "github.io", Some("github.io")),
        ("https://*.github.io.", "github.io", Some("github.io")),
        ("https://my-*.github.io:*", "github.io", Some("github.io")),
        ("https://*.ck", "ck", Some("ck")),
        ("https://*.amazonaws.com", "amazonaws.com", Some("s3.amazonaws.com")),
        ("https://*.core.windows.net", "core.windows.net", Some("web.core.windows.net")),
        ("https://*.newtld", "newtld", None),
    ] {
        let entry = [entry];
        let mut related = None;
        let _ = trusted(&entry).compile([0; 512], |finding| {
            related = finding.related.map(|suffix| String::from_utf8_lossy(suffix).into_owned());
        });
        assert_eq!(related.as_deref(), suffix, "{entry:?}");
        assert_eq!(codes(&trusted(&entry)), "public-suffix", "{entry:?}");
        assert_eq!(codes(&origin(&entry)), "public-suffix?", "{entry:?}");
        // Both the switch and the fixed part in its list silence the error and the warning.
        for switch in [PublicSuffixes::Allowed, PublicSuffixes::Listed(&[fixed])] {
            for spec in [origin(&entry), trusted(&entry)] {
                let spec = PolicySpec { dangerously_allow_public_suffixes: switch, ..spec };
                assert_eq!(codes(&spec), "", "{entry:?} {switch:?}");
            }
        }
        let other = PolicySpec {
            dangerously_allow_public_suffixes: PublicSuffixes::Listed(&["uberspace.de"]),
            ..trusted(&entry)
        };
        assert_eq!(codes(&other), "public-suffix switch-not-needed?", "{entry:?}");
    }
    for entry in ["https://*.internal", "https://*.corp", "https://my-*.amazonaws.com", "https://*.me.github.io"] {
        assert_eq!(codes(&trusted(&[entry])), "", "{entry}");
    }
}

#[test]
fn switch_that_nothing_needs_is_a_warning() {
    let all = |origins| PolicySpec {
        dangerously_allow_null_origin: true,
        dangerously_allow_insecure_origins: true,
        dangerously_allow_public_suffixes: PublicSuffixes::Allowed,
        ..PolicySpec::new(origins)
    };
    let places = |spec: &PolicySpec<'_>| {
        let found = findings(spec).into_iter().filter(|(_, code, ..)| code == "switch-not-needed");
        found.map(|(_, _, place, _)| place).collect::<Vec<_>>()
    };
    let (null, insecure) = ("dangerously_allow_null_origin", "dangerously_allow_insecure_origins");
    let suffixes = if HAS_SUFFIXES { &["dangerously_allow_public_suffixes"][..] } else { &[] };
    assert_eq!(places(&all(&["https://a.example"])), [&[null, insecure], suffixes].concat());
    assert_eq!(places(&all(&["null", "https://*.github.io"])), [insecure]);
    // An origin is insecure only with credentials.
    assert_eq!(places(&all(&["http://a.example"])), [&[null, insecure], suffixes].concat());
    let trusted = PolicySpec { allow_credentials: true, ..all(&["http://a.example"]) };
    assert_eq!(places(&trusted), [&[null], suffixes].concat());
    // A misspelt entry needs its switch, too. An entry that cannot be read may need any.
    assert_eq!(places(&all(&["'null'"])), [&[insecure], suffixes].concat());
    assert_eq!(places(&all(&["$ORIGIN"])), [""; 0]);
    // Origins from the caller's check may need it.
    assert_eq!(places(&PolicySpec { external_origins: true, ..all(&["https://a.example"]) }), [""; 0]);
    // Each entry of the list counts.
    let listed = PolicySpec {
        dangerously_allow_public_suffixes: PublicSuffixes::Listed(&["github.io", "gitlab.io", "github.io"]),
        ..PolicySpec::new(&["https://*.github.io"])
    };
    let found = if HAS_SUFFIXES { "switch-not-needed? duplicate?" } else { "duplicate?" };
    assert_eq!(codes(&listed), found);
    assert_eq!(places(&listed), suffixes.iter().map(|field| format!("{field}[1]")).collect::<Vec<_>>());
}

#[test]
fn every_listed_public_suffix_is_checked() {
    let names: Vec<String> = (0..256).map(|number| format!("a{number}.example")).collect();
    for needed in [0, 1, 63, 64, 70, 128, 255] {
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names[needed] = "github.io";
        let spec = PolicySpec {
            dangerously_allow_public_suffixes: PublicSuffixes::Listed(&names),
            ..trusted(&["https://*.github.io"])
        };
        let found = findings(&spec);
        assert_eq!(found.len(), if HAS_SUFFIXES { 255 } else { 0 }, "{needed}");
        let place = format!("dangerously_allow_public_suffixes[{needed}]");
        assert!(found.iter().all(|(_, code, at, _)| code == "switch-not-needed" && *at != place), "{needed}");
    }
}

#[test]
fn listed_public_suffix_is_the_fixed_part_of_a_wildcard() {
    let long = format!("{}.io", "a".repeat(251));
    for (entry, code, instead) in [
        ("", "empty-entry", None),
        ("*.github.io", "misplaced-wildcard", Some("github.io")),
        (".github.io", "invalid-host", Some("github.io")),
        ("github.io.", "invalid-host", Some("github.io")),
        ("https://*.github.io:8443", "misplaced-wildcard", Some("github.io")),
        ("https://github.io/", "invalid-host", Some("github.io")),
        ("GitHub.io", "upper-case", Some("github.io")),
        (" github.io", "white-space", Some("github.io")),
        ("b\u{fc}cher.io", "non-ascii-host", None),
        ("github..io", "invalid-host", None),
        ("xn--a.io", "invalid-a-label", None),
        ("10.0.0.1", "numeric-host", None),
        (&long, "too-long", None),
    ] {
        let listed = [entry];
        let spec = PolicySpec {
            dangerously_allow_public_suffixes: PublicSuffixes::Listed(&listed),
            ..PolicySpec::new(&["https://a.example"])
        };
        let place = "dangerously_allow_public_suffixes[0]".to_owned();
        let expected = (Severity::Error, code.to_owned(), place, instead.map(str::to_owned));
        assert_eq!(findings(&spec), [expected], "{entry}");
    }
}

#[test]
fn list_of_public_suffixes_has_256_entries_and_no_more() {
    let names: Vec<String> = (0..258).map(|number| format!("a{number}.example")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for (count, found) in [(256, None), (257, Some(256)), (258, Some(256))] {
        let spec = PolicySpec {
            dangerously_allow_public_suffixes: PublicSuffixes::Listed(&names[..count]),
            ..PolicySpec::new(&["https://a.example"])
        };
        let many = findings(&spec).into_iter().filter(|(_, code, ..)| code == "too-many").map(|(_, _, place, _)| place);
        let expected = found.map(|index| format!("dangerously_allow_public_suffixes[{index}]"));
        assert_eq!(many.collect::<Vec<_>>(), expected.into_iter().collect::<Vec<_>>(), "{count}");
    }
}

#[test]
fn max_age_over_a_day_is_capped_with_a_warning() {
    let aged = |seconds| PolicySpec { max_age: Some(seconds), ..PolicySpec::new(&["https://a.example"]) };
    for (seconds, found, kept) in [
        (86_400, "", Some(86_400)),
        (86_401, "max-age-capped?", Some(86_400)),
        (i64::MAX, "max-age-capped?", Some(86_400)),
    ] {
        let spec = aged(seconds);
        assert_eq!(codes(&spec), found);
        let policy = spec.compile([0; 512], |_| ()).unwrap();
        assert_eq!(policy.max_age(), kept);
        assert!(corsac::Policy::open(policy.image()).is_ok());
    }
    for seconds in [-1, i64::MIN] {
        assert_eq!(codes(&aged(seconds)), "out-of-range");
    }
}

#[test]
fn names_of_common_lists_are_warnings() {
    let names =
        ["Origin", "Accept-Encoding", "Cookie", "Sec-Fetch-Mode", "Access-Control-Allow-Origin", "content-type"];
    let spec = PolicySpec { allow_headers: &names, ..PolicySpec::new(&["https://a.example"]) };
    assert_eq!(
        codes(&spec),
        "forbidden-header? forbidden-header? forbidden-header? forbidden-header? wrong-direction?"
    );
    // The names stay in the list.
    assert_eq!(spec.compile([0; 512], |_| ()).unwrap().request_headers().count(), names.len());
    let exposed = PolicySpec { expose_headers: &["Set-Cookie", "Origin"], ..PolicySpec::new(&["https://a.example"]) };
    assert_eq!(codes(&exposed), "forbidden-header wrong-direction");
}

#[test]
fn header_prefixes_end_in_hyphen_and_cover_no_forbidden_name() {
    let header = |name: &'static str| {
        let spec = PolicySpec { allow_headers: &[name], ..PolicySpec::new(&["https://a.example"]) };
        let found: Vec<_> = findings(&spec).into_iter().map(|(_, code, _, instead)| (code, instead)).collect();
        assert!(found.len() < 2, "{found:?}");
        found.into_iter().next()
    };
    for good in ["x-amz-meta-*", "X-*", "a-*", "security-*", "proxies-*", "accessibility-*", "s-*x-*"] {
        assert_eq!(header(good).is_none(), !good.contains("*x"), "{good}");
    }
    for (name, code, instead) in [
        ("x*", "wildcard-inside", Some("x-*")),
        ("x-amz-meta*", "wildcard-inside", Some("x-amz-meta-*")),
        ("x-*-y", "wildcard-inside", None),
        ("*-x", "wildcard-inside", None),
        ("x-**", "wildcard-inside", None),
        ("sec*", "wildcard-inside", None),
        ("-*", "forbidden-prefix", None),
        ("sec-*", "forbidden-prefix", None),
        ("Sec-Fetch-*", "forbidden-prefix", None),
        ("proxy-*", "forbidden-prefix", None),
        ("access-control-*", "forbidden-prefix", None),
        ("Access-Control-Request-*", "forbidden-prefix", None),
        ("access-*", "forbidden-prefix", None),
    ] {
        assert_eq!(header(name), Some((code.to_owned(), instead.map(str::to_owned))), "{name}");
    }
    let exposed = PolicySpec { expose_headers: &["x-*"], ..PolicySpec::new(&["https://a.example"]) };
    assert_eq!(codes(&exposed), "wildcard-inside");
}

#[test]
fn header_prefixes_are_sixteen_and_none_covers_another() {
    fn spec<'a>(names: &'a [&'a str]) -> PolicySpec<'a> {
        PolicySpec { allow_headers: names, ..PolicySpec::new(&["https://a.example"]) }
    }
    let names: Vec<String> = (0..18).map(|number| format!("x-{number}-*")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(codes(&spec(&names[..16])), "");
    let too_many = |index| (Severity::Error, "too-many".to_owned(), format!("allow_headers[{index}]"), None);
    assert_eq!(findings(&spec(&names[..17])), [too_many(16)]);
    assert_eq!(findings(&spec(&names[..18])), [too_many(16), too_many(17)]);
    // A refused prefix does not count.
    let refused = [&["sec-*"], &names[..16]].concat();
    assert_eq!(codes(&spec(&refused)), "forbidden-prefix");
    assert_eq!(codes(&spec(&["x-amz-*", "X-Amz-Meta-*"])), "redundant?");
    assert_eq!(codes(&spec(&["x-amz-meta-*", "x-amz-*"])), "redundant?");
    assert_eq!(codes(&spec(&["x-*", "X-*"])), "duplicate?");
    assert_eq!(codes(&spec(&["*", "x-*"])), "redundant?");
    // A listed name is sent in the response, and one that is only covered by a prefix is not.
    assert_eq!(codes(&spec(&["x-amz-*", "x-amz-date"])), "");
}

#[test]
fn names_that_are_sent_as_one_string_are_reported_once() {
    let methods = |methods| PolicySpec { allow_methods: Some(methods), ..PolicySpec::new(&["https://a.example"]) };
    assert_eq!(codes(&methods(&["GET, POST, OPTIONS"])), "two-entries");
    assert_eq!(codes(&methods(&["GET POST"])), "two-entries");
    assert_eq!(codes(&methods(&["$METHODS"])), "variable");
    assert_eq!(codes(&methods(&["%METHODS%"])), "variable");
    assert_eq!(codes(&methods(&["^GET$"])), "regular-expression");
    assert_eq!(codes(&methods(&["PUT"])), "get-not-listed? content-type-not-listed?");
    assert_eq!(findings(&methods(&["GET,"]))[0].3.as_deref(), Some("GET"));
    fn headers<'a>(headers: &'a [&'a str]) -> PolicySpec<'a> {
        let methods = Some(&["GET", "PUT"][..]);
        PolicySpec { allow_headers: headers, allow_methods: methods, ..PolicySpec::new(&["https://a.example"]) }
    }
    assert_eq!(codes(&headers(&["content-type, x-a"])), "two-entries");
    assert_eq!(codes(&headers(&["x-.*"])), "regular-expression");
    assert_eq!(codes(&headers(&["${HEADERS}"])), "variable");
    assert_eq!(codes(&headers(&["content-*"])), "");
    assert_eq!(codes(&headers(&["x-*"])), "content-type-not-listed?");
    for (entry, instead) in
        [("content-type:", "content-type"), ("\"content-type\"", "content-type"), ("content-type;", "content-type")]
    {
        assert_eq!(findings(&headers(&[entry]))[0].3.as_deref(), Some(instead), "{entry}");
    }
    // These are valid tokens, however odd.
    assert_eq!(codes(&headers(&["content-type", "x$a", "^x", "a|b", "%20%"])), "");
}

#[test]
fn mistaken_origins_get_the_code_of_their_mistake() {
    for (entry, code, instead) in [
        ("https://a.example,https://b.example", "two-entries", None),
        ("https://a.example https://b.example", "two-entries", None),
        ("https://a.example;", "two-entries", Some("https://a.example")),
        ("https://a.example/ ,", "two-entries", Some("https://a.example")),
        ("${ORIGIN}", "variable", None),
        ("{{ origin }}", "variable", None),
        (r"^https://a\.example$", "regular-expression", Some("https://a.example")),
        ("~^https://(a|b)[.]example$", "regular-expression", None),
        ("javascript://a", "unusable-scheme", None),
        ("about:blank", "unusable-scheme", None),
        ("blob:https://a.example/0", "unusable-scheme", Some("https://a.example")),
        ("view-source://a", "unusable-scheme", Some("https://a")),
        ("https://xn--a.example", "invalid-a-label", None),
        ("https:/a.example", "missing-scheme", Some("https://a.example")),
    ] {
        let place = "allow_origins[0]".to_owned();
        let expected = (Severity::Error, code.to_owned(), place, instead.map(str::to_owned));
        assert_eq!(findings(&origin(&[entry])), [expected], "{entry}");
    }
}

#[test]
fn errors_of_the_meant_pattern_are_reported_too() {
    let with = |entry: &'static str| {
        let found = findings(&trusted(&[entry])).into_iter();
        found.map(|(_, code, _, instead)| (code, instead.unwrap_or_default())).collect::<Vec<_>>()
    };
    let both = |code: &str, second: &str, instead: &str| {
        vec![(code.to_owned(), instead.to_owned()), (second.to_owned(), instead.to_owned())]
    };
    let secure = "https://a.example";
    assert_eq!(with("ws://a.example"), both("unusable-scheme", "insecure-origin", secure));
    assert_eq!(with("http://a.example/"), both("trailing-slash", "insecure-origin", secure));
    assert_eq!(with("http://192.168.1.20:5173/"), both("trailing-slash", "insecure-origin", ""));
    assert_eq!(with("http://8.8.8.8/1"), {
        let mut all = both("range-host-bits", "range-too-wide", "");
        all.push(("insecure-origin".to_owned(), String::new()));
        all
    });
    assert_eq!(with("'*'"), both("missing-scheme", "any-origin-with-credentials", ""));
    assert_eq!(with("NULL"), both("missing-scheme", "null-origin-with-credentials", ""));
    if HAS_SUFFIXES {
        assert_eq!(with("https://*.com/"), both("trailing-slash", "public-suffix", ""));
        assert_eq!(with("http://*.com"), both("insecure-origin", "public-suffix", ""));
    }
    // With the switch, the second error is gone, for the suggestion too.
    let spec = PolicySpec { dangerously_allow_insecure_origins: true, ..trusted(&["http://a.example/"]) };
    assert_eq!(findings(&spec)[0].3.as_deref(), Some("http://a.example"));
    assert_eq!(codes(&spec), "trailing-slash");
}

#[test]
fn https_is_suggested_unless_the_server_is_local() {
    let instead = |entry: &'static str| findings(&trusted(&[entry])).remove(0).3;
    for entry in ["http://a.example.com", "http://*.a.example.com:8080"] {
        assert_eq!(instead(entry), Some(entry.replace("http:", "https:")));
    }
    for local in [
        "http://192.168.1.20:5173",
        "http://192.168.0.0/16:*",
        "http://[fd00::1]",
        "http://printer",
        "http://nas.local:5000",
        "http://app.lan",
        "http://*.home.arpa.",
        "http://a.internal",
        "http://a.intranet",
        "http://a.private",
        "http://a.corp",
        "http://a.home",
        // `https://a.example.com:443` is not an origin.
        "http://a.example.com:443",
    ] {
        assert_eq!(instead(local), None, "{local}");
    }
}
