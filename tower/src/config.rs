//! The options of a layer.

use std::sync::Arc;

use crate::check::Check;
use crate::log::Log;
use crate::source::PolicySource;

/// What all clones of a layer have in common.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) source: PolicySource,
    pub(crate) check: Option<Check>,
    pub(crate) report_only: bool,
    pub(crate) log: Arc<Log>,
}
