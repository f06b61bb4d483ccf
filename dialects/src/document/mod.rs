//! YAML, JSON, XML and Terraform's documents with the places of their values. JSON is read as YAML.

mod node;
mod place;
mod read;
mod terraform;
mod xml;

pub use node::{Booleans, Key, Node, Scalar, Value};
pub use place::Place;
pub use read::{Document, ReadError};

/// Reads all documents of a text: YAML, JSON, XML where it begins with `<`, or Terraform where it begins with one of its blocks. A file of
/// Terraform becomes what `terraform show -json` would print of its resources, with [`Value::Unknown`] for all that is not a literal.
///
/// # Errors
/// A [`ReadError`]: the text is none of them, is over a limit (10 MB, 64 levels, 10 000 values repeated by aliases), or has a key twice.
///
/// ```
/// use corsac_dialects::document::read;
/// assert_eq!(read(r#"{"CORSRules": []}"#)?.len(), 1);
/// assert!(read("<CORSConfiguration><CORSRule/></CORSConfiguration>").is_ok());
/// assert!(read("a: [").is_err());
/// # Ok::<(), corsac_dialects::document::ReadError>(())
/// ```
pub fn read(text: &str) -> Result<Vec<Document>, ReadError> {
    read::check_length(text)?;
    match () {
        () if text.trim_start().starts_with('<') => xml::read(text),
        () if terraform::is_terraform(text) => terraform::read(text),
        () => read::read(text),
    }
}
