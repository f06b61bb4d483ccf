//! What the browser model does with an exchange of many headers, so that a test can count how its work grows.

use std::fmt::{self, Write};

use corsac::browser::{Causes, Exchange, Hop, Line, Profile, RequestHeader, Response, ScriptRequest};

/// Which headers there are many of, and what is done with the failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// Request headers, all of them allowed by one line of the preflight.
    Allowed,
    /// Request headers, none of them allowed: each is a failure, and is put into words: its cause and its console
    /// message, as the C library does.
    Refused,
    /// Header lines of the response, all of them exposed by one line.
    Exposed,
}

impl Growth {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Allowed, Self::Refused, Self::Exposed];

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Refused => "refused",
            Self::Exposed => "exposed",
        }
    }

    /// Judges an exchange with so many headers in the two profiles that differ most: the one checks entries of a name
    /// together, the other one by one. Returns how much there was to report, so that
    /// nothing of it can be left out.
    #[must_use]
    pub fn run(self, count: usize) -> usize {
        // An order that no sort finds as it is.
        let names: Vec<String> = (0..count).map(|place| format!("x-{}-{place}", place * 7919 % count)).collect();
        let headers: Vec<RequestHeader<'_>> = names.iter().map(|name| (name.as_bytes(), Some(&b"1"[..]))).collect();
        let list = names.join(", ");
        let others = list.replace("x-", "y-");
        let allowed = if self == Self::Allowed { &list } else { &others };
        let mut preflight: Vec<Line<'_>> = vec![
            (b"Access-Control-Allow-Origin", b"*"),
            (b"Access-Control-Allow-Methods", b"PUT"),
            (b"Access-Control-Allow-Headers", allowed.as_bytes()),
        ];
        preflight.extend(names.iter().map(|name| (name.as_bytes(), &b"1"[..])));
        let mut response: Vec<Line<'_>> =
            vec![(b"Access-Control-Allow-Origin", b"*"), (b"Access-Control-Expose-Headers", list.as_bytes())];
        response.extend(names.iter().map(|name| (name.as_bytes(), &b"1"[..])));
        let is_exposed = self == Self::Exposed;
        let request = ScriptRequest {
            method: b"PUT",
            headers: if is_exposed { &[] } else { &headers },
            ..ScriptRequest::new(b"https://app.example", b"https://api.example/x")
        };
        let hops = [Hop {
            preflight: Some(Response { status: 204, headers: &preflight }),
            response: Some(Response { status: 200, headers: if is_exposed { &response } else { &preflight[..1] } }),
            ..Hop::default()
        }];
        let exchange = Exchange { request, hops: &hops };
        let mut text = Length(0);
        for profile in [Profile::Chromium, Profile::Firefox] {
            let (mut reports, mut causes) = (0, Causes::new(exchange));
            exchange.judge(profile, |blocked| {
                reports += 1;
                if self == Self::Refused {
                    let _ = write!(text, "{}", causes.of(&blocked).as_str());
                    if let Some(console) = exchange.console(profile, &blocked) {
                        let _ = write!(text, "{console}");
                    }
                }
            });
            for step in exchange.steps() {
                let _ = write!(text, "{}", step.requested_headers(profile));
            }
            text.0 += reports;
            text.0 += exchange.exposed(profile).map(<[u8]>::len).sum::<usize>();
        }
        text.0
    }
}

/// Counts what is written.
struct Length(usize);

impl Write for Length {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}
