//! Dialects of frameworks: the options of their CORS packages, as JSON or YAML. They are read, and never written, because Corsac replaces them.

mod django;
mod express;
mod flask;
mod options;
mod starlette;

pub(crate) use django::Django;
pub(crate) use express::Express;
pub(crate) use flask::Flask;
pub(crate) use starlette::Starlette;
