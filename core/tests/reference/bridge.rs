//! Translates between the reference and the engine, so that their results can be compared as
//! wholes.

use std::ops::Range;

use super::{Bytes, OwnedDecision, OwnedRequest, Path, Set, Spec, Suffixes, Table};
use corsac::{
    Asked, Decision, Field, Finding, Policy, PolicySet, PolicySetSpec, PolicySpec, PolicyTable, PublicSuffixes,
    Request, RequestPath,
};

/// One finding of the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub severity: String,
    pub code: String,
    pub table: Option<usize>,
    pub field: String,
    pub index: Option<usize>,
    pub replacement: Option<String>,
    pub at: Range<usize>,
    /// The entry that covers this one, or the public suffix that it is over.
    pub related: Option<Bytes>,
}

impl From<&Finding<'_>> for Found {
    fn from(finding: &Finding<'_>) -> Self {
        assert!(!finding.to_string().is_empty());
        Found {
            severity: finding.severity.as_str().into(),
            code: finding.code.as_str().into(),
            table: finding.table,
            field: finding.field.as_str().into(),
            index: finding.index,
            replacement: finding.suggestion.replacement().map(str::to_string),
            at: finding.at.clone(),
            related: finding.related.map(<[u8]>::to_vec),
        }
    }
}

impl Found {
    pub fn is_error(&self) -> bool {
        self.severity == "error"
    }
}

/// The same options, for the engine.
pub fn wanted(spec: &Spec) -> PolicySpec<'_, Bytes> {
    PolicySpec {
        allow_origins: &spec.allow_origins,
        allow_methods: spec.allow_methods.as_deref(),
        allow_headers: &spec.allow_headers,
        allow_credentials: spec.allow_credentials,
        expose_headers: &spec.expose_headers,
        max_age: spec.max_age,
        preflight_status: spec.preflight_status,
        denied_preflight_status: spec.denied_preflight_status,
        external_origins: spec.external_origins,
        allow_timing: spec.allow_timing,
        allow_private_network: spec.allow_private_network,
        dangerously_allow_null_origin: spec.dangerously_allow_null_origin,
        dangerously_allow_insecure_origins: spec.dangerously_allow_insecure_origins,
        dangerously_allow_public_suffixes: match &spec.dangerously_allow_public_suffixes {
            Suffixes::Refused => PublicSuffixes::Refused,
            Suffixes::Listed(list) => PublicSuffixes::Listed(list),
            Suffixes::Allowed => PublicSuffixes::Allowed,
        },
    }
}

/// The image, if the spec compiles, and every finding.
pub fn compile(spec: &Spec) -> (Option<Bytes>, Vec<Found>) {
    let wanted = wanted(spec);
    let mut found = vec![];
    let compiled = wanted.compile(vec![0; wanted.image_len()], |finding| found.push(Found::from(finding)));
    (compiled.ok().map(|policy| policy.image().to_vec()), found)
}

/// The caller's own check of an origin.
pub type OriginCheck<'a> = &'a mut dyn FnMut(&[u8]) -> bool;

/// The same request, for the engine.
pub fn borrowed(owned: &OwnedRequest) -> Request<'_> {
    let mut request = Request::new(&owned.method);
    for (name, value) in &owned.lines {
        request.header(name, value);
    }
    request
}

/// The spec of a policy, read back as far as it matters: in its own order, without duplicates.
pub fn read<B: AsRef<[u8]>>(policy: &Policy<B>) -> Spec {
    fn owned<'p>(list: impl Iterator<Item = &'p [u8]>) -> Vec<Bytes> {
        list.map(<[u8]>::to_vec).collect()
    }
    let listed = owned(policy.public_suffixes());
    Spec {
        allow_origins: owned(policy.origins()),
        allow_methods: Some(owned(policy.methods())),
        allow_headers: owned(policy.request_headers()),
        allow_credentials: policy.is_on(Field::AllowCredentials),
        expose_headers: owned(policy.exposed_headers()),
        max_age: policy.max_age().map(i64::from),
        preflight_status: i64::from(policy.preflight_status()),
        denied_preflight_status: policy.denied_preflight_status().map(i64::from),
        external_origins: policy.is_on(Field::ExternalOrigins),
        allow_timing: policy.is_on(Field::AllowTiming),
        allow_private_network: policy.is_on(Field::AllowPrivateNetwork),
        dangerously_allow_null_origin: policy.is_on(Field::DangerouslyAllowNullOrigin),
        dangerously_allow_insecure_origins: policy.is_on(Field::DangerouslyAllowInsecureOrigins),
        dangerously_allow_public_suffixes: match policy.is_on(Field::DangerouslyAllowPublicSuffixes) {
            true => Suffixes::Allowed,
            false if listed.is_empty() => Suffixes::Refused,
            false => Suffixes::Listed(listed),
        },
    }
}

/// The tables of a set, read back.
pub fn read_set<B: AsRef<[u8]>>(set: &PolicySet<B>) -> Set {
    let table = |(path, policy): (&[u8], Option<Policy<&[u8]>>)| Table {
        path: path.to_vec(),
        policy: policy.as_ref().map(read),
    };
    Set { tables: set.tables().map(table).collect() }
}

/// What the policy decides. `check` is the caller's check, if it has one.
pub fn decide<B: AsRef<[u8]>>(
    policy: &Policy<B>,
    request: &OwnedRequest,
    check: Option<OriginCheck<'_>>,
) -> OwnedDecision {
    let request = borrowed(request);
    owned(&match check {
        None => policy.evaluate(&request),
        Some(check) => policy.evaluate_with(&request, check),
    })
}

/// The same, with the check between two calls.
pub fn decide_later<B: AsRef<[u8]>>(
    policy: &Policy<B>,
    request: &OwnedRequest,
    check: OriginCheck<'_>,
) -> OwnedDecision {
    let request = borrowed(request);
    owned(&match policy.evaluate_ask(&request) {
        Asked::Decided(decision) => decision,
        Asked::Ask { table, origin } => {
            assert_eq!(table, 0);
            policy.evaluate_asked(&request, check(origin))
        }
    })
}

pub fn owned(decision: &Decision<'_>) -> OwnedDecision {
    OwnedDecision {
        class: decision.class().as_str(),
        allowed: decision.is_allowed(),
        denial: decision.denial().map(|denial| (denial.code().as_str(), denial.bytes().to_vec())),
        status: decision.status().map(i64::from),
        headers: decision.headers().map(|header| (header.name, header.value.to_vec())).collect(),
    }
}

/// The image, if the set compiles, and every finding.
pub fn compile_set(set: &Set) -> (Option<Bytes>, Vec<Found>) {
    let tables: Vec<PolicyTable<'_, Bytes>> = set
        .tables
        .iter()
        .map(|table| match &table.policy {
            Some(spec) => PolicyTable::new(&table.path, wanted(spec)),
            None => PolicyTable::untouched(&table.path),
        })
        .collect();
    let wanted = PolicySetSpec::new(&tables);
    let mut found = vec![];
    let compiled = wanted.compile(vec![0; wanted.image_len()], |finding| found.push(Found::from(finding)));
    (compiled.ok().map(|set| set.image().to_vec()), found)
}

pub fn request_path(path: &Path) -> RequestPath<'_> {
    match path {
        Path::Decoded(path) => RequestPath::decoded(path),
        Path::Raw(path) => RequestPath::raw(path),
        Path::Both { decoded, raw } => RequestPath::decoded(decoded).with_raw(raw),
    }
}

/// The caller's own check of an origin that the policy of a table does not list.
pub type TableCheck<'a> = &'a mut dyn FnMut(usize, &[u8]) -> bool;

/// What the set decides. `None`: the response stays as it is.
pub fn decide_set<B: AsRef<[u8]>>(
    set: &PolicySet<B>,
    path: &Path,
    request: &OwnedRequest,
    check: Option<TableCheck<'_>>,
) -> Option<OwnedDecision> {
    let (path, request) = (request_path(path), borrowed(request));
    let decision = match check {
        None => set.evaluate(&path, &request),
        Some(check) => set.evaluate_with(&path, &request, check),
    };
    decision.as_ref().map(owned)
}

/// The same, with the check between two calls.
pub fn decide_set_later<B: AsRef<[u8]>>(
    set: &PolicySet<B>,
    path: &Path,
    request: &OwnedRequest,
    check: TableCheck<'_>,
) -> Option<OwnedDecision> {
    let (path, request) = (request_path(path), borrowed(request));
    let decision = match set.evaluate_ask(&path, &request)? {
        Asked::Decided(decision) => Some(decision),
        Asked::Ask { table, origin } => set.evaluate_asked(&path, &request, check(table, origin)),
    };
    decision.as_ref().map(owned)
}
