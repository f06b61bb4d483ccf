//! Judges an exchange through the C interface and directly, to compare all fields.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test takes what it needs")]

use std::ffi::c_void;
use std::ptr::null;

use corsac::browser::{
    Api, BlockedCode, Cause, Credentials, Exchange, HttpVersion, Mode, Part, PreflightOutcome, Profile, ReferrerPolicy,
    ScriptRequest, Tainting, Verdict, decode_console,
};
use corsac_ffi::*;

#[path = "../../../core/tests/script/mod.rs"]
pub mod script;

pub use script::{Bytes, Lines, OwnedHop, Script, with};

/// Everything that the browser model returns about an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub verdict: String,
    pub preflight: String,
    pub cache_seconds: Option<u32>,
    pub blocked: Vec<Reason>,
    pub exposed: Vec<Bytes>,
    pub dropped: Vec<(Bytes, Option<Bytes>)>,
    pub steps: Vec<Sent>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub code: String,
    pub in_preflight: bool,
    pub hop: usize,
    pub status: Option<u16>,
    pub evidence: Bytes,
    pub sentence: String,
    pub cause: [String; 3],
    pub console: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub method: Bytes,
    pub url: Bytes,
    pub origin: Option<Bytes>,
    pub preflight_origin: Option<Bytes>,
    pub tainting: i32,
    pub needs_preflight: bool,
    pub sends_credentials: bool,
    pub requested_headers: String,
    pub headers: Vec<(Bytes, Option<Bytes>)>,
    pub passing_lines: [Vec<String>; 2],
}

pub fn bytes(text: impl AsRef<[u8]>) -> corsac_bytes {
    let text = text.as_ref();
    corsac_bytes { ptr: text.as_ptr(), len: text.len() }
}

pub fn read(bytes: corsac_bytes) -> Option<Bytes> {
    // SAFETY: what the library hands over can be read.
    (!bytes.ptr.is_null()).then(|| unsafe { std::slice::from_raw_parts(bytes.ptr, bytes.len) }.to_vec())
}

pub fn text(bytes: corsac_bytes) -> String {
    String::from_utf8(read(bytes).expect("a text")).expect("UTF-8")
}

pub fn number(profile: Profile) -> i32 {
    match profile {
        Profile::Spec => CORSAC_PROFILE_SPEC,
        Profile::Chromium => CORSAC_PROFILE_CHROMIUM,
        Profile::Firefox => CORSAC_PROFILE_FIREFOX,
        Profile::WebKit => CORSAC_PROFILE_WEBKIT,
        _ => panic!("a profile that C does not know"),
    }
}

fn header_of(name: &[u8], value: Option<&[u8]>) -> corsac_header {
    corsac_header { name: bytes(name), value: value.map_or(corsac_bytes { ptr: null(), len: 0 }, bytes) }
}

/// Calls `then` with a script's request in C's form.
pub fn with_request<R>(script: &Script, then: impl FnOnce(*const corsac_script_request) -> R) -> R {
    let headers: Vec<_> = script.headers.iter().map(|(name, value)| header_of(name, value.as_deref())).collect();
    let mut request = std::mem::MaybeUninit::uninit();
    // SAFETY: all can be read and written.
    let result = unsafe { corsac_script_request_init(request.as_mut_ptr(), bytes(&script.origin), bytes(&script.url)) };
    assert_eq!(result, CORSAC_OK);
    // SAFETY: it was written.
    let mut request: corsac_script_request = unsafe { request.assume_init() };
    request.method = bytes(&script.method);
    request.headers = headers.as_ptr();
    request.header_count = headers.len();
    request.credentials = match script.credentials {
        Credentials::Omit => CORSAC_CREDENTIALS_OMIT,
        Credentials::SameOrigin => CORSAC_CREDENTIALS_SAME_ORIGIN,
        Credentials::Include => CORSAC_CREDENTIALS_INCLUDE,
    };
    request.mode = match script.mode {
        Mode::Cors => CORSAC_MODE_CORS,
        Mode::NoCors => CORSAC_MODE_NO_CORS,
        Mode::SameOrigin => CORSAC_MODE_SAME_ORIGIN,
    };
    request.referrer_policy = bytes(match script.referrer_policy {
        ReferrerPolicy::NoReferrer => "no-referrer",
        ReferrerPolicy::SameOrigin => "same-origin",
        ReferrerPolicy::NoDowngrade => "",
        ReferrerPolicy::Always => "unsafe-url",
    });
    request.upload_listener = script.upload_listener.into();
    request.stream_body = script.stream_body.into();
    request.api = if script.api == Api::Xhr { CORSAC_API_XHR } else { CORSAC_API_FETCH };
    request.http_version = if script.http_version == HttpVersion::Http2 { CORSAC_HTTP_2 } else { CORSAC_HTTP_1 };
    then(&request)
}

/// Calls `then` with the hops in C's form.
pub fn with_hops<R>(chain: &[OwnedHop], then: impl FnOnce(*const corsac_hop, usize) -> R) -> R {
    let lines = |lines: &Lines| lines.iter().map(|(name, value)| header_of(name, Some(value))).collect::<Vec<_>>();
    let of = |response: &Option<(u16, Lines)>| response.as_ref().map(|(status, given)| (*status, lines(given)));
    let given: Vec<_> =
        chain.iter().map(|hop| (of(&hop.preflight), of(&hop.response), lines(&hop.revalidated))).collect();
    let in_c = |(status, headers): &(u16, Vec<corsac_header>)| corsac_response {
        status: i32::from(*status),
        headers: headers.as_ptr(),
        header_count: headers.len(),
    };
    let responses: Vec<_> = given
        .iter()
        .map(|(preflight, response, _)| (preflight.as_ref().map(in_c), response.as_ref().map(in_c)))
        .collect();
    let hops: Vec<_> = chain
        .iter()
        .zip(&given)
        .zip(&responses)
        .map(|((hop, (_, _, revalidated)), (preflight, response))| corsac_hop {
            url: bytes(&hop.url),
            preflight: preflight.as_ref().map_or(null(), |response| response),
            response: response.as_ref().map_or(null(), |response| response),
            revalidated: if revalidated.is_empty() { null() } else { revalidated.as_ptr() },
            revalidated_count: revalidated.len(),
        })
        .collect();
    then(if hops.is_empty() { null() } else { hops.as_ptr() }, hops.len())
}

unsafe extern "C" fn on_blocked(data: *mut c_void, blocked: *const corsac_blocked) {
    // SAFETY: `data` is what was handed over with this function, and the reason is valid while it runs.
    let (seen, blocked) = unsafe { (&mut *data.cast::<Vec<Reason>>(), &*blocked) };
    seen.push(Reason {
        code: text(blocked.code),
        in_preflight: blocked.in_preflight == 1,
        hop: blocked.hop,
        status: (blocked.status != 0).then_some(u16::try_from(blocked.status).unwrap()),
        evidence: read(blocked.evidence).unwrap(),
        sentence: text(blocked.sentence),
        cause: [blocked.cause_name, blocked.cause, blocked.advice].map(text),
        console: text(blocked.console),
    });
}

unsafe extern "C" fn on_header(data: *mut c_void, header: *const corsac_header) {
    // SAFETY: `data` is what was handed over with this function, and the header is valid while it runs.
    let (seen, header) = unsafe { (&mut *data.cast::<Vec<(Bytes, Option<Bytes>)>>(), &*header) };
    seen.push((read(header.name).unwrap(), read(header.value)));
}

unsafe extern "C" fn on_text(data: *mut c_void, name: corsac_bytes) {
    // SAFETY: `data` is what was handed over with this function.
    unsafe { &mut *data.cast::<Vec<Bytes>>() }.push(read(name).unwrap());
}

fn room<T>(seen: &mut Vec<T>) -> *mut c_void {
    (&raw mut *seen).cast()
}

/// What the C interface returns.
pub fn through_c(script: &Script, chain: &[OwnedHop], profile: Profile) -> Seen {
    let profile = number(profile);
    with_request(script, |request| with_hops(chain, |hops, count| judged_in_c(request, hops, count, profile)))
}

fn judged_in_c(request: *const corsac_script_request, hops: *const corsac_hop, count: usize, profile: i32) -> Seen {
    let (mut blocked, mut exposed, mut dropped) = (vec![], vec![], vec![]);
    let mut judged = corsac_judgement { size: 0, verdict: -7, preflight: -7, cache_seconds: -7, reserved: [0; 2] };
    // SAFETY: all can be read and written, and each function takes its own data.
    let results = unsafe {
        [
            corsac_explain(request, hops, count, profile, Some(on_blocked), room::<Reason>(&mut blocked), &mut judged),
            corsac_exposed_headers(request, hops, count, profile, Some(on_text), room::<Bytes>(&mut exposed)),
            corsac_dropped_headers(request, Some(on_header), room::<(Bytes, Option<Bytes>)>(&mut dropped)),
        ]
    };
    assert_eq!(results, [CORSAC_OK; 3]);
    Seen {
        verdict: text(corsac_verdict_name(judged.verdict)),
        preflight: text(corsac_preflight_name(judged.preflight)),
        cache_seconds: (judged.cache_seconds != CORSAC_NOT_CACHED)
            .then_some(u32::try_from(judged.cache_seconds).unwrap_or(u32::MAX)),
        blocked,
        exposed,
        dropped,
        steps: (0..count.max(1)).map(|hop| sent(request, hops, count, hop, profile)).collect(),
    }
}

fn sent(
    request: *const corsac_script_request,
    hops: *const corsac_hop,
    count: usize,
    hop: usize,
    profile: i32,
) -> Sent {
    let mut step = std::mem::MaybeUninit::<corsac_step>::uninit();
    let (mut headers, mut lines, mut written) = (vec![], [vec![], vec![]], usize::MAX);
    // SAFETY: all can be read and written, and each function takes its own data.
    let step = unsafe {
        assert_eq!(corsac_step_at(request, hops, count, hop, profile, step.as_mut_ptr()), CORSAC_OK);
        let data = room::<(Bytes, Option<Bytes>)>(&mut headers);
        assert_eq!(corsac_step_headers(request, hops, count, hop, Some(on_header), data), CORSAC_OK);
        for (of_preflight, lines) in (0..).zip(&mut lines) {
            let data = room::<Bytes>(lines);
            let result =
                corsac_step_passing_lines(request, hops, count, hop, profile, of_preflight, Some(on_text), data);
            assert_eq!(result, CORSAC_OK);
        }
        step.assume_init()
    };
    let mut names = vec![0; step.requested_headers_len];
    let mut write = |names: &mut [u8]| {
        let (buffer, capacity) = (names.as_mut_ptr(), names.len());
        // SAFETY: all can be read and written.
        unsafe { corsac_step_requested_headers(request, hops, count, hop, profile, buffer, capacity, &mut written) }
    };
    if let Some((_, too_small)) = names.split_last_mut() {
        assert_eq!(write(too_small), CORSAC_STORAGE_TOO_SMALL);
        assert!(too_small.iter().all(|b| *b == 0), "nothing is written");
    }
    assert_eq!(write(&mut names), CORSAC_OK);
    assert_eq!(written, names.len());
    let requested_headers = String::from_utf8(names).unwrap();
    assert_eq!(step.requested_header_count, requested_headers.split(',').filter(|name| !name.is_empty()).count());
    Sent {
        method: read(step.method).unwrap(),
        url: read(step.url).unwrap(),
        origin: read(step.origin),
        preflight_origin: read(step.preflight_origin),
        tainting: step.tainting,
        needs_preflight: step.needs_preflight == 1,
        sends_credentials: step.sends_credentials == 1,
        requested_headers,
        headers,
        passing_lines: lines.map(|lines| lines.into_iter().map(|line| String::from_utf8(line).unwrap()).collect()),
    }
}

fn owned((name, value): (&[u8], Option<&[u8]>)) -> (Bytes, Option<Bytes>) {
    (name.to_vec(), value.map(<[u8]>::to_vec))
}

/// What the browser model returns.
pub fn directly(script: &Script, chain: &[OwnedHop], profile: Profile) -> Seen {
    with(script, chain, |exchange| {
        let mut blocked = vec![];
        let judged = exchange.judge(profile, |reason| {
            let cause = exchange.cause(&reason);
            blocked.push(Reason {
                code: reason.code().to_string(),
                in_preflight: reason.part() == Part::Preflight,
                hop: reason.hop(),
                status: reason.status(),
                evidence: reason.evidence().bytes().collect(),
                sentence: reason.to_string(),
                cause: [cause.as_str(), cause.sentence(), cause.advice()].map(str::to_owned),
                console: exchange.console(profile, &reason).map(|said| said.to_string()).unwrap_or_default(),
            });
        });
        Seen {
            verdict: Verdict::as_str(judged.verdict).to_owned(),
            preflight: PreflightOutcome::as_str(judged.preflight).to_owned(),
            cache_seconds: judged.cache_seconds,
            blocked,
            exposed: exchange.exposed(profile).map(<[u8]>::to_vec).collect(),
            dropped: exchange.request.dropped().map(owned).collect(),
            steps: exchange.steps().map(|step| directly_sent(&exchange.request, &step, profile)).collect(),
        }
    })
}

fn directly_sent(request: &ScriptRequest<'_>, step: &corsac::browser::Step<'_>, profile: Profile) -> Sent {
    let is_sent = request.thrown().is_none() && step.tainting() != Tainting::Refused;
    let needs_preflight = is_sent && step.needs_preflight(profile);
    let of = |bytes: Option<&[u8]>| bytes.filter(|_| is_sent).map(<[u8]>::to_vec);
    let lines = |of_preflight| {
        let lines = step.passing_lines(profile, of_preflight).filter(|_| is_sent);
        lines.map(|line| line.to_string()).collect()
    };
    Sent {
        method: step.method().to_vec(),
        url: step.url().to_vec(),
        origin: of(step.origin()),
        preflight_origin: of(step.preflight_origin(profile).or(step.origin()).filter(|_| needs_preflight)),
        tainting: match step.tainting() {
            _ if !is_sent => CORSAC_TAINTING_REFUSED,
            Tainting::Basic => CORSAC_TAINTING_BASIC,
            Tainting::Cors => CORSAC_TAINTING_CORS,
            Tainting::Opaque => CORSAC_TAINTING_OPAQUE,
            Tainting::Refused => CORSAC_TAINTING_REFUSED,
        },
        needs_preflight,
        sends_credentials: is_sent && step.sends_credentials(profile),
        requested_headers: if needs_preflight { step.requested_headers(profile).to_string() } else { String::new() },
        headers: step.headers().filter(|_| is_sent).map(owned).collect(),
        passing_lines: [lines(false), lines(true)],
    }
}

/// Whether a later request needs its own preflight, through C and directly.
pub fn needs_after(script: &Script, chain: &[OwnedHop], profile: Profile, later: &Script, ms: u64) -> [bool; 2] {
    let direct = with(script, chain, |exchange: Exchange<'_>| {
        with(later, &[], |later| exchange.needs_preflight_after(profile, &later.request, ms))
    });
    let ask = |request, later, hops, count| {
        // SAFETY: all can be read.
        unsafe { corsac_needs_preflight_after(request, hops, count, number(profile), later, ms) }
    };
    let through_c = with_request(script, |request| {
        with_request(later, |later| with_hops(chain, |hops, count| ask(request, later, hops, count)))
    });
    assert!(matches!(through_c, 0 | 1));
    [through_c == 1, direct]
}

/// What a console message says, as names and texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub profile: String,
    pub part: i32,
    pub status: i32,
    pub is_xhr: bool,
    pub meaning: [Option<String>; 4],
    pub filled_in: [Option<String>; 4],
}

/// What the C interface decoded.
pub fn message_of(console: &corsac_console_message) -> Message {
    let given = |bytes: corsac_bytes| read(bytes).map(|bytes| String::from_utf8(bytes).expect("UTF-8"));
    Message {
        profile: text(corsac_profile_name(console.profile)),
        part: console.part,
        status: console.status,
        is_xhr: console.is_xhr == 1,
        meaning: [console.code, console.cause_name, console.cause, console.advice].map(given),
        filled_in: [console.url, console.redirected_from, console.origin, console.value].map(given),
    }
}

/// What the browser model decodes.
pub fn directly_decoded(text: &str) -> Message {
    let nothing = Message {
        profile: String::new(),
        part: CORSAC_PART_UNKNOWN,
        status: 0,
        is_xhr: false,
        meaning: [const { None }; 4],
        filled_in: [const { None }; 4],
    };
    decode_console(text).map_or(nothing, |message| {
        let cause = message.cause();
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let code = message.code.map(BlockedCode::as_str);
        Message {
            profile: message.profile.name().to_owned(),
            part: match message.part {
                Some(Part::Response) => CORSAC_PART_RESPONSE,
                Some(Part::Preflight) => CORSAC_PART_PREFLIGHT,
                _ => CORSAC_PART_UNKNOWN,
            },
            status: message.status.map_or(0, i32::from),
            is_xhr: message.is_xhr,
            meaning: [code, cause.map(Cause::as_str), cause.map(Cause::sentence), cause.map(Cause::advice)].map(owned),
            filled_in: [message.url, message.redirected_from, message.origin, message.value].map(owned),
        }
    })
}
