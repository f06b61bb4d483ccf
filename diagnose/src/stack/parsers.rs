//! Every snippet is read by a parser of its language, if there is a cheap one. The others are compared in full in `texts`.

use std::io::Write;
use std::process::{Command, Stdio};
use std::slice::from_ref;

use serde_json::{Value, json};
use yaml_rust2::{Yaml, YamlLoader};

use super::{Needed, Stack, is_writable};

/// Every byte of a token that is not a letter or digit, without the wildcard.
const ODD: &str = "x-!#$%&'+-.^_`|~0";

fn needed(origin: &str, method: &str, headers: &[&str], exposed: &[&str]) -> Needed {
    let bytes = |names: &[&str]| names.iter().map(|name| name.as_bytes().to_vec()).collect();
    Needed {
        origin: origin.into(),
        method: method.into(),
        headers: bytes(headers),
        credentials: true,
        exposed: bytes(exposed),
        preflight: true,
    }
}

pub(super) fn full() -> Needed {
    needed("https://app.example.com", "PUT", &["authorization", "content-type"], &["etag", "x-total"])
}

pub(super) fn plain() -> Needed {
    Needed { credentials: false, preflight: false, ..needed("https://app.example.com", "GET", &[], &[]) }
}

fn samples() -> Vec<Needed> {
    vec![
        full(),
        plain(),
        needed("https://app.example.com", "DELETE", &[], &[]),
        needed("http://[::1]:3000", "PURGE", &["x-a"], &[]),
        needed("chrome-extension://abcdefghijklmnop", ODD, &[ODD, "x-b"], &[ODD]),
        Needed { credentials: false, ..full() },
    ]
}

fn strings(values: &[Vec<u8>]) -> Vec<String> {
    values.iter().map(|value| String::from_utf8(value.clone()).unwrap()).collect()
}

/// The output of a tool for an input. `None`: the tool is missing, which is printed and fails in CI.
fn tool(test: &str, program: &str, arguments: &[&str], input: &str) -> Option<String> {
    let child = Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            assert!(std::env::var("CI").is_err(), "{test} needs {program}: {error}");
            // Not eprintln, which is shown only if the test fails.
            let _ = writeln!(std::io::stderr(), "SKIPPED {test}: {program} is missing: {error}");
            return None;
        }
    };
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program} does not take:\n{input}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn python_reads_the_snippets_and_finds_the_values_in_them() {
    const READ: &str = "import ast, json, sys\nfor text in json.load(sys.stdin):\n    print(json.dumps([n.value \
                        for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant)]))";
    let stacks = [Stack::Fastapi, Stack::Starlette, Stack::Django, Stack::Flask];
    let cases: Vec<_> = samples().into_iter().flat_map(|needed| stacks.map(|stack| (stack, needed.clone()))).collect();
    let texts: Vec<String> = cases.iter().map(|(stack, needed)| stack.snippet(needed)).collect();
    let name = "python_reads_the_snippets_and_finds_the_values_in_them";
    let Some(out) = tool(name, "python3", &["-c", READ], &json!(texts).to_string()) else { return };
    assert_eq!(out.lines().count(), cases.len());
    for ((stack, needed), line) in cases.iter().zip(out.lines()) {
        let constants: Vec<Value> = serde_json::from_str(line).unwrap();
        let mut wanted = strings(&needed.exposed);
        // Flask-Cors takes some of these for patterns, which have a test of their own.
        if *stack != Stack::Flask {
            wanted.extend(strings(from_ref(&needed.origin)));
            wanted.extend(strings(&needed.headers));
        }
        if needed.preflight {
            wanted.extend(strings(from_ref(&needed.method)));
        }
        for value in wanted {
            assert!(constants.contains(&json!(value)), "{stack:?}: {value} is not in {line}");
        }
    }
}

#[test]
fn node_reads_the_options_of_express() {
    let name = "node_reads_the_options_of_express";
    for needed in samples() {
        let snippet = Stack::Express.snippet(&needed);
        let (import, rest) = snippet.split_once('\n').unwrap();
        assert_eq!(import, "import cors from \"cors\"; // or: const cors = require(\"cors\");");
        let stubs = "const cors = (options) => console.log(JSON.stringify(options)); const app = { use() {} };";
        let Some(out) = tool(name, "node", &["-"], &format!("{stubs}\n{rest}")) else { return };
        let mut wanted = json!({ "origin": strings(from_ref(&needed.origin)) });
        if needed.preflight {
            wanted["methods"] = json!(strings(from_ref(&needed.method)));
            wanted["allowedHeaders"] = json!(strings(&needed.headers));
        }
        if !needed.exposed.is_empty() {
            wanted["exposedHeaders"] = json!(strings(&needed.exposed));
        }
        if needed.credentials {
            wanted["credentials"] = json!(true);
        }
        assert_eq!(serde_json::from_str::<Value>(&out).unwrap(), wanted);
    }
}

#[test]
fn an_http_api_gets_its_configuration_as_json() {
    let read = |needed: &Needed| serde_json::from_str::<Value>(&Stack::AwsApiGateway.snippet(needed)).unwrap();
    assert_eq!(
        read(&full()),
        json!({
            "AllowOrigins": ["https://app.example.com"], "AllowMethods": ["PUT"],
            "AllowHeaders": ["authorization", "content-type"], "ExposeHeaders": ["etag", "x-total"],
            "AllowCredentials": true,
        })
    );
    assert_eq!(read(&plain()), json!({ "AllowOrigins": ["https://app.example.com"], "AllowCredentials": false }));
    for needed in samples() {
        assert_eq!(read(&needed)["AllowOrigins"], json!(strings(from_ref(&needed.origin))));
    }
}

#[test]
fn cloudfront_gets_its_policy_as_json() {
    let read = |needed: &Needed| serde_json::from_str::<Value>(&Stack::Cloudfront.snippet(needed)).unwrap();
    assert_eq!(
        read(&full()),
        json!({
            "Name": "cors",
            "CorsConfig": {
                "AccessControlAllowOrigins": { "Quantity": 1, "Items": ["https://app.example.com"] },
                "AccessControlAllowMethods": { "Quantity": 1, "Items": ["PUT"] },
                "AccessControlAllowHeaders": { "Quantity": 2, "Items": ["authorization", "content-type"] },
                "AccessControlExposeHeaders": { "Quantity": 2, "Items": ["etag", "x-total"] },
                "AccessControlAllowCredentials": true,
                "OriginOverride": true,
            },
            "CustomHeadersConfig": {
                "Quantity": 1, "Items": [{ "Header": "Vary", "Value": "Origin", "Override": false }],
            },
        })
    );
    for needed in samples() {
        let items = &read(&needed)["CorsConfig"]["AccessControlAllowHeaders"]["Items"];
        let wanted = if needed.headers.is_empty() { json!(["accept"]) } else { json!(strings(&needed.headers)) };
        assert_eq!(items, &wanted);
    }
}

fn yaml(text: &str) -> Yaml {
    let mut documents = YamlLoader::load_from_str(text).unwrap();
    assert_eq!(documents.len(), 1, "{text}");
    documents.remove(0)
}

#[test]
fn envoy_gets_its_filter_and_policy_as_yaml() {
    for needed in samples() {
        let read = yaml(&Stack::Envoy.snippet(&needed));
        assert_eq!(read["http_filters"][0]["name"].as_str(), Some("envoy.filters.http.cors"));
        let policy = &read["typed_per_filter_config"]["envoy.filters.http.cors"];
        let text = |value: &Yaml| value.as_str().unwrap_or_default().as_bytes().to_vec();
        let joined = |values: &[Vec<u8>]| values.join(&b", "[..]);
        assert_eq!(text(&policy["allow_origin_string_match"][0]["exact"]), needed.origin);
        assert_eq!(text(&policy["allow_methods"]), if needed.preflight { needed.method.clone() } else { vec![] });
        assert_eq!(text(&policy["allow_headers"]), joined(&needed.headers));
        assert_eq!(text(&policy["expose_headers"]), joined(&needed.exposed));
        assert_eq!(policy["allow_credentials"].as_bool(), needed.credentials.then_some(true));
        assert_eq!(read["response_headers_to_add"][0]["header"]["key"].as_str(), Some("Vary"));
    }
}

#[test]
fn kong_gets_its_plugin_as_yaml() {
    for needed in samples() {
        let read = yaml(&Stack::Kong.snippet(&needed));
        let plugin = &read["plugins"][0];
        assert_eq!(plugin["name"].as_str(), Some("cors"));
        let list = |name: &str| -> Vec<Vec<u8>> {
            plugin["config"][name].as_vec().into_iter().flatten().map(|v| v.as_str().unwrap().into()).collect()
        };
        let origin =
            if needed.origin.starts_with(b"http://[") { br"^http://\[::1\]:3000$".into() } else { needed.origin };
        assert_eq!(list("origins"), [origin]);
        assert_eq!(list("methods"), if needed.preflight { vec![needed.method] } else { vec![] });
        let headers =
            if needed.preflight && needed.headers.is_empty() { vec![b"accept".into()] } else { needed.headers };
        assert_eq!((list("headers"), list("exposed_headers")), (headers, needed.exposed));
        assert_eq!(plugin["config"]["credentials"].as_bool(), Some(needed.credentials));
        assert_eq!(plugin["config"]["preflight_continue"].as_bool(), Some(false));
    }
}

#[test]
fn rust_reads_the_snippets_of_axum_and_actix() {
    for needed in samples() {
        for stack in [Stack::Axum, Stack::Actix] {
            let text = format!("{{ {} }}", stack.snippet(&needed));
            assert!(syn::parse_str::<syn::Block>(&text).is_ok(), "{text}");
        }
    }
}

/// Whether quotes end and brackets close in order: all that can be checked without a parser of the language.
fn is_balanced(text: &str) -> bool {
    let (mut open, mut chars) = (Vec::new(), text.chars());
    while let Some(c) = chars.next() {
        match c {
            '"' => loop {
                match chars.next() {
                    Some('\\') => drop(chars.next()),
                    Some('"') => break,
                    Some('\n') | None => return false,
                    Some(_) => {}
                }
            },
            '#' => drop(chars.by_ref().find(|&c| c == '\n')),
            '{' | '(' | '[' => open.push(c),
            '}' | ')' | ']'
                if open.pop()
                    != Some(if c == ')' {
                        '('
                    } else if c == ']' {
                        '['
                    } else {
                        '{'
                    }) =>
            {
                return false;
            }
            _ => {}
        }
    }
    open.is_empty()
}

#[test]
fn quotes_and_brackets_are_balanced_where_no_parser_is_at_hand() {
    assert!(!is_balanced("a \"b") && !is_balanced("a { b") && !is_balanced("(a]") && is_balanced("a { b \"}\\\"\" }"));
    for needed in samples() {
        for stack in [Stack::Nginx, Stack::Apache, Stack::Caddy, Stack::Spring, Stack::Go] {
            let text = stack.snippet(&needed);
            assert!(is_balanced(&text), "{stack:?}\n{text}");
        }
    }
}

#[test]
fn a_value_that_no_browser_sends_never_reaches_a_snippet() {
    let without = |origin: &str, method: &str| needed(origin, method, &["x-a"], &["x-a"]);
    let placeholder = without("https://app.example.com", "GET");
    let hostile = (0..=255_u8).map(|b| vec![b'x', b, b'y']).filter(|name| !corsac::is_token(name));
    let phrases = ["\"];evil()", "a\"\n}\nevil {", "a${HOME}", "\\\"", "a'; evil", "`evil`\n", "{$HOME}", "é", "*"];
    for value in hostile.chain(phrases.map(|phrase| phrase.as_bytes().to_vec())) {
        let shown = corsac::Escaped(&value).to_string();
        let origin = [b"https://", &value[..]].concat();
        let names = vec![value.clone(), b"x-a".to_vec()];
        let needed = Needed { origin, method: value, headers: names.clone(), exposed: names, ..placeholder.clone() };
        // `:` and `/` make sense in an origin, not in `x:y`; a dot or a dash is a token's.
        assert!(!is_writable(&needed), "{shown}");
        for stack in Stack::ALL {
            assert_eq!(stack.snippet(&needed), stack.snippet(&placeholder), "{stack:?} {shown}");
        }
    }
}

#[test]
fn nothing_is_allowed_by_a_wildcard() {
    for (needed, stack) in samples().into_iter().flat_map(|n| Stack::ALL.iter().map(move |s| (n.clone(), s))) {
        let text = stack.snippet(&needed);
        for line in text.lines().filter(|line| line.to_ascii_lowercase().contains("allow") || line.contains("rigin")) {
            assert!(!line.contains('*'), "{stack:?}: {line}");
        }
    }
}

#[test]
fn names_are_those_of_the_command_line() {
    let names: Vec<_> = Stack::ALL.iter().map(|s| s.name().to_owned()).collect();
    assert_eq!(
        names.join("|"),
        "express|fastapi|starlette|django|flask|nginx|apache|caddy|envoy|kong|aws-api-gateway|cloudfront|spring|go|axum|actix"
    );
}

#[test]
fn what_a_stack_cannot_do_is_said() {
    let custom = needed("chrome-extension://abcdefghijklmnop", "PURGE", &[], &[]);
    for stack in [Stack::Kong, Stack::AwsApiGateway, Stack::Cloudfront] {
        assert!(stack.limit(&custom).is_some(), "{stack:?}");
        assert_eq!(stack.limit(&full()), None);
    }
    assert!(Stack::AwsApiGateway.limit(&Needed { method: b"PUT".into(), ..custom }).is_some());
    assert!(Stack::Kong.limit(&needed("http://[::1]", "PUT", &[], &[])).is_some());
    assert!(Stack::Flask.limit(&needed("https://a.example", "patch", &[], &[])).is_some());
}
