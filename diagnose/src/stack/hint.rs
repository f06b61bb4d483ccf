//! What people get wrong in each stack, by kind of trouble. The sentences are in `codes/stacks.md`.

use crate::codes::stack_hint;

/// What went wrong, as far as the advice differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// A successful response has no CORS headers.
    Missing,
    /// An error response has no CORS headers.
    MissingOnErrors,
    /// Something other than CORS responded to the preflight.
    Preflight,
    /// A header is in the response twice.
    Duplicate,
    /// The headers are those for another origin.
    OtherOrigin,
}

impl Trouble {
    /// By the code of what blocked the response (`acao-missing`), where, and the status of that response. `None` if the
    /// order of things in the stack has nothing to do with it.
    pub(crate) fn of(code: &str, is_preflight: bool, status: Option<u16>) -> Option<Self> {
        match code {
            "preflight-status" | "preflight-redirect" => Some(Self::Preflight),
            "acao-missing" if is_preflight => Some(Self::Preflight),
            "acao-missing" if status.is_some_and(|status| status >= 400) => Some(Self::MissingOnErrors),
            "acao-missing" => Some(Self::Missing),
            "acao-multiple" => Some(Self::Duplicate),
            "acao-mismatch" => Some(Self::OtherOrigin),
            _ => None,
        }
    }

    /// Its heading in `codes/stacks.md`.
    const fn heading(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::MissingOnErrors => "missing-on-errors",
            Self::Preflight => "preflight",
            Self::Duplicate => "duplicate",
            Self::OtherOrigin => "other-origin",
        }
    }
}

/// The sentence on one line, without Markdown.
pub(super) fn of(stack: &str, trouble: Trouble) -> Option<String> {
    let hint = stack_hint(trouble.heading(), stack).or_else(|| stack_hint(trouble.heading(), "any"))?;
    Some(hint.replace('\n', " ").replace('`', ""))
}

#[cfg(test)]
mod tests {
    use super::{Trouble, of};
    use crate::stack::Stack;

    #[test]
    fn every_stack_has_hints_for_preflights_and_duplicates() {
        for stack in Stack::ALL {
            assert!(stack.hint(Trouble::Preflight).is_some(), "{stack:?}");
            assert!(stack.hint(Trouble::Duplicate).is_some(), "{stack:?}");
        }
    }

    #[test]
    fn a_hint_is_one_line_without_markdown() {
        let hint = of("nginx", Trouble::MissingOnErrors);
        assert_eq!(hint.as_deref(), Some("Without always, add_header leaves out responses with 4xx and 5xx."));
    }

    #[test]
    fn trouble_of_a_missing_header_depends_on_its_response() {
        assert_eq!(Trouble::of("acao-missing", true, Some(401)), Some(Trouble::Preflight));
        assert_eq!(Trouble::of("acao-missing", false, Some(502)), Some(Trouble::MissingOnErrors));
        assert_eq!(Trouble::of("acao-missing", false, Some(200)), Some(Trouble::Missing));
        assert_eq!(Trouble::of("header-not-allowed", true, Some(204)), None);
    }
}
