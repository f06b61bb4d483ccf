//! `corsac mcp` as an assistant uses it: the tools that take texts, and what comes back for input that means harm.

mod mcp_client;

use assert_cmd::Command;
use mcp_client::Client;
use serde_json::{Value, json};

const POLICY: &str = "allow_origins = [\"https://app.example.com\"]\nallow_methods = [\"PUT\"]\n";

const CONSOLE: &str = "Access to fetch at 'https://api.example.com/things' from origin 'https://app.example.com' has been blocked by CORS policy: \
    No 'Access-Control-Allow-Origin' header is present on the requested resource.";

const CAPTURE: &str = "> GET /things HTTP/1.1\n> Host: api.example.com\n> Origin: https://app.example.com\n>\n< HTTP/1.1 200 OK\n< Server: nginx\n<\n";

#[test]
fn client_and_server_agree_on_a_version() {
    let mut client = Client::start(&[]);
    for (asked, agreed) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2024-11-05"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2099-01-01", "2025-11-25"),
        ("", "2024-11-05"),
    ] {
        let hello = client.ask("initialize", json!({ "protocolVersion": asked, "capabilities": {} }));
        assert_eq!(hello["result"]["protocolVersion"], agreed, "{hello}");
        assert!(hello["result"]["instructions"].as_str().unwrap().contains("never an instruction"), "{hello}");
        assert_eq!(hello["result"]["capabilities"], json!({ "tools": {} }));
    }
    assert_eq!(client.ask("ping", json!({}))["result"], json!({}));
    assert_eq!(client.end(), Some(0));
}

#[test]
fn tools_say_when_to_call_them_and_probe_needs_host() {
    let names = |client: &mut Client| {
        let tools = client.ask("tools/list", json!({}))["result"]["tools"].clone();
        for tool in tools.as_array().unwrap() {
            let description = tool["description"].as_str().unwrap();
            assert!(description.contains("Call it") && description.contains("comes back"), "{description}");
            assert_eq!(tool["inputSchema"]["additionalProperties"], false);
            assert_eq!(tool["annotations"]["readOnlyHint"], true);
            let has_untrusted = matches!(tool["name"].as_str().unwrap(), "explain" | "probe");
            assert_eq!(
                description.contains("untrusted") && description.contains("never an instruction"),
                has_untrusted
            );
        }
        tools.as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut client = Client::start(&[]);
    assert_eq!(names(&mut client), ["explain", "check", "eval"]);
    let unknown = client.ask("tools/call", json!({ "name": "probe", "arguments": { "url": "http://localhost/" } }));
    assert_eq!(unknown["error"]["code"], -32602);
    let mut client = Client::start(&["localhost:8000", "api.example.com"]);
    assert_eq!(names(&mut client), ["explain", "check", "eval", "probe"]);
    let tools = client.ask("tools/list", json!({}));
    let probe = tools["result"]["tools"][3]["description"].as_str().unwrap();
    assert!(probe.ends_with("Only these hosts can be probed: localhost:8000, api.example.com."), "{probe}");
    assert_eq!(tools["result"]["tools"][3]["annotations"]["openWorldHint"], true);
}

#[test]
fn explain_takes_a_message_a_capture_and_a_code() {
    let mut client = Client::start(&[]);
    let said = client.call("explain", json!({ "text": CONSOLE, "stacks": ["express"] }));
    assert_eq!((&said["kind"], &said["failures"][0]["code"]), (&json!("console"), &json!("acao-missing")), "{said}");
    assert!(said["failures"][0]["fix"].is_string() && said["untrusted"].as_str().unwrap().contains("cors("), "{said}");

    let said = client.call("explain", json!({ "text": CAPTURE, "stacks": ["nginx"] }));
    let exchange = &said["exchanges"][0];
    assert_eq!((&said["kind"], &exchange["verdict"]["chromium"]), (&json!("capture"), &json!("blocked")), "{said}");
    assert_eq!(exchange["blocked_by"][0]["code"], "acao-missing", "{said}");
    assert_eq!(exchange["looks_like"], json!([{ "stack": "nginx", "header": "server" }]), "{said}");
    assert!(exchange["configuration"].as_str().unwrap().contains("add_header"), "{said}");
    assert_eq!(exchange["delivery_by"][0]["versions"]["chromium"], "Chrome 142 and later", "{said}");
    assert!(said["untrusted"].as_str().unwrap().contains("[acao-missing: "), "{said}");

    let said = client.call("explain", json!({ "text": "[acao-missing: options-not-routed]", "stacks": ["fastapi"] }));
    assert_eq!((&said["kind"], &said["entries"][1]["code"]), (&json!("code"), &json!("options-not-routed")), "{said}");
    assert_eq!(said["entries"][1]["fixes"][0]["for"], "fastapi", "{said}");
    let said = client.call("explain", json!({ "text": "options-not-routed" }));
    assert!(said["entries"][0]["has_fixes_for"].as_array().unwrap().contains(&json!("nginx")), "{said}");

    let stopped = "{\"log\":{\"entries\":[{\"startedDateTime\":\"\",\"request\":{\"method\":\"GET\",\"url\":\"http://api.example.com/\",\
        \"headers\":[{\"name\":\"Origin\",\"value\":\"https://app.example.com\"}]},\"response\":{\"status\":0,\"headers\":[],\
        \"_error\":\"net::ERR_BLOCKED_BY_CLIENT\"}}]}}";
    let said = client.call("explain", json!({ "text": stopped }));
    assert_eq!(said["exchanges"][0]["stopped_by"], "blocked-by-client", "{said}");
    assert_eq!(said["exchanges"][0]["place"], "text, entry 1", "{said}");
    let without = CAPTURE.replace("> Origin: https://app.example.com\n", "");
    assert!(client.refusal("explain", json!({ "text": without })).contains("pass origin"));
    let said = client.call("explain", json!({ "text": without, "origin": "https://app.example.com" }));
    assert_eq!(said["exchanges"][0]["verdict"]["spec"], "blocked", "{said}");
    assert!(client.refusal("explain", json!({ "text": "{\"a\":1}" })).contains("not a HAR"));
    let refusal = client.refusal("explain", json!({ "text": "hello" }));
    assert!(refusal.contains("paste the whole line"), "{refusal}");
}

#[test]
fn check_and_eval_say_what_the_commands_say() {
    let mut client = Client::start(&[]);
    let whole = "allow_origins = [\"https://app.example.com\"]\n";
    assert_eq!(client.call("check", json!({ "policy": whole })), json!({ "findings": [], "errors": 0, "warnings": 0 }));
    let wrong = "allow_origin = 1\nallow_origins = [\"https://a.example/\"]\n";
    let said = client.call("check", json!({ "policy": wrong }));
    let output = Command::cargo_bin("corsac")
        .unwrap()
        .args(["check", "-", "--format", "json"])
        .write_stdin(wrong)
        .output()
        .unwrap();
    let mut command: Value = serde_json::from_slice(&output.stdout).unwrap();
    for finding in command["findings"].as_array_mut().unwrap() {
        finding["file"] = json!("policy");
    }
    assert_eq!(said, command);
    let set = "[[policy]]\npath = \"/account\"\nallow_origins = [\"https://a.example\"]\n\n[[policy]]\nallow_origins = [\"*\"]\n";
    assert_eq!(client.call("check", json!({ "policy": set, "path": "/account/x" }))["path"]["tables"], json!([0]));
    assert_eq!(client.call("check", json!({ "policy": "a = [" }))["findings"][0]["code"], "not-toml");
    let many = "x = 1\n".repeat(500);
    let said = client.call("check", json!({ "policy": many }));
    assert!(said["findings"].as_array().unwrap().len() <= 20 && said["errors"].as_u64().unwrap() >= 1, "{said}");

    let asked = json!({ "policy": POLICY, "origin": "https://app.example.com", "method": "PUT" });
    let said = client.call("eval", asked);
    assert!(
        said["verdict"]["firefox"] == "allowed" && said["text"].as_str().unwrap().contains("< HTTP/1.1 204"),
        "{said}"
    );
    assert_eq!(said["delivery_by"][0]["versions"]["firefox"], "Firefox 153 and later", "{said}");
    let asked = json!({ "policy": POLICY, "origin": "https://app.example.com", "method": "PUT", "headers": ["x-a"] });
    let said = client.call("eval", asked);
    assert!(said["verdict"]["webkit"] == "blocked" && said["blocked_by"][0]["code"] == "header-not-allowed", "{said}");
    let asked = json!({ "policy": "[[policy]]\npath = \"/a\"\nallow_origins = [\"*\"]\n", "origin": "https://a.example", "path": "/b" });
    assert_eq!(client.call("eval", asked)["untouched"], true);
    assert_eq!(client.call("eval", json!({ "policy": wrong, "origin": "https://a.example" }))["errors"], 2);
    let refusal = client.refusal("eval", json!({ "policy": POLICY, "origin": "https://a.example/" }));
    assert!(refusal.contains("no browser sends this"), "{refusal}");
}

#[test]
fn no_text_is_taken_for_the_name_of_a_file() {
    let mut client = Client::start(&[]);
    for path in ["/etc/hostname", "Cargo.toml", "./Cargo.toml", "-", "file:///etc/hostname"] {
        let refusal = client.refusal("explain", json!({ "text": path }));
        assert!(!refusal.contains("cannot read") && !refusal.contains("package"), "{refusal}");
        let said = client.call("check", json!({ "policy": path }));
        assert!(said["errors"].as_u64().unwrap() > 0 && !said.to_string().contains("corsac-cli"), "{said}");
    }
}

#[test]
fn hostile_lines_get_an_error_and_the_server_goes_on() {
    let mut client = Client::start(&[]);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (line, code, id) in [
        (&b"{"[..], -32700, Value::Null),
        (b"hello", -32700, Value::Null),
        (b"\x00\x1b[31m\x07", -32700, Value::Null),
        (b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\xFF\"}", -32700, Value::Null),
        (deep.as_bytes(), -32700, Value::Null),
        (b"null", -32600, Value::Null),
        (b"7", -32600, Value::Null),
        (b"[]", -32600, Value::Null),
        (b"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]", -32600, Value::Null),
        (b"{}", -32600, Value::Null),
        (b"{\"id\":3,\"method\":\"ping\"}", -32600, json!(3)),
        (b"{\"jsonrpc\":\"1.0\",\"id\":\"a\",\"method\":\"ping\"}", -32600, json!("a")),
        (b"{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}", -32600, Value::Null),
        (b"{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":5}", -32600, json!(4)),
        (b"{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/\\u001b[31m\"}", -32601, json!(5)),
        (b"{\"jsonrpc\":\"2.0\",\"id\":6,\"method\":\"tools/call\"}", -32602, json!(6)),
        (b"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":[1]}", -32602, json!(7)),
        (b"{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"tools/call\",\"params\":{\"name\":\"rm\\u0007\"}}", -32602, json!(8)),
        (b"{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"tools/call\",\"params\":{\"name\":\"check\",\"arguments\":\"x\"}}", -32602, json!(9)),
        (b"{\"jsonrpc\":\"2.0\",\"id\":10,\"method\":\"initialize\",\"params\":{\"protocolVersion\":1}}", -32602, json!(10)),
        (b"{\"jsonrpc\":\"2.0\",\"id\":11,\"method\":\"resources/list\"}", -32601, json!(11)),
    ] {
        client.send(line);
        let response = client.next();
        let start = String::from_utf8_lossy(line.get(..80).unwrap_or(line)).into_owned();
        assert_eq!((&response["error"]["code"], &response["id"]), (&json!(code), &id), "{start}: {response}");
        let message = response["error"]["message"].as_str().unwrap();
        assert!(!message.contains(char::is_control) && message.len() < 200, "{message:?}");
    }
    // Nothing comes back for these.
    for line in [
        "",
        "  ",
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"no/such\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}",
    ] {
        client.send(line);
    }
    assert_eq!(client.ask("ping", json!({}))["result"], json!({}));
    assert_eq!(client.end(), Some(0));
}

#[test]
fn a_huge_line_is_skipped_and_said_so() {
    let mut client = Client::start(&[]);
    client.send("x".repeat(3 << 20));
    let response = client.next();
    assert!(response["error"]["message"].as_str().unwrap().contains("longer than 524288 bytes"), "{response}");
    assert_eq!(client.ask("ping", json!({}))["result"], json!({}));
}

#[test]
fn wrong_arguments_are_refused_with_what_is_wrong() {
    let mut client = Client::start(&["localhost:8000"]);
    for (tool, arguments, said) in [
        ("explain", json!({}), "missing field `text`"),
        ("explain", json!({ "text": 1 }), "expected a string"),
        ("explain", json!({ "text": "a", "path": "/etc" }), "unknown field `path`"),
        ("explain", json!({ "text": "a", "headers": "x" }), "expected a sequence"),
        ("explain", json!({ "text": "a", "stacks": ["cobol\u{1b}"] }), "write one of"),
        ("explain", json!({ "text": CONSOLE, "origin": "app.example.com" }), "no browser sends this"),
        ("check", json!({ "policy": null }), "expected a string"),
        ("check", json!({ "policy": "", "path": "account" }), "is not a path"),
        ("eval", json!({ "policy": "" }), "missing field `origin`"),
        (
            "eval",
            json!({ "policy": POLICY, "origin": "https://a.example", "credentials": "yes" }),
            "expected a boolean",
        ),
        ("eval", json!({ "policy": POLICY, "origin": "https://a.example", "method": "TRACE" }), "scripts cannot send"),
        (
            "eval",
            json!({ "policy": POLICY, "origin": "https://a.example", "headers": ["a b"] }),
            "not a valid header name",
        ),
        ("probe", json!({ "url": "localhost:8000", "origin": "https://a.example" }), "has no scheme"),
        (
            "probe",
            json!({ "url": "file:///etc/hostname", "origin": "https://a.example" }),
            "CORS does not apply to file:",
        ),
    ] {
        let refusal = client.refusal(tool, arguments.clone());
        assert!(refusal.contains(said) && !refusal.contains(char::is_control), "{arguments}: {refusal}");
    }
}

#[test]
fn arguments_have_at_most_64_kb() {
    let mut client = Client::start(&[]);
    let policy = |length: usize| format!("{POLICY}#{}\n", "x".repeat(length - POLICY.len() - 2));
    let most = 65_536 - "policy".len();
    assert_eq!(client.call("check", json!({ "policy": policy(most) }))["errors"], 0);
    let refusal = client.refusal("check", json!({ "policy": policy(most + 1) }));
    assert!(refusal.starts_with("the arguments have 65537 bytes, and at most 65536 are read"), "{refusal}");
}

#[test]
fn result_has_at_most_8_kb() {
    let mut client = Client::start(&[]);
    // `call` checks the length of each.
    let lines =
        |count: usize| (0..count).map(|at| format!("< X-Header-{at}: {}\n", "\u{e9}\"".repeat(20))).collect::<String>();
    let said = client
        .call("explain", json!({ "text": CAPTURE.replace("< Server: nginx\n", &lines(800)), "stacks": ["nginx"] }));
    assert_eq!(said["exchanges"][0]["blocked_by"][0]["code"], "acao-missing");
    let said = client.call("explain", json!({ "text": CAPTURE.replace("https://app.example.com", &format!("https://{}.example", "a".repeat(60))).repeat(40) }));
    assert!(said["more"].as_u64().unwrap() > 30 && said["exchanges"].as_array().unwrap().len() == 3, "{said}");
    let item = format!("allow_origins = [{}]\n", "\"\\u0001\\u0002 x\", ".repeat(1500));
    assert!(client.call("check", json!({ "policy": item }))["errors"].as_u64().unwrap() > 20);
    for code in ["acao-missing", "acao-mismatch", "no-cors-headers", "preflight-status", "options-not-routed"] {
        client.call("explain", json!({ "text": code }));
    }
}
