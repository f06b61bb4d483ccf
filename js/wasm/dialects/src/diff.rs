//! Two policies or configurations, compared.

use corsac::PolicySet;
use corsac_dialects::Side;
use corsac_dialects::commands::{Comparison, DiffFormat, Found, side_of};
use serde::Serialize;

use crate::boundary::respond;
use crate::commands::{Printed, opened};
use crate::fields::{Fields, bytes};
use crate::file::File;

#[derive(Serialize)]
struct Kind {
    /// `false`: it is a policy.
    is_configuration: bool,
}

/// Whether the file that follows the options is another product's configuration.
#[unsafe(no_mangle)]
extern "C" fn kind(options_len: usize) -> usize {
    respond(options_len, |fields, body| {
        let found = File::read(fields, body)?.given().only_one_or_policy()?;
        Ok(Kind { is_configuration: found.is_some() })
    })
}

enum Compared {
    Policies(PolicySet<Vec<u8>>),
    Configuration(Found),
}

impl Compared {
    /// An image, or a file in another product's words.
    fn read(mut fields: Fields, body: &[u8]) -> Result<(String, Self), String> {
        if fields.flag("is_image")? {
            let name = fields.text("name")?.unwrap_or_default();
            fields.end()?;
            return Ok((name, Self::Policies(opened(body)?)));
        }
        let file = File::read(fields, body)?;
        let found = file.given().only_one()?;
        Ok((file.name, Self::Configuration(found)))
    }

    fn side<'s>(&'s self, path: &'s [u8]) -> Result<Side<'s>, String> {
        match self {
            Self::Policies(policies) => Ok(Side::policy(policies, path)),
            Self::Configuration(found) => side_of(found),
        }
    }
}

/// Compares the two files that follow the options: `before`, of `before_len` bytes, and `after`.
#[unsafe(no_mangle)]
extern "C" fn diff(options_len: usize) -> usize {
    respond(options_len, |mut fields, body| {
        let before_len = fields.number("before_len")?.and_then(|len| usize::try_from(len).ok());
        let (one, other) =
            before_len.and_then(|len| body.split_at_checked(len)).ok_or("a file is longer than the room")?;
        let (before_name, before) = Compared::read(fields.object("before")?, one)?;
        let (after_name, after) = Compared::read(fields.object("after")?, other)?;
        let path = bytes(&fields.text("path")?.unwrap_or_default());
        let format = match fields.text("format")?.as_deref() {
            Some("json") => DiffFormat::Json,
            Some("github") => DiffFormat::Github,
            _ => DiffFormat::Text,
        };
        let width = fields.number("width")?.and_then(|width| u16::try_from(width).ok());
        fields.end()?;
        let comparison = Comparison { names: [&before_name, &after_name], format, width };
        Ok(Printed::from(comparison.of(&before.side(&path)?, &after.side(&path)?)))
    })
}
