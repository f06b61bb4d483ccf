//! What every adapter owes (`docs/design.md`, section 8), asked of a real axum server: the list of
//! `js/tests/duties.mjs`.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use common::{APP, EVIL, Lines, OTHER, Server, application, policies, policies_of, preflight};
use corsac_tower::{BoxError, CorsLayer, Policies, PolicyHandle};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};

const EXTERNAL: &str = "allow_origins = []\nexternal_origins = true\nallow_credentials = true";

#[tokio::test]
async fn preflight_gets_its_response_before_authentication_and_on_missing_paths() {
    let server = Server::of(CorsLayer::new(policies())).await;
    for path in ["/data", "/private", "/missing", "/throws"] {
        let reply = server.preflight(APP, path, "PUT").await;
        assert_eq!((reply.status, reply.body.as_str()), (204, ""), "{path}");
        reply.assert_shared(path);
        assert_eq!(reply.one("access-control-allow-methods"), Some("GET, POST, PUT"));
        assert_eq!(reply.one("access-control-allow-headers"), Some("authorization, content-type"));
        assert_eq!(reply.one("access-control-expose-headers"), None);
        assert_eq!(reply.one("content-length"), None);
        assert_eq!(reply.one("vary"), Some("Origin, Access-Control-Request-Method, Access-Control-Request-Headers"));
    }
}

#[tokio::test]
async fn denied_preflight_says_why_in_the_log() {
    let (lines, _guard) = Lines::collect();
    let server = Server::of(CorsLayer::new(policies())).await;
    let reply = server.preflight(EVIL, "/data?secret=1", "PUT").await;
    assert_eq!((reply.status, reply.body.as_str(), reply.allowed()), (403, "", None));
    assert_eq!(reply.one("content-length"), Some("0"));
    assert_eq!(lines.all(), [r#"WARN preflight denied: origin "https://evil.example" is not allowed; OPTIONS /data"#]);
    let reply = server.preflight(APP, "/data", "DELETE").await;
    assert_eq!((reply.status, reply.allowed()), (204, Some(APP)));
    assert_eq!(reply.one("access-control-allow-methods"), Some("GET, POST, PUT"));
    for number in 0..100 {
        server.preflight(&format!("https://evil-{number}.example"), "/data", "PUT").await;
    }
    // One for the method, and of the others 16, the 32nd and the 64th.
    assert_eq!(lines.all().len(), 1 + 16 + 2);
    assert!(lines.all().last().expect("a line").ends_with("(64 of these in a minute)"));
}

#[tokio::test]
async fn denied_preflight_says_why_in_its_body_on_request() {
    let app = |policies: Policies| application().layer(CorsLayer::new(policies).denial_body(Body::from));
    let server = Server::start(app(policies())).await;
    let reply = server.preflight(EVIL, "/data", "PUT").await;
    assert_eq!((reply.status, reply.body.as_str()), (403, "origin \"https://evil.example\" is not allowed\n"));
    assert_eq!(reply.one("content-type"), Some("text/plain"));
    assert_eq!(reply.one("x-content-type-options"), Some("nosniff"));
    // This status has no body.
    assert_eq!(server.preflight(APP, "/data", "DELETE").await.body, "");
    let reply = server.ask("OPTIONS", "/data", &preflight("https://a\"<b\\.example", "PUT")).await;
    assert_eq!(reply.body, "origin \"https://a\\x22\\x3Cb\\x5C.example\" is not allowed\n");
    let server =
        Server::start(app(policies_of("allow_origins = [\"https://app.example.com\"]\npreflight_status = 200"))).await;
    let reply = server.preflight(APP, "/data", "PUT").await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "method \"PUT\" is not allowed\n"));
    let reply = server.ask("OPTIONS", "/data", &[("Origin", APP), ("Access-Control-Request-Method", "GET")]).await;
    assert_eq!((reply.status, reply.body.as_str(), reply.one("content-length")), (200, "", Some("0")));
}

#[tokio::test]
async fn denials_reach_the_hook_instead_of_the_log() {
    let (lines, _guard) = Lines::collect();
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let layer = CorsLayer::new(policies()).on_denial({
        let seen = Arc::clone(&seen);
        move |denied| {
            let code = denied.denial().code().as_str();
            seen.lock().expect("unpoisoned").push((code, denied.is_preflight(), denied.uri().path().to_owned()));
        }
    });
    let server = Server::of(layer).await;
    server.preflight(EVIL, "/data", "PUT").await;
    server.from(EVIL, "/method").await;
    server.ask("GET", "/method", &[("Origin", EVIL), ("Sec-Fetch-Site", "same-origin")]).await;
    server.from(APP, "/method").await;
    let seen = seen.lock().expect("unpoisoned").clone();
    let of = |is_preflight, path: &str| ("origin-not-allowed", is_preflight, path.to_owned());
    assert_eq!(seen, [of(true, "/data"), of(false, "/method")]);
    assert!(lines.all().is_empty());
}

#[tokio::test]
async fn every_response_has_the_headers_of_the_policy() {
    let server = Server::of(CorsLayer::new(policies())).await;
    for (method, path, status) in [
        ("POST", "/data", 200),
        ("GET", "/private", 401),
        ("GET", "/throws", 500),
        ("GET", "/redirect", 302),
        ("GET", "/cached", 304),
        ("GET", "/missing", 404),
        ("GET", "/data", 405),
        ("GET", "/own", 200),
        ("HEAD", "/own", 200),
    ] {
        let reply = server.ask(method, path, &[("Origin", APP)]).await;
        assert_eq!(reply.status, status, "{path}");
        reply.assert_shared(path);
        assert_eq!(reply.one("access-control-expose-headers"), Some("x-total"), "{path}");
    }
    let cookies = server.from(APP, "/cookies").await;
    assert_eq!(cookies.all("set-cookie"), ["a=1", "b=2"]);
    cookies.assert_shared("/cookies");
}

#[tokio::test]
async fn denied_request_reaches_the_application_and_shares_nothing() {
    let (lines, _guard) = Lines::collect();
    let server = Server::of(CorsLayer::new(policies())).await;
    for _ in 0..2 {
        let reply = server.from(EVIL, "/own").await;
        assert_eq!((reply.body.as_str(), reply.allowed()), ("own", None));
        assert_eq!(reply.one("access-control-allow-credentials"), None);
        assert_eq!(reply.all("vary"), ["Accept", "Origin"]);
    }
    assert_eq!(lines.containing("the application's header access-control-allow-origin:").len(), 1, "{:?}", lines.all());
    let denied = r#"DEBUG response not shared: origin "https://evil.example" is not allowed; GET /own"#;
    assert_eq!(lines.containing(denied).len(), 2);
}

#[tokio::test]
async fn response_that_equals_the_policy_is_not_reported_replaced() {
    let (lines, _guard) = Lines::collect();
    let server = Server::of(CorsLayer::new(policies_of(r#"allow_origins = ["*"]"#))).await;
    assert_eq!(server.from(APP, "/open").await.allowed(), Some("*"));
    assert!(lines.all().is_empty(), "{:?}", lines.all());
}

#[tokio::test]
async fn plain_options_is_left_to_the_application() {
    let server = Server::of(CorsLayer::new(policies())).await;
    for headers in [&[][..], &[("Origin", APP)], &[("Access-Control-Request-Method", "PUT")]] {
        let reply = server.ask("OPTIONS", "/method", headers).await;
        assert_eq!((reply.status, reply.body.as_str()), (200, "OPTIONS"));
        assert_eq!(reply.one("access-control-allow-methods"), None);
        assert_eq!(server.ask("OPTIONS", "/missing", headers).await.status, 404);
    }
}

#[tokio::test]
async fn request_without_an_origin_and_a_malformed_one_share_nothing() {
    let server = Server::of(CorsLayer::new(policies())).await;
    let plain = server.ask("GET", "/method", &[]).await;
    assert_eq!((plain.body.as_str(), plain.allowed(), plain.one("vary")), ("GET", None, Some("Origin")));
    let (slash, twice, long) = (format!("{APP}/"), format!("{APP}, {APP}"), "x".repeat(400));
    for origin in ["null", &slash, &twice, &long, ""] {
        let reply = server.from(origin, "/method").await;
        assert_eq!((reply.status, reply.allowed(), reply.one("vary")), (200, None, Some("Origin")), "{origin}");
    }
    let reply = server.ask("GET", "/method", &[("Origin", APP), ("Origin", APP)]).await;
    assert_eq!((reply.status, reply.allowed()), (200, None));
}

#[tokio::test]
async fn own_page_is_not_logged() {
    let (lines, _guard) = Lines::collect();
    let server = Server::of(CorsLayer::new(policies())).await;
    for site in ["same-origin", "none"] {
        server.ask("GET", "/method", &[("Origin", EVIL), ("Sec-Fetch-Site", site)]).await;
    }
    assert!(lines.all().is_empty());
    server.ask("GET", "/method", &[("Origin", EVIL), ("Sec-Fetch-Site", "cross-site")]).await;
    assert_eq!(lines.all().len(), 1);
}

#[tokio::test]
async fn origin_check_that_takes_its_time_is_awaited() {
    let layer = CorsLayer::new(policies_of(EXTERNAL)).async_origin_check(|origin, _| async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        origin == OTHER
    });
    let server = Server::of(layer).await;
    assert_eq!(server.from(OTHER, "/method").await.allowed(), Some(OTHER));
    let denied = server.from(EVIL, "/method").await;
    assert_eq!((denied.body.as_str(), denied.allowed()), ("GET", None));
    let allowed = [("Origin", OTHER), ("Access-Control-Request-Method", "GET")];
    assert_eq!(server.ask("OPTIONS", "/method", &allowed).await.status, 204);
    let denied = server.preflight(EVIL, "/method", "GET").await;
    assert_eq!((denied.status, denied.body.as_str()), (403, ""));
}

#[tokio::test]
async fn origin_check_that_does_not_wait_decides() {
    let layer = CorsLayer::new(policies_of(EXTERNAL))
        .origin_check(|origin, parts| origin == OTHER && parts.uri.path() == "/method");
    let server = Server::of(layer).await;
    assert_eq!(server.from(OTHER, "/method").await.allowed(), Some(OTHER));
    assert_eq!(server.from(OTHER, "/own").await.allowed(), None);
}

#[tokio::test]
async fn origin_check_is_not_asked_about_unlistable_origins() {
    let asked = Arc::new(AtomicUsize::new(0));
    let layer = CorsLayer::new(policies_of(EXTERNAL)).origin_check({
        let asked = Arc::clone(&asked);
        move |_, _| {
            asked.fetch_add(1, Ordering::Relaxed);
            true
        }
    });
    let server = Server::of(layer).await;
    for origin in ["null", "file://", "http://a.example", "", "a.example"] {
        assert_eq!(server.from(origin, "/method").await.allowed(), None, "{origin}");
    }
    server.ask("GET", "/method", &[]).await;
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    assert_eq!(server.from("https://a.example", "/method").await.allowed(), Some("https://a.example"));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn origin_check_that_fails_denies_and_the_application_still_runs() {
    let layer = || CorsLayer::new(policies_of(EXTERNAL));
    let failing: [(CorsLayer, &str); 5] = [
        (layer().origin_check(|_, _| Err::<bool, BoxError>("down".into())), "down"),
        (layer().origin_check(|_, _| panics()), "it panicked: down"),
        (layer().async_origin_check(|_, _| async { Err::<bool, BoxError>("down".into()) }), "down"),
        (layer().async_origin_check(|_, _| async { panics() }), "it panicked: down"),
        (
            layer().async_origin_check(|_, _| async {
                tokio::time::timeout(Duration::from_millis(5), std::future::pending::<bool>()).await
            }),
            "deadline has elapsed",
        ),
    ];
    for (layer, why) in failing {
        let (lines, _guard) = Lines::collect();
        let server = Server::of(layer).await;
        let reply = server.from(OTHER, "/method").await;
        assert_eq!((reply.status, reply.body.as_str(), reply.allowed()), (200, "GET", None), "{why}");
        let line = format!("ERROR the origin check failed, so \"{OTHER}\" is denied: {why}; GET /method");
        assert_eq!(lines.all().first(), Some(&line));
    }
}

fn panics() -> bool {
    panic!("down")
}

#[tokio::test]
async fn request_that_ends_before_an_origin_check_reaches_nothing() {
    let asked = Arc::new(Notify::new());
    let (admit, admitted) = oneshot::channel::<()>();
    let admitted = Arc::new(std::sync::Mutex::new(Some(admitted)));
    let served = Arc::new(AtomicUsize::new(0));
    let layer = CorsLayer::new(policies_of(EXTERNAL)).async_origin_check({
        let asked = Arc::clone(&asked);
        move |_, _| {
            let (asked, waiting) = (Arc::clone(&asked), admitted.lock().expect("unpoisoned").take());
            async move {
                asked.notify_one();
                match waiting {
                    Some(waiting) => waiting.await.is_ok(),
                    None => true,
                }
            }
        }
    });
    let count = {
        let served = Arc::clone(&served);
        async move || served.fetch_add(1, Ordering::Relaxed).to_string()
    };
    let server = Server::start(Router::new().route("/count", get(count)).layer(layer)).await;
    let mut connection = TcpStream::connect(server.address()).await.expect("the server listens");
    let request = format!("GET /count HTTP/1.1\r\nHost: a\r\nOrigin: {APP}\r\n\r\n");
    connection.write_all(request.as_bytes()).await.expect("the server reads");
    asked.notified().await;
    drop(connection);
    // The server has closed its side when the check is dropped.
    let mut admit = admit;
    admit.closed().await;
    assert_eq!(server.from(APP, "/count").await.body, "0");
    assert_eq!(served.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn set_chooses_by_path_and_an_ambiguous_path_is_denied() {
    let set = r#"
        [[policy]]
        allow_origins = ["https://app.example.com"]
        [[policy]]
        path = "/open"
        allow_origins = ["*"]
        [[policy]]
        path = "/own"
        cors = false
    "#;
    let server = Server::of(CorsLayer::new(policies_of(set))).await;
    assert_eq!(server.from(EVIL, "/open?a=/b").await.allowed(), Some("*"));
    assert_eq!(server.from(EVIL, "/data").await.allowed(), None);
    let own = server.from(EVIL, "/own").await;
    assert_eq!((own.allowed(), own.one("vary")), (Some(EVIL), Some("Accept")));
    let preflight = server.preflight(EVIL, "/own", "PUT").await;
    assert_eq!((preflight.body.as_str(), preflight.one("vary")), ("own", Some("Accept")));
    assert_eq!(server.from(APP, "/open/..%2fa").await.allowed(), None);
    assert_eq!(server.preflight(APP, "/open/..%2fa", "GET").await.status, 403);
}

#[tokio::test]
async fn policy_is_swapped_while_serving_and_wrong_one_refused() {
    let handle = PolicyHandle::new(policies());
    let server = Server::of(CorsLayer::new(handle.clone())).await;
    assert_eq!(server.from(OTHER, "/method").await.allowed(), None);
    let error = handle.replace_text(r#"allow_origins = ["https://other.example.com/", "a"]"#).expect_err("two errors");
    assert_eq!(error.len(), 2, "{error}");
    assert!(handle.replace_image(*b"no image").is_err());
    server.from(APP, "/method").await.assert_shared("the old policy stays");
    handle.replace_text(r#"allow_origins = ["https://other.example.com"]"#).expect("a policy");
    assert_eq!(server.from(OTHER, "/method").await.allowed(), Some(OTHER));
    assert_eq!(server.from(APP, "/method").await.allowed(), None);
}

#[tokio::test]
async fn policy_is_chosen_for_each_request() {
    let tenants =
        [policies_of(r#"allow_origins = ["https://app.example.com"]"#), policies_of(r#"allow_origins = ["*"]"#)];
    let layer = CorsLayer::per_request(move |parts| {
        let tenant = parts.headers.get("x-tenant")?.to_str().ok()?.parse::<usize>().ok()?;
        tenants.get(tenant).cloned()
    });
    let server = Server::of(layer).await;
    for (tenant, allowed) in [("0", None), ("1", Some("*")), ("2", Some(EVIL)), ("none", Some(EVIL))] {
        let reply = server.ask("GET", "/own", &[("Origin", EVIL), ("X-Tenant", tenant)]).await;
        assert_eq!(reply.allowed(), allowed, "{tenant}");
    }
}

#[tokio::test]
async fn report_only_changes_nothing_and_logs_each_unlisted_origin_once() {
    let (lines, _guard) = Lines::collect();
    let server = Server::of(CorsLayer::new(policies()).report_only(true)).await;
    for _ in 0..3 {
        let reply = server.from(OTHER, "/own").await;
        assert_eq!((reply.allowed(), reply.one("vary")), (Some(OTHER), Some("Accept")));
        assert_eq!(server.preflight(OTHER, "/method", "PUT").await.body, "OPTIONS");
    }
    assert_eq!(lines.containing(&format!("add \"{OTHER}\"")).len(), 1);
    let shared = format!(
        "WARN report only: this request would be denied: origin \"{OTHER}\" is not allowed; the application's own response passes; GET /own"
    );
    assert_eq!(lines.containing(&shared).len(), 3, "{:#?}", lines.all());
    let refused = "INFO report only: this preflight would be denied: origin";
    assert_eq!(lines.containing(refused).len(), 3, "{:#?}", lines.all());
    server.from(APP, "/method").await;
    let line = lines.all().last().cloned().expect("a line");
    assert_eq!(
        line,
        "WARN report only: this request would be allowed; the application's own response does not pass: Access-Control-Allow-Origin is missing; GET /method"
    );
    let count = lines.all().len();
    server.ask("GET", "/method", &[]).await;
    assert_eq!(lines.all().len(), count);
}

#[tokio::test]
async fn outer_layer_decides_and_untouched_path_frees_the_inner() {
    let (lines, _guard) = Lines::collect();
    let inner = policies_of(r#"allow_origins = ["*"]"#);
    let outer = policies_of(
        r#"
        [[policy]]
        allow_origins = ["https://app.example.com"]
        [[policy]]
        path = "/open"
        cors = false
        "#,
    );
    let app = application().layer(CorsLayer::new(inner)).layer(CorsLayer::new(outer));
    let server = Server::start(app).await;
    let governed = server.from(EVIL, "/method").await;
    assert_eq!((governed.allowed(), governed.one("vary")), (None, Some("Origin")));
    assert_eq!(server.preflight(EVIL, "/method", "GET").await.status, 403);
    assert_eq!(server.from(EVIL, "/open").await.allowed(), Some("*"));
    assert!(lines.containing("replaced").is_empty(), "{:?}", lines.all());
}

#[test]
fn wrong_policy_is_refused_when_the_server_starts() {
    let text = "allow_origins = [\"*\"]\nallow_credentials = true\nallow_method = [\"GET\"]";
    let error = Policies::from_text(text).expect_err("two errors").to_string();
    assert!(error.contains("\n1:19: error["), "{error}");
    assert!(error.contains("did you mean allow_methods?") && error.contains("any-origin"), "{error}");
}
