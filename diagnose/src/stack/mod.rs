//! The fix for one server or framework: a short snippet of its configuration that allows exactly one request, from [`Needed`].
//!
//! Each stack is a [`Recipe`](recipe::Recipe): one value with its name, its texts and the function that writes the snippet. What people get wrong in it is
//! in `codes/stacks.md`.

mod all;
mod apache;
mod aspnet;
mod aws;
mod caddy;
mod envoy;
mod fit;
mod go;
mod guess;
mod haproxy;
mod hint;
mod kong;
mod kubernetes;
mod laravel;
mod layers;
mod needed;
mod next;
mod nginx;
mod node;
#[cfg(test)]
mod parsers;
mod python;
mod quote;
mod rails;
mod recipe;
mod rust;
mod shown;
mod sign;
mod snippet;
mod spring;
mod store;
#[cfg(test)]
mod texts;
mod traefik;

pub use all::Stack;
pub(crate) use fit::is_listable;
pub(crate) use guess::{Guess, guesses, offer};
pub(crate) use hint::Trouble;
pub(crate) use layers::push;
pub(crate) use needed::Needed;
pub(crate) use shown::offer_shown;
