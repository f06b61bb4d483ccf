//! One thing that is wrong or doubtful in a spec, as a Python object that keeps what core reported.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use corsac::{Field, FindingCode, OptionAdvice, Severity, TextFinding, UnknownOption};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyBytes, PyDict, PyTuple, PyType};

/// One thing that is wrong (an error) or doubtful (a warning) in a spec.
#[pyclass(frozen, eq, module = "corsac")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Finding {
    /// `"error"`: the spec does not compile. `"warning"`: it compiles, but probably does not do
    /// what you meant.
    #[pyo3(get)]
    severity: String,
    /// The stable code.
    #[pyo3(get)]
    code: String,
    /// The number of the table in a policy set, from 0; None for the set as a whole, or for a
    /// single policy.
    #[pyo3(get)]
    table: Option<usize>,
    /// The option.
    #[pyo3(get)]
    field: String,
    /// The number of the entry in a list, from 0; None for the option as a whole.
    #[pyo3(get)]
    index: Option<usize>,
    text: Vec<u8>,
    /// The start of the wrong bytes in `text`.
    #[pyo3(get)]
    start: usize,
    /// The end of the wrong bytes in `text`.
    #[pyo3(get)]
    end: usize,
    related: Option<Vec<u8>>,
    /// One line: what is wrong, with the entry escaped and cut to 128 bytes.
    #[pyo3(get)]
    message: String,
    /// What to do, in words.
    #[pyo3(get)]
    suggestion: Option<String>,
    /// The text that replaces the entry; None if no text does.
    #[pyo3(get)]
    replacement: Option<String>,
    /// The line in the policy file, from 1; None if there is no file, or if the finding is about
    /// something missing.
    #[pyo3(get)]
    line: Option<usize>,
    /// The column in characters, from 1.
    #[pyo3(get)]
    column: Option<usize>,
}

/// Removes a finding about missing origins if another one is about the misspelt name of their list,
/// because that is one mistake.
pub(crate) fn drop_consequences(findings: &mut Vec<Finding>) {
    let misspelt = findings.iter().filter(|finding| finding.is_misspelt(Field::AllowOrigins));
    let tables: Vec<_> = misspelt.map(|finding| finding.table).collect();
    findings.retain(|finding| finding.code != FindingCode::NoOrigins.as_str() || !tables.contains(&finding.table));
}

impl Finding {
    pub(crate) fn of(finding: &corsac::Finding<'_>) -> Self {
        let suggestion = &finding.suggestion;
        Self {
            severity: finding.severity.as_str().to_owned(),
            code: finding.code.as_str().to_owned(),
            table: finding.table,
            field: finding.field.as_str().to_owned(),
            index: finding.index,
            text: finding.text.to_vec(),
            start: finding.at.start,
            end: finding.at.end,
            related: finding.related.map(<[u8]>::to_vec),
            message: finding.to_string(),
            suggestion: (!suggestion.is_none()).then(|| suggestion.to_string()),
            replacement: suggestion.replacement().map(str::to_owned),
            line: None,
            column: None,
        }
    }

    /// A finding about the text of a policy file.
    pub(crate) fn of_text(finding: &TextFinding<'_>) -> Self {
        let advice = finding.advice().map(|advice| advice.to_string());
        let field = String::from_utf8_lossy(finding.field);
        let placed = match finding.finding() {
            Some(of_spec) => Self::of(of_spec),
            None => Self::of_key(finding.code(), None, &field, finding.to_string(), advice),
        };
        // The index in the text. The engine counts without the entries that the reader refused.
        let place = |number: usize| finding.span.is_some().then_some(number);
        let (line, column) = (place(finding.line), place(finding.column));
        Self { table: finding.table, index: finding.index, line, column, ..placed }
    }

    /// An error about a key of a mapping.
    pub(crate) fn of_key(
        code: &str,
        table: Option<usize>,
        key: &str,
        message: String,
        suggestion: Option<String>,
    ) -> Self {
        Self {
            severity: Severity::Error.as_str().to_owned(),
            code: code.to_owned(),
            table,
            field: key.to_owned(),
            index: None,
            text: Vec::new(),
            start: 0,
            end: 0,
            related: None,
            message,
            suggestion,
            replacement: None,
            line: None,
            column: None,
        }
    }

    /// Whether it is about a key that probably means this option.
    fn is_misspelt(&self, option: Field) -> bool {
        let unknown = || UnknownOption::of_table(self.field.as_bytes());
        self.code == "unknown-key" && unknown().advice().and_then(OptionAdvice::option) == Some(option)
    }

    pub(crate) fn is_error(&self) -> bool {
        self.severity == Severity::Error.as_str()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.severity)?;
        match self.table {
            Some(table) if self.field == Field::Policy.as_str() => write!(f, "policy[{table}]")?,
            Some(table) => write!(f, "policy[{table}].{}", self.field)?,
            None => f.write_str(&self.field)?,
        }
        if let Some(index) = self.index {
            write!(f, "[{index}]")?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(suggestion) = &self.suggestion {
            write!(f, "; {suggestion}")?;
        }
        Ok(())
    }
}

/// The stable number of each code.
pub(crate) fn numbers(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    FindingCode::ALL.iter().map(|&code| (code.as_str(), code as u8)).into_py_dict(py)
}

/// Findings as Python has them.
pub(crate) fn tuple<'py>(py: Python<'py>, findings: &[Finding]) -> PyResult<Bound<'py, PyTuple>> {
    let findings = findings.iter().map(|finding| Py::new(py, finding.clone()));
    PyTuple::new(py, findings.collect::<PyResult<Vec<_>>>()?)
}

#[pymethods]
impl Finding {
    #[new]
    #[pyo3(signature = (severity, code, table, field, index, text, start, end, related, message, suggestion, replacement, line=None, column=None))]
    #[expect(clippy::too_many_arguments, reason = "all of its parts, because unpickling calls this")]
    fn new(
        severity: String,
        code: String,
        table: Option<usize>,
        field: String,
        index: Option<usize>,
        text: Vec<u8>,
        start: usize,
        end: usize,
        related: Option<Vec<u8>>,
        message: String,
        suggestion: Option<String>,
        replacement: Option<String>,
        line: Option<usize>,
        column: Option<usize>,
    ) -> PyResult<Self> {
        if !matches!(severity.as_str(), "error" | "warning") {
            return Err(PyValueError::new_err("severity must be \"error\" or \"warning\""));
        }
        Ok(Self {
            severity,
            code,
            table,
            field,
            index,
            text,
            start,
            end,
            related,
            message,
            suggestion,
            replacement,
            line,
            column,
        })
    }

    /// The entry as you wrote it, in UTF-8; empty if the option is not a list.
    #[getter]
    fn text<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.text)
    }

    /// The entry that makes this one redundant.
    #[getter]
    fn related<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.related.as_ref().map(|related| PyBytes::new(py, related))
    }

    fn __str__(&self) -> String {
        self.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<Finding {} {self}>", self.code)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
        let (py, this) = (slf.py(), slf.get());
        let place =
            (&this.severity, &this.code, this.table, &this.field, this.index, this.text(py), this.start, this.end);
        let rest = (this.related(py), &this.message, &this.suggestion, &this.replacement, this.line, this.column);
        let all = place.into_pyobject(py)?.as_sequence().concat(rest.into_pyobject(py)?.as_sequence())?;
        Ok((slf.get_type(), all.to_tuple()?))
    }
}
