//! Next.js: its middleware, because next.config.js sends the same headers to every page, and a route responds to OPTIONS without them.

use super::fit::Fit;
use super::quote::javascript;
use super::recipe::{Layer, Recipe};
use super::sign::Sign;
use super::snippet::Snippet;

pub(super) const NEXT: Recipe = Recipe {
    place: "Save this as middleware.js next to app or pages, with your own paths in matcher (from Next.js 16 on, name the file proxy.js \
            and the function proxy)",
    signs: &[
        Sign::Starts("x-powered-by", "next.js"),
        Sign::Name("x-nextjs-cache"),
        Sign::Name("x-nextjs-prerender"),
        Sign::Name("x-vercel-id"),
    ],
    code: &["next.config.", "nextresponse", "nextapirequest"],
    ..Recipe::new("next", "Next.js (Node.js)", Layer::Application, snippet)
};

fn snippet(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("import { NextResponse } from \"next/server\";");
    lines.line("");
    lines.line(format_args!("const origins = [{}];", javascript(&fit.origin)));
    lines.line("");
    lines.line("export function middleware(request) {");
    if fit.preflight {
        lines.line("  const asks = request.headers.has(\"access-control-request-method\");");
        lines.line("  const isPreflight = request.method === \"OPTIONS\" && asks;");
        lines.line("  const response = isPreflight ? new NextResponse(null, { status: 204 }) : NextResponse.next();");
    } else {
        lines.line("  const response = NextResponse.next();");
    }
    lines.line("  const origin = request.headers.get(\"origin\");");
    lines.line("  const set = (name, value) => response.headers.set(name, value);");
    lines.line("  response.headers.append(\"Vary\", \"Origin\");");
    lines.line("  if (!origins.includes(origin)) return response;");
    lines.line("  set(\"Access-Control-Allow-Origin\", origin);");
    lines.line_if(fit.credentials, "  set(\"Access-Control-Allow-Credentials\", \"true\");");
    lines.line_if(
        !fit.exposed.is_empty(),
        format_args!("  set(\"Access-Control-Expose-Headers\", {});", javascript(&fit.exposed.join(", "))),
    );
    if fit.preflight {
        lines.line("  if (isPreflight) {");
        lines.line(format_args!("    set(\"Access-Control-Allow-Methods\", {});", javascript(&fit.method)));
        lines.line_if(
            !fit.headers.is_empty(),
            format_args!("    set(\"Access-Control-Allow-Headers\", {});", javascript(&fit.headers.join(", "))),
        );
        lines.line("  }");
    }
    lines.line("  return response;");
    lines.line("}");
    lines.line("");
    lines.line("export const config = { matcher: \"/api/:path*\" };");
    lines.into_text()
}
