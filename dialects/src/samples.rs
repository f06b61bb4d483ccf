//! Examples of what a regular expression matches, for witnesses. They need not be complete: the simulator decides what really matches.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// How many examples are kept of each part.
const SAMPLES_MAX: usize = 16;

/// How many times a repeated part is repeated at most.
const REPEATS_MAX: u32 = 8;

/// The longest example: no origin is longer.
const LENGTH_MAX: usize = 328;

/// Texts that an expression probably matches as a whole. Empty: it has something that this reader does not know, such as a look-around.
pub(crate) fn samples(expression: &str) -> Vec<String> {
    let parsed = ParserBuilder::new().unicode(false).utf8(false).nest_limit(64).build().parse(expression);
    let texts = parsed.map(|hir| of(&hir)).unwrap_or_default();
    texts.into_iter().filter(|text| !text.is_empty() && text.len() <= LENGTH_MAX).collect()
}

fn of(hir: &Hir) -> Vec<String> {
    let mut texts = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![String::new()],
        HirKind::Literal(literal) => vec![literal.0.iter().map(|&b| char::from(b)).collect()],
        HirKind::Class(class) => of_class(class),
        HirKind::Capture(capture) => of(&capture.sub),
        HirKind::Alternation(parts) => parts.iter().flat_map(of).collect(),
        HirKind::Concat(parts) => parts.iter().fold(vec![String::new()], |texts, part| {
            let next = of(part);
            let mut both: Vec<String> = Vec::new();
            // Every second part is seen even where there is only room for some.
            for (at, text) in texts.iter().enumerate() {
                for (place, end) in next.iter().enumerate() {
                    if both.len() < SAMPLES_MAX
                        && (place == 0 || at + place <= SAMPLES_MAX / 2)
                        && text.len() <= LENGTH_MAX
                    {
                        both.push(format!("{text}{end}"));
                    }
                }
            }
            both
        }),
        HirKind::Repetition(repetition) => {
            let times = repetition.min.clamp(1, REPEATS_MAX);
            let some = of(&repetition.sub).into_iter().map(|text| text.repeat(times as usize));
            some.chain((repetition.min == 0).then(String::new)).collect()
        }
    };
    texts.truncate(SAMPLES_MAX);
    texts
}

/// One or two bytes of a class: a letter if it can be one, and a dot if it can be one too.
fn of_class(class: &Class) -> Vec<String> {
    let holds = |c: char| match class {
        Class::Unicode(class) => class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&c)),
        Class::Bytes(class) => {
            u8::try_from(c).is_ok_and(|b| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&b)))
        }
    };
    let usual = ['z', 'a', '1', '-'].into_iter().find(|&c| holds(c));
    let other = ('!'..='~').find(|&c| holds(c));
    usual.or(other).into_iter().chain(holds('.').then_some('.')).map(String::from).collect()
}

#[cfg(test)]
mod tests {
    use super::samples;

    #[test]
    fn samples_match_their_expression() {
        for expression in
            [r"https://([a-z0-9_-]+\.)+example\.com", r"https://*.example.com", r"a|b", r"https?://x\.\w{3}(:\d+)?"]
        {
            let whole = fancy_regex::Regex::new(&format!(r"\A(?:{expression})\z")).unwrap();
            let texts = samples(expression);
            assert!(!texts.is_empty(), "{expression}");
            for text in texts {
                assert!(whole.is_match(text.as_str()).unwrap(), "{expression} {text}");
            }
        }
        assert!(samples(r"https://*.example.com").contains(&"https://zexample.com".to_owned()));
        assert!(samples(r"(?=x)x").is_empty());
    }

    #[test]
    fn work_is_bounded() {
        let nested = format!("{}a{}", "(".repeat(30), "{9}|b)".repeat(30));
        assert!(samples(&nested).len() <= super::SAMPLES_MAX);
    }
}
