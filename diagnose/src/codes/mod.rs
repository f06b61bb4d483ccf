//! What each code means, why, and how to fix it: the entries of the Markdown files in this folder. `README.md` has their form.

mod markdown;
mod shown;
#[cfg(test)]
mod tests;

use markdown::{Section, section_of, sections};
pub use shown::{as_json, as_values, drawn};

/// What a code is about.
///
/// ```
/// use corsac_diagnose::codes::{Kind, entries};
/// assert_eq!(entries("trailing-slash").iter().map(|entry| entry.kind.as_str()).collect::<Vec<_>>(), ["cause", "finding"]);
/// assert!(Kind::ALL.contains(&Kind::Blocked));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What is wrong in a policy.
    Finding,
    /// Why a policy denies a request.
    Denial,
    /// Why a browser blocks a request.
    Blocked,
    /// The likely mistake behind a blocked request.
    Cause,
    /// Why a request does not leave the browser, or may not.
    Delivery,
    /// What people call a CORS error, and is not.
    Neighbour,
    /// What a live check of a server finds.
    Live,
    /// What is wrong in another product's configuration. Its entries are in `corsac-dialects`, which reads them with [`entries_of`].
    Dialect,
}

impl Kind {
    /// Every kind whose entries are here, in the order in which they are shown.
    pub const ALL: [Self; 7] =
        [Self::Blocked, Self::Cause, Self::Live, Self::Delivery, Self::Neighbour, Self::Finding, Self::Denial];

    const fn text(self) -> &'static str {
        match self {
            Self::Finding => include_str!("findings.md"),
            Self::Denial => include_str!("denials.md"),
            Self::Blocked => include_str!("blocked.md"),
            Self::Cause => include_str!("causes.md"),
            Self::Delivery => DELIVERY,
            Self::Neighbour => NEIGHBOURS,
            Self::Live => LIVE,
            Self::Dialect => "",
        }
    }

    /// One word, for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Finding => "finding",
            Self::Denial => "denial",
            Self::Blocked => "blocked",
            Self::Cause => "cause",
            Self::Delivery => "delivery",
            Self::Neighbour => "neighbour",
            Self::Live => "live",
            Self::Dialect => "dialect",
        }
    }
}

/// The explanation of one code. Its texts are Markdown.
///
/// ```
/// use corsac_diagnose::codes::{Entry, Kind, entries};
/// let [entry]: [Entry; 1] = entries("acao-missing").try_into().expect("one entry");
/// assert_eq!((entry.kind, entry.code), (Kind::Blocked, "acao-missing"));
/// assert!(entry.means.contains("Access-Control-Allow-Origin") && !entry.fix.is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct Entry {
    /// What the code is about.
    pub kind: Kind,
    /// The code itself.
    pub code: &'static str,
    /// What it means.
    pub means: &'static str,
    /// Why that is a problem.
    pub why: Option<&'static str>,
    /// What to change.
    pub fix: &'static str,
    /// For a server, a framework, the script or the page: its name, and what to do there.
    pub fixes: Vec<(&'static str, &'static str)>,
    /// What would not help, or would be unsafe.
    pub avoid: Option<&'static str>,
    /// An example.
    pub example: Option<&'static str>,
}

/// A message of a browser's console.
#[derive(Clone, Debug)]
pub(crate) struct ConsoleText {
    /// The browser that writes it.
    pub(crate) browser: &'static str,
    /// As the browser writes it, with `…` where it fills something in.
    pub(crate) message: &'static str,
    /// The codes for which it can be written.
    pub(crate) codes: Vec<&'static str>,
    /// What it means.
    pub(crate) means: &'static str,
}

const DELIVERY: &str = include_str!("delivery.md");
const LIVE: &str = include_str!("live.md");
const NEIGHBOURS: &str = include_str!("neighbours.md");
const CONSOLE: &str = include_str!("console.md");
const STACKS: &str = include_str!("stacks.md");

/// Every entry that explains a code: several where the same code is, say, a finding and a cause.
///
/// ```
/// use corsac_diagnose::codes::entries;
/// assert!(entries("no-cors-headers")[0].fixes.iter().any(|(stack, _)| *stack == "nginx"));
/// assert!(entries("not-a-code").is_empty());
/// ```
#[must_use]
pub fn entries(code: &str) -> Vec<Entry> {
    Kind::ALL.into_iter().filter_map(|kind| Some(entry(kind, &section_of(kind.text(), code)?))).collect()
}

/// The entries of a file that another crate holds, in the form of those here.
///
/// ```
/// use corsac_diagnose::codes::{Kind, entries_of};
/// let text = "## two-slashes\n\nThe path has two slashes.\n\n### Fix\n\nWrite one.\n";
/// let entries = entries_of(Kind::Dialect, text);
/// assert_eq!((entries[0].code, entries[0].means, entries[0].fix), ("two-slashes", "The path has two slashes.", "Write one."));
/// ```
#[must_use]
pub fn entries_of(kind: Kind, text: &'static str) -> Vec<Entry> {
    sections(text).map(|section| entry(kind, &section)).collect()
}

/// What a code of `neighbours.md` or `delivery.md` means.
pub(crate) fn neighbour(code: &str) -> Option<Entry> {
    first_of([(Kind::Neighbour, NEIGHBOURS), (Kind::Delivery, DELIVERY)], code)
}

/// The entry of a code in the first of two texts that has it. It does not ask for the texts of other kinds, so a program that needs no
/// more than these has no others in it.
fn first_of(texts: [(Kind, &'static str); 2], code: &str) -> Option<Entry> {
    texts.into_iter().find_map(|(kind, text)| Some(entry(kind, &section_of(text, code)?)))
}

/// The code of `neighbours.md` for an error status that nothing else explains.
pub(crate) const fn of_status(status: u16) -> &'static str {
    match status {
        504 | 524 => "gateway-timeout",
        502 | 503 | 520..=523 | 525..=527 | 530 => "bad-gateway",
        429 => "rate-limited",
        413 => "too-large",
        500..=599 => "server-error",
        _ => "error-status",
    }
}

/// The fix for a code of a live check, on one line and without Markdown.
pub(crate) fn live_fix(code: &str) -> String {
    let fix = first_of([(Kind::Live, LIVE), (Kind::Neighbour, NEIGHBOURS)], code).map_or("", |entry| entry.fix);
    // Only the first paragraph: the whole entry is a command away.
    let first = fix.split("\n\n").next().unwrap_or_default();
    first.replace('\n', " ").replace('`', "")
}

/// All codes that have an entry, each once.
///
/// ```
/// let codes = corsac_diagnose::codes::codes();
/// assert!(codes.contains(&"acao-missing") && codes.is_sorted());
/// ```
#[must_use]
pub fn codes() -> Vec<&'static str> {
    let mut codes: Vec<_> = Kind::ALL.into_iter().flat_map(|kind| sections(kind.text())).map(|s| s.heading).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// What the browsers' consoles say where a request is blocked with this code.
#[must_use]
pub(crate) fn console_texts(code: &str) -> Vec<ConsoleText> {
    let mut texts: Vec<ConsoleText> = sections(CONSOLE).map(|section| console_text(&section)).collect();
    texts.retain(|text| text.codes.contains(&code));
    texts
}

/// The sentence of `stacks.md` for a kind of trouble and a stack.
pub(crate) fn stack_hint(trouble: &str, stack: &str) -> Option<&'static str> {
    stack_hints(trouble).into_iter().find(|(name, _)| *name == stack).map(|(_, hint)| hint)
}

fn stack_hints(trouble: &str) -> Vec<(&'static str, &'static str)> {
    section_of(STACKS, trouble)
        .map_or_else(Vec::new, |section| section.parts.iter().map(|part| (part.heading, part.text)).collect())
}

fn entry(kind: Kind, section: &Section) -> Entry {
    let part = |name: &str| section.parts.iter().find(|part| part.heading == name).map(|part| part.text);
    let own = section.parts.iter().filter_map(|part| Some((part.heading.strip_prefix("Fix: ")?, part.text)));
    let mut fixes: Vec<_> = own.collect();
    if let Some(trouble) = section.fact("stacks") {
        let others = stack_hints(trouble).into_iter().filter(|(name, _)| fixes.iter().all(|(own, _)| own != name));
        fixes.extend(others.collect::<Vec<_>>());
    }
    Entry {
        kind,
        code: section.heading,
        means: section.text,
        why: part("Why"),
        fix: part("Fix").unwrap_or_default(),
        fixes,
        avoid: part("Avoid"),
        example: part("Example"),
    }
}

fn console_text(section: &Section) -> ConsoleText {
    ConsoleText {
        browser: section.fact("browser").unwrap_or_default(),
        message: section.heading,
        codes: section.fact("code").unwrap_or_default().split(", ").collect(),
        means: section.text,
    }
}
