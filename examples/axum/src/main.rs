//! An axum service with a Corsac policy: one middleware around routing and authentication.
//!
//! Run `cargo run -p example-axum`, then `curl -i -H 'Origin: https://app.example.com'
//! localhost:3000/items`.

mod cors;

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use axum::{Router, serve};
use corsac::Policy;
use tokio::net::TcpListener;

/// rustc compiles the policy: a mistake in it fails `cargo build` at the wrong entry.
static POLICY: Policy<&'static [u8]> = corsac_macros::policy! {
    allow_origins: ["https://app.example.com", "https://*.preview.example.com"],
    allow_methods: ["GET", "PUT", "DELETE"],
    allow_headers: ["authorization", "content-type"],
    allow_credentials: true,
    expose_headers: ["etag"],
    max_age: 600,
};

fn app() -> Router {
    Router::new()
        .route("/items", get(async || "[]").put(async || StatusCode::NO_CONTENT))
        .layer(from_fn(authenticate))
        // Add this layer last, so that it is the outermost. A preflight carries no credentials, so
        // it must not reach authentication, and a 401 needs its CORS headers as much as a 200 does.
        .layer(from_fn(|request, next| cors::decide(&POLICY, request, next)))
}

/// Replace this with your own check.
async fn authenticate(request: Request, next: Next) -> Result<Response, StatusCode> {
    if !request.headers().contains_key(header::AUTHORIZATION) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    Ok(next.run(request).await)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(3000);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    serve(listener, app()).await
}

#[cfg(test)]
mod tests;
