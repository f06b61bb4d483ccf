//! Which tables of a set decide about a path: for people who write policy files.

use corsac::RequestPath;

use crate::json::Json;
use crate::memory::{self, Output};
use crate::open::policies;

/// Which tables decide about requests of the path in the room, as it was sent. Returns the length of the output.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn at(len: usize) -> usize {
    let Some(path) = memory::input(len) else { return 0 };
    let path = RequestPath::raw(path);
    let policies = policies();
    let at = policies.at(&path);
    let mut output = Output::new();
    let _ = Json::new(&mut output).object(|json| {
        json.key("ambiguous")?.plain(Some(at.is_some_and(|policies| policies.is_ambiguous())))?;
        json.key("tables")?.list(|json| {
            for (table, _) in at.iter().flat_map(|policies| policies.policies()) {
                json.plain(Some(table))?;
            }
            Ok(())
        })
    });
    output.len()
}
