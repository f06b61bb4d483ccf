//! The commands that read other products' configurations.

mod run;

use std::fs;
use std::path::{Path, PathBuf};

use run::{code, corsac, err, out};

fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).unwrap();
    path
}

const KONG: &str = "_format_version: '3.0'
plugins:
- name: cors
  config:
    origins: ['https://*.example.com', 'https://app.example.com']
    credentials: true
";

#[test]
fn eval_responds_as_the_product_does() {
    let path = file("eval-kong.yaml", KONG);
    let path = path.to_str().unwrap();
    let lines = "{\"method\":\"GET\",\"headers\":[[\"Origin\",\"https://zexample.com\"]],\"upstream\":{\"status\":404,\"headers\":[[\"X-\u{e9}\",\"\u{ff}\"]]}}
{\"method\":\"OPTIONS\",\"headers\":[[\"Origin\",\"https://evil.test\"],[\"Access-Control-Request-Method\",\"PUT\"]]}
{\"method\":\"GET\"}
";
    let output = corsac(&["eval", path, "--from", "kong", "--jsonl"], lines);
    assert_eq!(code(&output), 2, "{}", err(&output));
    let expected = r#"{"status":404,"headers":[["X-\u00e9","\u00ff"],["Vary","Origin"],["Access-Control-Allow-Origin","https://zexample.com"],["Access-Control-Allow-Credentials","true"]],"reaches_upstream":true,"unknown":[]}
{"status":200,"headers":[["Vary","Origin"],["Access-Control-Allow-Credentials","true"],["Access-Control-Allow-Methods","GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT"]],"reaches_upstream":false,"unknown":[]}
{"error":"missing field `headers` at column 16","line":3}
"#;
    assert_eq!(out(&output), expected);
    let good = lines.lines().next().unwrap();
    assert_eq!(code(&corsac(&["eval", path, "--from", "kong", "--jsonl"], good)), 0);
}

#[test]
fn eval_says_what_it_cannot_read() {
    let path = file("eval-bad.yaml", "plugins: [{name: rate-limiting}]\n");
    let path = path.to_str().unwrap();
    for (args, says) in [
        (vec!["eval", path, "--from", "kongo", "--jsonl"], "\"kongo\" is not a dialect: write one of kong, "),
        (vec!["eval", path, "--from", "kong"], "add --jsonl"),
        (vec!["eval", path, "--from", "kong", "--jsonl", "--product-version", "x"], "is not a version: write numbers"),
        (vec!["eval", "-", "--from", "kong", "--jsonl"], "cannot hold both the configuration and the requests"),
    ] {
        let output = corsac(&args, "");
        assert_eq!(code(&output), 2);
        assert!(err(&output).contains(says), "{}", err(&output));
    }
}

#[test]
fn eval_chooses_one_of_several_configurations() {
    let two = "_format_version: '3.0'\nplugins:\n- {name: cors, config: {}}\nservices:\n- plugins:\n  - {name: cors, config: {credentials: true}}\n";
    let path = file("eval-two.yaml", two);
    let path = path.to_str().unwrap();
    let line = "{\"method\":\"GET\",\"headers\":[[\"Origin\",\"https://a.example\"]]}";
    let output = corsac(&["eval", path, "--from", "kong", "--jsonl"], line);
    assert!(err(&output).contains("choose one with --only: plugins[0], services[0].plugins[0]"), "{}", err(&output));
    let output = corsac(&["eval", path, "--from", "kong", "--jsonl", "--only", "services[0].plugins[0]"], line);
    assert_eq!(code(&output), 0);
    assert!(out(&output).contains("Access-Control-Allow-Credentials"));
}

const STRICT: &str = "_format_version: '3.0'
plugins:
- name: cors
  config:
    origins: ['https://app.example.com', 'https://([a-z0-9_-]+\\.)+example\\.com']
    methods: [GET, PUT]
    headers: [x-a]
    credentials: true
    max_age: 600
";

#[test]
fn check_shows_the_line_and_the_witness() {
    let path = file("check-kong.yaml", KONG);
    let output = corsac(&["check", path.to_str().unwrap()], "");
    assert_eq!(code(&output), 1, "{}", err(&output));
    let text = out(&output);
    for part in [
        "error[stranger-allowed]: https://*.example.com also lets https://zexample.com in",
        "check-kong.yaml:5:15",
        "https://zexample.com reads the response to GET, with cookies, in every browser",
        "check-kong.yaml: kong plugins[0]: 1 error",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let output = corsac(&["check", "-", "--from", "kong", "--format", "json"], KONG);
    let json: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    let first = &json["findings"][0];
    assert_eq!((&json["errors"], &first["line"], &first["column"]), (&1.into(), &5.into(), &15.into()));
    assert_eq!(first["witness"]["origin"], "https://zexample.com");
    assert_eq!(first["witness"]["reads"], true);
}

#[test]
fn check_still_reads_policies() {
    let output = corsac(&["check", "-"], "allow_origins = [\"https://a.example\"]\n");
    assert_eq!((code(&output), out(&output).as_str()), (0, "standard input: no findings\n"));
    let path = file("not-cors.yaml", "a: 1\n");
    let output = corsac(&["check", path.to_str().unwrap()], "");
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("name the dialect with --from"), "{}", err(&output));
}

#[test]
fn import_writes_a_policy_that_check_accepts() {
    let path = file("import-kong.yaml", STRICT);
    let output = corsac(&["import", path.to_str().unwrap(), "--from", "kong"], "");
    assert_eq!(code(&output), 0, "{}", err(&output));
    let policy = out(&output);
    assert!(policy.contains("\"https://*.example.com\"") && policy.contains("allow_credentials = true"), "{policy}");
    assert_eq!(code(&corsac(&["check", "-"], policy.clone())), 0, "{policy}");
    // Browsers get the same from both.
    let before = file("diff-before.yaml", STRICT);
    let output = corsac(&["diff", before.to_str().unwrap(), "-"], policy);
    assert_eq!((code(&output), out(&output).as_str()), (0, "no difference for browsers\n"));
}

#[test]
fn import_refuses_what_no_pattern_says() {
    let output = corsac(&["import", "-", "--from", "kong"], KONG);
    assert_eq!((code(&output), out(&output).as_str()), (1, ""));
    assert!(err(&output).contains("no pattern says what https://*.example.com matches"), "{}", err(&output));
}

#[test]
fn export_comes_back_as_the_same_policy() {
    let policy = "allow_origins = [\"https://app.example.com\", \"https://preview-*.example.com\"]\nallow_methods = [\"GET\", \"HEAD\", \"POST\", \"PUT\"]\nallow_headers = [\"x-a\"]\nallow_credentials = true\n";
    let path = file("export.toml", policy);
    let output = corsac(&["export", path.to_str().unwrap(), "--to", "kong"], "");
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(err(&output).contains("note: Preflights get status 200, not 204."), "{}", err(&output));
    let output = corsac(&["diff", path.to_str().unwrap(), "-"], out(&output));
    assert_eq!((code(&output), out(&output).as_str()), (0, "no difference for browsers\n"));
    let output = corsac(&["export", "-", "--to", "kong"], "allow_origins = [\"http://[::1]:8080\"]\n");
    assert_eq!((code(&output), out(&output).as_str()), (1, ""));
    assert!(err(&output).contains("Kong drops the brackets"), "{}", err(&output));
}

#[test]
fn diff_shows_what_a_change_opens_worst_first() {
    let before = file("before.toml", "allow_origins = [\"https://a.example\"]\n");
    let after = file(
        "after.toml",
        "allow_origins = [\"https://a.example\", \"https://b.example\"]\nallow_credentials = true\nexpose_headers = [\"etag\"]\n",
    );
    let args = ["diff", before.to_str().unwrap(), after.to_str().unwrap()];
    let output = corsac(&args, "");
    assert_eq!(code(&output), 1, "{}", err(&output));
    assert!(
        out(&output).contains("opens-with-cookies") && out(&output).contains("https://b.example"),
        "{}",
        out(&output)
    );
    let output = corsac(&[&args[..], &["--format", "json"]].concat(), "");
    let json: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    let changes: Vec<&str> =
        json["differences"].as_array().unwrap().iter().map(|one| one["change"].as_str().unwrap()).collect();
    assert_eq!(changes, ["opens-with-cookies", "opens-with-cookies", "opens", "exposes"]);
    let output = corsac(&[&args[..], &["--format", "github"]].concat(), "");
    let first = out(&output).lines().next().unwrap().to_owned();
    assert!(
        first.starts_with("::error file=") && first.contains("title=corsac diff%3A opens-with-cookies::GET"),
        "{first}"
    );
    assert_eq!(code(&corsac(&["diff", before.to_str().unwrap(), before.to_str().unwrap()], "")), 0);
}

#[test]
fn fixes_name_the_setting_of_the_dialect() {
    let capture = "> GET /things HTTP/1.1\n> Host: api.example.com\n> Origin: https://app.example.com\n>\n< HTTP/1.1 200 OK\n< Content-Length: 0\n<\n";
    for (dialect, setting) in [
        ("kong", "origins: ["),
        ("aws-http-api", "\"AllowOrigins\": ["),
        ("aws-function-url", "\"AllowOrigins\": ["),
        ("aws-cloudfront", "\"AccessControlAllowOrigins\": {"),
        ("s3", "\"AllowedOrigins\": ["),
        ("nginx", "add_header Access-Control-Allow-Origin"),
        ("express", "origin: ["),
        ("fastify", "origin: ["),
        ("koa", "origin: (ctx)"),
        ("hono", "origin: ["),
        ("starlette", "allow_origins=["),
        ("django-cors-headers", "CORS_ALLOWED_ORIGINS = ["),
        ("flask-cors", "origins=["),
    ] {
        let output = corsac(&["explain", "-", "--url", "https://api.example.com/things", "--stack", dialect], capture);
        let text = out(&output);
        assert!(
            text.contains(setting) && text.contains("https://app.example.com"),
            "{dialect}: {text}{}",
            err(&output)
        );
    }
}

#[test]
fn check_reads_terraform_or_says_how_to_plan() {
    let check = |text: &str| corsac(&["check", file("main.tf", text).to_str().unwrap()], "");
    for text in ["resource \"aws_s3_bucket\" \"a\" {}\n", "module \"api\" {\n  source = \"./api\"\n}\n"] {
        let output = check(text);
        assert_eq!(code(&output), 2);
        assert!(err(&output).contains("terraform show -json plan.out"), "{}", err(&output));
    }
    let output = check("resource \"a\" {\n");
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("main.tf: line 1, column 16: not a valid file of Terraform"), "{}", err(&output));
    let cors = "allow_origins = [\"*\"]\n    allow_credentials = true\n    max_age = var.seconds";
    let output = check(&format!("resource \"aws_lambda_function_url\" \"api\" {{\n  cors {{\n    {cors}\n  }}\n}}\n"));
    assert_eq!(code(&output), 1, "{}", err(&output));
    let text = out(&output) + &err(&output);
    assert!(
        text.contains("aws_lambda_function_url.api") && text.contains("only known after var.seconds is resolved"),
        "{text}"
    );
}
