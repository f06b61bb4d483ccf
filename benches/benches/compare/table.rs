//! Writes the results as Markdown.

use std::fmt::Write as _;

use corsac_benches::Case;

use crate::goal::Goal;
use crate::machine;
use crate::measured::{Build, Cell};
use crate::name::Name;
use crate::round::quantile;

/// Everything that a run has measured.
pub(crate) struct Results {
    pub(crate) command: &'static str,
    pub(crate) cells: Vec<Cell>,
    pub(crate) builds: Vec<Build>,
    pub(crate) goals: Vec<Goal>,
}

impl Results {
    pub(crate) fn median(&self, case: Case, count: usize, name: Name) -> Option<f64> {
        let is_it = |cell: &&Cell| cell.case == case && cell.count == count && cell.name == name;
        self.cells.iter().find(is_it).map(|cell| cell.samples.median())
    }

    fn counts(&self) -> Vec<usize> {
        self.builds.iter().map(|build| build.count).collect()
    }

    pub(crate) fn markdown(&self) -> String {
        let mut text = String::new();
        // Writing to a string never fails.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        let peers = ["tower-http", "actix-cors", "actix-web"].map(machine::version).join(", ");
        let spread = |part| quantile(self.cells.iter().map(|cell| cell.samples.spread()).collect(), part) * 50.0;
        writeln!(text, "# Measured\n")?;
        writeln!(text, "`{}`, {}, {}, {}; {peers}.", self.command, machine::cpu(), machine::date(), machine::rustc())?;
        writeln!(
            text,
            "Medians over interleaved rounds, in time of the thread. Half of the samples lie within ±{:.0} % of the median in the middle cell, \
             within ±{:.0} % in nine of ten.\n",
            spread(0.5),
            spread(0.9)
        )?;
        self.write_goals(text)?;
        self.write_cells(text)?;
        self.write_builds(text)
    }

    fn write_goals(&self, text: &mut String) -> std::fmt::Result {
        if self.goals.is_empty() {
            return Ok(());
        }
        writeln!(text, "## Goals\n\n| goal | at most | is | | |\n|---|--:|--:|---|---|")?;
        for goal in &self.goals {
            let Goal { claim, value, bound, detail } = goal;
            let result = if goal.is_met() { "pass" } else { "**fail**" };
            writeln!(text, "| {claim} | {} | {} | {result} | {detail} |", number(*bound), number(*value))?;
        }
        writeln!(text)
    }

    fn write_cells(&self, text: &mut String) -> std::fmt::Result {
        writeln!(text, "## A decision\n\n{LEGEND}\n")?;
        let heads: Vec<&str> = Name::ALL.iter().map(|name| name.text()).collect();
        writeln!(text, "| request | origins | {} |", heads.join(" | "))?;
        writeln!(text, "|---|--:|{}", "--:|".repeat(heads.len()))?;
        for case in Case::GRID {
            for count in self.counts() {
                let cells = Name::ALL.map(|name| self.median(case, count, name).map_or(String::new(), time));
                if cells.iter().any(|cell| !cell.is_empty()) {
                    writeln!(text, "| {} | {} | {} |", case.name(), grouped(count), cells.join(" | "))?;
                }
            }
        }
        writeln!(text)
    }

    fn write_builds(&self, text: &mut String) -> std::fmt::Result {
        writeln!(
            text,
            "## A policy\n\nFrom a list of origins that is already in memory to a policy that is ready for requests.\n"
        )?;
        let names = Name::ALL.into_iter().filter(|name| name.has_policy());
        let heads: Vec<&str> = names.clone().map(Name::text).collect();
        writeln!(text, "| origins | {} | strings | image | bytes an origin |", heads.join(" | "))?;
        writeln!(text, "|--:|{}--:|--:|--:|", "--:|".repeat(heads.len()))?;
        for build in &self.builds {
            let of = |name| build.times.iter().find(|(built, _)| *built == name).map_or(String::new(), |it| time(it.1));
            let times: Vec<String> = names.clone().map(of).collect();
            writeln!(
                text,
                "| {} | {} | {} B | {} B | {:.1} of {:.1} |",
                grouped(build.count),
                times.join(" | "),
                grouped(build.strings),
                grouped(build.image),
                build.image as f64 / build.count as f64,
                build.strings as f64 / build.count as f64,
            )?;
        }
        Ok(())
    }
}

const LEGEND: &str = "\
`by hand` is a `HashSet<String>` and `format!`; `HashSet::contains` is only the look-up in such a set. A column that begins with `+` contains the \
service of its framework. The service alone is in the column to the left of it. A cell is empty if the system has no such feature: tower-http's list, \
actix-cors' set and the version by hand have no wildcards. tower-http checks neither method nor names: it sends its lists, and the browser checks. It \
searches its list from the front, and the listed origin is in the middle. A slow cell has fewer calls and rounds, but none is left out. The numbers of \
one request were measured together; between two requests the machine may have changed. With random origins, each request is made anew, and for actix \
the time contains dropping it.";

/// A number with three digits.
fn number(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.3}"),
    }
}

/// Nanoseconds as a number with three digits and a unit.
pub(crate) fn time(ns: f64) -> String {
    let (value, unit) = match ns {
        ns if ns < 1e3 => (ns, "ns"),
        ns if ns < 1e6 => (ns / 1e3, "µs"),
        ns if ns < 1e9 => (ns / 1e6, "ms"),
        ns => (ns / 1e9, "s"),
    };
    let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.digits$} {unit}")
}

/// A number with its digits in groups of three.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let parts: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|part| str::from_utf8(part).expect("digits are ASCII")).collect();
    parts.join(" ")
}
