//! What browsers do with a request and its responses: core's browser model in all four profiles,
//! for Python.

use std::collections::BTreeSet;

use corsac::browser::{
    AddressSpace, Api, Credentials, Delivery, Exchange as BrowserExchange, HttpVersion, Mode, Part, Permission,
    Profile, ReferrerPolicy, Step, Tainting,
};
use corsac_diagnose::exchange::{Hop, Network};
use corsac_diagnose::{Failure, PublicSuffixList, Warning, deliver, warnings_of, with};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::exchange::{of, read_address, read_hop, read_request, read_responses};
use crate::explanation::{Blocked, Explanation, ResponseWarning, Sent, latin};

/// What browsers do with a script's request and the responses to it, by the engine's browser model.
///
/// `origin` is the origin of the page; "null" is an opaque one. `preflight` and `response` are
/// pairs of status and headers. A response that you leave out counts as unknown. For a redirect
/// chain, write `hops`: one mapping with `url`, `preflight` and `response` for each URL, the first
/// included. If a later hop has no `url`, it is taken from `Location`. `revalidated` are the
/// headers of a 304 that freshened the stored response.
///
/// `api` is "fetch" or "xhr", and `http_version` that of the server: since HTTP/2 all header names are in lower case.
///
/// `page_space` ("public", "local" or "loopback") and `target_address` (of the server, also for each hop) say where page and server
/// are, if you know it. `permission` is that of the page for the local network. They decide `delivery` alone.
///
/// Raises ValueError if the URL, the mode or the credentials mode is not valid, or if there are
/// more than 2000 headers or 32 hops. Raises TypeError if a response is not a pair.
#[pyfunction]
#[pyo3(
    signature = (
        *, origin, url, method = None, headers = None, credentials = "same-origin", mode = "cors", preflight = None, response = None,
        hops = None, upload_listener = false, stream_body = false, referrer_policy = "", api = "fetch", http_version = "1.1",
        page_space = None, secure_context = None, target_address = None, target_address_space = None, permission = "unknown"
    ),
    text_signature = "(*, origin, url, method='GET', headers=(), credentials='same-origin', mode='cors', preflight=None, response=None, \
        hops=(), upload_listener=False, stream_body=False, referrer_policy='', api='fetch', http_version='1.1', page_space=None, \
        secure_context=None, target_address=None, target_address_space=None, permission='unknown')"
)]
#[expect(clippy::too_many_arguments, reason = "a request and its responses, by name")]
pub(crate) fn explain(
    py: Python<'_>,
    origin: &Bound<'_, PyAny>,
    url: &Bound<'_, PyString>,
    method: Option<&Bound<'_, PyAny>>,
    headers: Option<&Bound<'_, PyAny>>,
    credentials: &str,
    mode: &str,
    preflight: Option<&Bound<'_, PyAny>>,
    response: Option<&Bound<'_, PyAny>>,
    hops: Option<&Bound<'_, PyAny>>,
    upload_listener: bool,
    stream_body: bool,
    referrer_policy: &str,
    api: &str,
    http_version: &str,
    page_space: Option<&str>,
    secure_context: Option<bool>,
    target_address: Option<&str>,
    target_address_space: Option<&str>,
    permission: &str,
) -> PyResult<Explanation> {
    let get = PyString::new(py, "GET").into_any();
    let mut request = read_request(origin, url, method.unwrap_or(&get), headers)?;
    let invalid = |what: &str, given: &str, write: &str| {
        let given = corsac::Escaped(given.as_bytes().get(..40).unwrap_or(given.as_bytes()));
        PyValueError::new_err(format!("\"{given}\" is not a valid value of {what}: write {write}"))
    };
    let credentials = match credentials {
        "omit" => Credentials::Omit,
        "same-origin" => Credentials::SameOrigin,
        "include" => Credentials::Include,
        other => return Err(invalid("credentials", other, "omit, same-origin or include")),
    };
    request.mode = match mode {
        "cors" => Mode::Cors,
        "no-cors" => Mode::NoCors,
        "same-origin" => Mode::SameOrigin,
        other => return Err(invalid("mode", other, "cors, no-cors or same-origin")),
    };
    request.referrer_policy = ReferrerPolicy::parse(referrer_policy).ok_or_else(|| {
        invalid("referrer_policy", referrer_policy, "a referrer policy such as \"no-referrer\", or \"\"")
    })?;
    request.api = match api {
        "fetch" => Api::Fetch,
        "xhr" => Api::Xhr,
        other => return Err(invalid("api", other, "fetch or xhr")),
    };
    request.http_version =
        HttpVersion::parse(http_version).ok_or_else(|| invalid("http_version", http_version, "1.0, 1.1, 2 or 3"))?;
    request.upload_listener = upload_listener;
    request.stream_body = stream_body;
    let space = |what: &str, given: Option<&str>| {
        let read = |name| AddressSpace::parse(name).ok_or_else(|| invalid(what, name, "public, local or loopback"));
        given.map(read).transpose()
    };
    request.network = Network {
        page_space: space("page_space", page_space)?,
        secure_context,
        target_address_space: space("target_address_space", target_address_space)?,
        permission: Permission::parse(permission)
            .ok_or_else(|| invalid("permission", permission, "granted, denied, prompt or unknown"))?,
    };
    let chain = match hops {
        Some(hops) => hops.try_iter()?.map(|hop| read_hop(&hop?)).collect::<PyResult<Vec<_>>>()?,
        None => Vec::new(),
    };
    if !chain.is_empty() && (preflight.is_some() || response.is_some() || target_address.is_some()) {
        return Err(PyValueError::new_err(
            "write preflight, response and target_address either as arguments, for a single URL, or in hops",
        ));
    }
    let chain = if chain.is_empty() {
        let address = target_address.map(read_address).transpose()?;
        vec![Hop { address, ..read_responses(preflight, response)? }]
    } else {
        chain
    };
    let exchange = of(request, chain)?;
    let deliveries = deliver(&exchange).map(|(delivery, _)| delivery);
    with(&exchange, credentials, |exchange| explained(py, &exchange, &deliveries))
}

fn explained(py: Python<'_>, exchange: &BrowserExchange<'_>, deliveries: &[Delivery]) -> PyResult<Explanation> {
    let (judgements, failures) = corsac_diagnose::judge(exchange);
    let request = &exchange.request;
    let steps = exchange.steps().filter(|step| step.tainting() != Tainting::Refused && request.thrown().is_none());
    let sent = steps.map(|step| Py::new(py, sent(py, &step)?)).collect::<PyResult<Vec<_>>>()?;
    let blocked =
        failures.iter().map(|failure| Py::new(py, blocked(py, exchange, failure)?)).collect::<PyResult<Vec<_>>>()?;
    let warnings = warnings_of(exchange, Some(&PublicSuffixList));
    let warnings = warnings.iter().map(|found| Py::new(py, warning(found))).collect::<PyResult<Vec<_>>>()?;
    let of_each = |value: fn(&corsac::browser::Judgement) -> String| {
        let names = Profile::ALL.iter().map(|profile| profile.name());
        dict(py, names.zip(judgements.iter().map(value)))
    };
    let ages = judgements.iter().map(|judgement| judgement.cache_seconds);
    let exposed = per_profile(py, |profile| {
        let mut known = BTreeSet::new();
        let names = exchange.exposed(profile).map(|name| latin(&name.to_ascii_lowercase()));
        PyTuple::new(py, names.filter(|name| known.insert(name.clone())).collect::<Vec<_>>())
    })?;
    let names = || Profile::ALL.iter().map(|profile| profile.name());
    let codes = deliveries.iter().map(|delivery| delivery.code().map(|code| code.as_str()));
    Ok(Explanation {
        delivery: dict(py, names().zip(deliveries.iter().map(|delivery| delivery.verdict().as_str())))?,
        delivery_code: dict(py, names().zip(codes))?,
        delivery_versions: dict(py, names().zip(deliveries.iter().map(Delivery::versions)))?,
        asked: format!(
            "{} {} from {}",
            corsac::Escaped(request.normal_method()),
            corsac::Escaped(request.url),
            corsac::Escaped(request.origin)
        ),
        verdict: of_each(|judgement| judgement.verdict.as_str().to_owned())?,
        preflight: of_each(|judgement| judgement.preflight.as_str().to_owned())?,
        blocked: PyTuple::new(py, blocked)?.unbind(),
        sent: PyTuple::new(py, sent)?.unbind(),
        exposed,
        cache_seconds: dict(py, Profile::ALL.iter().map(|profile| profile.name()).zip(ages))?,
        throws: request.thrown().map(|code| code.as_str().to_owned()),
        warnings: PyTuple::new(py, warnings)?.unbind(),
        dropped: PyTuple::new(py, request.dropped().map(|(name, _)| latin(name)).collect::<Vec<_>>())?.unbind(),
    })
}

fn blocked(py: Python<'_>, exchange: &BrowserExchange<'_>, failure: &Failure<'_>) -> PyResult<Blocked> {
    let refusal = &failure.blocked;
    let cause = failure.cause;
    let mut fix = cause.advice().to_owned();
    let step = exchange.steps().find(|step| step.hop() == refusal.hop()).filter(|_| cause.is_fixed_by_headers());
    if let Some(step) = step {
        for (place, line) in step.passing_lines(Profile::Spec, refusal.part() == Part::Preflight).enumerate() {
            fix.push_str(if place == 0 { ": " } else { "; " });
            fix.push_str(&line.to_string());
        }
    }
    let consoles = failure
        .profiles
        .iter()
        .filter_map(|profile| exchange.console(*profile, refusal).map(|console| (profile.name(), console.to_string())));
    let names = |profiles: &[Profile]| PyTuple::new(py, profiles.iter().map(|profile| profile.name()));
    Ok(Blocked {
        code: refusal.code().as_str().to_owned(),
        profiles: names(&failure.profiles)?.unbind(),
        first_in: names(&failure.first_in)?.unbind(),
        at: refusal.part().as_str().to_owned(),
        hop: refusal.hop(),
        bytes: refusal.evidence().bytes().collect(),
        message: refusal.to_string(),
        cause: cause.sentence().to_owned(),
        fix,
        console: dict(py, consoles)?,
    })
}

fn warning(warning: &Warning) -> ResponseWarning {
    ResponseWarning {
        code: warning.code.to_owned(),
        certainty: warning.certainty.as_str().to_owned(),
        at: warning.part.as_str().to_owned(),
        hop: warning.hop,
        message: warning.to_string(),
    }
}

fn sent(py: Python<'_>, step: &Step<'_>) -> PyResult<Sent> {
    let needs = Profile::ALL.into_iter().find(|profile| step.needs_preflight(*profile));
    let origin = step.origin().map(latin);
    let line = |name: &str, value: String| (name.to_owned(), value);
    let preflight = needs.map(|profile| {
        let mut lines: Vec<_> = origin.iter().map(|origin| line("Origin", origin.clone())).collect();
        lines.push(line("Access-Control-Request-Method", latin(step.method())));
        let names = step.requested_headers(profile);
        if !names.is_empty() {
            lines.push(line("Access-Control-Request-Headers", names.to_string()));
        }
        PyTuple::new(py, lines).map(Bound::unbind)
    });
    let own = step.headers().map(|(name, value)| (latin(name), value.map(latin)));
    Ok(Sent {
        method: latin(step.method()),
        url: latin(step.url()),
        cookies: step.sends_credentials(Profile::Spec),
        headers: PyTuple::new(py, own.collect::<Vec<_>>())?.unbind(),
        needs_preflight: per_profile(py, |profile| Ok(step.needs_preflight(profile)))?,
        preflight_request: preflight.transpose()?,
        origin,
    })
}

fn per_profile<'py, T: IntoPyObject<'py>>(
    py: Python<'py>,
    mut value: impl FnMut(Profile) -> PyResult<T>,
) -> PyResult<Py<PyDict>> {
    let dict = PyDict::new(py);
    for profile in Profile::ALL {
        dict.set_item(profile.name(), value(profile)?)?;
    }
    Ok(dict.unbind())
}

fn dict<'py, T: IntoPyObject<'py>>(
    py: Python<'py>,
    entries: impl IntoIterator<Item = (&'static str, T)>,
) -> PyResult<Py<PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in entries {
        dict.set_item(name, value)?;
    }
    Ok(dict.unbind())
}
