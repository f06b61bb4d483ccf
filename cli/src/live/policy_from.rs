//! `corsac policy-from URL --origin O...`: drafts a policy from what a running server sends.

use std::path::Path;

use corsac::browser::HttpVersion;
use corsac_diagnose::UrlCrate;
use corsac_diagnose::exchange::Response;
use corsac_diagnose::live::{self, Ask, Draft, RunEnd};

use super::run::names;
use super::sending::{Asking, Sending, dry_run};
use crate::args::PolicyFrom;
use crate::compile::write_file;
use crate::failure::{Failure, Outcome, print_out, write_out};
use crate::policy_source::{Loaded, Unread, read};
use crate::probe::again::random;
use crate::probe::target;
use crate::script_options::check_origin;

impl Asking for Draft<'_> {
    fn next_ask(&mut self) -> Option<Ask> {
        Self::next_ask(self)
    }

    fn take(&mut self, response: Response, http_version: HttpVersion) {
        Self::take(self, response, http_version);
    }

    fn fail(&mut self, _why: &str) {
        Self::fail(self);
    }
}

pub(crate) fn run(arguments: &PolicyFrom) -> Result<Outcome, Failure> {
    let url = target::parse(&arguments.url).map_err(Failure::Message)?;
    for origin in &arguments.origins {
        check_origin(origin.as_encoded_bytes()).map_err(Failure::Message)?;
    }
    let origins: Vec<String> = arguments.origins.iter().map(|origin| origin.to_string_lossy().into_owned()).collect();
    let own = arguments.sending.own_headers()?;
    let mut draft = Draft::new(url.as_str(), &UrlCrate, &origins, random()).map_err(Failure::Message)?;
    if arguments.sending.dry_run {
        let (mut text, secrets) = (String::new(), names(&own));
        dry_run(&mut draft, &mut |ask| {
            text.push_str(&live::curl(ask, &secrets));
            text.push('\n');
        });
        print_out(&text)?;
        return Ok(Outcome::Fine);
    }
    let client = arguments.sending.client()?;
    let planned = draft.planned();
    let mut sending = Sending::new(&client, &own, arguments.sending.max_requests, planned)?;
    if let Some(end) = sending.run(&mut draft) {
        let sent = sending.sent;
        return Err(Failure::Message(match end {
            RunEnd::NoResponse { because } => format!("no response: {because}"),
            RunEnd::Busy { said } => format!("tried {sent} of {planned} requests: the server asked for fewer ({said})"),
            RunEnd::Limit { limit } => {
                format!("tried {sent} of {planned} requests: write --max-requests {planned} instead of {limit}")
            }
            _ => format!("tried {sent} of {planned} requests, then you stopped it"),
        }));
    }
    let drafted = draft.finished();
    if drafted.refused.is_none() {
        passes(&drafted.text)?;
    }
    if arguments.output == Path::new("-") {
        write_out(drafted.text.as_bytes())?;
    } else {
        write_file(&arguments.output, drafted.text.as_bytes())?;
    }
    match drafted.refused {
        None => Ok(Outcome::Fine),
        Some(why) => {
            Failure::Message(why).show();
            Ok(Outcome::Problem)
        }
    }
}

/// A draft that `corsac check` refuses would be a mistake of this program.
fn passes(text: &str) -> Result<(), Failure> {
    match read("the draft", text.to_owned(), 1) {
        Ok(Loaded::File { policies: Some(_), .. } | Loaded::Image(_)) => Ok(()),
        Ok(Loaded::File { report, .. }) => {
            Err(Failure::Message(format!("the draft has {} errors: please report this", report.errors())))
        }
        Err(Unread::Because(why)) => Err(Failure::Message(why)),
        Err(Unread::NotToml { .. }) => Err(Failure::Message("the draft is not TOML: please report this".to_owned())),
    }
}
