//! Policy sets on the command line: reading, findings with their tables, decisions by path, and images.

mod run;

use std::fs;
use std::path::{Path, PathBuf};

use run::{code, corsac, err, out};
use serde_json::Value;

fn file(name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// The example that the READMEs show.
fn example() -> String {
    format!("{}/../examples/sets.toml", env!("CARGO_MANIFEST_DIR"))
}

/// Each finding as `severity code line:column [table]`. A finding without a suggestion is a failure.
fn findings(policy: &str) -> Vec<String> {
    let output = corsac(&["check", "-", "--format", "json"], policy);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let shown = |finding: &Value| {
        assert!(finding["suggestion"].is_string(), "{finding}");
        let of = |key: &str| finding[key].as_str().unwrap().to_owned();
        let table = finding["table"].as_u64().map(|table| format!(" [{table}]")).unwrap_or_default();
        format!("{} {} {}:{}{table}", of("severity"), of("code"), finding["line"], finding["column"])
    };
    json["findings"].as_array().unwrap().iter().map(shown).collect()
}

/// Tables that each begin with their line of `text`.
fn tables(each: impl Iterator<Item = String>) -> String {
    each.map(|text| format!("[[policy]]\n{text}\n")).collect()
}

const A: &str = "allow_origins = [\"https://a.example\"]";
const B: &str = "allow_origins = [\"https://b.example\"]";

#[test]
fn example_decides_by_path_and_origin() {
    let example = example();
    let eval = |origin: &str, path: &str, more: &[&str]| {
        let output = corsac(&[&["eval", &example, "--origin", origin, "--path", path], more].concat(), "");
        (code(&output), out(&output))
    };
    let (account, app, other) = ("https://account.example.com", "https://app.example.com", "https://other.example");
    let credentials = ["--credentials"];
    for (origin, path, more, allowed) in [
        (account, "/account", &credentials[..], true),
        (account, "/account/cards", &credentials, true),
        (app, "/account/cards", &[], false),
        (other, "/account/cards", &[], false),
        (app, "/accounts", &credentials, true),
        (app, "/", &["--method", "PUT"], true),
        (other, "/news", &[], true),
        (other, "/news", &credentials, false),
        (other, "/news", &["--method", "PUT"], false),
        (account, "/account/..", &credentials, false),
        (account, "/account%2fcards", &credentials, false),
    ] {
        let (code, text) = eval(origin, path, more);
        assert_eq!(code, i32::from(!allowed), "{origin} {path} {more:?}\n{text}");
        assert!(text.contains(&format!("GET {path} HTTP/1.1")) || text.contains(&format!("OPTIONS {path} HTTP/1.1")));
    }
}

#[test]
fn set_of_the_docs_has_no_findings() {
    let page = fs::read_to_string(format!("{}/../docs/policy.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (_, after) = page.split_once("```toml\n[[policy]]").unwrap();
    let (policy, _) = after.split_once("```").unwrap();
    assert_eq!(findings(&format!("[[policy]]{policy}")), [""; 0]);
}

#[test]
fn image_of_a_set_decides_as_its_file() {
    let image = file("sets.corsac", "");
    let image = image.to_str().unwrap();
    assert_eq!(code(&corsac(&["compile", &example(), "-o", image], "")), 0);
    let requests: String = ["/", "/account", "/news", "//"]
        .iter()
        .flat_map(|path| {
            ["https://account.example.com", "https://other.example"].map(|origin| {
                format!("{{\"method\":\"GET\",\"headers\":[[\"Origin\",\"{origin}\"]],\"path\":\"{path}\"}}\n")
            })
        })
        .collect();
    let by_file = corsac(&["eval", &example(), "--jsonl"], requests.clone());
    let by_image = corsac(&["eval", image, "--jsonl"], requests);
    assert_eq!((code(&by_file), out(&by_file)), (0, out(&by_image)));
    assert_eq!(out(&by_file).lines().count(), 8);
    let check = corsac(&["check", image], "");
    assert!(code(&check) == 0 && out(&check).contains("sound image"), "{}", out(&check));
    // An image is a policy: compiling it gives it back.
    assert_eq!(corsac(&["compile", image, "-o", "-"], "").stdout, fs::read(image).unwrap());
}

#[test]
fn damaged_image_of_a_set_is_refused() {
    let whole = corsac(&["compile", &example(), "-o", "-"], "").stdout;
    for (name, broken) in [
        ("cut", whole.get(..whole.len() - 1).unwrap().to_vec()),
        ("longer", [whole.as_slice(), b"x"].concat()),
        ("zeroes", [whole.get(..16).unwrap(), vec![0; whole.len() - 16].as_slice()].concat()),
        ("filled", [whole.get(..16).unwrap(), vec![0xFF; whole.len() - 16].as_slice()].concat()),
    ] {
        for command in ["check", "eval"] {
            let path = file(&format!("{command}-{name}.corsac"), &broken);
            let output = corsac(&[command, path.to_str().unwrap()], "GET / HTTP/1.1\n");
            assert!(code(&output) == 2 && err(&output).contains("cannot open the image"), "{name}: {}", err(&output));
        }
    }
}

#[test]
fn path_without_a_policy_is_untouched_and_ends_with_2() {
    let policy = file(
        "untouched.toml",
        format!("[[policy]]\npath = \"/api\"\n{A}\n[[policy]]\npath = \"/api/raw\"\ncors = false\n"),
    );
    let policy = policy.to_str().unwrap();
    for path in ["/api/raw", "/api/raw/x", "/", "/other"] {
        let output = corsac(&["eval", policy, "--origin", "https://a.example", "--path", path], "");
        assert!(code(&output) == 2 && out(&output).contains("no policy applies to the path"), "{}", out(&output));
        let output = corsac(&["eval", policy], format!("GET {path}?q HTTP/1.1\nOrigin: https://a.example\n"));
        assert!(code(&output) == 2 && out(&output).contains("no policy applies to the path"), "{}", out(&output));
    }
    let line = |keys: &str| format!("{{\"method\":\"GET\",\"headers\":[[\"Origin\",\"https://a.example\"]]{keys}}}\n");
    let lines = [
        line(",\"path\":\"/api/raw\""),
        line(",\"raw_path\":\"/%61pi/raw?q\""),
        line(""),
        line(",\"path\":\"/api\""),
        line(",\"path\":\"/api/x/y\",\"raw_path\":\"/api/x%2Fy\""),
        line(",\"path\":\"/api\",\"path\":\"/api\""),
    ];
    let output = corsac(&["eval", policy, "--jsonl"], lines.concat());
    assert_eq!(code(&output), 2);
    let text = out(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(&lines[..3], [r#"{"untouched":true}"#; 3]);
    assert!(lines[3].contains(r#""allowed":true"#));
    assert!(lines[4].contains(r#""code":"path-ambiguous","bytes":"/api/x%2Fy""#), "{}", lines[4]);
    assert_eq!(lines[5], r#"{"error":"\"path\" twice at column 79","line":6}"#);
}

#[test]
fn pasted_head_gives_the_path_of_its_target() {
    let example = example();
    for (target, allowed) in
        [("/account?x=/news", false), ("/news?x=/account", true), ("http://a.example/account", false), ("*", false)]
    {
        for head in [format!("GET {target} HTTP/1.1"), format!(":method: GET\n:path: {target}")] {
            let output = corsac(&["eval", &example], format!("{head}\nOrigin: https://other.example\n"));
            assert_eq!(code(&output), i32::from(!allowed), "{head}");
        }
    }
}

#[test]
fn single_policy_decides_alike_on_every_path() {
    let policy = file("single.toml", A);
    for path in ["/", "/x", "/a//b", "/..", "/a%2fb"] {
        let output = corsac(&["eval", policy.to_str().unwrap(), "--origin", "https://a.example", "--path", path], "");
        assert_eq!(code(&output), 0, "{path}");
    }
}

#[test]
fn check_shows_which_policies_are_for_a_path() {
    let image = file("check-path.corsac", corsac(&["compile", &example(), "-o", "-"], "").stdout);
    for (path, says, json) in [
        ("/account/cards", "[[policy]] table 1 decides", r#""path":{"ambiguous":false,"tables":[0]}"#),
        ("/news?x=1", "[[policy]] tables 2, 3 are asked in this order", r#""path":{"ambiguous":false,"tables":[1,2]}"#),
        ("/a%2fb", "every request is denied", r#""path":{"ambiguous":true,"tables":[]}"#),
    ] {
        for policy in [example().as_str(), image.to_str().unwrap()] {
            let output = corsac(&["check", policy, "--path", path], "");
            assert!(code(&output) == 0 && out(&output).contains(&format!("\n{path}: ")), "{}", out(&output));
            assert!(out(&output).contains(says), "{}", out(&output));
            let output = corsac(&["check", policy, "--path", path, "--format", "json"], "");
            assert!(
                out(&output).ends_with(&format!(r#""errors":0,"warnings":0,{json}}}{}"#, "\n")),
                "{}",
                out(&output)
            );
        }
    }
    let untouched = format!("[[policy]]\npath = \"/a\"\n{A}\n");
    assert!(out(&corsac(&["check", "-", "--path", "/"], untouched)).ends_with("/: no policy is for this path\n"));
    // A policy with errors decides nothing.
    let output = corsac(&["check", "-", "--path", "/"], "allow_origins = []\n");
    assert!(code(&output) == 1 && out(&output).ends_with("standard input: 1 error\n"), "{}", out(&output));
}

#[test]
fn path_option_without_a_slash_is_a_slip() {
    for path in ["account", "https://api.example.com/account", ""] {
        let output = corsac(&["eval", &example(), "--origin", "https://app.example.com", "--path", path], "");
        assert!(code(&output) == 2 && err(&output).contains("with its slash"), "{}", err(&output));
    }
    assert_eq!(code(&corsac(&["eval", &example(), "--path", "/"], "GET / HTTP/1.1\n")), 2);
    assert_eq!(code(&corsac(&["eval", &example(), "--jsonl", "--path", "/"], "")), 2);
}

#[test]
fn finding_in_a_set_is_drawn_with_its_table() {
    let policy = format!(
        "[[policy]]\npath = \"/a\"\n{A}\n\n[[policy]]\npath = \"/b\"\nallow_origins = [\"https://b.example/\"]\n"
    );
    let output = corsac(&["check", "-"], policy);
    let text = out(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("error[trailing-slash]"), "{text}");
    assert_eq!(lines[1], " --> standard input:7:36");
    assert!(text.contains("= note: in [[policy]] table 2\n"), "{text}");
    assert!(text.ends_with("standard input: 1 error\n"));
}

#[test]
fn missing_option_is_found_at_the_header_of_its_table() {
    assert_eq!(findings(&format!("[[policy]]\n{A}\n\n  [[policy]]\npath = \"/b\"\n")), ["error no-origins 4:3 [1]"]);
}

#[test]
fn set_without_tables_is_refused() {
    assert_eq!(findings("policy = []\n"), ["error no-policies 1:1"]);
}

#[test]
fn table_that_is_not_a_policy_is_refused() {
    assert_eq!(findings("policy = [1]\n"), ["error wrong-type 1:11 [0]"]);
    assert_eq!(
        findings("policy = [{ allow_origins = [\"https://A.example\"] }, \"x\", { allow_origin = [] }]\n"),
        ["error upper-case 1:39 [0]", "error wrong-type 1:54 [1]", "error unknown-key 1:61 [2]"]
    );
}

#[test]
fn policy_key_must_be_a_list_of_tables() {
    for (policy, place) in [
        ("policy = 1\n", "1:10"),
        ("policy = \"api.toml\"\n", "1:10"),
        ("[policy]\nallow_origins = [\"*\"]\n", "1:1"),
        ("policy.path = \"/x\"\n", "1:1"),
    ] {
        assert_eq!(findings(policy), [format!("error wrong-type {place}")], "{policy}");
    }
    let output = corsac(&["check", "-"], "[policy]\nallow_origins = [\"*\"]\n");
    assert!(out(&output).contains("[[policy]] in double brackets"), "{}", out(&output));
}

#[test]
fn tables_of_another_name_are_read_as_policies() {
    let policy = format!("[[policies]]\n{A}\nmax_age = -1\n");
    assert_eq!(findings(&policy), ["error unknown-key 1:3", "error out-of-range 3:11 [0]"]);
    assert!(out(&corsac(&["check", "-"], policy)).contains("did you mean [[policy]]?"));
}

#[test]
fn options_outside_of_the_tables_are_refused() {
    let policy = format!("allow_credentials = true\ntitle = \"x\"\n[[policy]]\n{A}\n[other]\nx = 1\n");
    let output = corsac(&["check", "-"], policy);
    let text = out(&output);
    assert!(code(&output) == 1 && text.contains("move it into each [[policy]] table"), "{text}");
    for said in
        ["error[misplaced-option]", " --> standard input:1:1", "unknown option \"title\"", "unknown option \"other\""]
    {
        assert!(text.contains(said), "{text}");
    }
    assert!(text.ends_with("standard input: 3 errors\n"));
}

#[test]
fn path_and_cors_without_a_table_are_refused() {
    let policy = format!("{A}\npath = \"/x\"\ncors = false\n");
    assert_eq!(findings(&policy), ["error unknown-key 2:1", "error unknown-key 3:1"]);
    assert!(out(&corsac(&["check", "-"], policy)).contains("only the tables of a policy set have path"));
}

#[test]
fn table_without_cors_takes_no_other_option_than_its_path() {
    let policy = format!(
        "[[policy]]\npath = \"/x\"\n{A}\ncors = false\nmax_age = 5\n[[policy]]\npath = \"/y\"\ncors = true\n{A}\n"
    );
    assert_eq!(findings(&policy), ["error misplaced-option 3:1 [0]", "error misplaced-option 5:1 [0]"]);
}

#[test]
fn values_of_a_wrong_type_in_a_table_are_refused() {
    let policy = "[[policy]]\npath = 1\ncors = \"False\"\nallow_origins = \"https://a.example\"\n\
                  dangerously_allow_public_suffixes = 7\n";
    let expected =
        ["wrong-type 2:8", "wrong-type 3:8", "wrong-type 4:17"].map(|finding| format!("error {finding} [0]"));
    let output = corsac(&["check", "-", "--format", "json"], policy);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let places: Vec<String> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let code = finding["code"].as_str().unwrap();
            format!("error {code} {}:{} [{}]", finding["line"], finding["column"], finding["table"])
        })
        .collect();
    assert_eq!(places.get(..3).unwrap(), expected);
    assert_eq!(places.get(3..).unwrap(), ["error wrong-type 5:37 [0]"]);
}

#[test]
fn unusable_paths_are_refused_with_what_to_write() {
    for path in ["account", "/a/../b", "/a/.", "/a%2fb", "/a?b", "/a/", "//", "/a/*", "/a\\b", ""] {
        let policy = format!("[[policy]]\npath = '{path}'\n{A}\n");
        let all = findings(&policy);
        assert!(matches!(all.as_slice(), [one] if one.starts_with("error invalid-path 2:")), "{path}: {all:?}");
    }
    for path in [format!("/{}", "a".repeat(255)), "/a".repeat(17)] {
        let all = findings(&format!("[[policy]]\npath = \"{path}\"\n{A}\n"));
        assert!(matches!(all.as_slice(), [one] if one.starts_with("error too-long 2:")), "{path}: {all:?}");
    }
    let output = corsac(&["check", "-"], format!("[[policy]]\npath = \"account/\"\n{A}\n"));
    assert!(out(&output).contains("write \"/account\""), "{}", out(&output));
}

#[test]
fn policy_after_any_origin_policy_of_its_path_is_refused() {
    let policy = format!("[[policy]]\nallow_origins = [\"*\"]\n[[policy]]\n{A}\n[[policy]]\npath = \"/x\"\n{A}\n");
    assert_eq!(findings(&policy), ["error never-decides 3:1 [1]"]);
    let policy = format!("[[policy]]\npath = \"/x\"\n{A}\n[[policy]]\npath = \"/x\"\ncors = false\n");
    assert_eq!(findings(&policy), ["error never-decides 2:9 [0]"]);
}

#[test]
fn entry_that_an_earlier_policy_allows_is_a_warning() {
    let policy = format!(
        "[[policy]]\nallow_origins = [\"https://*.b.example\"]\n[[policy]]\n{B}\n[[policy]]\nallow_origins = [\"https://c.b.example\"]\n"
    );
    assert_eq!(findings(&policy), ["warning covered-by-earlier 6:19 [2]"]);
}

#[test]
fn nine_policies_of_one_path_are_refused() {
    let policy = |count: usize| {
        tables((0..count).map(|number| format!("path = \"/x\"\nallow_origins = [\"https://a{number}.example\"]")))
    };
    assert_eq!(findings(&policy(8)), [""; 0]);
    let all = findings(&policy(9));
    assert!(matches!(all.as_slice(), [one] if one.starts_with("error too-many ") && one.ends_with(" [8]")), "{all:?}");
}

#[test]
fn two_origin_checks_on_one_path_are_refused() {
    let policy = format!("[[policy]]\n{A}\nexternal_origins = true\n[[policy]]\n{B}\nexternal_origins = true\n");
    assert_eq!(findings(&policy), ["error external-origins-twice 6:20 [1]"]);
}

#[test]
fn ten_thousand_tables_are_too_many() {
    let policy = |count: usize| tables((0..count).map(|number| format!("path = \"/{number}\"\n{A}")));
    let all = findings(&policy(10_000));
    assert!(matches!(all.as_slice(), [one] if one.starts_with("error too-many ")), "{all:?}");
    assert_eq!(findings(&policy(300)), [""; 0]);
}

#[test]
fn ranges_that_are_none_are_refused() {
    let ranges = |entry: &str| findings(&format!("allow_origins = [\"{entry}\"]\n"));
    for (entry, expected) in [
        ("http://192.168.1.1/16", "range-host-bits"),
        ("https://[fd00::1]/8", "range-host-bits"),
        ("http://10.0.0.0/33", "range-prefix"),
        ("https://[fd00::]/129", "range-prefix"),
        ("http://10.0.0.0/08", "range-prefix"),
        ("https://[::ffff:10.0.0.0]/104", "non-canonical"),
    ] {
        let all = ranges(entry);
        assert!(all.len() == 1 && all[0].starts_with("error "), "{entry}: {all:?}");
        if expected.starts_with("range") {
            assert!(all[0].contains(expected), "{entry}: {all:?}");
        }
    }
    let wide = "allow_origins = [\"https://8.0.0.0/7\"]\nallow_credentials = true\n";
    assert_eq!(findings(wide).len(), 1);
    assert!(findings(wide)[0].starts_with("error range-too-wide 1:"), "{:?}", findings(wide));
    let many = |count: usize| {
        let entries: Vec<String> = (0..count).map(|number| format!("\"http://10.{number}.0.0/16\"")).collect();
        findings(&format!("allow_origins = [{}]\n", entries.join(", ")))
    };
    assert_eq!(many(16), [""; 0]);
    assert!(matches!(many(17).as_slice(), [one] if one.starts_with("error too-many 1:")), "{:?}", many(17));
}

#[test]
fn header_prefixes_that_are_none_are_refused() {
    let prefix = |entry: &str| findings(&format!("{A}\nallow_headers = [\"{entry}\"]\n"));
    assert_eq!(prefix("*"), [""; 0]);
    assert_eq!(prefix("x-amz-meta-*"), [""; 0]);
    for (entry, expected) in [
        ("-*", "forbidden-prefix"),
        ("sec-*", "forbidden-prefix"),
        ("proxy-*", "forbidden-prefix"),
        ("access-*", "forbidden-prefix"),
        ("x*", "wildcard-inside"),
        ("x-*-y", "wildcard-inside"),
        ("**", "wildcard-inside"),
    ] {
        let all = prefix(entry);
        assert!(
            matches!(all.as_slice(), [one] if one.starts_with(&format!("error {expected} 2:"))),
            "{entry}: {all:?}"
        );
    }
    let many: Vec<String> = (0..17).map(|number| format!("\"x-{number}-*\"")).collect();
    let all = findings(&format!("{A}\nallow_headers = [{}]\n", many.join(", ")));
    assert!(matches!(all.as_slice(), [one] if one.starts_with("error too-many 2:")), "{all:?}");
}

#[test]
fn options_of_this_edition_reach_the_engine() {
    let policy = file("timing.toml", format!("{A}\nallow_timing = true\n"));
    let request = "{\"method\":\"GET\",\"headers\":[[\"Origin\",\"https://a.example\"]]}\n";
    let output = corsac(&["eval", policy.to_str().unwrap(), "--jsonl"], request);
    assert!(out(&output).contains("[\"Timing-Allow-Origin\",\"https://a.example\"]"), "{}", out(&output));

    let wildcard = "allow_origins = [\"https://*.kuleuven.be\"]\nallow_credentials = true\n";
    let switched = |value: &str| findings(&format!("{wildcard}dangerously_allow_public_suffixes = {value}\n"));
    assert_eq!(findings(wildcard), ["error public-suffix 1:19"]);
    assert_eq!(switched("true"), [""; 0]);
    assert_eq!(switched("[\"kuleuven.be\"]"), [""; 0]);
    assert_eq!(switched("[\"kuleuven.be\", \"com\"]"), ["warning switch-not-needed 3:54"]);
    assert_eq!(switched("[]"), ["error public-suffix 1:19"]);
    for (value, place) in [("\"kuleuven.be\"", "3:37"), ("\"true\"", "3:37")] {
        assert!(switched(value).contains(&format!("error wrong-type {place}")), "{:?}", switched(value));
    }
}
