//! The options of a policy as Python has them: read with the option's name in every refusal, so that a list is a list and a switch a switch.

use corsac::{Field, PolicySpec, PublicSuffixes};
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyInt, PyMapping, PyString};

/// One string of a list. The engine gets it as UTF-8, so that its findings explain what is not ASCII.
pub(crate) enum Text<'py> {
    Str(Bound<'py, PyString>),
    /// Of a str that holds lone surrogates.
    Bytes(Vec<u8>),
}

impl AsRef<[u8]> for Text<'_> {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Str(text) => text.to_str().unwrap_or_default().as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// The options that are set; the rest is left to the engine.
#[derive(Default)]
pub(crate) struct Options<'py> {
    allow_origins: Vec<Text<'py>>,
    allow_methods: Option<Vec<Text<'py>>>,
    allow_headers: Vec<Text<'py>>,
    expose_headers: Vec<Text<'py>>,
    max_age: Option<i64>,
    preflight_status: Option<i64>,
    denied_preflight_status: Option<i64>,
    public_suffixes: Suffixes<'py>,
    /// The switches that are on.
    on: Vec<Field>,
}

/// A switch, or a list of what it is for.
#[derive(Default)]
enum Suffixes<'py> {
    #[default]
    Refused,
    Listed(Vec<Text<'py>>),
    Allowed,
}

impl<'py> Options<'py> {
    pub(crate) fn set(&mut self, field: Field, value: &Bound<'py, PyAny>) -> PyResult<()> {
        match field {
            Field::AllowOrigins => self.allow_origins = list(field, value)?.unwrap_or_default(),
            Field::AllowMethods => self.allow_methods = list(field, value)?,
            Field::AllowHeaders => self.allow_headers = list(field, value)?.unwrap_or_default(),
            Field::ExposeHeaders => self.expose_headers = list(field, value)?.unwrap_or_default(),
            Field::MaxAge => self.max_age = number(field, value)?,
            Field::PreflightStatus => self.preflight_status = number(field, value)?,
            Field::DeniedPreflightStatus => self.denied_preflight_status = number(field, value)?,
            Field::DangerouslyAllowPublicSuffixes => self.public_suffixes = suffixes(field, value)?,
            _ if switch(field, value)? => self.on.push(field),
            _ => {}
        }
        Ok(())
    }

    /// Lends them to the engine.
    pub(crate) fn with<R>(&self, compile: impl FnOnce(&PolicySpec<'_, &[u8]>) -> R) -> R {
        let (origins, methods) = (slices(&self.allow_origins), self.allow_methods.as_deref().map(slices));
        let (headers, exposed) = (slices(&self.allow_headers), slices(&self.expose_headers));
        let suffixes = match &self.public_suffixes {
            Suffixes::Listed(listed) => slices(listed),
            Suffixes::Refused | Suffixes::Allowed => Vec::new(),
        };
        let usual = PolicySpec::new(&origins);
        let on = |field| self.on.contains(&field);
        compile(&PolicySpec {
            allow_methods: methods.as_deref(),
            allow_headers: &headers,
            allow_credentials: on(Field::AllowCredentials),
            expose_headers: &exposed,
            max_age: self.max_age,
            preflight_status: self.preflight_status.unwrap_or(usual.preflight_status),
            denied_preflight_status: self.denied_preflight_status,
            external_origins: on(Field::ExternalOrigins),
            allow_timing: on(Field::AllowTiming),
            allow_private_network: on(Field::AllowPrivateNetwork),
            dangerously_allow_null_origin: on(Field::DangerouslyAllowNullOrigin),
            dangerously_allow_insecure_origins: on(Field::DangerouslyAllowInsecureOrigins),
            dangerously_allow_public_suffixes: match self.public_suffixes {
                Suffixes::Refused => PublicSuffixes::Refused,
                Suffixes::Listed(_) => PublicSuffixes::Listed(&suffixes),
                Suffixes::Allowed => PublicSuffixes::Allowed,
            },
            ..usual
        })
    }
}

fn slices<'a>(list: &'a [Text<'_>]) -> Vec<&'a [u8]> {
    list.iter().map(AsRef::as_ref).collect()
}

/// A type's name, for messages.
pub(crate) fn shown(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "something else".to_owned(), |name| name.to_string())
}

/// A list of strings; None: the option is left out. A str would be taken letter by letter.
fn list<'py>(field: Field, value: &Bound<'py, PyAny>) -> PyResult<Option<Vec<Text<'py>>>> {
    if value.is_none() {
        return Ok(None);
    }
    let is_text = value.is_instance_of::<PyString>();
    if is_text
        || value.is_instance_of::<PyBytes>()
        || value.is_instance_of::<PyByteArray>()
        || value.is_instance_of::<PyMapping>()
    {
        let example = match field {
            Field::AllowOrigins => "https://a.example",
            Field::AllowMethods => "GET",
            Field::DangerouslyAllowPublicSuffixes => "kuleuven.be",
            _ => "content-type",
        };
        let written = value.cast::<PyString>().ok().and_then(|text| text.to_str().ok());
        let written = written
            .filter(|text| text.len() <= 128 && !text.contains(['"', '\\']) && !text.chars().any(char::is_control));
        return Err(PyTypeError::new_err(format!(
            "{field} is a list, not {}: write [\"{}\"]",
            shown(value),
            written.unwrap_or(example)
        )));
    }
    let entries = value
        .try_iter()
        .map_err(|_| PyTypeError::new_err(format!("{field} is a list of str, not {}", shown(value))))?;
    entries.enumerate().map(|(index, entry)| text(field, index, entry?)).collect::<PyResult<_>>().map(Some)
}

fn text<'py>(field: Field, index: usize, entry: Bound<'py, PyAny>) -> PyResult<Text<'py>> {
    match entry.cast_into::<PyString>() {
        Ok(text) if text.to_str().is_ok() => Ok(Text::Str(text)),
        Ok(text) => {
            let bytes = text.call_method1("encode", ("utf-8", "surrogatepass"))?;
            Ok(Text::Bytes(bytes.extract()?))
        }
        Err(other) => {
            Err(PyTypeError::new_err(format!("{field}[{index}] is a str, not {}", shown(&other.into_inner()))))
        }
    }
}

/// A number beyond 64 bits stays out of range for whatever range the engine knows.
fn number(field: Field, value: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    if value.is_none() {
        return Ok(None);
    }
    if value.is_instance_of::<PyBool>() || !value.is_instance_of::<PyInt>() {
        return Err(PyTypeError::new_err(format!("{field} is a whole number, not {}", shown(value))));
    }
    match value.extract() {
        Ok(number) => Ok(Some(number)),
        Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => {
            Ok(Some(if value.lt(0)? { i64::MIN } else { i64::MAX }))
        }
        Err(error) => Err(error),
    }
}

fn suffixes<'py>(field: Field, value: &Bound<'py, PyAny>) -> PyResult<Suffixes<'py>> {
    match value.cast::<PyBool>() {
        Ok(on) if on.is_true() => Ok(Suffixes::Allowed),
        Ok(_) => Ok(Suffixes::Refused),
        Err(_) if value.is_none() || value.try_iter().is_ok() => {
            Ok(list(field, value)?.map_or(Suffixes::Refused, Suffixes::Listed))
        }
        Err(_) => Err(PyTypeError::new_err(format!("{field} is True, False or a list of str, not {}", shown(value)))),
    }
}

fn switch(field: Field, value: &Bound<'_, PyAny>) -> PyResult<bool> {
    match value.cast::<PyBool>() {
        Ok(on) => Ok(on.is_true()),
        Err(_) => Err(PyTypeError::new_err(format!("{field} is True or False, not {}", shown(value)))),
    }
}
