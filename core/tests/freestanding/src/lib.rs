//! Exports the whole engine without an operating system. The symbols that this library leaves
//! undefined are those that the engine needs. A panic that can be reached leaves
//! `corsac_panic_is_reachable` undefined.

#![no_std]

#[cfg(any(feature = "alloc", feature = "owned"))]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod browser;
#[cfg(feature = "owned")]
mod owned;
mod set;
#[cfg(feature = "toml")]
mod text;

use core::fmt::Write;
use core::panic::PanicInfo;
use core::slice;

use corsac::{Decision, Policy, PolicySpec, PublicSuffixes, Request, Suggestion, VaryMerge};

unsafe extern "C" {
    // It is defined nowhere, so it stays in the symbol table only if the panic handler does.
    safe fn corsac_panic_is_reachable() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    corsac_panic_is_reachable()
}

/// A text of the caller, in C's form.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    start: *const u8,
    len: usize,
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: every exported function requires texts that are valid while it runs.
        unsafe { slice::from_raw_parts(self.start, self.len) }
    }
}

/// A list of texts.
#[repr(C)]
pub struct List {
    start: *const Text,
    len: usize,
}

impl List {
    fn texts(&self) -> &[Text] {
        // SAFETY: every exported function requires lists that are valid while it runs.
        unsafe { slice::from_raw_parts(self.start, self.len) }
    }
}

/// Bytes that the caller lends for writing.
#[repr(C)]
pub struct Room {
    start: *mut u8,
    len: usize,
}

impl Room {
    fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: every exported function requires memory that nothing else uses while it runs.
        unsafe { slice::from_raw_parts_mut(self.start, self.len) }
    }
}

/// Everything that a policy can contain. The optimiser knows nothing about its content.
#[repr(C)]
pub struct Spec {
    origins: List,
    methods: List,
    any_methods: bool,
    headers: List,
    exposed: List,
    max_age: i64,
    has_max_age: bool,
    preflight_status: i64,
    denied_status: i64,
    has_denied_status: bool,
    switches: [bool; 7],
    suffixes: List,
}

impl Spec {
    fn read(&self) -> PolicySpec<'_, Text> {
        let [credentials, external, timing, network, null, insecure, suffixes] = self.switches;
        PolicySpec {
            allow_origins: self.origins.texts(),
            allow_methods: (!self.any_methods).then(|| self.methods.texts()),
            allow_headers: self.headers.texts(),
            allow_credentials: credentials,
            expose_headers: self.exposed.texts(),
            max_age: self.has_max_age.then_some(self.max_age),
            preflight_status: self.preflight_status,
            denied_preflight_status: self.has_denied_status.then_some(self.denied_status),
            external_origins: external,
            allow_timing: timing,
            allow_private_network: network,
            dangerously_allow_null_origin: null,
            dangerously_allow_insecure_origins: insecure,
            dangerously_allow_public_suffixes: match suffixes {
                true => PublicSuffixes::Allowed,
                false => PublicSuffixes::Listed(self.suffixes.texts()),
            },
        }
    }
}

type Page = heapless::Vec<u8, 4096>;

/// A report of limited size. What does not fit is left out.
struct Report(Page);

impl Write for Report {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        self.0.extend_from_slice(text.as_bytes()).map_err(|_| core::fmt::Error)
    }
}

impl Report {
    const fn new() -> Self {
        Self(Page::new())
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let _ = self.0.extend_from_slice(bytes);
    }

    fn hand_over(&self, mut room: Room) -> usize {
        for (to, from) in room.bytes().iter_mut().zip(&self.0) {
            *to = *from;
        }
        self.0.len()
    }
}

/// Compiles `spec` into `storage` and writes every finding into `room`. Returns how many bytes were
/// written.
///
/// # Safety
/// All pointers are valid during the call, and nothing else uses `storage` and `room`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freestanding_compile(spec: &Spec, mut storage: Room, room: Room) -> usize {
    let mut report = Report::new();
    let spec = spec.read();
    let needed = spec.image_len();
    let compiled = spec.compile(storage.bytes(), |finding| {
        let _ = write!(report, "{} {} {}", finding.severity.as_str(), finding.code.as_str(), finding.field.as_str());
        let _ = write!(report, " {finding} {}", finding.suggestion);
        report.bytes(finding.text.get(finding.at.clone()).unwrap_or_default());
        report.bytes(finding.related.unwrap_or_default());
        if let Suggestion::Write(text) = &finding.suggestion {
            report.bytes(text.as_str().as_bytes());
        }
    });
    match compiled {
        Ok(policy) => {
            let _ = write!(report, "{needed} {}", policy.image().len());
        }
        Err(error) => {
            let _ = write!(report, "{error}");
        }
    }
    report.hand_over(room)
}

/// Like [`freestanding_compile`], but into an array.
///
/// # Safety
/// All pointers are valid during the call, and nothing else uses `room`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freestanding_compile_array(spec: &Spec, room: Room) -> usize {
    let mut report = Report::new();
    match spec.read().compile([0; 4096], |_| {}) {
        Ok(policy) => report.bytes(policy.image()),
        Err(error) => {
            let _ = write!(report, "{error}");
        }
    }
    report.hand_over(room)
}

/// Opens `image`, decides about a request with the headers `names` and `values`, and writes the
/// whole decision.
///
/// # Safety
/// All pointers are valid during the call, and nothing else uses `room`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freestanding_evaluate(
    image: Text,
    method: Text,
    names: List,
    values: List,
    judge: Option<extern "C" fn(Text) -> bool>,
    room: Room,
) -> usize {
    let mut report = Report::new();
    let policy = match Policy::open(image.as_ref()) {
        Ok(policy) => policy,
        Err(error) => {
            let _ = write!(report, "{error}");
            return report.hand_over(room);
        }
    };
    describe(&policy, &mut report);
    let mut request = Request::new(&method);
    for (name, value) in names.texts().iter().zip(values.texts()) {
        request.header(name, value);
    }
    let _ = write!(report, "{}", request.class().as_str());
    report.bytes(request.method());
    let decision = match judge {
        Some(judge) => {
            policy.evaluate_with(&request, |origin| judge(Text { start: origin.as_ptr(), len: origin.len() }))
        }
        None => policy.evaluate(&request),
    };
    tell(&decision, &mut report);
    report.hand_over(room)
}

fn describe(policy: &Policy<&[u8]>, report: &mut Report) {
    let view = policy.as_view();
    for text in view.origins().chain(view.methods()) {
        report.bytes(text);
    }
    for text in view.request_headers().chain(view.exposed_headers()) {
        report.bytes(text);
    }
    let _ = write!(
        report,
        "{} {} {} {}",
        view.is_any_origin(),
        view.allows_credentials(),
        view.allows_external_origins(),
        view.image().len()
    );
}

fn tell(decision: &Decision<'_>, report: &mut Report) {
    let _ = write!(report, "{decision} {} {}", decision.class().as_str(), decision.is_allowed());
    if let Some(status) = decision.status() {
        let _ = write!(report, "{status}");
    }
    if let Some(denial) = decision.denial() {
        let _ = write!(report, "{denial} {}", denial.code().as_str());
        report.bytes(denial.bytes());
    }
    for header in decision.headers() {
        report.bytes(header.name.as_bytes());
        report.bytes(header.value);
    }
    let mut vary = VaryMerge::default();
    for header in decision.header_list().iter() {
        report.bytes(header.value);
        vary.add(header.value);
        let _ = write!(report, "{}", decision.replaces_header(header.value));
    }
    for line in vary.missing(b"Origin") {
        report.bytes(line);
    }
    let _ = write!(report, "{decision:?}");
}

/// For the self-test: a panic, because nothing bounds the index.
///
/// # Safety
/// The bytes of `text` are valid during the call.
#[cfg(feature = "panicking")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freestanding_panic(text: Text, at: usize) -> u8 {
    text.as_ref()[at]
}

/// For the self-test: an import that only a C library defines.
#[cfg(feature = "importing")]
#[unsafe(no_mangle)]
pub extern "C" fn freestanding_import() -> i32 {
    unsafe extern "C" {
        safe fn getpid() -> i32;
    }
    getpid()
}

/// For the self-test: an allocation, although no allocator is linked.
#[cfg(feature = "alloc")]
#[unsafe(no_mangle)]
pub extern "C" fn freestanding_allocation(value: u8) -> *mut u8 {
    alloc::boxed::Box::into_raw(alloc::boxed::Box::new(value))
}
