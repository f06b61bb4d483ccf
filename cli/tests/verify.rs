//! `corsac verify` against servers on the loopback: a right one, the field's commonest mistakes planted one at a time, and hostile ones.

mod server;

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde_json::Value;
use server::{Server, program, response};

const LISTED: &str = "https://app.example.com";
const POLICY: &str = "allow_origins = [\"https://app.example.com\", \"https://*.shop.example\"]\n\
    allow_methods = [\"GET\", \"POST\", \"PUT\"]\nallow_headers = [\"content-type\", \"x-trace\"]\nallow_credentials = true\n";

fn policy(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("verify-{name}.toml"));
    fs::write(&path, text).unwrap();
    path
}

/// The exit code, standard output and standard error.
fn verify(policy: &Path, urls: &[String], more: &[&str]) -> (i32, String, String) {
    let output = program().arg("verify").arg(policy).args(urls).args(more).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// The report as JSON.
fn report(name: &str, server: &Server, more: &[&str]) -> (i32, Value) {
    let more: Vec<&str> = more.iter().copied().chain(["--format", "json"]).collect();
    let (code, text, error) = verify(&policy(name, POLICY), &[server.url("/things")], &more);
    (code, serde_json::from_str(&text).unwrap_or_else(|why| panic!("{why}: {text}{error}")))
}

fn findings(report: &Value) -> Vec<&Value> {
    let layers = report["layers"].as_array().unwrap();
    layers.iter().flat_map(|layer| layer["findings"].as_array().unwrap()).collect()
}

fn codes(report: &Value) -> BTreeSet<&str> {
    findings(report).iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn target(head: &str) -> &str {
    head.split(' ').nth(1).unwrap()
}

/// How a server is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Plant {
    #[default]
    Right,
    OnlyOn200,
    Auth,
    NoVary,
    Reflected,
    Suffix,
    Twice,
    Stripped,
    Error404,
    StarWithCredentials,
    Null,
    Credentials,
    AnyMethod,
    NoHeaders,
}

fn is_listed(origin: &str) -> bool {
    let host = origin.strip_prefix("https://").and_then(|rest| rest.strip_suffix(".shop.example"));
    origin == LISTED || host.is_some_and(|host| !host.is_empty() && !host.contains([':', '/']))
}

/// What a server with this mistake responds.
fn respond(head: &str, plant: Plant) -> Vec<u8> {
    let origin = header(head, "origin").unwrap_or_default();
    let is_preflight = head.starts_with("OPTIONS") && header(head, "access-control-request-method").is_some();
    let is_allowed = match plant {
        Plant::Reflected => !origin.is_empty(),
        Plant::Suffix => origin.ends_with("app.example.com") || origin.ends_with(".shop.example"),
        Plant::Null => is_listed(origin) || origin == "null",
        _ => is_listed(origin),
    };
    let status = match (is_preflight, target(head).contains("missing")) {
        (true, _) if plant == Plant::Auth => "401 Unauthorized",
        (true, _) => "204 No Content",
        (false, true) => "404 Not Found",
        (false, false) => "200 OK",
    };
    let mut lines: Vec<String> = Vec::new();
    let allowed = if plant == Plant::StarWithCredentials { "*" } else { origin };
    if is_allowed || plant == Plant::StarWithCredentials {
        lines.push(format!("Access-Control-Allow-Origin: {allowed}"));
        lines.push("Access-Control-Allow-Credentials: true".to_owned());
    }
    if is_allowed && plant == Plant::Twice {
        lines.push(format!("Access-Control-Allow-Origin: {origin}"));
    }
    if plant != Plant::NoVary {
        lines.push("Vary: Origin".to_owned());
    }
    if is_preflight && is_allowed {
        let method = if plant == Plant::AnyMethod { "GET, POST, PUT, DELETE" } else { "GET, POST, PUT" };
        lines.push(format!("Access-Control-Allow-Methods: {method}"));
        let names = if plant == Plant::NoHeaders { "content-type" } else { "content-type, x-trace" };
        lines.push(format!("Access-Control-Allow-Headers: {names}"));
    }
    let is_bare = match plant {
        Plant::OnlyOn200 => status != "200 OK" && status != "204 No Content",
        Plant::Error404 => status == "404 Not Found",
        Plant::Auth => is_preflight,
        Plant::Stripped => true,
        _ => false,
    };
    if is_bare {
        lines.clear();
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    response(status, &lines)
}

fn server(plant: Plant) -> Server {
    Server::start(move |head| respond(head, plant))
}

#[test]
fn right_server_keeps_the_policy() {
    let server = server(Plant::Right);
    let (code, text, error) = verify(&policy("right", POLICY), &[server.url("/things?a=1")], &[]);
    assert_eq!((code, error.as_str()), (0, ""), "{text}");
    assert!(text.contains("Good: the server keeps the policy"), "{text}");
    let heads = server.heads();
    assert!(heads.len() > 20 && heads.len() < 200, "{}", heads.len());
    for head in &heads {
        let method = head.split(' ').next().unwrap();
        assert!(["OPTIONS", "GET", "HEAD"].contains(&method), "{head}");
        assert!(target(head).contains("corsac-check="), "{head}");
        assert!(header(head, "cookie").is_none(), "{head}");
    }
    // Each GET has a query of its own; only the check of caches asks the same again.
    let gets: Vec<&str> = heads.iter().filter(|head| head.starts_with("GET")).map(|head| target(head)).collect();
    let different: BTreeSet<&str> = gets.iter().copied().collect();
    assert_eq!(gets.len() - different.len(), 3, "{gets:#?}");
}

#[test]
fn planted_mistakes_are_found_and_named() {
    for (plant, code, expected, blocked_by) in [
        (Plant::OnlyOn200, 0, "error-without-headers", Some("acao-missing")),
        (Plant::Auth, 1, "listed-origin-refused", Some("acao-missing")),
        (Plant::NoVary, 0, "vary-origin-missing", None),
        (Plant::Reflected, 1, "origin-reflected", None),
        (Plant::Suffix, 1, "origin-suffix-match", None),
        (Plant::Twice, 1, "listed-origin-refused", Some("acao-multiple")),
        (Plant::Stripped, 1, "listed-origin-refused", Some("acao-missing")),
        (Plant::Error404, 0, "error-without-headers", Some("acao-missing")),
        (Plant::StarWithCredentials, 1, "credentials-refused", Some("acao-wildcard-with-credentials")),
        (Plant::Null, 1, "null-origin-allowed", None),
        (Plant::AnyMethod, 1, "unlisted-method-allowed", None),
        (Plant::NoHeaders, 1, "listed-header-refused", Some("header-not-allowed")),
    ] {
        let server = server(plant);
        let (exit, report) = report(&format!("{plant:?}"), &server, &[]);
        assert_eq!(exit, code, "{plant:?} {report:#}");
        let found = findings(&report);
        let named = found.iter().find(|finding| finding["code"] == expected);
        let named = named.unwrap_or_else(|| panic!("{plant:?}: {expected} is not among {:?}", codes(&report)));
        assert_eq!(named["blocked_by"].as_str(), blocked_by, "{plant:?} {named:#}");
        assert!(!named["fix"].as_str().unwrap().is_empty(), "{plant:?} {named:#}");
        assert!(named["curl"][0].as_str().unwrap().starts_with("curl -"), "{plant:?} {named:#}");
    }
}

#[test]
fn star_with_credentials_lets_every_stranger_in() {
    let (_, report) = report("star", &server(Plant::StarWithCredentials), &[]);
    assert!(codes(&report).contains("any-origin-allowed"), "{report:#}");
}

#[test]
fn credentials_that_the_policy_does_not_allow_are_found() {
    let server = server(Plant::Credentials);
    let text = POLICY.replace("allow_credentials = true\n", "");
    let (code, text, _) = verify(&policy("no-credentials", &text), &[server.url("/things")], &[]);
    assert!(code == 1 && text.contains("[credentials-allowed]"), "{text}");
}

#[test]
fn cache_that_ignores_origin_is_found_and_keeps_nothing_hostile() {
    // A cache of its own, keyed by the whole target. It keeps GETs, as a cache does.
    let kept: Mutex<HashMap<String, Vec<u8>>> = Mutex::default();
    let server = Server::start(move |head| {
        if !head.starts_with("GET") {
            return respond(head, Plant::NoVary);
        }
        let mut kept = kept.lock().unwrap();
        kept.entry(target(head).to_owned()).or_insert_with(|| respond(head, Plant::NoVary)).clone()
    });
    let (code, report) = report("cache", &server, &[]);
    assert_eq!(code, 1, "{report:#}");
    assert!(codes(&report).contains("cached-response"), "{report:#}");
    // An honest client comes afterwards: it asks the URL itself.
    let url = server.url("/things");
    let output = program().args(["probe", &url, "--origin", LISTED, "--credentials"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn strangers_are_not_asked_where_a_cache_ignores_the_query() {
    let kept: Mutex<HashMap<String, Vec<u8>>> = Mutex::default();
    let server = Server::start(move |head| {
        let path = target(head).split('?').next().unwrap().to_owned();
        if !head.starts_with("GET") {
            return respond(head, Plant::NoVary);
        }
        let mut kept = kept.lock().unwrap();
        if let Some(bytes) = kept.get(&path) {
            let text = String::from_utf8_lossy(bytes).replacen("\r\n", "\r\nAge: 7\r\n", 1);
            return text.into_bytes();
        }
        let bytes = respond(head, Plant::NoVary);
        kept.insert(path, bytes.clone());
        bytes
    });
    let (_, report) = report("cache-query", &server, &[]);
    let is_strange = |head: &String| {
        let origin = header(head, "origin");
        head.starts_with("GET") && origin.is_some_and(|origin| !is_listed(origin))
    };
    let strangers: Vec<String> = server.heads().into_iter().filter(is_strange).collect();
    assert!(strangers.is_empty(), "{strangers:#?}");
    let left = report["layers"][0]["not_tried"].to_string();
    assert!(left.contains("ignores the query"), "{left}");
}

#[test]
fn layers_show_where_the_headers_get_lost() {
    let (edge, application) = (server(Plant::Stripped), server(Plant::Right));
    let urls = [edge.url("/api/things"), application.url("/things")];
    let (code, text, _) = verify(&policy("layers", POLICY), &urls, &[]);
    assert_eq!(code, 1, "{text}");
    let said = format!("the CORS headers get lost at {}. Behind it, {} is right", urls[0], urls[1]);
    assert!(text.contains(&said) && text.contains("← listed-origin-refused"), "{text}");
    let (both, _) = (server(Plant::Stripped), ());
    let urls = [edge.url("/api/things"), both.url("/things")];
    let (_, text, _) = verify(&policy("layers", POLICY), &urls, &[]);
    assert!(text.contains("already, the layer nearest to the application"), "{text}");
    let twice = server(Plant::Twice);
    let (_, text, _) = verify(&policy("layers", POLICY), &[twice.url("/a"), application.url("/a")], &[]);
    assert!(text.contains("a second Access-Control-Allow-Origin is added at"), "{text}");
}

#[test]
fn reached_limit_is_reported_and_exits_with_2_unless_broken() {
    let server = server(Plant::Right);
    let (code, text, _) = verify(&policy("limit", POLICY), &[server.url("/")], &["--max-requests", "12"]);
    assert_eq!((code, server.heads().len()), (2, 12), "{text}");
    assert!(text.contains("tried 12 of ") && text.contains("--max-requests is 12"), "{text}");
    let broken = self::server(Plant::Reflected);
    let (code, text, _) = verify(&policy("limit", POLICY), &[broken.url("/")], &["--max-requests", "20"]);
    assert!(code == 1 && text.contains("tried 20 of "), "{text}");
}

#[test]
fn a_busy_server_ends_the_run() {
    for (status, lines) in [
        ("429 Too Many Requests", &[][..]),
        ("503 Service Unavailable", &["Retry-After: 3\u{1b}"]),
        ("200 OK", &["Retry-After: 30"]),
    ] {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let server = Server::start(move |_| response(status, &lines.iter().map(String::as_str).collect::<Vec<_>>()));
        let (_, text, _) = verify(&policy("busy", POLICY), &[server.url("/")], &[]);
        assert_eq!(server.heads().len(), 1, "{text}");
        assert!(text.contains("The server asked for fewer") && !text.contains('\u{1b}'), "{text}");
    }
}

#[test]
fn a_baseline_counts_only_what_is_new() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verify-baseline.json");
    let server = server(Plant::Suffix);
    let (code, old) = report("baseline", &server, &[]);
    assert_eq!(code, 1);
    fs::write(&file, old.to_string()).unwrap();
    let baseline = ["--baseline", file.to_str().unwrap()];
    let (code, report) = report("baseline", &server, &baseline);
    assert!(code == 0 && report["known"].as_u64() > Some(0) && findings(&report).is_empty(), "{report:#}");
    fs::write(&file, "{}").unwrap();
    let (code, _, error) = verify(&policy("baseline", POLICY), &[server.url("/")], &baseline);
    assert!(code == 2 && error.contains("is not a report: write the output of --format json"), "{error}");
}

#[test]
fn a_dry_run_sends_nothing_and_hides_secrets() {
    let server = server(Plant::Right);
    let more = ["--dry-run", "-H", "Authorization: Bearer s3cret"];
    let (code, text, error) = verify(&policy("dry", POLICY), &[server.url("/things")], &more);
    assert_eq!((code, error.as_str(), server.heads().len()), (0, "", 0), "{text}");
    assert!(text.lines().count() > 20 && text.lines().all(|line| line.starts_with("curl -")), "{text}");
    assert!(text.contains("-H 'authorization: ...'") && !text.contains("s3cret"), "{text}");
    let preflights = text.lines().filter(|line| line.contains("-X OPTIONS"));
    assert!(
        preflights.clone().count() > 5 && preflights.into_iter().all(|line| !line.contains("authorization")),
        "{text}"
    );
}

#[test]
fn own_headers_go_to_requests_and_not_to_preflights() {
    let server = Server::start(|head| {
        let has_token = header(head, "authorization") == Some("Bearer s3cret");
        if head.starts_with("GET") && !has_token {
            return response("401 Unauthorized", &[]);
        }
        respond(head, Plant::Right)
    });
    let more = ["-H", "Authorization: Bearer s3cret"];
    let (code, text, _) = verify(&policy("token", POLICY), &[server.url("/")], &more);
    assert!(code == 0 && text.contains("Good:") && !text.contains("s3cret"), "{text}");
    let preflights: Vec<String> = server.heads().into_iter().filter(|head| head.starts_with("OPTIONS")).collect();
    assert!(preflights.iter().all(|head| header(head, "authorization").is_none()), "{preflights:#?}");
}

#[test]
fn redirects_to_other_servers_are_not_followed() {
    let other = server(Plant::Right);
    let place = other.url("/");
    let server = Server::start(move |head| {
        let query = target(head).split_once('?').map_or("", |(_, query)| query);
        let location = format!("Location: {place}?{query}");
        let origin = format!("Access-Control-Allow-Origin: {}", header(head, "origin").unwrap_or("x"));
        response("302 Found", &[&location, &origin])
    });
    let (_, text, _) = verify(&policy("redirect", POLICY), &[server.url("/")], &["-H", "X-Token: s3cret"]);
    assert_eq!(other.heads().len(), 0, "{text}");
}

#[test]
fn unsafe_methods_are_sent_only_when_asked() {
    let server = server(Plant::Right);
    let (code, text, _) = verify(&policy("unsafe", POLICY), &[server.url("/")], &["--send-unsafe"]);
    assert_eq!(code, 0, "{text}");
    let puts = server.heads().into_iter().filter(|head| head.starts_with("PUT ")).count();
    assert!(puts > 0 && !text.contains("see --send-unsafe"), "{text}");
}

#[test]
fn what_a_hostile_server_sends_is_escaped() {
    let server = Server::start(|_| {
        response(
            "200 OK",
            &[
                "Access-Control-Allow-Origin: \u{9b}31mx\u{202e}",
                "Vary: \u{1b}]0;pwned\u{7}",
                "X-Cache: HIT\u{9b}",
                "Server: nginx\u{1b}[2J",
            ],
        )
    });
    for format in ["text", "json"] {
        let (code, text, error) = verify(&policy("hostile", POLICY), &[server.url("/")], &["--format", format]);
        assert_eq!(code, 1, "{text}{error}");
        let is_safe = |c: char| !c.is_control() || c == '\n';
        assert!(text.chars().all(is_safe) && !text.contains(['\u{9b}', '\u{202e}']), "{text:?}");
    }
}

#[test]
fn no_server_is_one_error() {
    let (code, text, error) = verify(&policy("gone", POLICY), &["http://127.0.0.1:9999/".to_owned()], &[]);
    assert!(code == 2 && text.is_empty() && error.starts_with("error: no response: "), "{text}{error}");
    let (code, _, error) = verify(&policy("gone", POLICY), &["app.example.com".to_owned()], &[]);
    assert!(code == 2 && error.contains("write https://app.example.com"), "{error}");
}

#[test]
fn another_address_is_asked_by_its_name() {
    let server = server(Plant::Right);
    let port = server.address.port();
    let more = ["--resolve", &format!("api.example.com:{port}:127.0.0.1"), "--max-requests", "3"];
    let (code, text, error) = verify(&policy("resolve", POLICY), &[format!("http://api.example.com:{port}/")], &more);
    assert!(code == 2 && text.contains("tried 3 of "), "{text}{error}");
    let heads = server.heads();
    let host = format!("api.example.com:{port}");
    assert!(heads.len() == 3 && heads.iter().all(|head| header(head, "host") == Some(&host)), "{heads:#?}");
}

const SET: &str = "[[policy]]\npath = \"/account\"\nallow_origins = [\"https://account.example.com\"]\n\n\
    [[policy]]\nallow_origins = [\"https://app.example.com\"]\n";

/// A server with a policy for each path. `is_account`: whether a path is one of the account's.
fn server_of_a_set(is_account: fn(&str) -> bool) -> Server {
    Server::start(move |head| {
        let path = target(head).split('?').next().unwrap();
        let page = if is_account(path) { "https://account.example.com" } else { LISTED };
        let status = if path.contains("missing") { "404 Not Found" } else { "200 OK" };
        let allowed = format!("Access-Control-Allow-Origin: {page}");
        let lines = [if header(head, "origin") == Some(page) { allowed.as_str() } else { "X: x" }, "Vary: Origin"];
        response(status, &lines)
    })
}

#[test]
fn check_asks_around_each_path_of_a_set() {
    let right = server_of_a_set(|path| path == "/account" || path.starts_with("/account/"));
    let (code, text, _) = verify(&policy("set", SET), &[right.url("/")], &[]);
    assert!(code == 0 && text.contains("Good:"), "{text}");
    let heads = right.heads();
    let paths: BTreeSet<&str> = heads.iter().map(|head| target(head).split('?').next().unwrap()).collect();
    let below = ["/account", "/account/corsac-check-missing", "/account-corsac-check"];
    assert!(below.iter().all(|path| paths.contains(path)), "{paths:?}");
    let loose = server_of_a_set(|path| path.starts_with("/account"));
    let (code, text, _) = verify(&policy("set", SET), &[loose.url("/")], &[]);
    assert!(code == 1 && text.contains("/account-corsac-check"), "{text}");
}

#[test]
fn a_proxy_is_asked_for_every_request() {
    let proxy = server(Plant::Right);
    let output = program()
        .env("HTTP_PROXY", proxy.url("/"))
        .arg("verify")
        .arg(policy("proxy", POLICY))
        .args(["http://api.example.com/things", "--max-requests", "3"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.code() == Some(2) && text.contains("tried 3 of "), "{text}");
    let heads = proxy.heads();
    let is_whole = |head: &String| target(head).starts_with("http://api.example.com/things");
    assert!(heads.len() == 3 && heads.iter().all(is_whole), "{heads:#?}");
}

#[cfg(unix)]
#[test]
fn interrupted_run_reports_what_it_has() {
    use std::process::{Command, Stdio};
    use std::thread::sleep;
    use std::time::Duration;
    let server = Server::start(|head| {
        sleep(Duration::from_millis(100));
        respond(head, Plant::Right)
    });
    let mut child = Command::new(program().get_program())
        .arg("verify")
        .arg(policy("interrupted", POLICY))
        .arg(server.url("/"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    while server.heads().len() < 3 {
        sleep(Duration::from_millis(10));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let mut text = String::new();
    std::io::Read::read_to_string(child.stdout.as_mut().unwrap(), &mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2), "{text}");
    assert!(text.contains("then you stopped it") && text.contains("✓ listed origins"), "{text}");
}
