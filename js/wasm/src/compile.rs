//! Compiles the options of a policy or a set, and writes every finding as JSON.

use core::fmt;

use corsac::{CompileError, Finding};

#[cfg(feature = "options")]
use crate::given::Given;
use crate::json::{Json, utf16_len};
use crate::memory::{self, Output};

/// The policy decides from now on.
pub(crate) const COMPILED: u32 = 0;
/// There are errors among the findings.
const REFUSED: u32 = 1;
/// The policy needs more memory than there is.
pub(crate) const TOO_LARGE: u32 = 2;
/// A length or an address is not one that `room` gave.
pub(crate) const BAD_CALL: u32 = 3;

/// Compiles the tables at the start of the room: one policy, or a set. Every finding is in the
/// output, also if it compiles; `findings_len` returns its length.
#[cfg(feature = "options")]
#[unsafe(no_mangle)]
pub(crate) extern "C" fn compile(len: usize, tables: u32, is_set: u32) -> u32 {
    let Some(given) =
        memory::input(len).filter(|_| memory::image_len() == 0).and_then(|input| Given::read(input, tables))
    else {
        return BAD_CALL;
    };
    match (is_set, given.first()) {
        (0, None) => BAD_CALL,
        (0, Some(spec)) => {
            run(spec.image_len(), |storage, on_finding| Ok(spec.compile(storage, on_finding)?.image().len()))
        }
        _ => run(corsac::set_image_len(&given), |storage, on_finding| {
            Ok(corsac::compile_set(&given, storage, on_finding)?.image().len())
        }),
    }
}

#[cfg(feature = "options")]
/// Runs the compiler in storage of this length, which gives the length of the image.
fn run(
    needed: usize,
    compile: impl FnOnce(&mut [u8], &mut dyn FnMut(&Finding<'_>)) -> Result<usize, CompileError>,
) -> u32 {
    let Some((storage, output)) = memory::lend(needed) else { return TOO_LARGE };
    finish(storage, output, |storage, json| {
        compile(storage, &mut |finding| _ = json.object(|json| write_finding(json, finding)))
    })
}

/// Collects findings in the output, keeps the image, and returns the outcome.
pub(crate) fn finish(
    storage: &mut [u8],
    output: usize,
    compile: impl FnOnce(&mut [u8], &mut Json<'_, Output>) -> Result<usize, CompileError>,
) -> u32 {
    let mut findings = Output::at(output);
    let mut compiled = Err(CompileError::TooLarge);
    let _ = Json::new(&mut findings).list(|json| {
        compiled = compile(&mut *storage, json);
        Ok(())
    });
    FINDINGS_LEN.store(findings.len(), core::sync::atomic::Ordering::Relaxed);
    match compiled {
        Ok(len) => {
            memory::keep(storage.get(..len).unwrap_or_default());
            COMPILED
        }
        Err(CompileError::Findings { .. }) => REFUSED,
        Err(_) => TOO_LARGE,
    }
}

static FINDINGS_LEN: core::sync::atomic::AtomicUsize = core::sync::atomic::AtomicUsize::new(0);

/// The length of the findings, which are in the output.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn findings_len() -> usize {
    FINDINGS_LEN.load(core::sync::atomic::Ordering::Relaxed)
}

/// The members of a finding.
pub(crate) fn write_finding(json: &mut Json<'_, Output>, finding: &Finding<'_>) -> fmt::Result {
    let Finding { severity, code, table, field, index, text, at, related, suggestion, .. } = finding;
    json.key("severity")?.text(Some(severity))?;
    json.key("code")?.text(Some(code))?;
    json.key("table")?.plain(*table)?;
    json.key("field")?.text(Some(field))?;
    json.key("index")?.plain(*index)?;
    json.key("text")?.bytes(text)?;
    json.key("start")?.plain(Some(utf16_len(text, at.start)))?;
    json.key("end")?.plain(Some(utf16_len(text, at.end)))?;
    json.key("related")?;
    match related {
        Some(related) => json.bytes(related)?,
        None => json.plain(None::<u8>)?,
    }
    json.key("message")?.text(Some(finding))?;
    json.key("suggestion")?.text((!suggestion.is_none()).then_some(suggestion))?;
    json.key("replacement")?.text(suggestion.replacement())
}
