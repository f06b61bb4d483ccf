//! The servers and frameworks that `--stack` takes, for every command that has it.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use corsac_diagnose::Stack;

/// Each name, with what it is.
pub(super) fn stacks() -> impl TypedValueParser<Value = Stack> {
    let values =
        Stack::ALL.map(|stack| PossibleValue::new(stack.name()).aliases(stack.other_names()).help(stack.about()));
    PossibleValuesParser::new(values).try_map(|name| Stack::named(&name).ok_or("not a known stack"))
}
