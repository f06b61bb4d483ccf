//! The tool `probe`: sends what a browser would send, to the hosts that the user named and within bounds, and explains the responses.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use corsac::browser::Credentials;
use corsac_diagnose::exchange::{Exchange, Hop};
use corsac_diagnose::{Diagnosis, PublicSuffixList, Shown, push_report, summary, with, without_styles};
use serde_json::{Value, json};
use url::Url;

use super::arguments::{self, network, os, stacks};
use super::output::{Done, UNTRUSTED};
use super::rate::Rate;
use crate::probe::browse::{End, browse};
use crate::probe::client::{Bounds, Client, Options, Received, Step};
use crate::probe::listed::Listed;
use crate::probe::target;
use crate::probe::trouble::Trouble;
use crate::script_options::script_request;

/// The most bytes of a request's head. Servers take about as much.
const REQUEST_LIMIT: usize = 8 * 1024;

/// The most bytes of a response's head.
const RESPONSE_LIMIT: usize = 64 * 1024;

/// For one request. The assistant waits meanwhile.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Headers that would act for somebody. A preflight only names them, so that their names are welcome.
const WITHOUT_VALUE: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "host"];

/// Why nothing more was sent.
enum Stop {
    /// Words of our own.
    Bound(String),
    /// Words that may quote the server.
    Trouble(Trouble),
}

/// Sends within the bounds.
#[derive(Debug)]
pub(super) struct Prober {
    listed: Listed,
    client: Client,
    rate: Rate,
}

impl Prober {
    /// `None`: the list is empty.
    pub(super) fn new(listed: Listed) -> Option<Self> {
        let bounds = Bounds { listed: listed.clone(), request: REQUEST_LIMIT, response: RESPONSE_LIMIT };
        let client = Client::new(Options { timeout: TIMEOUT, bounds: Some(bounds), ..Options::default() });
        (!listed.is_empty()).then(|| Self { listed, client, rate: Rate::default() })
    }

    pub(super) fn listed(&self) -> &Listed {
        &self.listed
    }

    pub(super) fn run(&mut self, asked: &arguments::Probe) -> Done {
        let stacks = stacks(&asked.stacks)?;
        let url = target::parse(&asked.url)?;
        self.check(&url)?;
        refuse_values(&asked.headers)?;
        let (origin, method) = (OsString::from(&asked.origin), asked.method.as_ref().map(OsString::from));
        let mut request = script_request(Some(&origin), method.as_ref(), &os(&asked.headers), asked.credentials)?;
        request.url = Some(url.as_str().as_bytes().to_vec());
        request.credentials = Some(if asked.credentials { Credentials::Include } else { Credentials::SameOrigin });
        let is_safe = matches!(request.method.as_deref(), None | Some(b"GET" | b"HEAD"));
        let mut exchange = Exchange { request, hops: vec![Hop::default()] };
        let end = browse(&mut |url, step| self.take(url, step), &mut exchange, !is_safe)?;
        let has_any = exchange.hops.iter().any(|hop| hop.preflight.is_some() || hop.response.is_some());
        let mut text = String::new();
        let deliveries = network(asked.deployed).deliver(&exchange);
        let value = with(&exchange, Credentials::SameOrigin, |exchange| {
            let diagnosis = Diagnosis::with_suffixes(exchange, Some(&PublicSuffixList));
            if has_any {
                let shown = Shown { stacks: &stacks, secrets: false, suffixes: Some(&PublicSuffixList) };
                push_report(&mut text, &diagnosis, &deliveries, &exchange, shown);
            }
            summary(&diagnosis, &deliveries, &stacks)
        });
        let mut object = value.as_object().cloned().unwrap_or_default();
        let mut text = without_styles(&text);
        match end {
            End::CapturedResponse => {}
            End::NoResponse(Stop::Bound(why)) if !has_any => return Err(why),
            End::NoResponse(Stop::Bound(why)) => {
                object.insert("stopped".to_owned(), json!(why));
            }
            End::NoResponse(Stop::Trouble(
                trouble @ (Trouble::AddressNotListed { .. } | Trouble::RequestTooLarge { .. }),
            )) if !has_any => {
                return Err(trouble.to_string());
            }
            End::NoResponse(Stop::Trouble(trouble)) => {
                object.insert("stopped".to_owned(), json!("no response: the reason is in untrusted"));
                text.insert_str(0, &format!("No response: {trouble}\n\n"));
            }
        }
        if !is_safe {
            let note = "only the preflight is sent for this method, because the request itself could change something on the server: \
                        ask the user to run corsac probe for the rest";
            object.insert("not_sent".to_owned(), json!(note));
        }
        object.insert(UNTRUSTED.to_owned(), Value::String(text));
        Ok(object)
    }

    /// Whether a URL is on the list. The error names the list, and not the URL, which may be a server's.
    fn check(&self, url: &Url) -> Result<(), String> {
        let listed = &self.listed;
        self.listed.has(url).then_some(()).ok_or_else(|| {
            format!("only these hosts may be probed: {listed}. Ask the user to start corsac mcp with another --probe HOST:PORT")
        })
    }

    fn take(&mut self, url: &Url, step: Step<'_>) -> Result<Received, Stop> {
        self.check(url)
            .map_err(|why| Stop::Bound(format!("a redirect leads elsewhere, and is not followed: {why}")))?;
        self.rate.take(Instant::now()).map_err(|wait| {
            Stop::Bound(format!("30 requests were sent in the last minute: wait {} seconds", wait.as_secs() + 1))
        })?;
        self.client.take(url, step).map_err(Stop::Trouble)
    }
}

/// Refuses values of headers that act for somebody.
fn refuse_values(headers: &[String]) -> Result<(), String> {
    for header in headers {
        let (name, value) = header.split_once(':').map_or((header.as_str(), None), |(name, value)| (name, Some(value)));
        let found = WITHOUT_VALUE.iter().find(|known| name.trim().eq_ignore_ascii_case(known));
        if let (Some(name), Some(_)) = (found, value) {
            return Err(format!("a value of {name} is never sent: write the name alone, as a preflight does"));
        }
    }
    Ok(())
}
