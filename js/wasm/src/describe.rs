//! What a policy or a set holds, as JSON: for people, for logs, and for adapters that have to know
//! which checks a policy needs.

use core::fmt;

use corsac::{Field, Policy};

use crate::json::Json;
use crate::memory::Output;
use crate::open::policies;

/// Writes the tables of this policy or set. Returns the length of the output.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn describe() -> usize {
    let mut output = Output::new();
    let _ = Json::new(&mut output).list(|json| {
        for (path, policy) in policies().tables() {
            json.object(|json| {
                json.key("path")?.bytes(path)?;
                match policy {
                    Some(policy) => write(json, &policy),
                    None => json.key("cors")?.plain(Some(false)),
                }
            })?;
        }
        Ok(())
    });
    output.len()
}

fn write(json: &mut Json<'_, Output>, policy: &Policy<&[u8]>) -> fmt::Result {
    list(json.key("allow_origins")?, policy.origins())?;
    list(json.key("allow_methods")?, policy.methods())?;
    list(json.key("allow_headers")?, policy.request_headers())?;
    list(json.key("expose_headers")?, policy.exposed_headers())?;
    json.key("max_age")?.plain(policy.max_age())?;
    json.key("preflight_status")?.plain(Some(policy.preflight_status()))?;
    json.key("denied_preflight_status")?.plain(policy.denied_preflight_status())?;
    for &switch in Field::ALL.iter().filter(|&&field| policy.is_on(field)) {
        json.key(switch.as_str())?.plain(Some(true))?;
    }
    json.key("public_suffixes_checked")?.plain(Some(policy.is_public_suffix_checked()))
}

fn list<'p>(json: &mut Json<'_, Output>, entries: impl Iterator<Item = &'p [u8]>) -> fmt::Result {
    json.list(|json| {
        for entry in entries {
            json.bytes(entry)?;
        }
        Ok(())
    })
}
