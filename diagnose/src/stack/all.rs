//! The list of stacks, and what each says about a request.

use std::fmt;

use super::fit::Fit;
use super::hint::{self, Trouble};
use super::needed::Needed;
use super::recipe::{Clause, Recipe};
use super::{
    apache, aspnet, aws, caddy, envoy, go, haproxy, kong, kubernetes, laravel, next, nginx, node, python, rails, rust,
    spring, store, traefik,
};

/// The server or framework that responds to the request.
///
/// ```
/// use corsac_diagnose::Stack;
/// let stack = Stack::named("aws-http-api").expect("another name");
/// assert_eq!((stack.name(), stack.about()), ("aws-api-gateway", "Amazon API Gateway, HTTP API"));
/// assert!(stack.other_names().contains(&"aws-http-api"));
/// assert!(Stack::ALL.contains(&stack));
/// ```
#[derive(Clone, Copy)]
pub struct Stack(&'static Recipe);

/// Every stack, in the order of the options.
const ALL: [Stack; 33] = [
    Stack(&node::EXPRESS),
    Stack(&node::FASTIFY),
    Stack(&node::HONO),
    Stack(&node::KOA),
    Stack(&node::NEST),
    Stack(&next::NEXT),
    Stack(&python::FASTAPI),
    Stack(&python::STARLETTE),
    Stack(&python::DJANGO),
    Stack(&python::FLASK),
    Stack(&aspnet::ASPNET),
    Stack(&laravel::LARAVEL),
    Stack(&rails::RAILS),
    Stack(&spring::SPRING),
    Stack(&go::GO),
    Stack(&rust::AXUM),
    Stack(&rust::ACTIX),
    Stack(&nginx::NGINX),
    Stack(&apache::APACHE),
    Stack(&caddy::CADDY),
    Stack(&haproxy::HAPROXY),
    Stack(&traefik::TRAEFIK),
    Stack(&envoy::ENVOY),
    Stack(&kong::KONG),
    Stack(&kubernetes::ISTIO),
    Stack(&kubernetes::GATEWAY_API),
    Stack(&kubernetes::INGRESS_NGINX),
    Stack(&aws::API_GATEWAY),
    Stack(&aws::LAMBDA_URL),
    Stack(&aws::CLOUDFRONT),
    Stack(&store::S3),
    Stack(&store::GCS),
    Stack(&store::AZURE),
];

impl Stack {
    /// Every stack.
    pub const ALL: [Self; ALL.len()] = ALL;

    /// The stack of this name, such as `nginx`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|stack| stack.name() == name || stack.other_names().contains(&name))
    }

    /// Its name, as an option takes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// Other names that an option takes: what its configuration is called where it is read, such as `aws-http-api`.
    #[must_use]
    pub const fn other_names(self) -> &'static [&'static str] {
        self.0.also
    }

    /// What it is, in a few words.
    #[must_use]
    pub const fn about(self) -> &'static str {
        self.0.about
    }

    pub(super) const fn recipe(self) -> &'static Recipe {
        self.0
    }

    /// The snippet, as whole lines, or why this stack cannot allow the request in any configuration.
    pub(crate) fn snippet(self, needed: &Needed) -> Result<Snippet, Vec<&'static str>> {
        let fit = Fit::of(needed);
        let true_of = |clauses: &[Clause]| -> Vec<&'static str> {
            clauses.iter().filter(|(is_true, _)| is_true(&fit)).map(|(_, text)| *text).collect()
        };
        let limits = true_of(self.0.limits);
        if !limits.is_empty() {
            return Err(limits);
        }
        Ok(Snippet {
            place: self.0.place,
            text: (self.0.snippet)(&fit),
            notes: true_of(self.0.notes),
            is_whole: fit.is_whole,
        })
    }

    /// What people get wrong in this stack, if that can be the cause.
    pub(crate) fn hint(self, trouble: Trouble) -> Option<String> {
        hint::of(self.name(), trouble)
    }
}

impl PartialEq for Stack {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Stack {}

impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stack({})", self.name())
    }
}

/// A configuration that allows the request.
#[derive(Clone, Debug)]
pub(crate) struct Snippet {
    /// Where it goes: the start of a sentence.
    pub(crate) place: &'static str,
    /// Whole lines.
    pub(crate) text: String,
    /// What the product does besides.
    pub(crate) notes: Vec<&'static str>,
    /// Whether it has every value. Values that no browser sends are left out, and such an origin is written as
    /// `https://app.example.com`.
    pub(crate) is_whole: bool,
}
