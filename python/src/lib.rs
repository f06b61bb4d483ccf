//! `corsac._native`: the engine for Python. This crate reads arguments, calls the engine and
//! converts the result. It has no CORS rule of its own.

mod decision;
mod denial;
mod exchange;
mod explain;
mod explain_capture;
mod explain_text;
mod explanation;
mod finding;
mod header_tuple;
mod interpreter;
mod live_check;
mod mapping;
mod options;
mod origin_check;
mod own_response;
mod path_table;
mod policy;
mod policy_set;
mod regex;
mod remembered;
mod repr;
mod request_headers;
mod text;

#[pyo3::pymodule(gil_used = false)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::decision::{Decision, restore_decision};
    #[pymodule_export]
    use crate::denial::{Denial, restore_denial};
    #[pymodule_export]
    use crate::explain::explain;
    #[pymodule_export]
    use crate::explain_capture::read_capture;
    #[pymodule_export]
    use crate::explain_text::read_paste;
    #[pymodule_export]
    use crate::explanation::{Blocked, Explanation, ResponseWarning, Sent};
    #[pymodule_export]
    use crate::finding::Finding;
    #[pymodule_export]
    use crate::live_check::LiveCheck;
    #[pymodule_export]
    use crate::own_response::own_refusal;
    #[pymodule_export]
    use crate::path_table::PathTable;
    #[pymodule_export]
    use crate::policy::{Policy, restore_policy};
    #[pymodule_export]
    use crate::policy_set::{PolicySet, restore_policy_set};
    #[pymodule_export]
    use crate::regex::{advise_regex, prove_regex};
    #[pymodule_export]
    use crate::request_headers::reusable_headers;
    #[pymodule_export]
    use crate::text::{policy_of_text, policy_or_set_of_text, policy_set_of_text};
    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::interpreter::refuse_second_interpreter(module.py())?;
        module.add("_FINDING_NUMBERS", crate::finding::numbers(module.py())?)
    }
}
