//! What the tests have in common: an application with the paths of `js/tests/duties.mjs`, served by
//! axum over a real connection, and the lines that the layer logs.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::cell::RefCell;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, Once};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::AppendHeaders;
use axum::routing::{any, get, post};
use corsac_tower::{CorsLayer, Policies};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

pub(crate) const APP: &str = "https://app.example.com";
pub(crate) const OTHER: &str = "https://other.example.com";
pub(crate) const EVIL: &str = "https://evil.example";

/// The policy that most tests serve.
pub(crate) fn policies() -> Policies {
    policies_of(
        r#"
        allow_origins = ["https://app.example.com"]
        allow_credentials = true
        allow_methods = ["GET", "POST", "PUT"]
        allow_headers = ["content-type", "authorization"]
        expose_headers = ["x-total"]
        "#,
    )
}

pub(crate) fn policies_of(text: &str) -> Policies {
    listen();
    Policies::from_text(text).unwrap_or_else(|error| panic!("{error}"))
}

/// The application, without a layer for CORS. Panics become responses inside of it.
pub(crate) fn application() -> Router {
    let own = async |headers: HeaderMap| {
        let origin = headers.get(header::ORIGIN).cloned().unwrap_or(HeaderValue::from_static("*"));
        let own = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin), (header::VARY, HeaderValue::from_static("Accept"))];
        (own, "own")
    };
    let method = any(async |request: Request| request.method().to_string());
    Router::new()
        .route("/data", post(async || "data"))
        .route("/private", get(async || StatusCode::UNAUTHORIZED))
        .route("/throws", get(async || -> &'static str { panic!("the handler") }))
        .route("/redirect", get(async || (StatusCode::FOUND, [(header::LOCATION, "/data")])))
        .route("/cached", get(async || (StatusCode::NOT_MODIFIED, [(header::ETAG, "\"one\"")])))
        .route(
            "/cookies",
            get(async || {
                let cookies = [("set-cookie", "a=1"), ("set-cookie", "b=2")];
                AppendHeaders(cookies)
            }),
        )
        .route("/open", get(async || ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], "open")))
        .route("/own", any(own))
        .route("/method", method)
        .layer(CatchPanicLayer::new())
}

/// A server on a free port of the loopback, which ends with the test.
pub(crate) struct Server {
    port: u16,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(crate) async fn start(app: Router) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let task = tokio::spawn(async move { axum::serve(listener, app).await.expect("a server") });
        Self { port, task }
    }

    /// A server that runs already.
    pub(crate) fn of_task(port: u16, task: tokio::task::JoinHandle<()>) -> Self {
        Self { port, task }
    }

    /// The application behind this layer.
    pub(crate) async fn of(layer: CorsLayer) -> Self {
        Self::start(application().layer(layer)).await
    }

    pub(crate) fn address(&self) -> (&'static str, u16) {
        ("127.0.0.1", self.port)
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).await.expect("the server listens");
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n");
        for (name, value) in headers {
            write!(request, "{name}: {value}\r\n").expect("a string grows");
        }
        request.push_str("\r\n");
        connection.write_all(request.as_bytes()).await.expect("the server reads");
        let mut bytes = Vec::new();
        connection.read_to_end(&mut bytes).await.expect("the server writes");
        Reply::parse(&String::from_utf8_lossy(&bytes))
    }

    pub(crate) async fn from(&self, origin: &str, path: &str) -> Reply {
        self.ask("GET", path, &[("Origin", origin)]).await
    }

    pub(crate) async fn preflight(&self, origin: &str, path: &str, method: &str) -> Reply {
        self.ask("OPTIONS", path, &preflight(origin, method)).await
    }
}

pub(crate) fn preflight<'v>(origin: &'v str, method: &'v str) -> [(&'static str, &'v str); 3] {
    [("Origin", origin), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", "content-type")]
}

/// A response as it came over the connection.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Reply {
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no response: {text:?}"));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status");
        let headers =
            lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        Self { status, headers: headers.collect(), body: body.to_owned() }
    }

    /// The values of a header, in order.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        let all = self.all(name);
        assert!(all.len() < 2, "{name}: {all:?}");
        all.first().copied()
    }

    pub(crate) fn allowed(&self) -> Option<&str> {
        self.one("access-control-allow-origin")
    }

    /// Asserts that the page at [`APP`] can read it.
    #[track_caller]
    pub(crate) fn assert_shared(&self, what: &str) {
        assert_eq!(self.allowed(), Some(APP), "{what}");
        assert_eq!(self.one("access-control-allow-credentials"), Some("true"), "{what}");
        assert!(self.all("vary").join(", ").contains("Origin"), "{what}: {:?}", self.all("vary"));
    }
}

thread_local! {
    static COLLECTING: RefCell<Option<Lines>> = const { RefCell::new(None) };
}

/// The lines that the layer logs in this thread.
///
/// A subscriber for each thread would lose lines: `tracing` keeps for the whole process whether
/// anybody listens to a call, and another test's thread may ask before this one listens. So there is
/// one subscriber, and it is there before any layer.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    /// Collects until the guard is dropped.
    pub(crate) fn collect() -> (Self, Collecting) {
        listen();
        let lines = Self::default();
        COLLECTING.set(Some(lines.clone()));
        (lines, Collecting)
    }

    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().expect("no test panics here").clone()
    }

    pub(crate) fn containing(&self, text: &str) -> Vec<String> {
        self.all().into_iter().filter(|line| line.contains(text)).collect()
    }
}

pub(crate) struct Collecting;

impl Drop for Collecting {
    fn drop(&mut self) {
        COLLECTING.set(None);
    }
}

fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| tracing::subscriber::set_global_default(Listener).expect("nothing else listens"));
}

struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "corsac"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let Some(lines) = COLLECTING.with_borrow(Clone::clone) else { return };
        let mut line = format!("{} ", event.metadata().level());
        event.record(&mut Message(&mut line));
        lines.0.lock().expect("no test panics here").push(line);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Message<'l>(&'l mut String);

impl Visit for Message<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        assert_eq!(field.name(), "message");
        write!(self.0, "{value:?}").expect("a string grows");
    }
}
