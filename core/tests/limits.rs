//! Tests both sides of every limit that no vector can show: at the limit all is well, and beyond it
//! there is the code that `SECURITY.md` names.

use std::cell::Cell;

use corsac::browser::{
    BlockedCode, Exchange, Hop, Line, Profile, RequestHeader, Response, ScriptRequest, Verdict, decode_console,
};
use corsac::{CompileError, DenialCode, Policy, PolicySpec, Request};

const PAGE: &str = "https://app.example";
const NAMES: &str = "Access-Control-Request-Headers";

/// A text that is a pattern when it is read the first few times, and then long. Another thread
/// could change a text like that.
struct Growing<'a> {
    looks: Cell<u32>,
    long: &'a [u8],
}

impl AsRef<[u8]> for Growing<'_> {
    fn as_ref(&self) -> &[u8] {
        let left = self.looks.get();
        self.looks.set(left.saturating_sub(1));
        if left > 0 { b"a://b" } else { self.long }
    }
}

/// The other way round: long at first, and then a pattern.
struct Shrinking<'a> {
    looks: Cell<u32>,
    long: &'a [u8],
}

impl AsRef<[u8]> for Shrinking<'_> {
    fn as_ref(&self) -> &[u8] {
        let left = self.looks.get();
        self.looks.set(left.saturating_sub(1));
        if left > 0 { self.long } else { b"a://b" }
    }
}

/// Checking real patterns of 4 GiB would take a minute. These are short while they are checked, and
/// long when they are measured.
#[cfg(target_pointer_width = "64")]
#[test]
fn an_image_is_smaller_than_four_gibibytes() {
    let compile = |looks, texts: &[&[u8]]| {
        let entries: Vec<_> = texts.iter().map(|&long| Growing { looks: Cell::new(looks), long }).collect();
        PolicySpec::new(&entries).compile([], |_| ()).map(|_| ()).unwrap_err()
    };
    let needed = |error| if let CompileError::StorageTooSmall { needed } = error { Some(needed) } else { None };
    // Only stars, because measuring stops at the first.
    let long = vec![b'*'; 2 << 20];
    let looks = (1..9).find(|&looks| needed(compile(looks, &[&long])).is_some_and(|bytes| bytes > long.len()));
    let looks = looks.expect("an entry is judged, then measured");
    let of = |last: usize| {
        let mut texts = vec![&long[..1 << 20]; 4095];
        texts.push(&long[..last]);
        compile(looks, &texts)
    };
    let most = 4_294_967_295;
    // A single star would be any origin.
    let last = most - needed(of(2)).unwrap() + 2;
    assert_eq!(of(last), CompileError::StorageTooSmall { needed: most });
    assert_eq!(of(last + 1), CompileError::TooLarge);
}

/// With an allocator, no storage is made for an image that cannot be.
#[cfg(all(feature = "alloc", target_pointer_width = "64"))]
#[test]
fn image_of_four_gibibytes_is_an_error_of_its_own() {
    let long = vec![b'*'; 1 << 20];
    let compile = |looks, count| {
        let entries: Vec<_> = (0..count).map(|_| Growing { looks: Cell::new(looks), long: &long }).collect();
        PolicySpec::new(&entries).compile_vec(|_| ()).unwrap_err().to_string()
    };
    let too_small = "1 error in the policy:\nerror[too-many]: the storage is too small: give 1048";
    let looks = (1..14).find(|&looks| compile(looks, 1).starts_with(too_small));
    let looks = looks.expect("an entry is measured, judged, then measured again");
    let wanted = "1 error in the policy:\nerror[too-many]: the policy needs 4 GiB or more: list fewer origins";
    assert_eq!(compile(looks, 4096), wanted);
    // What is short again when it is compiled gets no storage, and no memory of 4 GiB is asked for.
    let shrinking = |looks| {
        let entries: Vec<_> = (0..4096).map(|_| Shrinking { looks: Cell::new(looks), long: &long }).collect();
        PolicySpec::new(&entries).compile_vec(|_| ()).map_or_else(|error| error.to_string(), |_| String::new())
    };
    assert!((1..9).any(|looks| shrinking(looks).contains("the storage is too small: give ")));
}

/// An entry that was measured while it was short has no room, and that is reported.
#[test]
fn entry_that_grows_during_compiling_is_refused() {
    let (mut refused, mut outgrown) = (0, 0);
    for long in [&b"a://cccccccccccccccc"[..], b"https://*.cc.example", b"a://*", b"a://b:*", b"!"] {
        for looks in 0..12 {
            let entries = [1, 0].map(|more| Growing { looks: Cell::new(looks + more), long });
            match PolicySpec::new(&entries).compile([0; 4096], |_| ()) {
                Ok(policy) => assert!(policy.origins().count() <= entries.len()),
                Err(CompileError::StorageTooSmall { needed }) => outgrown += usize::from(needed < 4096),
                Err(_) => refused += 1,
            }
        }
    }
    assert!(refused > 0 && outgrown > 0, "{refused} {outgrown}");
}

/// The denial of a preflight that requests these names, one per line, in a request with this
/// capacity.
fn denied<const LINES: usize>(spec: &PolicySpec<'_>, names: &[&str]) -> Option<DenialCode> {
    let policy = spec.compile(vec![0; spec.image_len()], |_| ()).unwrap();
    let mut request = Request::<LINES>::with_lines("OPTIONS");
    request.header("Origin", PAGE).header("Access-Control-Request-Method", "GET");
    for name in names {
        request.header(NAMES, name);
    }
    policy.evaluate(&request).denial().map(|denial| denial.code())
}

#[test]
fn request_with_eight_lines_denies_a_ninth() {
    let names = ["x-1", "x-2", "x-3", "x-4", "x-5", "x-6", "x-7", "x-8", "x-9"];
    let listed = PolicySpec { allow_headers: &names, ..PolicySpec::new(&[PAGE]) };
    let any = PolicySpec { allow_headers: &["*"], ..PolicySpec::new(&[PAGE]) };
    for (spec, code) in [(&listed, DenialCode::HeadersMalformed), (&any, DenialCode::TooLarge)] {
        assert_eq!(denied::<8>(spec, &names[..8]), None);
        assert_eq!(denied::<8>(spec, &names), Some(code));
        // The first line is kept even if there is no room, because browsers send one.
        assert_eq!(denied::<0>(spec, &names[..1]), None);
        for count in 2..9 {
            assert_eq!(denied::<0>(spec, &names[..count]), Some(code));
            assert_eq!(denied::<1>(spec, &names[..count]), Some(code));
        }
    }
}

#[test]
fn header_list_holds_every_header_of_a_decision() {
    let spec = PolicySpec {
        allow_methods: Some(&["*"]),
        allow_headers: &["*"],
        allow_credentials: true,
        max_age: Some(600),
        allow_private_network: true,
        ..PolicySpec::new(&[PAGE])
    };
    let policy = spec.compile([0; 512], |_| ()).unwrap();
    let mut request = Request::new("OPTIONS");
    request.header("Origin", PAGE).header("Access-Control-Request-Method", "PUT");
    request.header("Access-Control-Request-Private-Network", "true");
    for _ in 0..32 {
        request.header(NAMES, "x-a");
    }
    let decision = policy.evaluate(&request);
    assert!(decision.is_allowed());
    assert_eq!(decision.header_list().len(), 38);
    assert!(decision.headers().eq(decision.header_list().iter().copied()));
}

#[test]
fn a_denial_shows_128_bytes_of_the_request() {
    let policy = PolicySpec::new(&[PAGE]).compile([0; 256], |_| ()).unwrap();
    for (length, shown, is_cut) in [(127, 127, false), (128, 128, false), (129, 128, true), (100_000, 128, true)] {
        let origin = "\x1b".repeat(length);
        let request = Request::from_lines("GET", [("Origin", &origin)]);
        let text = policy.evaluate(&request).denial().unwrap().to_string();
        assert_eq!((text.matches(r"\x1B").count(), text.contains("...")), (shown, is_cut), "{text}");
    }
}

fn answered(headers: &'static [Line<'static>], status: u16) -> Hop<'static> {
    Hop { url: b"https://api.example/", response: Some(Response { status, headers }), ..Hop::default() }
}

fn judged(request: ScriptRequest<'_>, hops: &[Hop<'_>], profile: Profile) -> (Verdict, Vec<BlockedCode>) {
    let mut codes = Vec::new();
    let verdict = Exchange { request, hops }.judge(profile, |blocked| codes.push(blocked.code())).verdict;
    (verdict, codes)
}

const ANY: Line<'static> = (b"Access-Control-Allow-Origin", b"*");

fn get<'a>(headers: &'a [RequestHeader<'a>]) -> ScriptRequest<'a> {
    ScriptRequest { headers, ..ScriptRequest::new(PAGE.as_bytes(), b"https://api.example/") }
}

#[test]
fn twenty_redirects_are_followed_and_no_more() {
    for (redirects, expected) in
        [(20, (Verdict::Allowed, vec![])), (21, (Verdict::Blocked, vec![BlockedCode::RedirectLimit]))]
    {
        let mut hops = vec![answered(&[ANY, (b"Location", b"/")], 302); redirects];
        hops.push(answered(&[ANY], 200));
        for profile in Profile::ALL {
            assert_eq!(judged(get(&[]), &hops, profile), expected, "{profile}");
        }
    }
}

#[test]
fn status_without_three_digits_is_refused() {
    for (status, code) in [(99, true), (100, false), (999, false), (1000, true)] {
        for profile in Profile::ALL {
            let (_, codes) = judged(get(&[]), &[answered(&[ANY], status)], profile);
            assert_eq!(codes.contains(&BlockedCode::ResponseUnparsable), code, "{profile} {status}");
        }
    }
}

#[test]
fn safe_headers_have_128_bytes_each_and_1024_together() {
    let value = [b'a'; 129];
    let asks = |headers: &[RequestHeader<'_>], profile| {
        let exchange = Exchange { request: get(headers), hops: &[] };
        exchange.steps().next().unwrap().needs_preflight(profile)
    };
    let full: [RequestHeader<'_>; 8] = [(b"Accept", Some(&value[..128])); 8];
    let over = [&full[..], &[(b"Accept-Language", Some(b"a"))]].concat();
    for profile in Profile::ALL {
        assert!(!asks(&[(b"Accept", Some(&value[..128]))], profile), "{profile}");
        assert!(asks(&[(b"Accept", Some(&value))], profile), "{profile}");
    }
    // Firefox checks each value alone. Chromium and WebKit join the values of one name, and there
    // are too few names for the sum.
    assert!(!asks(&full, Profile::Spec) && !asks(&full, Profile::Firefox));
    assert!(asks(&over, Profile::Spec) && !asks(&over, Profile::Firefox));
}

#[test]
fn preflight_is_cached_as_long_as_by_each_browser() {
    let put = ScriptRequest { method: b"PUT", ..get(&[]) };
    let kept = |seconds: u64, profile| {
        let value = seconds.to_string();
        let headers = [ANY, (b"Access-Control-Allow-Methods", b"PUT"), (b"Access-Control-Max-Age", value.as_bytes())];
        let preflight = Some(Response { status: 204, headers: &headers });
        let exchange = Exchange { request: put, hops: &[Hop { preflight, ..answered(&[ANY], 200) }] };
        u64::from(exchange.judge(profile, |_| ()).cache_seconds.unwrap())
    };
    let most =
        [(Profile::Spec, 1 << 31), (Profile::Chromium, 7_200), (Profile::Firefox, 86_400), (Profile::WebKit, 600)];
    for (profile, most) in most {
        assert_eq!(
            [most - 1, most, most + 1].map(|seconds| kept(seconds, profile)),
            [most - 1, most, most],
            "{profile}"
        );
    }
}

/// Nothing calls itself as often as the input likes. In a build without optimisation, 256 KiB of
/// stack are enough for everything.
#[test]
fn no_input_takes_a_deeper_stack() {
    let many = |unit: &str| unit.repeat((1 << 16) / unit.len());
    let everything = move || {
        let entry = many("[a.*@:/");
        let entries = [&entry[..]];
        let spec = PolicySpec { allow_headers: &entries, ..PolicySpec::new(&entries) };
        let mut found = 0;
        let mut image = [0; 1024];
        assert!(spec.compile(&mut image[..], |finding| found += finding.to_string().len()).is_err() && found > 0);
        let spec = PolicySpec { allow_headers: &["x-a"], ..PolicySpec::new(&[PAGE, "https://*.app.example"]) };
        let policy = spec.compile(&mut image[..], |_| ()).unwrap();
        assert!(Policy::open(policy.image()).is_ok());
        for unit in [",", " ", "a", "x-a,", "a.", "https://", "\u{1b}"] {
            let text = many(unit);
            for (origin, method, names) in [(&text[..], "GET", "x-a"), (PAGE, &text, "x-a"), (PAGE, "GET", &text)] {
                let lines = [("Origin", origin), ("Access-Control-Request-Method", method), (NAMES, names)];
                let request = Request::from_lines("OPTIONS", lines);
                let decision = policy.evaluate(&request);
                assert!(!decision.is_allowed() && !decision.to_string().is_empty());
            }
            let headers: [Line<'_>; 3] = [
                (b"Access-Control-Allow-Origin", text.as_bytes()),
                (text.as_bytes(), b""),
                (b"Location", text.as_bytes()),
            ];
            let response = Some(Response { status: 302, headers: &headers });
            let hops = [Hop { response, ..Hop::default() }, Hop { url: text.as_bytes(), response, ..Hop::default() }];
            for profile in Profile::ALL {
                let exchange = Exchange { request: get(&[]), hops: &hops };
                exchange.judge(profile, |blocked| {
                    assert!(!exchange.cause(&blocked).as_str().is_empty());
                    exchange.console(profile, &blocked).map(|console| console.to_string());
                });
                assert!(exchange.exposed(profile).next().is_none());
            }
            assert!(decode_console(&text).is_none());
        }
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(everything).unwrap().join().unwrap();
}
