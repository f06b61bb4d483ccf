//! A policy from a configuration. It never lets more in than the configuration does, as browsers see it.

use corsac::{OwnedFinding, OwnedSpec, PolicySet, Severity};

use crate::asks::{Mentioned, asks};
use crate::browse::{Ask, browse};
use crate::corsac_policy::CorsacPolicy;
use crate::dialect::Configuration;
use crate::draft::{Draft, Entry, Means, Names};
use crate::finding::{Code, Finding, Witness};
use crate::message::Upstream;
use crate::origin::examples;
use crate::shown::shown;

/// A policy that a configuration became.
///
/// ```
/// use corsac_dialects::{Imported, document, import, recognise};
/// let documents = document::read("plugins: [{name: cors, config: {origins: ['https://a.example']}}]")?;
/// let (_, configuration) = recognise(&documents[0]).remove(0);
/// let imported: Imported = import(&*configuration).expect("a policy can say this");
/// assert_eq!(imported.spec.allow_origins, ["https://a.example"]);
/// assert!(imported.to_text("kong.yaml").starts_with("# Imported from kong.yaml.\n"));
/// # Ok::<(), document::ReadError>(())
/// ```
#[derive(Debug)]
pub struct Imported {
    /// The options.
    pub spec: OwnedSpec,
    /// The policy.
    pub policies: PolicySet<Vec<u8>>,
    /// What the policy does otherwise, one sentence each.
    pub notes: Vec<String>,
    /// What core finds doubtful in the policy.
    pub warnings: Vec<OwnedFinding>,
}

impl Imported {
    /// The text of a policy file, with the notes as comments.
    #[must_use]
    pub fn to_text(&self, from: &str) -> String {
        let mut text = format!("# Imported from {from}.\n");
        for note in &self.notes {
            text.push_str(&format!("# {}\n", corsac_diagnose::printable(note)));
        }
        if let Some(policy) = self.policies.to_text() {
            text.push_str(&policy.to_string());
        }
        text
    }
}

/// The methods that need no permission, so that products that check nothing let them through.
const SAFELISTED: [&str; 3] = ["GET", "HEAD", "POST"];

/// Turns a configuration into a policy.
///
/// # Errors
/// Findings: what there is no policy for, with what to list instead.
///
/// ```
/// use corsac_dialects::{document, import, recognise};
/// let text = "plugins: [{name: cors, config: {origins: ['https://(a|b).*'], credentials: true}}]";
/// let documents = document::read(text)?;
/// let (_, configuration) = recognise(&documents[0]).remove(0);
/// let refusals = import(&*configuration).unwrap_err();
/// assert_eq!(refusals[0].code.as_str(), "stranger-allowed");
/// # Ok::<(), document::ReadError>(())
/// ```
pub fn import(configuration: &dyn Configuration) -> Result<Imported, Vec<Finding>> {
    let draft = configuration.draft();
    let place = configuration.place();
    if let Some(why) = configuration.refused() {
        return Err(vec![Finding::error(Code::Refused, place, why)]);
    }
    let mut refusals = draft.refusals.clone();
    let mut notes = draft.notes.clone();
    let mut spec = OwnedSpec::default();
    let is_any = draft.origins.iter().any(|entry| entry.means == Means::AnyOrigin);
    if is_any {
        spec.allow_origins.push("*".to_owned());
        if draft.credentials {
            refusals.extend(any_with_credentials(configuration, &mut notes));
        }
    } else {
        for entry in &draft.origins {
            add_entry(entry, &mut spec, &mut notes, &mut refusals);
        }
    }
    spec.allow_credentials = draft.credentials && !is_any;
    let literal = Literal::of(configuration, &spec);
    add_lists(draft, &literal, &mut spec, &mut notes);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let mut warnings = Vec::new();
    let compiled = spec.compile(|warning| warnings.push(warning.clone()));
    let policy = compiled.map_err(|findings| refused_by_core(&errors_of(&findings), configuration))?;
    let policies = PolicySet::from(policy);
    if let Some(wider) = wider(configuration, &policies) {
        let message = format!("the policy would let more in than the configuration does: {wider}");
        return Err(vec![
            Finding::error(Code::Uncertain, place, message).suggest("write the policy by hand").shown_by(wider),
        ]);
    }
    Ok(Imported { spec, policies, notes, warnings })
}

/// Credentials with any origin: a reflector is refused; where browsers refuse cookies anyway, the policy says so and goes without.
fn any_with_credentials(configuration: &dyn Configuration, notes: &mut Vec<String>) -> Option<Finding> {
    let ask = Ask::get("https://evil.test", true);
    let seen = browse(configuration, &ask, &Upstream::default());
    if !seen.is_read() {
        notes.push("Credentials are off: they were on together with any origin, which browsers refuse.".to_owned());
        return None;
    }
    let message = "pages of every origin read responses with the user's cookies, which a policy does not allow";
    let finding = Finding::error(Code::AnyOriginWithCredentials, configuration.place(), message);
    let witness = Witness { browsers: seen.browsers(), ask, reads: true };
    Some(finding.suggest("list the origins that need cookies").shown_by(witness))
}

fn add_entry(entry: &Entry, spec: &mut OwnedSpec, notes: &mut Vec<String>, refusals: &mut Vec<Finding>) {
    let written = shown(&entry.written);
    match &entry.means {
        Means::AnyOrigin => {}
        Means::Patterns(patterns, note) => {
            for pattern in patterns {
                if !spec.allow_origins.contains(pattern) {
                    spec.allow_origins.push(pattern.clone());
                }
                if pattern == "null" {
                    spec.dangerously_allow_null_origin = true;
                }
            }
            notes.extend(note.as_ref().map(|note| format!("{written}: {note}")));
        }
        Means::Nothing(why) => notes.push(format!("{written} is left out: {why}.")),
        Means::NoPattern(what) => {
            let message = format!("no pattern says what {written} matches");
            refusals.push(Finding::error(Code::StrangerAllowed, &entry.place, message).suggest(what.clone()));
        }
    }
}

/// Which `*` of a list browsers take for a name, because the product sends it as it is with credentials.
struct Literal {
    methods: bool,
    headers: bool,
}

impl Literal {
    fn of(configuration: &dyn Configuration, spec: &OwnedSpec) -> Self {
        let draft = configuration.draft();
        let origin = spec.allow_origins.iter().flat_map(|pattern| examples(pattern)).next();
        let Some(origin) = origin.filter(|_| spec.allow_credentials) else {
            return Self { methods: false, headers: false };
        };
        let reads = |ask: Ask| browse(configuration, &ask, &Upstream::default()).is_read();
        let get = || Ask::get(&origin, true);
        Self {
            methods: draft.methods == Names::Any && !reads(Ask { method: "X-ANY".to_owned(), ..get() }),
            headers: draft.headers == Names::Any && !reads(Ask { headers: vec!["x-any".to_owned()], ..get() }),
        }
    }
}

fn add_lists(draft: &Draft, literal: &Literal, spec: &mut OwnedSpec, notes: &mut Vec<String>) {
    spec.allow_methods = Some(match &draft.methods {
        Names::Any if literal.methods => {
            notes.push("`*` among the methods is left out: with credentials it is only a name.".to_owned());
            SAFELISTED.map(str::to_owned).into()
        }
        Names::Any => vec!["*".to_owned()],
        Names::Listed(listed) => {
            let mut methods: Vec<String> = SAFELISTED.map(str::to_owned).into();
            for method in listed {
                let normal = String::from_utf8_lossy(corsac::normalize_method(method.as_bytes())).into_owned();
                let is_known = methods.contains(&normal);
                match normal.as_str() {
                    "OPTIONS" if !is_known => {
                        notes.push("OPTIONS is left out of the methods: preflights need no entry.".to_owned());
                    }
                    "TRACE" | "CONNECT" | "TRACK" => {}
                    "*" => notes.push("`*` among the methods is left out: it is only a name there.".to_owned()),
                    _ if is_known || !corsac::is_token(normal.as_bytes()) => {}
                    _ => methods.push(normal),
                }
            }
            methods
        }
    });
    let names = |names: &Names, any: &str| match names {
        Names::Any => vec![any.to_owned()],
        Names::Listed(listed) => {
            let mut kept: Vec<String> = Vec::new();
            for name in listed.iter().map(|name| name.to_ascii_lowercase()) {
                if corsac::is_token(name.as_bytes()) && name != "*" && !kept.contains(&name) {
                    kept.push(name);
                }
            }
            kept
        }
    };
    spec.allow_headers = if literal.headers {
        notes.push("`*` among the headers is left out: with credentials it is only a name.".to_owned());
        Vec::new()
    } else {
        names(&draft.headers, "*")
    };
    spec.expose_headers = match &draft.expose {
        Names::Any if spec.allow_credentials => {
            notes.push("`*` among the exposed headers is left out: with credentials it is only a name.".to_owned());
            Vec::new()
        }
        expose => names(expose, "*"),
    };
    spec.max_age = draft.max_age.filter(|&seconds| seconds >= 0);
    if draft.private_network {
        notes.push("Private network access is left out: no browser asks for it any more.".to_owned());
    }
}

/// An error of core about the policy that a configuration becomes.
///
/// ```
/// use corsac_dialects::CoreError;
/// let error = CoreError {
///     code: "public-suffix",
///     item: b"https://*.github.io",
///     message: "strangers can register names below github.io",
///     suggestion: None,
/// };
/// assert!(error.item.starts_with(b"https://*."));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CoreError<'e> {
    /// Its stable name.
    pub code: &'e str,
    /// The entry that it is about.
    pub item: &'e [u8],
    /// What is wrong.
    pub message: &'e str,
    /// What to write instead.
    pub suggestion: Option<&'e str>,
}

fn errors_of(findings: &[OwnedFinding]) -> Vec<CoreError<'_>> {
    let errors = findings.iter().filter(|found| found.severity == Severity::Error);
    errors
        .map(|found| CoreError {
            code: found.code,
            item: found.item.as_deref().unwrap_or_default(),
            message: &found.message,
            suggestion: found.suggestion.as_deref(),
        })
        .collect()
}

/// Errors of core as findings, each at the place of the entry that it is about.
pub(crate) fn refused_by_core(errors: &[CoreError<'_>], configuration: &dyn Configuration) -> Vec<Finding> {
    let finding = |CoreError { code, item, message, suggestion }: &CoreError<'_>| {
        let entry = configuration.draft().origins.iter().find(|entry| match &entry.means {
            Means::Patterns(patterns, _) => patterns.iter().any(|pattern| pattern.as_bytes() == *item),
            _ => false,
        });
        let place = entry.map_or_else(|| configuration.place(), |entry| &entry.place);
        let finding = Finding::error(Code::Refused, place, format!("a policy cannot have this ({code}): {message}"));
        match suggestion {
            Some(suggestion) => finding.suggest(*suggestion),
            None => finding,
        }
    };
    errors.iter().map(finding).collect()
}

/// A request whose response the policy shares, and the configuration does not.
fn wider(configuration: &dyn Configuration, policies: &PolicySet<Vec<u8>>) -> Option<Witness> {
    let policy = CorsacPolicy::at(policies, b"/");
    let mentioned = Mentioned::by_draft(configuration.draft());
    let upstream = Upstream::default();
    asks(&mentioned).into_iter().find_map(|ask| {
        let ours = browse(&policy, &ask, &upstream);
        let theirs = browse(configuration, &ask, &upstream);
        let is_wider = ours.reads_in.iter().any(|profile| !theirs.reads_in.contains(profile));
        is_wider.then(|| Witness { browsers: ours.browsers(), ask, reads: true })
    })
}
