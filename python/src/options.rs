//! The options of a policy, read from Python values. Every error names the option, so that you find
//! a value of a wrong type.

use std::fmt;

use corsac::{Field, PolicySpec, PublicSuffixes};
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyInt, PyMapping, PyString};

/// One string of a list. The engine gets it as UTF-8, so that its findings can show characters
/// beyond ASCII.
pub(crate) enum Text<'py> {
    Str(Bound<'py, PyString>),
    /// The bytes of a str with lone surrogates.
    Bytes(Vec<u8>),
    Default(&'static str),
}

impl<'py> Text<'py> {
    /// The text of the option `name`, which must be a str.
    pub(crate) fn new(name: &str, text: Bound<'py, PyAny>) -> PyResult<Self> {
        match text.cast_into::<PyString>() {
            Ok(text) if text.to_str().is_ok() => Ok(Self::Str(text)),
            Ok(text) => Ok(Self::Bytes(text.call_method1("encode", ("utf-8", "surrogatepass"))?.extract()?)),
            Err(other) => Err(not_text(name, &other.into_inner())),
        }
    }

    /// An origin, which may be a URL object, because settings libraries make those.
    fn origin(name: &str, entry: Bound<'py, PyAny>) -> PyResult<Self> {
        // The URL objects of pydantic, yarl and httpx all have these two attributes.
        let is_url = !entry.is_instance_of::<PyString>() && entry.hasattr("scheme")? && entry.hasattr("host")?;
        if !is_url {
            return Self::new(name, entry);
        }
        let written = entry.str()?;
        // These objects write the empty path as a slash. The engine refuses any other path.
        match written.to_str().ok().and_then(|text| text.strip_suffix('/')) {
            Some(origin) if origin.matches('/').count() == 2 => {
                Self::new(name, PyString::new(entry.py(), origin).into_any())
            }
            _ => Self::new(name, written.into_any()),
        }
    }
}

/// The error for an entry that is not a str. It says what to write instead of types that people
/// often use.
fn not_text(name: &str, entry: &Bound<'_, PyAny>) -> PyErr {
    let write = if entry.is_instance_of::<PyBytes>() || entry.is_instance_of::<PyByteArray>() {
        ": write it without the b, or decode it"
    } else if entry.hasattr("fullmatch").unwrap_or(false) {
        ": write a pattern, such as \"https://*.example.com\", or pass the regular expression to a middleware as allow_origin_regex"
    } else {
        ""
    };
    PyTypeError::new_err(format!("{name} must be a str, not {}{write}", shown(entry)))
}

impl AsRef<[u8]> for Text<'_> {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Str(text) => text.to_str().unwrap_or_default().as_bytes(),
            Self::Bytes(bytes) => bytes,
            Self::Default(text) => text.as_bytes(),
        }
    }
}

/// The options that are set. The engine has the defaults of the others.
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

/// The value of `dangerously_allow_public_suffixes`: a switch, or the list of allowed suffixes.
#[derive(Default)]
enum Suffixes<'py> {
    #[default]
    Refused,
    Listed(Vec<Text<'py>>),
    Allowed,
}

/// The policy of an option, for messages.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    Policy,
    /// A table of a policy set.
    Table(usize),
}

impl Place {
    pub(crate) fn name(self, key: impl fmt::Display) -> String {
        match self {
            Self::Policy => key.to_string(),
            Self::Table(table) => format!("policy[{table}].{key}"),
        }
    }
}

/// Slices of the options' texts, because a spec borrows its texts.
pub(crate) struct Lent<'a, 'py> {
    options: &'a Options<'py>,
    origins: Vec<&'a [u8]>,
    methods: Option<Vec<&'a [u8]>>,
    headers: Vec<&'a [u8]>,
    exposed: Vec<&'a [u8]>,
    suffixes: Vec<&'a [u8]>,
}

impl<'py> Options<'py> {
    pub(crate) fn set(&mut self, place: Place, field: Field, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let name = &place.name(field);
        match field {
            Field::AllowOrigins => self.allow_origins = list(field, name, value)?.unwrap_or_default(),
            Field::AllowMethods => self.allow_methods = list(field, name, value)?,
            Field::AllowHeaders => self.allow_headers = list(field, name, value)?.unwrap_or_default(),
            Field::ExposeHeaders => self.expose_headers = list(field, name, value)?.unwrap_or_default(),
            Field::MaxAge => self.max_age = seconds(name, value)?,
            Field::PreflightStatus => self.preflight_status = number(name, value)?,
            Field::DeniedPreflightStatus => self.denied_preflight_status = number(name, value)?,
            Field::DangerouslyAllowPublicSuffixes => self.public_suffixes = suffixes(field, name, value)?,
            _ if switch(name, value)? => self.on.push(field),
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn lend(&self) -> Lent<'_, 'py> {
        Lent {
            options: self,
            origins: slices(&self.allow_origins),
            methods: self.allow_methods.as_deref().map(slices),
            headers: slices(&self.allow_headers),
            exposed: slices(&self.expose_headers),
            suffixes: match &self.public_suffixes {
                Suffixes::Listed(listed) => slices(listed),
                Suffixes::Refused | Suffixes::Allowed => Vec::new(),
            },
        }
    }
}

impl Lent<'_, '_> {
    pub(crate) fn spec(&self) -> PolicySpec<'_, &[u8]> {
        let (options, default) = (self.options, PolicySpec::new(&self.origins));
        let on = |field| options.on.contains(&field);
        // No `..`: a new option does not compile here until it is read.
        PolicySpec {
            allow_origins: &self.origins,
            allow_methods: self.methods.as_deref(),
            allow_headers: &self.headers,
            allow_credentials: on(Field::AllowCredentials),
            expose_headers: &self.exposed,
            max_age: options.max_age,
            preflight_status: options.preflight_status.unwrap_or(default.preflight_status),
            denied_preflight_status: options.denied_preflight_status,
            external_origins: on(Field::ExternalOrigins),
            allow_timing: on(Field::AllowTiming),
            allow_private_network: on(Field::AllowPrivateNetwork),
            dangerously_allow_null_origin: on(Field::DangerouslyAllowNullOrigin),
            dangerously_allow_insecure_origins: on(Field::DangerouslyAllowInsecureOrigins),
            dangerously_allow_public_suffixes: match options.public_suffixes {
                Suffixes::Refused => PublicSuffixes::Refused,
                Suffixes::Listed(_) => PublicSuffixes::Listed(&self.suffixes),
                Suffixes::Allowed => PublicSuffixes::Allowed,
            },
        }
    }
}

fn slices<'a>(list: &'a [Text<'_>]) -> Vec<&'a [u8]> {
    list.iter().map(AsRef::as_ref).collect()
}

/// A type's name, for messages.
pub(crate) fn shown(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "something else".to_owned(), |name| name.to_string())
}

/// A list of strings; None if the option is left out. A str is refused, because iterating it would
/// give its letters.
fn list<'py>(field: Field, name: &str, value: &Bound<'py, PyAny>) -> PyResult<Option<Vec<Text<'py>>>> {
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
            "{name} must be a list, not {}: write [\"{}\"]",
            shown(value),
            written.unwrap_or(example)
        )));
    }
    let entries = value
        .try_iter()
        .map_err(|_| PyTypeError::new_err(format!("{name} must be a list of str, not {}", shown(value))))?;
    entries
        .enumerate()
        .map(|(index, entry)| match field {
            Field::AllowOrigins => Text::origin(&format!("{name}[{index}]"), entry?),
            _ => Text::new(&format!("{name}[{index}]"), entry?),
        })
        .collect::<PyResult<_>>()
        .map(Some)
}

/// Whole seconds: a number, a `timedelta`, or a str of digits, because environment variables are
/// str.
fn seconds(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    if let Ok(text) = value.cast::<PyString>() {
        let is_number = |text: &&str| {
            let digits = text.strip_prefix('-').unwrap_or(text);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        let written = text.to_str().ok().map(str::trim).filter(is_number);
        let written = written.ok_or_else(|| {
            PyTypeError::new_err(format!(
                "{name} must be a whole number of seconds, and this str is not one: write 600"
            ))
        })?;
        let nearest = if written.starts_with('-') { i64::MIN } else { i64::MAX };
        return Ok(Some(written.parse().unwrap_or(nearest)));
    }
    let timedelta = value.py().import("datetime")?.getattr("timedelta")?;
    if !value.is_instance(&timedelta)? {
        return number(name, value);
    }
    if !value.getattr("microseconds")?.eq(0)? {
        return Err(PyValueError::new_err(format!(
            "{name} must be a whole number of seconds: write timedelta(seconds=600)"
        )));
    }
    let (days, rest): (i64, i64) = (value.getattr("days")?.extract()?, value.getattr("seconds")?.extract()?);
    // A timedelta has at most a billion days.
    Ok(Some(days.saturating_mul(86_400).saturating_add(rest)))
}

/// A whole number. One beyond 64 bits becomes the nearest of 64 bits, which is out of range for
/// every option too.
fn number(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    if value.is_none() {
        return Ok(None);
    }
    if value.is_instance_of::<PyBool>() || !value.is_instance_of::<PyInt>() {
        return Err(PyTypeError::new_err(format!("{name} must be a whole number, not {}", shown(value))));
    }
    match value.extract() {
        Ok(number) => Ok(Some(number)),
        Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => {
            Ok(Some(if value.lt(0)? { i64::MIN } else { i64::MAX }))
        }
        Err(error) => Err(error),
    }
}

fn suffixes<'py>(field: Field, name: &str, value: &Bound<'py, PyAny>) -> PyResult<Suffixes<'py>> {
    match value.cast::<PyBool>() {
        Ok(on) if on.is_true() => Ok(Suffixes::Allowed),
        Ok(_) => Ok(Suffixes::Refused),
        Err(_) if value.is_none() || value.try_iter().is_ok() => {
            Ok(list(field, name, value)?.map_or(Suffixes::Refused, Suffixes::Listed))
        }
        Err(_) => {
            Err(PyTypeError::new_err(format!("{name} must be True, False or a list of str, not {}", shown(value))))
        }
    }
}

pub(crate) fn switch(name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
    match value.cast::<PyBool>() {
        Ok(on) => Ok(on.is_true()),
        Err(_) => Err(PyTypeError::new_err(format!("{name} must be True or False, not {}", shown(value)))),
    }
}
