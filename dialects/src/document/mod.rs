//! YAML, JSON and XML documents with the places of their values. JSON is read as YAML.

mod node;
mod place;
mod read;
mod xml;

pub use node::{Booleans, Key, Node, Scalar, Value};
pub use place::Place;
pub use read::{Document, ReadError};

/// Reads all documents of a text: YAML, JSON, or XML where it begins with `<`.
///
/// # Errors
/// A [`ReadError`]: the text is none of them, is over a limit (10 MB, 64 levels, 10 000 values repeated by aliases), or has a key twice.
pub fn read(text: &str) -> Result<Vec<Document>, ReadError> {
    read::check_length(text)?;
    if text.trim_start().starts_with('<') { xml::read(text) } else { read::read(text) }
}
