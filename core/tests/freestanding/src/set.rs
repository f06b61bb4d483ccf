//! Exports policy sets: they compile, open, and decide about a request of a path.

use core::fmt::Write;
use core::slice;

use corsac::{PathPolicies, PolicySet, PolicySetSpec, PolicyTable, Request, RequestPath, Suggestion};

use crate::{List, Report, Room, Spec, Text};

/// One table. The optimiser knows nothing about its content.
#[repr(C)]
pub struct Table {
    path: Text,
    spec: Spec,
    is_untouched: bool,
}

/// Compiles the tables into `storage` and writes every finding into `room`. Returns how many bytes
/// were written.
///
/// # Safety
/// All pointers are valid during the call, and nothing else uses `storage` and `room`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freestanding_compile_set(
    tables: *const Table,
    count: usize,
    mut storage: Room,
    room: Room,
) -> usize {
    // SAFETY: the caller guarantees it.
    let given = unsafe { slice::from_raw_parts(tables, count) };
    let mut tables = heapless::Vec::<PolicyTable<'_, Text>, 64>::new();
    for table in given {
        let table = match table.is_untouched {
            true => PolicyTable::untouched(&table.path),
            false => PolicyTable::new(&table.path, table.spec.read()),
        };
        let _ = tables.push(table);
    }
    let spec = PolicySetSpec::new(&tables);
    let mut report = Report::new();
    let needed = spec.image_len();
    let compiled = spec.compile(storage.bytes(), |finding| {
        let _ = write!(report, "{:?} {} {} {finding}", finding.table, finding.code.as_str(), finding.field.as_str());
        let _ = write!(report, " {}", finding.suggestion);
        report.bytes(finding.text.get(finding.at.clone()).unwrap_or_default());
        report.bytes(finding.related.unwrap_or_default());
        if let Suggestion::Write(text) = &finding.suggestion {
            report.bytes(text.as_str().as_bytes());
        }
    });
    match compiled {
        Ok(set) => {
            let _ = write!(report, "{needed} {}", set.image().len());
        }
        Err(error) => {
            let _ = write!(report, "{error}");
        }
    }
    report.hand_over(room)
}

/// Opens `image`, decides about a request of this path, and writes the whole decision. A path
/// without a pointer is not known.
///
/// # Safety
/// All pointers are valid during the call, and nothing else uses `room`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freestanding_evaluate_set(
    image: Text,
    decoded: Text,
    raw: Text,
    method: Text,
    lines: [List; 2],
    check: Option<extern "C" fn(usize, Text) -> bool>,
    room: Room,
) -> usize {
    let mut report = Report::new();
    let set = match PolicySet::open(image.as_ref()) {
        Ok(set) => set,
        Err(error) => {
            let _ = write!(report, "{error}");
            return report.hand_over(room);
        }
    };
    for (path, policy) in set.tables() {
        report.bytes(path);
        if let Some(policy) = policy {
            crate::describe(&policy, &mut report);
        }
    }
    let path = match (decoded.start.is_null(), raw.start.is_null()) {
        (false, true) => RequestPath::decoded(&decoded),
        (true, false) => RequestPath::raw(&raw),
        _ => RequestPath::decoded(&decoded).with_raw(&raw),
    };
    let mut request = Request::new(&method);
    let [names, values] = &lines;
    for (name, value) in names.texts().iter().zip(values.texts()) {
        request.header(name, value);
    }
    let _ = write!(report, "{} {:?}", set.image().len(), set.as_view());
    if let Some(policies) = set.at(&path) {
        ask(&policies, &request, check, &mut report);
    }
    if let Some(decision) = set.evaluate(&path, &request) {
        crate::tell(&decision, &mut report);
    }
    report.hand_over(room)
}

fn ask(
    policies: &PathPolicies<'_>,
    request: &Request<'_>,
    check: Option<extern "C" fn(usize, Text) -> bool>,
    report: &mut Report,
) {
    let _ = write!(report, "{} {} {policies:?}", policies.id(), policies.is_ambiguous());
    for (table, policy) in policies.policies() {
        let _ = write!(report, "{table} {}", policy.allows_credentials());
    }
    let decision = match check {
        Some(check) => policies
            .evaluate_with(request, |table, origin| check(table, Text { start: origin.as_ptr(), len: origin.len() })),
        None => policies.evaluate(request),
    };
    crate::tell(&decision, report);
}
