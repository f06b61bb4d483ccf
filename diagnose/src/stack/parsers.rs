//! Every snippet is read by a parser of its language, if there is a cheap one. The others are compared in full in `texts`.

use std::io::Write;
use std::process::{Command, Stdio};
use std::slice::from_ref;

use serde_json::{Value, json};
use yaml_rust2::{Yaml, YamlLoader};

use super::all::Snippet;
use super::{Needed, Stack};

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

/// The snippet of this stack.
pub(super) fn text(stack: &str, needed: &Needed) -> String {
    Stack::named(stack)
        .unwrap()
        .snippet(needed)
        .map_or_else(|limits| panic!("{stack}: {limits:?}"), |snippet| snippet.text)
}

/// The samples that this stack can allow.
fn samples_of(stack: &str) -> Vec<Needed> {
    let stack = Stack::named(stack).unwrap();
    let samples: Vec<Needed> = samples().into_iter().filter(|needed| stack.snippet(needed).is_ok()).collect();
    assert!(samples.len() >= 2, "{stack:?}");
    samples
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
    let stacks = ["fastapi", "starlette", "django", "flask"];
    let cases: Vec<_> =
        stacks.into_iter().flat_map(|stack| samples_of(stack).into_iter().map(move |needed| (stack, needed))).collect();
    let texts: Vec<String> = cases.iter().map(|(stack, needed)| text(stack, needed)).collect();
    let name = "python_reads_the_snippets_and_finds_the_values_in_them";
    let Some(out) = tool(name, "python3", &["-c", READ], &json!(texts).to_string()) else { return };
    assert_eq!(out.lines().count(), cases.len());
    for ((stack, needed), line) in cases.iter().zip(out.lines()) {
        let constants: Vec<Value> = serde_json::from_str(line).unwrap();
        let mut wanted = strings(&needed.exposed);
        // Flask-Cors takes some of these for patterns, which have a test of their own.
        if *stack != "flask" {
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

/// The options that a snippet for Node.js passes on, as JSON. Its import is the first line.
fn options_of(test: &str, stack: &str, import: &str, needed: &Needed) -> Option<Value> {
    let snippet = text(stack, needed);
    let rest = if import.is_empty() {
        snippet.as_str()
    } else {
        let (first, rest) = snippet.split_once('\n').unwrap();
        assert!(first.starts_with(import), "{first}");
        rest
    };
    let stubs = "const print = (options) => console.log(JSON.stringify(options));\n\
                 const cors = (options) => options;\n\
                 const app = { use: print, enableCors: print, register: (_, options) => print(options) };";
    // A module, where await can be at the top.
    let out = tool(test, "node", &["--input-type=module", "-"], &format!("{stubs}\n{rest}"))?;
    Some(serde_json::from_str(&out).unwrap())
}

#[test]
fn node_reads_the_options_of_its_frameworks() {
    let name = "node_reads_the_options_of_its_frameworks";
    for (stack, import, [methods, allowed, exposed]) in [
        ("express", "import cors from \"cors\"; // or:", ["methods", "allowedHeaders", "exposedHeaders"]),
        ("fastify", "import cors from \"@fastify/cors\"; // or:", ["methods", "allowedHeaders", "exposedHeaders"]),
        ("nest", "", ["methods", "allowedHeaders", "exposedHeaders"]),
        ("hono", "import { cors } from \"hono/cors\";", ["allowMethods", "allowHeaders", "exposeHeaders"]),
        ("koa", "import cors from \"@koa/cors\"; // or:", ["allowMethods", "allowHeaders", "exposeHeaders"]),
    ] {
        for needed in samples_of(stack) {
            let Some(read) = options_of(name, stack, import, &needed) else { return };
            let mut wanted = json!({});
            if stack != "koa" {
                wanted["origin"] = json!(strings(from_ref(&needed.origin)));
            }
            wanted[methods] = json!(strings(from_ref(&needed.method)));
            // Hono and Koa take an empty list for any header.
            let fills = needed.headers.is_empty() && matches!(stack, "hono" | "koa");
            wanted[allowed] = if fills { json!(["accept"]) } else { json!(strings(&needed.headers)) };
            if !needed.exposed.is_empty() {
                wanted[exposed] = json!(strings(&needed.exposed));
            }
            if needed.credentials {
                wanted["credentials"] = json!(true);
            }
            assert_eq!(read, wanted, "{stack}");
        }
    }
}

#[test]
fn node_runs_the_middleware_of_next() {
    let name = "node_runs_the_middleware_of_next";
    let stubs = "class NextResponse extends Response { static next() { return new Response(); } }";
    let ask = "const ask = (method, headers) => { const { status, headers: got } = middleware(new Request('https://a.example/api', \
               { method, headers })); return [status, Object.fromEntries(got)]; };";
    for needed in samples_of("next") {
        let snippet = text("next", &needed);
        let (import, rest) = snippet.split_once('\n').unwrap();
        assert_eq!(import, "import { NextResponse } from \"next/server\";");
        let origin = strings(from_ref(&needed.origin)).concat();
        let calls = format!(
            "console.log(JSON.stringify([ask('OPTIONS', {{ origin: {origin:?}, 'access-control-request-method': 'X' }}), \
             ask('GET', {{ origin: {origin:?} }}), ask('GET', {{ origin: 'https://evil.example' }}), ask('OPTIONS', {{}})]));"
        );
        let script = format!("{stubs}\n{rest}\n{ask}\n{calls}");
        let Some(out) = tool(name, "node", &["--input-type=module", "-"], &script) else { return };
        let [preflight, actual, other, plain]: [Value; 4] = serde_json::from_str(&out).unwrap();
        let read = |response: &Value, name: &str| response[1][name].as_str().unwrap_or_default().as_bytes().to_vec();
        assert_eq!(preflight[0], if needed.preflight { 204 } else { 200 });
        if needed.preflight {
            assert_eq!(read(&preflight, "access-control-allow-methods"), needed.method);
            assert_eq!(read(&preflight, "access-control-allow-headers"), needed.headers.join(&b", "[..]));
        }
        assert_eq!(read(&actual, "access-control-allow-origin"), needed.origin);
        assert_eq!(read(&actual, "access-control-expose-headers"), needed.exposed.join(&b", "[..]));
        assert_eq!(read(&actual, "access-control-allow-credentials") == b"true", needed.credentials);
        assert_eq!(
            (&other[1], &plain[1], &plain[0]),
            (&json!({ "vary": "Origin" }), &json!({ "vary": "Origin" }), &json!(200))
        );
    }
}

#[test]
fn an_http_api_gets_its_configuration_as_json() {
    let read = |needed: &Needed| serde_json::from_str::<Value>(&text("aws-api-gateway", needed)).unwrap();
    assert_eq!(
        read(&full()),
        json!({
            "AllowOrigins": ["https://app.example.com"], "AllowMethods": ["PUT"],
            "AllowHeaders": ["authorization", "content-type"], "ExposeHeaders": ["etag", "x-total"],
            "AllowCredentials": true,
        })
    );
    assert_eq!(read(&plain()), json!({ "AllowOrigins": ["https://app.example.com"], "AllowCredentials": false }));
    for needed in samples_of("aws-api-gateway") {
        assert_eq!(read(&needed)["AllowOrigins"], json!(strings(from_ref(&needed.origin))));
    }
}

#[test]
fn cloudfront_gets_its_policy_as_json() {
    let read = |needed: &Needed| serde_json::from_str::<Value>(&text("cloudfront", needed)).unwrap();
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
    for needed in samples_of("cloudfront") {
        let items = &read(&needed)["CorsConfig"]["AccessControlAllowHeaders"]["Items"];
        let wanted = if needed.headers.is_empty() { json!(["accept"]) } else { json!(strings(&needed.headers)) };
        assert_eq!(items, &wanted);
    }
}

#[test]
fn a_function_url_gets_its_configuration_as_json() {
    for needed in samples_of("lambda-url") {
        let read: Value = serde_json::from_str(&text("lambda-url", &needed)).unwrap();
        assert_eq!(read["AllowOrigins"], json!(strings(from_ref(&needed.origin))));
        assert_eq!(read["AllowMethods"], json!(strings(from_ref(&needed.method))));
        assert_eq!(read["AllowCredentials"], json!(needed.credentials));
        assert_eq!(read.get("AllowHeaders"), needed.preflight.then(|| json!(strings(&needed.headers))).as_ref());
    }
}

#[test]
fn stores_get_their_rules_as_json() {
    for needed in samples_of("s3") {
        let read: Value = serde_json::from_str(&text("s3", &needed)).unwrap();
        let rule = &read["CORSRules"][0];
        assert_eq!(rule["AllowedOrigins"], json!(strings(from_ref(&needed.origin))));
        assert_eq!(rule["AllowedMethods"], json!(strings(from_ref(&needed.method))));
        assert_eq!(rule.get("AllowedHeaders").is_some(), !needed.headers.is_empty());
        assert_eq!(rule.get("ExposeHeaders").is_some(), !needed.exposed.is_empty());
    }
    let needed = Needed { credentials: false, ..full() };
    let read: Value = serde_json::from_str(&text("gcs", &needed)).unwrap();
    assert_eq!(
        read,
        json!([{
            "origin": ["https://app.example.com"], "method": ["PUT"],
            "responseHeader": ["authorization", "content-type", "etag", "x-total"],
        }])
    );
}

#[test]
fn a_shell_reads_the_words_for_azure() {
    for needed in samples_of("azure") {
        let words = shlex::split(&text("azure", &needed).replace("\\\n", "")).unwrap();
        for value in [&needed.headers, &needed.exposed].into_iter().flatten().chain([&needed.origin, &needed.method]) {
            assert!(words.iter().any(|word| word.as_bytes() == value), "{words:?}");
        }
    }
}

fn yaml(text: &str) -> Yaml {
    let mut documents = YamlLoader::load_from_str(text).unwrap();
    assert_eq!(documents.len(), 1, "{text}");
    documents.remove(0)
}

#[test]
fn envoy_gets_its_filter_and_policy_as_yaml() {
    for needed in samples_of("envoy") {
        let read = yaml(&text("envoy", &needed));
        assert_eq!(read["http_filters"][0]["name"].as_str(), Some("envoy.filters.http.cors"));
        let policy = &read["typed_per_filter_config"]["envoy.filters.http.cors"];
        let bytes = |value: &Yaml| value.as_str().unwrap_or_default().as_bytes().to_vec();
        let joined = |values: &[Vec<u8>]| values.join(&b", "[..]);
        assert_eq!(bytes(&policy["allow_origin_string_match"][0]["exact"]), needed.origin);
        assert_eq!(bytes(&policy["allow_methods"]), if needed.preflight { needed.method.clone() } else { vec![] });
        assert_eq!(bytes(&policy["allow_headers"]), joined(&needed.headers));
        assert_eq!(bytes(&policy["expose_headers"]), joined(&needed.exposed));
        assert_eq!(policy["allow_credentials"].as_bool(), needed.credentials.then_some(true));
        assert_eq!(read["response_headers_to_add"][0]["header"]["key"].as_str(), Some("Vary"));
    }
}

fn list(value: &Yaml) -> Vec<Vec<u8>> {
    value.as_vec().into_iter().flatten().map(|item| item.as_str().unwrap().into()).collect()
}

#[test]
fn kong_gets_its_plugin_as_yaml() {
    for needed in samples_of("kong") {
        let read = yaml(&text("kong", &needed));
        let plugin = &read["plugins"][0];
        assert_eq!(plugin["name"].as_str(), Some("cors"));
        let config = &plugin["config"];
        assert_eq!(list(&config["origins"]), [needed.origin]);
        assert_eq!(list(&config["methods"]), if needed.preflight { vec![needed.method] } else { vec![] });
        let headers =
            if needed.preflight && needed.headers.is_empty() { vec![b"accept".into()] } else { needed.headers };
        assert_eq!((list(&config["headers"]), list(&config["exposed_headers"])), (headers, needed.exposed));
        assert_eq!(config["credentials"].as_bool(), Some(needed.credentials));
        assert_eq!(config["preflight_continue"].as_bool(), Some(false));
    }
}

#[test]
fn kubernetes_gets_its_resources_as_yaml() {
    for needed in samples_of("gateway-api") {
        let read = yaml(&text("gateway-api", &needed));
        assert_eq!(read["filters"][0]["type"].as_str(), Some("CORS"));
        let cors = &read["filters"][0]["cors"];
        assert_eq!(list(&cors["allowOrigins"]), from_ref(&needed.origin));
        assert_eq!(list(&cors["allowMethods"]), if needed.preflight { vec![needed.method] } else { vec![] });
        assert_eq!((list(&cors["allowHeaders"]), list(&cors["exposeHeaders"])), (needed.headers, needed.exposed));
        assert_eq!(cors["allowCredentials"].as_bool(), needed.credentials.then_some(true));
        let vary = &read["filters"][1]["responseHeaderModifier"]["add"][0];
        assert_eq!((vary["name"].as_str(), vary["value"].as_str()), (Some("Vary"), Some("Origin")));
    }
    for needed in samples_of("istio") {
        let read = yaml(&text("istio", &needed));
        let cors = &read["corsPolicy"];
        assert_eq!(cors["allowOrigins"][0]["exact"].as_str().map(str::as_bytes), Some(&*needed.origin));
        assert_eq!(list(&cors["allowMethods"]), if needed.preflight { vec![needed.method] } else { vec![] });
        assert_eq!((list(&cors["allowHeaders"]), list(&cors["exposeHeaders"])), (needed.headers, needed.exposed));
        assert_eq!(cors["allowCredentials"].as_bool(), Some(needed.credentials));
        assert_eq!(read["headers"]["response"]["add"]["Vary"].as_str(), Some("Origin"));
    }
    for needed in samples_of("ingress-nginx") {
        let read = yaml(&text("ingress-nginx", &needed));
        let annotation = |name: &str| {
            let value = &read["metadata"]["annotations"][format!("nginx.ingress.kubernetes.io/{name}").as_str()];
            value.as_str().map(|value| value.as_bytes().to_vec())
        };
        assert_eq!(annotation("enable-cors").as_deref(), Some(&b"true"[..]));
        assert_eq!(annotation("cors-allow-origin").as_ref(), Some(&needed.origin));
        assert_eq!(annotation("cors-allow-methods").as_ref(), Some(&needed.method));
        let credentials = if needed.credentials { &b"true"[..] } else { b"false" };
        assert_eq!(annotation("cors-allow-credentials").as_deref(), Some(credentials));
        let headers = if needed.headers.is_empty() { b"accept".to_vec() } else { needed.headers.join(&b", "[..]) };
        assert_eq!(annotation("cors-allow-headers"), Some(headers));
    }
}

#[test]
fn traefik_gets_its_middleware_as_yaml() {
    for needed in samples_of("traefik") {
        let read = yaml(&text("traefik", &needed));
        let headers = &read["http"]["middlewares"]["cors"]["headers"];
        let of = |name: &str| list(&headers[format!("accessControl{name}").as_str()]);
        assert_eq!(of("AllowOriginList"), from_ref(&needed.origin));
        assert_eq!(of("AllowMethods"), if needed.preflight { vec![needed.method] } else { vec![] });
        assert_eq!((of("AllowHeaders"), of("ExposeHeaders")), (needed.headers, needed.exposed));
        assert_eq!(headers["accessControlAllowCredentials"].as_bool(), needed.credentials.then_some(true));
        assert_eq!(headers["addVaryHeader"].as_bool(), Some(true));
    }
}

#[test]
fn rust_reads_the_snippets_of_axum_and_actix() {
    for needed in samples() {
        for stack in ["axum", "actix"] {
            let text = format!("{{ {} }}", text(stack, &needed));
            assert!(syn::parse_str::<syn::Block>(&text).is_ok(), "{text}");
        }
    }
}

/// Whether quotes end and brackets close in order: all that can be checked without a parser of the language.
fn is_balanced(text: &str, quote: char, comment: &str) -> bool {
    let (mut open, mut rest) = (Vec::new(), text);
    while let Some(c) = rest.chars().next() {
        if rest.starts_with(comment) {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            c if c == quote => {
                let mut chars = rest.char_indices();
                let end = loop {
                    match chars.next() {
                        Some((_, '\\')) => drop(chars.next()),
                        Some((at, c)) if c == quote => break at,
                        Some((_, '\n')) | None => return false,
                        Some(_) => {}
                    }
                };
                rest = &rest[end + 1..];
            }
            '{' => open.push('}'),
            '(' => open.push(')'),
            '[' => open.push(']'),
            '}' | ')' | ']' if open.pop() != Some(c) => return false,
            _ => {}
        }
    }
    open.is_empty()
}

#[test]
fn quotes_and_brackets_are_balanced_without_a_parser() {
    let is_ok = |text| is_balanced(text, '"', "#");
    assert!(!is_ok("a \"b") && !is_ok("a { b") && !is_ok("(a]") && is_ok("a { b \"}\\\"\" } # ("));
    for (stack, quote, comment) in [
        ("nginx", '"', "#"),
        ("apache", '"', "#"),
        ("caddy", '"', "#"),
        ("haproxy", '"', "#"),
        ("rails", '"', "# "),
        ("spring", '"', "//"),
        ("go", '"', "//"),
        ("aspnet", '"', "//"),
        ("laravel", '\'', "//"),
    ] {
        for needed in samples_of(stack) {
            let text = text(stack, &needed);
            assert!(is_balanced(&text, quote, comment), "{stack}\n{text}");
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
        for stack in Stack::ALL {
            match (stack.snippet(&needed), stack.snippet(&placeholder)) {
                (Ok(snippet), Ok(known)) => {
                    assert_eq!(snippet.text, known.text, "{stack:?} {shown}");
                    assert!(!snippet.is_whole && known.is_whole, "{stack:?} {shown}");
                }
                (snippet, known) => assert_eq!(snippet.err(), known.err(), "{stack:?} {shown}"),
            }
        }
    }
}

/// What is never advised: any site, any site with cookies, the origin `null`, or the request's own origin without a list.
#[test]
fn no_snippet_allows_what_is_unsafe() {
    for (needed, stack) in samples().into_iter().flat_map(|n| Stack::ALL.into_iter().map(move |s| (n.clone(), s))) {
        let Ok(Snippet { text, .. }) = stack.snippet(&needed) else { continue };
        assert!(
            !["\"null\"", "'null'", ".*"].iter().any(|unsafe_part| text.contains(unsafe_part)),
            "{stack:?}: {text}"
        );
        for line in text.lines().filter(|line| line.to_ascii_lowercase().contains("allow") || line.contains("rigin")) {
            assert!(!line.contains('*'), "{stack:?}: {line}");
        }
        let origin = String::from_utf8(needed.origin.clone()).unwrap();
        let names_it = [origin.clone(), origin.replace('[', "\\\\[").replace(']', "\\\\]")];
        assert!(names_it.iter().any(|name| text.contains(name)), "{stack:?} names no origin: {text}");
    }
}

#[test]
fn every_stack_is_complete_and_has_its_own_name() {
    let mut names: Vec<_> = Stack::ALL.iter().map(|stack| stack.name()).collect();
    for stack in Stack::ALL {
        assert_eq!(Stack::named(stack.name()), Some(stack));
        for name in stack.other_names() {
            assert_eq!(Stack::named(name), Some(stack));
        }
        let recipe = stack.recipe();
        assert!(!recipe.place.is_empty() && !recipe.place.ends_with('.') && !recipe.about.is_empty(), "{stack:?}");
        assert!(recipe.limits.iter().chain(recipe.notes).all(|(_, text)| !text.ends_with('.')), "{stack:?}");
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Stack::ALL.len());
}

#[test]
fn stack_says_what_it_cannot_do_instead_of_snippet() {
    let is_refused = |stack: &str, needed: &Needed| Stack::named(stack).unwrap().snippet(needed).is_err();
    let custom = needed("https://a.example", "PURGE", &[], &[]);
    for stack in ["kong", "aws-api-gateway", "cloudfront", "lambda-url", "gateway-api", "istio", "s3", "gcs", "azure"] {
        assert!(is_refused(stack, &custom), "{stack}");
        assert!(!is_refused(stack, &Needed { credentials: false, ..full() }), "{stack}");
    }
    let extension = needed("chrome-extension://abcdefghijklmnop", "PUT", &[], &[]);
    for stack in ["aws-api-gateway", "gateway-api", "ingress-nginx"] {
        assert!(is_refused(stack, &extension), "{stack}");
    }
    let address = needed("http://[::1]", "PUT", &[], &[]);
    for stack in ["kong", "gateway-api", "ingress-nginx"] {
        assert!(is_refused(stack, &address), "{stack}");
    }
    assert!(is_refused("ingress-nginx", &needed("https://a_b.example", "PUT", &[], &[])));
    assert!(is_refused("ingress-nginx", &needed("https://a.example", "PUT", &["x.a"], &[])));
    assert!(is_refused("gcs", &full()));
    assert!(is_refused("s3", &needed("https://a.example", "PATCH", &[], &[])));
    for stack in ["flask", "laravel", "rails"] {
        assert!(is_refused(stack, &needed("https://a.example", "patch", &[], &[])), "{stack}");
    }
}
