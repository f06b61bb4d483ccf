//! A script's request and the answers to it, read from Python and made ready for core's browser model: owned, its URLs resolved as a
//! browser does.

use corsac::browser::{self, Credentials, Mode, ReferrerPolicy};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString};
use url::Url;

use crate::options::shown;
use crate::request_lines::{latin_1, pair_of};

/// More header lines than any message has: the time grows with the square of their number.
const LINES: usize = 2000;
/// No browser follows more than 20 redirects (Fetch 4.4).
const HOPS: usize = 32;

type Lines = Vec<(Vec<u8>, Vec<u8>)>;

/// What a server answered.
#[derive(Clone)]
struct Response {
    status: u16,
    headers: Lines,
}

/// One URL of the chain.
#[derive(Default)]
pub(crate) struct Hop {
    /// `None`: the request's URL for the first hop, what `Location` of the hop before says for a later one.
    url: Option<Vec<u8>>,
    preflight: Option<Response>,
    response: Option<Response>,
    /// The lines of a 304 that freshened the stored response.
    revalidated: Lines,
}

/// A script's request, and what was answered.
pub(crate) struct Exchange {
    origin: Vec<u8>,
    url: Vec<u8>,
    method: Vec<u8>,
    headers: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    pub(crate) credentials: Credentials,
    pub(crate) mode: Mode,
    pub(crate) referrer_policy: ReferrerPolicy,
    pub(crate) upload_listener: bool,
    pub(crate) stream_body: bool,
    hops: Vec<Hop>,
}

impl Exchange {
    pub(crate) fn new(
        origin: &Bound<'_, PyAny>,
        url: &Bound<'_, PyString>,
        method: &Bound<'_, PyAny>,
        headers: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let header = |line: PyResult<Bound<'_, PyAny>>| {
            let (name, value) = pair_of(&line?)?;
            let value = if value.is_none() { None } else { Some(latin_1(&value, "a header's value")?.into_owned()) };
            Ok((latin_1(&name, "a header's name")?.into_owned(), value))
        };
        Ok(Self {
            origin: latin_1(origin, "origin")?.into_owned(),
            url: url.to_string_lossy().into_owned().into_bytes(),
            method: latin_1(method, "method")?.into_owned(),
            headers: match headers {
                Some(headers) => few(lines_of(headers)?.map(header).collect::<PyResult<Vec<_>>>()?, LINES)?,
                None => Vec::new(),
            },
            credentials: Credentials::SameOrigin,
            mode: Mode::Cors,
            referrer_policy: ReferrerPolicy::NoDowngrade,
            upload_listener: false,
            stream_body: false,
            hops: Vec::new(),
        })
    }

    pub(crate) fn set_hops(&mut self, hops: Vec<Hop>) -> PyResult<()> {
        self.hops = few(hops, HOPS)?;
        self.resolve().map_err(PyValueError::new_err)
    }

    /// Gives every hop its URL in the serialised form, and adds the one to which the last redirect leads. The error is a sentence.
    fn resolve(&mut self) -> Result<(), String> {
        let mut current = absolute(&self.url)?;
        self.url = current.as_str().as_bytes().to_vec();
        let serialized = |url: Option<&Url>| url.map_or_else(Vec::new, |url| url.as_str().as_bytes().to_vec());
        let mut previous: Option<Response> = self.hops.first().and_then(|hop| hop.response.clone());
        for hop in self.hops.iter_mut().skip(1) {
            let location = previous.as_ref().and_then(|response| location(response, &current));
            let next = next_url(hop.url.as_deref(), location)?;
            hop.url = Some(serialized(next.as_ref()));
            current = next.unwrap_or(current);
            previous.clone_from(&hop.response);
        }
        if let Some(location) = previous.as_ref().and_then(|response| location(response, &current)) {
            self.hops.push(Hop { url: Some(serialized(location.as_ref())), ..Hop::default() });
        }
        Ok(())
    }

    /// Lends it to core.
    pub(crate) fn with<R>(&self, judge: impl FnOnce(browser::Exchange<'_>) -> R) -> R {
        let headers: Vec<browser::RequestHeader<'_>> =
            self.headers.iter().map(|(name, value)| (name.as_slice(), value.as_deref())).collect();
        let parts: Vec<[Vec<browser::Line<'_>>; 3]> = self
            .hops
            .iter()
            .map(|hop| [answered(hop.preflight.as_ref()), answered(hop.response.as_ref()), fields(&hop.revalidated)])
            .collect();
        let answer = |response: &Option<Response>| response.as_ref().map(|response| response.status);
        let hops: Vec<browser::Hop<'_>> = self
            .hops
            .iter()
            .zip(&parts)
            .map(|(hop, [preflight, response, revalidated])| browser::Hop {
                url: hop.url.as_deref().unwrap_or_default(),
                preflight: answer(&hop.preflight).map(|status| browser::Response { status, headers: preflight }),
                response: answer(&hop.response).map(|status| browser::Response { status, headers: response }),
                revalidated,
            })
            .collect();
        judge(browser::Exchange {
            request: browser::ScriptRequest {
                origin: &self.origin,
                url: &self.url,
                method: &self.method,
                headers: &headers,
                credentials: self.credentials,
                mode: self.mode,
                referrer_policy: self.referrer_policy,
                upload_listener: self.upload_listener,
                stream_body: self.stream_body,
            },
            hops: &hops,
        })
    }
}

impl Hop {
    /// The answers to the one request that there is.
    pub(crate) fn of_answers(
        preflight: Option<&Bound<'_, PyAny>>,
        response: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let preflight = preflight.map(|answer| read_response(answer, "preflight")).transpose()?;
        Ok(Self {
            url: None,
            preflight,
            response: response.map(|answer| read_response(answer, "response")).transpose()?,
            revalidated: Vec::new(),
        })
    }

    /// A mapping with `url`, `preflight`, `response` and `revalidated`, none of which has to be there.
    pub(crate) fn of_mapping(hop: &Bound<'_, PyAny>) -> PyResult<Self> {
        let Ok(mapping) = hop.cast::<PyMapping>() else {
            return Err(PyTypeError::new_err(format!(
                "a hop is a mapping, not {}: write {{\"url\": \"https://api.example/\", \"response\": (200, [])}}",
                shown(hop)
            )));
        };
        let mut read = Self::default();
        for item in mapping.items()?.iter() {
            let (key, value): (String, Bound<'_, PyAny>) = item.extract()?;
            match key.as_str() {
                "url" if value.is_none() => {}
                "url" => read.url = Some(value.extract::<String>()?.into_bytes()),
                "preflight" if value.is_none() => {}
                "preflight" => read.preflight = Some(read_response(&value, "preflight")?),
                "response" if value.is_none() => {}
                "response" => read.response = Some(read_response(&value, "response")?),
                "revalidated" if value.is_none() => {}
                "revalidated" => read.revalidated = read_lines(&value)?,
                other => {
                    let other = corsac::Escaped(other.as_bytes());
                    return Err(PyValueError::new_err(format!(
                        "a hop has url, preflight, response and revalidated, and no \"{other}\""
                    )));
                }
            }
        }
        Ok(read)
    }
}

fn answered(response: Option<&Response>) -> Vec<browser::Line<'_>> {
    response.map_or_else(Vec::new, |response| fields(&response.headers))
}

fn fields(lines: &Lines) -> Vec<browser::Line<'_>> {
    lines.iter().map(|(name, value)| (name.as_slice(), value.as_slice())).collect()
}

/// `(status, headers)`.
fn read_response(answer: &Bound<'_, PyAny>, what: &str) -> PyResult<Response> {
    let Ok((status, headers)) = answer.extract::<(u16, Bound<'_, PyAny>)>() else {
        return Err(PyTypeError::new_err(format!(
            "{what} is a pair of status and header lines: write (200, [(\"vary\", \"Origin\")])"
        )));
    };
    Ok(Response { status, headers: read_lines(&headers)? })
}

fn read_lines(headers: &Bound<'_, PyAny>) -> PyResult<Lines> {
    let line = |line: PyResult<Bound<'_, PyAny>>| {
        let (name, value) = pair_of(&line?)?;
        Ok((latin_1(&name, "a header's name")?.into_owned(), latin_1(&value, "a header's value")?.into_owned()))
    };
    few(lines_of(headers)?.map(line).collect::<PyResult<Vec<_>>>()?, LINES)
}

/// The lines of a list, or of a mapping.
fn lines_of<'py>(headers: &Bound<'py, PyAny>) -> PyResult<Bound<'py, pyo3::types::PyIterator>> {
    match headers.cast::<PyMapping>() {
        Ok(mapping) => mapping.items()?.try_iter(),
        Err(_) => headers.try_iter(),
    }
}

fn few<T>(list: Vec<T>, most: usize) -> PyResult<Vec<T>> {
    if list.len() > most {
        return Err(PyValueError::new_err(format!(
            "a list of {} entries: no exchange has more than {most} of these",
            list.len()
        )));
    }
    Ok(list)
}

/// Where a redirect leads; `Some(None)`: `Location` is there and is no URL.
fn location(response: &Response, base: &Url) -> Option<Option<Url>> {
    let view = browser::Response { status: response.status, headers: &[] };
    let is_location = |line: &&(Vec<u8>, Vec<u8>)| line.0.eq_ignore_ascii_case(b"location");
    let mut lines = response.headers.iter().filter(is_location).filter(|_| view.is_redirect());
    let (_, first) = lines.next()?;
    if lines.any(|(_, other)| other != first) {
        return Some(None);
    }
    // Bytes above 0x7F are read as UTF-8, as browsers do.
    Some(base.join(String::from_utf8_lossy(first).trim_matches([' ', '\t'])).ok().map(without_fragment))
}

/// The URL that is given, but `Location` where that is one that no browser follows.
fn next_url(given: Option<&[u8]>, location: Option<Option<Url>>) -> Result<Option<Url>, String> {
    let is_refused =
        |url: &Url| !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some();
    match (given, location) {
        (_, Some(Some(url))) if is_refused(&url) => Ok(Some(url)),
        (Some(given), _) => absolute(given).map(Some),
        (None, Some(url)) => Ok(url),
        (None, None) => Err(
            "the URL of a later hop is not known: the response before it is no redirect with a Location, so give its url"
                .to_owned(),
        ),
    }
}

fn absolute(text: &[u8]) -> Result<Url, String> {
    let shown = || corsac::Escaped(text.get(..200).unwrap_or(text)).to_string();
    let text = str::from_utf8(text).map_err(|_| format!("\"{}\" is no URL: it is not UTF-8", shown()))?;
    Url::parse(text).map(without_fragment).map_err(|error| {
        format!("\"{}\" is no URL ({error}): write it whole, such as https://api.example.com/things", shown())
    })
}

fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}
