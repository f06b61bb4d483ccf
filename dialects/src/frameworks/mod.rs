//! Dialects of frameworks: the options of their CORS packages, as JSON or YAML. They are read, and never written, because Corsac replaces them.

mod django;
mod express;
mod fastify;
mod flask;
mod hono;
mod koa;
mod node_options;
mod options;
mod starlette;

pub(crate) use django::Django;
pub(crate) use express::Express;
pub(crate) use fastify::Fastify;
pub(crate) use flask::Flask;
pub(crate) use hono::Hono;
pub(crate) use koa::Koa;
pub(crate) use starlette::Starlette;
