//! The words of what is next to CORS, as facts: each with its code in `codes/neighbours.md` or `codes/delivery.md`.

mod nothing;
mod page;
mod policies;
mod resources;
mod servers;

use super::clean::folded;
use super::template::{Says, Template};

/// The templates of all files.
pub(super) fn all() -> impl Iterator<Item = Template> {
    [policies::POLICIES, resources::RESOURCES, page::PAGE, servers::SERVERS, nothing::NOTHING]
        .into_iter()
        .flatten()
        .copied()
}

/// What a line of a server's response says about why it refused: a code of `neighbours.md`. Only words that no other text has.
pub(crate) fn server_words(line: &str) -> Option<&'static str> {
    const CODES: [&str; 7] = [
        "no-route",
        "signed-url",
        "cors-proxy",
        "origin-check",
        "dev-server-host",
        "deployment-protection",
        "login-origin",
    ];
    // A longer line is data.
    const LINE: usize = 8 << 10;
    if line.len() > LINE {
        return None;
    }
    let line = folded(line);
    servers::SERVERS.iter().find_map(|template| match template.says {
        Says::Neighbour(code) if CODES.contains(&code) => {
            (!template.text.contains('{') && line.contains(template.text)).then_some(code)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::server_words;

    #[test]
    fn a_body_says_why_its_server_refused() {
        for (line, expected) in [
            ("<Error><Code>SignatureDoesNotMatch</Code>", Some("signed-url")),
            ("{\"message\":\"no Route matched with those values\"}", Some("no-route")),
            ("{\"message\":\"Internal server error\"}", None),
            ("", None),
        ] {
            assert_eq!(server_words(line), expected, "{line}");
        }
        assert_eq!(server_words(&format!("{}SignatureDoesNotMatch", "x".repeat(9000))), None);
    }
}
