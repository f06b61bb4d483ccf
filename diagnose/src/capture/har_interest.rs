//! Finds the entries of a HAR that are requests of scripts to another origin, and not images, navigations or the page's own files.

use std::fmt;

use super::step::{CapturedRequest, origin_of};

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interest {
    /// CORS applies to it.
    Script,
    /// Of interest only as the first hop of a redirect.
    SameOrigin,
    Navigation,
    /// Images, scripts and similar resources, which need no permission.
    Load,
    Socket,
    NotHttp,
    /// Where it came from is unknown.
    Unknown,
}

impl Interest {
    const OTHERS: [Self; 6] =
        [Self::SameOrigin, Self::Navigation, Self::Load, Self::Socket, Self::NotHttp, Self::Unknown];

    const fn words(self) -> &'static str {
        match self {
            Self::Script => "to another origin",
            Self::SameOrigin => "to the page's own origin",
            Self::Navigation => "navigations",
            Self::Load => "images, scripts and similar, loaded without CORS",
            Self::Socket => "of web sockets",
            Self::NotHttp => "neither http nor https",
            Self::Unknown => "of unknown origin",
        }
    }
}

/// Finds out what a request is, and sets the page's origin if no header has it. `kind` is Chromium's name for the kind of request,
/// and `title` is the HAR's title of the page, which is a URL in Chromium.
pub(super) fn interest(asked: &mut CapturedRequest, kind: Option<&str>, status: u16, title: Option<&str>) -> Interest {
    let url = asked.url.as_deref().unwrap_or_default();
    let scheme = str::from_utf8(url)
        .ok()
        .and_then(|url| url.split_once(':'))
        .map_or_else(String::new, |(scheme, _)| scheme.to_ascii_lowercase());
    let mode = asked.header("sec-fetch-mode").unwrap_or_default();
    let is_socket = matches!(scheme.as_str(), "ws" | "wss") || kind == Some("websocket") || status == 101;
    if is_socket || mode == b"websocket" {
        return Interest::Socket;
    }
    if !matches!(scheme.as_str(), "http" | "https") {
        return Interest::NotHttp;
    }
    if mode.ends_with(b"navigate") || kind == Some("document") {
        return Interest::Navigation;
    }
    let own = origin_of(url);
    if asked.header("origin").is_none() {
        asked.page = if asked.header("sec-fetch-site") == Some(b"same-origin") {
            own.clone()
        } else {
            asked.header("referer").and_then(origin_of).or_else(|| origin_of(title?.as_bytes()))
        };
    }
    if asked.origin().is_some() && asked.origin() == own.as_deref() {
        return Interest::SameOrigin;
    }
    let of_script = matches!(kind, Some("xhr" | "fetch" | "preflight" | "eventsource"));
    let mode = asked.header("sec-fetch-mode").unwrap_or_default();
    match mode {
        b"cors" | b"same-origin" => Interest::Script,
        b"no-cors" => {
            let is_fetch = of_script || (kind.is_none() && asked.header("sec-fetch-dest") == Some(b"empty"));
            if is_fetch { Interest::Script } else { Interest::Load }
        }
        _ if asked.header("origin").is_some() => Interest::Script,
        _ if of_script && asked.page.is_some() => Interest::Script,
        _ if of_script || asked.headers.is_empty() => Interest::Unknown,
        _ => Interest::Load,
    }
}

/// How many entries of each sort were left out.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    counts: [u64; Interest::OTHERS.len()],
}

impl LeftOut {
    pub(super) fn count(&mut self, interest: Interest) {
        if let Some(at) = Interest::OTHERS.iter().position(|other| *other == interest)
            && let Some(count) = self.counts.get_mut(at)
        {
            *count += 1;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.counts.iter().all(|count| *count == 0)
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = Interest::OTHERS.iter().zip(self.counts).filter(|(_, count)| *count > 0);
        for (at, (interest, count)) in counted.enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(f, "{comma}{count} {}", interest.words())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Interest, LeftOut, interest};
    use crate::capture::place::Place;
    use crate::capture::step::{CapturedRequest, Sender};

    fn found(url: &str, headers: &[(&str, &str)], kind: Option<&str>, title: &str) -> (Interest, Option<String>) {
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let asked = CapturedRequest::new(Place::of_file("x"), Sender::Browser, headers);
        let mut asked = CapturedRequest { method: Some(b"GET".to_vec()), url: Some(url.into()), ..asked };
        let found = interest(&mut asked, kind, 200, Some(title));
        (found, asked.origin().map(|origin| String::from_utf8(origin.to_vec()).unwrap()))
    }

    #[test]
    fn requests_of_scripts_to_another_origin_are_found() {
        let of = |origin: &str| Some(origin.to_owned());
        let (b, page) = ("https://b.test/x", "https://a.test/app");
        assert_eq!(found(b, &[("Origin", "https://a.test")], None, ""), (Interest::Script, of("https://a.test")));
        assert_eq!(found(b, &[("Origin", "https://b.test")], None, "").0, Interest::SameOrigin);
        assert_eq!(
            found(b, &[("Sec-Fetch-Mode", "cors"), ("Referer", page)], None, ""),
            (Interest::Script, of("https://a.test"))
        );
        assert_eq!(
            found(b, &[("sec-fetch-mode", "cors"), ("sec-fetch-site", "same-origin")], None, "").0,
            Interest::SameOrigin
        );
        assert_eq!(found(b, &[("sec-fetch-mode", "navigate"), ("Origin", "null")], None, "").0, Interest::Navigation);
        assert_eq!(
            found(b, &[("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")], None, page).0,
            Interest::Load
        );
        assert_eq!(found(b, &[("sec-fetch-mode", "no-cors")], Some("fetch"), page).0, Interest::Script);
        assert_eq!(found(b, &[], Some("xhr"), page), (Interest::Script, of("https://a.test")));
        assert_eq!(found(b, &[], Some("xhr"), "My app").0, Interest::Unknown);
        assert_eq!(found(b, &[("Accept", "image/*")], Some("image"), page).0, Interest::Load);
        assert_eq!(found("wss://b.test/", &[("Origin", "https://a.test")], None, page).0, Interest::Socket);
        assert_eq!(found("data:text/plain,x", &[], None, page).0, Interest::NotHttp);
    }

    #[test]
    fn counts_what_is_left_out() {
        let mut left_out = LeftOut::default();
        [Interest::Load, Interest::Navigation, Interest::Load].into_iter().for_each(|one| left_out.count(one));
        assert_eq!(left_out.to_string(), "1 navigations, 2 images, scripts and similar, loaded without CORS");
    }
}
