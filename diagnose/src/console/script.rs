//! What the code of a script in a paste says: a header that only responses have, and that the script sends, and whether it is an extension's.

/// How many bytes of code before a header say whose it is.
const BEFORE: usize = 400;

/// What scripts of pages send requests with.
const CLIENT: [&str; 13] = [
    "fetch(",
    "axios",
    "$.ajax",
    "ajax({",
    "getjson(",
    "$http",
    "http.get(",
    "http.post(",
    "http.put(",
    "httpheaders(",
    "setrequestheader(",
    "xmlhttprequest",
    // gRPC-Web.
    "metadata",
];

/// What code of servers, and the dump of a response, has next to headers.
const SERVER: [&str; 16] = [
    "response(",
    "response:",
    "response headers",
    "res.",
    "statuscode",
    "status:",
    "reply.",
    "ctx.",
    "async fetch(",
    "fetch(req",
    "key:",
    "devserver",
    "corsheaders",
    "writehead(",
    "setheader(",
    "@app.",
];

/// What code of extensions and user scripts, and people who write it, have in it.
const EXTENSION: [&str; 6] = [
    "gm_xmlhttprequest",
    "content script",
    "content_script",
    "extension-content-script-fetches",
    "chrome.runtime.",
    "browser.runtime.",
];

/// Where an extension sends requests from.
pub(super) const BACKGROUND: &str = "In a browser extension, send the request from the background script, with the host in host_permissions: a content script has the page's origin, and CORS applies to it.";

/// Whether the script is a browser extension's.
pub(super) fn is_of_extension(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    EXTENSION.iter().any(|word| lower.contains(word))
}

/// The first header of responses that a script sends with its request. The text has its quotes folded to `'`.
pub(super) fn sent_header(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    lower.match_indices("'access-control-").find_map(|(at, _)| {
        let end = lower.get(at + 1..)?.find('\'')? + at + 1;
        let name = text.get(at + 1..end)?;
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
        let is_of_request = lower.get(at..end)?.starts_with("'access-control-request-");
        let is_key = lower.get(end + 1..)?.trim_start().starts_with([':', ',', ']']);
        if !is_name || is_of_request || !is_key {
            return None;
        }
        let start = (at.saturating_sub(BEFORE)..=at).find(|start| lower.is_char_boundary(*start))?;
        let before = lower.get(start..at + 1)?;
        let last = |words: &[&str]| words.iter().filter_map(|word| Some(before.rfind(word)? + word.len())).max();
        let client = last(&CLIENT)?;
        last(&SERVER).is_none_or(|server| server < client).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::sent_header;

    #[test]
    fn code_of_a_request_shows_headers_of_responses() {
        for code in [
            "fetch('https://b.example', { headers: { 'Access-Control-Allow-Origin': '*' } })",
            "axios.defaults.headers.common['Access-Control-Allow-Origin'] = '*'",
            "xhr.setRequestHeader('Access-Control-Allow-Origin', '*')",
            "new HttpHeaders({'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*'})",
        ] {
            assert_eq!(sent_header(code), Some("Access-Control-Allow-Origin"), "{code}");
        }
        for code in [
            "res.setHeader('Access-Control-Allow-Origin', '*')",
            "await fetch(url); return { statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' } }",
            "await fetch(url); return new Response(body, { headers: { 'Access-Control-Allow-Origin': '*' } })",
            "export default { async fetch(request) { const headers = { 'Access-Control-Allow-Origin': '*' }",
            "fetch(url) No 'Access-Control-Allow-Origin' header is present",
            "axios: { key: 'Access-Control-Allow-Origin', value: '*' }",
            "fetch(url, { headers: { 'Access-Control-Request-Method': 'PUT' } })",
            "headers: { 'Access-Control-Allow-Origin': '*' }",
        ] {
            assert_eq!(sent_header(code), None, "{code}");
        }
    }
}
