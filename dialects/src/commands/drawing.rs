//! One finding for people: place, line and mark, drawn as rustc draws them.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use corsac_diagnose::{printable, without_styles};

use super::excerpt::excerpt;

/// How many findings are shown to people. Further ones are counted. Machines get all of them.
///
/// ```
/// use corsac_dialects::commands::{SHOWN, counted};
/// let errors = 140;
/// assert_eq!(format!("{}: the first {SHOWN} are shown", counted(errors, 0)), "140 errors: the first 100 are shown");
/// ```
pub const SHOWN: usize = 100;

/// "2 errors, 1 warning".
///
/// ```
/// use corsac_dialects::commands::counted;
/// assert_eq!([counted(0, 0), counted(2, 1)], ["no findings", "2 errors, 1 warning"]);
/// ```
#[must_use]
pub fn counted(errors: usize, warnings: usize) -> String {
    let some = |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    match (errors, warnings) {
        (0, 0) => "no findings".to_owned(),
        (0, warnings) => some(warnings, "warning"),
        (errors, 0) => some(errors, "error"),
        (errors, warnings) => format!("{}, {}", some(errors, "error"), some(warnings, "warning")),
    }
}

/// What is drawn of a finding.
///
/// ```
/// use corsac_dialects::commands::{Drawn, draw_one};
/// let drawn = Drawn {
///     name: "cors.toml",
///     source: "max_age = -1\n",
///     is_error: true,
///     code: "out-of-range",
///     message: "max_age must not be negative",
///     place: Some((&(10..12), 1, 11)),
///     notes: vec![],
///     help: Some("write 0"),
/// };
/// let text = corsac_diagnose::without_styles(&draw_one(&drawn));
/// assert!(text.starts_with("error[out-of-range]: max_age must not be negative"));
/// assert!(text.contains("cors.toml:1:11") && text.contains("write 0"));
/// ```
#[derive(Clone, Debug)]
pub struct Drawn<'d> {
    /// The name of the file.
    pub name: &'d str,
    /// The text of the file.
    pub source: &'d str,
    /// Error or warning.
    pub is_error: bool,
    /// The stable name of the finding.
    pub code: &'d str,
    /// What is wrong.
    pub message: &'d str,
    /// The bytes, the line and the column.
    pub place: Option<(&'d Range<usize>, usize, usize)>,
    /// What else there is to know.
    pub notes: Vec<String>,
    /// What to write instead.
    pub help: Option<&'d str>,
}

/// Draws one finding, with styles: its title, its place with the line that it is in, its notes and its help.
///
/// ```
/// use corsac_dialects::commands::{Drawn, draw_one};
/// let drawn = Drawn {
///     name: "cors.toml",
///     source: "",
///     is_error: false,
///     code: "get-not-listed",
///     message: "GET is not listed",
///     place: None,
///     notes: vec!["in the policy as a whole".to_owned()],
///     help: None,
/// };
/// let text = corsac_diagnose::without_styles(&draw_one(&drawn));
/// assert!(text.contains("--> cors.toml") && text.contains("note: in the policy as a whole"));
/// ```
#[must_use]
pub fn draw_one(drawn: &Drawn<'_>) -> String {
    let level = if drawn.is_error { Level::ERROR } else { Level::WARNING };
    let title = level.primary_title(printable(drawn.message)).id(drawn.code);
    let mut group = match drawn.place {
        Some((span, at, column)) => {
            let (line, mark) = excerpt(drawn.source, span);
            Group::with_title(title)
                .element(Origin::path(drawn.name).line(at).char_column(column))
                .element(Snippet::source(line).line_start(at).annotation(AnnotationKind::Primary.span(mark)))
        }
        None => Group::with_title(title).element(Origin::path(drawn.name)),
    };
    for note in &drawn.notes {
        group = group.element(Level::NOTE.message(printable(note).into_owned()));
    }
    if let Some(help) = drawn.help {
        group = group.element(Level::HELP.message(printable(help).into_owned()));
    }
    // The renderer adds a mark to a snippet without a path, as if it were from another file.
    let rendered = Renderer::styled().render(&[group]);
    let lines = rendered.lines().filter(|line| without_styles(line).trim() != ":::");
    lines.collect::<Vec<_>>().join("\n")
}
