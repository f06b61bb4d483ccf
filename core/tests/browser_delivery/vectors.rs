//! `vectors/delivery.json`, which has a case for every row of what is known of mixed content and
//! local network access.

use corsac::browser::{
    AddressSpace, Api, DeliveryCode, DeliveryVerdict, Exchange, Hop, Line, Mode, Network, Permission, Profile,
    Response, ScriptRequest,
};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) says: String,
    request: CaseRequest,
    #[serde(default)]
    hops: Vec<CaseHop>,
    delivery: Map<String, Value>,
    codes: Map<String, Value>,
    versions: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseRequest {
    origin: String,
    url: String,
    method: Option<String>,
    mode: Option<String>,
    api: Option<String>,
    page_space: Option<String>,
    secure_context: Option<bool>,
    target_address_space: Option<String>,
    permission: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseHop {
    url: Option<String>,
    target_address: Option<String>,
    response: Option<CaseResponse>,
}

#[derive(Deserialize)]
struct CaseResponse {
    status: u16,
    headers: Vec<(String, String)>,
}

pub(crate) fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../../../vectors/delivery.json")).expect("cases")
}

impl Case {
    pub(crate) fn with<R>(&self, use_it: impl FnOnce(Exchange<'_>, Network<'_>) -> R) -> R {
        let CaseRequest { origin, url, method, mode, api, .. } = &self.request;
        let request = ScriptRequest {
            method: method.as_deref().unwrap_or("GET").as_bytes(),
            mode: match mode.as_deref() {
                Some("no-cors") => Mode::NoCors,
                Some("same-origin") => Mode::SameOrigin,
                _ => Mode::Cors,
            },
            api: if api.as_deref() == Some("xhr") { Api::Xhr } else { Api::Fetch },
            ..ScriptRequest::new(origin.as_bytes(), url.as_bytes())
        };
        let space = |name: &Option<String>| name.as_deref().map(|name| AddressSpace::parse(name).expect("a space"));
        let addresses: Vec<&[u8]> =
            self.hops.iter().map(|hop| hop.target_address.as_deref().unwrap_or_default().as_bytes()).collect();
        let network = Network {
            page_space: space(&self.request.page_space),
            secure_context: self.request.secure_context,
            target_address_space: space(&self.request.target_address_space),
            permission: self
                .request
                .permission
                .as_deref()
                .map_or(Permission::Unknown, |name| Permission::parse(name).expect("a permission")),
            addresses: &addresses,
        };
        let lines: Vec<Vec<Line<'_>>> = self.hops.iter().map(CaseHop::lines).collect();
        let hops: Vec<Hop<'_>> = self
            .hops
            .iter()
            .zip(&lines)
            .map(|(hop, headers)| Hop {
                url: hop.url.as_deref().unwrap_or_default().as_bytes(),
                response: hop.response.as_ref().map(|response| Response { status: response.status, headers }),
                ..Hop::default()
            })
            .collect();
        use_it(Exchange { request, hops: &hops }, network)
    }
}

impl CaseHop {
    fn lines(&self) -> Vec<Line<'_>> {
        let headers = self.response.iter().flat_map(|response| &response.headers);
        headers.map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect()
    }
}

#[test]
fn delivery_is_what_the_vectors_say() {
    let mut wrong = vec![];
    for case in cases() {
        case.with(|exchange, network| {
            for profile in Profile::ALL {
                let found = exchange.deliver(profile, &network);
                let code = found.code().map(DeliveryCode::as_str);
                let wanted = (case.delivery[profile.name()].as_str().unwrap(), case.codes[profile.name()].as_str());
                if (found.verdict().as_str(), code) != wanted {
                    wrong.push(format!("{} ({profile}): {} {code:?}, not {wanted:?}", case.says, found.verdict()));
                }
                let versions = case.versions.get(profile.name()).and_then(Value::as_str);
                if found.versions() != versions {
                    wrong.push(format!("{} ({profile}): {:?}, not {versions:?}", case.says, found.versions()));
                }
            }
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn vectors_have_unique_names_and_reach_every_verdict_code() {
    let cases = cases();
    let mut names: Vec<&str> = cases.iter().map(|case| case.says.as_str()).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    for code in DeliveryCode::ALL {
        // Only messages have these two.
        let of_console = matches!(code, DeliveryCode::LocalNetworkSystem | DeliveryCode::PrivateNetworkAccess);
        let is_there = cases.iter().any(|case| case.codes.values().any(|found| found.as_str() == Some(code.as_str())));
        assert_eq!(is_there, !of_console, "{code}");
    }
}

/// Neither verdict depends on the other.
#[test]
fn cors_verdict_does_not_change_with_the_network() {
    let headers: &[Line<'_>] = &[(b"Access-Control-Allow-Origin", b"*")];
    for case in cases() {
        case.with(|exchange, network| {
            let answered = [Hop { response: Some(Response { status: 200, headers }), ..Hop::default() }];
            let exchange = if exchange.hops.len() > 1 { exchange } else { Exchange { hops: &answered, ..exchange } };
            for profile in Profile::ALL {
                let before = exchange.judge(profile, |_| {});
                let first = exchange.deliver(profile, &network);
                assert_eq!(exchange.judge(profile, |_| {}), before, "{}", case.says);
                let emptied = Exchange { hops: &exchange.hops.map_headers_away(), ..exchange };
                assert_eq!(emptied.deliver(profile, &network).verdict(), first.verdict(), "{}", case.says);
            }
        });
    }
}

trait MapHeadersAway<'a> {
    fn map_headers_away(&self) -> Vec<Hop<'a>>;
}

impl<'a> MapHeadersAway<'a> for [Hop<'a>] {
    fn map_headers_away(&self) -> Vec<Hop<'a>> {
        let emptied = |response: Response<'a>| Response { headers: &[], ..response };
        self.iter().map(|hop| Hop { response: hop.response.map(emptied), ..*hop }).collect()
    }
}

/// No release of WebKit checks the local network, so a run could not show that it refuses anything.
#[test]
fn only_what_a_run_has_shown_is_refused() {
    for case in cases() {
        case.with(|exchange, network| {
            for profile in [Profile::Firefox, Profile::WebKit] {
                let found = exchange.deliver(profile, &network);
                let is_mixed = found.code() == Some(DeliveryCode::MixedContent);
                let may_refuse = profile == Profile::Firefox || is_mixed;
                assert!(found.verdict() != DeliveryVerdict::Refused || may_refuse, "{}", case.says);
                assert!(is_mixed || found.code().is_none() || found.versions().is_some(), "{}", case.says);
            }
        });
    }
}
