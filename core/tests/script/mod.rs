//! Puts a policy behind the browser model: the policy responds to exactly what the model sends.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test takes what it needs")]

use corsac::browser::{
    Api, Credentials, Exchange, Hop, HttpVersion, Line, Mode, Profile, ReferrerPolicy, RequestHeader, Response,
    ScriptRequest, Step,
};
use corsac::{Decision, PathPolicies, Policy, Request};

pub type Bytes = Vec<u8>;
pub type Lines = Vec<(Bytes, Bytes)>;

/// A script's request, owned.
#[derive(Clone, Debug)]
pub struct Script {
    pub origin: Bytes,
    pub url: Bytes,
    pub method: Bytes,
    pub headers: Vec<(Bytes, Option<Bytes>)>,
    pub credentials: Credentials,
    pub mode: Mode,
    pub referrer_policy: ReferrerPolicy,
    pub api: Api,
    pub http_version: HttpVersion,
    pub upload_listener: bool,
    pub stream_body: bool,
}

impl Script {
    pub fn new(origin: Bytes, url: &[u8]) -> Self {
        Script {
            origin,
            url: url.to_vec(),
            method: b"GET".to_vec(),
            headers: vec![],
            credentials: Credentials::SameOrigin,
            mode: Mode::Cors,
            referrer_policy: ReferrerPolicy::NoDowngrade,
            api: Api::Fetch,
            http_version: HttpVersion::Http1,
            upload_listener: false,
            stream_body: false,
        }
    }
}

/// One URL of a chain with its responses, owned.
#[derive(Clone, Debug, Default)]
pub struct OwnedHop {
    pub url: Bytes,
    pub preflight: Option<(u16, Lines)>,
    pub response: Option<(u16, Lines)>,
    pub revalidated: Lines,
}

fn owned(decision: &Decision<'_>) -> Lines {
    decision.headers().map(|header| (header.name.as_bytes().to_vec(), header.value.to_vec())).collect()
}

/// A policy, or the policies of one path of a set.
pub trait Decides {
    fn decide<'d>(&'d self, request: &'d Request<'_>) -> Decision<'d>;

    /// Whether the policy that decides for this origin allows credentials.
    fn allows_credentials(&self, origin: &[u8]) -> bool;
}

impl<B: AsRef<[u8]>> Decides for Policy<B> {
    fn decide<'d>(&'d self, request: &'d Request<'_>) -> Decision<'d> {
        self.evaluate(request)
    }

    fn allows_credentials(&self, _: &[u8]) -> bool {
        Policy::allows_credentials(self)
    }
}

impl Decides for PathPolicies<'_> {
    fn decide<'d>(&'d self, request: &'d Request<'_>) -> Decision<'d> {
        let policies: PathPolicies<'d> = *self;
        policies.evaluate(request)
    }

    fn allows_credentials(&self, origin: &[u8]) -> bool {
        let mut request: Request<'_> = Request::new("GET");
        request.header("Origin", origin);
        let deciding = self.policies().find(|(_, policy)| policy.evaluate(&request).is_allowed());
        deciding.is_some_and(|(_, policy)| policy.allows_credentials())
    }
}

/// Lets the policy decide about one step in one profile; the application adds the headers `more`.
/// Also returns whether the engine says that the script may read the response.
pub fn respond(
    policy: &impl Decides,
    profile: Profile,
    step: &Step<'_>,
    status: u16,
    more: &[&str],
) -> (OwnedHop, bool) {
    let origin = step.origin().expect("a CORS request has an origin");
    let preflight = step.needs_preflight(profile).then(|| {
        let names = step.requested_headers(profile);
        let text = names.to_string();
        let mut request = Request::new("OPTIONS");
        request.header("Origin", step.preflight_origin(profile).unwrap_or(origin));
        request.header("Access-Control-Request-Method", step.method());
        if !names.is_empty() {
            request.header("Access-Control-Request-Headers", &text);
        }
        let decision = policy.decide(&request);
        let status = decision.status().expect("a preflight has a status");
        ((status, owned(&decision)), decision.is_allowed())
    });
    let mut request = Request::new(step.method());
    request.header("Origin", origin);
    let decision = policy.decide(&request);
    let mut headers = owned(&decision);
    headers.extend(more.iter().map(|name| (name.as_bytes().to_vec(), b"1".to_vec())));
    let includes = step.sends_credentials(profile);
    let allowed = decision.is_allowed()
        && preflight.as_ref().is_none_or(|(_, allowed)| *allowed)
        && (!includes || policy.allows_credentials(origin));
    let hop = OwnedHop {
        url: step.url().to_vec(),
        preflight: preflight.map(|(response, _)| response),
        response: Some((status, headers)),
        revalidated: vec![],
    };
    (hop, allowed)
}

fn borrowed(lines: &[(Bytes, Bytes)]) -> Vec<Line<'_>> {
    lines.iter().map(|(name, value)| (name.as_slice(), value.as_slice())).collect()
}

/// Lends the request and its responses to the model.
pub fn with<R>(script: &Script, hops: &[OwnedHop], run: impl FnOnce(Exchange<'_>) -> R) -> R {
    let headers: Vec<RequestHeader<'_>> =
        script.headers.iter().map(|(name, value)| (name.as_slice(), value.as_deref())).collect();
    let request = ScriptRequest {
        method: &script.method,
        headers: &headers,
        credentials: script.credentials,
        mode: script.mode,
        referrer_policy: script.referrer_policy,
        api: script.api,
        http_version: script.http_version,
        upload_listener: script.upload_listener,
        stream_body: script.stream_body,
        ..ScriptRequest::new(&script.origin, &script.url)
    };
    let lines: Vec<_> = hops
        .iter()
        .map(|hop| {
            let preflight = hop.preflight.as_ref().map(|(status, lines)| (*status, borrowed(lines)));
            let response = hop.response.as_ref().map(|(status, lines)| (*status, borrowed(lines)));
            (preflight, response, borrowed(&hop.revalidated))
        })
        .collect();
    let hops: Vec<Hop<'_>> = hops
        .iter()
        .zip(&lines)
        .map(|(hop, (preflight, response, revalidated))| Hop {
            url: &hop.url,
            preflight: preflight.as_ref().map(|(status, headers)| Response { status: *status, headers }),
            response: response.as_ref().map(|(status, headers)| Response { status: *status, headers }),
            revalidated,
        })
        .collect();
    run(Exchange { request, hops: &hops })
}
