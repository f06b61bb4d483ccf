//! Commands about one file: what is printed, and the exit code.

use corsac::PolicySet;
use corsac_dialects::CoreError;
use corsac_dialects::commands as run;
use corsac_dialects::commands::{Format, Ran, named};
use serde::Serialize;

use crate::boundary::respond;
use crate::fields::Fields;
use crate::file::File;

/// What a command prints, and its exit code.
#[derive(Serialize)]
pub(crate) struct Printed {
    out: String,
    err: String,
    code: u8,
}

impl From<Ran> for Printed {
    fn from(ran: Ran) -> Self {
        Self { out: ran.out, err: ran.err, code: ran.outcome as u8 }
    }
}

/// Checks the file that follows the options. The output is null if the file is a policy.
#[unsafe(no_mangle)]
extern "C" fn check(options_len: usize) -> usize {
    respond(options_len, |mut fields, body| {
        let path = fields.text("path")?.unwrap_or_default();
        let format = if fields.flag("json")? { Format::Json } else { Format::Text };
        let file = File::read(fields, body)?;
        Ok(run::check(&file.given(), path.as_bytes(), format)?.map(Printed::from))
    })
}

/// Turns the file that follows the options into a policy file. This module has no public suffix list: JavaScript compiles the policy with it,
/// and if that finds errors, calls this again with them.
#[unsafe(no_mangle)]
extern "C" fn import(options_len: usize) -> usize {
    respond(options_len, |mut fields, body| {
        let errors: Vec<Error> = fields.objects("errors")?.into_iter().map(Error::read).collect::<Result<_, _>>()?;
        let file = File::read(fields, body)?;
        let ran = if errors.is_empty() {
            run::import(&file.given())?
        } else {
            let errors: Vec<CoreError<'_>> = errors.iter().map(Error::lend).collect();
            run::import_refused(&file.given(), &errors)?
        };
        Ok(Printed::from(ran))
    })
}

/// An error of the compiler of policies.
struct Error {
    code: String,
    item: String,
    message: String,
    suggestion: Option<String>,
}

impl Error {
    fn read(mut fields: Fields) -> Result<Self, String> {
        let mut text = |name| fields.text(name).map(Option::unwrap_or_default);
        let (code, item, message) = (text("code")?, text("item")?, text("message")?);
        let suggestion = fields.text("suggestion")?;
        fields.end().map(|()| Self { code, item, message, suggestion })
    }

    fn lend(&self) -> CoreError<'_> {
        let Self { code, item, message, suggestion } = self;
        CoreError { code, item: item.as_bytes(), message, suggestion: suggestion.as_deref() }
    }
}

/// Writes the policy whose image follows the options in the words of the dialect `to`.
#[unsafe(no_mangle)]
extern "C" fn export(options_len: usize) -> usize {
    respond(options_len, |mut fields, image| {
        let dialect = named(&fields.text("to")?.unwrap_or_default())?;
        let name = fields.text("name")?.unwrap_or_default();
        fields.end()?;
        run::export(dialect, &opened(image)?, &name).map(Printed::from)
    })
}

/// Refuses the name of an unknown dialect, with the names of all.
#[unsafe(no_mangle)]
extern "C" fn known(options_len: usize) -> usize {
    respond(options_len, |mut fields: Fields, _| {
        named(&fields.text("to")?.unwrap_or_default())?;
        fields.end()
    })
}

/// The policies of an image.
pub(crate) fn opened(image: &[u8]) -> Result<PolicySet<Vec<u8>>, String> {
    PolicySet::open(image.to_vec()).map_err(|error| error.to_string())
}
