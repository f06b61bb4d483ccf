//! What one decision costs: the request is built from its lines, judged, and every header is read.

use std::hint::black_box;
use std::time::Duration;

use corsac::{DenialCode, Policy, PolicySpec, Request};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// A line of a request.
type Line<'a> = (&'static str, &'a [u8]);

/// A name, the policy, the lines after it, and the answer.
type Hostile<'a> = (&'static str, &'a Policy<Vec<u8>>, &'a [Line<'a>], Answer);

/// What the engine must answer; asserted in every round.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Answer {
    Headers(usize),
    Denied(DenialCode),
}

const ORIGIN: &str = "Origin";
const METHOD: &str = "Access-Control-Request-Method";
const NAMES: &str = "Access-Control-Request-Headers";

/// A policy of `count` exact origins, one wildcard beside them.
fn policy(count: usize) -> Policy<Vec<u8>> {
    let owned: Vec<String> = (0..count).map(origin).collect();
    let mut origins: Vec<&str> = owned.iter().map(String::as_str).collect();
    origins.push("https://*.wild.example");
    let spec = PolicySpec {
        allow_methods: Some(&["GET", "POST", "PUT"]),
        allow_headers: &["authorization", "content-type", "x-trace"],
        allow_credentials: true,
        expose_headers: &["etag"],
        max_age: Some(600),
        ..PolicySpec::new(&origins)
    };
    let storage = vec![0; spec.image_len()];
    spec.compile(storage, |finding| panic!("{finding}")).expect("a policy without findings")
}

fn echoing() -> Policy<Vec<u8>> {
    let spec = PolicySpec {
        allow_methods: Some(&["*"]),
        allow_headers: &["*"],
        ..PolicySpec::new(&["https://app.example.com"])
    };
    let storage = vec![0; spec.image_len()];
    spec.compile(storage, |finding| panic!("{finding}")).expect("a policy without findings")
}

fn origin(number: usize) -> String {
    format!("https://tenant-{number}.example.com")
}

/// One whole decision, as an adapter takes it.
fn decide(policy: &Policy<Vec<u8>>, method: &str, lines: &[Line<'_>]) -> Answer {
    let request = Request::from_lines(method, lines.iter().copied());
    let decision = policy.evaluate(&request);
    let mut count = 0;
    for header in decision.headers() {
        black_box(header.name);
        black_box(header.value);
        count += 1;
    }
    match decision.denial() {
        Some(denial) => Answer::Denied(denial.code()),
        None => Answer::Headers(count),
    }
}

fn requests(criterion: &mut Criterion) {
    for count in [1, 10, 1_000, 100_000, 1_000_000] {
        let policy = policy(count);
        let known = origin(count / 2);
        let known = (ORIGIN, known.as_bytes());
        let put: Line<'_> = (METHOD, b"PUT");
        let wild: Line<'_> = (ORIGIN, b"https://a.b.wild.example");
        let other: Line<'_> = (ORIGIN, b"https://tenant-0.example.org");
        let all: Line<'_> = (NAMES, b"authorization,content-type,x-trace");
        let cases: &[(&str, &str, &[Line<'_>], Answer)] = &[
            ("plain", "GET", &[], Answer::Headers(1)),
            ("actual allowed", "GET", &[known], Answer::Headers(4)),
            ("actual denied", "GET", &[other], Answer::Denied(DenialCode::OriginNotAllowed)),
            ("preflight 0 names", "OPTIONS", &[known, put], Answer::Headers(6)),
            ("preflight 1 name", "OPTIONS", &[known, put, (NAMES, b"authorization")], Answer::Headers(6)),
            ("preflight 3 names", "OPTIONS", &[known, put, all], Answer::Headers(6)),
            ("preflight 3 names wildcard", "OPTIONS", &[wild, put, all], Answer::Headers(6)),
            ("denied by origin", "OPTIONS", &[other, put, all], Answer::Denied(DenialCode::OriginNotAllowed)),
            (
                "denied by method",
                "OPTIONS",
                &[known, (METHOD, b"PATCH"), all],
                Answer::Denied(DenialCode::MethodNotAllowed),
            ),
            (
                "denied by header",
                "OPTIONS",
                &[known, put, (NAMES, b"authorization,content-type,x-other")],
                Answer::Denied(DenialCode::HeaderNotAllowed),
            ),
        ];
        let mut group = criterion.benchmark_group("decide");
        for (name, method, lines, answer) in cases {
            group.bench_function(BenchmarkId::new(*name, count), |bencher| {
                bencher.iter(|| {
                    assert_eq!(decide(&policy, black_box(method), black_box(lines)), *answer);
                });
            });
        }
        group.finish();
    }
}

/// One MiB of what an attacker may send: no case may cost more than a small multiple of a preflight.
fn hostile(criterion: &mut Criterion) {
    const SIZE: usize = 1 << 20;
    let fill = |unit: &str| unit.as_bytes().iter().copied().cycle().take(SIZE).collect::<Vec<u8>>();
    let listed = policy(1);
    let echoing = echoing();
    let app: Line<'_> = (ORIGIN, b"https://tenant-0.example.com");
    let any: Line<'_> = (ORIGIN, b"https://app.example.com");
    let put: Line<'_> = (METHOD, b"PUT");
    let (commas, blanks) = (fill(","), fill(" "));
    let (repeats, unknown, one) = (fill("authorization,"), fill("x-a,"), fill("a"));
    let malformed = Answer::Denied(DenialCode::HeadersMalformed);
    let large = Answer::Denied(DenialCode::TooLarge);
    let unlisted = Answer::Denied(DenialCode::HeaderNotAllowed);
    let cases: &[Hostile<'_>] = &[
        ("names: commas", &listed, &[app, put, (NAMES, &commas)], malformed),
        ("names: blanks", &listed, &[app, put, (NAMES, &blanks)], malformed),
        ("names: repeats", &listed, &[app, put, (NAMES, &repeats)], malformed),
        ("names: unknown", &listed, &[app, put, (NAMES, &unknown)], unlisted),
        ("names: one", &listed, &[app, put, (NAMES, &one)], unlisted),
        ("echoed names: commas", &echoing, &[any, put, (NAMES, &commas)], large),
        ("echoed names: repeats", &echoing, &[any, put, (NAMES, &repeats)], large),
        ("echoed names: one", &echoing, &[any, put, (NAMES, &one)], large),
        ("method", &listed, &[app, (METHOD, &one)], large),
        ("origin", &listed, &[(ORIGIN, &one), put], large),
    ];
    let mut group = criterion.benchmark_group("hostile 1 MiB");
    group.throughput(Throughput::Bytes(SIZE as u64));
    for (name, policy, lines, answer) in cases {
        group.bench_function(*name, |bencher| {
            bencher.iter(|| assert_eq!(decide(policy, "OPTIONS", black_box(lines)), *answer));
        });
    }
    group.finish();
}

criterion_group! {
    name = decide_group;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .sample_size(20);
    targets = requests, hostile
}
criterion_main!(decide_group);
