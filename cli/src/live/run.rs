//! A run over several URLs: sends the questions of each, and puts the results together.

use corsac::browser::HttpVersion;
use corsac_diagnose::exchange::{Headers, Response};
use corsac_diagnose::live::{self, Ask, Check, CheckOptions, Checked, Run, RunEnd};

use super::baseline::Baseline;
use super::forms::{github, junit, sarif};
use super::sending::{Asking, Sending, dry_run};
use crate::args::{ReportFormat, ReportOptions, SendingOptions};
use crate::failure::{Failure, Outcome, print_out, write_out};
use crate::probe::again::random;
use crate::probe::target;

/// More URLs than one service has layers: these are pages, and only those with findings are kept.
const LAYERS: usize = 16;

impl Asking for Check {
    fn next_ask(&mut self) -> Option<Ask> {
        Self::next_ask(self)
    }

    fn take(&mut self, response: Response, http_version: HttpVersion) {
        Self::take(self, response, http_version);
    }

    fn fail(&mut self, why: &str) {
        Self::fail(self, why);
    }
}

/// A run, ready to be sent.
pub(super) struct Planned<'r> {
    pub(super) command: &'static str,
    pub(super) policy: Option<String>,
    pub(super) urls: &'r [String],
    pub(super) own: &'r Headers,
    pub(super) sending: &'r SendingOptions,
    pub(super) report: &'r ReportOptions,
    pub(super) baseline: Option<&'r Baseline>,
    pub(super) send_unsafe: bool,
    /// Whether the URLs are layers of one service.
    pub(super) has_layers: bool,
}

/// The URLs as the URL standard writes them.
pub(super) fn parsed(urls: &[String]) -> Result<Vec<String>, Failure> {
    urls.iter().map(|url| target::parse(url).map(String::from)).collect::<Result<_, _>>().map_err(Failure::Message)
}

impl Planned<'_> {
    /// Runs the checks that `check` makes for a URL.
    pub(super) fn run(&self, check: impl Fn(&str, CheckOptions) -> Result<Check, String>) -> Result<Outcome, Failure> {
        let secrets = names(self.own);
        let base = random();
        let make = |number: usize, url: &str, limit: usize| {
            let random = base.wrapping_add((number as u64) << 32);
            let options = CheckOptions {
                random,
                limit,
                send_unsafe: self.send_unsafe,
                stacks: self.report.stacks.clone(),
                secrets: secrets.clone(),
            };
            check(url, options).map_err(Failure::Message)
        };
        if self.sending.dry_run {
            return self.print_plan(&make, &secrets);
        }
        let mut planned = 0;
        for (number, url) in self.urls.iter().enumerate() {
            planned += make(number, url, 0)?.planned();
        }
        let client = self.sending.client()?;
        let limit = self.sending.max_requests;
        let mut sending = Sending::new(&client, self.own, limit, planned)?;
        let mut run = Run::new(self.command, self.policy.clone(), planned, self.urls.len());
        for (number, url) in self.urls.iter().enumerate() {
            // One more than may be sent, so that it shows whether something is left.
            let mut check = make(number, url, limit.saturating_add(1))?;
            let end = sending.run(&mut check);
            let mut checked = check.finished();
            if let Some(baseline) = self.baseline {
                run.known += baseline.remove_known(&mut checked);
            }
            self.keep(&mut run.layers, checked);
            if let Some(end) = end {
                run.end = end;
                break;
            }
        }
        run.sent = sending.sent;
        if let RunEnd::NoResponse { because } = &run.end
            && run.sent == 1
        {
            return Err(Failure::Message(format!("no response: {because}")));
        }
        if self.has_layers && self.urls.len() <= LAYERS {
            run.lost = live::lost(&run.layers);
        }
        run.conclude();
        match self.report.format {
            ReportFormat::Text => print_out(&run.text())?,
            ReportFormat::Json => write_out(run.json().as_bytes())?,
            ReportFormat::Junit => write_out(junit(&run)?.as_bytes())?,
            ReportFormat::Sarif => write_out(sarif(&run).as_bytes())?,
            ReportFormat::Github => write_out(github(&run).as_bytes())?,
        }
        match run.outcome {
            "kept" => Ok(Outcome::Fine),
            "broken" => Ok(Outcome::Problem),
            _ => Err(Failure::AlreadyShown),
        }
    }

    /// Keeps a result. Of many URLs, only those with something to report are kept.
    fn keep(&self, layers: &mut Vec<Checked>, checked: Checked) {
        if self.urls.len() <= LAYERS || !checked.is_clean() {
            layers.push(checked);
        }
    }

    fn print_plan(
        &self,
        make: &dyn Fn(usize, &str, usize) -> Result<Check, Failure>,
        secrets: &[String],
    ) -> Result<Outcome, Failure> {
        let mut left = self.sending.max_requests;
        for (number, url) in self.urls.iter().enumerate() {
            let mut text = String::new();
            let mut check = make(number, url, left)?;
            dry_run(&mut check, &mut |ask| {
                if left > 0 {
                    left -= 1;
                    text.push_str(&live::curl(ask, secrets));
                    text.push('\n');
                }
            });
            print_out(&text)?;
        }
        Ok(Outcome::Fine)
    }
}

/// The names of the headers whose values are never shown.
pub(super) fn names(own: &Headers) -> Vec<String> {
    own.iter().map(|(name, _)| String::from_utf8_lossy(name).into_owned()).collect()
}
