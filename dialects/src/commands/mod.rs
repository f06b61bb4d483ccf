//! The commands about other products' configurations, whatever program runs them: text in, what is printed out.
//!
//! A program reads files and arguments, calls these, and writes what they return. So `corsac` in Rust and `npx corsac` print the same bytes.
//!
//! ```
//! use corsac_dialects::commands::{Chosen, Format, Given, Outcome, check};
//!
//! let text = "plugins: [{name: cors, config: {origins: ['https://a.example']}}]";
//! let given = Given { name: "kong.yaml", text, chosen: Chosen { from: Some("kong"), ..Chosen::default() } };
//! let checked = check(&given, b"kong.yaml", Format::Text)?.unwrap();
//! assert_eq!(checked.outcome, Outcome::Fine);
//! assert!(checked.out.ends_with("kong.yaml: kong plugins[0]: 1 warning\n"), "{}", checked.out);
//! # Ok::<(), String>(())
//! ```

mod annotation;
mod check;
mod comparison;
mod drawing;
mod excerpt;
mod export;
mod file;
mod import;
mod simulator;

pub use annotation::{Level, annotation};
pub use check::check;
pub use comparison::{Comparison, DiffFormat, side_of};
pub use drawing::{Drawn, SHOWN, counted, draw_one};
pub use export::export;
pub use file::{Chosen, Found, Given, named, text_of};
pub use import::{import, import_refused};
pub use simulator::{Simulator, write_sent};

/// How the findings of a check are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// What a command found out. The number is the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Nothing is wrong.
    Fine = 0,
    /// Errors, differences, or nothing that can be written.
    Problem = 1,
    /// All differences rest on uncertain facts about a product.
    Unknown = 2,
}

/// What a command prints, and how it ends.
///
/// ```
/// use corsac_dialects::commands::{Chosen, Given, Outcome, Ran, import};
/// let text = "plugins: [{name: cors, config: {origins: ['https://a.example']}}]";
/// let ran: Ran = import(&Given { name: "kong.yaml", text, chosen: Chosen::default() })?;
/// assert_eq!((ran.outcome, ran.err.as_str()), (Outcome::Fine, ""));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ran {
    /// What goes to standard output, or to the file that was asked for.
    pub out: String,
    /// What goes to standard error.
    pub err: String,
    /// How it ends.
    pub outcome: Outcome,
}

impl Ran {
    fn said(out: String, outcome: Outcome) -> Self {
        Self { out, err: String::new(), outcome }
    }

    fn refused(err: String) -> Self {
        Self { out: String::new(), err, outcome: Outcome::Problem }
    }
}
