//! tower-http's documented behaviours, one by one: the same here, or listed in `MIGRATING.md` with
//! the reason. Each test is a row of its table.

use std::convert::Infallible;
use std::pin::Pin;
use std::time::Duration;

use corsac_tower::{CorsLayer, Policies};
use http::header::{AUTHORIZATION, CONTENT_TYPE, ETAG};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use tower::util::ServiceFn;
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, Any, CorsLayer as Theirs};

const APP: &str = "https://app.example.com";
const EVIL: &str = "https://evil.example";
const PREFLIGHT_VARY: &str = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

fn theirs() -> Theirs {
    Theirs::new()
        .allow_origin([HeaderValue::from_static(APP)])
        .allow_methods([Method::GET, Method::PUT])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE])
        .allow_credentials(true)
        .expose_headers([ETAG])
        .max_age(Duration::from_secs(600))
}

const POLICY: &str = r#"
    allow_origins = ["https://app.example.com"]
    allow_methods = ["GET", "PUT"]
    allow_headers = ["authorization", "content-type"]
    allow_credentials = true
    expose_headers = ["etag"]
    max_age = 600
"#;

fn ours(text: &str) -> CorsLayer {
    CorsLayer::new(Policies::from_text(text).unwrap_or_else(|error| panic!("{error}")))
}

/// A service that writes headers of its own.
async fn serve(_: Request<()>) -> Result<Response<()>, Infallible> {
    let response =
        Response::builder().status(299).header("vary", "Accept").header("access-control-allow-methods", "EVIL");
    Ok(response.body(()).expect("a response"))
}

type Serving = Pin<Box<dyn Future<Output = Result<Response<()>, Infallible>> + Send>>;

async fn ask<L, S>(layer: &L, method: &str, headers: &[(&str, &str)]) -> Response<()>
where
    L: Layer<ServiceFn<fn(Request<()>) -> Serving>, Service = S>,
    S: Service<Request<()>, Response = Response<()>, Error = Infallible>,
{
    let mut request = Request::builder().method(method).uri("/");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let service = service_fn((|request| Box::pin(serve(request)) as Serving) as fn(_) -> _);
    layer.layer(service).oneshot(request.body(()).expect("a request")).await.expect("infallible")
}

fn preflight<'v>(origin: &'v str, method: &'v str, name: &'v str) -> [(&'static str, &'v str); 3] {
    [("origin", origin), ("access-control-request-method", method), ("access-control-request-headers", name)]
}

/// The values of a header, sorted: the two write lists in another order.
fn list(response: &Response<()>, name: &str) -> Vec<String> {
    let lines = response.headers().get_all(name).iter().map(|line| line.to_str().expect("text").to_lowercase());
    let mut names: Vec<String> =
        lines.flat_map(|line| line.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>()).collect();
    names.sort();
    names
}

const LISTS: [&str; 5] = [
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-max-age",
];

#[tokio::test]
async fn allowed_preflight_has_the_same_headers_and_another_status() {
    let headers = preflight(APP, "PUT", "authorization");
    let (theirs, ours) = (ask(&theirs(), "OPTIONS", &headers).await, ask(&ours(POLICY), "OPTIONS", &headers).await);
    for name in LISTS.into_iter().chain(["access-control-expose-headers"]) {
        assert_eq!(list(&theirs, name), list(&ours, name), "{name}");
    }
    assert_eq!(list(&theirs, "vary"), ["origin"]);
    assert_eq!(ours.headers()["vary"], PREFLIGHT_VARY);
    assert_eq!((theirs.status(), ours.status()), (StatusCode::OK, StatusCode::NO_CONTENT));
    let text = format!("{POLICY}preflight_status = 200");
    let with_200 = ask(&self::ours(&text), "OPTIONS", &headers).await;
    assert_eq!(with_200.status(), StatusCode::OK);
}

#[tokio::test]
async fn foreign_preflight_learns_nothing() {
    let headers = preflight(EVIL, "PUT", "authorization");
    let theirs = ask(&theirs(), "OPTIONS", &headers).await;
    assert_eq!(theirs.status(), StatusCode::OK);
    assert_eq!(list(&theirs, "access-control-allow-credentials"), ["true"]);
    assert_eq!(list(&theirs, "access-control-allow-methods"), ["get", "put"]);
    let ours = ask(&ours(POLICY), "OPTIONS", &headers).await;
    assert_eq!(ours.status(), StatusCode::FORBIDDEN);
    assert!(LISTS.iter().all(|name| list(&ours, name).is_empty()));
    assert_eq!(ours.headers()["vary"], PREFLIGHT_VARY);
}

#[tokio::test]
async fn unlisted_method_or_header_gets_the_lists() {
    for headers in [preflight(APP, "DELETE", "authorization"), preflight(APP, "PUT", "x-other")] {
        let (theirs, ours) = (ask(&theirs(), "OPTIONS", &headers).await, ask(&ours(POLICY), "OPTIONS", &headers).await);
        for name in &LISTS[..4] {
            assert_eq!(list(&theirs, name), list(&ours, name), "{name}");
        }
        assert!(theirs.status().is_success() && ours.status().is_success());
        // A denied preflight is not remembered.
        assert_eq!(list(&ours, LISTS[4]), [""; 0]);
    }
}

#[tokio::test]
async fn plain_options_reaches_the_service_only_here() {
    for headers in [&[][..], &[("origin", APP)]] {
        assert_eq!(ask(&theirs(), "OPTIONS", headers).await.status(), StatusCode::OK);
        assert_eq!(ask(&ours(POLICY), "OPTIONS", headers).await.status().as_u16(), 299);
    }
}

#[tokio::test]
async fn allowed_request_has_the_same_headers() {
    let headers = [("origin", APP)];
    let (theirs, ours) = (ask(&theirs(), "GET", &headers).await, ask(&ours(POLICY), "GET", &headers).await);
    for name in ["access-control-allow-origin", "access-control-allow-credentials", "access-control-expose-headers"] {
        assert_eq!(list(&theirs, name), list(&ours, name), "{name}");
    }
    assert_eq!(list(&theirs, "vary"), ["accept", "origin"]);
    assert_eq!(list(&ours, "vary"), ["accept", "origin"]);
}

#[tokio::test]
async fn foreign_request_learns_nothing_and_reaches_the_service() {
    let headers = [("origin", EVIL)];
    let (theirs, ours) = (ask(&theirs(), "GET", &headers).await, ask(&ours(POLICY), "GET", &headers).await);
    assert_eq!((theirs.status().as_u16(), ours.status().as_u16()), (299, 299));
    assert_eq!(list(&theirs, "access-control-allow-origin"), list(&ours, "access-control-allow-origin"));
    assert_eq!(list(&theirs, "access-control-allow-credentials"), ["true"]);
    assert_eq!(list(&theirs, "access-control-expose-headers"), ["etag"]);
    assert_eq!(list(&ours, "access-control-allow-credentials"), [""; 0]);
    assert_eq!(list(&ours, "access-control-expose-headers"), [""; 0]);
}

#[tokio::test]
async fn headers_of_the_service_stay_there_and_are_replaced_here() {
    let headers = [("origin", EVIL)];
    assert_eq!(list(&ask(&theirs(), "GET", &headers).await, "access-control-allow-methods"), ["evil"]);
    assert_eq!(list(&ask(&ours(POLICY), "GET", &headers).await, "access-control-allow-methods"), [""; 0]);
}

#[tokio::test]
async fn any_origin_is_the_same_and_requested_lists_return() {
    let (theirs, ours) = (
        Theirs::permissive(),
        ours(
            r#"
        allow_origins = ["*"]
        allow_methods = ["*"]
        allow_headers = ["*"]
        expose_headers = ["*"]
    "#,
        ),
    );
    let (one, other) = (ask(&theirs, "GET", &[("origin", EVIL)]).await, ask(&ours, "GET", &[("origin", EVIL)]).await);
    for name in ["access-control-allow-origin", "access-control-expose-headers"] {
        assert_eq!(list(&one, name), ["*"], "{name}");
        assert_eq!(list(&other, name), ["*"], "{name}");
    }
    assert_eq!(list(&one, "vary"), ["accept"]);
    assert_eq!(list(&other, "vary"), ["accept"]);
    let headers = preflight(EVIL, "PATCH", "x-a");
    let (one, other) = (ask(&theirs, "OPTIONS", &headers).await, ask(&ours, "OPTIONS", &headers).await);
    assert_eq!((list(&one, LISTS[0]), list(&other, LISTS[0])), (vec!["*".to_owned()], vec!["*".to_owned()]));
    // Here, what was requested is sent back: `*` does not cover `Authorization`.
    assert_eq!((list(&one, LISTS[3]), list(&other, LISTS[3])), (vec!["*".to_owned()], vec!["x-a".to_owned()]));
    assert_eq!((list(&one, LISTS[2]), list(&other, LISTS[2])), (vec!["*".to_owned()], vec!["patch".to_owned()]));
}

#[tokio::test]
async fn mirrored_request_is_any_method_and_any_header() {
    let theirs = theirs().allow_methods(AllowMethods::mirror_request()).allow_headers(AllowHeaders::mirror_request());
    let text =
        POLICY.replace(r#"["GET", "PUT"]"#, r#"["*"]"#).replace(r#"["authorization", "content-type"]"#, r#"["*"]"#);
    let ours = ours(&text);
    let headers = preflight(APP, "PATCH", "x-a,x-b");
    let (one, other) = (ask(&theirs, "OPTIONS", &headers).await, ask(&ours, "OPTIONS", &headers).await);
    for name in LISTS {
        assert_eq!(list(&one, name), list(&other, name), "{name}");
    }
    // It looks at the first line alone.
    let lines = [headers[0], headers[1], headers[2], ("access-control-request-headers", "x-c")];
    let (one, other) = (ask(&theirs, "OPTIONS", &lines).await, ask(&ours, "OPTIONS", &lines).await);
    assert_eq!(list(&one, LISTS[3]), ["x-a", "x-b"]);
    assert_eq!(list(&other, LISTS[3]), ["x-a", "x-b", "x-c"]);
}

#[tokio::test]
async fn predicates_are_origin_checks() {
    let external = "allow_origins = []\nexternal_origins = true";
    let ends = |origin: &[u8]| origin.ends_with(b".rust-lang.org");
    let theirs = [
        Theirs::new().allow_origin(AllowOrigin::predicate(move |origin, _| ends(origin.as_bytes()))),
        Theirs::new()
            .allow_origin(AllowOrigin::async_predicate(move |origin, _| async move { ends(origin.as_bytes()) })),
    ];
    let ours = [
        ours(external).origin_check(move |origin, _| ends(origin.as_bytes())),
        ours(external).async_origin_check(move |origin, _| async move { ends(origin.as_bytes()) }),
        ours(r#"allow_origins = ["https://*.rust-lang.org"]"#),
    ];
    for origin in ["https://doc.rust-lang.org", "https://rust-lang.org.evil.example"] {
        let expected = list(&ask(&theirs[0], "GET", &[("origin", origin)]).await, LISTS[0]);
        assert_eq!(list(&ask(&theirs[1], "GET", &[("origin", origin)]).await, LISTS[0]), expected);
        for layer in &ours {
            assert_eq!(list(&ask(layer, "GET", &[("origin", origin)]).await, LISTS[0]), expected, "{origin}");
        }
    }
}

#[tokio::test]
async fn any_origin_with_credentials_is_refused_before_it_serves() {
    let theirs = Theirs::new().allow_origin(Any).allow_credentials(true);
    let asked = tokio::spawn(async move { ask(&theirs, "GET", &[]).await.status() }).await;
    assert!(asked.is_err_and(|error| error.is_panic()));
    let text = "allow_origins = [\"*\"]\nallow_credentials = true";
    assert!(Policies::from_text(text).is_err());
}
