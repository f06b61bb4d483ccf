//! Opaque response blocking: what an element gets without CORS must look like something that it can use
//! ([Fetch 4.8](https://fetch.spec.whatwg.org/#orb), [the algorithm](https://github.com/annevk/orb)). Browsers look into the body where the type
//! leaves a doubt; a HAR seldom has it.

use super::found::{Evidence, Neighbour};
use crate::certainty::Certainty;
use crate::exchange::{Headers, Response};

/// What Chromium never looks into, because it holds data and is never a script, a style or a picture.
const NEVER_SNIFFED: [&str; 14] = [
    "application/gzip",
    "application/x-gzip",
    "application/zip",
    "application/pdf",
    "application/x-protobuf",
    "application/msexcel",
    "application/mspowerpoint",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.ms-word",
    "multipart/byteranges",
    "text/csv",
    "text/event-stream",
];

/// Whether the browser withholds a response that an element asked for without CORS. `hides_response`: it reports no response for this request.
pub(super) fn judge(response: &Response) -> Option<Neighbour> {
    let essence = essence(&response.headers)?;
    let is_nosniff = response.headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case(b"x-content-type-options") && value.trim_ascii().eq_ignore_ascii_case(b"nosniff")
    });
    let is_document = is_document(&essence);
    let certainty = match () {
        () if NEVER_SNIFFED.contains(&essence.as_str()) => Certainty::Likely,
        () if is_document && (response.status == 206 || is_nosniff) => Certainty::Likely,
        () if essence == "text/plain" && is_nosniff => Certainty::Likely,
        // The body may still be a script or a picture with a wrong type.
        () if is_document => Certainty::Possible,
        () => return None,
    };
    Some(Neighbour { code: "orb", certainty, evidence: Evidence::ContentType(essence) })
}

/// HTML, JSON or XML, and not a picture.
fn is_document(essence: &str) -> bool {
    let is_xml = essence.ends_with("+xml") && essence != "image/svg+xml";
    matches!(essence, "text/html" | "text/json" | "application/json" | "text/xml" | "application/xml")
        || essence.ends_with("+json")
        || is_xml
}

/// The type without its parameters, in lower case.
fn essence(headers: &Headers) -> Option<String> {
    let (_, value) = headers.iter().rfind(|(name, _)| name.eq_ignore_ascii_case(b"content-type"))?;
    let text = str::from_utf8(value.split(|&b| b == b';').next()?).ok()?.trim_ascii();
    text.contains('/').then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::certainty::Certainty;
    use crate::exchange::Response;

    fn found(status: u16, lines: &[(&str, &str)]) -> Option<Certainty> {
        let headers = lines.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec())).collect();
        judge(&Response { status, headers }).map(|found| found.certainty)
    }

    #[test]
    fn what_an_element_can_use_is_never_called_blocked() {
        for good in [
            "image/png",
            "image/svg+xml",
            "text/css",
            "text/javascript; charset=utf-8",
            "application/javascript",
            "video/mp4",
            "audio/mpeg",
            "font/woff2",
            "application/octet-stream",
            "application/wasm",
            "nonsense",
            "",
        ] {
            assert_eq!(found(200, &[("content-type", good), ("x-content-type-options", "nosniff")]), None, "{good}");
        }
        assert_eq!(found(200, &[]), None);
        assert_eq!(found(200, &[("content-type", "text/plain")]), None);
    }

    #[test]
    fn pages_and_data_are_withheld() {
        let sniffed = |kind: &str| found(200, &[("content-type", kind)]);
        let nosniff = |kind: &str| found(200, &[("Content-Type", kind), ("X-Content-Type-Options", "NoSniff")]);
        for kind in ["text/html; charset=utf-8", "application/json", "application/problem+json", "application/atom+xml"]
        {
            assert_eq!((sniffed(kind), nosniff(kind)), (Some(Certainty::Possible), Some(Certainty::Likely)), "{kind}");
        }
        assert_eq!(sniffed("text/csv"), Some(Certainty::Likely));
        assert_eq!(nosniff("text/plain"), Some(Certainty::Likely));
        assert_eq!(found(206, &[("content-type", "application/json")]), Some(Certainty::Likely));
    }
}
