//! One case of `vectors/`: read from JSON when the program is built, and in a compact form when it
//! runs.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// A case with a decision, or only with findings. A request without a decision has no policy.
#[derive(Serialize, Deserialize)]
pub struct Case {
    pub says: String,
    pub spec: Spec,
    pub request: Option<Request>,
    pub decision: Option<Decision>,
}

/// The options of a policy, or the tables of a set, or one such table.
#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    pub policy: Option<Vec<Spec>>,
    pub path: Text,
    pub cors: bool,
    pub allow_origins: Vec<Text>,
    pub allow_methods: Option<Vec<Text>>,
    pub allow_headers: Vec<Text>,
    pub allow_credentials: bool,
    pub expose_headers: Vec<Text>,
    pub max_age: Option<i64>,
    pub preflight_status: i64,
    pub denied_preflight_status: Option<i64>,
    pub external_origins: bool,
    pub allow_timing: bool,
    pub allow_private_network: bool,
    pub dangerously_allow_null_origin: bool,
    pub dangerously_allow_insecure_origins: bool,
    pub dangerously_allow_public_suffixes: Suffixes,
}

/// The public suffixes that wildcards may be over: `true` for all, or a list.
#[derive(Default, Serialize)]
pub struct Suffixes {
    pub any: bool,
    pub listed: Vec<Text>,
}

impl Default for Spec {
    fn default() -> Self {
        let corsac::PolicySpec { preflight_status, .. } = corsac::PolicySpec::<&str>::new(&[]);
        Self {
            policy: None,
            path: Text::of(b"/"),
            cors: true,
            allow_origins: Vec::new(),
            allow_methods: None,
            allow_headers: Vec::new(),
            allow_credentials: false,
            expose_headers: Vec::new(),
            max_age: None,
            preflight_status,
            denied_preflight_status: None,
            external_origins: false,
            allow_timing: false,
            allow_private_network: false,
            dangerously_allow_null_origin: false,
            dangerously_allow_insecure_origins: false,
            dangerously_allow_public_suffixes: Suffixes::default(),
        }
    }
}

#[derive(Serialize, Deserialize)]
pub struct Request {
    pub method: Text,
    pub headers: Vec<(Text, Text)>,
    #[serde(default)]
    pub path: Option<Text>,
    #[serde(default)]
    pub raw_path: Option<Text>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    pub class: String,
    pub allowed: bool,
    pub denial: Option<Denial>,
    pub status: Option<u16>,
    pub headers: Vec<(Text, Text)>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Denial {
    pub code: String,
    pub bytes: Text,
}

/// Bytes, with repeated parts stored once: a vector may have a megabyte of them, and flash may not.
#[derive(Serialize)]
pub struct Text(Vec<Part>);

#[derive(Serialize, Deserialize)]
struct Part {
    bytes: Vec<u8>,
    times: u32,
}

impl Text {
    pub fn of(bytes: &[u8]) -> Self {
        Self(alloc::vec![Part { bytes: bytes.into(), times: 1 }])
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for part in &self.0 {
            (0..part.times).for_each(|_| all.extend_from_slice(&part.bytes));
        }
        all
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.bytes();
        let shown = bytes.get(..128).unwrap_or(&bytes);
        write!(f, "\"{}\"({})", shown.escape_ascii(), bytes.len())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut parts = Vec::new();
        if from.is_human_readable() {
            Written::deserialize(from)?.append_to(&mut parts).map_err(serde::de::Error::custom)?;
        } else {
            parts = Vec::deserialize(from)?;
        }
        Ok(Self(parts))
    }
}

impl<'de> Deserialize<'de> for Suffixes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Any(bool),
            Listed(Vec<Text>),
        }
        if !from.is_human_readable() {
            let (any, listed) = Deserialize::deserialize(from)?;
            return Ok(Self { any, listed });
        }
        Ok(match Written::deserialize(from)? {
            Written::Any(any) => Self { any, listed: Vec::new() },
            Written::Listed(listed) => Self { any: false, listed },
        })
    }
}

/// A text in JSON: one byte per code point, a repeat, or several of both.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Plain(String),
    Repeat { repeat: String, times: u32 },
    Parts(Vec<Written>),
}

impl Written {
    fn append_to(&self, parts: &mut Vec<Part>) -> Result<(), core::char::TryFromCharError> {
        let mut push = |text: &str, times| {
            let bytes = text.chars().map(u8::try_from).collect::<Result<_, _>>()?;
            parts.push(Part { bytes, times });
            Ok(())
        };
        match self {
            Self::Plain(text) => push(text, 1),
            Self::Repeat { repeat, times } => push(repeat, *times),
            Self::Parts(all) => all.iter().try_for_each(|part| part.append_to(parts)),
        }
    }
}
