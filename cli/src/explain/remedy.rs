//! What to change, in words and as the header lines to send.

use corsac::browser::{Part, Profile};

use super::diagnosis::{Diagnosis, Failure};

/// One sentence: what to do, with the lines to send where lines are missing.
pub(crate) fn sentence(diagnosis: &Diagnosis<'_>, failure: &Failure<'_>) -> String {
    let lines = lines(diagnosis, failure);
    let mut text = failure.cause.advice().to_owned();
    for (place, line) in lines.iter().enumerate() {
        text.push_str(if place == 0 { ": " } else { "; " });
        text.push_str(line);
    }
    text
}

/// The header lines with which the answer at fault would pass; none where no header helps.
pub(crate) fn lines(diagnosis: &Diagnosis<'_>, failure: &Failure<'_>) -> Vec<String> {
    if !failure.cause.is_mended_by_headers() {
        return Vec::new();
    }
    let Some(sent) = diagnosis.step_of(failure) else { return Vec::new() };
    let mut lines = Vec::new();
    for line in sent.step.passing_lines(Profile::Spec, failure.blocked.part() == Part::Preflight) {
        lines.push(line.to_string());
    }
    lines
}
