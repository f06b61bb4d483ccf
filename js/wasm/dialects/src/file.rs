//! A file in another product's words, and what the options say about it.

use corsac_dialects::commands::{Chosen, Given, text_of};

use crate::fields::Fields;

pub(crate) struct File {
    pub(crate) name: String,
    text: String,
    from: Option<String>,
    version: Option<String>,
    only: Option<String>,
}

impl File {
    /// `name`, `from`, `product_version` and `only`. No other option is left.
    pub(crate) fn read(mut fields: Fields, bytes: &[u8]) -> Result<Self, String> {
        let name = fields.text("name")?.unwrap_or_default();
        let (from, version, only) = (fields.text("from")?, fields.text("product_version")?, fields.text("only")?);
        fields.end()?;
        let text = text_of(bytes.to_vec(), &name)?;
        Ok(Self { name, text, from, version, only })
    }

    pub(crate) fn given(&self) -> Given<'_> {
        let chosen =
            Chosen { from: self.from.as_deref(), version: self.version.as_deref(), only: self.only.as_deref() };
        Given { name: &self.name, text: &self.text, chosen }
    }
}
