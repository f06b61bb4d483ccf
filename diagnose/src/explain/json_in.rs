//! Reads one line of `explain --jsonl`. It accepts the field names of the contract, and nothing else.

use std::fmt;

use corsac::browser::{AddressSpace, Api, Credentials, HttpVersion, Mode, Permission, Profile, ReferrerPolicy};
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use crate::exchange::{Exchange, Headers, Hop, Network, Response, ScriptRequest};

/// More headers than any message has. The time grows with their number: core puts 2048 names in order in one pass.
const HEADERS: usize = 2000;
/// No browser follows more than 20 redirects (Fetch 4.4).
const HOPS: usize = 32;

/// What a line contains.
///
/// ```
/// use corsac_diagnose::{CapturedRequest, UrlCrate, read_resolved};
/// let line = br#"{"id":7,"request":{"origin":"https://app.example","url":"https://api.example/x"}}"#;
/// let CapturedRequest { exchange, then, id } = read_resolved(line, &UrlCrate)?;
/// assert_eq!(exchange.request.origin.as_deref(), Some(b"https://app.example".as_slice()));
/// assert_eq!((then.len(), id), (0, Some(7.into())));
/// # Ok::<(), String>(())
/// ```
#[derive(Debug)]
pub struct CapturedRequest {
    /// The exchange to judge.
    pub exchange: Exchange,
    /// Later requests, which show what the preflight cache keeps.
    pub then: Vec<Later>,
    /// Written to the output unchanged.
    pub id: Option<serde_json::Value>,
}

/// A later request.
///
/// ```
/// use corsac_diagnose::{Later, UrlCrate, read_resolved};
/// let line = br#"{"request":{"origin":"https://app.example","url":"https://api.example/x"},
///     "then":[{"after_seconds":1.5,"request":{"origin":"https://app.example","url":"https://api.example/y"}}]}"#;
/// let later: &Later = &read_resolved(line, &UrlCrate)?.then[0];
/// assert_eq!(later.after_milliseconds, 1500);
/// assert_eq!(later.request.url.as_deref(), Some(b"https://api.example/y".as_slice()));
/// # Ok::<(), String>(())
/// ```
#[derive(Debug)]
pub struct Later {
    /// The request.
    pub request: ScriptRequest,
    /// How long after the exchange it is sent.
    pub after_milliseconds: u64,
}

/// Reads a line of JSON.
///
/// # Errors
///
/// One sentence that says what is wrong with the line.
pub(super) fn read(line: &[u8]) -> Result<CapturedRequest, String> {
    let asked: Line = serde_json::from_slice(line).map_err(|error| {
        // The line number that serde_json counts is always 1.
        error.to_string().replace(" at line 1 column ", " at column ")
    })?;
    let at_top = asked.preflight.is_some()
        || asked.response.is_some()
        || asked.revalidated.is_some()
        || asked.target_address.is_some();
    let hops = match asked.hops {
        Some(_) if at_top => {
            return Err(
                "\"preflight\", \"response\" and \"target_address\" belong either to the top level, for a single hop, or to \"hops\""
                    .to_owned(),
            );
        }
        Some(hops) => hops,
        None => vec![LineHop {
            url: None,
            target_address: asked.target_address,
            preflight: asked.preflight,
            response: asked.response,
            revalidated: asked.revalidated,
        }],
    };
    let later = |then: LineThen| {
        let seconds = then.after_seconds.unwrap_or(0.0);
        if !(0.0..=1e9).contains(&seconds) {
            return Err(format!("\"after_seconds\" is {seconds}: write a number from 0 to 1000000000"));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1e12")]
        let after_milliseconds = (seconds * 1000.0) as u64;
        Ok(Later { request: then.request.into_request()?, after_milliseconds })
    };
    Ok(CapturedRequest {
        exchange: Exchange {
            request: asked.request.into_request()?,
            hops: hops.into_iter().map(LineHop::into_hop).collect::<Result<_, _>>()?,
        },
        then: asked.then.unwrap_or_default().into_iter().map(later).collect::<Result<_, _>>()?,
        id: asked.id,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    request: LineRequest,
    #[serde(default, deserialize_with = "few::<_, _, HOPS>")]
    hops: Option<Vec<LineHop>>,
    target_address: Option<String>,
    preflight: Option<LineResponse>,
    response: Option<LineResponse>,
    revalidated: Option<LineFields>,
    then: Option<Vec<LineThen>>,
    #[serde(default, deserialize_with = "given")]
    id: Option<serde_json::Value>,
}

/// Even `null`.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<serde_json::Value>, D::Error> {
    serde_json::Value::deserialize(from).map(Some)
}

/// A list of at most the length of any real one.
fn few<'de, D: Deserializer<'de>, T: Deserialize<'de>, const MOST: usize>(from: D) -> Result<Option<Vec<T>>, D::Error> {
    let list: Option<Vec<T>> = Option::deserialize(from)?;
    match &list {
        Some(list) if list.len() > MOST => Err(de::Error::custom(format_args!(
            "a list of {} entries: no exchange has more than {MOST} of these",
            list.len()
        ))),
        _ => Ok(list),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineRequest {
    origin: ByteText,
    url: Option<String>,
    method: Option<ByteText>,
    #[serde(default, deserialize_with = "few::<_, _, HEADERS>")]
    headers: Option<Vec<(ByteText, Option<ByteText>)>>,
    credentials: Option<String>,
    mode: Option<String>,
    referrer_policy: Option<String>,
    api: Option<String>,
    http_version: Option<String>,
    upload_listener: Option<bool>,
    stream_body: Option<bool>,
    page_space: Option<String>,
    target_address_space: Option<String>,
    permission: Option<String>,
    secure_context: Option<bool>,
}

impl LineRequest {
    fn into_request(self) -> Result<ScriptRequest, String> {
        let credentials = match self.credentials.as_deref() {
            Some("omit") => Credentials::Omit,
            None | Some("same-origin") => Credentials::SameOrigin,
            Some("include") => Credentials::Include,
            Some(other) => {
                return Err(format!("\"credentials\" is \"{}\": write omit, same-origin or include", shown(other)));
            }
        };
        let mode = match self.mode.as_deref() {
            None | Some("cors") => Mode::Cors,
            Some("no-cors") => Mode::NoCors,
            Some("same-origin") => Mode::SameOrigin,
            Some(other) => return Err(format!("\"mode\" is \"{}\": write cors, no-cors or same-origin", shown(other))),
        };
        let api = match self.api.as_deref() {
            None | Some("fetch") => Api::Fetch,
            Some("xhr") => Api::Xhr,
            Some(other) => return Err(format!("\"api\" is \"{}\": write fetch or xhr", shown(other))),
        };
        let version = self.http_version.as_deref().unwrap_or("1.1");
        let http_version = HttpVersion::parse(version)
            .ok_or_else(|| format!("\"http_version\" is \"{}\": write 1.0, 1.1, 2 or 3", shown(version)))?;
        let policy = self.referrer_policy.as_deref().unwrap_or("");
        let referrer_policy = ReferrerPolicy::parse(policy).ok_or_else(|| {
            format!("\"referrer_policy\" is \"{}\", which is not a referrer policy; the default is \"\"", shown(policy))
        })?;
        let network = Network {
            page_space: space("page_space", self.page_space.as_deref())?,
            secure_context: self.secure_context,
            target_address_space: space("target_address_space", self.target_address_space.as_deref())?,
            permission: permission(self.permission.as_deref())?,
        };
        Ok(ScriptRequest {
            origin: Some(self.origin.0),
            url: self.url.map(String::into_bytes),
            method: self.method.map(|method| method.0),
            headers: self
                .headers
                .unwrap_or_default()
                .into_iter()
                .map(|(name, value)| (name.0, value.map(|value| value.0)))
                .collect(),
            credentials: Some(credentials),
            mode,
            referrer_policy,
            api,
            http_version,
            upload_listener: self.upload_listener.unwrap_or(false),
            stream_body: self.stream_body.unwrap_or(false),
            network,
        })
    }
}

fn space(member: &str, name: Option<&str>) -> Result<Option<AddressSpace>, String> {
    let read = |name: &str| {
        AddressSpace::parse(name)
            .ok_or_else(|| format!("\"{member}\" is \"{}\": write loopback, local or public", shown(name)))
    };
    name.map(read).transpose()
}

fn permission(name: Option<&str>) -> Result<Permission, String> {
    let name = name.unwrap_or("unknown");
    Permission::parse(name)
        .ok_or_else(|| format!("\"permission\" is \"{}\": write granted, denied, prompt or unknown", shown(name)))
}

/// The text of an address, if it is one.
fn address(text: Option<String>) -> Result<Option<Vec<u8>>, String> {
    match text {
        Some(text) if AddressSpace::of_address(text.as_bytes(), Profile::Spec).is_none() => Err(format!(
            "\"target_address\" is \"{}\", which is not an IP address: write one such as 192.168.0.5 or ::1",
            shown(&text)
        )),
        text => Ok(text.map(String::into_bytes)),
    }
}

fn shown(text: &str) -> String {
    text.chars().take(40).flat_map(char::escape_default).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineHop {
    url: Option<String>,
    target_address: Option<String>,
    preflight: Option<LineResponse>,
    response: Option<LineResponse>,
    revalidated: Option<LineFields>,
}

impl LineHop {
    fn into_hop(self) -> Result<Hop, String> {
        let response = |response: LineResponse| Response { status: response.status, headers: lines(response.headers) };
        Ok(Hop {
            url: self.url.map(String::into_bytes),
            address: address(self.target_address)?,
            preflight: self.preflight.map(response),
            response: self.response.map(response),
            revalidated: self.revalidated.map(|fields| lines(fields.headers)),
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineResponse {
    status: u16,
    #[serde(default, deserialize_with = "few::<_, _, HEADERS>")]
    headers: Option<Vec<(ByteText, ByteText)>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineFields {
    #[serde(rename = "status")]
    _status: Option<u16>,
    #[serde(default, deserialize_with = "few::<_, _, HEADERS>")]
    headers: Option<Vec<(ByteText, ByteText)>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineThen {
    request: LineRequest,
    after_seconds: Option<f64>,
}

fn lines(headers: Option<Vec<(ByteText, ByteText)>>) -> Headers {
    headers.unwrap_or_default().into_iter().map(|(name, value)| (name.0, value.0)).collect()
}

/// A string, one byte per code point.
struct ByteText(Vec<u8>);

impl<'de> Deserialize<'de> for ByteText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = ByteText;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<ByteText, E> {
                let byte = |c| u8::try_from(c).map_err(|_| E::custom("a code point above 255 is not a byte"));
                text.chars().map(byte).collect::<Result<_, _>>().map(ByteText)
            }
        }
        from.deserialize_str(Bytes)
    }
}
