//! Runs a case through the engine, once on the machine that builds the program and once on the
//! machine that it runs on, so that the two results can be compared.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use corsac::{CompileError, Policy, PolicySet, PolicySetSpec, PolicySpec, PolicyTable, PublicSuffixes, RequestPath};
use serde::{Deserialize, Serialize};

use crate::case::{Decision, Denial, Request, Spec, Text};

/// The result of compiling a spec.
#[derive(PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// Every finding, in the order in which the engine reports them.
    pub findings: Vec<Finding>,
    /// Empty if the spec does not compile.
    pub image: Vec<u8>,
    /// What [`open`] returns for the image with one bit changed, at several places. `None`: it
    /// opens.
    pub damaged: Vec<Option<String>>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    severity: String,
    code: String,
    table: Option<u32>,
    field: String,
    index: Option<u32>,
    suggestion: Option<String>,
}

/// At how many places of an image a bit is changed.
const DAMAGES: usize = 8;

/// A step of the engine's work.
#[derive(Clone, Copy)]
pub enum Step {
    Compile,
    Open,
    Evaluate,
}

/// Measures the cost of a step. `()` measures nothing.
pub trait Meter {
    fn run<T>(&mut self, step: Step, work: impl FnOnce() -> T) -> T;
}

impl Meter for () {
    fn run<T>(&mut self, _: Step, work: impl FnOnce() -> T) -> T {
        work()
    }
}

/// All texts of a spec's lists.
struct Texts {
    origins: Vec<Vec<u8>>,
    methods: Option<Vec<Vec<u8>>>,
    headers: Vec<Vec<u8>>,
    exposed: Vec<Vec<u8>>,
    suffixes: Vec<Vec<u8>>,
    path: Vec<u8>,
}

impl Texts {
    fn of(spec: &Spec) -> Self {
        let texts = |list: &[Text]| list.iter().map(Text::bytes).collect::<Vec<_>>();
        Self {
            origins: texts(&spec.allow_origins),
            methods: spec.allow_methods.as_deref().map(texts),
            headers: texts(&spec.allow_headers),
            exposed: texts(&spec.expose_headers),
            suffixes: texts(&spec.dangerously_allow_public_suffixes.listed),
            path: spec.path.bytes(),
        }
    }

    fn wanted<'t>(&'t self, spec: &Spec) -> PolicySpec<'t, Vec<u8>> {
        PolicySpec {
            allow_origins: &self.origins,
            allow_methods: self.methods.as_deref(),
            allow_headers: &self.headers,
            allow_credentials: spec.allow_credentials,
            expose_headers: &self.exposed,
            max_age: spec.max_age,
            preflight_status: spec.preflight_status,
            denied_preflight_status: spec.denied_preflight_status,
            external_origins: spec.external_origins,
            allow_timing: spec.allow_timing,
            allow_private_network: spec.allow_private_network,
            dangerously_allow_null_origin: spec.dangerously_allow_null_origin,
            dangerously_allow_insecure_origins: spec.dangerously_allow_insecure_origins,
            dangerously_allow_public_suffixes: match spec.dangerously_allow_public_suffixes.any {
                true => PublicSuffixes::Allowed,
                false => PublicSuffixes::Listed(&self.suffixes),
            },
        }
    }
}

pub fn make(spec: &Spec, meter: &mut impl Meter) -> Made {
    let Some(tables) = &spec.policy else {
        let texts = Texts::of(spec);
        let wanted = texts.wanted(spec);
        return finish(wanted.image_len(), meter, |storage, on_finding| {
            wanted.compile(storage, on_finding).map(|policy| policy.image().len())
        });
    };
    let texts: Vec<_> = tables.iter().map(Texts::of).collect();
    let tables: Vec<_> = tables
        .iter()
        .zip(&texts)
        .map(|(spec, texts)| match spec.cors {
            true => PolicyTable::new(&texts.path, texts.wanted(spec)),
            false => PolicyTable::untouched(&texts.path),
        })
        .collect();
    let wanted = PolicySetSpec::new(&tables);
    finish(wanted.image_len(), meter, |storage, on_finding| {
        wanted.compile(storage, on_finding).map(|set| set.image().len())
    })
}

/// Receives the findings.
type Sink<'s> = &'s mut dyn FnMut(&corsac::Finding<'_>);

fn finish(
    needed: usize,
    meter: &mut impl Meter,
    compile: impl Fn(&mut [u8], Sink<'_>) -> Result<usize, CompileError>,
) -> Made {
    let mut storage = alloc::vec![0; needed];
    let compiled = meter.run(Step::Compile, || compile(&mut storage, &mut |_| ()));
    storage.truncate(compiled.unwrap_or(0));

    // Compile again for the findings, because keeping them takes stack that the engine does not
    // use.
    let mut findings = Vec::new();
    let small = |place: Option<usize>| place.and_then(|place| u32::try_from(place).ok());
    let _ = compile(&mut alloc::vec![0; needed], &mut |finding| {
        findings.push(Finding {
            severity: finding.severity.as_str().to_string(),
            code: finding.code.as_str().to_string(),
            table: small(finding.table),
            field: finding.field.as_str().to_string(),
            index: small(finding.index),
            suggestion: finding.suggestion.replacement().map(ToString::to_string),
        });
    });
    let damaged = damage(&storage).map(|image| open(&image, meter).err()).collect();
    Made { findings, image: storage, damaged }
}

fn damage(image: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..DAMAGES).filter(|_| !image.is_empty()).map(|number| {
        let (place, mut image) = (image.len() * number / DAMAGES, image.to_vec());
        if let Some(byte) = image.get_mut(place) {
            *byte ^= 1 << (number % 8);
        }
        image
    })
}

/// What an image holds.
pub enum Opened<'i> {
    Policy(Policy<&'i [u8]>),
    Set(PolicySet<&'i [u8]>),
}

pub fn open<'i>(image: &'i [u8], meter: &mut impl Meter) -> Result<Opened<'i>, String> {
    let opened = meter.run(Step::Open, || match Policy::open(image) {
        Err(corsac::OpenError::IsSet) => PolicySet::open(image).map(Opened::Set),
        opened => opened.map(Opened::Policy),
    });
    opened.map_err(|error| error.to_string())
}

/// `None`: no policy applies.
pub fn respond(opened: &Opened<'_>, request: &Request, meter: &mut impl Meter) -> Option<Decision> {
    let method = request.method.bytes();
    let lines: Vec<_> = request.headers.iter().map(|(name, value)| (name.bytes(), value.bytes())).collect();
    let (decoded, raw) = (request.path.as_ref().map(Text::bytes), request.raw_path.as_ref().map(Text::bytes));
    let path = match (&decoded, &raw) {
        (Some(decoded), None) => RequestPath::decoded(decoded),
        (Some(decoded), Some(raw)) => RequestPath::decoded(decoded).with_raw(raw),
        (None, Some(raw)) => RequestPath::raw(raw),
        (None, None) => RequestPath::decoded("/"),
    };
    let mut request = corsac::Request::new(&method);
    for (name, value) in &lines {
        request.header(name, value);
    }
    let decision = meter.run(Step::Evaluate, || match opened {
        Opened::Policy(policy) => Some(policy.evaluate(&request)),
        Opened::Set(set) => set.evaluate(&path, &request),
    })?;
    Some(Decision {
        class: decision.class().as_str().to_string(),
        allowed: decision.is_allowed(),
        denial: decision
            .denial()
            .map(|denial| Denial { code: denial.code().as_str().to_string(), bytes: Text::of(denial.bytes()) }),
        status: decision.status(),
        headers: decision.headers().map(|line| (Text::of(line.name.as_bytes()), Text::of(line.value))).collect(),
    })
}
