//! `corsac verify POLICY URL...`: asks a running server whether it keeps a policy.

use std::sync::Arc;

use corsac_diagnose::UrlCrate;
use corsac_diagnose::live::Check;

use super::baseline::Baseline;
use super::run::{Planned, parsed};
use crate::args::Verify;
use crate::failure::{Failure, Outcome};
use crate::input::shown_name;
use crate::policy_source::load_usable;

pub(crate) fn run(arguments: &Verify) -> Result<Outcome, Failure> {
    let urls = parsed(&arguments.urls)?;
    let baseline = arguments.baseline.as_deref().map(Baseline::read).transpose()?;
    let own = arguments.sending.own_headers()?;
    let Some(policies) = load_usable(&arguments.policy)? else { return Ok(Outcome::Problem) };
    let planned = Planned {
        command: "verify",
        policy: Some(shown_name(&arguments.policy)),
        urls: &urls,
        own: &own,
        sending: &arguments.sending,
        report: &arguments.report,
        baseline: baseline.as_ref(),
        send_unsafe: arguments.send_unsafe,
        has_layers: true,
    };
    let policies = Arc::new(policies);
    planned.run(|url, options| Check::new(Arc::clone(&policies), url, &UrlCrate, options))
}
