//! The cases of `vectors/browsers.json`: the verdict of each profile, and its first failure.

use corsac::browser::{
    Api, Exchange, Hop, HttpVersion, Line, Mode, Profile, RequestHeader, Response, ScriptRequest, Verdict,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{codes, verdicts};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: String,
    request: CaseRequest,
    hops: Vec<CaseHop>,
    verdict: Map<String, Value>,
    codes: Map<String, Value>,
    #[serde(default)]
    then: Vec<CaseLater>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseLater {
    request: CaseRequest,
    after_seconds: u64,
    needs_preflight: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseRequest {
    origin: String,
    url: String,
    #[serde(default = "get")]
    method: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
    mode: Option<String>,
    api: Option<String>,
    http_version: Option<String>,
}

fn get() -> String {
    "GET".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseHop {
    #[serde(default)]
    url: String,
    preflight: Option<CaseResponse>,
    response: Option<CaseResponse>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseResponse {
    status: u16,
    headers: Vec<(String, String)>,
}

fn lines(response: Option<&CaseResponse>) -> Vec<Line<'_>> {
    let headers = response.map_or(&[][..], |response| &response.headers);
    headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect()
}

impl CaseRequest {
    fn with<R>(&self, ask: impl FnOnce(ScriptRequest<'_>) -> R) -> R {
        let Self { origin, url, method, headers, mode, api, http_version } = self;
        let headers: Vec<RequestHeader<'_>> =
            headers.iter().map(|(name, value)| (name.as_bytes(), Some(value.as_bytes()))).collect();
        let request = ScriptRequest {
            method: method.as_bytes(),
            headers: &headers,
            mode: match mode.as_deref() {
                Some("no-cors") => Mode::NoCors,
                Some(other) => panic!("{other}: this test does not know the mode"),
                None => Mode::Cors,
            },
            api: if api.as_deref() == Some("xhr") { Api::Xhr } else { Api::Fetch },
            http_version: http_version.as_deref().map_or(HttpVersion::Http1, |name| HttpVersion::parse(name).unwrap()),
            ..ScriptRequest::new(origin.as_bytes(), url.as_bytes())
        };
        ask(request)
    }
}

impl Case {
    fn with<R>(&self, judge: impl FnOnce(Exchange<'_>) -> R) -> R {
        let parts: Vec<_> =
            self.hops.iter().map(|hop| (lines(hop.preflight.as_ref()), lines(hop.response.as_ref()))).collect();
        let hops: Vec<Hop<'_>> = self
            .hops
            .iter()
            .zip(&parts)
            .map(|(hop, (preflight, response))| Hop {
                url: hop.url.as_bytes(),
                preflight: hop.preflight.as_ref().map(|one| Response { status: one.status, headers: preflight }),
                response: hop.response.as_ref().map(|one| Response { status: one.status, headers: response }),
                ..Hop::default()
            })
            .collect();
        self.request.with(|request| judge(Exchange { request, hops: &hops }))
    }
}

#[test]
fn each_browser_judges_as_the_vectors_say() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../../vectors/browsers.json")).unwrap();
    for case in cases {
        let (verdicts, codes) = case.with(|exchange| (verdicts(exchange), codes(exchange)));
        for ((profile, verdict), code) in Profile::ALL.into_iter().zip(verdicts.map(Verdict::as_str)).zip(codes) {
            assert_eq!(case.verdict[profile.name()], verdict, "{} in {profile:?}", case.says);
            let code = code.map_or(Value::Null, |code| code.as_str().into());
            assert_eq!(case.codes[profile.name()], code, "{} in {profile:?}", case.says);
        }
        for later in &case.then {
            let asks = |profile| {
                let needs = |exchange: Exchange<'_>| {
                    later
                        .request
                        .with(|request| exchange.needs_preflight_after(profile, &request, later.after_seconds * 1000))
                };
                case.with(needs)
            };
            for profile in Profile::ALL {
                assert_eq!(later.needs_preflight[profile.name()], asks(profile), "{} in {profile:?}", case.says);
            }
        }
    }
}
