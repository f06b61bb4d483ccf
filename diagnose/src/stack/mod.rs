//! The fix for one server or framework: a short snippet of its configuration that allows exactly one request, from [`Needed`].

mod apache;
mod aws;
mod caddy;
mod envoy;
mod express;
mod fit;
mod go;
mod hint;
mod kong;
mod needed;
mod nginx;
#[cfg(test)]
mod parsers;
mod python;
mod quote;
mod rust;
mod snippet;
mod spring;
#[cfg(test)]
mod texts;

use fit::Fit;
pub(crate) use hint::Trouble;
pub(crate) use needed::Needed;

/// Whether a snippet has every value. Values that no browser sends are left out, and such an origin is written as
/// `https://app.example.com`.
pub(crate) fn is_writable(needed: &Needed) -> bool {
    Fit::of(needed).is_whole
}

/// The server or framework that responds to the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stack {
    /// Express with the package cors (Node.js)
    Express,
    /// FastAPI (Python)
    Fastapi,
    /// Starlette (Python)
    Starlette,
    /// Django with django-cors-headers (Python)
    Django,
    /// Flask with Flask-Cors (Python)
    Flask,
    /// nginx
    Nginx,
    /// Apache HTTP Server 2.4
    Apache,
    /// Caddy 2
    Caddy,
    /// Envoy, configured by YAML
    Envoy,
    /// Kong Gateway
    Kong,
    /// Amazon API Gateway, HTTP API
    AwsApiGateway,
    /// Amazon CloudFront
    Cloudfront,
    /// Spring Security (Java)
    Spring,
    /// Go's net/http with github.com/rs/cors
    Go,
    /// axum with tower-http (Rust)
    Axum,
    /// Actix Web with actix-cors (Rust)
    Actix,
}

/// Each stack, its name in options, and what it is.
const NAMES: [(Stack, &str, &str); 16] = [
    (Stack::Express, "express", "Express with the package cors (Node.js)"),
    (Stack::Fastapi, "fastapi", "FastAPI (Python)"),
    (Stack::Starlette, "starlette", "Starlette (Python)"),
    (Stack::Django, "django", "Django with django-cors-headers (Python)"),
    (Stack::Flask, "flask", "Flask with Flask-Cors (Python)"),
    (Stack::Nginx, "nginx", "nginx"),
    (Stack::Apache, "apache", "Apache HTTP Server 2.4"),
    (Stack::Caddy, "caddy", "Caddy 2"),
    (Stack::Envoy, "envoy", "Envoy, configured by YAML"),
    (Stack::Kong, "kong", "Kong Gateway"),
    (Stack::AwsApiGateway, "aws-api-gateway", "Amazon API Gateway, HTTP API"),
    (Stack::Cloudfront, "cloudfront", "Amazon CloudFront"),
    (Stack::Spring, "spring", "Spring Security (Java)"),
    (Stack::Go, "go", "Go's net/http with github.com/rs/cors"),
    (Stack::Axum, "axum", "axum with tower-http (Rust)"),
    (Stack::Actix, "actix", "Actix Web with actix-cors (Rust)"),
];

impl Stack {
    /// Every stack.
    pub const ALL: [Self; NAMES.len()] = {
        let (mut all, mut place) = ([Self::Express; NAMES.len()], 0);
        while place < NAMES.len() {
            all[place] = NAMES[place].0;
            place += 1;
        }
        all
    };

    /// The stack of this name, such as `nginx`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known, _)| *known == name).map(|(stack, ..)| *stack)
    }

    /// Its name, as an option takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// What it is, in a few words.
    #[must_use]
    pub fn about(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (Self, &'static str, &'static str) {
        NAMES.into_iter().find(|(stack, ..)| *stack == self).unwrap_or((self, "", ""))
    }

    /// The snippet, as whole lines.
    pub(crate) fn snippet(self, needed: &Needed) -> String {
        let fit = Fit::of(needed);
        match self {
            Self::Express => express::snippet(&fit),
            Self::Fastapi => python::fastapi(&fit),
            Self::Starlette => python::starlette(&fit),
            Self::Django => python::django(&fit),
            Self::Flask => python::flask(&fit),
            Self::Nginx => nginx::snippet(&fit),
            Self::Apache => apache::snippet(&fit),
            Self::Caddy => caddy::snippet(&fit),
            Self::Envoy => envoy::snippet(&fit),
            Self::Kong => kong::snippet(&fit),
            Self::AwsApiGateway => aws::api_gateway(&fit),
            Self::Cloudfront => aws::cloudfront(&fit),
            Self::Spring => spring::snippet(&fit),
            Self::Go => go::snippet(&fit),
            Self::Axum => rust::axum(&fit),
            Self::Actix => rust::actix(&fit),
        }
    }

    /// Where the snippet goes, and what else it needs: the start of a sentence. The snippet names this request only.
    pub(crate) fn place(self) -> &'static str {
        match self {
            Self::Express => {
                "Add this where you create the app, before anything else that the app uses (npm install cors)"
            }
            Self::Fastapi => "Add this after every other add_middleware",
            Self::Starlette => "Add this where you create the app, first in its list of middleware",
            Self::Django => "Add this to settings.py, below MIDDLEWARE (pip install django-cors-headers)",
            Self::Flask => "Add this where you create the app (pip install flask-cors)",
            Self::Nginx => "Add this to the location that serves the URL",
            Self::Apache => {
                "Add this to the <VirtualHost>, with mod_headers and mod_rewrite turned on (a2enmod headers rewrite)"
            }
            Self::Caddy => "Put this into the site block, around what is already there",
            Self::Envoy => "Add http_filters to the connection manager, and the rest to the virtual host or the route",
            Self::Kong => {
                "Add this to the declarative configuration: under the service or the route, or at the top for all"
            }
            Self::AwsApiGateway => {
                "For an HTTP API, save this as cors.json and run \
                 aws apigatewayv2 update-api --api-id ID --cors-configuration file://cors.json"
            }
            Self::Cloudfront => {
                "Save this as policy.json, run aws cloudfront create-response-headers-policy \
                 --response-headers-policy-config file://policy.json, and name its id in the cache behavior"
            }
            Self::Spring => "Add this to a @Configuration class",
            Self::Go => "Put this around the outermost handler (go get github.com/rs/cors)",
            Self::Axum => "Add this after every other layer (cargo add tower-http --features cors)",
            Self::Actix => "Add this to the closure of HttpServer::new (cargo add actix-cors)",
        }
    }

    /// What this stack cannot allow in any configuration, if the request needs it.
    pub(crate) fn limit(self, needed: &Needed) -> Option<&'static str> {
        let fit = Fit::of(needed);
        match self {
            Self::Kong if !fit.is_known_method() => Some(
                "Kong's plugin takes no other methods than those of HTTP itself: let the service respond to the preflight (preflight_continue: true)",
            ),
            Self::Kong if fit.has_ip_literal() => {
                Some("Kong's plugin does not match an origin that is an IPv6 address: serve the page under a name")
            }
            Self::AwsApiGateway if !fit.is_known_method() => Some(
                "an HTTP API takes no other methods than GET, HEAD, OPTIONS, PATCH, POST, PUT and DELETE: use one of these",
            ),
            Self::AwsApiGateway if !fit.is_http() => {
                Some("an HTTP API takes only http:// and https:// origins: let the integration respond instead")
            }
            Self::Cloudfront if !fit.is_known_method() => Some(
                "CloudFront forwards no other methods than GET, HEAD, OPTIONS, PATCH, POST, PUT and DELETE: use one of these",
            ),
            Self::Flask if fit.preflight && fit.method.contains(|c: char| c.is_ascii_lowercase()) => {
                Some("Flask-Cors sends the method back in upper case, which is another method: send it in upper case")
            }
            _ => None,
        }
    }

    /// What people get wrong in this stack, if that can be the cause.
    pub(crate) fn hint(self, trouble: Trouble) -> Option<String> {
        hint::of(self.name(), trouble)
    }
}
