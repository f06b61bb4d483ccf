//! The server that `tests/page.test.mjs` asks from a page: it prints its port, and ends with its
//! standard input.

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use corsac_tower::{CorsLayer, Policies};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;

async fn things(headers: HeaderMap) -> Response {
    let is_known = headers.get(header::COOKIE).is_some_and(|cookie| cookie.as_bytes().ends_with(b"session=a"));
    match is_known {
        true => ([("x-total", "1"), ("x-hidden", "1")], r#"["lamp"]"#).into_response(),
        false => (StatusCode::UNAUTHORIZED, "log in first").into_response(),
    }
}

async fn broken() -> &'static str {
    panic!("a bug")
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let origin = std::env::args().nth(1).ok_or("name the origin of the page")?;
    let policies = Policies::from_text(&format!(
        "allow_origins = ['{origin}']\n\
         allow_methods = ['GET', 'POST', 'PUT']\n\
         allow_headers = ['content-type']\n\
         allow_credentials = true\n\
         expose_headers = ['x-total']"
    ))?;
    let login = async || ([(header::SET_COOKIE, "session=a; HttpOnly; SameSite=Lax")], "logged in");
    let own = async || ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "https://evil.example")], "own");
    let app = Router::new()
        .route("/things", get(things).put(async |body: String| body))
        .route("/login", post(login))
        .route("/broken", get(broken))
        .route("/own", get(own))
        .layer(CatchPanicLayer::new())
        .layer(CorsLayer::new(policies));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?.port());
    let end = async {
        let _ = tokio::io::stdin().read_to_end(&mut Vec::new()).await;
    };
    tokio::select! {
        served = axum::serve(listener, app) => Ok(served?),
        () = end => Ok(()),
    }
}
