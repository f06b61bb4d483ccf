//! A compiled policy as a Python object. It is frozen, and two policies with the same image are
//! equal.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use corsac::{CompileError, Field, OpenError, Request};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple, PyType};

use crate::decision::Decision;
use crate::finding::{self, Finding};
use crate::mapping;
use crate::options::{Options, Place};
use crate::origin_check::OriginCheck;
use crate::remembered::Remembered;
use crate::repr;
use crate::request_headers::{RequestHeaders, latin_1};

pyo3::import_exception!(corsac._policy_error, PolicyError);

/// Compiling or checking a smaller image takes less time than releasing the GIL would be worth.
pub(crate) const QUICK: usize = 64 * 1024;

/// A compiled policy. It is frozen, hashable and picklable, and any number of threads can share it.
/// Policies with the same image are equal.
///
/// The options are those of a policy file. Lists are iterables of str. `allow_origins` holds
/// patterns such as `https://app.example.com`, `https://*.example.com`, `http://localhost:*`, or
/// `*` alone. It may also hold URL objects, such as those of pydantic. `max_age` is in seconds: a
/// number, a `timedelta` or a str of digits. Raises PolicyError with all findings for a wrong spec,
/// and TypeError for a value of a wrong type.
///
/// The terms are those of the Fetch standard: https://fetch.spec.whatwg.org/#http-cors-protocol
#[pyclass(frozen, module = "corsac")]
pub(crate) struct Policy {
    policy: corsac::Policy<Vec<u8>>,
    findings: Vec<Finding>,
    remembered: Remembered,
}

impl Policy {
    pub(crate) fn new(policy: corsac::Policy<Vec<u8>>, findings: Vec<Finding>) -> Self {
        Self { policy, findings, remembered: Remembered::new() }
    }

    /// Opens and checks an image.
    pub(crate) fn open(py: Python<'_>, image: Vec<u8>) -> PyResult<Self> {
        let opened =
            if image.len() < QUICK { corsac::Policy::open(image) } else { py.detach(|| corsac::Policy::open(image)) };
        match opened {
            Ok(policy) => Ok(Self::new(policy, Vec::new())),
            Err(OpenError::IsSet) => {
                Err(PyValueError::new_err("this is the image of a policy set: open it with PolicySet.from_image"))
            }
            Err(error) => Err(PyValueError::new_err(error.to_string())),
        }
    }

    /// The compiled policy.
    pub(crate) fn view(&self) -> corsac::Policy<&[u8]> {
        self.policy.as_view()
    }

    /// Decides. `passes` is the caller's origin check.
    pub(crate) fn decide(
        &self,
        py: Python<'_>,
        request: &Request<'_>,
        passes: impl FnOnce(&[u8]) -> bool,
    ) -> PyResult<Py<Decision>> {
        self.remembered.decision(py, request, || self.policy.evaluate_with(request, passes))
    }
}

/// Compiles. `findings` are about keys that are not options. They are reported together with the
/// engine's.
pub(crate) fn compile(
    py: Python<'_>,
    options: &Options<'_>,
    mut findings: Vec<Finding>,
) -> PyResult<(corsac::Policy<Vec<u8>>, Vec<Finding>)> {
    let lent = options.lend();
    let spec = lent.spec();
    let size = spec.image_len();
    let mut compile = || spec.compile(vec![0; size], |finding| findings.push(Finding::of(finding)));
    let compiled = if size < QUICK { compile() } else { py.detach(compile) };
    accepted(py, compiled, findings)
}

/// The compiled policy or set with its warnings, or an exception with all findings if one of them
/// is an error.
pub(crate) fn accepted<P>(
    py: Python<'_>,
    compiled: Result<P, CompileError>,
    mut findings: Vec<Finding>,
) -> PyResult<(P, Vec<Finding>)> {
    finding::drop_consequences(&mut findings);
    match compiled {
        Ok(policy) if !findings.iter().any(Finding::is_error) => Ok((policy, findings)),
        Ok(_) | Err(CompileError::Findings { .. }) => {
            Err(PolicyError::new_err((finding::tuple(py, &findings)?.unbind(),)))
        }
        Err(error) => Err(PyValueError::new_err(error.to_string())),
    }
}

#[pymethods]
impl Policy {
    #[new]
    #[pyo3(
        signature = (
            allow_origins = None, *, allow_methods = None, allow_headers = None, allow_credentials = None, expose_headers = None,
            max_age = None, preflight_status = None, denied_preflight_status = None, external_origins = None,
            allow_timing = None, allow_private_network = None, dangerously_allow_null_origin = None,
            dangerously_allow_insecure_origins = None, dangerously_allow_public_suffixes = None
        ),
        text_signature = "(allow_origins=(), *, allow_methods=None, allow_headers=(), allow_credentials=False, expose_headers=(), \
            max_age=None, preflight_status=204, denied_preflight_status=None, external_origins=False, allow_timing=False, \
            allow_private_network=False, dangerously_allow_null_origin=False, dangerously_allow_insecure_origins=False, dangerously_allow_public_suffixes=False)"
    )]
    #[expect(clippy::too_many_arguments, reason = "the options of a policy, by name")]
    fn py_new(
        py: Python<'_>,
        allow_origins: Option<&Bound<'_, PyAny>>,
        allow_methods: Option<&Bound<'_, PyAny>>,
        allow_headers: Option<&Bound<'_, PyAny>>,
        allow_credentials: Option<&Bound<'_, PyAny>>,
        expose_headers: Option<&Bound<'_, PyAny>>,
        max_age: Option<&Bound<'_, PyAny>>,
        preflight_status: Option<&Bound<'_, PyAny>>,
        denied_preflight_status: Option<&Bound<'_, PyAny>>,
        external_origins: Option<&Bound<'_, PyAny>>,
        allow_timing: Option<&Bound<'_, PyAny>>,
        allow_private_network: Option<&Bound<'_, PyAny>>,
        dangerously_allow_null_origin: Option<&Bound<'_, PyAny>>,
        dangerously_allow_insecure_origins: Option<&Bound<'_, PyAny>>,
        dangerously_allow_public_suffixes: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let mut options = Options::default();
        let place = Place::Policy;
        let given = [
            (Field::AllowOrigins, allow_origins),
            (Field::AllowMethods, allow_methods),
            (Field::AllowHeaders, allow_headers),
            (Field::AllowCredentials, allow_credentials),
            (Field::ExposeHeaders, expose_headers),
            (Field::MaxAge, max_age),
            (Field::PreflightStatus, preflight_status),
            (Field::DeniedPreflightStatus, denied_preflight_status),
            (Field::ExternalOrigins, external_origins),
            (Field::AllowTiming, allow_timing),
            (Field::AllowPrivateNetwork, allow_private_network),
            (Field::DangerouslyAllowNullOrigin, dangerously_allow_null_origin),
            (Field::DangerouslyAllowInsecureOrigins, dangerously_allow_insecure_origins),
            (Field::DangerouslyAllowPublicSuffixes, dangerously_allow_public_suffixes),
        ];
        debug_assert!(corsac::policy_options().eq(given.iter().map(|(field, _)| *field)), "an option is missing");
        for (field, value) in given {
            if let Some(value) = value {
                options.set(place, field, value)?;
            }
        }
        let (policy, findings) = compile(py, &options, Vec::new())?;
        Ok(Self::new(policy, findings))
    }

    /// A policy whose options are the keys of a mapping.
    ///
    /// An unknown key is a finding that names the most similar option. Raises the same exceptions
    /// as Policy().
    #[classmethod]
    #[pyo3(signature = (mapping, /))]
    fn from_mapping(_cls: &Bound<'_, PyType>, mapping: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (options, unknown) = mapping::read(mapping)?;
        let (policy, findings) = compile(mapping.py(), &options, unknown)?;
        Ok(Self::new(policy, findings))
    }

    /// A policy from a policy file in TOML, as the command line reads it.
    ///
    /// Raises OSError if the file cannot be read, ValueError if it is not TOML, and PolicyError (a
    /// ValueError) with all findings, also about unknown keys and values of a wrong type. Each
    /// exception names the file.
    #[classmethod]
    #[pyo3(signature = (path, /))]
    fn from_toml<'py>(cls: &Bound<'py, PyType>, path: PathBuf) -> PyResult<Bound<'py, PyAny>> {
        cls.py().import("corsac._policy_file")?.getattr("policy")?.call1((path,))
    }

    /// A policy from the image that `corsac compile` writes. The whole image is checked, which
    /// takes about as long as compiling.
    ///
    /// Raises ValueError if the image is not valid.
    #[classmethod]
    #[pyo3(signature = (image, /))]
    fn from_image(_cls: &Bound<'_, PyType>, image: &Bound<'_, PyBytes>) -> PyResult<Self> {
        Self::open(image.py(), image.as_bytes().to_vec())
    }

    /// The compiled policy, as `corsac compile` writes it. A copy.
    #[getter]
    fn image<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.policy.image())
    }

    /// The warnings. A policy from an image has none.
    #[getter]
    fn findings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        finding::tuple(py, &self.findings)
    }

    /// Whether pages may read responses to requests with credentials.
    #[getter]
    fn allows_credentials(&self) -> bool {
        self.policy.allows_credentials()
    }

    /// Whether the policy allows any origin.
    #[getter]
    fn is_any_origin(&self) -> bool {
        self.policy.is_any_origin()
    }

    /// Whether `evaluate` asks an origin check.
    #[getter]
    fn allows_external_origins(&self) -> bool {
        self.policy.allows_external_origins()
    }

    /// The compiled patterns, in no particular order.
    #[getter]
    fn allow_origins<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        repr::strings(py, self.policy.origins())
    }

    /// The compiled methods, sorted.
    #[getter]
    fn allow_methods<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        repr::strings(py, self.policy.methods())
    }

    /// The compiled request headers, sorted.
    #[getter]
    fn allow_headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        repr::strings(py, self.policy.request_headers())
    }

    /// The compiled exposed response headers, sorted.
    #[getter]
    fn expose_headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        repr::strings(py, self.policy.exposed_headers())
    }

    /// The decision about this request. Pass every header: the engine picks the ones that it needs.
    /// A str is read as Latin-1.
    ///
    /// `origin_check` is called at most once. It is called only if the policy has
    /// `external_origins`, and only with an origin that no pattern matches and that has at most 328
    /// visible bytes and `://`. It returns True or False. Its exceptions propagate.
    ///
    /// `headers` is an iterable of pairs. Raises TypeError for a header that is not a pair, and
    /// ValueError for a str with a code point above U+00FF.
    #[pyo3(signature = (method, headers, *, origin_check = None))]
    fn evaluate(
        &self,
        py: Python<'_>,
        method: &Bound<'_, PyAny>,
        headers: &Bound<'_, PyAny>,
        origin_check: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<Decision>> {
        let method = latin_1(method, "method")?;
        let mut lines = RequestHeaders::default();
        let mut request = Request::new(&*method);
        lines.add_to(headers, &mut request)?;
        let mut check = OriginCheck::new(origin_check);
        let decided = self.decide(py, &request, |origin| check.passes(origin));
        check.or_raise(decided)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.policy.image() == other.policy.image()
    }

    fn __hash__(&self) -> u64 {
        hash_of(self.policy.image())
    }

    fn __repr__(&self) -> String {
        repr::policy(self.policy.as_view())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let (py, this) = (slf.py(), slf.get());
        let restore = py.import("corsac._native")?.getattr("_restore_policy")?;
        Ok((restore, (this.image(py), this.findings(py)?).into_pyobject(py)?))
    }
}

/// Pickles call this. It checks the image, because anybody can write a pickle.
#[pyfunction]
#[pyo3(name = "_restore_policy", signature = (image, findings, /))]
pub(crate) fn restore_policy(py: Python<'_>, image: &[u8], findings: Vec<Bound<'_, Finding>>) -> PyResult<Policy> {
    let findings = findings.iter().map(|finding| finding.get().clone()).collect();
    Ok(Policy { findings, ..Policy::open(py, image.to_vec())? })
}

pub(crate) fn hash_of(image: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    image.hash(&mut hasher);
    hasher.finish()
}
