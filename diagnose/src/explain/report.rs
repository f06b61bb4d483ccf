//! One diagnosis as text: verdict, diagram, cause, fix, what else is wrong, and what each console says.

use std::fmt::Write;

use anstyle::Style;
use corsac::browser::{Cause, Exchange, Part, Profile, Verdict};

use super::delivery::{self, Deliveries};
use super::diagnosis::{Diagnosis, in_browsers};
use super::obstacle::obstacle;
use super::sentence::{fix, sentence};
use super::{diagram, headline, hints, remedy};
use crate::codes::{Entry, neighbour};
use crate::stack::{Needed, Stack, Trouble, offer, push as push_stacks};
use crate::{Failure, Suffixes, warnings};

const HEAD: Style = Style::new().bold();

/// How a report is shown.
///
/// ```
/// use corsac_diagnose::{Shown, Stack};
/// let stacks = [Stack::named("nginx").expect("a stack")];
/// let shown = Shown { stacks: &stacks, ..Shown::default() };
/// assert!(!shown.secrets && shown.suffixes.is_none());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown<'a> {
    /// The servers for which the fix is written.
    pub stacks: &'a [Stack],
    /// Whether the values of `Cookie` and `Authorization` are shown.
    pub secrets: bool,
    /// The public suffix list, which knows whether a cookie is another site's.
    pub suffixes: Option<&'static dyn Suffixes>,
}

/// Writes the whole report.
///
/// ```
/// use corsac::browser::{Exchange, Hop, Response, ScriptRequest};
/// use corsac_diagnose::exchange;
/// use corsac_diagnose::{Deliveries, Diagnosis, Shown, Stack, push_report, without_styles};
/// let hops = [Hop { response: Some(Response { status: 200, headers: &[] }), ..Hop::default() }];
/// let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"), hops: &hops };
/// let deliveries = Deliveries::of(&exchange::Exchange::default());
/// let stacks = [Stack::named("nginx").expect("a stack")];
/// let shown = Shown { stacks: &stacks, ..Shown::default() };
/// let mut text = String::new();
/// push_report(&mut text, &Diagnosis::of(exchange), &deliveries, &exchange, shown);
/// assert!(without_styles(&text).contains("add_header Access-Control-Allow-Origin"));
/// ```
pub fn push(
    text: &mut String,
    diagnosis: &Diagnosis<'_>,
    deliveries: &Deliveries,
    exchange: &Exchange<'_>,
    shown: Shown<'_>,
) {
    headline::push(text, diagnosis, deliveries);
    text.push('\n');
    diagram::push(text, diagnosis, exchange, shown.secrets);
    delivery::push(text, deliveries);
    match diagnosis.chief() {
        Some(chief) => push_failure(text, diagnosis, exchange, chief, shown),
        None => {
            if let Some(entry) = diagnosis.obstacle.and_then(neighbour) {
                push_obstacle(text, None, &entry);
            }
            push_success(text, diagnosis, deliveries.are_reported(), shown.stacks);
            push_hints(text, exchange, diagnosis.chief(), shown.suffixes);
        }
    }
    warnings::push(text, &diagnosis.warnings);
    push_consoles(text, diagnosis);
}

fn push_failure(
    text: &mut String,
    diagnosis: &Diagnosis<'_>,
    exchange: &Exchange<'_>,
    chief: &Failure<'_>,
    shown: Shown<'_>,
) {
    match diagnosis.obstacle.and_then(neighbour) {
        Some(entry) => {
            push_obstacle(text, Some(chief), &entry);
            // The server's own errors need the headers too.
            if chief.blocked.status().is_some_and(|status| status >= 500) {
                push_stack(text, diagnosis, chief, shown.stacks);
            }
        }
        None => push_cause(text, diagnosis, chief, shown),
    }
    push_hints(text, exchange, diagnosis.chief(), shown.suffixes);
    let others: Vec<&Failure<'_>> =
        diagnosis.failures.iter().filter(|failure| !std::ptr::eq(*failure, chief)).collect();
    if !others.is_empty() {
        let _ = writeln!(text, "\n{HEAD}Also wrong{HEAD:#} (a browser names only the first):");
        push_others(text, exchange, others, &mut vec![chief.cause]);
    }
}

fn push_hints(
    text: &mut String,
    exchange: &Exchange<'_>,
    chief: Option<&Failure<'_>>,
    suffixes: Option<&'static dyn Suffixes>,
) {
    for hint in hints::hints(exchange, chief, suffixes) {
        let _ = writeln!(text, "{HEAD}Hint:{HEAD:#}  {hint}");
    }
}

/// What comes in the way before CORS. Without a failure, a response is missing.
fn push_obstacle(text: &mut String, chief: Option<&Failure<'_>>, entry: &Entry) {
    let plain = |text: &str| text.replace('\n', " ").replace('`', "");
    let _ = match chief {
        Some(chief) => {
            let code = chief.blocked.code();
            writeln!(text, "{HEAD}Cause:{HEAD:#} {} [{code}: {}]", plain(entry.means), entry.code)
        }
        None => writeln!(text, "{HEAD}Cause:{HEAD:#} Likely: {} [{}]", plain(entry.means), entry.code),
    };
    let _ = writeln!(text, "{HEAD}Fix:{HEAD:#}   {}", plain(entry.fix));
    if let Some(avoid) = entry.avoid {
        let _ = writeln!(text, "{HEAD}Avoid:{HEAD:#} {}", plain(avoid));
    }
}

fn push_cause(text: &mut String, diagnosis: &Diagnosis<'_>, chief: &Failure<'_>, shown: Shown<'_>) {
    let code = chief.blocked.code();
    let cause = sentence(chief.cause.sentence(), '.');
    let _ = writeln!(text, "{HEAD}Cause:{HEAD:#} {cause} [{code}: {}]", chief.cause);
    let has_lines = shown.stacks.is_empty() && !remedy::headers(diagnosis, chief).is_empty();
    let _ = writeln!(text, "{HEAD}Fix:{HEAD:#}   {}", fix(chief.cause.advice(), has_lines));
    if shown.stacks.is_empty() {
        for line in remedy::headers(diagnosis, chief) {
            let _ = writeln!(text, "           {line}");
        }
        if let Some(offer) = offer(&diagnosis.looks_like) {
            let _ = writeln!(text, "{HEAD}Likely:{HEAD:#} {offer}");
        }
    }
    push_stack(text, diagnosis, chief, shown.stacks);
}

/// One line for each failure. Its cause is explained once, and not if it only repeats what is wrong. What comes in the way before CORS
/// is the cause of all failures of the same response.
pub(super) fn push_others<'f, 'a: 'f>(
    text: &mut String,
    exchange: &Exchange<'_>,
    failures: impl IntoIterator<Item = &'f Failure<'a>>,
    explained: &mut Vec<Cause>,
) {
    for failure in failures {
        let (blocked, cause) = (failure.blocked, failure.cause);
        if let Some(code) = obstacle(exchange, failure) {
            let _ = writeln!(text, "  {blocked} [{}: {code}]", blocked.code());
            continue;
        }
        let _ = write!(text, "  {blocked} [{}: {cause}]", blocked.code());
        let repeats = matches!(
            cause,
            Cause::NoCorsHeaders
                | Cause::CredentialsNotPermitted
                | Cause::MethodNotListed
                | Cause::HeaderNotListed
                | Cause::RedirectUserinfo
                | Cause::RedirectTarget
                | Cause::WildcardWithCredentials
        );
        if !repeats && !explained.contains(&cause) {
            explained.push(cause);
            let _ = write!(text, ": {}", cause.sentence());
        }
        text.push('\n');
    }
}

/// The configuration that each of the stacks needs.
pub(crate) fn push_stack(text: &mut String, diagnosis: &Diagnosis<'_>, chief: &Failure<'_>, stacks: &[Stack]) {
    let Some(sent) = diagnosis.step_of(chief).filter(|_| !stacks.is_empty()) else { return };
    let is_preflight = chief.blocked.part() == Part::Preflight;
    let trouble = Trouble::of(chief.blocked.code().as_str(), is_preflight, chief.blocked.status());
    if !chief.cause.is_fixed_by_headers() && trouble.is_none() {
        text.push_str("       No setting of the server's CORS middleware fixes this.\n");
        return;
    }
    // A slip in the value is not the fault of a cache.
    let trouble = trouble.filter(|trouble| *trouble != Trouble::OtherOrigin || chief.cause == Cause::OtherOrigin);
    push_stacks(text, stacks, trouble, Some(&remedy::needed(sent)), "       ");
}

/// `has_more`: there is more than CORS between the script and the response.
fn push_success(text: &mut String, diagnosis: &Diagnosis<'_>, has_more: bool, stacks: &[Stack]) {
    let is_allowed = |profile: &Profile| diagnosis.judgements.get(*profile).verdict == Verdict::Allowed;
    if let Some(profile) = Profile::ALL.into_iter().find(is_allowed) {
        let names = diagnosis.exposed.get(profile);
        let names: Vec<String> = names.iter().map(|name| corsac::Escaped(name).to_string()).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let who = if has_more { "CORS lets the script read" } else { "The script reads" };
        let _ = writeln!(text, "{who} the response, and these of its headers: {names}");
    }
    push_hidden(text, diagnosis, diagnosis.hidden.get(Profile::Chromium), stacks);
    let mut kept: Vec<(u32, Vec<Profile>)> = Vec::new();
    for profile in Profile::ALL {
        let Some(seconds) = diagnosis.judgements.get(profile).cache_seconds else { continue };
        match kept.iter_mut().find(|(known, _)| *known == seconds) {
            Some((_, profiles)) => profiles.push(profile),
            None => kept.push((seconds, vec![profile])),
        }
    }
    let words: Vec<String> = match kept.as_slice() {
        [(seconds, profiles)] if profiles.len() == Profile::ALL.len() => vec![format!("{seconds} s")],
        kept => kept.iter().map(|(seconds, profiles)| format!("{seconds} s {}", in_browsers(profiles))).collect(),
    };
    if !words.is_empty() {
        let _ = writeln!(text, "Browsers remember the response to the preflight for {}.", words.join(", "));
    }
}

/// The headers that the script gets as `null`, and how the server exposes them.
fn push_hidden(text: &mut String, diagnosis: &Diagnosis<'_>, hidden: &[Vec<u8>], stacks: &[Stack]) {
    if hidden.is_empty() {
        return;
    }
    let names: Vec<String> = hidden.iter().map(|name| corsac::Escaped(name).to_string()).collect();
    let names = names.join(", ");
    let _ = writeln!(text, "Hidden from the script, which gets null for them: {names}");
    let _ = writeln!(text, "If it needs one, the server names it, such as with");
    let _ = writeln!(text, "           Access-Control-Expose-Headers: {names}");
    if let Some(sent) = diagnosis.sent.last() {
        let needed = Needed { exposed: hidden.to_vec(), ..remedy::needed(sent) };
        push_stacks(text, stacks, None, Some(&needed), "       ");
    }
}

fn push_consoles(text: &mut String, diagnosis: &Diagnosis<'_>) {
    let mut begun = false;
    for profile in Profile::ALL {
        if let Some(console) = diagnosis.console.get(profile) {
            if !begun {
                let _ = writeln!(text, "\n{HEAD}In the console:{HEAD:#}");
                begun = true;
            }
            let _ = writeln!(text, "  {:<9} {}", profile.name(), crate::printable::printable(console));
        }
    }
}
