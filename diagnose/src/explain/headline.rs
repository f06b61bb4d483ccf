//! The first line of a report: what CORS makes of the request, and whether it leaves the browser.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use corsac::browser::{DeliveryVerdict, Profile, Verdict};

use super::delivery::Deliveries;
use super::diagnosis::{Diagnosis, in_some_or_every};

const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const DOUBT: Style = AnsiColor::Yellow.on_default().bold();

/// The first line of a report: both verdicts. Where CORS fails anyway, what is uncertain waits for its own paragraph.
pub(super) fn push(text: &mut String, diagnosis: &Diagnosis<'_>, deliveries: &Deliveries) {
    let passes = |profile: Profile| diagnosis.judgements.get(profile).verdict == Verdict::Allowed;
    let all_pass = Profile::ALL.into_iter().all(passes);
    let mut clauses = Vec::new();
    for (verdict, style, words) in [
        (DeliveryVerdict::Refused, BAD, "the request does not leave"),
        (DeliveryVerdict::Ask, DOUBT, "the user is asked first"),
        (DeliveryVerdict::Unknown, DOUBT, "it is uncertain whether the request leaves"),
    ] {
        let profiles = deliveries.profiles_with(verdict);
        if profiles.is_empty() || !(all_pass || verdict != DeliveryVerdict::Unknown || !clauses.is_empty()) {
            continue;
        }
        clauses.push(if verdict == DeliveryVerdict::Refused && profiles.len() == Profile::ALL.len() {
            format!("{style}no browser sends the request{style:#}")
        } else {
            format!("{style}{words}{style:#} {}", in_some_or_every(&profiles))
        });
    }
    push_cors_verdicts(text, diagnosis, !clauses.is_empty());
    if !clauses.is_empty() {
        // "CORS passes" has named it already.
        let some_pass = Profile::ALL.into_iter().any(passes);
        text.push_str(match (all_pass, some_pass) {
            (true, _) => ", but ",
            (false, true) => ", and ",
            (false, false) => " by CORS, and ",
        });
        text.push_str(&clauses.join("; "));
    }
    text.push('\n');
}

/// The CORS verdicts on a line of their own.
pub(super) fn push_cors(text: &mut String, diagnosis: &Diagnosis<'_>) {
    push_cors_verdicts(text, diagnosis, false);
    text.push('\n');
}

/// Each CORS verdict once, with its browsers. `names_cors`: another verdict follows.
fn push_cors_verdicts(text: &mut String, diagnosis: &Diagnosis<'_>, names_cors: bool) {
    let verdicts = [Verdict::Blocked, Verdict::Throws, Verdict::Incomplete, Verdict::Opaque, Verdict::Allowed];
    let mut first = true;
    for verdict in verdicts {
        let judged = |profile: &Profile| diagnosis.judgements.get(*profile).verdict == verdict;
        let profiles: Vec<Profile> = Profile::ALL.into_iter().filter(judged).collect();
        if profiles.is_empty() {
            continue;
        }
        let (style, words) = match verdict {
            Verdict::Allowed if names_cors => (GOOD, "CORS passes"),
            Verdict::Blocked => (BAD, "blocked"),
            Verdict::Throws => (BAD, "the script gets an exception, and nothing is sent"),
            Verdict::Incomplete => (DOUBT, "unknown (a response is missing)"),
            Verdict::Opaque => (DOUBT, "opaque, as the script asked for"),
            Verdict::Allowed => (GOOD, "allowed"),
        };
        text.push_str(if first { "" } else { "; " });
        first = false;
        let place = in_some_or_every(&profiles);
        let _ = write!(text, "{style}{words}{style:#} {place}");
    }
}
