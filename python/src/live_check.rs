//! The check of an application against a policy, for Python, which sends.

use std::sync::{Arc, Mutex, PoisonError};

use corsac::browser::HttpVersion;
use corsac_diagnose::exchange::Response;
use corsac_diagnose::live::{Check, CheckOptions, LiveSeverity, Run};
use corsac_diagnose::{Stack, UrlCrate, without_styles};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;

/// More questions than a test suite asks.
const LIMIT: usize = 100_000;

/// What is sent: method, URL, headers, and whether it is a preflight.
type Asked = (String, String, Vec<(String, String)>, bool);

/// Says what to send next, and learns from the responses.
#[pyclass(frozen, module = "corsac._native", name = "_Check")]
pub(crate) struct LiveCheck(Mutex<Option<Check>>);

#[pymethods]
impl LiveCheck {
    #[new]
    #[pyo3(signature = (image, url, stacks, send_unsafe, random, /))]
    fn py_new(image: &[u8], url: &str, stacks: Vec<String>, send_unsafe: bool, random: u64) -> PyResult<Self> {
        let policies =
            corsac::PolicySet::open(image.to_vec()).map_err(|error| PyValueError::new_err(error.to_string()))?;
        let named = |name: &String| {
            let unknown =
                || PyValueError::new_err(format!("\"{}\" is not a known stack", corsac::Escaped(name.as_bytes())));
            Stack::named(name).ok_or_else(unknown)
        };
        let stacks = stacks.iter().map(named).collect::<PyResult<Vec<_>>>()?;
        let options = CheckOptions { random, limit: LIMIT, send_unsafe, stacks, secrets: Vec::new() };
        let check = Check::new(Arc::new(policies), url, &UrlCrate, options).map_err(PyValueError::new_err)?;
        Ok(Self(Mutex::new(Some(check))))
    }

    /// What to send next. `None`: everything was asked.
    fn next_ask(&self) -> PyResult<Option<Asked>> {
        self.with(|check| {
            let text = |bytes: &[u8]| -> String { bytes.iter().copied().map(char::from).collect() };
            check.next_ask().map(|ask| {
                let lines = ask.headers.iter().map(|(name, value)| (text(name), text(value))).collect();
                (text(&ask.method), ask.url, lines, ask.is_preflight)
            })
        })
    }

    /// The response to the last request.
    fn take(&self, status: u16, headers: Vec<(String, String)>) -> PyResult<()> {
        // A header has one byte for each code point, as HTTP libraries read them.
        let bytes = |text: &str| -> Vec<u8> { text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect() };
        let headers = headers.iter().map(|(name, value)| (bytes(name), bytes(value))).collect();
        // Over HTTP/2 all names are in lower case, and then it makes no difference.
        self.with(|check| check.take(Response { status, headers }, HttpVersion::Http1))
    }

    /// The report as JSON, the same as text, and how many promises are broken.
    fn finished(&self) -> PyResult<(String, String, usize)> {
        let check = self.0.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or_else(over)?;
        let (sent, planned) = (check.sent(), check.planned());
        let mut run = Run::new("verify", None, planned, 1);
        run.sent = sent;
        run.layers.push(check.finished());
        run.conclude();
        let broken = run.layers.iter().map(|layer| layer.count(LiveSeverity::Broken)).sum();
        Ok((run.json(), without_styles(&run.text()), broken))
    }
}

impl LiveCheck {
    fn with<T>(&self, work: impl FnOnce(&mut Check) -> T) -> PyResult<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut().map(work).ok_or_else(over)
    }
}

fn over() -> PyErr {
    PyRuntimeError::new_err("the check is finished")
}
