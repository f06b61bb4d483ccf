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
use crate::request_headers::{RequestHeaders, latin_1, path_bytes};

/// A compiled policy set: several policies, chosen by path and by origin. Like a policy, it is
/// frozen, hashable and picklable, and any number of threads can share it.
///
/// Each table is a mapping with the options of a policy and with its `path`. Without `path` it is
/// for `/`. `"cors": False` leaves the path untouched. Raises PolicyError with all findings for
/// wrong tables, and TypeError for a value of a wrong type.
#[pyclass(frozen, module = "corsac")]
pub(crate) struct PolicySet {
    set: corsac::PolicySet<Vec<u8>>,
    findings: Vec<Finding>,
    /// By the number of the path. Each is made at the first request for its path, because a set may
    /// have thousands of paths.
    remembered: Box<[PyOnceLock<Box<Remembered>>]>,
    tables: PyOnceLock<Py<PyTuple>>,
}

impl PolicySet {
    pub(crate) fn new(set: corsac::PolicySet<Vec<u8>>, findings: Vec<Finding>) -> Self {
        let remembered = set.tables().map(|_| PyOnceLock::new()).collect();
        Self { set, findings, remembered, tables: PyOnceLock::new() }
    }

    /// Compiles. `findings` are about keys that are not options. They are reported together with
    /// the engine's.
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

    /// Opens and checks an image. The image of a single policy is a set of one.
    pub(crate) fn open(py: Python<'_>, image: Vec<u8>) -> PyResult<Self> {
        let is_quick = image.len() < QUICK;
        let open = || corsac::PolicySet::open(image);
        let opened = if is_quick { open() } else { py.detach(open) };
        opened.map(|set| Self::new(set, Vec::new())).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// Decides; `None` if no policy governs the path. `passes` is the caller's origin check.
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
            // The path is ambiguous. Its denial holds the path, so it is not remembered.
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

    /// A policy set from a mapping with the keys of a policy file: a list of tables under `policy`,
    /// or the options of one policy for every path.
    ///
    /// An unknown key is a finding that names the most similar option. Raises the same exceptions
    /// as PolicySet().
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

    /// A policy set from a TOML file: `[[policy]]` tables, or the options of one policy for every
    /// path.
    ///
    /// Raises OSError if the file cannot be read, ValueError if it is not TOML, and PolicyError (a
    /// ValueError) with all findings, also about unknown keys and values of a wrong type. Each
    /// exception names the file.
    #[classmethod]
    #[pyo3(signature = (path, /))]
    fn from_toml<'py>(cls: &Bound<'py, PyType>, path: PathBuf) -> PyResult<Bound<'py, PyAny>> {
        cls.py().import("corsac._policy_file")?.getattr("policy_set")?.call1((path,))
    }

    /// A policy set from the image that `corsac compile` writes, of a set or of a single policy.
    /// The whole image is checked, which takes about as long as compiling.
    ///
    /// Raises ValueError if the image is not valid.
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

    /// The warnings. A set from an image has none.
    #[getter]
    fn findings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        finding::tuple(py, &self.findings)
    }

    /// The path of each table and its policy, in their order; None instead of a policy for an
    /// untouched path.
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

    /// Whether a policy of the set lets pages read responses to requests with credentials.
    #[getter]
    fn allows_credentials(&self) -> bool {
        self.views().any(|policy| policy.allows_credentials())
    }

    /// Whether a policy of the set asks an origin check.
    #[getter]
    fn allows_external_origins(&self) -> bool {
        self.views().any(|policy| policy.allows_external_origins())
    }

    /// The decision about this request; None if no policy governs the path. Then leave the response
    /// as it is.
    ///
    /// `path` is the decoded path that your router matches, as str or as UTF-8. `raw_path` is the
    /// path as it was sent, if your server has it, because only the raw path shows an encoded
    /// slash. If your server has only the raw path, pass None as `path`. `origin_check` gets the
    /// number of the table and the origin. Everything else is as in `Policy.evaluate`.
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
        let mut lines = RequestHeaders::default();
        let mut request = Request::new(&*method);
        lines.add_to(headers, &mut request)?;
        let mut check = OriginCheck::new(origin_check);
        let decided = self.decide(py, &path, &request, |table, origin| check.passes_for(table, origin));
        check.or_raise(decided)
    }

    /// The numbers of the tables that are asked for a raw path, in their order, and whether the
    /// path is ambiguous.
    #[pyo3(name = "_tables_at", signature = (raw_path, /))]
    fn tables_at(&self, raw_path: &[u8]) -> (Vec<usize>, bool) {
        let Some(policies) = self.set.at(&RequestPath::raw(raw_path)) else { return (Vec::new(), false) };
        (policies.policies().map(|(table, _)| table).collect(), policies.is_ambiguous())
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

/// The path of a request, decoded, raw or both.
pub(crate) fn request_path<'p>(decoded: Option<&'p [u8]>, raw: Option<&'p [u8]>) -> PyResult<RequestPath<'p>> {
    match (decoded, raw) {
        (Some(decoded), Some(raw)) => Ok(RequestPath::decoded(decoded).with_raw(raw)),
        (Some(decoded), None) => Ok(RequestPath::decoded(decoded)),
        (None, Some(raw)) => Ok(RequestPath::raw(raw)),
        (None, None) => Err(PyTypeError::new_err("path and raw_path are both None: pass at least one of them")),
    }
}

/// Pickles call this. It checks the image, because anybody can write a pickle.
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
