//! `Cross-Origin-Embedder-Policy` of a page ([HTML 7.1.4](https://html.spec.whatwg.org/multipage/browsers.html#coep)).

use crate::exchange::Headers;

/// What a page's `Cross-Origin-Embedder-Policy` asks of what it loads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Embedder {
    #[default]
    Nothing,
    RequireCorp,
    Credentialless,
}

impl Embedder {
    /// The policy of a page at `url`. Several headers are none, and only a secure context has one.
    pub(crate) fn of(headers: &Headers, is_secure: bool) -> Self {
        match only(headers, b"cross-origin-embedder-policy").and_then(|value| value.split(|&b| b == b';').next()) {
            Some(value) if is_secure => match value.trim_ascii() {
                b"require-corp" => Self::RequireCorp,
                b"credentialless" => Self::Credentialless,
                _ => Self::Nothing,
            },
            _ => Self::Nothing,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "unsafe-none",
            Self::RequireCorp => "require-corp",
            Self::Credentialless => "credentialless",
        }
    }
}

/// The value of a header that is there once.
pub(super) fn only<'h>(headers: &'h Headers, name: &[u8]) -> Option<&'h [u8]> {
    let mut values =
        headers.iter().filter(|(have, _)| have.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim_ascii());
    let first = values.next();
    if values.next().is_some() { None } else { first }
}

#[cfg(test)]
mod tests {
    use super::Embedder;

    #[test]
    fn an_embedder_policy_is_one_token() {
        let of = |values: &[&str], is_secure| {
            let name = b"cross-origin-embedder-policy".to_vec();
            Embedder::of(&values.iter().map(|value| (name.clone(), value.as_bytes().to_vec())).collect(), is_secure)
        };
        assert_eq!(of(&["require-corp; report-to=\"x\""], true), Embedder::RequireCorp);
        assert_eq!(of(&["credentialless"], true), Embedder::Credentialless);
        for values in [&["Require-Corp"][..], &["require-corp", "require-corp"], &["require-corp, x"], &[]] {
            assert_eq!(of(values, true), Embedder::Nothing, "{values:?}");
        }
        assert_eq!(of(&["require-corp"], false), Embedder::Nothing);
    }
}
