//! `corsac verify POLICY URL...`: asks a running server whether it keeps a policy.

use corsac::PolicySet;
use corsac_diagnose::UrlCrate;
use corsac_diagnose::exchange::{Headers, Response};
use corsac_diagnose::live::{self, Ask, Checked, Run, RunEnd, Verify, VerifyOptions};

use super::baseline::Baseline;
use super::sending::{Asking, Sending, dry_run};
use crate::args::{Format, Verify as Arguments};
use crate::failure::{Failure, Outcome, print_out, write_out};
use crate::input::shown_name;
use crate::policy_source::load_usable;
use crate::probe::again::random;
use crate::probe::target;

/// More URLs than one service has layers: these are pages, and only those with findings are kept.
const LAYERS: usize = 16;

impl Asking for Verify<'_> {
    fn next_ask(&mut self) -> Option<Ask> {
        Self::next_ask(self)
    }

    fn take(&mut self, response: Response) {
        Self::take(self, response);
    }

    fn fail(&mut self, why: &str) {
        Self::fail(self, why);
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let sending = &arguments.sending;
    let urls: Vec<String> = arguments
        .urls
        .iter()
        .map(|url| target::parse(url).map(String::from))
        .collect::<Result<_, _>>()
        .map_err(Failure::Message)?;
    let baseline = arguments.baseline.as_deref().map(Baseline::read).transpose()?;
    let own = sending.own_headers()?;
    let client = sending.client()?;
    let Some(policies) = load_usable(&arguments.policy)? else { return Ok(Outcome::Problem) };
    let secrets: Vec<String> = own.iter().map(|(name, _)| String::from_utf8_lossy(name).into_owned()).collect();
    let options = VerifyOptions {
        random: random(),
        limit: sending.max_requests,
        send_unsafe: arguments.send_unsafe,
        stacks: &sending.stacks,
        secrets: &secrets,
    };
    if sending.dry_run {
        return print_plan(&policies, &urls, options);
    }
    let run = ask_all(&policies, &urls, options, &client, &own, baseline.as_ref(), shown_name(&arguments.policy))?;
    if sending.format == Format::Json {
        write_out(run.json().as_bytes())?;
    } else {
        print_out(&run.text())?;
    }
    end(&run)
}

/// The exit code of a run.
pub(super) fn end(run: &Run) -> Result<Outcome, Failure> {
    match run.outcome {
        "kept" => Ok(Outcome::Fine),
        "broken" => Ok(Outcome::Problem),
        _ => Err(Failure::AlreadyShown),
    }
}

fn ask_all(
    policies: &PolicySet<Vec<u8>>,
    urls: &[String],
    options: VerifyOptions<'_>,
    client: &crate::probe::client::Client,
    own: &Headers,
    baseline: Option<&Baseline>,
    policy: String,
) -> Result<Run, Failure> {
    let check = |url: &String, number: usize, limit: usize| {
        let random = options.random.wrapping_add((number as u64) << 32);
        Verify::new(policies, url, &UrlCrate, VerifyOptions { random, limit, ..options }).map_err(Failure::Message)
    };
    let mut planned = 0;
    for url in urls {
        planned += check(url, 0, 0)?.planned();
    }
    let mut run = Run {
        command: "verify",
        outcome: "",
        policy: Some(policy),
        sent: 0,
        planned,
        end: RunEnd::Complete,
        layers: Vec::new(),
        urls: urls.len(),
        lost: Vec::new(),
        known: 0,
    };
    let mut sending = Sending::new(client, own, options.limit, planned)?;
    for (number, url) in urls.iter().enumerate() {
        let mut verify = check(url, number, options.limit)?;
        let end = sending.run(&mut verify);
        let mut checked = verify.finished();
        if let Some(baseline) = baseline {
            run.known += baseline.remove_known(&mut checked);
        }
        keep(&mut run.layers, checked, urls.len());
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
    if urls.len() <= LAYERS {
        run.lost = live::lost(&run.layers);
    }
    run.conclude();
    Ok(run)
}

/// Keeps a result. Of many URLs, only those with something to report are kept.
fn keep(layers: &mut Vec<Checked>, checked: Checked, urls: usize) {
    if urls <= LAYERS || !checked.is_clean() {
        layers.push(checked);
    }
}

fn print_plan(policies: &PolicySet<Vec<u8>>, urls: &[String], options: VerifyOptions<'_>) -> Result<Outcome, Failure> {
    let mut left = options.limit;
    let mut text = String::new();
    for url in urls {
        let mut verify = Verify::new(policies, url, &UrlCrate, options).map_err(Failure::Message)?;
        dry_run(&mut verify, &mut |ask| {
            if left > 0 {
                left -= 1;
                text.push_str(&live::curl(ask, options.secrets));
                text.push('\n');
            }
        });
    }
    print_out(&text)?;
    Ok(Outcome::Fine)
}
