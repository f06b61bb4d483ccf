//! A compiled policy set as a Python object: several policies, chosen by path and by origin.

use std::path::PathBuf;

use corsac::{PolicySetSpec, PolicyTable, Request, RequestPath};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyTuple, PyType};

use crate::decision::Decision;
use crate::finding::{self, Finding};
use crate::mapping::{self, Table};
use crate::origin_check::OriginCheck;
use crate::policy::{self, Policy, QUICK, accepted, hash_of};
use crate::remembered::Remembered;
use crate::repr;
use crate::request_lines::{RequestLines, latin_1, path_bytes};

/// A compiled policy set: several policies, chosen by path and by origin. As a policy it is frozen, hashable, equal to others by its
/// image, picklable, and shared by any number of threads.
///
/// Each table is a mapping with the options of a policy and its `path`, `/` if there is none; `"cors": False` leaves the path untouched.
/// Raises PolicyError with all findings for wrong tables, TypeError for a value of a wrong type.
#[pyclass(frozen, module = "corsac")]
pub(crate) struct PolicySet {
    set: corsac::PolicySet<Vec<u8>>,
    findings: Vec<Finding>,
    /// By the number of the path. A set may have thousands of paths: made when a request needs it.
    remembered: Box<[PyOnceLock<Box<Remembered>>]>,
    tables: PyOnceLock<Py<PyTuple>>,
}

impl PolicySet {
    pub(crate) fn new(set: corsac::PolicySet<Vec<u8>>, findings: Vec<Finding>) -> Self {
        let remembered = set.tables().map(|_| PyOnceLock::new()).collect();
        Self { set, findings, remembered, tables: PyOnceLock::new() }
    }

    /// Compiles. `findings` are those of keys that are not options: they are reported with the engine's.
    fn compile(py: Python<'_>, tables: &[Table<'_>], mut findings: Vec<Finding>) -> PyResult<Self> {
        let lent: Vec<_> = tables.iter().map(|table| table.options.as_ref().map(|options| options.lend())).collect();
        let specs = tables.iter().zip(&lent).map(|(table, lent)| match lent {
            Some(lent) => PolicyTable::new(table.path.as_ref(), lent.spec()),
            None => PolicyTable::untouched(table.path.as_ref()),
        });
        let specs: Vec<_> = specs.collect();
        let spec = PolicySetSpec::new(&specs);
        let size = spec.image_len();
        let mut compile = || spec.compile(vec![0; size], |finding| findings.push(Finding::of(finding)));
        let compiled = if size < QUICK { compile() } else { py.detach(compile) };
        let (set, findings) = accepted(py, compiled, findings)?;
        Ok(Self::new(set, findings))
    }

    /// The policies of the set.
    pub(crate) fn views(&self) -> impl Iterator<Item = corsac::Policy<&[u8]>> {
        self.set.tables().filter_map(|(_, policy)| policy)
    }

    /// The set of an image, which is checked. The image of a policy is a set of one.
    pub(crate) fn open(py: Python<'_>, image: Vec<u8>) -> PyResult<Self> {
        let is_quick = image.len() < QUICK;
        let open = || corsac::PolicySet::open(image);
        let opened = if is_quick { open() } else { py.detach(open) };
        opened.map(|set| Self::new(set, Vec::new())).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// Decides; `None`: no policy governs the path. `passes` is the caller's check of origins.
    pub(crate) fn decide(
        &self,
        py: Python<'_>,
        path: &RequestPath<'_>,
        request: &Request<'_>,
        passes: impl FnMut(usize, &[u8]) -> bool,
    ) -> PyResult<Option<Py<Decision>>> {
        let Some(policies) = self.set.at(path) else { return Ok(None) };
        let decide = || policies.evaluate_with(request, passes);
        match self.remembered.get(policies.id() as usize) {
            Some(place) => {
                let remembered = place.get_or_init(py, || Box::new(Remembered::new()));
                remembered.decision(py, request, decide).map(Some)
            }
            // An ambiguous path: its denial holds the path, and is not remembered.
            None => Remembered::new().decision(py, request, decide).map(Some),
        }
    }
}

#[pymethods]
impl PolicySet {
    #[new]
    #[pyo3(signature = (tables, /))]
    fn py_new(tables: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (read, unknown) = mapping::read_tables(tables)?;
        Self::compile(tables.py(), &read, unknown)
    }

    /// A policy set from a mapping, as a policy file has it: a list of tables under `policy`, or the options of one policy for every path.
    ///
    /// An unknown key is a finding that names the nearest. Raises as PolicySet() does.
    #[classmethod]
    #[pyo3(signature = (mapping, /))]
    fn from_mapping(_cls: &Bound<'_, PyType>, mapping: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = mapping.py();
        match mapping::read_set(mapping)? {
            mapping::Read::Policy(options, unknown) => {
                let (policy, findings) = policy::compile(py, &options, unknown)?;
                Ok(Self::new(policy.into(), findings))
            }
            mapping::Read::Tables(tables, unknown) => Self::compile(py, &tables, unknown),
        }
    }

    /// A policy set from a TOML file: `[[policy]]` tables, or the options of one policy for every path.
    ///
    /// Raises OSError when the file cannot be read, ValueError when it is not TOML, PolicyError (a ValueError) with all findings, unknown
    /// keys and values of a wrong type among them. Each names the file.
    #[classmethod]
    #[pyo3(signature = (path, /))]
    fn from_toml<'py>(cls: &Bound<'py, PyType>, path: PathBuf) -> PyResult<Bound<'py, PyAny>> {
        cls.py().import("corsac._policy_file")?.getattr("policy_set")?.call1((path,))
    }

    /// A policy set from the image that `corsac compile` writes, of a set or of a single policy. It is checked whole: this costs about as
    /// much as compiling.
    ///
    /// Raises ValueError when it does not open.
    #[classmethod]
    #[pyo3(signature = (image, /))]
    fn from_image(_cls: &Bound<'_, PyType>, image: &Bound<'_, PyBytes>) -> PyResult<Self> {
        Self::open(image.py(), image.as_bytes().to_vec())
    }

    /// The compiled set, as `corsac compile` writes it. A copy.
    #[getter]
    fn image<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.set.image())
    }

    /// The warnings; a set that came as an image has none.
    #[getter]
    fn findings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        finding::tuple(py, &self.findings)
    }

    /// The path of each table and its policy, in their order; None instead of a policy for a path that is left untouched.
    #[getter]
    fn tables<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let table = |(path, policy): (&[u8], Option<corsac::Policy<&[u8]>>)| {
            let policy = policy.map(|policy| Policy::open(py, policy.image().to_vec())).transpose()?;
            Ok((String::from_utf8_lossy(path).into_owned(), policy))
        };
        let tables = self.tables.get_or_try_init(py, || {
            let tables = self.set.tables().map(table).collect::<PyResult<Vec<_>>>()?;
            PyTuple::new(py, tables).map(Bound::unbind)
        });
        tables.map(|tables| tables.bind(py).clone())
    }

    /// A policy of the set lets credentialed responses be read.
    #[getter]
    fn allows_credentials(&self) -> bool {
        self.views().any(|policy| policy.allows_credentials())
    }

    /// A policy of the set lets the caller check origins.
    #[getter]
    fn allows_external_origins(&self) -> bool {
        self.views().any(|policy| policy.allows_external_origins())
    }

    /// The decision for this request; None: no policy governs the path, and the response stays as it is.
    ///
    /// `path` is the decoded path that the router matches, as str or as UTF-8. `raw_path` is the path as it was sent, where the server
    /// has it: it alone shows an encoded slash. A server that has only the raw path gives None for the other. `origin_check` gets the number of the table and the origin; else as for `Policy.evaluate`.
    #[pyo3(signature = (path, method, headers, raw_path = None, *, origin_check = None))]
    fn evaluate(
        &self,
        py: Python<'_>,
        path: Option<&Bound<'_, PyAny>>,
        method: &Bound<'_, PyAny>,
        headers: &Bound<'_, PyAny>,
        raw_path: Option<&Bound<'_, PyAny>>,
        origin_check: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<Py<Decision>>> {
        let path = path.map(path_bytes).transpose()?;
        let raw = raw_path.map(|raw| latin_1(raw, "raw_path")).transpose()?;
        let path = request_path(path.as_deref(), raw.as_deref())?;
        let method = latin_1(method, "method")?;
        let mut lines = RequestLines::default();
        let mut request = Request::new(&*method);
        lines.add_to(headers, &mut request)?;
        let mut check = OriginCheck::new(origin_check);
        let decided = self.decide(py, &path, &request, |table, origin| check.passes_for(table, origin));
        check.or_raise(decided)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.set.image() == other.set.image()
    }

    fn __hash__(&self) -> u64 {
        hash_of(self.set.image())
    }

    fn __repr__(&self) -> String {
        repr::policy_set(self.set.as_view())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let (py, this) = (slf.py(), slf.get());
        let restore = py.import("corsac._native")?.getattr("_restore_policy_set")?;
        Ok((restore, (this.image(py), this.findings(py)?).into_pyobject(py)?))
    }
}

/// The path of a request as a server has it: decoded, raw, or both.
pub(crate) fn request_path<'p>(decoded: Option<&'p [u8]>, raw: Option<&'p [u8]>) -> PyResult<RequestPath<'p>> {
    match (decoded, raw) {
        (Some(decoded), Some(raw)) => Ok(RequestPath::decoded(decoded).with_raw(raw)),
        (Some(decoded), None) => Ok(RequestPath::decoded(decoded)),
        (None, Some(raw)) => Ok(RequestPath::raw(raw)),
        (None, None) => Err(PyTypeError::new_err("path is None, and so is raw_path: give one of them")),
    }
}

/// What a pickle names. The image is checked, because anybody may have written the pickle.
#[pyfunction]
#[pyo3(name = "_restore_policy_set", signature = (image, findings, /))]
pub(crate) fn restore_policy_set(
    py: Python<'_>,
    image: &[u8],
    findings: Vec<Bound<'_, Finding>>,
) -> PyResult<PolicySet> {
    let findings = findings.iter().map(|finding| finding.get().clone()).collect();
    Ok(PolicySet { findings, ..PolicySet::open(py, image.to_vec())? })
}
