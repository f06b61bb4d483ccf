//! `corsac diff`: where two policies or configurations differ for browsers, each with a request that shows it.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};
use corsac_diagnose::json_text::write_text;
use corsac_diagnose::printable;

use super::annotation::{Level, annotation};
use super::check::{write_ask, written};
use super::file::Found;
use super::{Outcome, Ran};
use crate::{Ask, Change, Difference, Side, diff};

/// A configuration as one side of a comparison.
///
/// # Errors
/// A sentence: the product refuses the configuration, so that there is no response.
///
/// ```
/// use corsac_dialects::commands::{Chosen, Given, side_of};
/// let text = "plugins: [{name: cors, config: {origins: ['https://a.example']}}]";
/// let found = Given { name: "kong.yaml", text, chosen: Chosen::default() }.only_one()?;
/// assert!(side_of(&found).is_ok());
/// # Ok::<(), String>(())
/// ```
pub fn side_of(found: &Found) -> Result<Side<'_>, String> {
    let (_, configuration) = found;
    configuration.refused().map_or_else(|| Ok(Side::configuration(&**configuration)), Err)
}

/// How many rows are shown to people.
const ROWS: usize = 40;

/// How differences are written.
///
/// ```
/// use corsac::PolicySet;
/// use corsac_dialects::Side;
/// use corsac_dialects::commands::{Comparison, DiffFormat};
/// let policies = PolicySet::from_toml("allow_origins = ['https://a.example']", |_| ()).expect("it compiles");
/// let side = Side::policy(&policies, b"/");
/// let out = |format| Comparison { names: ["old.toml", "new.toml"], format, width: None }.of(&side, &side).out;
/// assert_eq!(out(DiffFormat::Text), "no difference for browsers\n");
/// assert_eq!(out(DiffFormat::Json), "{\"differences\":[]}\n");
/// assert_eq!(out(DiffFormat::Github), "");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DiffFormat {
    /// For people: a table.
    Text,
    /// For machines.
    Json,
    /// Annotations for a review on GitHub.
    Github,
}

/// How a comparison is written.
///
/// ```
/// use corsac::PolicySet;
/// use corsac_dialects::Side;
/// use corsac_dialects::commands::{Comparison, DiffFormat, Outcome};
/// let policies = |text: &str| PolicySet::from_toml(text, |_| ()).expect("it compiles");
/// let (old, new) = (policies("allow_origins = ['https://a.example']"), policies("allow_origins = ['*']"));
/// let comparison = Comparison { names: ["old.toml", "new.toml"], format: DiffFormat::Text, width: None };
/// let ran = comparison.of(&Side::policy(&old, b"/"), &Side::policy(&new, b"/"));
/// assert_eq!(ran.outcome, Outcome::Problem);
/// assert!(ran.out.contains("opens"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'c> {
    /// The names of both, as messages show them.
    pub names: [&'c str; 2],
    /// The form.
    pub format: DiffFormat,
    /// The columns of the terminal. `None`: no row is broken.
    pub width: Option<u16>,
}

impl Comparison<'_> {
    /// Compares what there is now with what there would be.
    #[must_use]
    pub fn of(&self, before: &Side<'_>, after: &Side<'_>) -> Ran {
        let differences = diff(before, after);
        let out = match self.format {
            DiffFormat::Text => self.table(&differences),
            DiffFormat::Json => written(|out| write_json(out, &differences)),
            DiffFormat::Github => self.annotations(&differences),
        };
        let outcome = match (differences.iter().any(|one| !one.is_uncertain), differences.is_empty()) {
            (true, _) => Outcome::Problem,
            (false, true) => Outcome::Fine,
            (false, false) => Outcome::Unknown,
        };
        Ran::said(out, outcome)
    }

    fn table(&self, differences: &[Difference]) -> String {
        if differences.is_empty() {
            return "no difference for browsers\n".to_owned();
        }
        let [before, after] = self.names;
        let mut table = Table::new();
        table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
        if let Some(width) = self.width {
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        }
        table.set_header(["change", "request", before, after]);
        for difference in differences.iter().take(ROWS) {
            let change = format!("{}{}", difference.change, certainty(difference));
            table.add_row([change, request(&difference.ask), difference.before.clone(), difference.after.clone()]);
        }
        let mut text = format!("{table}\n");
        if differences.len() > ROWS {
            text.push_str(&format!("... and {} more: --format json shows all\n", differences.len() - ROWS));
        }
        text
    }

    /// Annotations of a review on GitHub.
    fn annotations(&self, differences: &[Difference]) -> String {
        let [_, file] = self.names;
        let mut text = String::new();
        for difference in differences {
            let is_wider = difference.change <= Change::Opens;
            let level = if is_wider { Level::Error } else { Level::Warning };
            let Difference { change, ask, before, after, .. } = difference;
            let message = format!("{}: {before}, then {after}{}", request(ask), certainty(difference));
            text.push_str(&annotation(level, Some(file), &format!("corsac diff: {change}"), &message));
        }
        text
    }
}

/// "GET with x-a, with cookies, from https://a.example".
fn request(Ask { origin, method, headers, credentials }: &Ask) -> String {
    let with = if headers.is_empty() { String::new() } else { format!(" with {}", headers.join(", ")) };
    let cookies = if *credentials { ", with cookies" } else { "" };
    printable(&format!("{method}{with}{cookies}, from {origin}")).into_owned()
}

fn certainty(difference: &Difference) -> &'static str {
    if difference.is_uncertain { " (not known for certain)" } else { "" }
}

fn write_json(out: &mut impl Write, differences: &[Difference]) -> io::Result<()> {
    out.write_all(b"{\"differences\":[")?;
    for (at, Difference { change, ask, before, after, is_uncertain }) in differences.iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        write!(out, "{{\"change\":\"{change}\",\"request\":")?;
        write_ask(out, ask)?;
        out.write_all(b"},\"before\":")?;
        write_text(out, before)?;
        out.write_all(b",\"after\":")?;
        write_text(out, after)?;
        write!(out, ",\"uncertain\":{is_uncertain}}}")?;
    }
    out.write_all(b"]}\n")
}
