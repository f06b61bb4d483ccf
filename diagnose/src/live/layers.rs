//! Where headers get lost: several URLs are layers of one service, from the edge to the application, and the same question was asked at each.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::checked::Checked;
use super::code::LiveSeverity;

const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();

/// A layer that changes what the layer behind it does right.
///
/// ```
/// use corsac_diagnose::live::Lost;
/// let urls = vec!["https://edge.example/".to_owned(), "http://app.internal/".to_owned()];
/// let lost = Lost {
///     code: "listed-origin-refused",
///     blocked_by: Some("acao-missing"),
///     layer: 0,
///     url: urls[0].clone(),
///     behind: Some(urls[1].clone()),
///     fine: vec![false, true],
///     urls,
/// };
/// let mut text = String::new();
/// lost.push(&mut text);
/// assert!(text.contains("the CORS headers get lost at https://edge.example/"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lost {
    /// The code of the finding at that layer.
    pub code: &'static str,
    /// Why a browser refuses there.
    pub blocked_by: Option<&'static str>,
    /// The number of the layer, from 0: the edge.
    pub layer: usize,
    /// Its URL.
    pub url: String,
    /// The URL of the layer behind it, where all is well. `None`: it is wrong in the application already.
    pub behind: Option<String>,
    /// For each layer, whether all is well there.
    pub fine: Vec<bool>,
    /// The URLs of all layers.
    pub urls: Vec<String>,
}

/// The layer at which each broken promise begins: the last one, seen from the browser, at which it is broken. `layers` are from the edge to
/// the application.
///
/// ```
/// use corsac_diagnose::live::{Checked, lost};
/// // One layer cannot lose what another one has.
/// assert_eq!(lost(&[Checked::default()]), []);
/// ```
#[must_use]
pub fn lost(layers: &[Checked]) -> Vec<Lost> {
    if layers.len() < 2 {
        return Vec::new();
    }
    let mut found: Vec<Lost> = Vec::new();
    let broken = |layer: &Checked, code: &str, subject: &str| {
        let mut same = layer.findings.iter().filter(|finding| finding.code == code);
        same.any(|finding| finding.subjects.iter().any(|known| known == subject))
    };
    let urls: Vec<String> = layers.iter().map(|layer| layer.url.clone()).collect();
    for (number, layer) in layers.iter().enumerate() {
        for finding in layer.findings.iter().filter(|finding| finding.severity == LiveSeverity::Broken) {
            let Some(subject) = finding.subjects.first() else { continue };
            let fine: Vec<bool> = layers.iter().map(|layer| !broken(layer, finding.code, subject)).collect();
            let begins = fine.iter().rposition(|is_fine| !is_fine).unwrap_or(number);
            let is_known = found.iter().any(|lost| lost.code == finding.code && lost.layer == begins);
            if !is_known && begins == number {
                found.push(Lost {
                    code: finding.code,
                    blocked_by: finding.blocked_by,
                    layer: begins,
                    url: layer.url.clone(),
                    behind: urls.get(begins + 1).cloned(),
                    fine,
                    urls: urls.clone(),
                });
            }
        }
    }
    found
}

impl Lost {
    /// A picture of the layers, and one sentence.
    pub fn push(&self, text: &mut String) {
        let _ = writeln!(text, "  browser");
        for (number, (url, is_fine)) in self.urls.iter().zip(&self.fine).enumerate() {
            let (sign, style) = if *is_fine { ("✓", GOOD) } else { ("✗", BAD) };
            let here = if number == self.layer { format!("   ← {}", self.code) } else { String::new() };
            let _ = writeln!(text, "    │\n  {style}{sign}{style:#} {url}{here}");
        }
        let what = match self.blocked_by {
            Some("acao-missing") => "the CORS headers get lost",
            Some("acao-multiple") => "a second Access-Control-Allow-Origin is added",
            Some("preflight-status" | "preflight-redirect") => "something else responds to the preflight",
            _ => "it goes wrong",
        };
        let _ = match &self.behind {
            Some(behind) => writeln!(
                text,
                "  {BAD}Layer:{BAD:#} {what} at {}. Behind it, {behind} is right: change the configuration of the layer in front. [{}]",
                self.url, self.code
            ),
            None => writeln!(
                text,
                "  {BAD}Layer:{BAD:#} {what} at {} already, the layer nearest to the application. [{}]",
                self.url, self.code
            ),
        };
    }
}
