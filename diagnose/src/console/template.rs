//! Templates of messages, and where they fit a text.

use corsac::browser::{BlockedCode, Cause, DeliveryText, Profile};

use super::clean::folded;

/// What a whole message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Why a request is blocked.
    Reason(BlockedCode),
    /// Not CORS, but this code of `neighbours.md`.
    Neighbour(&'static str),
}

/// What a piece of a message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// A message about a request begins here.
    Head(Profile),
    /// Why it is blocked.
    Reason(Option<Profile>, BlockedCode),
    /// The same, in words that a browser writes for other reasons too: they count only if there is nothing else.
    Vague(Option<Profile>, BlockedCode),
    /// More about the message before.
    Tail,
    /// The reason that follows is about the preflight.
    Preflight,
    /// Whether the request leaves the browser: a text of core's.
    Delivery(DeliveryText),
    /// Not CORS, but this code of `neighbours.md`.
    Neighbour(&'static str),
    /// The same, where nothing is blocked as far as these words say.
    Notice(&'static str),
    /// The server, or its library, says itself why it does not allow the request.
    Server(Cause),
    /// A whole message of Firefox in this language.
    Foreign(&'static str, Meaning),
    /// A request failed, and this does not say why.
    Nothing,
}

/// A text with `{url}`, `{from}`, `{origin}`, `{status}`, `{method}` (no blank in them), `{value}` and `{}`. Core's marks `{page}`,
/// `{target}` and `{any}` fit as `{}` does, and core itself reads what is filled in there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Template {
    pub(super) says: Says,
    pub(super) text: &'static str,
}

pub(super) const fn template(says: Says, text: &'static str) -> Template {
    Template { says, text }
}

/// A neighbour of CORS: something fails.
pub(super) const fn is(code: &'static str, text: &'static str) -> Template {
    template(Says::Neighbour(code), text)
}

/// A neighbour of CORS: something is logged, and nothing is blocked as far as the words say.
pub(super) const fn note(code: &'static str, text: &'static str) -> Template {
    template(Says::Notice(code), text)
}

/// A template with its quotes folded and in lower case, as [`fits`] compares it: people write texts down from memory and from pictures.
#[derive(Debug)]
pub(super) struct Shape {
    says: Says,
    text: String,
}

impl Shape {
    /// A whole message, with its blanks as [`Paste`](super::clean::Paste) has them.
    pub(super) fn whole(says: Says, text: &str) -> Self {
        let text = folded(text).to_ascii_lowercase();
        Self { says, text: text.split_whitespace().collect::<Vec<_>>().join(" ") }
    }
}

pub(super) fn shapes(templates: impl IntoIterator<Item = Template>) -> Vec<Shape> {
    let shape = |template: Template| Shape { says: template.says, text: folded(template.text).to_ascii_lowercase() };
    let mut shapes: Vec<Shape> = templates.into_iter().map(shape).collect();
    // Markdown takes an asterisk for emphasis, and shows another sign or none.
    let marked = shapes.iter().filter(|shape| shape.text.contains("'*'"));
    let eaten =
        |shape: &Shape| ["'_'", "''"].map(|sign| Shape { says: shape.says, text: shape.text.replace("'*'", sign) });
    let more: Vec<Shape> = marked.flat_map(eaten).collect();
    shapes.extend(more);
    // People leave out the quotes around the names of headers.
    let unquoted = |shape: &Shape| {
        let (before, rest) = shape.text.split_once("'access-control-")?;
        let (name, after) = rest.split_once('\'')?;
        Some(Shape { says: shape.says, text: format!("{before}access-control-{name}{after}") })
    };
    let more: Vec<Shape> = shapes.iter().filter_map(unquoted).collect();
    shapes.extend(more);
    shapes
}

/// The code of the one reason that begins with a text in lower case, which is cut off.
pub(super) fn cut_reason(shapes: &[Shape], text: &str) -> Option<BlockedCode> {
    let code = |shape: &Shape| match shape.says {
        Says::Reason(_, code) if shape.text.starts_with(text) => Some(code),
        _ => None,
    };
    let mut codes = shapes.iter().filter_map(code);
    let first = codes.next()?;
    codes.all(|code| code == first).then_some(first)
}

/// What was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filled {
    pub(super) url: Option<String>,
    pub(super) from: Option<String>,
    pub(super) origin: Option<String>,
    pub(super) value: Option<String>,
    pub(super) method: Option<String>,
    pub(super) status: Option<u16>,
}

/// Where a template fits.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    pub(super) says: Says,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) filled: Filled,
}

/// Longest text that is filled in, in bytes. URLs are the longest, and no console shows more.
const LONGEST: usize = 4096;

/// Every place where a template fits, in the order of the text, without those inside another. The longest wins.
pub(super) fn fits<'s>(shapes: impl IntoIterator<Item = &'s Shape>, text: &str) -> Vec<Fit> {
    let mut all = Vec::new();
    // The same places as in the text: only ASCII changes.
    let lower = &text.to_ascii_lowercase();
    let pairs = Pairs::of(lower);
    for shape in shapes {
        let first = shape.text.split('{').next().unwrap_or_default();
        if !pairs.may_have(first) {
            continue;
        }
        for (start, _) in lower.match_indices(first).filter(|_| !first.is_empty()) {
            if let Some((end, filled)) = fit(&shape.text, first, text, lower, start) {
                all.push(Fit { says: shape.says, start, end, filled });
            }
        }
    }
    all.sort_by_key(|fit| (fit.start, std::cmp::Reverse(fit.end)));
    let mut end = 0;
    all.retain(|fit| {
        let is_outside = fit.start >= end;
        end = if is_outside { fit.end } else { end };
        is_outside
    });
    all
}

/// Which pairs of bytes a text has, one bit each. Most templates have one that it has not, and are not searched for.
struct Pairs(Vec<u64>);

impl Pairs {
    fn of(text: &str) -> Self {
        let mut pairs = vec![0; 1 << 10];
        for pair in text.as_bytes().windows(2) {
            let (word, bit) = Self::place(pair);
            if let Some(word) = pairs.get_mut(word) {
                *word |= bit;
            }
        }
        Self(pairs)
    }

    fn may_have(&self, part: &str) -> bool {
        let has = |pair: &[u8]| {
            let (word, bit) = Self::place(pair);
            self.0.get(word).is_some_and(|word| word & bit != 0)
        };
        part.as_bytes().windows(2).all(has)
    }

    /// The word of a pair, and its bit there.
    fn place(pair: &[u8]) -> (usize, u64) {
        let number = pair.iter().fold(0, |number, byte| number << 8 | usize::from(*byte));
        (number >> 6, 1 << (number & 63))
    }
}

/// What is filled in is cut from `text`; `lower` is what is compared.
fn fit(shape: &str, first: &str, text: &str, lower: &str, start: usize) -> Option<(usize, Filled)> {
    let mut filled = Filled::default();
    let (mut at, mut rest) = (start, shape);
    loop {
        let Some((literal, after)) = rest.split_once('{') else {
            lower.get(at..)?.strip_prefix(rest)?;
            return Some((at + rest.len(), filled));
        };
        let (name, after) = after.split_once('}')?;
        lower.get(at..)?.strip_prefix(literal)?;
        at += literal.len();
        let ahead = limited(lower.get(at..)?);
        let is_word = !matches!(name, "" | "value" | "page" | "target" | "any");
        let next = after.split('{').next().unwrap_or_default();
        let len = if next.is_empty() {
            let is_end = |c: char| c == ' ' || (name == "status" && !c.is_ascii_digit());
            ahead.find(is_end).unwrap_or(ahead.len())
        } else if is_word {
            // A URL has full stops too: the last place in the word counts.
            let word = ahead.find(' ').unwrap_or(ahead.len());
            let mut until = (word + next.len()).min(ahead.len());
            while !ahead.is_char_boundary(until) {
                until += 1;
            }
            ahead.get(..until)?.rfind(next)?
        } else {
            ahead.find(next)?
        };
        let value = text.get(at..at.checked_add(len)?)?;
        let is_host = || {
            let mut labels = value.split('.');
            let is_label = |c: char| c.is_ascii_alphanumeric() || c == '-';
            value.matches('.').count() > 1 && labels.all(|label| !label.is_empty() && label.chars().all(is_label))
        };
        let is_url = || value.contains(':') || value.starts_with(['/', '…']) || value == "null" || is_host();
        if is_word && (value.is_empty() || value.contains(' ') || (matches!(name, "url" | "from") && !is_url())) {
            return None;
        }
        // Then a later start fits more closely.
        if !is_word && ahead.get(..len)?.contains(first) {
            return None;
        }
        let trimmed = value.trim_matches(|c| matches!(c, '\'' | ' ' | '<' | '>'));
        let slot = match name {
            "url" => &mut filled.url,
            "from" => &mut filled.from,
            "origin" => &mut filled.origin,
            "method" => &mut filled.method,
            "status" => {
                // WebKit writes 0 where there is none.
                filled.status = Some(trimmed.parse().ok()?).filter(|status| *status > 0);
                &mut None
            }
            _ => &mut filled.value,
        };
        // Of several values, the first counts.
        if slot.is_none() {
            *slot = Some(trimmed.to_owned());
        }
        (at, rest) = (at + len, after);
    }
}

/// As much of a text as one value can have.
fn limited(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Says, fits, shapes, template};

    #[test]
    fn a_template_fits_wherever_it_is() {
        let templates =
            shapes([template(Says::Nothing, "cannot load {url}. "), template(Says::Tail, "status code {status}")]);
        let found = fits(&templates, "x cannot load http://a.b/c. It had status code 401. cannot load a b. no");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].filled.url.as_deref(), Some("http://a.b/c"));
        assert_eq!((found[1].says, found[1].filled.status), (Says::Tail, Some(401)));
    }

    #[test]
    fn the_longest_of_two_wins() {
        let templates = shapes([template(Says::Tail, "at '"), template(Says::Nothing, "at '{url}' from '{origin}'")]);
        let found = fits(&templates, "at 'https://a.example/' from 'o'");
        assert_eq!((found.len(), found[0].says), (1, Says::Nothing));
    }
}
