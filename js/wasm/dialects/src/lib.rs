//! What JavaScript calls for other products' CORS configurations: the commands of `npx corsac`.
//!
//! A call is made as one of the module that explains: its two files about that are also here. No rule is here: each export reads its input and
//! calls `corsac_dialects::commands`.

#![cfg(target_arch = "wasm32")]

#[path = "../../explain/src/boundary.rs"]
#[allow(dead_code, reason = "the file belongs to the crate that explains, which uses all of it")]
mod boundary;
mod commands;
mod diff;
#[path = "../../explain/src/fields.rs"]
#[allow(dead_code, reason = "the file belongs to the crate that explains, which uses all of it")]
mod fields;
mod file;
mod simulator;
