//! Calls the engine as C does: compiles a spec, opens an image, decides about a request, and writes
//! messages.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::null;

use corsac_ffi::{
    CORSAC_MESSAGE_MAX, CORSAC_NO_INDEX, CORSAC_NO_TABLE, CORSAC_OK, CORSAC_UNSET, CORSAC_UNTOUCHED, CORSAC_VARY_MAX,
    CORSAC_WARNING, corsac_bytes, corsac_class_name, corsac_decision, corsac_denial_message, corsac_denial_name,
    corsac_escape, corsac_finding, corsac_path_policies, corsac_path_policies_evaluate,
    corsac_path_policies_evaluate_with, corsac_policy, corsac_policy_compile, corsac_policy_evaluate,
    corsac_policy_evaluate_with, corsac_policy_open, corsac_policy_set, corsac_policy_set_at,
    corsac_policy_set_compile, corsac_policy_set_evaluate, corsac_policy_set_evaluate_with, corsac_policy_set_open,
    corsac_policy_set_size, corsac_policy_size, corsac_policy_table, corsac_request, corsac_request_add_header,
    corsac_request_init, corsac_request_path, corsac_result, corsac_spec, corsac_spec_init, corsac_vary_add,
    corsac_vary_missing,
};

use super::{Caller, PAPER, name, read};
use crate::reference::bridge::{Found, OriginCheck, TableCheck};
use crate::reference::{Bytes, OwnedDecision, OwnedRequest, Path, Set, Spec, Suffixes};

/// The lists of a spec in C's form.
#[derive(Default)]
struct Given {
    lists: [Vec<corsac_bytes>; 5],
}

impl Caller {
    /// Compiles into storage that is `missing` bytes too small. Returns the image or the result,
    /// and every finding.
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
        let mut given = Given::default();
        let mut wanted = self.given(spec, &mut given);
        then(self.pointer(&raw mut wanted))
    }

    /// The options in C's form. `given` keeps their lists.
    fn given(&mut self, spec: &Spec, given: &mut Given) -> corsac_spec {
        let mut wanted = MaybeUninit::uninit();
        // SAFETY: the memory is there, and it is written if the result is 0.
        let mut wanted: corsac_spec = unsafe {
            assert_eq!(corsac_spec_init(wanted.as_mut_ptr()), CORSAC_OK);
            wanted.assume_init()
        };
        let (suffixes, all) = match &spec.dangerously_allow_public_suffixes {
            Suffixes::Refused => (&[][..], false),
            Suffixes::Listed(list) => (list.as_slice(), false),
            Suffixes::Allowed => (&[][..], true),
        };
        let methods = spec.allow_methods.as_deref().unwrap_or_default();
        let lists = [&spec.allow_origins, methods, &spec.allow_headers, &spec.expose_headers, suffixes];
        given.lists = lists.map(|list| self.texts(list));
        let [origins, methods, headers, exposed, suffixes] = &given.lists;
        wanted.allow_origins = self.list(origins);
        if spec.allow_methods.is_some() {
            // An empty list needs a pointer, too.
            wanted.allow_methods = self.list(methods);
        }
        wanted.allow_headers = self.list(headers);
        wanted.expose_headers = self.list(exposed);
        wanted.dangerously_allow_public_suffixes = self.list(suffixes);
        wanted.max_age = spec.max_age.unwrap_or(CORSAC_UNSET);
        wanted.preflight_status = spec.preflight_status;
        wanted.denied_preflight_status = spec.denied_preflight_status.unwrap_or(CORSAC_UNSET);
        wanted.allow_credentials = self.switch(spec.allow_credentials);
        wanted.external_origins = self.switch(spec.external_origins);
        wanted.allow_timing = self.switch(spec.allow_timing);
        wanted.allow_private_network = self.switch(spec.allow_private_network);
        wanted.dangerously_allow_null_origin = self.switch(spec.dangerously_allow_null_origin);
        wanted.dangerously_allow_insecure_origins = self.switch(spec.dangerously_allow_insecure_origins);
        wanted.dangerously_allow_all_public_suffixes = self.switch(all);
        wanted
    }

    /// Compiles the set into storage that is `missing` bytes too small. Returns the image or the
    /// result, and every finding.
    pub fn compile_set(&mut self, set: &Set, missing: usize) -> (Result<Bytes, corsac_result>, Vec<Found>) {
        let size = self.call(|caller, size| {
            caller.with_tables(set, |tables, count| unsafe { corsac_policy_set_size(tables, count, size) })
        });
        let length = size.expect("any set has a size") - missing;
        let mut storage = vec![PAPER; length];
        let mut found: Vec<Found> = vec![];
        let compiled = self.call(|caller, compiled| {
            let (room, data) = (caller.pointer(storage.as_mut_ptr()), (&raw mut found).cast());
            caller.with_tables(set, |tables, count| unsafe {
                corsac_policy_set_compile(tables, count, room, length, Some(collect), data, compiled)
            })
        });
        (compiled.map(|set| read(corsac_bytes { ptr: set.image, len: set.len }).to_vec()), found)
    }

    fn with_tables(
        &mut self,
        set: &Set,
        then: impl FnOnce(*const corsac_policy_table, usize) -> corsac_result,
    ) -> corsac_result {
        let mut given: Vec<Given> = set.tables.iter().map(|_| Given::default()).collect();
        let mut specs: Vec<Option<corsac_spec>> = vec![];
        for (table, given) in set.tables.iter().zip(&mut given) {
            specs.push(table.policy.as_ref().map(|spec| self.given(spec, given)));
        }
        let mut tables = vec![];
        for (table, spec) in set.tables.iter().zip(&mut specs) {
            tables.push(corsac_policy_table {
                path: self.text(&table.path),
                untouched: self.switch(spec.is_none()),
                spec: spec.as_mut().map_or(null(), |spec| self.pointer(spec)),
            });
        }
        let (tables, count) = self.array(&tables);
        then(tables, count)
    }

    /// Opens the image of a set. Returns the set or the result.
    pub fn open_set(&mut self, image: &[u8]) -> Result<corsac_policy_set, corsac_result> {
        self.call(|caller, set| {
            let image = caller.text(image);
            // SAFETY: as the header requires, or wrong in a way that it allows.
            unsafe { corsac_policy_set_open(image.ptr, image.len, set) }
        })
    }

    /// What the set decides, in one call and in two, with the message of a denial. `None`: no
    /// policy applies.
    pub fn decide_at(
        &mut self,
        set: &corsac_policy_set,
        path: &Path,
        request: &OwnedRequest,
        mut check: Option<TableCheck<'_>>,
    ) -> [Option<(OwnedDecision, String)>; 2] {
        let mut set = *set;
        let mut request = self.request(request);
        let once = self.call(|caller, decision| {
            let (set, request) = (caller.pointer(&raw mut set), caller.pointer(&raw mut *request));
            let mut path = caller.path(path);
            let path = caller.pointer(&raw mut path);
            match &mut check {
                // SAFETY, here and below: as the header requires, or wrong in a way that it allows.
                None => unsafe { corsac_policy_set_evaluate(set, path, request, decision) },
                Some(check) => {
                    let (data, check) = (std::ptr::from_mut(check).cast(), caller.function(ask_table as _));
                    unsafe { corsac_policy_set_evaluate_with(set, path, request, check, data, decision) }
                }
            }
        });
        let found: Result<corsac_path_policies, _> = self.call(|caller, policies| {
            let set = caller.pointer(&raw mut set);
            let mut path = caller.path(path);
            unsafe { corsac_policy_set_at(set, caller.pointer(&raw mut path), policies) }
        });
        let twice = found.and_then(|mut policies| {
            self.call(|caller, decision| {
                let (policies, request) = (caller.pointer(&raw mut policies), caller.pointer(&raw mut *request));
                match &mut check {
                    None => unsafe { corsac_path_policies_evaluate(policies, request, decision) },
                    Some(check) => {
                        let (data, check) = (std::ptr::from_mut(check).cast(), caller.function(ask_table as _));
                        unsafe { corsac_path_policies_evaluate_with(policies, request, check, data, decision) }
                    }
                }
            })
        });
        [once, twice].map(|decided| match decided {
            Ok(decision) => Some((owned(&decision), self.message(&decision))),
            Err(result) => {
                assert_eq!(result, CORSAC_UNTOUCHED);
                None
            }
        })
    }

    fn path(&mut self, path: &Path) -> corsac_request_path {
        let unknown = corsac_bytes { ptr: null(), len: 0 };
        // An empty path needs a pointer. Without one, the path is unknown.
        let mut known = |path: &[u8]| match self.text(path) {
            corsac_bytes { len: 0, .. } => corsac_bytes { ptr: c"".as_ptr().cast(), len: 0 },
            path => path,
        };
        match path {
            Path::Decoded(decoded) => corsac_request_path { decoded: known(decoded), raw: unknown },
            Path::Raw(raw) => corsac_request_path { decoded: unknown, raw: known(raw) },
            Path::Both { decoded, raw } => corsac_request_path { decoded: known(decoded), raw: known(raw) },
        }
    }

    fn request(&mut self, owned: &OwnedRequest) -> Box<corsac_request> {
        // SAFETY, here and below: as the header requires, or wrong in a way that it allows.
        let request = self.call(|caller, request| unsafe { corsac_request_init(request, caller.text(&owned.method)) });
        let mut request: Box<corsac_request> = Box::new(request.expect("a method is bytes"));
        for (name, value) in &owned.lines {
            self.change(|caller| {
                let request = caller.pointer(&raw mut *request);
                unsafe { corsac_request_add_header(request, caller.text(name), caller.text(value)) }
            });
        }
        request
    }

    /// Opens an image. Returns the policy or the result.
    pub fn open(&mut self, image: &[u8]) -> Result<corsac_policy, corsac_result> {
        self.call(|caller, policy| {
            let image = caller.text(image);
            // SAFETY: as the header requires, or wrong in a way that it allows.
            unsafe { corsac_policy_open(image.ptr, image.len, policy) }
        })
    }

    /// What the policy decides, and the message of a denial.
    pub fn decide(
        &mut self,
        policy: &corsac_policy,
        request: &OwnedRequest,
        mut check: Option<OriginCheck<'_>>,
    ) -> (OwnedDecision, String) {
        let mut policy = *policy;
        let mut request = self.request(request);
        let decision: corsac_decision = self
            .call(|caller, decision| {
                let (policy, request) = (caller.pointer(&raw mut policy), caller.pointer(&raw mut *request));
                match &mut check {
                    // SAFETY, here and below: as the header requires, or wrong in a way that it
                    // allows.
                    None => unsafe { corsac_policy_evaluate(policy, request, decision) },
                    Some(check) => {
                        let data = std::ptr::from_mut(check).cast();
                        unsafe { corsac_policy_evaluate_with(policy, request, Some(ask_check), data, decision) }
                    }
                }
            })
            .expect("every request is decided");
        (owned(&decision), self.message(&decision))
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

    /// The `Vary` lines that a response with these lines still needs.
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
    // SAFETY: `compile` and `compile_set` pass these pointers.
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

unsafe extern "C" fn ask_check(data: *mut c_void, table: usize, origin: corsac_bytes) -> i32 {
    assert_eq!(table, 0);
    // SAFETY: `decide` passes the check.
    let check = unsafe { &mut *data.cast::<OriginCheck<'_>>() };
    i32::from(check(read(origin)))
}

unsafe extern "C" fn ask_table(data: *mut c_void, table: usize, origin: corsac_bytes) -> i32 {
    // SAFETY: `decide_at` passes the check.
    let check = unsafe { &mut *data.cast::<TableCheck<'_>>() };
    i32::from(check(table, read(origin)))
}

fn owned(decision: &corsac_decision) -> OwnedDecision {
    let denial = name(corsac_denial_name(decision.denial));
    let headers = decision.headers.iter().take(decision.header_count).map(|header| {
        // SAFETY: this many headers are written.
        let header = unsafe { header.assume_init() };
        (name(header.name), read(header.value).to_vec())
    });
    OwnedDecision {
        class: name(corsac_class_name(decision.request_class)),
        allowed: denial.is_empty(),
        denial: (!denial.is_empty()).then(|| (denial, read(decision.denial_bytes).to_vec())),
        status: (decision.status != 0).then(|| i64::from(decision.status)),
        headers: headers.collect(),
    }
}
