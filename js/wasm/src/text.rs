//! A policy or a set from the text of a policy file.

use corsac::{CompileError, PolicyText, TextError, TextFinding, TextSlot};

use crate::compile::{BAD_CALL, TOO_LARGE, finish, write_finding};
use crate::json::Json;
use crate::memory::{self, Output};

/// Compiles the text in the room. Returns what `compile` returns. Findings also have `line` and
/// `column`. One of them is an error if the text is not TOML.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn compile_text(len: usize) -> u32 {
    let Some(text) = memory::input(len).filter(|_| memory::image_len() == 0) else { return BAD_CALL };
    let Some(scratch_len) = TextSlot::needed(text).checked_mul(size_of::<TextSlot<'_>>()) else { return TOO_LARGE };
    let Some((scratch, behind)) = memory::lend(scratch_len) else { return TOO_LARGE };
    let Some(scratch) = slots(scratch) else { return TOO_LARGE };
    // First without findings, to know how much storage is needed.
    let needed = PolicyText::read(text, &mut *scratch, |_| ()).map_or(0, |read| read.image_len());
    let Some((storage, output)) = memory::lend_at(behind, needed) else { return TOO_LARGE };
    finish(storage, output, |storage, json| {
        let mut add = |finding: &TextFinding<'_>| _ = json.object(|json| write_text_finding(json, finding));
        let read = match PolicyText::read(text, scratch, &mut add) {
            Ok(read) => read,
            Err(TextError::NotToml) => return Err(CompileError::Findings { errors: 1 }),
            Err(_) => return Err(CompileError::TooLarge),
        };
        Ok(read.compile(storage, add)?.image().len())
    })
}

/// Memory as slots of the reader.
fn slots<'m, 't>(memory: &'m mut [u8]) -> Option<&'m mut [TextSlot<'t>]> {
    let count = memory.len() / size_of::<TextSlot<'_>>();
    let first = memory.as_mut_ptr().cast::<TextSlot<'t>>();
    if !first.is_aligned() {
        return None;
    }
    for place in 0..count {
        // SAFETY: `count` slots fit into the memory, from an aligned one on.
        unsafe { first.add(place).write(TextSlot::default()) };
    }
    // SAFETY: as above. Each of them was just written, and is borrowed for as long as the memory.
    Some(unsafe { core::slice::from_raw_parts_mut(first, count) })
}

fn write_text_finding(json: &mut Json<'_, Output>, finding: &TextFinding<'_>) -> core::fmt::Result {
    let has_place = finding.span.is_some();
    match finding.finding() {
        Some(of_spec) => write_finding(json, of_spec)?,
        None => {
            json.key("severity")?.text(Some(finding.severity))?;
            json.key("code")?.text(Some(finding.code()))?;
            json.key("field")?.bytes(finding.field)?;
            json.key("message")?.text(Some(finding))?;
            json.key("suggestion")?.text(finding.advice())?;
        }
    }
    // The numbers of the text. The engine counts without what the reader refused.
    json.key("table")?.plain(finding.table)?;
    json.key("index")?.plain(finding.index)?;
    json.key("line")?.plain(has_place.then_some(finding.line))?;
    json.key("column")?.plain(has_place.then_some(finding.column))
}
