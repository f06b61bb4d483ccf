//! Kubernetes: the CORS filter of the Gateway API, the annotations of ingress-nginx, and Istio's VirtualService.

use super::fit::Fit;
use super::quote::yaml;
use super::recipe::{Layer, Recipe, always};
use super::sign::Sign;
use super::snippet::{Snippet, literals};

pub(super) const GATEWAY_API: Recipe = Recipe {
    place: "Add this to the rule of your HTTPRoute that serves the URL",
    limits: &[
        (Fit::has_unknown_method, "the Gateway API takes no other methods than those of HTTP itself: use one of these"),
        (
            Fit::has_no_dns_origin,
            "the Gateway API takes only http:// and https:// origins with a host name of letters, digits, dashes and dots: serve the \
             page under such a name",
        ),
    ],
    code: &["kind: httproute", "- type: cors"],
    ..Recipe::new("gateway-api", "Kubernetes Gateway API, HTTPRoute", Layer::Proxy, gateway_api)
};

pub(super) const INGRESS_NGINX: Recipe = Recipe {
    place: "Add this to your Ingress",
    limits: &[
        (
            Fit::has_no_dns_origin,
            "ingress-nginx takes only http:// and https:// origins with a host name of letters, digits, dashes and dots, and one other \
             entry turns the whole list into * for every site: serve the page under such a name",
        ),
        (
            Fit::has_method_with_odd_bytes,
            "ingress-nginx takes no method with other bytes than letters, and falls back to its own list: use another method",
        ),
        (
            Fit::has_header_with_odd_bytes,
            "ingress-nginx takes no header with other bytes than letters, digits, - and _, and falls back to its own list: rename the \
             header",
        ),
    ],
    notes: &[(always, "ingress-nginx sends no Vary: let the application send Vary: Origin if a cache is in between")],
    code: &["nginx.ingress.kubernetes.io/"],
    ..Recipe::new("ingress-nginx", "ingress-nginx (Kubernetes Ingress)", Layer::Proxy, ingress_nginx)
};

pub(super) const ISTIO: Recipe = Recipe {
    place: "Add this to the route of your VirtualService (in spec.http) that serves the URL",
    limits: &[(Fit::has_unknown_method, "Istio takes no other methods than those of HTTP itself: use one of these")],
    signs: &[Sign::Starts("server", "istio-envoy")],
    code: &["networking.istio.io", "corspolicy:"],
    ..Recipe::new("istio", "Istio, VirtualService", Layer::Proxy, istio)
};

fn gateway_api(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("filters:");
    lines.line("- type: CORS");
    lines.line("  cors:");
    lines.line(format_args!("    allowOrigins: [{}]", yaml(&fit.origin)));
    lists(&mut lines, fit);
    lines.line_if(fit.credentials, "    allowCredentials: true");
    lines.line("- type: ResponseHeaderModifier");
    lines.line("  responseHeaderModifier:");
    lines.line("    add:");
    lines.line("    - name: Vary");
    lines.line("      value: Origin");
    lines.into_text()
}

/// The lists that the Gateway API and Istio write in the same way.
fn lists(lines: &mut Snippet, fit: &Fit) {
    if fit.preflight {
        lines.line(format_args!("    allowMethods: [{}]", yaml(&fit.method)));
        lines.line_if(!fit.headers.is_empty(), format_args!("    allowHeaders: [{}]", literals(&fit.headers, yaml)));
    }
    lines.line_if(!fit.exposed.is_empty(), format_args!("    exposeHeaders: [{}]", literals(&fit.exposed, yaml)));
}

/// Every annotation, because the defaults allow more: credentials, six methods, nine headers.
fn ingress_nginx(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    let mut annotation = |name: &str, value: &str| {
        lines.line(format_args!("    nginx.ingress.kubernetes.io/{name}: {}", yaml(value)));
    };
    annotation("enable-cors", "true");
    annotation("cors-allow-origin", &fit.origin);
    annotation("cors-allow-methods", &fit.method);
    annotation("cors-allow-headers", &fit.headers_or_accept().join(", "));
    if !fit.exposed.is_empty() {
        annotation("cors-expose-headers", &fit.exposed.join(", "));
    }
    annotation("cors-allow-credentials", if fit.credentials { "true" } else { "false" });
    format!("metadata:\n  annotations:\n{}", lines.into_text())
}

fn istio(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("  corsPolicy:");
    lines.line("    allowOrigins:");
    lines.line(format_args!("    - exact: {}", yaml(&fit.origin)));
    lists(&mut lines, fit);
    lines.line(format_args!("    allowCredentials: {}", fit.credentials));
    lines.line("  headers:");
    lines.line("    response:");
    lines.line("      add:");
    lines.line("        Vary: Origin");
    lines.into_text()
}
