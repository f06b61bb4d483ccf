//! The form of an input: records, each of which is a letter and a text. So any bytes are an input,
//! a mutation changes one thing, a vector can be written down as it is, and a crash can be read.
//! `README.md` lists the letters.

use corsac::browser::{Api, Credentials, HttpVersion, Mode, ReferrerPolicy};

use crate::reference::{Bytes, OwnedRequest, Path, Set, Spec, Suffixes, Table};
use crate::script::{OwnedHop, Script};

/// Separates two records. It is the control byte that was made for this, and it has no meaning
/// elsewhere in an input.
pub const RECORD_END: u8 = 0x1E;

/// The letter and the text of each record.
pub fn records(data: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    data.split(|byte| *byte == RECORD_END).filter_map(|record| Some((*record.first()?, record.get(1..)?)))
}

/// The spec in an input, with or without errors.
pub fn spec(data: &[u8]) -> Spec {
    let mut spec = Spec::default();
    records(data).for_each(|(letter, text)| set_option(&mut spec, letter, text));
    spec
}

/// The set in an input, with or without errors. `[` and a path begin a table, and `]` and a path
/// are one without a policy.
pub fn set(data: &[u8]) -> Set {
    let mut set = Set::default();
    for (letter, text) in records(data) {
        match (letter, set.tables.last_mut()) {
            (b'[', _) => set.tables.push(Table { path: text.to_vec(), policy: Some(Spec::default()) }),
            (b']', _) => set.tables.push(Table { path: text.to_vec(), policy: None }),
            (_, Some(Table { policy: Some(spec), .. })) => set_option(spec, letter, text),
            _ => {}
        }
    }
    set
}

fn set_option(spec: &mut Spec, letter: u8, text: &[u8]) {
    match letter {
        b'o' => spec.allow_origins.push(text.to_vec()),
        b'l' => drop(spec.allow_methods.get_or_insert_default()),
        b'm' => spec.allow_methods.get_or_insert_default().push(text.to_vec()),
        b'h' => spec.allow_headers.push(text.to_vec()),
        b'e' => spec.expose_headers.push(text.to_vec()),
        b'a' => spec.max_age = Some(number(text)),
        b's' => spec.preflight_status = number(text),
        b'd' => spec.denied_preflight_status = Some(number(text)),
        b'c' => spec.allow_credentials = true,
        b'x' => spec.external_origins = true,
        b't' => spec.allow_timing = true,
        b'p' => spec.allow_private_network = true,
        b'n' => spec.dangerously_allow_null_origin = true,
        b'i' => spec.dangerously_allow_insecure_origins = true,
        b'u' => spec.dangerously_allow_public_suffixes = Suffixes::Allowed,
        b'k' => match &mut spec.dangerously_allow_public_suffixes {
            Suffixes::Listed(list) => list.push(text.to_vec()),
            Suffixes::Refused => spec.dangerously_allow_public_suffixes = Suffixes::Listed(vec![text.to_vec()]),
            Suffixes::Allowed => {}
        },
        _ => {}
    }
}

/// The paths of requests: `/` and a decoded path, `%` and the raw form of the path before it, or a
/// raw path alone.
pub fn paths(data: &[u8]) -> Vec<Path> {
    let mut paths: Vec<Path> = vec![];
    for (letter, text) in records(data) {
        match (letter, paths.last_mut()) {
            (b'/', _) => paths.push(Path::Decoded(text.to_vec())),
            (b'%', Some(last @ Path::Decoded(_))) => {
                if let Path::Decoded(decoded) = last.clone() {
                    *last = Path::Both { decoded, raw: text.to_vec() };
                }
            }
            (b'%', _) => paths.push(Path::Raw(text.to_vec())),
            _ => {}
        }
    }
    paths
}

/// The requests: `>` and a method begin one, and `:` is a header line of it.
pub fn requests(data: &[u8]) -> Vec<OwnedRequest> {
    let mut requests: Vec<OwnedRequest> = vec![];
    for (letter, text) in records(data) {
        match (letter, requests.last_mut()) {
            (b'>', _) => requests.push(OwnedRequest { method: text.to_vec(), lines: vec![] }),
            (b':', Some(request)) => request.lines.push(line(text)),
            _ => {}
        }
    }
    requests
}

/// Where an image is damaged: `@`, two bytes for the place, and the bits to flip.
pub fn damage(data: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    records(data).filter_map(|record| match record {
        (b'@', &[high, low, bits, ..]) => Some((usize::from(high) << 8 | usize::from(low), bits)),
        _ => None,
    })
}

/// A script's request, and responses to it.
pub fn exchange(data: &[u8]) -> (Script, Vec<OwnedHop>) {
    let mut script = Script::new(b"https://a.example".to_vec(), b"https://api.invalid/");
    let mut hops: Vec<OwnedHop> = vec![];
    let mut part = b'?';
    for (letter, text) in records(data) {
        match letter {
            b'O' => script.origin = text.to_vec(),
            b'U' => script.url = text.to_vec(),
            b'M' => script.method = text.to_vec(),
            b'H' => script.headers.push(header(text)),
            b'C' => script.credentials = credentials(text),
            b'W' => script.mode = mode(text),
            b'R' => script.referrer_policy = referrer_policy(text),
            b'L' => script.upload_listener = true,
            b'X' => script.api = Api::Xhr,
            b'2' => script.http_version = HttpVersion::Http2,
            b'B' => script.stream_body = true,
            b'=' => hops.push(OwnedHop { url: text.to_vec(), ..OwnedHop::default() }),
            b'?' | b'!' | b'~' => part = letter,
            _ => {}
        }
        let Some(hop) = hops.last_mut() else { continue };
        let status = || u16::try_from(number(text)).unwrap_or(0);
        match (letter, part) {
            (b'?', _) => hop.preflight = Some((status(), vec![])),
            (b'!', _) => hop.response = Some((status(), vec![])),
            (b':', b'?') => hop.preflight.get_or_insert_default().1.push(line(text)),
            (b':', b'!') => hop.response.get_or_insert_default().1.push(line(text)),
            (b':', _) => hop.revalidated.push(line(text)),
            _ => {}
        }
    }
    (script, hops)
}

/// The console messages: `T` and the message.
pub fn messages(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    records(data).filter_map(|(letter, text)| (letter == b'T').then_some(text))
}

/// Places in lists of names: `#` and a number. A negative number is after the end of any list.
pub fn places(data: &[u8]) -> impl Iterator<Item = usize> {
    let texts = records(data).filter_map(|(letter, text)| (letter == b'#').then_some(text));
    texts.map(|text| usize::try_from(number(text)).unwrap_or(usize::MAX))
}

/// A text that is not a number is read as -1.
fn number(text: &[u8]) -> i64 {
    std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or(-1)
}

fn line(text: &[u8]) -> (Bytes, Bytes) {
    let (name, value) = header(text);
    (name, value.unwrap_or_default())
}

/// `name: value`, or a name whose value is unknown.
fn header(text: &[u8]) -> (Bytes, Option<Bytes>) {
    match text.iter().position(|byte| *byte == b':') {
        Some(colon) => {
            let value = &text[colon + 1..];
            (text[..colon].to_vec(), Some(value.strip_prefix(b" ").unwrap_or(value).to_vec()))
        }
        None => (text.to_vec(), None),
    }
}

fn credentials(text: &[u8]) -> Credentials {
    match text {
        b"omit" => Credentials::Omit,
        b"include" => Credentials::Include,
        _ => Credentials::SameOrigin,
    }
}

fn mode(text: &[u8]) -> Mode {
    match text {
        b"no-cors" => Mode::NoCors,
        b"same-origin" => Mode::SameOrigin,
        _ => Mode::Cors,
    }
}

fn referrer_policy(text: &[u8]) -> ReferrerPolicy {
    std::str::from_utf8(text).ok().and_then(ReferrerPolicy::parse).unwrap_or(ReferrerPolicy::NoDowngrade)
}
