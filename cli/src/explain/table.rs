//! A table of many exchanges, one row each, the worst first.

use comfy_table::{ContentArrangement, Table, presets};
use corsac::Escaped;
use corsac::browser::{DeliveryCode, DeliveryVerdict, Profile, Verdict};
use corsac_diagnose::{Deliveries, Diagnosis, Neighbour, in_browsers, preflight_word};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    /// A smaller number is worse.
    rank: u8,
    /// The file, if there are several.
    file: Option<String>,
    number: u64,
    verdict: String,
    request: String,
    preflight: &'static str,
    reason: String,
}

/// Longest URL that is shown, in characters.
const URL_MAX: usize = 80;

impl Row {
    pub(crate) fn of(number: u64, diagnosis: &Diagnosis<'_>, deliveries: &Deliveries) -> Self {
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
        let (first, code) = deliveries.first_told().unzip();
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
    pub(crate) fn stopped_by(self, stopped: Option<&Neighbour>) -> Self {
        let Some(stopped) = stopped else { return self };
        let (rank, verdict) = if stopped.is_decided() { (0, "stopped, not by CORS") } else { (3, "no response") };
        Self { rank, verdict: verdict.to_owned(), reason: stopped.code.to_owned(), preflight: "", ..self }
    }

    /// Names the file that it came from.
    pub(crate) fn of_file(self, file: Option<&str>) -> Self {
        Self { file: file.map(str::to_owned), ..self }
    }

    fn place(&self) -> String {
        self.file.as_ref().map_or_else(|| self.number.to_string(), |file| format!("{file}: {}", self.number))
    }
}

/// Draws the table, the worst row first, and returns that row's number.
pub(crate) fn draw(mut rows: Vec<Row>, numbers: &str) -> (String, Option<u64>) {
    rows.sort();
    let worst = rows.first().map(|row| row.number);
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header([numbers, "verdict", "request", "preflight", "why"]);
    for row in rows {
        table.add_row([row.place(), row.verdict, row.request, row.preflight.to_owned(), row.reason]);
    }
    (format!("{table}\n"), worst)
}
