//! YAML and JSON documents with the places of their values. JSON is read as YAML.

mod node;
mod place;
mod read;

pub use node::{Booleans, Key, Node, Scalar, Value};
pub use place::Place;
pub use read::{Document, ReadError, read};
