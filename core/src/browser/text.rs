//! Text search that cannot panic. What `str` offers for texts of several bytes has bounds checks
//! that the optimiser does not remove.

/// The text before and after the first `separator`.
pub(super) fn split_once<'t>(text: &'t str, separator: &str) -> Option<(&'t str, &'t str)> {
    let at = find(text, separator)?;
    Some((text.get(..at)?, text.get(at.checked_add(separator.len())?..)?))
}

pub(super) fn contains(text: &str, wanted: &str) -> bool {
    find(text, wanted).is_some()
}

/// The first place of `wanted`, in bytes.
pub(super) fn find(text: &str, wanted: &str) -> Option<usize> {
    let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
    let last = text.len().checked_sub(wanted.len())?;
    (0..=last).find(|&at| text.get(at..).is_some_and(|rest| rest.starts_with(wanted)))
}

#[cfg(test)]
mod tests {
    use super::{contains, find, split_once};

    #[test]
    fn finds_what_str_finds() {
        for text in ["", "a", "abcabc", "‘é’é", "{}x{}"] {
            for wanted in ["", "a", "c", "abc", "bca", "é", "’", "{}", "abcabcd"] {
                assert_eq!(find(text, wanted), text.find(wanted), "{text} {wanted}");
                assert_eq!(split_once(text, wanted), text.split_once(wanted), "{text} {wanted}");
                assert_eq!(contains(text, wanted), text.contains(wanted), "{text} {wanted}");
            }
        }
    }
}
