//! A script's request and the responses to it, read from Python.

use corsac::browser::{AddressSpace, Profile};
use corsac_diagnose::exchange::{Exchange, Headers, Hop, Response, ScriptRequest};
use corsac_diagnose::{UrlCrate, resolve};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString};

use crate::options::shown;
use crate::request_headers::{latin_1, pair_of};

/// More headers than any message has. The time grows with their number: core puts 2048 names in order in one pass.
const HEADERS_MAX: usize = 2000;
/// No browser follows more than 20 redirects (Fetch 4.4).
const HOPS_MAX: usize = 32;

/// The script's request, from the first four arguments of `explain`.
pub(crate) fn read_request(
    origin: &Bound<'_, PyAny>,
    url: &Bound<'_, PyString>,
    method: &Bound<'_, PyAny>,
    headers: Option<&Bound<'_, PyAny>>,
) -> PyResult<ScriptRequest> {
    let header = |line: PyResult<Bound<'_, PyAny>>| {
        let (name, value) = pair_of(&line?)?;
        let value = if value.is_none() { None } else { Some(latin_1(&value, "a header's value")?.into_owned()) };
        Ok((latin_1(&name, "a header's name")?.into_owned(), value))
    };
    Ok(ScriptRequest {
        origin: Some(latin_1(origin, "origin")?.into_owned()),
        url: Some(url.to_string_lossy().into_owned().into_bytes()),
        method: Some(latin_1(method, "method")?.into_owned()),
        headers: match headers {
            Some(headers) => few(headers_of(headers)?.map(header).collect::<PyResult<Vec<_>>>()?, HEADERS_MAX)?,
            None => Vec::new(),
        },
        ..ScriptRequest::default()
    })
}

/// The request with its responses and with absolute URLs.
pub(crate) fn of(request: ScriptRequest, hops: Vec<Hop>) -> PyResult<Exchange> {
    let mut exchange = Exchange { request, hops: few(hops, HOPS_MAX)? };
    resolve(&mut exchange, &UrlCrate).map_err(PyValueError::new_err)?;
    Ok(exchange)
}

/// The responses to the only request, without a redirect chain.
pub(crate) fn read_responses(
    preflight: Option<&Bound<'_, PyAny>>,
    response: Option<&Bound<'_, PyAny>>,
) -> PyResult<Hop> {
    let preflight = preflight.map(|response| read_response(response, "preflight")).transpose()?;
    let response = response.map(|response| read_response(response, "response")).transpose()?;
    Ok(Hop { preflight, response, ..Hop::default() })
}

/// A mapping with `url`, `target_address`, `preflight`, `response` and `revalidated`. Each of them is optional.
pub(crate) fn read_hop(hop: &Bound<'_, PyAny>) -> PyResult<Hop> {
    let Ok(mapping) = hop.cast::<PyMapping>() else {
        return Err(PyTypeError::new_err(format!(
            "a hop must be a mapping, not {}: write {{\"url\": \"https://api.example/\", \"response\": (200, [])}}",
            shown(hop)
        )));
    };
    let mut read = Hop::default();
    for item in mapping.items()?.iter() {
        let (key, value): (String, Bound<'_, PyAny>) = item.extract()?;
        match key.as_str() {
            "url" if value.is_none() => {}
            "url" => read.url = Some(value.extract::<String>()?.into_bytes()),
            "target_address" if value.is_none() => {}
            "target_address" => read.address = Some(read_address(&value.extract::<String>()?)?),
            "preflight" if value.is_none() => {}
            "preflight" => read.preflight = Some(read_response(&value, "preflight")?),
            "response" if value.is_none() => {}
            "response" => read.response = Some(read_response(&value, "response")?),
            "revalidated" if value.is_none() => {}
            "revalidated" => read.revalidated = Some(read_headers(&value)?),
            other => {
                let other = corsac::Escaped(other.as_bytes());
                return Err(PyValueError::new_err(format!(
                    "\"{other}\" is not a key of a hop: write url, target_address, preflight, response or revalidated"
                )));
            }
        }
    }
    Ok(read)
}

/// The text of an IP address.
pub(crate) fn read_address(text: &str) -> PyResult<Vec<u8>> {
    if AddressSpace::of_address(text.as_bytes(), Profile::Spec).is_none() {
        let shown = corsac::Escaped(text.as_bytes().get(..40).unwrap_or(text.as_bytes()));
        return Err(PyValueError::new_err(format!(
            "\"{shown}\" is not an IP address: write target_address as \"192.168.0.5\" or \"::1\""
        )));
    }
    Ok(text.as_bytes().to_vec())
}

/// `(status, headers)`.
fn read_response(response: &Bound<'_, PyAny>, what: &str) -> PyResult<Response> {
    let Ok((status, headers)) = response.extract::<(u16, Bound<'_, PyAny>)>() else {
        return Err(PyTypeError::new_err(format!(
            "{what} must be a pair of status and headers: write (200, [(\"vary\", \"Origin\")])"
        )));
    };
    Ok(Response { status, headers: read_headers(&headers)? })
}

fn read_headers(headers: &Bound<'_, PyAny>) -> PyResult<Headers> {
    let line = |line: PyResult<Bound<'_, PyAny>>| {
        let (name, value) = pair_of(&line?)?;
        Ok((latin_1(&name, "a header's name")?.into_owned(), latin_1(&value, "a header's value")?.into_owned()))
    };
    few(headers_of(headers)?.map(line).collect::<PyResult<Vec<_>>>()?, HEADERS_MAX)
}

/// The headers of a list or of a mapping.
fn headers_of<'py>(headers: &Bound<'py, PyAny>) -> PyResult<Bound<'py, pyo3::types::PyIterator>> {
    match headers.cast::<PyMapping>() {
        Ok(mapping) => mapping.items()?.try_iter(),
        Err(_) => headers.try_iter(),
    }
}

fn few<T>(list: Vec<T>, most: usize) -> PyResult<Vec<T>> {
    if list.len() > most {
        return Err(PyValueError::new_err(format!("a list has {} entries, and at most {most} are read", list.len())));
    }
    Ok(list)
}
