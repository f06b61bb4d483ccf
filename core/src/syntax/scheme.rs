//! The scheme of an origin: its form, its default port, and where it ends.

use crate::syntax::byte::{places, word_at};

/// The port that a browser leaves out. Only the schemes of web pages have one here.
pub(crate) fn default_port(scheme: &[u8]) -> Option<u32> {
    match scheme {
        b"http" => Some(80),
        b"https" => Some(443),
        _ => None,
    }
}

/// Whether this is `ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )` in lower case ([RFC 3986 section
/// 3.1](https://www.rfc-editor.org/rfc/rfc3986#section-3.1)).
pub(crate) fn is_scheme(scheme: &[u8]) -> bool {
    scheme.first().is_some_and(u8::is_ascii_lowercase)
        && scheme.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.'))
}

/// Finds `://`. It reads six places at a time, because an origin without one, or with nothing but
/// colons, may have 328 bytes.
pub(crate) fn find_authority(text: &[u8]) -> Option<usize> {
    (0..text.len()).step_by(6).find_map(|at| {
        let word = word_at(text, at);
        let slashes = places(word, b'/');
        let found = places(word, b':') & (slashes >> 8) & (slashes >> 16);
        (found != 0).then(|| at + found.trailing_zeros() as usize / 8)
    })
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::find_authority;
    use std::format;

    #[test]
    fn first_authority_is_found_at_every_place() {
        for place in 0..40 {
            for behind in 0..20 {
                let [front, behind] = [":/".repeat(place), "://".repeat(behind)].map(|text| text.replace("::", ":"));
                let text = format!("{}://{behind}", &front[..place]);
                let by_hand = text.find("://");
                assert_eq!(find_authority(text.as_bytes()), by_hand, "{text}");
                assert_eq!(find_authority(&text.as_bytes()[..text.len() - behind.len() - 1]), None, "{text}");
            }
        }
    }
}
