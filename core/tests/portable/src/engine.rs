//! What the engine makes of a case: run where the program is built and again where it runs, so that the two can be compared as wholes.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use corsac::{Policy, PublicSuffixes};
use serde::{Deserialize, Serialize};

use crate::case::{Decision, Denial, Request, Spec, Text};

/// What a spec becomes.
#[derive(PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// Every finding, in the order in which the engine told them.
    pub findings: Vec<Finding>,
    /// Empty if the spec does not compile.
    pub image: Vec<u8>,
    /// What [`open`] says of the image with one bit turned, at several places; `None`: it opens.
    pub damaged: Vec<Option<String>>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    severity: String,
    code: String,
    field: String,
    index: Option<u32>,
    suggestion: Option<String>,
}

/// Places of an image at which a bit is turned.
const DAMAGES: usize = 8;

/// A step of the engine's work.
#[derive(Clone, Copy)]
pub enum Step {
    Compile,
    Open,
    Evaluate,
}

/// Whoever wants to know what a step costs; `()` does not.
pub trait Meter {
    fn run<T>(&mut self, step: Step, work: impl FnOnce() -> T) -> T;
}

impl Meter for () {
    fn run<T>(&mut self, _: Step, work: impl FnOnce() -> T) -> T {
        work()
    }
}

pub fn make(spec: &Spec, meter: &mut impl Meter) -> Made {
    let texts = |list: &[Text]| list.iter().map(Text::bytes).collect::<Vec<_>>();
    let methods = spec.allow_methods.as_deref().map(texts);
    let suffixes = texts(&spec.dangerously_allow_public_suffixes.listed);
    let spec = corsac::PolicySpec {
        allow_origins: &texts(&spec.allow_origins),
        allow_methods: methods.as_deref(),
        allow_headers: &texts(&spec.allow_headers),
        allow_credentials: spec.allow_credentials,
        expose_headers: &texts(&spec.expose_headers),
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
            false => PublicSuffixes::Listed(&suffixes),
        },
    };
    let mut storage = alloc::vec![0; spec.image_len()];
    let compiled =
        meter.run(Step::Compile, || spec.compile(&mut storage[..], |_| ()).map(|policy| policy.image().len()));
    storage.truncate(compiled.unwrap_or(0));

    // Again, for the findings: to keep them takes stack that is not the engine's.
    let mut findings = Vec::new();
    let _ = spec.compile(alloc::vec![0; spec.image_len()], |finding| {
        findings.push(Finding {
            severity: finding.severity.as_str().to_string(),
            code: finding.code.as_str().to_string(),
            field: finding.field.as_str().to_string(),
            index: finding.index.and_then(|index| u32::try_from(index).ok()),
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

pub fn open<'i>(image: &'i [u8], meter: &mut impl Meter) -> Result<Policy<&'i [u8]>, String> {
    meter.run(Step::Open, || Policy::open(image)).map_err(|error| error.to_string())
}

pub fn answer(policy: &Policy<&[u8]>, request: &Request, meter: &mut impl Meter) -> Decision {
    let method = request.method.bytes();
    let lines: Vec<_> = request.headers.iter().map(|(name, value)| (name.bytes(), value.bytes())).collect();
    let mut request = corsac::Request::new(&method);
    for (name, value) in &lines {
        request.header(name, value);
    }
    let decision = meter.run(Step::Evaluate, || policy.evaluate(&request));
    Decision {
        class: decision.class().as_str().to_string(),
        allowed: decision.is_allowed(),
        denial: decision
            .denial()
            .map(|denial| Denial { code: denial.code().as_str().to_string(), bytes: Text::of(denial.bytes()) }),
        status: decision.status(),
        headers: decision.headers().map(|line| (Text::of(line.name.as_bytes()), Text::of(line.value))).collect(),
    }
}
