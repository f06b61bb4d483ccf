//! What `explain` returns: verdicts, failures and what the browser sends, as Python objects and as
//! text for people.

use std::fmt::Write;

use corsac::browser::{DeliveryCode, Profile, Verdict};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple, PyType};

/// What browsers do with a request and its responses. str() is text for people.
///
/// The profiles are `spec` (the Fetch standard), `chromium`, `firefox` and `webkit`.
#[pyclass(frozen, module = "corsac")]
#[derive(Debug)]
pub(crate) struct Explanation {
    pub(crate) asked: String,
    /// For each profile: `"allowed"`, `"opaque"`, `"blocked"`, `"incomplete"` or `"throws"`.
    #[pyo3(get)]
    pub(crate) verdict: Py<PyDict>,
    /// For each profile: `"not-needed"`, `"passed"`, `"missing"` or `"failed"`.
    #[pyo3(get)]
    pub(crate) preflight: Py<PyDict>,
    /// Every failure, in the order of the exchange.
    #[pyo3(get)]
    pub(crate) blocked: Py<PyTuple>,
    /// What the browser sends, one entry for each URL of the chain.
    #[pyo3(get)]
    pub(crate) sent: Py<PyTuple>,
    /// For each profile, the names of the headers that the script may read, in lower case.
    #[pyo3(get)]
    pub(crate) exposed: Py<PyDict>,
    /// For each profile, for how many seconds the preflight may be cached; None if there is nothing
    /// to cache.
    #[pyo3(get)]
    pub(crate) cache_seconds: Py<PyDict>,
    /// Why the browser raises an exception in the script before it sends anything; None if it does
    /// not.
    #[pyo3(get)]
    pub(crate) throws: Option<String>,
    /// The names of headers that the browser drops silently.
    #[pyo3(get)]
    pub(crate) dropped: Py<PyTuple>,
    /// For each profile, whether the request leaves the browser: `"ok"`, `"ask"`, `"unknown"` or `"refused"`.
    #[pyo3(get)]
    pub(crate) delivery: Py<PyDict>,
    /// For each profile, why not, such as `"mixed-content"`; None if it leaves.
    #[pyo3(get)]
    pub(crate) delivery_code: Py<PyDict>,
    /// For each profile, the versions of the browser that this is true of, such as `"Chrome 142 and later"`; None: all of today.
    #[pyo3(get)]
    pub(crate) delivery_versions: Py<PyDict>,
    /// What can go wrong although CORS passes: caches and cookies.
    #[pyo3(get)]
    pub(crate) warnings: Py<PyTuple>,
}

#[pymethods]
impl Explanation {
    #[new]
    #[pyo3(signature = (asked, verdict, preflight, blocked, sent, exposed, cache_seconds, throws, dropped, delivery, delivery_code, delivery_versions, warnings))]
    #[expect(clippy::too_many_arguments, reason = "all of its parts, because unpickling calls this")]
    fn new(
        asked: String,
        verdict: Py<PyDict>,
        preflight: Py<PyDict>,
        blocked: Py<PyTuple>,
        sent: Py<PyTuple>,
        exposed: Py<PyDict>,
        cache_seconds: Py<PyDict>,
        throws: Option<String>,
        dropped: Py<PyTuple>,
        delivery: Py<PyDict>,
        delivery_code: Py<PyDict>,
        delivery_versions: Py<PyDict>,
        warnings: Py<PyTuple>,
    ) -> Self {
        Self {
            asked,
            verdict,
            preflight,
            blocked,
            sent,
            exposed,
            cache_seconds,
            throws,
            dropped,
            delivery,
            delivery_code,
            delivery_versions,
            warnings,
        }
    }

    /// Whether the script can read the response in every profile.
    #[getter]
    fn allowed_in_all(&self, py: Python<'_>) -> PyResult<bool> {
        let verdicts: Vec<String> = self.verdict.bind(py).values().extract()?;
        Ok(verdicts.iter().all(|verdict| verdict == Verdict::Allowed.as_str()))
    }

    fn __str__(&self, py: Python<'_>) -> PyResult<String> {
        let mut text = format!("{}\n", self.asked);
        let failures: Vec<Bound<'_, Blocked>> = self.blocked.bind(py).extract()?;
        for profile in Profile::ALL {
            let verdict: Option<String> =
                self.verdict.bind(py).get_item(profile.name())?.map(|verdict| verdict.extract()).transpose()?;
            let _ = write!(text, "  {:<9} {}", profile.name(), verdict.unwrap_or_default());
            for failure in &failures {
                if failure.get().first_in.bind(py).contains(profile.name())? {
                    let _ = write!(text, ": {}", failure.get().message);
                }
            }
            text.push('\n');
        }
        for profile in Profile::ALL {
            let of = |dict: &Py<PyDict>| -> PyResult<Option<String>> {
                Ok(dict.bind(py).get_item(profile.name())?.map(|value| value.extract()).transpose()?.flatten())
            };
            // Any server's name may have a private address: that alone is not worth a line.
            let code = of(&self.delivery_code)?.filter(|code| code != DeliveryCode::TargetSpaceUnknown.as_str());
            if let (Some(verdict), Some(code)) = (of(&self.delivery)?, code) {
                let versions = of(&self.delivery_versions)?.map(|versions| format!(" ({versions})"));
                let _ = writeln!(
                    text,
                    "delivery in {}: {verdict} [{code}]{}",
                    profile.name(),
                    versions.unwrap_or_default()
                );
            }
        }
        for failure in &failures {
            let failure = failure.get();
            let _ = write!(text, "{} (in the {}", failure.message, failure.place());
            let _ = writeln!(
                text,
                "{})",
                if failure.hop == 0 { String::new() } else { format!(" of hop {}", failure.hop) }
            );
            let _ = writeln!(text, "  cause: {}\n  fix: {}", failure.cause, failure.fix);
        }
        for warning in self.warnings.bind(py).extract::<Vec<Bound<'_, ResponseWarning>>>()? {
            let warning = warning.get();
            let _ = writeln!(text, "warning, {}: {} [{}]", warning.certainty, warning.message, warning.code);
        }
        Ok(text)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<Explanation of {}: {}>", self.asked, self.verdict.bind(py).repr()?))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
        let (py, this) = (slf.py(), slf.get());
        let judged = (&this.asked, &this.verdict, &this.preflight, &this.blocked, &this.sent, &this.exposed);
        let rest = (&this.cache_seconds, &this.throws, &this.dropped);
        let delivered = (&this.delivery, &this.delivery_code, &this.delivery_versions, &this.warnings);
        let mut all = judged.into_pyobject(py)?.as_sequence().concat(rest.into_pyobject(py)?.as_sequence())?;
        all = all.concat(delivered.into_pyobject(py)?.as_sequence())?;
        Ok((slf.get_type(), all.to_tuple()?))
    }
}

/// One reason why browsers block a request.
#[pyclass(frozen, module = "corsac")]
#[derive(Debug)]
pub(crate) struct Blocked {
    /// The stable code.
    #[pyo3(get)]
    pub(crate) code: String,
    /// The profiles in which the browser blocks for this reason.
    #[pyo3(get)]
    pub(crate) profiles: Py<PyTuple>,
    /// The profiles that meet it before any other reason.
    #[pyo3(get)]
    pub(crate) first_in: Py<PyTuple>,
    /// `"preflight"` or `"response"`.
    #[pyo3(get)]
    pub(crate) at: String,
    /// The number of the URL in the redirect chain, from 0.
    #[pyo3(get)]
    pub(crate) hop: usize,
    pub(crate) bytes: Vec<u8>,
    /// One sentence, with the bytes of the response escaped.
    #[pyo3(get)]
    pub(crate) message: String,
    /// What is probably wrong.
    #[pyo3(get)]
    pub(crate) cause: String,
    /// What to do, with the headers to send.
    #[pyo3(get)]
    pub(crate) fix: String,
    /// The text in each browser's console, word for word.
    #[pyo3(get)]
    pub(crate) console: Py<PyDict>,
}

impl Blocked {
    fn place(&self) -> &'static str {
        if self.at == "preflight" { "response to the preflight" } else { "response to the request" }
    }
}

#[pymethods]
impl Blocked {
    #[new]
    #[pyo3(signature = (code, profiles, first_in, at, hop, offence, message, cause, fix, console))]
    #[expect(clippy::too_many_arguments, reason = "all of its parts, because unpickling calls this")]
    fn new(
        code: String,
        profiles: Py<PyTuple>,
        first_in: Py<PyTuple>,
        at: String,
        hop: usize,
        offence: Vec<u8>,
        message: String,
        cause: String,
        fix: String,
        console: Py<PyDict>,
    ) -> Self {
        Self { code, profiles, first_in, at, hop, bytes: offence, message, cause, fix, console }
    }

    /// The bytes that are wrong; empty if something is missing.
    #[getter]
    fn bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.bytes)
    }

    fn __str__(&self) -> &str {
        &self.message
    }

    fn __repr__(&self) -> String {
        format!("<Blocked {}: {}>", self.code, self.message)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
        let (py, this) = (slf.py(), slf.get());
        let place = (&this.code, &this.profiles, &this.first_in, &this.at, this.hop, this.bytes(py));
        let reason = (&this.message, &this.cause, &this.fix, &this.console);
        let all = place.into_pyobject(py)?.as_sequence().concat(reason.into_pyobject(py)?.as_sequence())?;
        Ok((slf.get_type(), all.to_tuple()?))
    }
}

/// What can go wrong although CORS passes: a cache that mixes up pages, or a cookie that browsers do not keep.
#[pyclass(frozen, get_all, module = "corsac")]
#[derive(Debug)]
pub(crate) struct ResponseWarning {
    /// The stable code.
    pub(crate) code: String,
    /// `"certain"`, `"likely"` or `"possible"`.
    pub(crate) certainty: String,
    /// `"preflight"` or `"response"`.
    pub(crate) at: String,
    /// The number of the URL in the redirect chain, from 0.
    pub(crate) hop: usize,
    /// What is wrong and what to do, with the bytes of the response escaped.
    pub(crate) message: String,
}

#[pymethods]
impl ResponseWarning {
    #[new]
    #[pyo3(signature = (code, certainty, at, hop, message))]
    fn new(code: String, certainty: String, at: String, hop: usize, message: String) -> Self {
        Self { code, certainty, at, hop, message }
    }

    fn __str__(&self) -> &str {
        &self.message
    }

    fn __repr__(&self) -> String {
        format!("<ResponseWarning {}, {}: {}>", self.code, self.certainty, self.message)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
        let (py, this) = (slf.py(), slf.get());
        let all = (&this.code, &this.certainty, &this.at, this.hop, &this.message);
        Ok((slf.get_type(), all.into_pyobject(py)?))
    }
}

/// What the browser sends to one URL.
#[pyclass(frozen, get_all, module = "corsac")]
#[derive(Debug)]
pub(crate) struct Sent {
    /// The method; a redirect may have changed it to GET.
    pub(crate) method: String,
    /// The URL.
    pub(crate) url: String,
    /// The value of the `Origin` header; None if the browser sends none.
    pub(crate) origin: Option<String>,
    /// Whether the browser adds its cookies for the URL, if it has any.
    pub(crate) cookies: bool,
    /// The script's headers that the browser sends.
    pub(crate) headers: Py<PyTuple>,
    /// For each profile, whether a preflight comes first if nothing is cached.
    pub(crate) needs_preflight: Py<PyDict>,
    /// The preflight's headers in the first profile that needs one; None if no profile does.
    pub(crate) preflight_request: Option<Py<PyTuple>>,
}

#[pymethods]
impl Sent {
    #[new]
    #[pyo3(signature = (method, url, origin, cookies, headers, needs_preflight, preflight_request))]
    fn new(
        method: String,
        url: String,
        origin: Option<String>,
        cookies: bool,
        headers: Py<PyTuple>,
        needs_preflight: Py<PyDict>,
        preflight_request: Option<Py<PyTuple>>,
    ) -> Self {
        Self { method, url, origin, cookies, headers, needs_preflight, preflight_request }
    }

    fn __repr__(&self) -> String {
        format!("<Sent {} {}>", self.method, self.url)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
        let (py, this) = (slf.py(), slf.get());
        let rest = (&this.headers, &this.needs_preflight, &this.preflight_request);
        let all = (&this.method, &this.url, &this.origin, this.cookies).into_pyobject(py)?;
        let all = all.as_sequence().concat(rest.into_pyobject(py)?.as_sequence())?;
        Ok((slf.get_type(), all.to_tuple()?))
    }
}

/// One code point for each byte.
pub(crate) fn latin(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}
