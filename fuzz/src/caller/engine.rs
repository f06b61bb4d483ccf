//! The engine as C calls it: a spec is compiled, an image opened, a request answered, and what goes to people written down.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::null;

use corsac_ffi::{
    CORSAC_MESSAGE_MAX, CORSAC_NO_INDEX, CORSAC_NO_TABLE, CORSAC_OK, CORSAC_UNSET, CORSAC_VARY_MAX, CORSAC_WARNING, corsac_bytes,
    corsac_class_name, corsac_decision, corsac_denial_message, corsac_denial_name, corsac_escape, corsac_policy_evaluate,
    corsac_policy_evaluate_with, corsac_finding, corsac_policy, corsac_policy_compile, corsac_policy_open, corsac_policy_size,
    corsac_request, corsac_request_add_header, corsac_request_init, corsac_result, corsac_spec, corsac_spec_init,
    corsac_vary_add, corsac_vary_missing,
};

use super::{Caller, PAPER, name, read};
use crate::reference::bridge::{Found, OriginCheck};
use crate::reference::{Ask, Bytes, Spec, Suffixes, Verdict};

impl Caller {
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
        told.allow_timing = self.switch(spec.allow_timing);
        told.dangerously_allow_all_public_suffixes =
            self.switch(spec.dangerously_allow_public_suffixes == Suffixes::Allowed);
        let suffixes = match &spec.dangerously_allow_public_suffixes {
            Suffixes::Listed(list) => self.texts(list),
            Suffixes::Refused | Suffixes::Allowed => vec![],
        };
        told.dangerously_allow_public_suffixes = self.list(&suffixes);
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
    pub fn answer(&mut self, policy: &corsac_policy, ask: &Ask, mut check: Option<OriginCheck<'_>>) -> (Verdict, String) {
        let mut policy = *policy;
        // SAFETY, here and below: as the header asks, or wrong as it says.
        let request = self.call(|caller, request| unsafe { corsac_request_init(request, caller.text(&ask.method)) });
        let mut request: Box<corsac_request> = Box::new(request.expect("a method is bytes"));
        for (name, value) in &ask.lines {
            self.change(|caller| {
                let request = caller.pointer(&raw mut *request);
                unsafe { corsac_request_add_header(request, caller.text(name), caller.text(value)) }
            });
        }
        let decision: corsac_decision = self
            .call(|caller, decision| {
                let (policy, request) = (caller.pointer(&raw mut policy), caller.pointer(&raw mut *request));
                match &mut check {
                    None => unsafe { corsac_policy_evaluate(policy, request, decision) },
                    Some(check) => {
                        let data = std::ptr::from_mut(check).cast();
                        unsafe { corsac_policy_evaluate_with(policy, request, Some(ask_check), data, decision) }
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
        .expect("the buffer is long enough")
    }

    /// The same bytes, printable.
    pub fn escape(&mut self, bytes: &[u8]) -> String {
        self.written(bytes.len() * 4, |caller, buffer, capacity, written| unsafe {
            corsac_escape(caller.text(bytes), buffer, capacity, written)
        })
        .expect("the buffer is long enough")
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

unsafe extern "C" fn collect(data: *mut c_void, finding: *const corsac_finding) {
    // SAFETY: `compile` hands these over.
    let (found, finding) = unsafe { (&mut *data.cast::<Vec<Found>>(), &*finding) };
    let text = |bytes| name(bytes).to_owned();
    let shown = read(finding.message);
    assert!(
        !shown.is_empty() && shown.len() <= CORSAC_MESSAGE_MAX && shown.iter().all(|byte| (0x20..0x7F).contains(byte))
    );
    found.push(Found {
        severity: if finding.severity == CORSAC_WARNING { "warning" } else { "error" }.to_owned(),
        code: text(finding.code),
        table: (finding.table != CORSAC_NO_TABLE).then_some(finding.table),
        field: text(finding.field),
        index: (finding.index != CORSAC_NO_INDEX).then_some(finding.index),
        replacement: (!finding.replacement.ptr.is_null()).then(|| text(finding.replacement)),
        at: finding.at_start..finding.at_end,
        related: (!finding.related.ptr.is_null()).then(|| read(finding.related).to_vec()),
    });
}

unsafe extern "C" fn ask_check(data: *mut c_void, origin: corsac_bytes) -> i32 {
    // SAFETY: `answer` hands the check over.
    let check = unsafe { &mut *data.cast::<OriginCheck<'_>>() };
    i32::from(check(read(origin)))
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
