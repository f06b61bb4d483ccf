//! The names that JavaScript needs: of classes, denials, header lines and options. So it has no copy
//! of them.

use core::fmt::Write;

use corsac::{Class, DenialCode, READ_HEADERS, UnknownOption, policy_options, table_option};

use crate::json::Json;
use crate::memory::{self, Output};

/// The names of classes and denials, each at its number, of the header lines that are read, in the
/// order of their numbers, and of all options. Returns the length of the output.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn vocabulary() -> usize {
    let mut output = Output::new();
    let _ = Json::new(&mut output).object(|json| {
        json.key("classes")?.list(|json| Class::ALL.iter().try_for_each(|class| json.text(Some(class))))?;
        json.key("denials")?.list(|json| {
            json.plain(None::<u8>)?;
            DenialCode::ALL.iter().try_for_each(|code| json.text(Some(code)))
        })?;
        json.key("readHeaders")?.list(|json| READ_HEADERS.iter().try_for_each(|name| json.text(Some(name))))?;
        json.key("options")?.list(|json| policy_options().try_for_each(|option| json.text(Some(option))))
    });
    output.len()
}

/// What is wrong with a key (in the room) that is not an option: one line, a line feed, and what was
/// probably meant. Returns the length of the output.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn unknown_option(len: usize, is_table: u32) -> usize {
    let Some(key) = memory::input(len).filter(|key| table_option(key).is_none() || is_table == 0) else { return 0 };
    let unknown = if is_table == 0 { UnknownOption::of_policy(key, false) } else { UnknownOption::of_table(key) };
    let mut output = Output::new();
    let _ = writeln!(output, "{unknown}");
    if let Some(advice) = unknown.advice() {
        let _ = write!(output, "{advice}");
    }
    output.len()
}

/// The numbers are the places in the lists above.
const _: () = {
    let mut place = 0;
    while place < Class::ALL.len() {
        assert!(Class::ALL[place] as usize == place);
        place += 1;
    }
    place = 0;
    while place < DenialCode::ALL.len() {
        assert!(DenialCode::ALL[place] as usize == place + 1);
        place += 1;
    }
};
