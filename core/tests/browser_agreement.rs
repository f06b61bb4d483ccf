//! The agreement of the engine and the browser model (`docs/design.md`, section 7): whatever the
//! policy and the request, in each profile the script reads the response exactly when the
//! engine said that it may.

use corsac::browser::{
    AddressSpace, BlockedCode, Credentials, Network, Part, Permission, Profile, Step, Tainting, Verdict,
};
use corsac::{DenialCode, Policy, PolicySet, Request};
use proptest::prelude::*;
use proptest::sample::{Index, select};

mod generate;
mod reference;
mod script;
use generate::set::{path_seed, set};
use generate::{Slip, config, slip, spec};
use reference::{Bytes, Spec, bridge};
use script::{OwnedHop, Script, respond, with};

/// A script's request in the making; its origin, method and headers start from entries of the spec.
#[derive(Clone, Debug)]
struct Seed {
    origin: (Index, &'static str, Slip),
    method: (Index, Slip),
    headers: Vec<(Index, Slip, Option<&'static str>)>,
    credentials: Credentials,
    upload_listener: bool,
    status: u16,
    answered: Vec<&'static str>,
}

fn seed() -> impl Strategy<Value = Seed> {
    let fill = vec!["x", "a.b", "pre-7", "aba", "aaaaa", "x_y"];
    let value = vec!["1", "text/plain", "application/json", "bytes=0-", "en", "a\"b"];
    let header = (any::<Index>(), prop_oneof![4 => Just(Slip::None), 1 => slip()], prop::option::of(select(value)));
    let credentials = vec![Credentials::Omit, Credentials::SameOrigin, Credentials::Include];
    let answered = vec!["ETag", "X-A", "x-b", "Content-Type", "Set-Cookie", "Link", "X-Secret", "Set-Cookie2"];
    (
        (any::<Index>(), select(fill), prop_oneof![4 => Just(Slip::None), 1 => slip()]),
        (any::<Index>(), prop_oneof![4 => Just(Slip::None), 1 => slip()]),
        prop_oneof![60 => prop::collection::vec(header.clone(), 0..5), 1 => prop::collection::vec(header, 20..40)],
        select(credentials),
        prop::bool::weighted(0.2),
        select(vec![200, 204, 201, 302, 304, 404, 500, 999]),
        prop::collection::vec(select(answered), 0..4),
    )
        .prop_map(|(origin, method, headers, credentials, upload_listener, status, answered)| Seed {
            origin,
            method,
            headers,
            credentials,
            upload_listener,
            status,
            answered,
        })
}

/// What a browser could have as an origin, a method or a name: anything visible, and tokens.
fn visible(mut text: Bytes) -> Bytes {
    text.retain(|b| matches!(b, 0x21..=0x7E));
    if text.is_empty() { b"null".to_vec() } else { text }
}

fn token(mut text: Bytes) -> Bytes {
    text.retain(|b| corsac::is_token(&[*b]));
    if text.is_empty() { b"x-q".to_vec() } else { text }
}

fn pick(list: &[Bytes], index: &Index, others: &[&str]) -> Bytes {
    let all: Vec<Bytes> = list.iter().cloned().chain(others.iter().map(|text| text.as_bytes().to_vec())).collect();
    all[index.index(all.len())].clone()
}

impl Seed {
    fn script(&self, spec: &Spec) -> Script {
        let (index, fill, slip) = &self.origin;
        let strangers = ["https://stranger.example", "null", "https://a.example"];
        let pattern = String::from_utf8(pick(&spec.allow_origins, index, &strangers)).expect("ASCII");
        let pattern = if pattern == "*" { "https://any.example".into() } else { pattern.replace(":*", ":3000") };
        let origin = visible(slip.apply(pattern.replacen('*', fill, 1).into_bytes()));
        let (index, slip) = &self.method;
        let methods = ["GET", "POST", "HEAD", "put", "CHICKEN"];
        let method = token(slip.apply(pick(&spec.methods(), index, &methods)));
        let names = ["accept", "content-type", "range", "authorization", "x-q", "dpr"];
        let header = |(index, slip, value): &(Index, Slip, Option<&'static str>)| {
            // A prefix stands for the names that begin with it.
            let entry = pick(&spec.allow_headers, index, &names);
            let whole = if entry == b"*" { b"x-any".to_vec() } else { entry };
            let name = token(slip.apply(whole.into_iter().map(|b| if b == b'*' { b'y' } else { b }).collect()));
            (name, value.map(|value| value.as_bytes().to_vec()))
        };
        Script {
            method,
            headers: self.headers.iter().map(header).collect(),
            credentials: self.credentials,
            upload_listener: self.upload_listener,
            ..Script::new(origin, API)
        }
    }
}

/// Page space, `targetAddressSpace`, permission, secure context, address and URL of a network.
type Networks = (Option<AddressSpace>, Option<AddressSpace>, Permission, Option<bool>, &'static str, &'static str);

fn network() -> impl Strategy<Value = Networks> {
    let space = || prop::option::of(select(AddressSpace::ALL));
    let addresses = vec!["", "10.0.0.1", "127.0.0.1", "93.184.216.34", "::1"];
    let urls = vec![
        "https://api.invalid/things",
        "http://api.invalid/things",
        "http://localhost:3000/x",
        "http://192.168.0.5/x",
    ];
    (space(), space(), select(Permission::ALL), any::<Option<bool>>(), select(addresses), select(urls))
}

const API: &[u8] = b"https://api.invalid/things";

fn compiled(spec: &Spec) -> Policy<Bytes> {
    Policy::open(bridge::compile(spec).0.expect("valid")).expect("what compiles opens")
}

proptest! {
    #![proptest_config(config(512))]

    #[test]
    fn script_reads_exactly_what_the_engine_allows(spec in spec(), seeds in prop::collection::vec(seed(), 8)) {
        let policy = compiled(&spec);
        for (seed, profile) in seeds.iter().flat_map(|seed| Profile::ALL.map(|profile| (seed, profile))) {
            let script = seed.script(&spec);
            let (answered, allowed) = with(&script, &[], |exchange| {
                prop_assume!(exchange.request.thrown().is_none() && exchange.request.dropped().next().is_none());
                Ok(respond(&policy, profile, &exchange.steps().next().unwrap(), seed.status, &seed.answered))
            })?;
            let (verdict, exposed) = with(&script, &[answered], |exchange| {
                let exposed: Vec<_> = exchange.exposed(profile).map(<[u8]>::to_ascii_lowercase).collect();
                (exchange.judge(profile, |_| {}).verdict, exposed)
            });
            let wanted = if allowed { Verdict::Allowed } else { Verdict::Blocked };
            prop_assert_eq!(verdict, wanted, "{} {:?} {:?}", profile, script.origin.escape_ascii().to_string(), spec);
            if allowed {
                check_exposed(&spec, seed, &exposed)?;
            } else {
                prop_assert!(exposed.is_empty());
            }
        }
    }

    /// The engine's list, with what was asked for before the offence, lets every earlier name pass.
    #[test]
    fn browser_names_the_header_that_the_engine_denies(mut spec in spec(), seeds in prop::collection::vec(seed(), 16)) {
        // A status that is set is what the browser names.
        spec.denied_preflight_status = None;
        let policy = compiled(&spec);
        // WebKit checks the names in an order of its own.
        let profiles = [Profile::Spec, Profile::Chromium, Profile::Firefox];
        for (seed, profile) in seeds.iter().flat_map(|seed| profiles.map(|profile| (seed, profile))) {
            let script = seed.script(&spec);
            let (answered, denied) = with(&script, &[], |exchange| {
                prop_assume!(exchange.request.thrown().is_none() && exchange.request.dropped().next().is_none());
                let step = exchange.steps().next().unwrap();
                Ok((respond(&policy, profile, &step, 200, &[]).0, denied_header(&policy, profile, &step)))
            })?;
            let Some(denied) = denied else { continue };
            let mut failures = vec![];
            with(&script, &[answered], |exchange| exchange.judge(profile, |blocked| {
                let code = blocked.code();
                failures.push((code, blocked.part(), blocked.evidence().bytes().take(128).collect::<Vec<_>>()));
            }));
            // Credentials are not the engine's to deny, and where any method is allowed there is no
            // list of methods to send.
            let is_other = |code| {
                matches!(code, BlockedCode::AcacNotTrue | BlockedCode::AcaoWildcardWithCredentials)
                    || (code == BlockedCode::MethodNotAllowed && spec.any_method())
            };
            let first = failures.iter().find(|(code, ..)| !is_other(*code));
            prop_assert_eq!(first, Some(&(BlockedCode::HeaderNotAllowed, Part::Preflight, denied)), "{} {:?}", profile, spec);
        }
    }

    /// Delivery is a verdict of its own: no policy changes it, and it changes no CORS verdict.
    #[test]
    fn delivery_and_cors_do_not_depend_on_each_other(spec in spec(), seeds in prop::collection::vec(seed(), 4), network in network()) {
        let policy = compiled(&spec);
        let (page_space, target_address_space, permission, secure_context, address, url) = network;
        let network = Network {
            page_space, target_address_space, permission, secure_context, addresses: &[address.as_bytes()],
        };
        for (seed, profile) in seeds.iter().flat_map(|seed| Profile::ALL.map(|profile| (seed, profile))) {
            let script = Script { url: url.into(), ..seed.script(&spec) };
            let (before, answered) = with(&script, &[], |exchange| {
                prop_assume!(exchange.request.thrown().is_none());
                let step = exchange.steps().next().unwrap();
                // The page's own origin needs no permission.
                prop_assume!(step.tainting() == Tainting::Cors);
                Ok((exchange.deliver(profile, &network), respond(&policy, profile, &step, 200, &[])))
            })?;
            let (answered, allowed) = answered;
            let (after, verdict) = with(&script, &[answered], |exchange| {
                (exchange.deliver(profile, &network), exchange.judge(profile, |_| {}).verdict)
            });
            prop_assert_eq!(before, after, "{:?}", spec);
            prop_assert_eq!(verdict, if allowed { Verdict::Allowed } else { Verdict::Blocked }, "{:?}", network);
        }
    }

    /// [Resource Timing](https://www.w3.org/TR/resource-timing/#sec-timing-allow-check): the origin
    /// or `*`, for a response that is shared.
    #[test]
    fn timing_is_shown_with_the_responses_that_are_shared(spec in spec(), seeds in prop::collection::vec(seed(), 8)) {
        let policy = compiled(&spec);
        for seed in seeds {
            let script = seed.script(&spec);
            for method in ["GET", "OPTIONS"] {
                let mut request = Request::new(method);
                request.header("Origin", &script.origin).header("Access-Control-Request-Method", "GET");
                let decision = policy.evaluate(&request);
                let values = |name| decision.headers().filter(move |header| header.name == name).map(|header| header.value);
                let shown: Vec<_> = values("Timing-Allow-Origin").collect();
                let shared: Vec<_> = values("Access-Control-Allow-Origin").collect();
                let is_shown = spec.allow_timing && method == "GET";
                prop_assert_eq!(shown, if is_shown { shared } else { vec![] });
                prop_assert_eq!(decision.replaces_header(b"timing-allow-origin"), spec.allow_timing);
            }
        }
    }

    #[test]
    fn script_reads_what_the_deciding_policy_of_a_path_allows(set in set(), seeds in prop::collection::vec((path_seed(), any::<Index>(), seed()), 6)) {
        let policies = PolicySet::open(bridge::compile_set(&set).0.expect("valid")).expect("what compiles opens");
        for ((path, index, seed), profile) in seeds.iter().flat_map(|seed| Profile::ALL.map(|profile| (seed, profile))) {
            let path = path.path(&set);
            let wanted = bridge::request_path(&path);
            let Some(at) = policies.at(&wanted) else { continue };
            let of_path = set.policies_at(&path);
            let spec = if of_path.is_empty() { Spec::default() } else { of_path[index.index(of_path.len())].clone() };
            let script = seed.script(&spec);
            let (answered, allowed) = with(&script, &[], |exchange| {
                prop_assume!(exchange.request.thrown().is_none() && exchange.request.dropped().next().is_none());
                Ok(respond(&at, profile, &exchange.steps().next().unwrap(), seed.status, &seed.answered))
            })?;
            let verdict = with(&script, &[answered], |exchange| exchange.judge(profile, |_| {}).verdict);
            let wanted = if allowed { Verdict::Allowed } else { Verdict::Blocked };
            prop_assert_eq!(verdict, wanted, "{} {:?} {:?} {:?}", profile, script.origin.escape_ascii().to_string(), path, set);
        }
    }

    #[test]
    fn redirects_agree_hop_by_hop(specs in (spec(), spec()), seed in seed(), second in select(vec!["https://api.invalid/2", "https://b.invalid/"])) {
        let policies = [compiled(&specs.0), compiled(&specs.1)];
        let script = seed.script(&specs.0);
        for profile in Profile::ALL {
            let next = OwnedHop { url: second.into(), ..OwnedHop::default() };
            let (first, one) = with(&script, &[], |exchange| {
                prop_assume!(exchange.request.thrown().is_none() && exchange.request.dropped().next().is_none());
                Ok(respond(&policies[0], profile, &exchange.steps().next().unwrap(), 307, &[]))
            })?;
            let mut responses = [first, next];
            let (last, other) = with(&script, &responses, |exchange| {
                respond(&policies[1], profile, &exchange.steps().nth(1).unwrap(), seed.status, &[])
            });
            responses[1] = last;
            let verdict = with(&script, &responses, |exchange| exchange.judge(profile, |_| {}).verdict);
            prop_assert_eq!(verdict, if one && other { Verdict::Allowed } else { Verdict::Blocked }, "{} {:?}", profile, specs);
        }
    }

    #[test]
    fn denied_origin_gets_no_cors_header(spec in spec(), seed in seed(), preflight in any::<bool>()) {
        let policy = compiled(&spec);
        let script = seed.script(&spec);
        let mut request = Request::new(if preflight { b"OPTIONS".as_slice() } else { &script.method });
        request.header("Origin", &script.origin);
        if preflight {
            request.header("Access-Control-Request-Method", &script.method);
        }
        let decision = policy.evaluate(&request);
        let code = decision.denial().map(|denial| denial.code().as_str());
        let denied = code.is_some_and(|code| code.starts_with("origin-") || (code == "too-large" && script.origin.len() > 328));
        prop_assume!(denied);
        prop_assert_eq!(decision.headers().map(|header| header.name).collect::<Vec<_>>(), ["Vary"]);
    }
}

/// The name that the engine denies in what the model sends.
fn denied_header(policy: &Policy<Bytes>, profile: Profile, step: &Step<'_>) -> Option<Bytes> {
    let text = step.requested_headers(profile).to_string();
    let mut request = Request::new("OPTIONS");
    request.header("Origin", step.preflight_origin(profile).or(step.origin())?);
    request.header("Access-Control-Request-Method", step.method()).header("Access-Control-Request-Headers", &text);
    let denial = policy.evaluate(&request).denial()?;
    (step.needs_preflight(profile) && denial.code() == DenialCode::HeaderNotAllowed).then(|| denial.bytes().to_vec())
}

/// Exposed = safelisted and listed names that are there, all for `*`, and never a cookie.
fn check_exposed(spec: &Spec, seed: &Seed, exposed: &[Bytes]) -> Result<(), TestCaseError> {
    let safe =
        ["cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"];
    let is_listed = |name: &str| {
        spec.expose_headers.iter().any(|listed| listed == b"*" || listed.eq_ignore_ascii_case(name.as_bytes()))
    };
    for name in &seed.answered {
        let name = name.to_ascii_lowercase();
        let wanted = !name.starts_with("set-cookie") && (safe.contains(&name.as_str()) || is_listed(&name));
        prop_assert_eq!(exposed.contains(&name.clone().into_bytes()), wanted, "{}", name);
    }
    let has_all = spec.expose_headers.iter().any(|listed| listed == b"*");
    let own = exposed.iter().filter(|name| name.starts_with(b"access-control-"));
    prop_assert!(has_all || own.count() == 0);
    Ok(())
}

/// The properties say nothing about what is never generated.
#[test]
fn generators_reach_both_verdicts_with_and_without_a_preflight() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut seen, mut echoes) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
    for _ in 0..2000 {
        let (spec, seed) = (spec(), seed()).new_tree(&mut runner).expect("a value").current();
        let (policy, script) = (compiled(&spec), seed.script(&spec));
        let (answered, allowed) = with(&script, &[], |exchange| {
            respond(&policy, Profile::Chromium, &exchange.steps().next().unwrap(), 200, &[])
        });
        seen.insert((allowed, answered.preflight.is_some(), seed.credentials == Credentials::Include));
        let (_, lines) = answered.preflight.unwrap_or_default();
        let lists = lines.iter().filter(|(name, _)| name == b"Access-Control-Allow-Headers").count();
        let has_prefix = spec.allow_headers.len() > 1 && spec.allow_headers.iter().all(|name| name != b"*");
        echoes.insert((allowed, lists > 1 && has_prefix));
    }
    assert_eq!(seen.len(), 8, "{seen:?}");
    assert_eq!(echoes.len(), 4, "{echoes:?}");
}
