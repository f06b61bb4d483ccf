//! The layer with others: authentication, compression, tracing, panics, one layer for some routes,
//! nested routers, and hyper without axum.

mod common;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use common::{APP, EVIL, OTHER, Reply, Server, policies, policies_of};
use corsac_tower::{CorsLayer, PolicyHandle};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;

async fn authenticate(request: Request, next: Next) -> Result<Response, StatusCode> {
    match request.headers().contains_key(header::AUTHORIZATION) {
        true => Ok(next.run(request).await),
        false => Err(StatusCode::UNAUTHORIZED),
    }
}

#[tokio::test]
async fn layer_outside_of_authentication_writes_headers_on_its_401() {
    let app =
        Router::new().route("/", get(async || "in")).layer(from_fn(authenticate)).layer(CorsLayer::new(policies()));
    let server = Server::start(app).await;
    assert_eq!(server.preflight(APP, "/", "GET").await.status, 204);
    let refused = server.from(APP, "/").await;
    assert_eq!(refused.status, 401);
    refused.assert_shared("401");
    let served = server.ask("GET", "/", &[("Origin", APP), ("Authorization", "x")]).await;
    assert_eq!(served.body, "in");
}

#[tokio::test]
async fn layer_inside_of_authentication_loses_preflights() {
    // This is the mistake that the order is about.
    let app =
        Router::new().route("/", get(async || "in")).layer(CorsLayer::new(policies())).layer(from_fn(authenticate));
    let server = Server::start(app).await;
    assert_eq!(server.preflight(APP, "/", "GET").await.status, 401);
}

#[tokio::test]
async fn headers_are_right_inside_and_outside_of_other_layers() {
    let text = "0123456789".repeat(100);
    let routes = || {
        let text = text.clone();
        let panics = async || -> &'static str { panic!("the handler") };
        Router::new().route("/text", get(async move || text)).route("/panics", get(panics))
    };
    let cors = CorsLayer::new(policies());
    let outside = routes()
        .layer(CatchPanicLayer::new())
        .layer(CompressionLayer::new())
        .layer(TraceLayer::new_for_http())
        .layer(cors.clone());
    let inside = routes()
        .layer(CatchPanicLayer::new())
        .layer(cors)
        .layer(CompressionLayer::new())
        .layer(TraceLayer::new_for_http());
    for (app, vary) in [(outside, ["accept-encoding", "Origin"]), (inside, ["Origin", "accept-encoding"])] {
        let server = Server::start(app).await;
        let reply = server.ask("GET", "/text", &[("Origin", APP), ("Accept-Encoding", "gzip")]).await;
        reply.assert_shared("compressed");
        assert_eq!(reply.one("content-encoding"), Some("gzip"));
        assert_eq!(reply.all("vary"), vary);
        let panicked = server.from(APP, "/panics").await;
        assert_eq!(panicked.status, 500);
        panicked.assert_shared("500");
        let preflight = server.ask("OPTIONS", "/text", &common::preflight(APP, "PUT")).await;
        assert_eq!((preflight.status, preflight.body.as_str()), (204, ""));
    }
}

#[tokio::test]
async fn route_layer_governs_its_routes_alone() {
    let app = Router::new()
        .route("/in", get(async || "in").options(async || "options"))
        .route_layer(CorsLayer::new(policies()))
        .route("/out", get(async || "out"));
    let server = Server::start(app).await;
    server.from(APP, "/in").await.assert_shared("/in");
    assert_eq!(server.preflight(APP, "/in", "GET").await.status, 204);
    assert_eq!(server.ask("OPTIONS", "/in", &[]).await.body, "options");
    assert_eq!(server.from(APP, "/out").await.allowed(), None);
    assert_eq!(server.from(APP, "/missing").await.one("vary"), None);
}

#[tokio::test]
async fn set_in_nested_router_sees_path_of_that_router() {
    let set =
        "[[policy]]\nallow_origins = ['*']\n[[policy]]\npath = '/a'\nallow_origins = ['https://app.example.com']\n";
    let routes = || Router::new().route("/a", get(async || "a"));
    let nested = Router::new().nest("/v1", routes().layer(CorsLayer::new(policies_of(set))));
    assert_eq!(Server::start(nested).await.from(APP, "/v1/a").await.allowed(), Some(APP));
    let outside = Router::new().nest("/v1", routes()).layer(CorsLayer::new(policies_of(set)));
    assert_eq!(Server::start(outside).await.from(APP, "/v1/a").await.allowed(), Some("*"));
}

#[tokio::test]
async fn hyper_serves_it_without_axum() {
    let service = service_fn(|_: Request<hyper::body::Incoming>| async {
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"hyper"))))
    });
    let service = ServiceBuilder::new().layer(CorsLayer::new(policies())).service(service);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let task = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a client");
            let service = TowerToHyperService::new(service.clone());
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    let server = Server::of_task(address.port(), task);
    let reply: Reply = server.from(APP, "/").await;
    assert_eq!(reply.body, "hyper");
    reply.assert_shared("hyper");
    assert_eq!(server.preflight(EVIL, "/", "GET").await.status, 403);
}

#[tokio::test]
async fn service_that_is_neither_send_nor_clone_is_enough() {
    struct Local(std::rc::Rc<()>);

    impl Service<Request<()>> for Local {
        type Response = Response<()>;
        type Error = Infallible;
        type Future = std::future::Ready<Result<Response<()>, Infallible>>;

        fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Infallible>> {
            std::task::Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Request<()>) -> Self::Future {
            assert_eq!(std::rc::Rc::strong_count(&self.0), 1);
            std::future::ready(Ok(Response::new(())))
        }
    }

    let service = CorsLayer::new(policies()).layer(Local(std::rc::Rc::new(())));
    let request = Request::builder().header("origin", APP).body(()).expect("a request");
    let response = service.oneshot(request).await.expect("infallible");
    assert_eq!(response.headers()["access-control-allow-origin"], APP);
}

#[tokio::test]
async fn service_is_called_only_when_it_is_ready() {
    // `ConcurrencyLimit` panics if it is called before it was ready.
    let limited = ServiceBuilder::new()
        .layer(CorsLayer::new(policies()))
        .concurrency_limit(1)
        .service(service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(())) }));
    let mut service = limited;
    for origin in [APP, EVIL, APP] {
        for method in ["OPTIONS", "GET"] {
            let request = Request::builder().method(method).header("origin", origin);
            let request = request.header("access-control-request-method", "GET").body(()).expect("a request");
            service.ready().await.expect("infallible").call(request).await.expect("infallible");
        }
    }
}

#[tokio::test]
async fn error_of_the_service_goes_on() {
    let service =
        CorsLayer::new(policies()).layer(service_fn(|_: Request<()>| async { Err::<Response<()>, _>("broken") }));
    let request = Request::builder().header("origin", APP).body(()).expect("a request");
    assert_eq!(service.oneshot(request).await.expect_err("an error"), "broken");
}

/// Whatever is swapped in the middle, each response belongs to one policy as a whole.
#[test]
fn response_is_of_one_policy_while_policies_are_swapped() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().expect("a runtime");
    runtime.block_on(swap_while_serving());
}

async fn swap_while_serving() {
    let texts = [(APP, "x-one"), (OTHER, "x-two")].map(|(origin, name)| {
        format!("allow_origins = ['{origin}']\nallow_headers = ['{name}']\nexpose_headers = ['{name}']")
    });
    let handle = PolicyHandle::new(policies_of(&texts[0]));
    let service = CorsLayer::new(handle.clone())
        .layer(service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(())) }));
    let served = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (service, served) = (service.clone(), Arc::clone(&served));
            tokio::spawn(async move {
                for number in 0..5_000 {
                    let (origin, name) = [(APP, "x-one"), (OTHER, "x-two")][number % 2];
                    let request = Request::builder().header("origin", origin).body(()).expect("a request");
                    let response = service.clone().oneshot(request).await.expect("infallible");
                    let headers = response.headers();
                    if let Some(allowed) = headers.get("access-control-allow-origin") {
                        assert_eq!(allowed, origin);
                        assert_eq!(headers["access-control-expose-headers"], name);
                        served.fetch_add(1, Ordering::Relaxed);
                    }
                    assert_eq!(headers["vary"], "Origin");
                }
            })
        })
        .collect();
    let compiled = texts.map(|text| policies_of(&text));
    let mut swaps = 0_usize;
    while clients.iter().any(|client| !client.is_finished()) {
        handle.replace(compiled[swaps % 2].clone());
        swaps += 1;
        tokio::task::yield_now().await;
    }
    for client in clients {
        client.await.expect("no client panics");
    }
    assert!(served.load(Ordering::Relaxed) > 0 && swaps > 1);
}
