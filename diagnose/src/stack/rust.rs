//! Rust: tower-http's layer for axum, and actix-cors. Both vary by Origin.

use super::fit::Fit;
use super::quote::rust;
use super::recipe::{Layer, Recipe};
use super::snippet::{Snippet, literals};

pub(super) const AXUM: Recipe = Recipe {
    place: "Add this after every other layer (cargo add tower-http --features cors)",
    code: &["tower_http::cors", "corslayer"],
    ..Recipe::new("axum", "axum with tower-http (Rust)", Layer::Application, axum)
};

pub(super) const ACTIX: Recipe = Recipe {
    place: "Add this to the closure of HttpServer::new (cargo add actix-cors)",
    code: &["actix_cors", "cors::default()", "cors::permissive()"],
    ..Recipe::new("actix", "Actix Web with actix-cors (Rust)", Layer::Application, actix)
};

fn axum(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    let mut imports = vec!["HeaderValue"];
    if (fit.preflight && !fit.headers.is_empty()) || !fit.exposed.is_empty() {
        imports.insert(0, "HeaderName");
    }
    if fit.preflight {
        imports.push("Method");
    }
    match imports.as_slice() {
        [one] => lines.line(format_args!("use axum::http::{one};")),
        several => lines.line(format_args!("use axum::http::{{{}}};", several.join(", "))),
    }
    lines.line("use tower_http::cors::CorsLayer;");
    lines.line("");
    let mut calls = vec![format!("allow_origin([HeaderValue::from_static({})])", rust(&fit.origin))];
    if fit.preflight {
        calls.push(format!("allow_methods([{}])", method(fit)));
        if !fit.headers.is_empty() {
            calls.push(format!("allow_headers([{}])", literals(&fit.headers, header_name)));
        }
    }
    if !fit.exposed.is_empty() {
        calls.push(format!("expose_headers([{}])", literals(&fit.exposed, header_name)));
    }
    if fit.credentials {
        calls.push("allow_credentials(true)".to_owned());
    }
    chain(&mut lines, "CorsLayer::new()", &calls);
    lines.line("// Last: the layer added last is the outermost, before authentication.");
    lines.line("let app = app.layer(cors);");
    lines.into_text()
}

fn header_name(name: &str) -> String {
    format!("HeaderName::from_static({})", rust(name))
}

fn method(fit: &Fit) -> String {
    if fit.is_known_method() {
        format!("Method::{}", fit.method)
    } else {
        format!("{}.parse::<Method>().unwrap()", rust(&fit.method))
    }
}

fn actix(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("use actix_cors::Cors;");
    lines.line("");
    let mut calls = vec![format!("allowed_origin({})", rust(&fit.origin))];
    if fit.preflight {
        calls.push(format!("allowed_methods([{}])", rust(&fit.method)));
        if !fit.headers.is_empty() {
            calls.push(format!("allowed_headers([{}])", literals(&fit.headers, rust)));
        }
    }
    if !fit.exposed.is_empty() {
        calls.push(format!("expose_headers([{}])", literals(&fit.exposed, rust)));
    }
    if fit.credentials {
        calls.push("supports_credentials()".to_owned());
    }
    chain(&mut lines, "Cors::default()", &calls);
    lines.line("// Last: the wrap called last is the outermost, before authentication.");
    lines.line("let app = App::new().wrap(cors);");
    lines.into_text()
}

fn chain(lines: &mut Snippet, start: &str, calls: &[String]) {
    lines.line(format_args!("let cors = {start}\n    .{};", calls.join("\n    .")));
}
