//! The policies of a middleware by path. Each is in a holder, which may replace it. Paths match as
//! in a policy set.

use corsac::{PolicySetSpec, PolicySpec, PolicyTable, Request};
use pyo3::exceptions::PyTypeError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::decision::Decision;
use crate::finding::Finding;
use crate::options::{Text, shown};
use crate::origin_check::OriginCheck;
use crate::policy::{Policy, accepted};
use crate::policy_set::{PolicySet, request_path};
use crate::remembered::Remembered;
use crate::request_headers::{RequestHeaders, latin_1, path_bytes};

/// Holders of policies by path. A holder has an attribute `policy`, which is a Policy or a
/// PolicySet. None instead of a holder leaves the path untouched.
#[pyclass(frozen, name = "_PathTable", module = "corsac._native")]
pub(crate) struct PathTable {
    /// A set that is used to match paths only. The holder with the number of the matching table has
    /// the policy that decides.
    paths: corsac::PolicySet<Vec<u8>>,
    holders: Vec<Option<Py<PyAny>>>,
}

#[pymethods]
impl PathTable {
    /// Raises PolicyError for a path that no request can have.
    #[new]
    #[pyo3(signature = (entries, /))]
    fn new(py: Python<'_>, entries: Vec<(Bound<'_, PyAny>, Option<Py<PyAny>>)>) -> PyResult<Self> {
        let (paths, holders): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
        let paths = paths.into_iter().map(|path| Text::new("a path", path)).collect::<PyResult<Vec<_>>>()?;
        // The policies of this set are not used, so take the smallest.
        let any = PolicySpec::new(&["*"]);
        let each = paths.iter().map(AsRef::as_ref).zip(&holders);
        let tables = each.map(|(path, holder): (&[u8], _)| match holder {
            Some(_) => PolicyTable::new(path, any),
            None => PolicyTable::untouched(path),
        });
        let tables: Vec<_> = tables.collect();
        let spec = PolicySetSpec::new(&tables);
        let mut findings = Vec::new();
        let compiled = spec.compile(vec![0; spec.image_len()], |finding| findings.push(Finding::of(finding)));
        let (paths, _) = accepted(py, compiled, findings)?;
        Ok(Self { paths, holders })
    }

    /// Like `PolicySet.evaluate`. The origin check gets the number of the entry as the number of
    /// the table.
    #[pyo3(signature = (path, method, headers, raw_path = None, *, origin_check = None))]
    fn evaluate(
        &self,
        py: Python<'_>,
        path: &Bound<'_, PyAny>,
        method: &Bound<'_, PyAny>,
        headers: &Bound<'_, PyAny>,
        raw_path: Option<&Bound<'_, PyAny>>,
        origin_check: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<Py<Decision>>> {
        let path = path_bytes(path)?;
        let raw = raw_path.map(|raw| latin_1(raw, "raw_path")).transpose()?;
        let path = request_path(Some(&path), raw.as_deref())?;
        let Some(entry) = self.paths.at(&path) else { return Ok(None) };
        let method = latin_1(method, "method")?;
        let mut lines = RequestHeaders::default();
        let mut request = Request::new(&*method);
        lines.add_to(headers, &mut request)?;
        let Some(number) = entry.policies().next().map(|(number, _)| number) else {
            // The path is ambiguous, so the request is denied.
            return Remembered::new().decision(py, &request, || entry.evaluate(&request)).map(Some);
        };
        let Some(holder) = self.holders.get(number).and_then(Option::as_ref) else { return Ok(None) };
        let policy = holder.bind(py).getattr(pyo3::intern!(py, "policy"))?;
        let mut check = OriginCheck::new(origin_check);
        let decided = if let Ok(policy) = policy.cast_exact::<Policy>() {
            policy.get().decide(py, &request, |origin| check.passes_for(number, origin)).map(Some)
        } else if let Ok(set) = policy.cast_exact::<PolicySet>() {
            set.get().decide(py, &path, &request, |table, origin| check.passes_for(table, origin))
        } else {
            Err(PyTypeError::new_err(format!(
                "a holder's policy must be a Policy or a PolicySet, not {}",
                shown(&policy)
            )))
        };
        check.or_raise(decided)
    }

    /// The holders, in the order of the entries; None for an untouched path.
    #[getter]
    fn holders<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.holders)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.holders.iter().flatten().try_for_each(|holder| visit.call(holder))
    }
}
