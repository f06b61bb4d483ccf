//! The verdict of each browser in words.

use std::fmt::Write;

use corsac::browser::{Profile, Verdict};

use super::diagnosis::Diagnosis;

/// What happens in each browser: one line if it is the same in all.
///
/// ```
/// use corsac::browser::{Exchange, Hop, Response, ScriptRequest};
/// use corsac_diagnose::{Diagnosis, push_verdicts};
/// let headers: &[(&[u8], &[u8])] = &[(b"Access-Control-Allow-Origin", b"*")];
/// let hops = [Hop { response: Some(Response { status: 200, headers }), ..Hop::default() }];
/// let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"), hops: &hops };
/// let mut text = String::new();
/// push_verdicts(&mut text, &Diagnosis::of(exchange));
/// assert_eq!(text.trim(), "In every browser, the script reads the response.");
/// ```
pub fn push_verdicts(text: &mut String, diagnosis: &Diagnosis<'_>) {
    let outcome = |profile: Profile| {
        let verdict = diagnosis.judgements.get(profile).verdict;
        let first = diagnosis.failures.iter().find(|failure| failure.first_in.contains(&profile));
        (verdict, first.map(|failure| failure.blocked.to_string()))
    };
    let outcomes = Profile::ALL.map(|profile| (profile, outcome(profile)));
    if let [(_, (verdict, why)), rest @ ..] = &outcomes
        && rest.iter().all(|(_, other)| *other == (*verdict, why.clone()))
    {
        let words = match verdict {
            Verdict::Allowed => "In every browser, the script reads the response",
            Verdict::Opaque => "In every browser, the script gets an opaque response, as it asked for",
            Verdict::Blocked => "Every browser blocks this",
            Verdict::Incomplete => "Unknown: a response is missing",
            Verdict::Throws => "In every browser, the script gets an exception, and nothing is sent",
        };
        let _ = writeln!(text, "\n{words}{}.", why.as_ref().map_or_else(String::new, |why| format!(": {why}")));
        return;
    }
    text.push_str("\nIn each browser:\n");
    for (profile, (verdict, why)) in outcomes {
        let words = match verdict {
            Verdict::Allowed => "the script reads the response",
            Verdict::Opaque => "the script gets an opaque response, as it asked for",
            Verdict::Blocked => "blocked",
            Verdict::Incomplete => "unknown: a response is missing",
            Verdict::Throws => "the script gets an exception, and nothing is sent",
        };
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        let _ = writeln!(text, "  {:<9} {words}{why}", profile.name());
    }
}
