//! Captures explained as data: one document for `corsac explain FILE --format json`, for Python and for JavaScript.

use corsac::browser::{Credentials, Verdict};

use super::delivery::Deliveries;
use super::diagnosis::Diagnosis;
use super::json_out::{write, write_json};
use super::row::{Row, number};
use crate::capture::{CapturedExchange, Note};
use crate::exchange::Exchange;
use crate::{Suffixes, with};

/// What becomes of all exchanges of a capture together.
///
/// ```
/// use corsac::browser::Verdict;
/// use corsac_diagnose::{Deliveries, Outcome};
/// let outcome = Outcome::of(&[], Some(Verdict::Allowed), &Deliveries::of, false);
/// assert_eq!((outcome, outcome.as_str()), (Outcome::Allowed, "allowed"));
/// assert_eq!(Outcome::of(&[], None, &Deliveries::of, false), Outcome::Unknown);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every browser lets the script read every response.
    Allowed,
    /// A browser blocks one, or does not send it.
    Blocked,
    /// A response is missing.
    Unknown,
}

impl Outcome {
    /// `worst`: the worst CORS verdict. `deliver` says whether an exchange leaves the browser, and `deployed` that its page is on the internet.
    #[must_use]
    pub fn of(
        ready: &[CapturedExchange],
        worst: Option<Verdict>,
        deliver: &dyn Fn(&Exchange) -> Deliveries,
        deployed: bool,
    ) -> Self {
        let is_refused = |captured: &CapturedExchange| deliver(&captured.exchange).are_refused(deployed);
        match worst {
            Some(_) if ready.iter().any(is_refused) => Self::Blocked,
            Some(Verdict::Allowed | Verdict::Opaque) => Self::Allowed,
            Some(Verdict::Blocked | Verdict::Throws) => Self::Blocked,
            _ => Self::Unknown,
        }
    }

    /// One word, for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Blocked => "blocked",
            Self::Unknown => "unknown",
        }
    }
}

/// The diagnosis of one exchange as JSON, as `corsac explain --jsonl` prints it. Unknown credentials are those of `fetch()`. `None`: something
/// else than CORS stopped the request, and the exchange has its code.
///
/// ```
/// use corsac_diagnose::capture::Captures;
/// use corsac_diagnose::{Deliveries, UrlCrate, captured_json, ready, script_request};
///
/// let mut found = vec![];
/// let mut captures = Captures::default();
/// captures.read("curl.txt", "HTTP/1.1 200 OK\n\n".as_bytes(), &mut |exchange| found.push(exchange))?;
/// let mut notes = captures.finish(&mut |exchange| found.push(exchange));
/// let options = script_request(Some(b"https://app.example"), None, &[], false)?;
/// let ready = ready(found, &options, Some("https://api.example/x"), &UrlCrate, &mut notes);
/// let json = captured_json(&ready[0], &Deliveries::of(&ready[0].exchange), None);
/// assert!(json.is_some_and(|json| json.contains("\"no-cors-headers\"")));
/// # Ok::<(), String>(())
/// ```
#[must_use]
pub fn captured_json(
    captured: &CapturedExchange,
    deliveries: &Deliveries,
    suffixes: Option<&dyn Suffixes>,
) -> Option<String> {
    captured.stopped.is_none().then(|| {
        with(&captured.exchange, Credentials::SameOrigin, |exchange| {
            let mut out = Vec::new();
            // A vector takes everything, and the output is ASCII.
            let _ = write(&mut out, &Diagnosis::with_suffixes(exchange, suffixes), deliveries, &[], None);
            String::from_utf8(out).unwrap_or_default().trim_end().to_owned()
        })
    })
}

/// All exchanges as one line of JSON: `exchanges` with `place`, `number`, `diagnosis` and `stopped`; `notes`; and `outcome`.
///
/// ```
/// use corsac_diagnose::{Deliveries, Outcome, captures_json};
/// let json = captures_json(&[], &[], Outcome::Unknown, &Deliveries::of, None);
/// assert_eq!(json, "{\"exchanges\":[],\"notes\":[],\"outcome\":\"unknown\"}\n");
/// ```
#[must_use]
#[inline(never)] // Inlined, it would be compiled for speed in the Python package.
pub fn captures_json(
    ready: &[CapturedExchange],
    notes: &[Note],
    outcome: Outcome,
    deliver: &dyn Fn(&Exchange) -> Deliveries,
    suffixes: Option<&dyn Suffixes>,
) -> String {
    let exchanges: Vec<String> = ready
        .iter()
        .map(|captured| {
            let diagnosis = captured_json(captured, &deliver(&captured.exchange), suffixes);
            let stopped = captured.stopped.as_ref().map(|neighbour| neighbour.code);
            format!(
                "{{\"place\":{},\"number\":{},\"diagnosis\":{},\"stopped\":{}}}",
                json(&captured.place.to_string()),
                number(captured),
                diagnosis.as_deref().unwrap_or("null"),
                json(&stopped),
            )
        })
        .collect();
    let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
    format!(
        "{{\"exchanges\":[{}],\"notes\":{},\"outcome\":{}}}\n",
        exchanges.join(","),
        json(&notes),
        json(&outcome.as_str())
    )
}

/// A value in plain ASCII.
fn json(value: &impl serde::Serialize) -> String {
    let mut out = Vec::new();
    // A vector takes everything.
    let _ = write_json(&mut out, value);
    String::from_utf8(out).unwrap_or_default().trim_end().to_owned()
}

/// Rows in columns of plain text. The first is the worst.
///
/// ```
/// assert_eq!(corsac_diagnose::drawn_rows(&[]), "line  verdict  request  preflight  why\n");
/// ```
#[must_use]
pub fn drawn_rows(rows: &[Row]) -> String {
    let lines: Vec<[String; 5]> =
        std::iter::once(Row::HEADINGS.map(str::to_owned)).chain(rows.iter().map(Row::cells)).collect();
    let mut widths = [0; 5];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for line in &lines {
        let padded: Vec<String> = line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        text.push_str(padded.join("  ").trim_end());
        text.push('\n');
    }
    if let Some(first) = rows.first() {
        text.push_str(&format!("\n--entry {} shows the first of them in full\n", first.number));
    }
    text
}
