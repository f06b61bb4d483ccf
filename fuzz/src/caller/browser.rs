//! Calls the browser model as C does: everything that it reports about a script's request and its
//! responses.

use std::ffi::c_void;
use std::ptr::null;

use corsac::browser::{Api, Credentials, HttpVersion, Mode, Profile, ReferrerPolicy, RequestHeader};
use corsac_ffi::*;

use super::{Caller, read};
use crate::explain::{Message, Reason, Seen, Sent, message_of, number};
use crate::reference::Bytes;
use crate::script::{Lines, OwnedHop, Script};

/// Numbers of `corsac_response` and of the enumerations are below this.
const STATUSES: i32 = 65_536;
const PROFILES: i32 = 4;
const THREE: i32 = 3;

type Header = (Bytes, Option<Bytes>);

/// What the calls are about. Each function starts with a new caller, so the same of its arguments
/// are wrong.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub caller: &'a Caller,
    pub script: &'a Script,
    pub owned_hops: &'a [OwnedHop],
    pub profile: Profile,
}

/// A request and its hops, as they are passed.
type Passed = (*const corsac_script_request, *const corsac_hop, usize);

impl Asked<'_> {
    /// Everything that the model reports.
    pub fn seen(&self) -> Result<Seen, corsac_result> {
        let (judged, blocked) = self.judged()?;
        Ok(Seen {
            verdict: text(corsac_verdict_name(judged.verdict)),
            preflight: text(corsac_preflight_name(judged.preflight)),
            cache_seconds: (judged.cache_seconds != CORSAC_NOT_CACHED)
                .then(|| u32::try_from(judged.cache_seconds).expect("seconds")),
            blocked,
            exposed: self.exposed()?,
            dropped: self.dropped()?,
            steps: (0..self.owned_hops.len().max(1)).map(|hop| self.sent(hop)).collect::<Result<_, _>>()?,
        })
    }

    /// The results of all functions that read responses, if none of them can.
    pub fn refusals(&self) -> [Option<corsac_result>; 8] {
        [
            self.judged().err(),
            self.exposed().err(),
            self.step(0).err(),
            self.names(0, 64).err(),
            self.headers(0).err(),
            self.lines(0, 0).err(),
            self.lines(0, 1).err(),
            self.needs_after(self.script, 0).err(),
        ]
    }

    fn judged(&self) -> Result<(corsac_judgement, Vec<Reason>), corsac_result> {
        let mut reported: Vec<(Reason, corsac_blocked)> = vec![];
        let data: *mut c_void = (&raw mut reported).cast();
        let ask = |on_blocked: corsac_on_blocked| {
            self.caller.clone().call(|caller, judgement| {
                let profile = caller.profile(self.profile);
                caller.with_exchange(self.script, self.owned_hops, |_, (request, hops, count)| {
                    // SAFETY, here and below: as the header requires, or wrong in a way that it
                    // allows.
                    unsafe { corsac_explain(request, hops, count, profile, on_blocked, data, judgement) }
                })
            })
        };
        let (judged, without_callback) = (ask(Some(on_blocked)), ask(None));
        assert_eq!(judged, without_callback, "a callback changes nothing");
        assert!(judged.is_ok() || reported.is_empty(), "reported, and the result is {judged:?}");
        // The texts are still valid.
        for (reason, blocked) in &reported {
            assert_eq!(reason.code, text(blocked.code));
            assert_eq!(reason.cause, [blocked.cause_name, blocked.cause, blocked.advice].map(text));
        }
        Ok((judged?, reported.into_iter().map(|(reason, _)| reason).collect()))
    }

    fn exposed(&self) -> Result<Vec<Bytes>, corsac_result> {
        self.caller.clone().reported(|caller, data| {
            let (profile, on_name) = (caller.profile(self.profile), caller.function(on_text as _));
            caller.with_exchange(self.script, self.owned_hops, |_, (request, hops, count)| unsafe {
                corsac_exposed_headers(request, hops, count, profile, on_name, data)
            })
        })
    }

    /// The script's headers that the browser drops. The responses are not read.
    pub fn dropped(&self) -> Result<Vec<Header>, corsac_result> {
        self.caller.clone().reported(|caller, data| {
            let on_header = caller.function(on_header as _);
            caller.with_request(self.script, |_, request| unsafe { corsac_dropped_headers(request, on_header, data) })
        })
    }

    fn sent(&self, hop: usize) -> Result<Sent, corsac_result> {
        let step = self.step(hop)?;
        let requested_headers = self.names(hop, step.requested_headers_len)?;
        assert_eq!(step.requested_headers_len, requested_headers.len());
        assert_eq!(step.requested_header_count, requested_headers.split_terminator(',').count());
        Ok(Sent {
            method: bytes(step.method).expect("a method"),
            url: bytes(step.url).expect("a URL"),
            origin: bytes(step.origin),
            preflight_origin: bytes(step.preflight_origin),
            tainting: step.tainting,
            needs_preflight: step.needs_preflight == 1,
            sends_credentials: step.sends_credentials == 1,
            requested_headers,
            headers: self.headers(hop)?,
            passing_lines: [self.lines(hop, 0)?, self.lines(hop, 1)?],
        })
    }

    fn step(&self, hop: usize) -> Result<corsac_step, corsac_result> {
        self.caller.clone().call(|caller, step| {
            self.with_hop(caller, hop, |_, (request, hops, count), hop, profile| unsafe {
                corsac_step_at(request, hops, count, hop, profile, step)
            })
        })
    }

    /// The value of `Access-Control-Request-Headers`.
    fn names(&self, hop: usize, length: usize) -> Result<String, corsac_result> {
        self.caller.clone().written(length, |caller, buffer, capacity, written| {
            self.with_hop(caller, hop, |_, (request, hops, count), hop, profile| unsafe {
                corsac_step_requested_headers(request, hops, count, hop, profile, buffer, capacity, written)
            })
        })
    }

    fn headers(&self, hop: usize) -> Result<Vec<Header>, corsac_result> {
        self.caller.clone().reported(|caller, data| {
            let (on_header, hop) = (caller.function(on_header as _), self.hop(caller, hop));
            caller.with_exchange(self.script, self.owned_hops, |_, (request, hops, count)| unsafe {
                corsac_step_headers(request, hops, count, hop, on_header, data)
            })
        })
    }

    fn lines(&self, hop: usize, of_preflight: i32) -> Result<Vec<String>, corsac_result> {
        let lines = self.caller.clone().reported(|caller, data| {
            let (on_line, of_preflight) = (caller.function(on_text as _), caller.number(of_preflight, 2));
            self.with_hop(caller, hop, |_, (request, hops, count), hop, profile| unsafe {
                corsac_step_passing_lines(request, hops, count, hop, profile, of_preflight, on_line, data)
            })
        });
        Ok(lines?.into_iter().map(|line| String::from_utf8(line).expect("a line is text")).collect())
    }

    /// Whether a later request needs a preflight of its own.
    pub fn needs_after(&self, later: &Script, milliseconds: u64) -> Result<bool, corsac_result> {
        self.caller.clone().truth(|caller| {
            let profile = caller.profile(self.profile);
            caller.with_exchange(self.script, self.owned_hops, |caller, (request, hops, count)| {
                caller.with_request(later, |_, later| unsafe {
                    corsac_needs_preflight_after(request, hops, count, profile, later, milliseconds)
                })
            })
        })
    }

    fn with_hop(
        &self,
        caller: &mut Caller,
        hop: usize,
        then: impl FnOnce(&mut Caller, Passed, usize, i32) -> corsac_result,
    ) -> corsac_result {
        let (hop, profile) = (self.hop(caller, hop), caller.profile(self.profile));
        caller.with_exchange(self.script, self.owned_hops, |caller, handed| then(caller, handed, hop, profile))
    }

    /// A hop that exists, or the first one about which nothing is known.
    fn hop(&self, caller: &mut Caller, right: usize) -> usize {
        match caller.next() {
            None => right,
            Some(kind) if kind % 2 == 1 => usize::MAX - usize::from(kind),
            Some(kind) => self.owned_hops.len().max(1) + usize::from(kind),
        }
    }
}

impl Caller {
    fn profile(&mut self, profile: Profile) -> i32 {
        self.number(number(profile), PROFILES)
    }

    /// An unknown value has no pointer. An empty one has one.
    fn value(&mut self, value: Option<&[u8]>) -> corsac_bytes {
        match (value, self.text(value.unwrap_or_default())) {
            (Some(empty @ []), corsac_bytes { len: 0, .. }) => corsac_bytes { ptr: empty.as_ptr(), len: 0 },
            (_, text) => text,
        }
    }

    fn header(&mut self, name: &[u8], value: Option<&[u8]>) -> corsac_header {
        corsac_header { name: self.text(name), value: self.value(value) }
    }

    fn lines(&mut self, lines: &Lines) -> Vec<corsac_header> {
        lines.iter().map(|(name, value)| self.header(name, Some(value))).collect()
    }

    /// The request in C's form.
    fn with_request(
        &mut self,
        script: &Script,
        then: impl FnOnce(&mut Self, *const corsac_script_request) -> corsac_result,
    ) -> corsac_result {
        let mut request = self.described(script);
        let headers: Vec<_> = script.headers.iter().map(|(name, value)| self.header(name, value.as_deref())).collect();
        (request.headers, request.header_count) = self.array(&headers);
        let request = self.pointer(&raw mut request);
        then(self, request)
    }

    /// All of the request except its headers.
    fn described(&mut self, script: &Script) -> corsac_script_request {
        // The call that fills the struct is repeated until it succeeds. The calls that read the
        // request deal with everything else that is wrong.
        let is_spoilt = self.is_spoilt;
        let mut request: corsac_script_request = self
            .call(|caller, request| unsafe {
                corsac_script_request_init(request, caller.text(&script.origin), caller.text(&script.url))
            })
            .expect("an origin and a URL are bytes");
        self.is_spoilt = is_spoilt;
        request.size += usize::from(self.next().map_or(0, |kind| kind.max(1)));
        (request.origin, request.url) = (self.text(&script.origin), self.text(&script.url));
        request.method = self.text(&script.method);
        request.credentials = self.number(
            match script.credentials {
                Credentials::Omit => CORSAC_CREDENTIALS_OMIT,
                Credentials::SameOrigin => CORSAC_CREDENTIALS_SAME_ORIGIN,
                Credentials::Include => CORSAC_CREDENTIALS_INCLUDE,
            },
            THREE,
        );
        request.mode = self.number(
            match script.mode {
                Mode::Cors => CORSAC_MODE_CORS,
                Mode::NoCors => CORSAC_MODE_NO_CORS,
                Mode::SameOrigin => CORSAC_MODE_SAME_ORIGIN,
            },
            THREE,
        );
        let policy = match script.referrer_policy {
            ReferrerPolicy::NoReferrer => "no-referrer",
            ReferrerPolicy::SameOrigin => "same-origin",
            ReferrerPolicy::NoDowngrade => "",
            ReferrerPolicy::Always => "unsafe-url",
        };
        let policy = self.next().map_or(policy, |kind| if kind % 2 == 1 { "never" } else { "No-Referrer " });
        request.referrer_policy = self.text(policy.as_bytes());
        request.upload_listener = self.switch(script.upload_listener);
        request.stream_body = self.switch(script.stream_body);
        request.api = self.switch(script.api == Api::Xhr);
        request.http_version = self.switch(script.http_version == HttpVersion::Http2);
        request
    }

    /// The request and its responses in C's form.
    fn with_exchange(
        &mut self,
        script: &Script,
        owned_hops: &[OwnedHop],
        then: impl FnOnce(&mut Self, Passed) -> corsac_result,
    ) -> corsac_result {
        // The hops point to these.
        let mut given: Vec<[Vec<corsac_header>; 3]> = vec![];
        let mut responses: Vec<[Option<corsac_response>; 2]> = vec![];
        for OwnedHop { preflight, response, revalidated, .. } in owned_hops {
            let lines =
                [preflight, response].map(|response| self.lines(response.as_ref().map_or(&vec![], |(_, lines)| lines)));
            responses.push([(preflight, &lines[0]), (response, &lines[1])].map(|(response, lines)| {
                let status = self.number(i32::from(response.as_ref()?.0), STATUSES);
                let (headers, header_count) = self.array(lines);
                Some(corsac_response { status, headers, header_count })
            }));
            let [preflight, response] = lines;
            given.push([preflight, response, self.lines(revalidated)]);
        }
        let mut hops: Vec<corsac_hop> = vec![];
        for ((owned_hop, [_, _, lines]), responses) in owned_hops.iter().zip(&given).zip(&responses) {
            let [preflight, response] = responses.each_ref().map(|response| self.known(response.as_ref()));
            let (revalidated, revalidated_count) = self.array(lines);
            hops.push(corsac_hop {
                url: self.text(&owned_hop.url),
                preflight,
                response,
                revalidated,
                revalidated_count,
            });
        }
        let (hops, count) = self.array(&hops);
        self.with_request(script, |caller, request| then(caller, (request, hops, count)))
    }

    /// NULL is not wrong. It means that the response is unknown.
    fn known(&mut self, response: Option<&corsac_response>) -> *const corsac_response {
        let right = response.map_or(null(), |response| response);
        if response.is_some() && self.next().is_some() { right.wrapping_byte_add(1) } else { right }
    }

    /// The content of a console message. All of it is inside the text.
    pub fn decoded(&self, message: &[u8]) -> Result<Message, corsac_result> {
        let console =
            self.clone().call(|caller, console| unsafe { corsac_decode_console(caller.text(message), console) })?;
        let inside = message.as_ptr_range();
        for part in [console.url, console.redirected_from, console.origin, console.value] {
            let end = part.ptr.wrapping_add(part.len);
            assert!(part.ptr.is_null() || (inside.contains(&part.ptr) || part.len == 0) && end <= inside.end);
        }
        Ok(message_of(&console))
    }

    /// Whether a script cannot set this header, and whether it needs no preflight.
    pub fn header_rules(&self, profile: Profile, header: RequestHeader<'_>) -> [Result<bool, corsac_result>; 2] {
        let (name, value) = header;
        [
            self.clone().truth(|caller| {
                let corsac_header { name, value } = caller.header(name, value);
                unsafe { corsac_is_forbidden_header(name, value) }
            }),
            self.clone().truth(|caller| {
                let corsac_header { name, value } = caller.header(name, value);
                unsafe { corsac_is_safelisted_header(caller.profile(profile), name, value) }
            }),
        ]
    }
}

/// What the model reports, as C gets it: cut as the header says.
pub fn as_reported(mut seen: Seen) -> Seen {
    for reason in &mut seen.blocked {
        // A response with status 0 gives 0, and so does a missing one.
        reason.status = reason.status.filter(|status| *status != 0);
        reason.evidence.truncate(CORSAC_MESSAGE_MAX);
        if reason.sentence.len() > CORSAC_MESSAGE_MAX {
            reason.sentence.truncate(CORSAC_MESSAGE_MAX);
            let half = reason.sentence.rfind('\\').filter(|at| at + 4 > CORSAC_MESSAGE_MAX);
            reason.sentence.truncate(half.unwrap_or(CORSAC_MESSAGE_MAX));
        }
        cut(&mut reason.console);
    }
    seen.steps.iter_mut().flat_map(|step| &mut step.passing_lines).flatten().for_each(cut);
    seen
}

/// There must be room for `...`.
fn cut(text: &mut String) {
    if text.len() > CORSAC_CONSOLE_MAX - 3 {
        text.truncate(text.floor_char_boundary(CORSAC_CONSOLE_MAX - 3));
        text.push_str("...");
    }
}

fn bytes(given: corsac_bytes) -> Option<Bytes> {
    (!given.ptr.is_null()).then(|| read(given).to_vec())
}

fn text(given: corsac_bytes) -> String {
    String::from_utf8(read(given).to_vec()).expect("UTF-8")
}

unsafe extern "C" fn on_blocked(data: *mut c_void, blocked: *const corsac_blocked) {
    // SAFETY, here and below: `data` is what was passed with this function, and the rest is valid
    // while the function runs.
    let (reported, blocked) = unsafe { (&mut *data.cast::<Vec<(Reason, corsac_blocked)>>(), &*blocked) };
    let reason = Reason {
        code: text(blocked.code),
        in_preflight: blocked.in_preflight == 1,
        hop: blocked.hop,
        status: (blocked.status != 0).then(|| u16::try_from(blocked.status).expect("a status")),
        evidence: read(blocked.evidence).to_vec(),
        sentence: text(blocked.sentence),
        cause: [blocked.cause_name, blocked.cause, blocked.advice].map(text),
        console: text(blocked.console),
    };
    reported.push((reason, *blocked));
}

unsafe extern "C" fn on_header(data: *mut c_void, header: *const corsac_header) {
    let (reported, header) = unsafe { (&mut *data.cast::<Vec<Header>>(), &*header) };
    reported.push((read(header.name).to_vec(), bytes(header.value)));
}

unsafe extern "C" fn on_text(data: *mut c_void, text: corsac_bytes) {
    unsafe { &mut *data.cast::<Vec<Bytes>>() }.push(read(text).to_vec());
}
