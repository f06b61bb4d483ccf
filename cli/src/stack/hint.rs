//! What people get wrong in each stack: one sentence per kind of trouble.

use super::Stack;

/// What went wrong, as far as the advice differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// A good answer carries no CORS header.
    Bare,
    /// An error carries no CORS header.
    BareError,
    /// Something else than CORS answered the preflight.
    Preflight,
    /// A header stands there twice.
    Twice,
    /// The headers are those for another origin.
    OtherOrigin,
}

impl Trouble {
    /// By the code of what blocked the response (`acao-missing`), where, and the status of that answer. `None`: how the
    /// stack is put together has nothing to do with it.
    pub(crate) fn of(code: &str, is_preflight: bool, status: Option<u16>) -> Option<Self> {
        match code {
            "preflight-status" | "preflight-redirect" => Some(Self::Preflight),
            "acao-missing" if is_preflight => Some(Self::Preflight),
            "acao-missing" if status.is_some_and(|status| status >= 400) => Some(Self::BareError),
            "acao-missing" => Some(Self::Bare),
            "acao-multiple" => Some(Self::Twice),
            "acao-mismatch" => Some(Self::OtherOrigin),
            _ => None,
        }
    }
}

pub(super) fn of(stack: Stack, trouble: Trouble) -> Option<&'static str> {
    use Trouble::{Bare, BareError, OtherOrigin, Preflight, Twice};
    Some(match (stack, trouble) {
        (Stack::Express, Preflight | Bare | BareError) => {
            "app.use(cors(...)) must stand before authentication and every route: what answers earlier gets no header"
        }
        (Stack::Fastapi, Preflight | Bare) => {
            "the middleware added last is the outermost: add CORSMiddleware after the one that authenticates"
        }
        (Stack::Starlette, Preflight | Bare) => {
            "the first middleware of the list is the outermost: CORSMiddleware stands before the one that authenticates"
        }
        (Stack::Fastapi | Stack::Starlette, BareError) => {
            "the 500 of an unhandled exception is written outside all middleware: wrap the app itself, \
             app = CORSMiddleware(app, ...), or handle the exception"
        }
        (Stack::Django, Preflight | Bare | BareError) => {
            "CorsMiddleware must be the first of MIDDLEWARE: what answers before it (a redirect to a slash, a login) \
             gets no header"
        }
        (Stack::Flask, Preflight) => {
            "a before_request function that authenticates runs for preflights too: let it return when request.method \
             is OPTIONS"
        }
        (Stack::Flask, BareError) => {
            "in debug mode the debugger answers an unhandled exception, outside of Flask-Cors: handle the exception"
        }
        (Stack::Nginx, Preflight) => {
            "put the if into the location that serves the request: return comes before auth_basic, auth_request and \
             proxy_pass"
        }
        (Stack::Nginx, BareError) => "without always, add_header leaves out answers of 4xx and 5xx",
        (Stack::Nginx, Bare) => {
            "a location with an add_header of its own inherits none: repeat them there (or, from 1.29.3 on, \
             add_header_inherit merge)"
        }
        (Stack::Nginx, Twice) => {
            "add_header does not replace what the upstream sends: proxy_hide_header does (fastcgi_hide_header, \
             uwsgi_hide_header, grpc_hide_header)"
        }
        (Stack::Apache, Preflight) => {
            "in .htaccess and <Directory>, mod_rewrite comes after authentication: answer the preflight in the \
             <VirtualHost>"
        }
        (Stack::Apache, BareError) => "Header set leaves out errors: Header always set does not",
        (Stack::Apache, Twice) => {
            "Header always set does not replace what the back end sends, which stands in another table: \
             Header onsuccess unset removes that"
        }
        (Stack::Caddy, Preflight) => {
            "Caddy sorts directives: basic_auth and forward_auth come before respond, unless a route block keeps the \
             order"
        }
        (Stack::Caddy, Twice) => {
            "header does not replace what reverse_proxy passes on later: write header_down -Access-Control-* in the \
             reverse_proxy block"
        }
        (Stack::Caddy, BareError) => {
            "a header with defer (or a - or > in front) is left out when Caddy itself answers with an error"
        }
        (Stack::Envoy, Preflight | Bare | BareError) => {
            "the cors filter must come before jwt_authn, ext_authz and router, and does nothing on a route that \
             redirects or answers directly"
        }
        (Stack::Kong, Preflight) => {
            "a route that lists methods must list OPTIONS, and preflight_continue must be false, or the service \
             answers"
        }
        (Stack::Kong, Bare | BareError) => "the plugin must be on for the route or service that serves the request",
        (Stack::AwsApiGateway, Preflight) => {
            "an HTTP API whose $default or ANY route has an authorizer needs a route OPTIONS /{proxy+} without one; a \
             REST API needs an OPTIONS method with a MOCK integration and no authorizer"
        }
        (Stack::AwsApiGateway, BareError) => {
            "a REST API writes its own errors without headers: add them to the gateway responses DEFAULT_4XX and \
             DEFAULT_5XX"
        }
        (Stack::AwsApiGateway, Bare) => {
            "this is for an HTTP API; behind a REST API with proxy integration the function itself must return the \
             headers"
        }
        (Stack::AwsApiGateway, Twice) => {
            "an HTTP API drops the integration's CORS headers, a REST API does not: set them in one place"
        }
        (Stack::Cloudfront, Preflight) => {
            "the cache behavior must allow OPTIONS, and the policy does not answer it: the origin (or a CloudFront \
             function) must, with 200 or 204"
        }
        (Stack::Cloudfront, OtherOrigin) => {
            "an answer cached for another origin: where your origin writes the headers, the cache policy must include \
             the header Origin"
        }
        (Stack::Cloudfront, Bare | BareError) => {
            "the response headers policy must be named in the cache behavior that matches the path"
        }
        (Stack::Cloudfront, Twice) => "OriginOverride must be true where your origin writes the headers too",
        (Stack::Spring, Preflight | Bare | BareError) => {
            "Spring Security refuses before MVC's @CrossOrigin is asked: http.cors(...) must be in the \
             SecurityFilterChain"
        }
        (Stack::Go, Preflight) => {
            "wrap the mux, not a handler in it: a pattern such as \"PUT /x\" never lets OPTIONS through to it"
        }
        (Stack::Go, Bare | BareError) => "wrap the outermost handler: what answers before it gets no header",
        (Stack::Axum, Preflight | Bare | BareError) => {
            "the layer added last is the outermost, and covers only routes added before it"
        }
        (Stack::Actix, Preflight | Bare | BareError) => {
            "the wrap called last is the outermost: call .wrap(cors) after the one that authenticates"
        }
        (_, OtherOrigin) => {
            "if a cache stands in between: it must keep answers apart by Vary: Origin, and be emptied once"
        }
        (_, Twice) => "something else writes the header too (a second middleware, the proxy in front): leave it to one",
        (Stack::Flask | Stack::Apache | Stack::Caddy, Bare) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Stack, Trouble, of};
    use clap::ValueEnum;

    #[test]
    fn every_stack_says_what_stops_its_preflights() {
        for stack in Stack::value_variants() {
            assert!(of(*stack, Trouble::Preflight).is_some(), "{stack:?}");
            assert!(of(*stack, Trouble::Twice).is_some(), "{stack:?}");
        }
    }

    #[test]
    fn a_missing_header_is_told_apart_by_where_it_is_missing() {
        assert_eq!(Trouble::of("acao-missing", true, Some(401)), Some(Trouble::Preflight));
        assert_eq!(Trouble::of("acao-missing", false, Some(502)), Some(Trouble::BareError));
        assert_eq!(Trouble::of("acao-missing", false, Some(200)), Some(Trouble::Bare));
        assert_eq!(Trouble::of("header-not-allowed", true, Some(204)), None);
    }
}
