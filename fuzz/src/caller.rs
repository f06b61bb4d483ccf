//! A C program that calls the engine: as the header asks, but for the arguments that the input makes wrong. Those calls are refused, leave
//! their output as it was, and are made again.

use std::collections::BTreeMap;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

use corsac_ffi::{
    CORSAC_INVALID_ARGUMENT, CORSAC_MESSAGE_MAX, CORSAC_NO_INDEX, CORSAC_OK, CORSAC_UNSET, CORSAC_VARY_MAX,
    CORSAC_WARNING, corsac_bytes, corsac_class_name, corsac_decision, corsac_denial_message, corsac_denial_name,
    corsac_escape, corsac_evaluate, corsac_evaluate_with, corsac_finding, corsac_list, corsac_policy,
    corsac_policy_compile, corsac_policy_open, corsac_policy_size, corsac_request, corsac_request_header,
    corsac_request_init, corsac_result, corsac_spec, corsac_spec_init, corsac_vary_add, corsac_vary_missing,
};

use crate::record::records;
use crate::reference::bridge::{Found, Judge};
use crate::reference::{Ask, Bytes, Spec, Verdict};

/// What memory holds that nobody wrote.
const PAPER: u8 = 0xA5;

/// The caller, and what it gets wrong.
pub struct Caller {
    /// Which of the arguments is wrong, and how.
    wrong: BTreeMap<usize, u8>,
    handed_over: usize,
    is_spoilt: bool,
}

impl Caller {
    /// `*`, the number of an argument, and what is wrong with it.
    pub fn new(data: &[u8]) -> Self {
        let wrong = records(data).filter_map(|record| match record {
            (b'*', &[number, kind, ..]) => Some((usize::from(number), kind)),
            _ => None,
        });
        Self { wrong: wrong.collect(), handed_over: 0, is_spoilt: false }
    }

    /// How the next argument is wrong, if it is: each once.
    fn next(&mut self) -> Option<u8> {
        self.handed_over += 1;
        let kind = self.wrong.remove(&(self.handed_over - 1));
        self.is_spoilt |= kind.is_some();
        kind
    }

    fn pointer<T>(&mut self, right: *mut T) -> *mut T {
        match self.next() {
            None => right,
            Some(kind) if kind % 2 == 1 && align_of::<T>() > 1 => right.cast::<u8>().wrapping_add(1).cast(),
            Some(_) => null_mut(),
        }
    }

    fn text(&mut self, text: &[u8]) -> corsac_bytes {
        let ptr = text.as_ptr();
        match self.next() {
            None if text.is_empty() => corsac_bytes { ptr: null(), len: 0 },
            None => corsac_bytes { ptr, len: text.len() },
            Some(kind) if kind % 2 == 1 => corsac_bytes { ptr, len: usize::MAX - usize::from(kind) },
            Some(kind) => corsac_bytes { ptr: null(), len: 1 + usize::from(kind) },
        }
    }

    fn texts(&mut self, texts: &[Bytes]) -> Vec<corsac_bytes> {
        texts.iter().map(|text| self.text(text)).collect()
    }

    fn list(&mut self, texts: &[corsac_bytes]) -> corsac_list {
        let ptr = if texts.is_empty() { texts.as_ptr() } else { self.pointer(texts.as_ptr().cast_mut()) };
        corsac_list { ptr, len: texts.len() }
    }

    fn switch(&mut self, is_on: bool) -> u8 {
        self.next().map_or(u8::from(is_on), |kind| kind.max(2))
    }

    /// Calls until nothing is wrong: what the output is then, or the result.
    fn call<T>(&mut self, mut call: impl FnMut(&mut Self, *mut T) -> corsac_result) -> Result<T, corsac_result> {
        loop {
            self.is_spoilt = false;
            let mut room = Box::new(MaybeUninit::<T>::uninit());
            // SAFETY: the room is there.
            unsafe { room.as_mut_ptr().write_bytes(PAPER, 1) };
            let pointer = self.pointer(room.as_mut_ptr());
            let result = call(self, pointer);
            if self.is_spoilt {
                assert_eq!(result, CORSAC_INVALID_ARGUMENT);
            } else if result == CORSAC_OK {
                // SAFETY: the output is written where the result is 0; what is not is paper, which any of the structs may hold.
                return Ok(unsafe { room.assume_init_read() });
            }
            // SAFETY: every byte was written above.
            let bytes = unsafe { std::slice::from_raw_parts(room.as_ptr().cast::<u8>(), size_of::<T>()) };
            assert!(bytes.iter().all(|byte| *byte == PAPER), "written, and the result is {result}");
            if !self.is_spoilt {
                return Err(result);
            }
        }
    }

    /// Changes what is there until nothing is wrong. That a refused call changes nothing shows in what comes of it.
    fn change(&mut self, mut call: impl FnMut(&mut Self) -> corsac_result) {
        loop {
            self.is_spoilt = false;
            let result = call(self);
            assert_eq!(result, if self.is_spoilt { CORSAC_INVALID_ARGUMENT } else { CORSAC_OK });
            if !self.is_spoilt {
                return;
            }
        }
    }

    /// What compiling gives into storage that is so many bytes too small: the image or the result, and every finding.
    pub fn compile(&mut self, spec: &Spec, missing: usize) -> (Result<Bytes, corsac_result>, Vec<Found>) {
        let size = self.call(|caller, size| caller.with(spec, |spec| unsafe { corsac_policy_size(spec, size) }));
        let length = size.expect("any spec has a size") - missing;
        let mut storage = vec![PAPER; length];
        let mut found: Vec<Found> = vec![];
        let policy = self.call(|caller, policy| {
            let (room, data) = (caller.pointer(storage.as_mut_ptr()), (&raw mut found).cast());
            caller.with(spec, |spec| unsafe { corsac_policy_compile(spec, room, length, Some(collect), data, policy) })
        });
        (policy.map(|policy| read(corsac_bytes { ptr: policy.image, len: policy.len }).to_vec()), found)
    }

    /// The spec in C's form.
    fn with(&mut self, spec: &Spec, then: impl FnOnce(*const corsac_spec) -> corsac_result) -> corsac_result {
        let mut told = MaybeUninit::uninit();
        // SAFETY: the room is there, and written where the result is 0.
        let mut told: corsac_spec = unsafe {
            assert_eq!(corsac_spec_init(told.as_mut_ptr()), CORSAC_OK);
            told.assume_init()
        };
        let methods = spec.allow_methods.as_deref().map(|methods| self.texts(methods));
        let (origins, headers) = (self.texts(&spec.allow_origins), self.texts(&spec.allow_headers));
        let exposed = self.texts(&spec.expose_headers);
        told.allow_origins = self.list(&origins);
        if let Some(methods) = &methods {
            // An empty list has a pointer, too.
            told.allow_methods = self.list(methods);
        }
        told.allow_headers = self.list(&headers);
        told.expose_headers = self.list(&exposed);
        told.max_age = spec.max_age.unwrap_or(CORSAC_UNSET);
        told.preflight_status = spec.preflight_status;
        told.denied_preflight_status = spec.denied_preflight_status.unwrap_or(CORSAC_UNSET);
        told.allow_credentials = self.switch(spec.allow_credentials);
        told.external_origins = self.switch(spec.external_origins);
        told.allow_private_network = self.switch(spec.allow_private_network);
        told.dangerously_allow_null_origin = self.switch(spec.dangerously_allow_null_origin);
        told.dangerously_allow_insecure_origins = self.switch(spec.dangerously_allow_insecure_origins);
        told.dangerously_allow_public_suffixes = self.switch(spec.dangerously_allow_public_suffixes);
        then(self.pointer(&raw mut told))
    }

    /// Opens an image: the policy, or the result.
    pub fn open(&mut self, image: &[u8]) -> Result<corsac_policy, corsac_result> {
        self.call(|caller, policy| {
            let image = caller.text(image);
            // SAFETY: as the header asks, or wrong as it says.
            unsafe { corsac_policy_open(image.ptr, image.len, policy) }
        })
    }

    /// What the policy answers, and the message of a denial.
    pub fn answer(&mut self, policy: &corsac_policy, ask: &Ask, mut judge: Option<Judge<'_>>) -> (Verdict, String) {
        let mut policy = *policy;
        // SAFETY, here and below: as the header asks, or wrong as it says.
        let request = self.call(|caller, request| unsafe { corsac_request_init(request, caller.text(&ask.method)) });
        let mut request: Box<corsac_request> = Box::new(request.expect("a method is bytes"));
        for (name, value) in &ask.lines {
            self.change(|caller| {
                let request = caller.pointer(&raw mut *request);
                unsafe { corsac_request_header(request, caller.text(name), caller.text(value)) }
            });
        }
        let decision: corsac_decision = self
            .call(|caller, decision| {
                let (policy, request) = (caller.pointer(&raw mut policy), caller.pointer(&raw mut *request));
                match &mut judge {
                    None => unsafe { corsac_evaluate(policy, request, decision) },
                    Some(judge) => {
                        let data = std::ptr::from_mut(judge).cast();
                        unsafe { corsac_evaluate_with(policy, request, Some(ask_judge), data, decision) }
                    }
                }
            })
            .expect("every request is answered");
        (verdict(&decision), self.message(&decision))
    }

    fn message(&mut self, decision: &corsac_decision) -> String {
        let mut decision = *decision;
        self.written(CORSAC_MESSAGE_MAX, |caller, buffer, capacity, written| {
            let decision = caller.pointer(&raw mut decision);
            unsafe { corsac_denial_message(decision, buffer, capacity, written) }
        })
    }

    /// The same bytes, printable.
    pub fn escape(&mut self, bytes: &[u8]) -> String {
        self.written(bytes.len() * 4, |caller, buffer, capacity, written| unsafe {
            corsac_escape(caller.text(bytes), buffer, capacity, written)
        })
    }

    /// What a function writes into a buffer, and nothing into one that is a byte too small.
    fn written(
        &mut self,
        capacity: usize,
        mut write: impl FnMut(&mut Self, *mut u8, usize, *mut usize) -> corsac_result,
    ) -> String {
        let mut buffer = vec![PAPER; capacity];
        let mut into = |caller: &mut Self, capacity| {
            caller.call(|caller, written| {
                let start = if capacity == 0 { buffer.as_mut_ptr() } else { caller.pointer(buffer.as_mut_ptr()) };
                write(caller, start, capacity, written)
            })
        };
        let length = into(self, capacity).expect("the buffer is long enough");
        assert_eq!(into(self, length), Ok(length));
        assert!(length == 0 || into(self, length - 1).is_err());
        buffer.truncate(length);
        String::from_utf8(buffer).expect("a message is text")
    }

    /// The `Vary` lines that a response with these lines still lacks.
    pub fn vary(&mut self, lines: &[Bytes], ours: &[u8]) -> Vec<Bytes> {
        let mut covered = 0;
        for line in lines {
            self.change(|caller| unsafe { corsac_vary_add(caller.text(line), caller.pointer(&mut covered)) });
        }
        let mut missing = [corsac_bytes { ptr: null(), len: 0 }; CORSAC_VARY_MAX];
        let count: usize = self
            .call(|caller, count| unsafe {
                corsac_vary_missing(caller.text(ours), covered, caller.pointer(missing.as_mut_ptr()), count)
            })
            .expect("the engine's own line");
        missing[..count].iter().map(|line| read(*line).to_vec()).collect()
    }
}

fn read<'a>(bytes: corsac_bytes) -> &'a [u8] {
    // SAFETY: what the library gives back can be read while the input lives.
    if bytes.len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(bytes.ptr, bytes.len) } }
}

fn name(bytes: corsac_bytes) -> &'static str {
    std::str::from_utf8(read(bytes)).expect("a name is text")
}

unsafe extern "C" fn collect(data: *mut c_void, finding: *const corsac_finding) {
    // SAFETY: `compile` hands these over.
    let (found, finding) = unsafe { (&mut *data.cast::<Vec<Found>>(), &*finding) };
    let text = |bytes| name(bytes).to_owned();
    let shown = read(finding.message);
    assert!(
        !shown.is_empty() && shown.len() <= CORSAC_MESSAGE_MAX && shown.iter().all(|byte| (0x20..0x7F).contains(byte))
    );
    found.push((
        if finding.severity == CORSAC_WARNING { "warning" } else { "error" }.to_owned(),
        text(finding.code),
        text(finding.field),
        (finding.index != CORSAC_NO_INDEX).then_some(finding.index),
        (!finding.replacement.ptr.is_null()).then(|| text(finding.replacement)),
        finding.at_start..finding.at_end,
        (!finding.related.ptr.is_null()).then(|| read(finding.related).to_vec()),
    ));
}

unsafe extern "C" fn ask_judge(data: *mut c_void, origin: corsac_bytes) -> i32 {
    // SAFETY: `answer` hands the judge over.
    let judge = unsafe { &mut *data.cast::<Judge<'_>>() };
    i32::from(judge(read(origin)))
}

fn verdict(decision: &corsac_decision) -> Verdict {
    let denial = name(corsac_denial_name(decision.denial));
    let headers = decision.headers.iter().take(decision.header_count).map(|header| {
        // SAFETY: as many headers as this are written.
        let header = unsafe { header.assume_init() };
        (name(header.name), read(header.value).to_vec())
    });
    Verdict {
        class: name(corsac_class_name(decision.request_class)),
        allowed: denial.is_empty(),
        denial: (!denial.is_empty()).then(|| (denial, read(decision.denial_bytes).to_vec())),
        status: (decision.status != 0).then(|| i64::from(decision.status)),
        headers: headers.collect(),
    }
}
