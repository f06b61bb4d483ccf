//! What people say around a capture in words: the page's origin, and the request.

use super::step::origin_of;
use super::written::METHODS;
use crate::place::Place;

/// So many pages and requests are kept, because with more of them it is not clear which one is meant.
const KEPT: usize = 16;

/// Facts from the lines around a capture.
#[derive(Debug, Default)]
pub(super) struct Spoken {
    /// Origins that are written without a path.
    pages: Vec<Vec<u8>>,
    /// Methods and URLs that are next to each other.
    requests: Vec<(Vec<u8>, Vec<u8>)>,
    /// URLs that the page asks for, by a method that is not named.
    asked: Vec<Vec<u8>>,
    /// Names that are next to the word "header".
    pub(super) headers: Vec<Vec<u8>>,
    /// The script sends cookies.
    pub(super) has_credentials: bool,
    /// The next response is the one to a preflight.
    pub(super) is_of_preflight: bool,
}

impl Spoken {
    /// Reads a line.
    pub(super) fn line(&mut self, line: &[u8]) {
        let Ok(line) = str::from_utf8(line) else { return };
        self.headers(line);
        self.credentials(line);
        self.title(line.as_bytes());
        // A console's message is read as one.
        let is_message = line.contains("has been blocked by") || line.contains("Cross-Origin Request Blocked");
        if !line.contains("://") || is_message {
            return;
        }
        let (mut before, mut role) = ("", None);
        for word in line.split_ascii_whitespace() {
            let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '/');
            if let Some(place) = Place::of(word).filter(Place::is_web) {
                self.url(word, &place, before, role.take());
            } else {
                role = Role::of(word).or(role);
            }
            before = word;
        }
    }

    /// A URL, with the word before it and what the words before it say about it.
    fn url(&mut self, word: &str, place: &Place<'_>, before: &str, role: Option<Role>) {
        let url = word.as_bytes().to_vec();
        if METHODS.contains(&before.as_bytes()) && self.requests.len() < KEPT {
            self.requests.push((before.as_bytes().to_vec(), url));
        } else if role == Some(Role::Asked) {
            if self.asked.len() < KEPT {
                self.asked.push(url);
            }
        } else if (role == Some(Role::Page) || matches!(place.path, "" | "/")) && self.pages.len() < KEPT {
            let origin = place.origin().into_bytes();
            if !self.pages.contains(&origin) {
                self.pages.push(origin);
            }
        }
    }

    /// Whether the script sends cookies, also in the middle of a list.
    pub(super) fn credentials(&mut self, line: &str) {
        let lower = line.to_ascii_lowercase();
        self.has_credentials |= [
            "with cookies",
            "with credentials",
            "credentials: \"include\"",
            "credentials: 'include'",
            "credentials: include",
            "withcredentials: true",
            "withcredentials = true",
        ]
        .iter()
        .any(|part| lower.contains(part));
    }

    /// Whether a line is the title of a preflight's response.
    pub(super) fn title(&mut self, line: &[u8]) {
        self.is_of_preflight |= str::from_utf8(line).is_ok_and(is_title_of_preflight);
    }

    /// `the header X-Tenant`, `an X-Tenant header`.
    fn headers(&mut self, line: &str) {
        let word = |word: &str| word.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_ascii_lowercase();
        let words: Vec<String> = line.split_ascii_whitespace().map(word).collect();
        for (at, _) in words.iter().enumerate().filter(|(_, word)| matches!(word.as_str(), "header" | "headers")) {
            for name in
                [words.get(at + 1), at.checked_sub(1).and_then(|before| words.get(before))].into_iter().flatten()
            {
                let is_name = name.starts_with("x-") || name.starts_with("api-") || name == "authorization";
                if is_name && corsac::is_token(name.as_bytes()) && self.headers.len() < KEPT {
                    self.headers.push(name.clone().into_bytes());
                }
            }
        }
    }

    /// The only origin that is not the one of `url`.
    pub(super) fn page(&self, url: &[u8]) -> Option<Vec<u8>> {
        let own = origin_of(url);
        let mut others = self.pages.iter().filter(|page| own.as_ref() != Some(page));
        others.next().filter(|_| others.next().is_none()).cloned()
    }

    /// The only request that is named, with its method if somebody says it.
    pub(super) fn request(&self) -> Option<(Option<Vec<u8>>, Vec<u8>)> {
        let Some(first) = self.requests.first() else {
            let [url] = self.asked.as_slice() else { return None };
            return Some((None, url.clone()));
        };
        self.requests.iter().all(|one| one == first).then(|| (Some(first.0.clone()), first.1.clone()))
    }

    /// The method of the script's request to `url`.
    pub(super) fn method(&self, url: &[u8]) -> Option<Vec<u8>> {
        let is_it = |(method, to): &&(Vec<u8>, Vec<u8>)| to == url && method != b"OPTIONS";
        self.requests.iter().find(is_it).map(|(method, _)| method.clone())
    }
}

/// What the words before a URL say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Page,
    Asked,
}

impl Role {
    fn of(word: &str) -> Option<Self> {
        const PAGE: [&str; 16] = [
            "page",
            "app",
            "site",
            "website",
            "frontend",
            "front-end",
            "client",
            "origin",
            "from",
            "ui",
            "runs",
            "running",
            "hosted",
            "served",
            "spa",
            "localhost",
        ];
        const ASKED: [&str; 14] = [
            "calls", "call", "calling", "request", "requests", "fetch", "fetches", "fetching", "api", "backend",
            "endpoint", "to", "asks", "server",
        ];
        let is_in = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
        if is_in(&PAGE) { Some(Self::Page) } else { is_in(&ASKED).then_some(Self::Asked) }
    }
}

/// `OPTIONS response:`, `### Response to the preflight`
pub(super) fn is_title_of_preflight(line: &str) -> bool {
    const TITLE: usize = 48;
    // The last sentence of a line may be one.
    let line = line.trim().rsplit(". ").next().unwrap_or_default();
    let bare = ["preflight response", "preflight response headers", "options response", "response to the preflight"];
    if bare.iter().any(|title| title.eq_ignore_ascii_case(line.trim_end_matches(':'))) {
        return true;
    }
    let is_title = line.len() <= TITLE && (line.ends_with([':', '*']) || line.starts_with(['#', '*']));
    let lower = line.to_ascii_lowercase();
    let is_response = ["response", "server", "headers", "returns"].iter().any(|word| lower.contains(word));
    is_title && is_response && (lower.contains("preflight") || line.contains("OPTIONS"))
}

#[cfg(test)]
mod tests {
    use super::Spoken;

    fn read(line: &str) -> Spoken {
        let mut spoken = Spoken::default();
        spoken.line(line.as_bytes());
        spoken
    }

    #[test]
    fn only_other_origin_is_the_page() {
        let page = |line: &str| read(line).page(b"https://b.test/x").map(|page| String::from_utf8(page).unwrap());
        assert_eq!(
            page("my app on http://localhost:5173, the API at https://b.test/."),
            Some("http://localhost:5173".into())
        );
        for line in
            ["from https://a.test, from https://c.test", "see https://a.test/docs", "at https://b.test", "app.test"]
        {
            assert_eq!(page(line), None, "{line}");
        }
    }

    #[test]
    fn headers_and_titles_are_found_in_words() {
        assert_eq!(read("with the header X-Tenant: 7").headers, [b"x-tenant"]);
        assert_eq!(read("an Authorization header").headers, [b"authorization"]);
        assert_eq!(read("the header is missing").headers.len(), 0);
        for (line, expected) in [
            ("OPTIONS response:", true),
            ("What the server sends for OPTIONS:", true),
            ("### Response to the preflight", true),
            ("the response to OPTIONS is wrong", false),
            ("Response:", false),
        ] {
            assert_eq!(read(line).is_of_preflight, expected, "{line}");
        }
    }

    #[test]
    fn cookies_are_found_in_words() {
        for (line, expected) in [
            ("GET with cookies", true),
            ("(credentials: 'include')", true),
            ("`withCredentials: true` is set", true),
            ("without cookies", false),
            ("credentials: 'omit'", false),
        ] {
            assert_eq!(read(line).has_credentials, expected, "{line}");
        }
    }

    #[test]
    fn request_is_a_method_before_a_url() {
        let spoken = read("it calls PUT https://b.test/x, which fails");
        assert_eq!(spoken.request(), Some((Some(b"PUT".to_vec()), b"https://b.test/x".to_vec())));
        assert_eq!(spoken.method(b"https://b.test/x"), Some(b"PUT".to_vec()));
        assert_eq!(read("OPTIONS https://b.test/x").method(b"https://b.test/x"), None);
        let asked = read("the page at https://a.test/index.html calls https://b.test/x");
        assert_eq!(asked.request(), Some((None, b"https://b.test/x".to_vec())));
        assert_eq!(read("GET https://b.test/x and PUT https://b.test/x").request(), None);
    }
}
