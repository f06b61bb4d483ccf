//! `corsac audit URL...`: asks which strangers a running server lets in.

use std::collections::BTreeSet;
use std::io::Write as _;

use corsac::Escaped;
use corsac_diagnose::live::{Check, CheckOptions};
use corsac_diagnose::{PublicSuffixList, UrlCrate};
use url::Url;

use super::run::{Planned, parsed};
use crate::args::Audit;
use crate::failure::{Failure, Outcome};
use crate::probe::target::is_loopback;
use crate::script_options::check_origin;

pub(crate) fn run(arguments: &Audit) -> Result<Outcome, Failure> {
    let urls = parsed(&arguments.urls)?;
    let own = arguments.sending.own_headers()?;
    for origin in &arguments.origins {
        check_origin(origin.as_encoded_bytes()).map_err(Failure::Message)?;
    }
    let origins: Vec<String> = arguments.origins.iter().map(|origin| origin.to_string_lossy().into_owned()).collect();
    let check = |url: &str, options| Check::audit(url, &UrlCrate, &origins, Some(&PublicSuffixList), options);
    if !arguments.i_may_test && !arguments.sending.dry_run {
        permit(&urls, |url| check(url, CheckOptions::default()))?;
    }
    let planned = Planned {
        command: "audit",
        policy: None,
        urls: &urls,
        own: &own,
        sending: &arguments.sending,
        report: &arguments.report,
        baseline: None,
        send_unsafe: false,
        has_layers: false,
    };
    planned.run(check)
}

/// Refuses to ask other machines before the person said that they may be tested.
fn permit(urls: &[String], check: impl Fn(&str) -> Result<Check, String>) -> Result<(), Failure> {
    let mut hosts = BTreeSet::new();
    let mut requests = 0;
    for text in urls {
        let Ok(url) = Url::parse(text) else { continue };
        if !is_loopback(&url) {
            hosts.insert(url.host_str().unwrap_or_default().to_owned());
            requests += check(text).map_err(Failure::Message)?.planned();
        }
    }
    if hosts.is_empty() {
        return Ok(());
    }
    let mut err = anstream::stderr();
    let _ = writeln!(err, "This would send {requests} requests, GET and OPTIONS, with origins that are not yours, to:");
    for host in &hosts {
        let _ = writeln!(err, "    {}", Escaped(host.as_bytes()));
    }
    Err(Failure::Message(
        "if you may test these servers, write --i-may-test; to see the requests, write --dry-run".to_owned(),
    ))
}
