//! Shows progress on standard error if that is a terminal and a step lasts longer than a second.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io::{IsTerminal, stderr};
use std::pin::pin;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressFinish};

const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);

/// What a step is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Lookup,
    Connect,
    Proxy,
    Tls,
    Response,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lookup => "looking up",
            Self::Connect => "connecting to",
            Self::Proxy => "asking the proxy for",
            Self::Tls => "agreeing on TLS with",
            Self::Response => "waiting for a response from",
        })
    }
}

/// How far one step has come.
#[derive(Debug)]
pub(super) struct Progress {
    place: String,
    stage: Cell<Stage>,
    shown: RefCell<Option<ProgressBar>>,
}

impl Progress {
    pub(super) fn new(place: String) -> Self {
        Self { place, stage: Cell::new(Stage::Lookup), shown: RefCell::new(None) }
    }

    pub(super) fn stage(&self) -> Stage {
        self.stage.get()
    }

    pub(super) fn enter(&self, stage: Stage) {
        self.stage.set(stage);
        if let Some(spinner) = &*self.shown.borrow() {
            spinner.set_message(self.message());
        }
    }

    /// Runs `work`, and shows a spinner if it takes too long. The line is cleared when this value is dropped.
    pub(super) async fn over<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = tokio::time::sleep(PATIENCE) => {}
        }
        if stderr().is_terminal() {
            let spinner = ProgressBar::new_spinner().with_finish(ProgressFinish::AndClear).with_message(self.message());
            spinner.enable_steady_tick(TICK);
            self.shown.replace(Some(spinner));
        }
        let done = work.await;
        self.shown.replace(None);
        done
    }

    fn message(&self) -> String {
        format!("{} {}", self.stage.get(), self.place)
    }
}
