//! The verdict of each profile in words.

use std::fmt::Write;

use corsac::browser::{Profile, Verdict};

use super::diagnosis::Diagnosis;

/// What happens in each browser, one line each.
pub(crate) fn push_verdicts(text: &mut String, diagnosis: &Diagnosis<'_>) {
    text.push_str("\nIn each browser:\n");
    for profile in Profile::ALL {
        let words = match diagnosis.judgements.get(profile).verdict {
            Verdict::Allowed => "the script reads the response",
            Verdict::Opaque => "the script gets an opaque response, as it asked for",
            Verdict::Blocked => "blocked",
            Verdict::Incomplete => "cannot be told: an answer is missing",
            Verdict::Throws => "the script gets an exception, and nothing is sent",
        };
        let _ = write!(text, "  {:<9} {words}", profile.name());
        if let Some(first) = diagnosis.failures.iter().find(|failure| failure.first_in.contains(&profile)) {
            let _ = write!(text, ": {}", first.blocked);
        }
        text.push('\n');
    }
}
