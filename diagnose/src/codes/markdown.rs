//! Reads the little Markdown that the entries are written in: headings of two levels, and a list of facts under the first.

/// What is under one `##` heading.
#[derive(Clone, Debug)]
pub(super) struct Section {
    pub(super) heading: &'static str,
    /// The list `- name: value` right below the heading.
    pub(super) facts: Vec<(&'static str, &'static str)>,
    /// Up to the first `###` heading.
    pub(super) text: &'static str,
    pub(super) parts: Vec<Part>,
}

/// What is under one `###` heading.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) heading: &'static str,
    pub(super) text: &'static str,
}

impl Section {
    pub(super) fn fact(&self, name: &str) -> Option<&'static str> {
        self.facts.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

/// The sections of a file, in order.
pub(super) fn sections(file: &'static str) -> impl Iterator<Item = Section> {
    split(file, "## ").1.into_iter().map(section)
}

/// The section with one heading. The others are not read: a file has many.
pub(super) fn section_of(file: &'static str, wanted: &str) -> Option<Section> {
    let is_start = |at: usize| at == 0 || file.as_bytes().get(at - 1) == Some(&b'\n');
    let starts = file.match_indices("## ").filter(|(at, _)| is_start(*at)).map(|(at, _)| at);
    let has_heading = |at: &usize| {
        let heading = file.get(at + 3..).and_then(|rest| rest.strip_prefix(wanted));
        heading.is_some_and(|rest| rest.is_empty() || rest.starts_with('\n'))
    };
    let start = starts.clone().find(has_heading)?;
    // The next heading may be in a fenced block: then it is none, and `split` goes on.
    let mut ends = starts.filter(|at| *at > start);
    loop {
        let end = ends.next().unwrap_or(file.len());
        let text = file.get(start..end)?;
        let is_open = text.lines().filter(|line| line.starts_with("```")).count() % 2 == 1;
        if !is_open || end == file.len() {
            return split(text, "## ").1.into_iter().map(section).next();
        }
    }
}

fn section(Part { heading, text }: Part) -> Section {
    let (text, parts) = split(text, "### ");
    let (facts, text) = facts(text);
    Section { heading, facts, text, parts }
}

/// The text before the first heading that begins with `mark`, and what is under each. Fenced blocks contain no headings.
fn split(text: &'static str, mark: &str) -> (&'static str, Vec<Part>) {
    let mut headings = Vec::new();
    let (mut is_fenced, mut at) = (false, 0);
    for line in text.split_inclusive('\n') {
        is_fenced ^= line.starts_with("```");
        if let (false, Some(heading)) = (is_fenced, line.strip_prefix(mark)) {
            headings.push((at, at + line.len(), heading.trim()));
        }
        at += line.len();
    }
    let ends = headings.iter().skip(1).map(|(start, _, _)| *start).chain([text.len()]);
    let parts = headings.iter().zip(ends).map(|((_, start, heading), end)| {
        let text = text.get(*start..end).unwrap_or_default().trim();
        Part { heading, text }
    });
    let parts: Vec<Part> = parts.collect();
    let before = headings.first().map_or(text.len(), |(start, _, _)| *start);
    (text.get(..before).unwrap_or_default().trim(), parts)
}

fn facts(text: &'static str) -> (Vec<(&'static str, &'static str)>, &'static str) {
    let mut facts = Vec::new();
    let mut rest = text;
    while let Some((line, more)) = rest.split_once('\n').or(Some((rest, "")))
        && let Some((name, value)) = line.strip_prefix("- ").and_then(|line| line.split_once(": "))
    {
        facts.push((name, value));
        rest = more;
    }
    (facts, rest.trim())
}
