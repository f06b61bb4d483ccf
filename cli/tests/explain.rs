//! What `corsac explain` promises: exit codes, what options may fill in, credentials judged both ways, the command that shows what is
//! missing, tables, snippets, and no secret on the screen.

mod run;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use run::{code, corsac, err, out};
use serde_json::{Value, json};

const PAGE: &str = "https://shop.example";

fn explain(args: &[&str], stdin: impl Into<Vec<u8>>) -> Output {
    corsac(&[&["explain"], args].concat(), stdin)
}

fn file(name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// A request of curl and its response, with the marks of `-v`.
fn talk(request: &[&str], response: &[&str]) -> String {
    let lines = |mark: char, lines: &[&str]| lines.iter().map(|line| format!("{mark} {line}\n")).collect::<String>();
    format!("{}>\n{}<\n", lines('>', request), lines('<', response))
}

fn get(request: &[&str], response: &[&str]) -> String {
    talk(&[&["GET /x HTTP/1.1", "Host: api.shop.example"], request].concat(), response)
}

fn har(entries: Vec<Value>) -> String {
    json!({"log": {"version": "1.2", "entries": entries}}).to_string()
}

fn entry(method: &str, url: &str, request: &[(&str, &str)], status: u16, response: &[(&str, &str)]) -> Value {
    let list = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| json!({"name": name, "value": value})).collect::<Vec<_>>()
    };
    json!({
        "request": {"method": method, "url": url, "headers": list(request)},
        "response": {"status": status, "headers": list(response)},
    })
}

#[test]
fn allowed_is_0_blocked_is_1_and_unknown_is_2() {
    let origin = "Origin: https://shop.example";
    let allowed = get(&[origin], &["HTTP/1.1 200 OK", "Access-Control-Allow-Origin: https://shop.example"]);
    let blocked = get(&[origin], &["HTTP/1.1 200 OK", "Access-Control-Allow-Origin: https://other.example"]);
    let missing = talk(&["PUT /x HTTP/1.1", "Host: api.shop.example", origin], &["HTTP/1.1 200 OK"]);
    let passing = "Access-Control-Allow-Origin: https://shop.example";
    let half = talk(&["PUT /x HTTP/1.1", "Host: api.shop.example", origin], &["HTTP/1.1 200 OK", passing]);
    for (capture, expected) in [(&allowed, 0), (&blocked, 1), (&missing, 1), (&half, 2)] {
        let output = explain(&[], capture.as_str());
        assert_eq!(code(&output), expected, "{capture}\n{}", out(&output));
    }
    for args in [&["--nonsense"][..], &["--console", "x", "--jsonl"], &["--jsonl", "--origin", PAGE], &["--stack", "x"]]
    {
        let output = explain(args, "");
        assert!(code(&output) == 2 && output.stdout.is_empty() && !output.stderr.is_empty(), "{args:?}");
    }
    let no_origin = explain(&[], "HTTP/1.1 200 OK\n\n");
    assert!(code(&no_origin) == 2 && err(&no_origin).contains("add it, such as --origin"), "{}", err(&no_origin));
}

#[test]
fn http_version_of_a_capture_decides_how_firefox_joins_lines() {
    let lines = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Origin", "")];
    let heads = ["HTTP/1.1 200 OK", "HTTP/2 200"].map(|first| {
        let lines: String = lines.iter().map(|(name, value)| format!("< {name}: {value}\n")).collect();
        format!("> GET /x HTTP/1.1\n> Host: api.shop.example\n> Origin: {PAGE}\n>\n< {first}\n{lines}<\n")
    });
    let hars = ["http/1.1", "h2"].map(|version| {
        let mut entry = entry("GET", "https://api.shop.example/x", &[("Origin", PAGE)], 200, &lines);
        entry["response"]["httpVersion"] = json!(version);
        har(vec![entry])
    });
    for [over_http1, over_http2] in [heads, hars] {
        let text = out(&explain(&[], over_http1.as_str()));
        assert!(text.starts_with("blocked in every browser\n"), "{text}");
        assert!(text.contains("Multiple CORS header"), "{text}");
        let text = out(&explain(&[], over_http2.as_str()));
        assert!(text.starts_with("blocked by the standard and in chromium, webkit; allowed in firefox\n"), "{text}");
    }
}

#[test]
fn options_fill_gaps_of_a_capture_and_override_nothing() {
    let response = &["HTTP/1.1 200 OK", "Access-Control-Allow-Origin: https://shop.example"];
    let told = get(&["Origin: https://shop.example", "Content-Type: text/plain"], response);
    let other = ["--origin", "https://other.example", "--method", "PUT", "--url", "https://other.example/y"];
    let output = explain(&[&other[..], &["-H", "content-type: application/json"]].concat(), told.as_str());
    assert!(code(&output) == 0 && !out(&output).contains("other.example"), "{}", out(&output));
    assert!(!out(&output).contains("OPTIONS") && out(&output).contains("Content-Type: text/plain"));

    let head = format!("{}\n{}\n\n", response[0], response[1]);
    let output = explain(&["--origin", PAGE, "--url", "https://api.shop.example/x"], head.clone());
    assert!(code(&output) == 0 && out(&output).contains("https://api.shop.example\n"), "{}", out(&output));
    let output = explain(&["--origin", PAGE], head);
    assert!(code(&output) == 0 && err(&output).contains("add it with --url"), "{}", err(&output));

    let asked = ["Origin: https://shop.example", "Access-Control-Request-Method: GET"];
    let names = ["Access-Control-Request-Headers: x-a,accept", "User-Agent: curl/8.5.0"];
    let first = ["OPTIONS /x HTTP/1.1", "Host: api.shop.example"];
    let preflight = talk(&[&first[..], &asked, &names].concat(), &["HTTP/1.1 204 No Content"]);
    let output = explain(&["-H", "x-a: 7", "-H", "x-b: 8"], preflight);
    assert!(out(&output).contains("Access-Control-Request-Headers: accept,x-a,x-b"), "{}", out(&output));
}

#[test]
fn unknown_credentials_are_judged_both_ways() {
    let open = &["HTTP/1.1 200 OK", "Access-Control-Allow-Origin: *"];
    let origin = "Origin: https://shop.example";
    let output = explain(&[], get(&[origin], open));
    let text = out(&output);
    assert_eq!(code(&output), 0);
    assert!(text.starts_with("allowed in every browser\n"), "{text}");
    assert!(text.contains("With credentials: \"include\": blocked in every browser\n"), "{text}");
    assert!(text.contains("[acao-wildcard-with-credentials: wildcard-with-credentials]"), "{text}");
    for (args, capture) in
        [(&["--credentials"][..], get(&[origin], open)), (&[], get(&[origin, "Cookie: sid=1"], open))]
    {
        let output = explain(args, capture);
        let text = out(&output);
        assert!(code(&output) == 1 && text.starts_with("blocked") && !text.contains("With credentials:"), "{text}");
    }
    let blocked =
        explain(&[], get(&[origin], &["HTTP/1.1 200 OK", "Access-Control-Allow-Origin: https://shop.example/"]));
    assert!(
        out(&blocked).contains("With credentials: \"include\", this is wrong too:\n  Access-Control-Allow-Credentials")
    );
}

#[test]
fn hidden_response_is_incomplete_and_its_command_runs() {
    let url = "https://api.shop.example/it's?a=$(id)&b=`id`;id";
    let request = [
        ("origin", PAGE),
        ("x-odd", "it's \"$HOME\" \\ `id`; id"),
        ("authorization", "Bearer s3cr3t"),
        ("cookie", "sid=s3cr3t"),
    ];
    let capture = har(vec![
        entry("PATCH", url, &request, 0, &[]),
        entry(
            "OPTIONS",
            url,
            &[
                ("origin", PAGE),
                ("access-control-request-method", "PATCH"),
                ("access-control-request-headers", "authorization,x-odd"),
            ],
            204,
            &[
                ("access-control-allow-origin", PAGE),
                ("access-control-allow-credentials", "true"),
                ("access-control-allow-methods", "PATCH"),
                ("access-control-allow-headers", "authorization,x-odd"),
            ],
        ),
    ]);
    let asked = |args: &[&str]| {
        let output = explain(args, capture.as_str());
        let text = out(&output);
        assert_eq!(code(&output), 2, "{text}");
        let command = text.split_once("together with this capture:\n  ").unwrap().1.lines().next().unwrap().to_owned();
        let script = format!("curl() {{ printf '[%s]\\n' \"$@\"; }}\n{command}");
        let shell = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        assert!(shell.stderr.is_empty(), "{command}");
        (text.clone(), String::from_utf8(shell.stdout).unwrap())
    };
    let (text, words) = asked(&[]);
    for word in [
        "[-X]\n[PATCH]",
        "[origin: https://shop.example]",
        "[x-odd: it's \"$HOME\" \\ `id`; id]",
        "[authorization: ...]",
        "[Cookie: ...]",
        "[https://api.shop.example/it's?a=$(id)&b=`id`;id]",
    ] {
        assert!(words.to_ascii_lowercase().contains(&word.to_ascii_lowercase()), "{word}\n{words}");
    }
    assert!(!text.contains("s3cr3t") && text.contains("Replace the dots with the values."), "{text}");
    assert!(asked(&["--show-secrets"]).1.contains("[authorization: Bearer s3cr3t]"));
}

#[test]
fn preflight_and_request_of_two_files_are_one_exchange() {
    let origin = "Origin: https://shop.example";
    let passing = ["Access-Control-Allow-Origin: https://shop.example", "Access-Control-Allow-Methods: PUT"];
    let asked = ["OPTIONS /x HTTP/1.1", "Host: api.shop.example", origin, "Access-Control-Request-Method: PUT"];
    let first = file("one-preflight.txt", talk(&asked, &[&["HTTP/1.1 204 No Content"], &passing[..]].concat()));
    let request = ["PUT /x HTTP/1.1", "Host: api.shop.example", origin];
    let second = file("two-request.txt", talk(&request, &["HTTP/1.1 200 OK", passing[0]]));
    let (first, second) = (first.to_str().unwrap(), second.to_str().unwrap());
    let output = explain(&[first, second], "");
    assert!(code(&output) == 0 && out(&output).matches("asks first").count() == 1, "{}", out(&output));
    assert_eq!(code(&explain(&[second, first], "")), 0);
    assert_eq!(code(&explain(&[first], "")), 2);
    let output = explain(&[first, "/nowhere.txt"], "");
    assert!(code(&output) == 2 && err(&output).contains("cannot read /nowhere.txt"), "{}", err(&output));
}

#[test]
fn a_capture_that_proves_little_says_so() {
    let head = "HTTP/1.1 200 OK\n\n";
    let asked = |origin: &str, url: &str| err(&explain(&["--origin", origin, "--url", url], head));
    assert!(asked(PAGE, "https://api.shop.example/").contains("the request has no Origin header"));
    assert!(asked(PAGE, "https://shop.example/").contains("so CORS does not apply"));
    let good = get(&["Origin: https://shop.example"], &["HTTP/1.1 200 OK"]);
    assert!(!err(&explain(&["--url", "https://api.shop.example/"], good)).contains("Origin header"));
}

fn shop(number: u64, acao: &str) -> Value {
    let url = format!("https://api.shop.example/{number}");
    entry("GET", &url, &[("origin", PAGE)], 200, &[("access-control-allow-origin", acao)])
}

#[test]
fn many_exchanges_are_a_table_with_the_worst_first() {
    let hidden = entry("GET", "https://api.shop.example/4", &[("origin", PAGE)], 0, &[]);
    let own = entry("GET", "https://shop.example/own", &[("origin", PAGE)], 200, &[]);
    let capture = file(
        "many.har",
        har(vec![shop(1, "*"), shop(2, "https://shop.example/"), own, hidden, shop(5, "https://www.shop.example")]),
    );
    let capture = capture.to_str().unwrap();
    let output = explain(&[capture], "");
    let text = out(&output);
    assert_eq!(code(&output), 1);
    let verdicts = ["acao-mismatch: trailing-slash", "acao-mismatch: www", "incomplete", "allowed"];
    let places: Vec<usize> = verdicts.iter().map(|verdict| text.find(verdict).expect(verdict)).collect();
    assert!(places.is_sorted() && !text.contains("/own"), "{text}");
    assert!(text.ends_with("\n--entry 2 shows the first of them in full\n"), "{text}");
    let output = explain(&[capture, "--entry", "5"], "");
    assert!(code(&output) == 1 && out(&output).contains("[acao-mismatch: www]\nFix:"), "{}", out(&output));
    assert_eq!(code(&explain(&[capture, "--entry", "1"], "")), 0);
    let other = file("more.har", har(vec![shop(1, "*")]));
    let both = out(&explain(&[capture, other.to_str().unwrap()], ""));
    assert!(both.contains("more.har: 1 ") && both.contains("many.har: 2 "), "{both}");
    let output = explain(&[capture, "--entry", "9"], "");
    assert!(code(&output) == 2 && err(&output).contains("begins at 9"), "{}", err(&output));
}

#[test]
fn json_of_captures_has_exchanges_notes_and_outcome() {
    let told = |capture: &str, extra: &[&str]| -> (Value, i32) {
        let output = explain(&[extra, &["--format", "json"]].concat(), capture);
        (serde_json::from_str(&out(&output)).unwrap(), code(&output))
    };
    let (blocked, ended) = told(&har(vec![shop(1, "*"), shop(2, "https://shop.example/")]), &[]);
    assert_eq!((&blocked["outcome"], ended), (&json!("blocked"), 1));
    let exchanges = blocked["exchanges"].as_array().unwrap();
    assert_eq!(exchanges.len(), 2);
    assert_eq!(exchanges[1]["number"], 2);
    assert_eq!(exchanges[1]["diagnosis"]["blocked_by"][0]["code"], "acao-mismatch");
    assert_eq!(exchanges[0]["diagnosis"]["verdict"]["chromium"], "allowed");
    assert_eq!(exchanges[0]["stopped"], Value::Null);
    let (one, ended) = told(&har(vec![shop(1, "*"), shop(2, "https://shop.example/")]), &["--entry", "1"]);
    assert_eq!((one["exchanges"].as_array().unwrap().len(), &one["outcome"], ended), (1, &json!("allowed"), 0));
    // What is missing is a note, and ends with 2.
    let (unknown, ended) = told("HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: *\n", &[]);
    assert_eq!((&unknown["outcome"], ended), (&json!("unknown"), 2));
    assert!(unknown["notes"][0].as_str().unwrap().contains("--origin"), "{unknown}");
}

#[test]
fn headers_that_are_not_exposed_are_named() {
    let head = |more: &[&str]| {
        let lines = ["HTTP/1.1 200 OK", "Access-Control-Allow-Origin: *", "X-Total: 3", "ETag: x", "Date: x"];
        get(&["Origin: https://shop.example"], &[&lines, more].concat())
    };
    let hidden = "Hidden from the script, which gets null for them: x-total, etag";
    let text = out(&explain(&[], head(&[])));
    assert!(text.contains(hidden) && text.contains("Access-Control-Expose-Headers: x-total, etag"), "{text}");
    let text = out(&explain(&["--stack", "express"], head(&[])));
    assert!(text.contains("exposedHeaders"), "{text}");
    let text = out(&explain(&[], head(&["Access-Control-Expose-Headers: ETag"])));
    assert!(text.contains("for them: x-total\n"), "{text}");
    let text = out(&explain(&[], head(&["Access-Control-Expose-Headers: *"])));
    assert!(!text.contains("Hidden"), "{text}");
}

const STACKS: &str = "express, fastify, hono, koa, nest, next, fastapi, starlette, django, flask, aspnet, laravel, rails, spring, go, \
                      axum, actix, nginx, apache, caddy, haproxy, traefik, envoy, kong, istio, gateway-api, ingress-nginx, \
                      aws-api-gateway, lambda-url, cloudfront, s3, gcs, azure";

#[test]
fn every_stack_writes_its_own_fix_for_the_same_capture() {
    let capture = format!("{}/tests/failures/trailing-slash.txt", env!("CARGO_MANIFEST_DIR"));
    let mut seen = Vec::new();
    for name in STACKS.split(", ") {
        let output = explain(&[&capture, "--stack", name], "");
        let text = out(&output);
        let snippet = text.split_once("Merge it with what you already list:\n").expect(name).1;
        let snippet = snippet.split_once("\nIn the console:").unwrap().0;
        assert_eq!(code(&output), 1);
        assert!(snippet.contains("shop.example") && !snippet.contains("shop.example/"), "{name}: {snippet}");
        assert!(!seen.contains(&snippet.to_owned()), "{name}");
        seen.push(snippet.to_owned());
    }
    assert_eq!(seen.len(), 33);
    let unknown = err(&explain(&["--stack", "iis"], ""));
    assert!(unknown.contains(&format!("[possible values: {STACKS}]")), "{unknown}");
    let capture = format!("{}/tests/failures/redirect-loop.txt", env!("CARGO_MANIFEST_DIR"));
    let text = out(&explain(&[&capture, "--stack", "nginx"], ""));
    assert!(text.contains("No setting of the server's CORS middleware fixes this."), "{text}");
}

#[test]
fn several_stacks_say_what_each_layer_must_change() {
    let capture = format!("{}/tests/failures/trailing-slash.txt", env!("CARGO_MANIFEST_DIR"));
    let text = out(&explain(&[&capture, "--stack", "s3", "--stack", "cloudfront"], ""));
    let (edge, store) = text.split_once("Amazon S3:").expect("a part for S3");
    assert!(edge.contains("Amazon CloudFront:") && edge.contains("AccessControlAllowOrigins"), "{text}");
    assert!(store.contains("CORSRules"), "{text}");
    let text = out(&explain(&[&capture, "--stack", "express", "--stack", "nginx"], ""));
    let (proxy, app) =
        text.split_once("Express (Node.js), with the package cors or corsac:").expect("a part for Express");
    assert!(proxy.contains("add_header") && app.contains("Let it send no CORS headers"), "{text}");
    let message = "Access to fetch at 'https://api.example.com/x' from origin 'https://app.example.com' has been blocked by CORS \
                   policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.";
    let text = out(&explain(&["--console", message, "--stack", "traefik", "--stack", "hono"], ""));
    assert!(text.contains("accessControlAllowOriginList") && text.contains("Hono:"), "{text}");
}

#[test]
fn stack_guessed_from_headers_is_offered_and_not_shown() {
    let request = ["Origin: https://shop.example"];
    let response =
        ["HTTP/1.1 200 OK", "Server: nginx/\x1b[31m1.27", "X-Powered-By: Express", "Via: 1.1 \u{9b}x (CloudFront)"];
    let capture = get(&request, &response);
    let text = out(&explain(&[], capture.as_str()));
    let offer = "Likely: the response looks like Amazon CloudFront (via) in front of nginx (server) in front of Express (Node.js), with the \
                 package cors or corsac (x-powered-by): --stack cloudfront --stack nginx --stack express show what each must change\n";
    assert!(text.contains(offer), "{text}");
    assert!(!text.contains("add_header") && !text.contains('\x1b') && !text.contains('\u{9b}'), "{text}");
    let text = out(&explain(&["--stack", "nginx"], capture.as_str()));
    assert!(!text.contains("Likely:") && text.contains("add_header"), "{text}");
}

#[test]
fn no_secret_is_shown_unless_it_is_asked_for() {
    let secrets = [
        "Authorization: Bearer s3cr3t",
        "Cookie: sid=s3cr3t; theme=s3cr3t",
        "Proxy-Authorization: Basic s3cr3t",
        "Origin: https://shop.example",
    ];
    let response = ["HTTP/1.1 200 OK", "Set-Cookie: sid=s3cr3t", "Access-Control-Allow-Origin: *"];
    let list: Vec<(&str, &str)> = secrets.iter().map(|line| line.split_once(": ").unwrap()).collect();
    let url = "https://api.shop.example/x";
    let hidden =
        har(vec![entry("PUT", url, &list, 0, &[]), entry("GET", url, &list, 200, &[("set-cookie", "s3cr3t")])]);
    let many = har((0..5).map(|_| entry("PUT", url, &list, 200, &[("set-cookie", "sid=s3cr3t")])).collect());
    let command = format!("$ curl -i -X PUT -H '{}' -u ada:s3cr3t {url}\n{}\n\n", secrets[0], response.join("\n"));
    // Wrapped by a terminal, and without its colon.
    let torn = get(
        &["Authorization: Bearer", "s3cr3t", "Cookie sid=s3cr3t", secrets[3]],
        &["HTTP/1.1 200 OK", "Set-Cookie: a=b;", "s3cr3t"],
    );
    for capture in [get(&secrets, &response), get(&secrets, &["HTTP/1.1 500 Oops"]), hidden, many, command, torn] {
        for stack in [&[][..], &["--stack", "nginx"]] {
            let output = explain(&[&["--origin", PAGE], stack].concat(), capture.as_str());
            assert!(!out(&output).contains("s3cr3t"), "{}", out(&output));
            assert!(!err(&output).contains("s3cr3t"), "{}", err(&output));
            assert!(!output.stdout.is_empty());
        }
    }
    let shown = explain(&["--show-secrets"], get(&secrets, &response));
    assert!(out(&shown).contains("Authorization: Bearer s3cr3t"), "{}", out(&shown));
}
