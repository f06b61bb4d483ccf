//! Node.js: Express and NestJS with the package cors, Fastify, Hono and Koa. Their options differ in names only. Left out, methods and
//! headers have defaults that allow more than one request, so both are always listed.

use super::fit::Fit;
use super::quote::javascript;
use super::recipe::{Layer, Recipe};
use super::sign::Sign;
use super::snippet::{Snippet, literals};

pub(super) const EXPRESS: Recipe = Recipe {
    place: "Add this where you create the app, before anything else that the app uses (npm install cors)",
    signs: &[Sign::Starts("x-powered-by", "express")],
    code: &["require('express')", "require(\"express\")", "from 'express'", "from \"express\"", "app.use(cors("],
    ..Recipe::new("express", "Express (Node.js), with the package cors or corsac", Layer::Application, express)
};

pub(super) const FASTIFY: Recipe = Recipe {
    place: "Add this where you create the app, before other plugins and routes (npm install @fastify/cors)",
    code: &["@fastify/cors", "fastify-cors", "fastify.register("],
    ..Recipe::new("fastify", "Fastify with @fastify/cors (Node.js)", Layer::Application, fastify)
};

pub(super) const HONO: Recipe = Recipe {
    place: "Add this where you create the app, before anything else that the app uses",
    code: &["hono/cors", "new hono("],
    ..Recipe::new("hono", "Hono", Layer::Application, hono)
};

pub(super) const KOA: Recipe = Recipe {
    place: "Add this where you create the app, before anything else that the app uses (npm install @koa/cors)",
    code: &["@koa/cors", "koa2-cors", "new koa("],
    ..Recipe::new("koa", "Koa with @koa/cors (Node.js)", Layer::Application, koa)
};

pub(super) const NEST: Recipe = Recipe {
    place: "Add this to main.ts, right after NestFactory.create",
    code: &["nestfactory", "@nestjs/", ".enablecors("],
    ..Recipe::new("nest", "NestJS (Node.js)", Layer::Application, nest)
};

const BEFORE: &str = "// Before authentication and routes: a preflight carries no credentials.";

/// The names of the options for methods, request headers and response headers.
type Names = [&'static str; 3];

const CORS: Names = ["methods", "allowedHeaders", "exposedHeaders"];
const HONO_AND_KOA: Names = ["allowMethods", "allowHeaders", "exposeHeaders"];

fn express(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("import cors from \"cors\"; // or: const cors = require(\"cors\");");
    lines.line("");
    lines.line(BEFORE);
    lines.line("app.use(cors({");
    lines.line(format_args!("  origin: [{}],", javascript(&fit.origin)));
    options(&mut lines, fit, CORS, &fit.headers);
    lines.line("}));");
    lines.into_text()
}

fn nest(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("// Before every app.use(): a preflight carries no credentials.");
    lines.line("app.enableCors({");
    lines.line(format_args!("  origin: [{}],", javascript(&fit.origin)));
    options(&mut lines, fit, CORS, &fit.headers);
    lines.line("});");
    lines.into_text()
}

fn fastify(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("import cors from \"@fastify/cors\"; // or: const cors = require(\"@fastify/cors\");");
    lines.line("");
    lines.line(BEFORE);
    lines.line("await app.register(cors, {");
    lines.line(format_args!("  origin: [{}],", javascript(&fit.origin)));
    options(&mut lines, fit, CORS, &fit.headers);
    lines.line("});");
    lines.into_text()
}

fn hono(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("import { cors } from \"hono/cors\";");
    lines.line("");
    lines.line(BEFORE);
    lines.line("app.use(cors({");
    lines.line(format_args!("  origin: [{}],", javascript(&fit.origin)));
    // An empty list allows every header.
    options(&mut lines, fit, HONO_AND_KOA, &fit.headers_or_accept());
    lines.line("}));");
    lines.into_text()
}

/// With a text for the origin, @koa/cors sends it to every page, and it has no list.
fn koa(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("import cors from \"@koa/cors\"; // or: const cors = require(\"@koa/cors\");");
    lines.line("");
    lines.line(format_args!("const origins = [{}];", javascript(&fit.origin)));
    lines.line(BEFORE);
    lines.line("app.use(cors({");
    lines.line("  origin: (ctx) => (origins.includes(ctx.get(\"Origin\")) ? ctx.get(\"Origin\") : \"\"),");
    // An empty list allows every header.
    options(&mut lines, fit, HONO_AND_KOA, &fit.headers_or_accept());
    lines.line("}));");
    lines.into_text()
}

fn options(lines: &mut Snippet, fit: &Fit, [methods, allowed, exposed]: Names, headers: &[String]) {
    lines.line(format_args!("  {methods}: [{}],", javascript(&fit.method)));
    lines.line(format_args!("  {allowed}: [{}],", literals(headers, javascript)));
    lines.line_if(!fit.exposed.is_empty(), format_args!("  {exposed}: [{}],", literals(&fit.exposed, javascript)));
    lines.line_if(fit.credentials, "  credentials: true,");
}
