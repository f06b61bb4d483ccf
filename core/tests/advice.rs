//! What each finding says to do: one entry for each piece of advice, with words that no other has.
//! Where an entry can be replaced, the table has the replacement instead.

use corsac::{PolicySpec, Suggestion};

/// Code and suggestion of each finding about the only entry of a list.
fn suggestions(spec: &PolicySpec<'_>) -> Vec<(String, String)> {
    let mut found = vec![];
    let _ = spec.compile(vec![0; spec.image_len()], |finding| {
        let suggestion = match &finding.suggestion {
            Suggestion::Write(text) => format!("= {}", text.as_str()),
            Suggestion::Advice(advice) => (*advice).to_owned(),
            _ => String::new(),
        };
        found.push((finding.code.to_string(), suggestion));
    });
    found
}

#[track_caller]
fn check(spec: &PolicySpec<'_>, entry: &str, expected: &[(&str, &str)]) {
    let found = suggestions(spec);
    let is_same = found.len() == expected.len()
        && found.iter().zip(expected).all(|((code, text), (wanted, words))| code == wanted && text.contains(words));
    assert!(is_same, "{entry}: {found:?}, expected {expected:?}");
}

#[test]
fn origin_with_a_fault_gets_the_advice_for_it() {
    let pages = "open it as http://localhost";
    for (entry, expected) in [
        ("*", &[("any-origin-with-credentials", "list the origins that need credentials")][..]),
        ("https://*", &[("any-host-with-credentials", "list the origins that need credentials")]),
        ("null", &[("null-origin-with-credentials", "an origin of its own")]),
        ("app://*", &[("insecure-origin", "list the apps or extensions that you mean")]),
        ("http://nas.local", &[("insecure-origin", pages)]),
        ("http://a.example", &[("insecure-origin", "= https://a.example")]),
        ("https://8.0.0.0/8", &[("range-too-wide", "a range of private addresses")]),
    ] {
        let entries = [entry];
        check(&PolicySpec { allow_credentials: true, ..PolicySpec::new(&entries) }, entry, expected);
    }
    check(&PolicySpec::new(&["null"]), "null", &[("null-origin", "an origin of its own")]);
    if cfg!(feature = "public-suffix") {
        let spec = PolicySpec { allow_credentials: true, ..PolicySpec::new(&["https://*.github.io"]) };
        check(&spec, "https://*.github.io", &[("public-suffix", "list the hosts that are yours")]);
    }
}

#[test]
fn private_network_gets_the_advice_for_it() {
    for (entry, code, words) in [
        ("http://nas.local", "private-network-insecure", "list https: origins"),
        ("*", "private-network-any-origin", "list the origins, or turn"),
    ] {
        let entries = [entry];
        let spec = PolicySpec { allow_private_network: true, ..PolicySpec::new(&entries) };
        let found = suggestions(&spec);
        assert!(found.iter().any(|(found, text)| found == code && text.contains(words)), "{entry}: {found:?}");
    }
}

#[test]
fn wrong_origin_entry_gets_the_advice_for_its_mistake() {
    for (entry, expected) in [
        ("", &[("empty-entry", "or remove the entry")][..]),
        ("https://a.example https://b.example", &[("two-entries", "each origin as a string of its own")]),
        ("https://(a|b).example", &[("regular-expression", "for all names below")]),
        ("https://$HOST", &[("variable", "fill the variable in")]),
        ("file:///home", &[("unusable-scheme", "a page that is opened as a file")]),
        ("data:text/html", &[("unusable-scheme", "the http: or https: origin of the page")]),
        ("https://b\u{fc}cher.example", &[("non-ascii-host", "punycode, such as")]),
        ("https://xn--a.example", &[("invalid-a-label", "check the label after `xn--`")]),
        ("https://a.*.example", &[("misplaced-wildcard", "https://preview-*.example.com")]),
        ("https://a.example:0", &[("invalid-port", "a port from 1 to 65535")]),
        ("https://1.2.3.256", &[("numeric-host", "four numbers up to 255")]),
        ("http://192.168.0.0/33", &[("range-prefix", "a prefix length from 0 to 32")]),
        ("https://a b.example", &[("white-space", "as browsers send it, such as")]),
    ] {
        let entries = [entry];
        check(&PolicySpec::new(&entries), entry, expected);
    }
    let long = format!("https://{}.example", "a".repeat(64));
    check(&PolicySpec::new(&[&long[..]]), &long, &[("label-too-long", "browsers cannot send")]);
}

#[test]
fn mistake_whose_meant_origin_has_an_error_points_to_it() {
    for (entry, expected) in [
        (
            "http://8.8.8.8/1",
            &[("range-host-bits", "first address of the range"), ("range-too-wide", ""), ("insecure-origin", "")][..],
        ),
        (
            "http://192.168.1.20:5173/",
            &[("trailing-slash", "see the other errors of this entry"), ("insecure-origin", "")],
        ),
    ] {
        let entries = [entry];
        check(&PolicySpec { allow_credentials: true, ..PolicySpec::new(&entries) }, entry, expected);
    }
}

#[test]
fn wrong_name_entry_gets_the_advice_for_its_list() {
    let one_by_one = "list the names one by one, or write";
    for (entry, code, methods, headers, exposed) in [
        ("x-a x-b", "two-entries", "each method as a string", "each name as a string", "each name as a string"),
        ("${NAMES}", "variable", "fill the variable in", "fill the variable in", "fill the variable in"),
        ("x-\\w", "regular-expression", "or write \"*\"", "x-amz-meta-*", "or write \"*\""),
        ("x-*-y", "wildcard-inside", one_by_one, "write a prefix such as", one_by_one),
        ("x(a", "not-a-token", "letters, digits and -", "letters, digits and -", "letters, digits and -"),
        // What is meant is a name again, except for a `*` where only all of a name may be one.
        ("x-a:", "not-a-token", "= x-a", "= x-a", "= x-a"),
        ("*:", "not-a-token", "= *", "= *", "letters, digits and -"),
        ("x-*:", "not-a-token", "letters, digits and -", "= x-*", "letters, digits and -"),
        ("x*", "wildcard-inside", one_by_one, "= x-*", one_by_one),
    ] {
        let (entries, origins) = ([entry], ["https://a.example"]);
        let spec = PolicySpec::new(&origins);
        check(&PolicySpec { allow_methods: Some(&entries), ..spec }, entry, &[(code, methods)]);
        check(&PolicySpec { allow_headers: &entries, ..spec }, entry, &[(code, headers)]);
        check(&PolicySpec { expose_headers: &entries, ..spec }, entry, &[(code, exposed)]);
    }
}

#[test]
fn name_with_an_error_of_its_own_is_not_offered() {
    let (origins, plain) = (["https://a.example"], "letters, digits and -");
    let spec = PolicySpec::new(&origins);
    check(&PolicySpec { allow_methods: Some(&["TRACE:"]), ..spec }, "TRACE:", &[("not-a-token", plain)]);
    check(&PolicySpec { allow_headers: &["sec-*:"], ..spec }, "sec-*:", &[("not-a-token", plain)]);
    for entry in ["set-cookie:", "origin:"] {
        check(&PolicySpec { expose_headers: &[entry], ..spec }, entry, &[("not-a-token", plain)]);
    }
}

#[test]
fn listed_public_suffix_has_its_mistake_at_the_byte() {
    for (entry, code, at, words) in [
        ("github io", "white-space", 6..7, "the part after the wildcard"),
        ("*.github.io", "misplaced-wildcard", 0..1, "= github.io"),
        ("GitHub.io", "upper-case", 0..1, "= github.io"),
        ("github.io.", "invalid-host", 9..10, "= github.io"),
    ] {
        let mut found = vec![];
        let (entries, origins) = ([entry], ["https://a.example"]);
        let suffixes = corsac::PublicSuffixes::Listed(&entries);
        let spec = PolicySpec { dangerously_allow_public_suffixes: suffixes, ..PolicySpec::new(&origins) };
        let _ = spec.compile(vec![0; spec.image_len()], |finding| {
            let text = finding.suggestion.replacement().map(|text| format!("= {text}"));
            found.push((finding.code.to_string(), finding.at.clone(), text));
        });
        let [(found_code, found_at, text), ..] = &found[..] else { panic!("{entry}: {found:?}") };
        assert_eq!((found_code.as_str(), found_at), (code, &at), "{entry}");
        assert!(text.as_deref().unwrap_or("the part after the wildcard").contains(words), "{entry}: {found:?}");
    }
    for (length, is_too_long) in [(253, false), (254, true)] {
        let labels = format!("{}.{}.{}.{}", "a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(length - 192));
        let (entries, origins) = ([&labels[..]], ["https://a.example"]);
        let suffixes = corsac::PublicSuffixes::Listed(&entries);
        let spec = PolicySpec { dangerously_allow_public_suffixes: suffixes, ..PolicySpec::new(&origins) };
        let found = suggestions(&spec);
        assert_eq!(found.iter().any(|(code, _)| code == "too-long"), is_too_long, "{length}: {found:?}");
    }
}
