//! Reports as people paste them, one file each in `reports/`: what is expected, `---`, and the paste. Each is read again as forums, trackers
//! and terminals change it, and whatever the advice is, it is never unsafe.

mod advice;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use advice::assert_safe;
use corsac::browser::Credentials;
use corsac_diagnose::capture::Captures;
use corsac_diagnose::codes::{Kind, codes, entries};
use corsac_diagnose::console::{Known, Reading, explain, read};
use corsac_diagnose::exchange::ScriptRequest;
use corsac_diagnose::{Deliveries, Shown, Stack, UrlCrate, ready, show_each, without_styles};

struct Report {
    name: String,
    /// `codes`, `causes`, `says`, `silent` and their values.
    expected: Vec<(String, String)>,
    pasted: String,
}

impl Report {
    fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports");
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        files
            .into_iter()
            .filter(|file| file.extension().is_some_and(|end| end == "txt"))
            .map(|file| Self::of(&file))
            .collect()
    }

    /// Those that are not captures.
    fn pasted() -> Vec<Self> {
        Self::all().into_iter().filter(|report| report.expects("capture").next().is_none()).collect()
    }

    fn of(file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap();
        let (head, pasted) = text.split_once("---\n").unwrap();
        let fact = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            name: file.file_stem().unwrap().to_string_lossy().into_owned(),
            expected: head.lines().map(|line| fact(line).unwrap_or_else(|| panic!("{file:?}: {line}"))).collect(),
            pasted: pasted.to_owned(),
        }
    }

    fn expects<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.expected.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What is printed for a capture (`capture: yes`) and the origin of its page.
    fn captured(&self) -> Option<String> {
        self.expects("capture").next()?;
        let bytes = |name| self.expects(name).next().map(|value| value.as_bytes().to_vec());
        let credentials = self.expects("credentials").any(|value| value == "include").then_some(Credentials::Include);
        let options =
            ScriptRequest { credentials, origin: bytes("origin"), method: bytes("method"), ..ScriptRequest::default() };
        let (mut captures, mut exchanges) = (Captures::default(), Vec::new());
        let refused = captures.read(&self.name, self.pasted.as_bytes(), &mut |one| exchanges.push(one)).err();
        let mut notes = captures.finish(&mut |one| exchanges.push(one));
        let exchanges = ready(exchanges, &options, self.expects("url").next(), &UrlCrate, &mut notes);
        let notes = notes.iter().map(|note| note.message.as_str()).collect::<Vec<_>>().join("\n");
        Some(format!(
            "{}{notes}\n{}",
            show_each(&exchanges, Shown::default(), &Deliveries::of).0,
            refused.unwrap_or_default()
        ))
    }

    /// What is wrong with the advice.
    fn problems(&self) -> Vec<String> {
        if let Some(shown) = self.captured() {
            let plain = without_styles(&shown);
            assert_safe(&self.name, &plain);
            let mut problems: Vec<String> = self
                .expects("says")
                .filter(|words| !plain.contains(words))
                .map(|words| format!("does not say {words:?}"))
                .collect();
            problems.extend(
                self.expects("silent").filter(|words| plain.contains(words)).map(|words| format!("says {words:?}")),
            );
            problems.extend((!problems.is_empty()).then_some(plain));
            return problems;
        }
        let readings = read(&self.pasted, Known::default());
        let shown = explain(&self.pasted, Known::default()).map_or_else(|error| error, |explained| explained.text);
        let mut problems = Vec::new();
        let list = |of: fn(&Reading) -> Option<&'static str>| {
            readings.iter().map(|reading| of(reading).unwrap_or("none")).collect::<Vec<_>>().join(", ")
        };
        for (name, found) in [("code", list(|reading| reading.code)), ("cause", list(|reading| reading.cause))] {
            problems.extend(
                self.expects(name)
                    .filter(|wanted| *wanted != found)
                    .map(|wanted| format!("{name}: {found}, not {wanted}")),
            );
        }
        let plain = without_styles(&shown);
        problems.extend(
            self.expects("says").filter(|words| !plain.contains(words)).map(|words| format!("does not say {words:?}")),
        );
        problems.extend(
            self.expects("silent").filter(|words| plain.contains(words)).map(|words| format!("says {words:?}")),
        );
        if !problems.is_empty() {
            problems.push(plain);
        }
        problems
    }
}

#[test]
fn every_report_gets_its_cause_and_its_advice() {
    let reports = Report::all();
    let failed: Vec<String> = reports
        .iter()
        .filter_map(|report| {
            let problems = report.problems();
            (!problems.is_empty()).then(|| format!("{}: {}", report.name, problems.join("\n  ")))
        })
        .collect();
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), reports.len(), failed.join("\n"));
}

/// What is wrong with the files themselves: each expects something and names its source.
fn disorder(reports: &[Report]) -> Vec<String> {
    let expects =
        |report: &&Report| ["code", "cause", "says", "silent"].iter().any(|name| report.expects(name).next().is_some());
    let mut wrong: Vec<String> = reports
        .iter()
        .filter(|report| !expects(report))
        .map(|report| format!("{} expects nothing", report.name))
        .collect();
    let without = reports.iter().filter(|report| report.expects("source").all(|source| source.trim().is_empty()));
    wrong.extend(without.map(|report| format!("{} has no source: write `source: `, see README.md", report.name)));
    if reports.len() < 550 {
        wrong.push(format!("only {} reports", reports.len()));
    }
    wrong
}

#[test]
fn every_report_expects_something_and_has_a_source() {
    let mut reports = Report::all();
    assert!(disorder(&reports).is_empty(), "{:?}", disorder(&reports));
    // Seen to fail: without expectations, without a source, and with too few.
    let empty = || Report { name: "empty".to_owned(), expected: Vec::new(), pasted: "x".to_owned() };
    reports.push(empty());
    assert_eq!(disorder(&reports).len(), 2, "{:?}", disorder(&reports));
    assert_eq!(disorder(&[empty()]).len(), 3);
}

type Change = fn(&str) -> String;

/// What a forum, a tracker, a terminal or a word processor makes of a paste.
const CHANGES: [(&str, Change); 8] = [
    ("one line", |text| text.replace('\n', " ")),
    ("quoted", |text| text.lines().map(|line| format!("> {line}\n")).collect()),
    ("entities", |text| text.replace('&', "&amp;").replace('\'', "&#39;").replace('"', "&quot;").replace('<', "&lt;")),
    ("double quotes", |text| text.replace(['\'', '‘', '’'], "\"")),
    ("curly quotes", |text| text.replace('\'', "’")),
    ("wrapped", |text| text.replace(' ', "\n    ")),
    ("fenced", |text| format!("I get this:\n```\n{text}\n```\nWhat can I do?")),
    ("timestamps", |text| text.lines().map(|line| format!("[12:03:44.123] app.js:17:9 {line}\n")).collect()),
];

#[test]
fn what_copying_does_to_a_report_changes_nothing() {
    let mut failed = Vec::new();
    for report in Report::pasted() {
        let facts = |text: &str| {
            let of = |reading: Reading| (reading.code, reading.cause);
            read(text, Known::default()).into_iter().map(of).collect::<Vec<_>>()
        };
        let wanted = facts(&report.pasted);
        let excused: Vec<&str> = report.expects("unless").collect();
        for (name, change) in CHANGES.iter().filter(|(name, _)| !excused.contains(name)) {
            let found = facts(&change(&report.pasted));
            if found != wanted {
                failed.push(format!("{}, {name}: {found:?}, not {wanted:?}", report.name));
            }
        }
    }
    assert!(failed.is_empty(), "{}:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn no_advice_is_unsafe() {
    // Each report with some of the stacks, so that all have their turns.
    let mut turns = Stack::ALL.chunks(3).cycle();
    for report in Report::pasted() {
        for origin in [None, Some("null"), Some("https://app.example.com/path/"), Some("file:///x")] {
            let several = turns.next().unwrap_or_default();
            for stacks in several.chunks(1).chain([&[][..], several]) {
                let known = Known { origin, stacks, ..Known::default() };
                if let Ok(explained) = explain(&report.pasted, known) {
                    assert_safe(&report.name, &without_styles(&explained.text));
                }
            }
        }
    }
}

#[test]
fn a_failure_that_is_pasted_twice_is_explained_once() {
    for report in Report::pasted() {
        let once = read(&report.pasted, Known::default()).len();
        assert_eq!(read(&format!("{0}\n{0}", report.pasted), Known::default()).len(), once, "{}", report.name);
    }
}

#[test]
fn every_neighbour_has_a_report() {
    let found: BTreeSet<&str> = Report::all()
        .iter()
        .flat_map(|report| read(&report.pasted, Known::default()))
        .filter_map(|reading| reading.cause)
        .collect();
    // Some are seen in captures alone.
    let shown: String = Report::all().iter().filter_map(Report::captured).collect();
    let is_neighbour = |code: &&str| entries(code).iter().any(|entry| entry.kind == Kind::Neighbour);
    let missing: Vec<_> = codes()
        .into_iter()
        .filter(is_neighbour)
        .filter(|code| !found.contains(code))
        .filter(|code| ![format!("{code}]"), format!("[{code},")].iter().any(|name| shown.contains(name)))
        .collect();
    assert!(missing.is_empty(), "without a report: {missing:?}");
}

#[test]
fn other_texts_are_not_messages() {
    for text in [
        "",
        "Origin stories are not allowed",
        "\u{1b}[31m\0",
        "I have a CORS problem",
        "https://a.example/x",
        "'''''''",
    ] {
        assert_eq!(read(text, Known::default()), [], "{text}");
        assert!(explain(text, Known::default()).is_err());
    }
}

#[test]
fn every_link_of_a_reading_leads_to_an_entry() {
    let page = include_str!("../../docs/errors.md");
    for report in Report::pasted() {
        for link in read(&report.pasted, Known::default()).iter().flat_map(|reading| &reading.see) {
            let anchor = link.strip_prefix("docs/errors.md#").unwrap();
            assert!(page.contains(&format!("### {anchor}\n")), "{}: {link}", report.name);
        }
    }
}
