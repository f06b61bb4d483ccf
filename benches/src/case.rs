//! The requests that are measured, and the outcome that each must have.

use corsac::DenialCode;

/// A header of a request: name and value.
pub type HeaderLine<'a> = (&'static str, &'a [u8]);

/// What the engine decided: the denial, and how many headers the response has.
pub type Outcome = (Option<DenialCode>, usize);

const ORIGIN: &str = "Origin";
const METHOD: &str = "Access-Control-Request-Method";
const NAMES: &str = "Access-Control-Request-Headers";
const MEBIBYTE: usize = 1 << 20;

/// Other headers that a browser sends.
const FURTHER: [HeaderLine<'static>; 8] = [
    ("Host", b"api.example.com"),
    ("User-Agent", b"Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"),
    ("Accept", b"application/json"),
    ("Accept-Language", b"en-GB,en;q=0.5"),
    ("Accept-Encoding", b"gzip, deflate, br, zstd"),
    ("Connection", b"keep-alive"),
    ("Sec-Fetch-Mode", b"cors"),
    ("Sec-Fetch-Site", b"cross-site"),
];

/// A kind of request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Case {
    /// No header at all.
    Plain,
    /// No `Origin`, but eight headers that CORS does not use.
    PlainFromBrowser,
    /// A listed `Origin`, the same each time.
    Actual,
    /// Another listed `Origin` each time.
    ActualRandom,
    /// An `Origin` one label below the wildcard.
    ActualWildcard,
    /// An `Origin` of the same shape that nothing matches.
    ActualDenied,
    /// A preflight without a header.
    Preflight0,
    /// A preflight for one listed header.
    Preflight1,
    /// A preflight for all three.
    Preflight3,
    /// The same, another listed `Origin` each time.
    Preflight3Random,
    /// The same, one label below the wildcard.
    Preflight3Wildcard,
    /// The same, twenty labels below the wildcard.
    Preflight3Deep,
    /// An unlisted `Origin`.
    DeniedOrigin,
    /// An unlisted method.
    DeniedMethod,
    /// Two listed headers, then an unlisted one.
    DeniedHeader,
    /// An attack on the engine.
    Hostile(Hostile),
}

/// The value that is a mebibyte long; the last one is as long as the limits permit.
/// [`crate::attack`] has other attacks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hostile {
    /// `Access-Control-Request-Headers: ,,,,`
    Commas,
    /// `Access-Control-Request-Method`.
    Method,
    /// `Origin`, of one letter.
    Origin,
    /// `Origin`, with a host below the wildcard.
    OriginLabels,
    /// `Origin`, with the longest host and the most labels. No pattern matches it.
    LongestOrigin,
}

impl Hostile {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Commas, Self::Method, Self::Origin, Self::OriginLabels, Self::LongestOrigin];
}

/// A request that is measured.
#[derive(Clone, Debug)]
pub struct CaseRequest {
    /// The method of the request itself.
    pub method: &'static str,
    /// `Origin`.
    pub origin: Option<Vec<u8>>,
    /// `Access-Control-Request-Method`.
    pub requested_method: Option<Vec<u8>>,
    /// `Access-Control-Request-Headers`.
    pub names: Option<Vec<u8>>,
    /// Headers that CORS does not use.
    pub further: &'static [HeaderLine<'static>],
    /// Whether each call has another origin.
    pub is_random: bool,
}

impl CaseRequest {
    /// The headers of the request, `Origin` first.
    #[must_use]
    pub fn headers(&self) -> Vec<HeaderLine<'_>> {
        let own = [(ORIGIN, &self.origin), (METHOD, &self.requested_method), (NAMES, &self.names)];
        let own = own.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
        own.chain(self.further.iter().copied()).collect()
    }
}

impl Case {
    /// The cases of the table, in its order.
    pub const GRID: [Self; 17] = [
        Self::Plain,
        Self::PlainFromBrowser,
        Self::Actual,
        Self::ActualRandom,
        Self::ActualWildcard,
        Self::ActualDenied,
        Self::Preflight0,
        Self::Preflight1,
        Self::Preflight3,
        Self::Preflight3Random,
        Self::Preflight3Wildcard,
        Self::Preflight3Deep,
        Self::DeniedOrigin,
        Self::DeniedMethod,
        Self::DeniedHeader,
        Self::Hostile(Hostile::Commas),
        Self::Hostile(Hostile::Origin),
    ];

    /// Its name in the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::PlainFromBrowser => "plain, 8 other headers",
            Self::Actual => "actual allowed",
            Self::ActualRandom => "actual allowed, random origins",
            Self::ActualWildcard => "actual allowed, wildcard",
            Self::ActualDenied => "actual denied",
            Self::Preflight0 => "preflight, 0 names",
            Self::Preflight1 => "preflight, 1 name",
            Self::Preflight3 => "preflight, 3 names",
            Self::Preflight3Random => "preflight, 3 names, random origins",
            Self::Preflight3Wildcard => "preflight, 3 names, wildcard 1 label deep",
            Self::Preflight3Deep => "preflight, 3 names, wildcard 20 labels deep",
            Self::DeniedOrigin => "preflight denied by origin",
            Self::DeniedMethod => "preflight denied by method",
            Self::DeniedHeader => "preflight denied by header",
            Self::Hostile(Hostile::Commas) => "hostile names, 1 MiB of commas",
            Self::Hostile(Hostile::Method) => "hostile method of 1 MiB",
            Self::Hostile(Hostile::Origin) => "hostile origin of 1 MiB",
            Self::Hostile(Hostile::OriginLabels) => "hostile origin, 1 MiB of labels",
            Self::Hostile(Hostile::LongestOrigin) => "hostile origin, the longest host",
        }
    }

    /// The request, for a policy with these origins.
    #[must_use]
    pub fn request(self, origins: &[String]) -> CaseRequest {
        let known = origins.get(origins.len() / 2).map_or("https://tenant-0.example.com", String::as_str);
        let plain = CaseRequest {
            method: "GET",
            origin: None,
            requested_method: None,
            names: None,
            further: &[],
            is_random: false,
        };
        let actual = |origin: &str| CaseRequest { origin: Some(origin.into()), ..plain.clone() };
        let preflight = |origin: &str, names: Option<&[u8]>| CaseRequest {
            method: "OPTIONS",
            origin: Some(origin.into()),
            requested_method: Some(b"PUT".to_vec()),
            names: names.map(<[u8]>::to_vec),
            ..plain.clone()
        };
        let all: Option<&[u8]> = Some(b"authorization,content-type,x-trace");
        let fill = |unit: &[u8]| unit.iter().copied().cycle().take(MEBIBYTE).collect::<Vec<u8>>();
        let attack = |unit: &[u8]| preflight(known, Some(&fill(unit)));
        let deep = format!("https://{}wild.example", "a.".repeat(20));
        match self {
            Self::Plain => plain,
            Self::PlainFromBrowser => CaseRequest { further: &FURTHER, ..plain },
            Self::Actual => actual(known),
            Self::ActualRandom => CaseRequest { is_random: true, ..actual(known) },
            Self::ActualWildcard => actual("https://tenant-0.wild.example"),
            Self::ActualDenied => actual("https://tenant-0.wilt.example"),
            Self::Preflight0 => preflight(known, None),
            Self::Preflight1 => preflight(known, Some(b"authorization")),
            Self::Preflight3 => preflight(known, all),
            Self::Preflight3Random => CaseRequest { is_random: true, ..preflight(known, all) },
            Self::Preflight3Wildcard => preflight("https://tenant-0.wild.example", all),
            Self::Preflight3Deep => preflight(&deep, all),
            Self::DeniedOrigin => preflight("https://tenant-0.wilt.example", all),
            Self::DeniedMethod => CaseRequest { requested_method: Some(b"PATCH".to_vec()), ..preflight(known, all) },
            Self::DeniedHeader => preflight(known, Some(b"authorization,content-type,x-other")),
            Self::Hostile(Hostile::Commas) => attack(b","),
            Self::Hostile(Hostile::Method) => {
                CaseRequest { requested_method: Some(fill(b"A")), ..preflight(known, None) }
            }
            Self::Hostile(Hostile::Origin) => CaseRequest { origin: Some(fill(b"a")), ..preflight(known, None) },
            Self::Hostile(Hostile::OriginLabels) => {
                let mut origin = b"https://".to_vec();
                origin.extend(fill(b"a."));
                origin.extend(b"wild.example");
                CaseRequest { origin: Some(origin), ..preflight(known, None) }
            }
            Self::Hostile(Hostile::LongestOrigin) => {
                let origin = format!("https://{}wilt.example", "a.".repeat((253 - "wilt.example".len()) / 2));
                preflight(&origin, all)
            }
        }
    }

    /// The outcome under the policy that is measured.
    #[must_use]
    pub fn expected(self) -> Outcome {
        match self {
            Self::Plain | Self::PlainFromBrowser => (None, 1),
            Self::Actual | Self::ActualRandom | Self::ActualWildcard => (None, 4),
            Self::ActualDenied | Self::DeniedOrigin => (Some(DenialCode::OriginNotAllowed), 1),
            Self::Preflight0
            | Self::Preflight1
            | Self::Preflight3
            | Self::Preflight3Random
            | Self::Preflight3Wildcard
            | Self::Preflight3Deep => (None, 6),
            Self::DeniedMethod => (Some(DenialCode::MethodNotAllowed), 5),
            Self::DeniedHeader => (Some(DenialCode::HeaderNotAllowed), 5),
            Self::Hostile(Hostile::LongestOrigin) => (Some(DenialCode::OriginNotAllowed), 1),
            Self::Hostile(Hostile::Commas) => (Some(DenialCode::HeadersMalformed), 5),
            Self::Hostile(Hostile::Method) => (Some(DenialCode::TooLarge), 5),
            Self::Hostile(Hostile::Origin | Hostile::OriginLabels) => (Some(DenialCode::TooLarge), 1),
        }
    }
}
