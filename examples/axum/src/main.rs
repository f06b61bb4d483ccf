//! An axum service with two policies, which you can change while it runs.
//!
//! Run `cargo run -p example-axum`, then `curl -i -H 'Origin: https://app.example.com'
//! localhost:3000/items`. With `REPORT_ONLY=1`, the policies change nothing, and the log says what
//! they would do. `CORSAC_POLICY` names another policy file; after `kill -HUP` it is read again.

use std::error::Error;

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use axum::{Router, serve};
use corsac_tower::{CorsLayer, Policies, PolicyHandle};
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

fn app(cors: CorsLayer) -> Router {
    Router::new()
        .route("/items", get(async || "[]").put(async || StatusCode::NO_CONTENT))
        .layer(from_fn(authenticate))
        .route("/status", get(async || "up"))
        // Add this layer last, so that it is the outermost. A preflight carries no credentials, so
        // it must not reach authentication, and a 401 needs its CORS headers as much as a 200 does.
        .layer(cors)
}

/// Replace this with your own check.
async fn authenticate(request: Request, next: Next) -> Result<Response, StatusCode> {
    if !request.headers().contains_key(header::AUTHORIZATION) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    Ok(next.run(request).await)
}

/// The text of the policy file.
fn policy_text() -> std::io::Result<String> {
    match std::env::var_os("CORSAC_POLICY") {
        Some(path) => std::fs::read_to_string(path),
        None => Ok(include_str!("../policies.toml").to_owned()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().init();
    // A wrong policy ends the program here, with everything that is wrong with it.
    let handle = PolicyHandle::new(Policies::from_text(&policy_text()?)?);
    let is_report_only = std::env::var_os("REPORT_ONLY").is_some();
    let cors = CorsLayer::new(handle.clone()).report_only(is_report_only);
    // Before anything is served, because without it a signal would end the program.
    #[cfg(unix)]
    tokio::spawn(reload(handle, signal(SignalKind::hangup())?));
    let port = std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(3000);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(serve(listener, app(cors)).await?)
}

/// Reads the policy file again at each SIGHUP. A wrong file changes nothing.
#[cfg(unix)]
async fn reload(handle: PolicyHandle, mut hangup: Signal) {
    while hangup.recv().await.is_some() {
        let replaced = policy_text().map_err(|error| error.to_string());
        match replaced.and_then(|text| handle.replace_text(&text).map_err(|error| error.to_string())) {
            Ok(()) => println!("the policy was read again"),
            Err(error) => eprintln!("the old policy stays: {error}"),
        }
    }
}

#[cfg(test)]
mod tests;
