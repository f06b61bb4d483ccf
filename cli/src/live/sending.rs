//! Sends the requests of a live check one after the other: at most five a second to another machine, until the limit, Ctrl-C, or a server
//! that asks for less.

use std::future::Future;
use std::io::{IsTerminal, stderr};
use std::pin::Pin;
use std::time::Instant;

use corsac::Escaped;
use corsac::browser::HttpVersion;
use corsac_diagnose::exchange::{Headers, Response};
use corsac_diagnose::live::{Ask, RunEnd};
use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;
use url::Url;

use crate::failure::Failure;
use crate::probe::again::PAUSE;
use crate::probe::client::{Client, Received};
use crate::probe::target::is_loopback;

/// After so many requests without a response, one after the other, the server is taken to be gone.
const LOST: usize = 3;

/// What asks, and learns from the responses.
pub(super) trait Asking {
    fn next_ask(&mut self) -> Option<Ask>;
    fn take(&mut self, response: Response, http_version: HttpVersion);
    fn fail(&mut self, why: &str);
}

/// A run: its limit, and how far it has come.
pub(super) struct Sending<'c> {
    client: &'c Client,
    runtime: Runtime,
    headers: &'c Headers,
    limit: usize,
    pub(super) sent: usize,
    last: Option<Instant>,
    failures: usize,
    bar: ProgressBar,
    stop: Pin<Box<dyn Future<Output = ()>>>,
}

impl<'c> Sending<'c> {
    pub(super) fn new(client: &'c Client, headers: &'c Headers, limit: usize, planned: usize) -> Result<Self, Failure> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::because("cannot open connections on this machine", error))?;
        let bar = if stderr().is_terminal() {
            let total = u64::try_from(planned.min(limit)).unwrap_or(u64::MAX);
            let style = ProgressStyle::with_template("asking {pos} of {len} [{bar:40}] {eta}");
            ProgressBar::new(total)
                .with_finish(ProgressFinish::AndClear)
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        } else {
            ProgressBar::hidden()
        };
        let stop = Box::pin(async {
            // Without a handler, Ctrl-C ends the program, which then reports nothing.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        });
        Ok(Self { client, runtime, headers, limit, sent: 0, last: None, failures: 0, bar, stop })
    }

    /// Asks until nothing is left. `None`: everything was asked.
    pub(super) fn run(&mut self, asking: &mut dyn Asking) -> Option<RunEnd> {
        loop {
            if self.sent >= self.limit {
                // One more question shows whether something is left.
                return asking.next_ask().map(|_| RunEnd::Limit { limit: self.limit });
            }
            let ask = asking.next_ask()?;
            if let Some(end) = self.send(ask, asking) {
                return Some(end);
            }
        }
    }

    fn send(&mut self, ask: Ask, asking: &mut dyn Asking) -> Option<RunEnd> {
        let Ok(url) = Url::parse(&ask.url) else {
            asking.fail("the URL cannot be sent");
            return None;
        };
        let mut headers = ask.headers;
        if !ask.is_preflight {
            headers.extend(self.headers.iter().cloned());
        }
        let pause = self.last.filter(|_| !is_loopback(&url)).and_then(|last| PAUSE.checked_sub(last.elapsed()));
        let client = self.client;
        let stop = &mut self.stop;
        let received = self.runtime.block_on(async {
            let work = async {
                if let Some(pause) = pause {
                    sleep(pause).await;
                }
                client.fetch(&url, &ask.method, &headers).await
            };
            tokio::select! {
                biased;
                () = stop => None,
                received = work => Some(received),
            }
        });
        self.last = Some(Instant::now());
        self.sent += 1;
        self.bar.inc(1);
        match received {
            None => Some(RunEnd::Interrupted),
            Some(Ok(Received { response, http_version, .. })) => {
                self.failures = 0;
                let busy = busy(&response);
                asking.take(response, http_version);
                busy.map(|said| RunEnd::Busy { said })
            }
            Some(Err(trouble)) => {
                self.failures += 1;
                let because = trouble.to_string();
                asking.fail(&because);
                // A server that never responded is not there at all.
                let is_gone = self.failures >= LOST || self.failures == self.sent;
                is_gone.then_some(RunEnd::NoResponse { because })
            }
        }
    }
}

/// Writes every request that would be sent as a command line. The responses decide about later ones, so that those after a redirect or
/// about a cache are missing.
pub(super) fn dry_run(asking: &mut dyn Asking, lines: &mut dyn FnMut(&Ask)) {
    while let Some(ask) = asking.next_ask() {
        lines(&ask);
        asking.take(Response { status: 200, headers: Headers::new() }, HttpVersion::Http1);
    }
}

/// What a server says that wants fewer requests.
fn busy(response: &Response) -> Option<String> {
    let mut lines = response.headers.iter();
    let retry = lines.find(|(name, _)| name.eq_ignore_ascii_case(b"retry-after"));
    match (response.status, retry) {
        (status, Some((_, value))) => {
            let value = value.get(..60).unwrap_or(value);
            Some(format!("status {status}, Retry-After: {}", Escaped(value)))
        }
        (429 | 503, None) => Some(format!("status {}", response.status)),
        _ => None,
    }
}
