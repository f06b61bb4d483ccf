//! Proves what an expression can match at most, as patterns that the policy could list.

use std::collections::BTreeSet;

use crate::expand::alternatives;
use crate::parts::{Part, Parts};
use crate::pieces::Piece;
use crate::reading::{Matching, Reading};
use crate::refusal::Refusal;
use crate::switches::Switches;

/// How many findings a refusal names. A list of a thousand hosts may have a thousand, and a log
/// line has room for a few.
const FINDINGS_MAX: usize = 8;

/// Proves that an expression matches only what a policy with these switches may list.
///
/// Returns patterns that together match every origin of a browser that the expression matches.
/// Case is ignored, because browsers send origins in lower case.
///
/// # Errors
///
/// A [`Refusal`]: do not use the expression with these switches. Write the origins or patterns, or
/// use an origin check. [`advise`](crate::advise) may know which patterns.
///
/// ```
/// use corsac_regexes::{Reading, Refusal, Switches, prove};
///
/// let mut switches = Switches { allow_credentials: true, ..Switches::default() };
/// let expression = r"https://app-.*\.vercel\.app";
/// assert!(matches!(prove(expression, Reading::STARLETTE, &switches), Err(Refusal::Patterns(_))));
/// switches.public_suffixes = vec![b"vercel.app".to_vec()];
/// assert_eq!(prove(expression, Reading::STARLETTE, &switches)?, ["https://*.vercel.app"]);
/// # Ok::<(), Refusal>(())
/// ```
pub fn prove(expression: &str, reading: Reading, switches: &Switches) -> Result<Vec<String>, Refusal> {
    let bounds = bounds(expression, reading)?;
    let errors = switches.review(&bounds).into_iter().filter(|found| found.is_error);
    let errors: Vec<String> = errors.take(FINDINGS_MAX).map(|found| found.text).collect();
    if errors.is_empty() { Ok(bounds) } else { Err(Refusal::Patterns(errors)) }
}

/// Returns patterns that together match every origin of a browser that the expression matches.
///
/// It does not check whether a policy may list them: that is for callers who compile the patterns
/// elsewhere. Everybody else calls [`prove`].
///
/// # Errors
///
/// A [`Refusal`], but never [`Refusal::Patterns`].
///
/// ```
/// use corsac_regexes::{Reading, bounds};
///
/// assert_eq!(bounds(r"^https://.*example\.com$", Reading::JAVASCRIPT)?, ["https://*.com"]);
/// # Ok::<(), corsac_regexes::Refusal>(())
/// ```
pub fn bounds(expression: &str, reading: Reading) -> Result<Vec<String>, Refusal> {
    let mut bounds = BTreeSet::new();
    for alternative in alternatives(expression, reading)? {
        bounds.insert(bound(anchored(&alternative.pieces, reading.matching)?)?);
    }
    if bounds.is_empty() {
        return Err(Refusal::VariableScheme);
    }
    // `:*` matches an origin without a port, too.
    Ok(bounds.iter().filter(|bound| !bounds.contains(&format!("{bound}:*"))).cloned().collect())
}

/// Returns the pieces between the two ends of the origin. An anchor or the library must fix each
/// end.
fn anchored(pieces: &[Piece], matching: Matching) -> Result<&[Piece], Refusal> {
    let ends = Ends::of(pieces).ok_or(Refusal::Condition)?;
    if !ends.has_start && matching == Matching::Anywhere {
        return Err(Refusal::OpenStart);
    }
    if !ends.has_end && matching != Matching::Whole {
        return Err(Refusal::OpenEnd);
    }
    Ok(ends.inner)
}

/// The anchors of an alternative, and the pieces between them.
pub(crate) struct Ends<'p> {
    pub(crate) has_start: bool,
    pub(crate) has_end: bool,
    pub(crate) inner: &'p [Piece],
}

impl<'p> Ends<'p> {
    /// `None`: there are anchors in between.
    pub(crate) fn of(pieces: &'p [Piece]) -> Option<Self> {
        let start = pieces.iter().take_while(|piece| **piece == Piece::Start).count();
        let end = pieces.iter().rev().take_while(|piece| **piece == Piece::End).count();
        let inner = pieces.get(start..pieces.len() - end)?;
        let has_more = inner.iter().any(|piece| matches!(piece, Piece::Start | Piece::End));
        (!has_more).then_some(Self { has_start: start > 0, has_end: end > 0, inner })
    }
}

/// The pattern that covers one alternative.
fn bound(pieces: &[Piece]) -> Result<String, Refusal> {
    let parts = Parts::of(pieces).ok_or(Refusal::VariableScheme)?;
    let (scheme, port) = (parts.scheme, parts.port_pattern());
    match &parts.host[..] {
        // Core decides whether an origin without a host is a pattern.
        [] => Ok(format!("{scheme}://{port}")),
        [Part::Literal(host)] => Ok(format!("{scheme}://{host}{port}")),
        _ if scheme != "https" && scheme != "http" => Err(Refusal::VariableHost),
        // An origin has only one colon after its scheme, or is an address, which has no such tail.
        // So the tail is the end of the host.
        [.., Part::Literal(tail)] => {
            let dot = tail.find('.').ok_or(Refusal::NoFixedTail)?;
            Ok(format!("{scheme}://*{}{port}", &tail[dot..]))
        }
        _ => Err(Refusal::NoFixedTail),
    }
}
