//! Tests that nothing in the engine allocates: every path runs with an allocator that counts.

use core::fmt::Write;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

use corsac::browser::{
    Credentials, Exchange, Hop, Network, OwnResponse, Profile, Response, ScriptRequest, decode_console, decode_delivery,
};
use corsac::{
    Decision, FindingCode, Policy, PolicySet, PolicySetSpec, PolicySpec, PolicyTable, PublicSuffixes, Request,
    RequestPath, Severity, VaryMerge,
};

struct Counting;

thread_local! {
    // A constant without a destructor, so that counting does not allocate. Each test runs on its
    // own thread and counts only its own allocations.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    ALLOCATIONS.with(|count| count.set(count.get() + 1));
}

// SAFETY: every call is passed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller guarantees for `layout` what `System` requires.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: `block` came from `System` through `alloc`, and the caller guarantees everything
        // else.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `block` came from `System` through `alloc` or `realloc`.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `run` allocated on this thread.
fn allocations(run: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.with(Cell::get);
    run();
    ALLOCATIONS.with(Cell::get) - before
}

type Text = heapless::String<2048>;

const ORIGINS: &[&str] = &[
    "https://app.example.com",
    "https://*.example.net",
    "https://preview-*.example.org",
    "http://localhost:*",
    "https://10.0.0.0/8:*",
    "https://[fc00::]/7",
    "app://",
];

fn spec() -> PolicySpec<'static> {
    PolicySpec {
        allow_methods: Some(&["GET", "PUT"]),
        allow_headers: &["authorization", "content-type", "x-trace", "x-amz-meta-*"],
        allow_credentials: true,
        expose_headers: &["etag"],
        max_age: Some(600),
        allow_timing: true,
        ..PolicySpec::new(ORIGINS)
    }
}

fn echoing() -> PolicySpec<'static> {
    PolicySpec {
        allow_methods: Some(&["*"]),
        allow_headers: &["*"],
        external_origins: true,
        ..PolicySpec::new(ORIGINS)
    }
}

fn policy(spec: &PolicySpec<'_>) -> Policy<[u8; 4096]> {
    spec.compile([0; 4096], |_| {}).expect("a policy")
}

fn preflight<'a>(origin: &'a str, method: &'a str, headers: &'a str) -> Request<'a> {
    let mut request = Request::new("OPTIONS");
    request.header("Origin", origin);
    request.header("Access-Control-Request-Method", method);
    request.header("Access-Control-Request-Headers", headers);
    request
}

/// A set with a single policy, a path with several policies, and a path without one.
fn tables() -> [PolicyTable<'static>; 4] {
    [
        PolicyTable::new("/account", spec()),
        PolicyTable::new("/", spec()),
        PolicyTable::new("/", PolicySpec { allow_timing: true, ..PolicySpec::new(&["*"]) }),
        PolicyTable::untouched("/raw"),
    ]
}

/// Reads everything that a decision can show.
fn read<B: AsRef<[u8]>, const N: usize>(policy: &Policy<B>, request: &Request<'_, N>) -> bool {
    read_decision(&policy.evaluate(request))
}

fn read_decision(decision: &Decision<'_>) -> bool {
    let mut text = Text::new();
    write!(text, "{decision}").expect("room for a sentence");
    if let Some(denial) = decision.denial() {
        write!(text, "{denial}").expect("room for a sentence");
        black_box(denial.bytes());
    }
    for header in decision.headers() {
        black_box((header.name, header.value));
    }
    black_box(decision.header_list());
    black_box((text, decision.status(), decision.class()));
    black_box(decision.replaces_header(b"Timing-Allow-Origin"));
    let mut merge = VaryMerge::default();
    merge.add(b"Accept-Encoding");
    black_box(merge.missing(b"Origin").count());
    let mut debug = heapless::String::<4096>::new();
    write!(debug, "{decision:?}").expect("room for a decision");
    black_box(debug);
    decision.is_allowed()
}

#[test]
fn allocation_is_counted() {
    assert_eq!(allocations(|| drop(black_box(Box::new(1)))), 1);
    assert!(
        allocations(|| {
            let mut grown = black_box(vec![1_u8]);
            grown.extend_from_slice(black_box(&[2; 100]));
            black_box(grown);
        }) >= 2
    );
}

#[test]
fn compiling_does_not_allocate() {
    let mut array = [0; 4096];
    assert_eq!(
        allocations(|| {
            assert!(spec().compile(&mut array[..], |_| {}).is_ok());
            assert!(black_box(spec().image_len()) <= 4096);
        }),
        0
    );
}

#[test]
fn reporting_findings_does_not_allocate() {
    let wrong = PolicySpec {
        allow_methods: Some(&["GET", "CONNECT", "b\u{e9}", "patch"]),
        allow_headers: &["x y", "cookie", "x*", "sec-*", "$NAME"],
        allow_credentials: true,
        expose_headers: &["*", "etag"],
        max_age: Some(-1),
        preflight_status: 99,
        ..PolicySpec::new(&[
            "*",
            "null",
            "https://a.example/",
            "HTTPS://B.example",
            "https://c.example:443",
            "http://d.example",
            "https://*.com",
            "wss://e.example",
            "\u{e9}\n",
            "https://a.example,https://b.example",
            "^https://.*$",
            "https://$HOST",
            "http://192.168.0.1/16",
            "https://1.0.0.0/8",
            "https://xn--a.example",
            "https://*",
            "https://*.amazonaws.com",
        ])
    };
    let doubtful = PolicySpec {
        allow_methods: Some(&["patch"]),
        max_age: Some(86_401),
        allow_private_network: true,
        dangerously_allow_null_origin: true,
        dangerously_allow_public_suffixes: PublicSuffixes::Listed(&["github.io"]),
        ..PolicySpec::new(&["https://*.example.com", "https://a.example.com", "http://127.0.0.0/8", "http://127.0.0.1"])
    };
    let mut seen = (0, 0);
    assert_eq!(
        allocations(|| {
            let mut array = [0; 4096];
            for spec in [&wrong, &doubtful] {
                let result = spec.compile(&mut array[..], |finding| {
                    match finding.severity {
                        Severity::Error => seen.0 += 1,
                        _ => seen.1 += 1,
                    }
                    let mut text = Text::new();
                    write!(text, "{finding} {} {}", finding.suggestion, finding.code.as_str())
                        .expect("room for a message");
                    black_box(text);
                });
                if let Err(error) = result {
                    let mut text = Text::new();
                    write!(text, "{error}").expect("room for a message");
                    black_box(text);
                }
            }
            black_box(FindingCode::ALL);
        }),
        0
    );
    assert!(seen.0 >= 10 && seen.1 >= 2, "{seen:?}");
}

#[test]
fn opening_does_not_allocate() {
    let policy = policy(&spec());
    let mut broken = [0; 4096];
    let length = policy.image().len();
    broken[..length].copy_from_slice(policy.image());
    assert_eq!(
        allocations(|| {
            assert!(Policy::open(policy.image()).is_ok());
            for at in 0..length {
                broken[at] ^= 0x80;
                if let Err(error) = Policy::open(&broken[..length]) {
                    let mut text = Text::new();
                    write!(text, "{error}").expect("room for a message");
                    black_box(text);
                }
                broken[at] ^= 0x80;
            }
        }),
        0
    );
}

#[test]
fn allowing_does_not_allocate() {
    let policy = policy(&spec());
    assert_eq!(
        allocations(|| {
            for origin in [
                "https://app.example.com",
                "https://a.b.example.net",
                "https://preview-7.example.org",
                "http://localhost:8080",
                "https://10.1.2.3:8443",
                "https://[fd12::1]",
                "app://",
            ] {
                let request = preflight(origin, "PUT", "Authorization, content-type");
                assert!(read(&policy, &request));
                let lines = [("Host", "b.example"), ("Origin", origin)];
                assert!(read(&policy, &Request::from_lines("GET", lines)));
            }
            assert!(read(&policy, &Request::new("GET")));
        }),
        0
    );
}

#[test]
fn denying_does_not_allocate() {
    let policy = policy(&spec());
    let long = "x".repeat(1 << 20);
    assert_eq!(
        allocations(|| {
            for (origin, method, headers) in [
                ("https://other.example", "PUT", ""),
                ("no origin", "PUT", ""),
                (&long, "PUT", ""),
                ("https://app.example.com", "PATCH", ""),
                ("https://app.example.com", "P T", ""),
                ("https://app.example.com", &long, ""),
                ("https://app.example.com", "PUT", "x-other"),
                ("https://app.example.com", "PUT", "x-trace,x-trace"),
                ("https://app.example.com", "PUT", &long),
            ] {
                assert!(!read(&policy, &preflight(origin, method, headers)));
            }
        }),
        0
    );
}

#[test]
fn echoing_prefixed_names_does_not_allocate() {
    let policy = policy(&spec());
    assert_eq!(
        allocations(|| {
            let origin = "https://app.example.com";
            assert!(read(&policy, &preflight(origin, "PUT", "content-type,x-amz-meta-a,X-Amz-Meta-A")));
            for headers in ["x-amz-meta-a,x-other", "x-amz-meta-a,\tx-trace", "x-amz-meta-a,x-trace,x-trace"] {
                assert!(!read(&policy, &preflight(origin, "PUT", headers)));
            }
            let mut request = preflight(origin, "PUT", "x-amz-meta-a");
            for _ in 0..40 {
                request.header("Access-Control-Request-Headers", "x-amz-meta-b");
            }
            assert!(!read(&policy, &request));
        }),
        0
    );
}

#[test]
fn set_does_not_allocate() {
    let tables = tables();
    let spec = PolicySetSpec::new(&tables);
    let (mut storage, mut broken) = ([0; 16384], [0; 16384]);
    let long = "/a".repeat(1 << 16);
    assert_eq!(
        allocations(|| {
            assert!(spec.image_len() <= storage.len());
            let set = spec.compile(&mut storage[..], |_| {}).expect("a set");
            let image = set.image();
            let length = image.len();
            broken[..length].copy_from_slice(image);
            assert!(PolicySet::open(image).is_ok());
            for at in (0..length).step_by(7) {
                broken[at] ^= 0x40;
                if let Err(error) = PolicySet::open(&broken[..length]) {
                    let mut text = Text::new();
                    write!(text, "{error}").expect("room for a message");
                    black_box(text);
                }
                broken[at] ^= 0x40;
            }
            let requests = [
                preflight("https://app.example.com", "PUT", "content-type"),
                preflight("https://stranger.example", "GET", ""),
                preflight("", "GET", ""),
                Request::from_lines("GET", [("Origin", "https://app.example.com")]),
                Request::new("GET"),
            ];
            let paths = ["/", "", "/account", "/account/keys", "/accounts", "/raw/x", "/a/../b", "*", &long];
            for (path, request) in paths.iter().flat_map(|path| requests.iter().map(move |request| (path, request))) {
                for path in [
                    RequestPath::decoded(path),
                    RequestPath::raw(path),
                    RequestPath::raw("/acc%6funt?x"),
                    RequestPath::decoded(path).with_raw("/x%2fy"),
                ] {
                    if let Some(policies) = set.at(&path) {
                        black_box((policies.id(), policies.policies().count()));
                        read_decision(&policies.evaluate(request));
                    }
                    if let Some(decision) = set.evaluate_with(&path, request, |table, _| table == 1) {
                        read_decision(&decision);
                    }
                }
            }
            for (path, policy) in set.tables() {
                black_box((path, policy.is_some_and(|policy| policy.is_any_origin())));
            }
        }),
        0
    );
}

#[test]
fn reporting_a_wrong_set_does_not_allocate() {
    let spec = PolicySpec::new(&["*"]);
    let tables = [
        PolicyTable::new("x/", spec),
        PolicyTable::new("/x", spec),
        PolicyTable::new("/x", PolicySpec { max_age: Some(-1), ..spec }),
        PolicyTable::untouched("/%61"),
    ];
    let mut storage = [0; 16384];
    let mut seen = 0;
    assert_eq!(
        allocations(|| {
            let mut report = |finding: &corsac::Finding<'_>| {
                seen += 1;
                let mut text = Text::new();
                write!(text, "{finding} {} {:?}", finding.suggestion, finding.table).expect("room for a message");
                black_box(text);
            };
            assert!(PolicySetSpec::new(&tables).compile(&mut storage[..], &mut report).is_err());
            assert!(PolicySetSpec::new(&tables[..0]).compile(&mut storage[..], &mut report).is_err());
            assert!(PolicySetSpec::new(&tables).compile(&mut storage[..8], &mut report).is_err());
        }),
        0
    );
    assert!(seen >= 9, "{seen}");
}

#[test]
fn echoing_does_not_allocate() {
    let policy = policy(&echoing());
    assert_eq!(
        allocations(|| {
            let request = preflight("https://app.example.com", "PURGE", "x-a, x-b");
            assert!(read(&policy, &request));
            let long = "x-a,";
            let mut request = preflight("https://app.example.com", "PURGE", long);
            for _ in 0..40 {
                request.header("Access-Control-Request-Headers", long);
            }
            assert!(!read(&policy, &request));
        }),
        0
    );
}

#[test]
fn repeating_prefixed_lines_does_not_allocate() {
    let spec = PolicySpec { allow_headers: &["content-type", "x-amz-meta-*"], allow_timing: true, ..spec() };
    let policy = policy(&spec);
    assert_eq!(
        allocations(|| {
            let allowed = preflight("https://app.example.com", "PUT", "content-type,x-amz-meta-a,x-amz-meta-b");
            assert!(read(&policy, &allowed));
            let mut denied = preflight("https://app.example.com", "PUT", "content-type, x-amz-meta-a,");
            denied.header("Access-Control-Request-Headers", "x-amz-meta-b, x-other");
            assert!(!read(&policy, &denied));
        }),
        0
    );
}

#[test]
fn origin_check_does_not_allocate() {
    let policy = policy(&echoing());
    assert_eq!(
        allocations(|| {
            let mut request = Request::new("GET");
            request.header("Origin", "https://tenant.example");
            let known = |origin: &[u8]| origin == b"https://tenant.example";
            assert!(policy.evaluate_with(&request, known).is_allowed());
            assert!(!policy.evaluate_with(&request, |_| false).is_allowed());
        }),
        0
    );
}

#[test]
fn browser_model_does_not_allocate() {
    let response = Response {
        status: 302,
        headers: &[
            (b"Access-Control-Allow-Origin", b"*"),
            (b"access-control-allow-origin", b"https://b.example"),
            (b"Access-Control-Allow-Methods", b"PUT, b ad"),
            (b"Access-Control-Allow-Headers", b"x-b"),
            (b"Access-Control-Max-Age", b"-1"),
            (b"Location", b"https://u:p@c.example/"),
            (b"ETag", b"1"),
        ],
    };
    let hop = |url| Hop { url, preflight: Some(response), response: Some(response), revalidated: &[(b"ETag", b"2")] };
    let hops = [hop(b""), hop(b"https://u:p@c.example/"), hop(b"https://d.example/")];
    let request = ScriptRequest {
        method: b"PUT",
        headers: &[(b"X-A", Some(b"1")), (b"Authorization", None), (b"x-a", Some(b"2")), (b"Cookie", None)],
        credentials: Credentials::Include,
        ..ScriptRequest::new(b"https://a.example", b"https://b.example/")
    };
    let mut seen = 0;
    assert_eq!(
        allocations(|| {
            let exchange = Exchange { request, hops: &hops };
            for profile in Profile::ALL {
                black_box(exchange.judge(profile, |blocked| {
                    seen += 1;
                    let mut text = Text::new();
                    let cause = exchange.cause(&blocked);
                    write!(text, "{blocked} {cause} {}", cause.sentence()).expect("room for a sentence");
                    if let Some(console) = exchange.console(profile, &blocked) {
                        text.clear();
                        write!(text, "{console}").expect("room for a message");
                        black_box(decode_console(&text));
                    }
                }));
                for step in exchange.steps() {
                    let mut text = Text::new();
                    write!(text, "{}", step.requested_headers(profile)).expect("room for names");
                    for line in step.passing_lines(profile, true) {
                        write!(text, "{line}").expect("room for lines");
                    }
                    black_box((text, step.origin(), step.needs_preflight(profile)));
                }
                let delivery = exchange.deliver(profile, &Network { addresses: &[b"10.0.0.1"], ..Network::default() });
                let mut text = Text::new();
                write!(text, "{delivery}").expect("room for a sentence");
                if let Some(console) = exchange.delivery_console(&delivery) {
                    text.clear();
                    write!(text, "{console}").expect("room for a message");
                }
                black_box(decode_delivery(&text));
                black_box(exchange.exposed(profile).count());
                black_box(exchange.needs_preflight_after(profile, &request, 1));
                black_box(request.dropped().count());
            }
            for requested_method in [None, Some(&b"PUT"[..])] {
                let own =
                    OwnResponse { origin: b"https://a.example", requested_method, has_credentials: true, response };
                black_box(own.judge([&b"x-a"[..]; 300], |blocked| blocked.code()));
            }
        }),
        0
    );
    assert!(seen >= 4 * 5, "{seen}");
}

#[test]
#[cfg(feature = "toml")]
fn texts_are_read_and_compiled() {
    use corsac::{PolicyText, TextFinding, TextSlot};

    let texts: [&[u8]; 7] = [
        b"allow_origins = ['https://a.example']\nmax_age = 600\n",
        b"[[policy]]\npath = '/a'\nallow_origins = ['*']\n[[policy]]\ncors = false\n",
        b"allowOrigins = [\"https://a.example/\", 1]\nmax_age = true\n[x]\n",
        b"allow_origins = ['https://a.example/', 'https://A.example', 1]\npath = '/x'\n",
        b"policy = [{allow_origins = [\"\\u0061\"]}, 1]\nx = 1\n",
        b"a = {b = 1, b = 2}\n",
        b"a = \"\xFF\"",
    ];
    let mut seen = 0;
    let mut tell = |finding: &TextFinding<'_>| {
        let mut text = Text::new();
        write!(text, "{finding} {} {}:{}", finding.code(), finding.line, finding.column).expect("room for a message");
        if let Some(advice) = finding.advice() {
            write!(text, "{advice}").expect("room for advice");
        }
        black_box(text);
        seen += 1;
    };
    assert_eq!(
        allocations(|| {
            for text in texts {
                let mut scratch = [TextSlot::default(); 64];
                assert!(TextSlot::needed(text) <= scratch.len());
                assert!(PolicyText::read(text, &mut scratch[..2], &mut tell).is_err());
                let Ok(read) = PolicyText::read(text, &mut scratch, &mut tell) else { continue };
                let mut storage = [0; 4096];
                assert!(read.image_len() <= storage.len());
                black_box(read.compile(&mut storage[..], &mut tell).is_ok());
            }
        }),
        0
    );
    assert!(seen >= 12, "{seen}");
}
