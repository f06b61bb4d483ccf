//! Many exchanges, one row each: what a table of them says.

use corsac::Escaped;
use corsac::browser::{Credentials, DeliveryCode, DeliveryVerdict, Profile, Verdict};

use super::captured::{worse, worst_of};
use super::delivery::Deliveries;
use super::diagnosis::{Diagnosis, in_browsers};
use super::diagram::preflight_word;
use crate::capture::{At, CapturedExchange};
use crate::exchange::Exchange;
use crate::{Neighbour, with};

/// One row. The worst is the least.
///
/// ```
/// use corsac_diagnose::capture::Captures;
/// use corsac_diagnose::{Deliveries, Row, rows};
///
/// let text = "> GET /x HTTP/1.1\n> Host: api.example\n> Origin: https://app.example\n>\n< HTTP/1.1 200 OK\n<\n";
/// let mut found = vec![];
/// let mut captures = Captures::default();
/// captures.read("curl.txt", text.as_bytes(), &mut |exchange| found.push(exchange))?;
/// captures.finish(&mut |exchange| found.push(exchange));
/// let (rows, _): (Vec<Row>, _) = rows(&found, &Deliveries::of);
/// assert_eq!(Row::HEADINGS[3..], ["preflight", "why"]);
/// assert_eq!(rows[0].cells()[3..], ["not-needed", "acao-missing: no-cors-headers"]);
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// A smaller number is worse.
    rank: u8,
    /// The file, if there are several.
    file: Option<String>,
    /// The number of its entry or line.
    pub number: u64,
    verdict: String,
    request: String,
    preflight: &'static str,
    reason: String,
}

/// Longest URL that is shown, in characters.
const URL_MAX: usize = 80;

impl Row {
    /// What the cells are. The first is the number of an entry or of a line.
    pub const HEADINGS: [&str; 5] = ["line", "verdict", "request", "preflight", "why"];

    fn of(number: u64, diagnosis: &Diagnosis<'_>, deliveries: &Deliveries) -> Self {
        let verdicts = Profile::ALL.map(|profile| diagnosis.judgements.get(profile).verdict);
        let any = |verdict: Verdict| verdicts.contains(&verdict);
        let all = verdicts.iter().all(|verdict| Some(verdict) == verdicts.first());
        let rank = match () {
            () if any(Verdict::Blocked) && all => 0,
            () if any(Verdict::Blocked) => 1,
            () if any(Verdict::Throws) => 2,
            () if any(Verdict::Incomplete) => 3,
            () if any(Verdict::Opaque) => 5,
            () => 6,
        };
        let (first, code) = deliveries.first_reported().unzip();
        // Where CORS passes, the request may still not leave the browser.
        let rank = match first {
            Some(DeliveryVerdict::Refused) if rank > 3 => 2,
            Some(_) if rank > 3 => 4,
            _ => rank,
        };
        let verdict = match rank {
            0 => "blocked".to_owned(),
            1 => {
                let blocked = |profile: &Profile| diagnosis.judgements.get(*profile).verdict == Verdict::Blocked;
                format!("blocked {}", in_browsers(&Profile::ALL.into_iter().filter(blocked).collect::<Vec<_>>()))
            }
            2 if any(Verdict::Throws) => "exception".to_owned(),
            2 => "not sent".to_owned(),
            4 if first == Some(DeliveryVerdict::Ask) => "allowed, if the user agrees".to_owned(),
            4 => "allowed, if it is sent".to_owned(),
            3 => "incomplete".to_owned(),
            5 => "opaque".to_owned(),
            _ => "allowed".to_owned(),
        };
        let request = diagnosis.sent.first().map_or_else(String::new, |sent| {
            let url = Escaped(sent.step.url()).to_string();
            let shown: String = url.chars().take(URL_MAX).collect();
            let more = if shown.len() < url.len() { "..." } else { "" };
            format!("{} {shown}{more}", Escaped(sent.step.method()))
        });
        Self {
            rank,
            file: None,
            number,
            verdict,
            request,
            preflight: preflight_word(diagnosis),
            reason: match (diagnosis.chief(), code) {
                (Some(chief), None) => format!("{}: {}", chief.blocked.code(), diagnosis.cause().unwrap_or_default()),
                (Some(chief), Some(code)) => {
                    format!("{}: {}; {code}", chief.blocked.code(), diagnosis.cause().unwrap_or_default())
                }
                (None, code) => code.map_or("", DeliveryCode::as_str).to_owned(),
            },
        }
    }

    /// What stopped the request, and is not CORS, is the reason of all.
    fn stopped_by(self, stopped: Option<&Neighbour>) -> Self {
        let Some(stopped) = stopped else { return self };
        let (rank, verdict) = if stopped.is_decided() { (0, "stopped, not by CORS") } else { (3, "no response") };
        Self { rank, verdict: verdict.to_owned(), reason: stopped.code.to_owned(), preflight: "", ..self }
    }

    /// Names the file that it came from.
    fn of_file(self, file: Option<&str>) -> Self {
        Self { file: file.map(str::to_owned), ..self }
    }

    /// Its cells, in the order of [`Row::HEADINGS`].
    #[must_use]
    pub fn cells(&self) -> [String; 5] {
        let preflight = self.preflight.to_owned();
        [self.place(), self.verdict.clone(), self.request.clone(), preflight, self.reason.clone()]
    }

    fn place(&self) -> String {
        self.file.as_ref().map_or_else(|| self.number.to_string(), |file| format!("{file}: {}", self.number))
    }
}

/// A row for each exchange, the worst first, and the worst CORS verdict of all. `deliver` says whether an exchange leaves the browser.
///
/// ```
/// use corsac::browser::Verdict;
/// use corsac_diagnose::capture::Captures;
/// use corsac_diagnose::{Deliveries, UrlCrate, number, ready, rows, script_request};
///
/// let mut found = vec![];
/// let mut captures = Captures::default();
/// captures.read("curl.txt", "HTTP/1.1 200 OK\n\n".as_bytes(), &mut |exchange| found.push(exchange))?;
/// let mut notes = captures.finish(&mut |exchange| found.push(exchange));
/// let options = script_request(Some(b"https://app.example"), None, &[], false)?;
/// let ready = ready(found, &options, Some("https://api.example/x"), &UrlCrate, &mut notes);
/// assert_eq!(number(&ready[0]), 1);
/// let (rows, worst) = rows(&ready, &Deliveries::of);
/// assert_eq!(worst, Some(Verdict::Blocked));
/// assert_eq!(rows[0].cells()[1..3], ["blocked", "GET https://api.example/x"]);
/// # Ok::<(), String>(())
/// ```
#[must_use]
#[inline(never)] // Inlined, it would be compiled for speed in the Python package.
pub fn rows(ready: &[CapturedExchange], deliver: &dyn Fn(&Exchange) -> Deliveries) -> (Vec<Row>, Option<Verdict>) {
    let several =
        ready.iter().any(|captured| ready.first().is_some_and(|first| first.place.file != captured.place.file));
    let mut worst = None;
    let mut rows = Vec::with_capacity(ready.len());
    for captured in ready {
        with(&captured.exchange, Credentials::SameOrigin, |exchange| {
            let diagnosis = Diagnosis::of(exchange);
            let stopped = captured.stopped.as_ref();
            worst = worse(
                worst,
                match stopped {
                    Some(stopped) if stopped.is_decided() => Verdict::Blocked,
                    Some(_) => Verdict::Incomplete,
                    None => worst_of(&diagnosis),
                },
            );
            rows.push(
                Row::of(number(captured), &diagnosis, &deliver(&captured.exchange))
                    .stopped_by(stopped)
                    .of_file(several.then(|| &*captured.place.file)),
            );
        });
    }
    rows.sort();
    (rows, worst)
}

/// The number of the entry in a HAR, or of the line in a text.
///
/// ```
/// use corsac_diagnose::capture::Captures;
/// use corsac_diagnose::number;
/// let mut found = vec![];
/// let mut captures = Captures::default();
/// captures.read("curl.txt", "\nHTTP/1.1 200 OK\n\n".as_bytes(), &mut |exchange| found.push(exchange))?;
/// captures.finish(&mut |exchange| found.push(exchange));
/// assert_eq!(number(&found[0]), 2);
/// # Ok::<(), String>(())
/// ```
#[must_use]
pub fn number(captured: &CapturedExchange) -> u64 {
    match captured.place.at {
        At::Entry(number) | At::Line(number) => number,
        At::File => 0,
    }
}
