//! The decision about one request as a Python object. It outlives policy and request, and adds its
//! headers to a response.

use corsac::{Class, ReplacedHeaders, VaryMerge};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyList, PyTuple};
use smallvec::SmallVec;

use crate::denial::Denial;
use crate::header_tuple::{HeaderTuple, KnownHeaders};
use crate::options::shown;
use crate::request_headers::{as_tuple, bytes_of, each_header, pair_of};

/// What the policy decides about one request.
///
/// Send what preflight_response() returns to a preflight, and do not call the application. Pass any other
/// request on, allowed or not, and send its response with the headers that merge() returns. If a
/// request is denied, the page cannot read the response. The request itself is not refused.
#[pyclass(frozen, module = "corsac")]
#[derive(Debug)]
pub(crate) struct Decision {
    class: Class,
    /// The status of the response to a preflight. None for any other request: the application sets
    /// its own.
    #[pyo3(get)]
    status: Option<u16>,
    denial: Option<Denial>,
    lines: SmallVec<[HeaderTuple; 8]>,
    replaced: ReplacedHeaders,
}

/// Status, headers and body.
type Response<'py> = (u16, Bound<'py, PyList>, Bound<'py, PyBytes>);

/// The merged headers, the removed headers, and whether the request is allowed.
type MergedForLog<'py> = (Bound<'py, PyList>, Option<Vec<Bound<'py, PyTuple>>>, bool);

/// A response's headers after the merge, and the headers of the application that it removed.
struct Merged<'py> {
    lines: Bound<'py, PyList>,
    removed: Vec<Bound<'py, PyTuple>>,
}

impl Decision {
    pub(crate) fn new(py: Python<'_>, decision: &corsac::Decision<'_>, known: &KnownHeaders) -> PyResult<Py<Self>> {
        let class = decision.class();
        let denial = decision.denial().map(|denial| Denial::of(&denial));
        let mut lines = SmallVec::new();
        for header in decision.headers() {
            lines.push(HeaderTuple::new(py, class, header, known)?);
        }
        Py::new(py, Self { class, status: decision.status(), denial, lines, replaced: decision.replaced_headers() })
    }

    fn written<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyTuple>>> {
        self.lines.iter().map(|line| line.written(py)).collect()
    }

    fn merged<'py>(&self, headers: &Bound<'py, PyAny>) -> PyResult<Merged<'py>> {
        let py = headers.py();
        let mut lines: SmallVec<[Bound<'py, PyTuple>; 32]> = SmallVec::new();
        let mut removed = Vec::new();
        let mut vary = VaryMerge::default();
        let mut add = |line: &Bound<'py, PyAny>| -> PyResult<()> {
            let copy;
            let (line, name, value) = if let Some(pair) = pair(line) {
                pair
            } else {
                copy = copied(line)?;
                let Some(pair) = pair(&copy) else { return Ok(()) };
                pair
            };
            if self.replaced.contains(name) {
                removed.push(line.clone());
            } else {
                vary.add_header(name, value);
                lines.push(line.clone());
            }
            Ok(())
        };
        match as_tuple(headers) {
            Some(tuple) => tuple.iter_borrowed().try_for_each(|line| add(&line))?,
            None => each_header(headers)?.try_for_each(|line| add(&line?))?,
        }
        for line in &self.lines {
            if line.is_vary() {
                let whole = line.value(py);
                for missing in vary.missing(whole) {
                    lines.push(if missing == whole { line.lower(py) } else { line.with(py, missing)? });
                }
            } else {
                lines.push(line.lower(py));
            }
        }
        Ok(Merged { lines: PyList::new(py, lines)?, removed })
    }
}

#[pymethods]
impl Decision {
    /// `"preflight"`, `"actual"` or `"plain"`.
    #[getter]
    fn request_class(&self) -> &'static str {
        self.class.as_str()
    }

    /// Whether nothing was denied. Pass a denied request on all the same: only the page cannot read
    /// the response.
    #[getter]
    fn allowed(&self) -> bool {
        self.denial.is_none()
    }

    /// Why the request is denied; None if it is allowed.
    #[getter]
    fn denial(&self) -> Option<Denial> {
        self.denial.clone()
    }

    /// The response headers in a fixed order. Their names are written as in the Fetch standard.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.written(py)?)
    }

    /// The application's headers without its own CORS headers, with those of this decision, and
    /// with `Vary` merged.
    ///
    /// `headers` is an iterable of pairs, as in ASGI. Added names are in lower case, because ASGI
    /// requires that. Headers that stay are not changed. Raises TypeError if a header is not a pair
    /// of bytes.
    #[pyo3(signature = (headers, /))]
    fn merge<'py>(&self, headers: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        self.merged(headers).map(|merged| merged.lines)
    }

    /// What `merge` returns, the headers that it removed (None if there are none), and `allowed`.
    /// An adapter needs all three for each response, and a second call would cost a tenth of the
    /// merge.
    #[pyo3(name = "_merge_for_log", signature = (headers, /))]
    fn merge_for_log<'py>(&self, headers: &Bound<'py, PyAny>) -> PyResult<MergedForLog<'py>> {
        let Merged { lines, removed } = self.merged(headers)?;
        Ok((lines, (!removed.is_empty()).then_some(removed), self.allowed()))
    }

    /// The whole response to a preflight: status, headers with names in lower case, and body.
    ///
    /// The body is one line that gives the reason of a denial, if the status permits a body. Raises
    /// ValueError for any other request.
    fn preflight_response<'py>(&self, py: Python<'py>) -> PyResult<Response<'py>> {
        let Some(status) = self.status else {
            return Err(PyValueError::new_err(format!(
                "preflight_response() is for preflights, and this request is {}: pass it to the application, and the headers of its response to merge()",
                self.class
            )));
        };
        let mut lines: SmallVec<[_; 12]> = self.lines.iter().map(|line| line.lower(py)).collect();
        // HTTP allows no body and no Content-Length with these.
        let has_no_body = matches!(status, 204 | 205);
        let [content_type, no_sniffing, no_length] = body_headers(py)?;
        let mut body = String::new();
        match &self.denial {
            _ if has_no_body => {}
            None => lines.push(no_length.bind(py).clone()),
            Some(denial) => {
                body = denial.message();
                body.push('\n');
                lines.push(content_type.bind(py).clone());
                lines.push(no_sniffing.bind(py).clone());
                lines.push(body_header(py, b"content-length", body.len().to_string().as_bytes())?);
            }
        }
        Ok((status, PyList::new(py, lines)?, PyBytes::new(py, body.as_bytes())))
    }

    /// One sentence: whether the request is allowed, or why not.
    fn __str__(&self) -> String {
        let denial = self.denial.as_ref().map(Denial::lend);
        corsac::DecisionSentence::new(self.class, denial).to_string()
    }

    fn __repr__(&self) -> String {
        let status = self.status.map_or_else(String::new, |status| format!(" {status}"));
        match &self.denial {
            None => format!("<Decision {}{status}: allowed>", self.class),
            Some(denial) => format!("<Decision {}{status}: denied: {}>", self.class, denial.message()),
        }
    }

    fn __eq__(&self, py: Python<'_>, other: &Self) -> bool {
        self.class == other.class
            && self.status == other.status
            && self.denial == other.denial
            && self.replaced == other.replaced
            && self.lines.iter().map(|line| line.key(py)).eq(other.lines.iter().map(|line| line.key(py)))
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.headers(py)?.hash()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let restore = py.import("corsac._native")?.getattr("_restore_decision")?;
        let replaces_timing = self.replaced.replaces_timing();
        let parts = (self.request_class(), self.status, self.denial(), self.headers(py)?, replaces_timing);
        Ok((restore, parts.into_pyobject(py)?))
    }
}

/// Pickles call this. It checks everything, because anybody can write a pickle, and no value may
/// break a response.
#[pyfunction]
#[pyo3(name = "_restore_decision", signature = (request_class, status, denial, headers, replaces_timing, /))]
pub(crate) fn restore_decision(
    py: Python<'_>,
    request_class: &str,
    status: Option<u16>,
    denial: Option<Bound<'_, Denial>>,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    replaces_timing: bool,
) -> PyResult<Decision> {
    let wrong = |what: &str| PyValueError::new_err(format!("this is not the {what} of a decision"));
    let class =
        [Class::Preflight, Class::Actual, Class::Plain].into_iter().find(|class| class.as_str() == request_class);
    let class = class.ok_or_else(|| wrong("class"))?;
    let has_status = matches!(status, Some(200..=299 | 400..=499));
    if has_status != (class == Class::Preflight) || has_status != status.is_some() {
        return Err(wrong("status"));
    }
    let mut lines = SmallVec::new();
    for (name, value) in &headers {
        lines.push(HeaderTuple::restore(py, name, value)?.ok_or_else(|| wrong("header"))?);
    }
    let denial = denial.map(|denial| denial.get().clone());
    Ok(Decision { class, status, denial, lines, replaced: ReplacedHeaders::new(replaces_timing) })
}

/// The headers of a body of plain text, and the `Content-Length` of an empty body. They are the
/// same in every response.
fn body_headers(py: Python<'_>) -> PyResult<&'static [Py<PyTuple>; 3]> {
    static LINES: PyOnceLock<[Py<PyTuple>; 3]> = PyOnceLock::new();
    LINES.get_or_try_init(py, || {
        let line = |name: &[u8], value: &[u8]| body_header(py, name, value).map(Bound::unbind);
        Ok([
            line(b"content-type", b"text/plain")?,
            line(b"x-content-type-options", b"nosniff")?,
            line(b"content-length", b"0")?,
        ])
    })
}

fn body_header<'py>(py: Python<'py>, name: &[u8], value: &[u8]) -> PyResult<Bound<'py, PyTuple>> {
    (PyBytes::new(py, name), PyBytes::new(py, value)).into_pyobject(py)
}

/// A header of a response as a tuple of bytes. ASGI permits any iterable of two.
fn copied<'py>(line: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let (name, value) = pair_of(line)?;
    let bytes = |part: &Bound<'py, PyAny>, what: &str| {
        bytes_of(part)?.ok_or_else(|| {
            PyTypeError::new_err(format!(
                "a header's {what} must be bytes, not {}: write [(b\"content-type\", b\"text/html\")]",
                shown(part)
            ))
        })
    };
    (bytes(&name, "name")?, bytes(&value, "value")?).into_bound_py_any(line.py())
}

/// The name and the value of a header that is a tuple of bytes.
fn pair<'a, 'py>(line: &'a Bound<'py, PyAny>) -> Option<(&'a Bound<'py, PyTuple>, &'a [u8], &'a [u8])> {
    let line = line.cast::<PyTuple>().ok().filter(|line| line.len() == 2)?;
    let of = |index| line.get_borrowed_item(index).ok()?.extract::<&'a [u8]>().ok();
    Some((line, of(0)?, of(1)?))
}
