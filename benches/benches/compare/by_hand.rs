//! CORS as people write it by hand, with a set and `format!`; and only the look-up in that set.

use std::collections::HashSet;
use std::hint::black_box;
use std::time::Duration;

use corsac_benches::{Case, CaseRequest, HEADERS, METHODS};

use crate::stream::Stream;
use crate::system::{Ready, System, World};
use crate::watch::Watch;

pub(crate) struct ByHand {
    origins: HashSet<String>,
    methods: Vec<String>,
    headers: HashSet<String>,
    header_list: String,
    max_age: u32,
}

/// Whether the request is allowed, and the headers of the response.
type Outcome = (bool, Vec<(&'static str, String)>);

impl ByHand {
    pub(crate) fn new(origins: &[String]) -> Self {
        Self {
            origins: origins.iter().cloned().collect(),
            methods: METHODS.iter().map(|&method| method.to_owned()).collect(),
            headers: HEADERS.iter().map(|&name| name.to_owned()).collect(),
            header_list: HEADERS.join(", "),
            max_age: 600,
        }
    }

    fn respond(&self, method: &str, request_headers: &[(&str, &str)]) -> Outcome {
        let get = |name: &str| {
            let header = request_headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
            header.map(|(_, value)| *value)
        };
        let mut headers = vec![("Vary", "Origin".to_owned())];
        let Some(origin) = get("origin") else { return (true, headers) };
        let requested_method = get("access-control-request-method").filter(|_| method == "OPTIONS");
        if !self.origins.contains(origin) {
            return (false, headers);
        }
        if let Some(requested_method) = requested_method {
            if !self.methods.iter().any(|method| method == requested_method) {
                return (false, headers);
            }
            let names = get("access-control-request-headers").unwrap_or("");
            let mut names = names.split(',').map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty());
            if !names.all(|name| self.headers.contains(&name)) {
                return (false, headers);
            }
            headers.push(("Access-Control-Allow-Methods", self.methods.join(", ")));
            headers.push(("Access-Control-Allow-Headers", self.header_list.clone()));
            headers.push(("Access-Control-Max-Age", format!("{}", self.max_age)));
        } else {
            headers.push(("Access-Control-Expose-Headers", "etag".to_owned()));
        }
        headers.push(("Access-Control-Allow-Origin", origin.to_owned()));
        headers.push(("Access-Control-Allow-Credentials", "true".to_owned()));
        (true, headers)
    }
}

impl System for ByHand {
    fn ready<'s>(&'s self, case: Case, world: &'s World) -> Option<Box<dyn Ready + 's>> {
        let expected = match case {
            Case::ActualWildcard | Case::Preflight3Wildcard | Case::Preflight3Deep => return None,
            Case::Plain | Case::PlainFromBrowser => (true, 1),
            Case::Actual | Case::ActualRandom => (true, 4),
            Case::Preflight0 | Case::Preflight1 | Case::Preflight3 | Case::Preflight3Random => (true, 6),
            // It skips empty names, even a mebibyte of them.
            Case::Hostile(corsac_benches::Hostile::Commas) => (true, 6),
            Case::ActualDenied | Case::DeniedOrigin | Case::DeniedMethod | Case::DeniedHeader | Case::Hostile(_) => {
                (false, 1)
            }
        };
        let case_request = world.request(case);
        let stream = world.stream(&case_request);
        Some(Box::new(Repeated { policy: self, case_request, stream, expected }))
    }
}

struct Repeated<'s> {
    policy: &'s ByHand,
    case_request: CaseRequest,
    stream: Option<Stream>,
    expected: (bool, usize),
}

impl Ready for Repeated<'_> {
    fn time(&mut self, calls: u32) -> Duration {
        let headers = self.case_request.headers();
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, str::from_utf8(value).expect("requests are ASCII"))).collect();
        let expected = self.expected;
        let check = |(is_allowed, headers): Outcome| {
            for header in &headers {
                black_box(header);
            }
            assert_eq!((is_allowed, headers.len()), expected);
        };
        let start = Watch::start();
        for _ in 0..calls {
            match &mut self.stream {
                None => check(self.policy.respond(black_box(self.case_request.method), black_box(&headers))),
                Some(stream) => {
                    let mut own = [("", ""); 3];
                    let own = &mut own[..headers.len()];
                    own.copy_from_slice(&headers);
                    stream.wait();
                    own[0].1 = stream.next();
                    check(self.policy.respond(black_box(self.case_request.method), black_box(own)));
                }
            }
        }
        start.elapsed()
    }
}

/// Only `HashSet<String>::contains`.
pub(crate) struct LookUp(HashSet<String>);

impl LookUp {
    pub(crate) fn new(origins: &[String]) -> Self {
        Self(origins.iter().cloned().collect())
    }
}

impl System for LookUp {
    fn ready<'s>(&'s self, case: Case, world: &'s World) -> Option<Box<dyn Ready + 's>> {
        let expected = match case {
            Case::Actual | Case::ActualRandom | Case::Preflight3 | Case::Preflight3Random => true,
            Case::ActualDenied | Case::DeniedOrigin => false,
            _ => return None,
        };
        let case_request = world.request(case);
        let stream = world.stream(&case_request);
        let origin = String::from_utf8(case_request.origin?).expect("requests are ASCII");
        Some(Box::new(LookingUp { origins: &self.0, origin, stream, expected }))
    }
}

struct LookingUp<'s> {
    origins: &'s HashSet<String>,
    origin: String,
    stream: Option<Stream>,
    expected: bool,
}

impl Ready for LookingUp<'_> {
    fn time(&mut self, calls: u32) -> Duration {
        let start = Watch::start();
        for _ in 0..calls {
            let origin = match &mut self.stream {
                None => self.origin.as_str(),
                Some(stream) => {
                    stream.wait();
                    stream.next()
                }
            };
            assert_eq!(self.origins.contains(black_box(origin)), self.expected);
        }
        start.elapsed()
    }
}
