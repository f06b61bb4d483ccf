//! Exports the browser model. The optimiser knows nothing about its input.

use core::fmt::Write;
use core::slice;

use corsac::browser::{
    AddressSpace, Credentials, Exchange, Hop, Line, Mode, Network, OwnResponse, OwnVerdict, Permission, Profile,
    ReferrerPolicy, RequestHeader, Response, ScriptRequest, decode_console, decode_delivery, is_forbidden_header,
    is_safelisted_header,
};

use crate::{List, Report, Room, Text};

/// A script's request.
#[repr(C)]
pub struct Script {
    origin: Text,
    url: Text,
    method: Text,
    names: List,
    values: List,
    credentials: u8,
    mode: u8,
    referrer_policy: Text,
    upload_listener: bool,
    stream_body: bool,
}

/// A response.
#[repr(C)]
pub struct GivenResponse {
    is_known: bool,
    status: u16,
    names: List,
    values: List,
}

/// One URL of the chain.
#[repr(C)]
pub struct GivenHop {
    url: Text,
    preflight: GivenResponse,
    response: GivenResponse,
    revalidated: GivenResponse,
}

const LINES: usize = 64;
const HOPS: usize = 8;

type Lines<'a> = heapless::Vec<Line<'a>, LINES>;

impl GivenResponse {
    fn lines(&self) -> Lines<'_> {
        let mut lines = Lines::new();
        for (name, value) in self.names.texts().iter().zip(self.values.texts()) {
            let _ = lines.push((name.as_ref(), value.as_ref()));
        }
        lines
    }

    fn response<'a>(&self, lines: &'a Lines<'_>) -> Option<Response<'a>> {
        self.is_known.then_some(Response { status: self.status, headers: lines })
    }
}

/// Judges an exchange in every profile and writes everything about it. `later` is a request for the
/// cache.
///
/// # Safety
/// All pointers are valid during the call, and nothing else uses `room`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freestanding_judge(
    script: &Script,
    later: &Script,
    hops: *const GivenHop,
    count: usize,
    milliseconds: u64,
    room: Room,
) -> usize {
    // SAFETY: the caller guarantees it.
    let given = unsafe { slice::from_raw_parts(hops, count) };
    let mut lines: heapless::Vec<[Lines<'_>; 3], HOPS> = heapless::Vec::new();
    for hop in given {
        let _ = lines.push([hop.preflight.lines(), hop.response.lines(), hop.revalidated.lines()]);
    }
    let mut hops: heapless::Vec<Hop<'_>, HOPS> = heapless::Vec::new();
    for (hop, [preflight, response, revalidated]) in given.iter().zip(&lines) {
        let _ = hops.push(Hop {
            url: hop.url.as_ref(),
            preflight: hop.preflight.response(preflight),
            response: hop.response.response(response),
            revalidated,
        });
    }
    let mut report = Report::new();
    with(script, |request| {
        let exchange = Exchange { request, hops: &hops };
        for profile in Profile::ALL {
            describe(&exchange, profile, &mut report);
            let again = with(later, |later| exchange.needs_preflight_after(profile, &later, milliseconds));
            let _ = write!(report, "{again}");
        }
        for (name, _) in request.dropped() {
            report.bytes(name);
        }
    });
    report.hand_over(room)
}

fn with<R>(script: &Script, run: impl FnOnce(ScriptRequest<'_>) -> R) -> R {
    let mut headers: heapless::Vec<RequestHeader<'_>, LINES> = heapless::Vec::new();
    for (name, value) in script.names.texts().iter().zip(script.values.texts()) {
        let _ = headers.push((name.as_ref(), Some(value.as_ref())));
    }
    for name in script.names.texts().iter().skip(script.values.texts().len()) {
        let _ = headers.push((name.as_ref(), None));
    }
    let policy = core::str::from_utf8(script.referrer_policy.as_ref()).ok().and_then(ReferrerPolicy::parse);
    run(ScriptRequest {
        method: script.method.as_ref(),
        headers: &headers,
        credentials: match script.credentials {
            0 => Credentials::Omit,
            1 => Credentials::SameOrigin,
            _ => Credentials::Include,
        },
        mode: match script.mode {
            0 => Mode::Cors,
            1 => Mode::NoCors,
            _ => Mode::SameOrigin,
        },
        referrer_policy: policy.unwrap_or_default(),
        upload_listener: script.upload_listener,
        stream_body: script.stream_body,
        ..ScriptRequest::new(script.origin.as_ref(), script.url.as_ref())
    })
}

fn describe(exchange: &Exchange<'_>, profile: Profile, report: &mut Report) {
    let judgement = exchange.judge(profile, |blocked| {
        let _ = write!(report, "{blocked} {} {} {}", blocked.code(), blocked.part(), blocked.hop());
        let cause = exchange.cause(&blocked);
        let _ = write!(report, "{cause} {} {}", cause.sentence(), cause.advice());
        if let Some(console) = exchange.console(profile, &blocked) {
            let _ = write!(report, "{console}");
        }
        let _ = write!(report, "{:?}", blocked.evidence());
        report.bytes(blocked.code().header().unwrap_or_default().as_bytes());
    });
    let _ =
        write!(report, "{} {} {:?}", judgement.verdict.as_str(), judgement.preflight.as_str(), judgement.cache_seconds);
    for step in exchange.steps() {
        report.bytes(step.url());
        report.bytes(step.method());
        report.bytes(step.origin().unwrap_or_default());
        let names = step.requested_headers(profile);
        let _ = write!(report, "{} {} {names}", step.sends_credentials(profile), step.needs_preflight(profile));
        for (name, value) in step.headers() {
            let sent = (name, value);
            let _ = write!(report, "{} {}", is_forbidden_header(sent), is_safelisted_header(profile, sent));
        }
        for of_preflight in [false, true] {
            for line in step.passing_lines(profile, of_preflight) {
                let _ = write!(report, "{line}");
            }
        }
    }
    for name in exchange.exposed(profile) {
        report.bytes(name);
    }
}

/// Judges the application's own response to a request of a script, a preflight or not.
///
/// # Safety
/// All pointers are valid during the call, and nothing else uses `room`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freestanding_own_response(
    script: &Script,
    response: &GivenResponse,
    is_preflight: bool,
    room: Room,
) -> usize {
    let mut report = Report::new();
    let own = OwnResponse {
        origin: script.origin.as_ref(),
        requested_method: is_preflight.then_some(script.method.as_ref()),
        has_credentials: script.credentials > 1,
        response: Response { status: response.status, headers: &response.lines() },
    };
    let verdict = own.judge(script.names.texts().iter().map(AsRef::as_ref), |blocked| {
        let _ = write!(report, "{blocked}");
    });
    if let OwnVerdict::NeverSent(code) = verdict {
        let _ = write!(report, "{code}");
    }
    report.hand_over(room)
}

/// Decodes a console message.
///
/// # Safety
/// All pointers are valid during the call, and nothing else uses `room`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freestanding_decode(text: Text, room: Room) -> usize {
    let mut report = Report::new();
    if let Some(message) = core::str::from_utf8(text.as_ref()).ok().and_then(decode_console) {
        let _ = write!(report, "{} {:?} {:?}", message.profile, message.code, message.part);
        for text in [message.url, message.redirected_from, message.origin, message.value].into_iter().flatten() {
            report.bytes(text.as_bytes());
        }
        let _ = write!(report, "{:?} {} {:?}", message.status, message.is_xhr, message.cause());
    }
    report.hand_over(room)
}

/// Judges the delivery of a request and of a redirect of it, in every profile. Each bit of
/// `choices` is an input.
///
/// # Safety
/// All pointers are valid during the call, and nothing else uses `room`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freestanding_deliver(
    script: &Script,
    next: Text,
    address: Text,
    choices: u8,
    room: Room,
) -> usize {
    let mut report = Report::new();
    let space = |choice: u8| AddressSpace::ALL.get(usize::from(choice & 3)).copied();
    let network = Network {
        page_space: space(choices),
        secure_context: if choices & 4 == 0 { None } else { Some(choices & 8 == 0) },
        target_address_space: space(choices >> 4),
        permission: Permission::ALL.get(usize::from(choices >> 6)).copied().unwrap_or_default(),
        addresses: &[address.as_ref(), address.as_ref()],
    };
    let redirect = Some(Response { status: 302, headers: &[] });
    let hops = [Hop { response: redirect, ..Hop::default() }, Hop { url: next.as_ref(), ..Hop::default() }];
    with(script, |request| {
        let exchange = Exchange { request, hops: &hops };
        for profile in Profile::ALL {
            let delivery = exchange.deliver(profile, &network);
            let _ = write!(report, "{delivery} {} {:?}", delivery.verdict(), delivery.code());
            let _ = write!(report, "{} {} {}", delivery.certainty(), delivery.hop(), delivery.part());
            let _ = write!(report, "{:?} {}", delivery.target_space(), delivery.versions().unwrap_or_default());
            if let Some(console) = exchange.delivery_console(&delivery) {
                let _ = write!(report, "{console}");
            }
        }
    });
    if let Some(message) = core::str::from_utf8(address.as_ref()).ok().and_then(decode_delivery) {
        let _ =
            write!(report, "{message} {} {} {:?}", message.code.advice(), message.is_blocked, message.blocked_code());
        for text in [message.page, message.url].into_iter().flatten() {
            report.bytes(text.as_bytes());
        }
    }
    report.hand_over(room)
}
