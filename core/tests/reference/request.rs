//! Evaluates one request into a whole decision (section 4, and the limits of `SECURITY.md`).

use super::pattern;
use super::{Bytes, Spec, is_forbidden_method, is_tchar, is_token, join};

/// What the engine reads: the method and the header lines in wire order.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnedRequest {
    pub method: Bytes,
    pub lines: Vec<(Bytes, Bytes)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct OwnedDecision {
    pub class: &'static str,
    pub allowed: bool,
    pub denial: Option<(&'static str, Bytes)>,
    pub status: Option<i64>,
    pub headers: Vec<(&'static str, Bytes)>,
}

type Denial = (&'static str, Bytes);

pub const ACAO: &str = "Access-Control-Allow-Origin";
pub const ACAC: &str = "Access-Control-Allow-Credentials";
pub const ACAM: &str = "Access-Control-Allow-Methods";
pub const ACAH: &str = "Access-Control-Allow-Headers";
pub const ACMA: &str = "Access-Control-Max-Age";
pub const ACEH: &str = "Access-Control-Expose-Headers";
pub const TAO: &str = "Timing-Allow-Origin";
pub const ACPN: &str = "Access-Control-Allow-Private-Network";

impl OwnedRequest {
    /// The values of a header. Names are compared without case, and values are unchanged.
    pub fn values(&self, name: &str) -> Vec<Bytes> {
        let wanted = |line: &&(Bytes, Bytes)| line.0.eq_ignore_ascii_case(name.as_bytes());
        self.lines.iter().filter(wanted).map(|line| line.1.clone()).collect()
    }
}

impl OwnedDecision {
    /// A promise of `SECURITY.md`: no control byte, and no byte above 0x7E, reaches a response.
    pub fn is_legal(&self) -> bool {
        self.headers.iter().all(|(_, value)| value.iter().all(|byte| (0x20..=0x7E).contains(byte)))
    }
}

pub fn evaluate(spec: &Spec, request: &OwnedRequest) -> OwnedDecision {
    evaluate_with(spec, request, |_| false)
}

/// Section 4: the three classes.
pub fn class(request: &OwnedRequest) -> &'static str {
    let (has_origin, has_method) =
        (!request.values("Origin").is_empty(), !request.values("Access-Control-Request-Method").is_empty());
    match (request.method == b"OPTIONS", has_origin, has_method) {
        (true, true, true) => "preflight",
        (_, true, _) => "actual",
        (_, false, _) => "plain",
    }
}

/// The caller's check is asked only about well-formed origins that no pattern matched, and only
/// with `external_origins`.
pub fn evaluate_with(spec: &Spec, request: &OwnedRequest, check: impl FnOnce(&[u8]) -> bool) -> OwnedDecision {
    let class = class(request);
    if class == "preflight" {
        return preflight(spec, request, check);
    }
    // Section 4: `Access-Control-Allow-Origin: *` and "allowed" for everyone, or `Vary: Origin` on
    // every response.
    let origins = request.values("Origin");
    let timing = |shown: &[u8]| if spec.allow_timing { shown.to_vec() } else { vec![] };
    let mut headers = vec![];
    let mut denial = None;
    if spec.any_origin() {
        headers.push((ACAO, b"*".to_vec()));
        headers.push((ACEH, spec.exposed()));
        headers.push((TAO, timing(b"*")));
    } else {
        if class == "actual" {
            denial = check_origin(spec, &origins, check).err();
            if denial.is_none() {
                headers.extend(origin_headers(spec, &origins));
                headers.push((ACEH, spec.exposed()));
                headers.push((TAO, timing(&origins[0])));
            }
        }
        headers.push(("Vary", b"Origin".to_vec()));
    }
    headers.retain(|header| !header.1.is_empty());
    OwnedDecision { class, allowed: denial.is_none(), denial, status: None, headers }
}

/// Section 4, "A preflight": origin, method, headers, in that order.
fn preflight(spec: &Spec, request: &OwnedRequest, check: impl FnOnce(&[u8]) -> bool) -> OwnedDecision {
    let origins = request.values("Origin");
    let methods = request.values("Access-Control-Request-Method");
    let names = request.values("Access-Control-Request-Headers");
    let mut headers = vec![];
    let (denial, usual_status);
    let (mut is_method_allowed, mut echoed) = (false, vec![]);
    if let (false, Err(offence)) = (spec.any_origin(), check_origin(spec, &origins, check)) {
        (denial, usual_status) = (Some(offence), 403);
    } else {
        headers.extend(origin_headers(spec, &origins));
        let listed_methods = if spec.any_method() { vec![] } else { join(spec.methods()) };
        let listed_headers = if spec.any_header() { vec![] } else { join(spec.headers()) };
        if let Err(offence) = check_method(spec, &methods) {
            let safelisted = [&b"GET"[..], b"HEAD", b"POST"].contains(&&methods[0][..]);
            // The browser names the method only if its own check is certain to fail.
            let bound_to_fail = offence.0 != "method-malformed" && !listed_methods.is_empty() && !safelisted;
            usual_status = if bound_to_fail { spec.preflight_status } else { 403 };
            denial = Some(offence);
        } else {
            let checked = check_headers(spec, &names);
            denial = checked.denial;
            is_method_allowed = true;
            echoed = checked.echoed;
            let is_malformed = denial.as_ref().is_some_and(|denial| denial.0 == "headers-malformed");
            usual_status = if is_malformed { 403 } else { spec.preflight_status };
        }
        headers.push((
            ACAM,
            if is_method_allowed && denial.is_none() && spec.any_method() {
                methods[0].clone()
            } else {
                listed_methods
            },
        ));
        headers.push((ACAH, listed_headers));
        headers
            .extend(echoed.into_iter().filter(|line| line.iter().any(|byte| is_tchar(*byte))).map(|line| (ACAH, line)));
        if denial.is_none() {
            headers.push((ACMA, spec.sent_max_age().map_or(vec![], |seconds| seconds.to_string().into_bytes())));
            let asked = request.values("Access-Control-Request-Private-Network");
            if spec.allow_private_network && asked == [b"true".to_vec()] {
                headers.push((ACPN, b"true".to_vec()));
            }
        }
    }
    headers.push(("Vary", preflight_vary(spec.allow_private_network)));
    headers.retain(|header| !header.1.is_empty());
    let refused = denial.is_some().then_some(spec.denied_preflight_status).flatten();
    let status = Some(refused.unwrap_or(usual_status));
    OwnedDecision { class: "preflight", allowed: denial.is_none(), denial, status, headers }
}

/// Whether the decision allows the origin of the request. Then the response has
/// `Access-Control-Allow-Origin`.
pub fn is_origin_allowed(decision: &OwnedDecision) -> bool {
    decision.headers.iter().any(|header| header.0 == ACAO)
}

pub fn preflight_vary(with_private_network: bool) -> Bytes {
    let network = if with_private_network { ", Access-Control-Request-Private-Network" } else { "" };
    format!("Origin, Access-Control-Request-Method, Access-Control-Request-Headers{network}").into_bytes()
}

fn origin_headers(spec: &Spec, origins: &[Bytes]) -> Vec<(&'static str, Bytes)> {
    let shown = if spec.any_origin() { b"*".to_vec() } else { origins[0].clone() };
    let credentials = if spec.allow_credentials { b"true".to_vec() } else { vec![] };
    vec![(ACAO, shown), (ACAC, credentials)]
}

/// Exactly one line, which is not too long, not malformed, and listed, checked in this order. The
/// offence is a bad first line, or else the second line.
pub fn check_origin(spec: &Spec, lines: &[Bytes], check: impl FnOnce(&[u8]) -> bool) -> Result<(), Denial> {
    let origin = &lines[0];
    if origin.len() > 328 {
        return Err(("too-large", origin.clone()));
    }
    let visible = origin.iter().all(|byte| (0x21..=0x7E).contains(byte));
    let shaped = origin == b"null" || origin.windows(3).any(|three| three == b"://");
    if !visible || !shaped {
        return Err(("origin-malformed", origin.clone()));
    }
    if let Some(second) = lines.get(1) {
        return Err(("origin-malformed", second.clone()));
    }
    let listed =
        spec.allow_origins.iter().any(|text| pattern::parse(text).is_some_and(|one| pattern::matches(&one, origin)));
    if listed || (spec.external_origins && spec.may_ask_about(origin) && check(origin)) {
        return Ok(());
    }
    Err(("origin-not-allowed", origin.clone()))
}

fn check_method(spec: &Spec, lines: &[Bytes]) -> Result<(), Denial> {
    let method = &lines[0];
    if method.len() > 128 {
        return Err(("too-large", method.clone()));
    }
    if !is_token(method) {
        return Err(("method-malformed", method.clone()));
    }
    if let Some(second) = lines.get(1) {
        return Err(("method-malformed", second.clone()));
    }
    let passes = if spec.any_method() { !is_forbidden_method(method) } else { spec.methods().contains(method) };
    if passes { Ok(()) } else { Err(("method-not-allowed", method.clone())) }
}

/// The result for the requested names: the denial, and the lines that the response repeats after
/// the list.
#[derive(Default)]
struct CheckedNames {
    denial: Option<Denial>,
    echoed: Vec<Bytes>,
}

/// What the requested names are compared with.
struct Names {
    /// `*`: any name passes.
    any: bool,
    listed: Vec<Bytes>,
    prefixes: Vec<Bytes>,
    longest: usize,
}

/// What one pass over the lines finds.
#[derive(Default)]
struct Seen {
    denial: Option<Denial>,
    /// Where the offence is: the line, and the element in it.
    at: (usize, usize),
    needed_prefix: bool,
}

/// Section 4, "Requested headers": line by line and element by element, until the first offence.
fn check_headers(spec: &Spec, lines: &[Bytes]) -> CheckedNames {
    let any = spec.any_header();
    let (listed, prefixes) = (spec.headers(), spec.header_prefixes());
    // A name that only a prefix allows has at most 128 bytes.
    let longest = listed.iter().map(Vec::len).max().unwrap_or(0).max(if prefixes.is_empty() { 0 } else { 128 });
    let names = Names { any, listed, prefixes, longest: if any { usize::MAX } else { longest } };
    let mut seen = look(&names, lines, any);
    if seen.needed_prefix {
        // Repeated lines must keep the limits of `*`.
        seen = look(&names, lines, true);
    }
    let is_echoed = any || seen.needed_prefix;
    let echoed = match &seen.denial {
        None if is_echoed => lines.to_vec(),
        Some((code, _)) if *code == "header-not-allowed" && seen.needed_prefix => before(lines, seen.at),
        _ => vec![],
    };
    CheckedNames { denial: seen.denial, echoed }
}

/// The lines before an element, and everything before it in its own line.
fn before(lines: &[Bytes], (line, element): (usize, usize)) -> Vec<Bytes> {
    let elements: Vec<&[u8]> = lines[line].split(|byte| *byte == b',').take(element).collect();
    let mut part = elements.join(&b',');
    while part.last().is_some_and(|byte| *byte == b' ' || *byte == b',') {
        part.pop();
    }
    lines[..line].iter().cloned().chain([part]).collect()
}

/// One pass; `strict`: no tabs, at most 32 lines of 4 096 bytes.
fn look(names: &Names, lines: &[Bytes], strict: bool) -> Seen {
    let mut seen = Seen::default();
    let (mut empty, mut total, mut listed_before) = (0, 0, vec![]);
    for (number, line) in lines.iter().enumerate() {
        total += line.len();
        if strict && (number == 32 || total > 4096) {
            return Seen { denial: Some(("too-large", line.clone())), ..seen };
        }
        for (place, element) in line.split(|byte| *byte == b',').enumerate() {
            seen.at = (number, place);
            let token = match check_element(element, strict, names.longest) {
                Ok(token) => token.to_ascii_lowercase(),
                Err(denial) => return Seen { denial: Some(denial), ..seen },
            };
            let shown = || cut(trim(element, strict));
            let has_prefix = |prefix: &Bytes| token.len() > prefix.len() && token.starts_with(prefix);
            if token.is_empty() {
                empty += 1;
                if empty > 16 {
                    return Seen { denial: Some(("headers-malformed", vec![])), ..seen };
                }
            } else if names.any {
                continue;
            } else if names.listed.contains(&token) {
                if listed_before.contains(&token) {
                    return Seen { denial: Some(("headers-malformed", shown())), ..seen };
                }
                listed_before.push(token);
            } else if token.len() <= 128 && names.prefixes.iter().any(has_prefix) {
                seen.needed_prefix = true;
            } else {
                return Seen { denial: Some(("header-not-allowed", shown())), ..seen };
            }
        }
    }
    seen
}

/// The token of one element, byte by byte, with at most 16 bytes of white space around it and
/// nothing else.
fn check_element(element: &[u8], any: bool, longest: usize) -> Result<Bytes, Denial> {
    let is_white = |byte: u8| byte == b' ' || (byte == b'\t' && !any);
    let mut token = vec![];
    let (mut white, mut run, mut ended) = (0, vec![], false);
    for (at, byte) in element.iter().enumerate() {
        if is_white(*byte) {
            ended = !token.is_empty();
            white += 1;
            run.push(*byte);
            if white > 16 {
                run.extend(element[at + 1..].iter().take_while(|byte| is_white(**byte)));
                return Err(("headers-malformed", cut(&run)));
            }
        } else if !is_tchar(*byte) || ended {
            // What is shown of the element has no white space at its end.
            return Err(("headers-malformed", trim(&cut(trim(element, any)), any).to_vec()));
        } else {
            run.clear();
            token.push(*byte);
            if token.len() > longest {
                let whole: Bytes = trim(element, any).iter().copied().take_while(|byte| is_tchar(*byte)).collect();
                return Err(("header-not-allowed", cut(&whole)));
            }
        }
    }
    Ok(token)
}

/// Removes the outer white space, as this pass defines it.
fn trim(element: &[u8], any: bool) -> &[u8] {
    let solid = |byte: &u8| *byte != b' ' && (any || *byte != b'\t');
    let start = element.iter().position(solid).unwrap_or(element.len());
    let end = element.iter().rposition(solid).map_or(start, |last| last + 1);
    &element[start..end]
}

/// A denial shows at most 128 bytes of an element.
fn cut(bytes: &[u8]) -> Bytes {
    bytes[..bytes.len().min(128)].to_vec()
}
