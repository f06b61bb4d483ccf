//! Header names: forbidden ones, those of requests or responses only, and safelisted ones ([Fetch
//! 2.2.2](https://fetch.spec.whatwg.org/#terminology-headers)).

use super::listed::is_one_of;

fn has_prefix(name: &[u8], prefix: &[u8]) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Whether scripts cannot set this request header, whatever its value.
pub(crate) fn is_forbidden_request_header(name: &[u8]) -> bool {
    const FORBIDDEN: &[u8] = b"accept-charset,accept-encoding,access-control-request-headers,\
        access-control-request-method,connection,content-length,cookie,cookie2,date,dnt,\
        expect,host,keep-alive,origin,referer,set-cookie,te,trailer,transfer-encoding,\
        upgrade,via";
    is_one_of(name, FORBIDDEN) || has_prefix(name, b"proxy-") || has_prefix(name, b"sec-")
}

/// Whether a prefix, with its trailing `-`, covers names that scripts cannot set: all that begin
/// with `sec-` or `proxy-`, and those that the CORS protocol itself sends.
pub(crate) fn is_forbidden_prefix(prefix: &[u8]) -> bool {
    let are_alike = |one: &[u8], other: &[u8]| has_prefix(one, other) || has_prefix(other, one);
    prefix == b"-"
        || [b"sec-".as_slice(), b"proxy-", b"access-control-"].iter().any(|forbidden| are_alike(prefix, forbidden))
}

/// Whether the header overrides the method, so that some of its values make it a forbidden one.
pub(crate) fn is_method_override(name: &[u8]) -> bool {
    is_one_of(name, b"x-http-method,x-http-method-override,x-method-override")
}

/// Whether scripts cannot read this response header.
pub(crate) fn is_forbidden_response_header(name: &[u8]) -> bool {
    is_one_of(name, b"set-cookie,set-cookie2")
}

/// Whether the CORS protocol has this header in responses.
pub(crate) fn is_cors_response_header(name: &[u8]) -> bool {
    // Adapters ask for every header of every response, and most fail at this prefix.
    has_prefix(name, b"access-control-")
        && (has_prefix(name, b"access-control-allow-")
            || is_one_of(name, b"access-control-expose-headers,access-control-max-age"))
}

/// Whether only requests have this header, so that it means nothing in a response.
pub(crate) fn is_request_only_header(name: &[u8]) -> bool {
    is_one_of(name, b"origin,cookie,cookie2,host,referer,user-agent") || has_prefix(name, b"access-control-request-")
}

/// Whether scripts can read this response header even if it is not listed.
pub(crate) fn is_safelisted_response_header(name: &[u8]) -> bool {
    const SAFE: &[u8] = b"cache-control,content-language,content-length,content-type,expires,last-modified,pragma";
    is_one_of(name, SAFE)
}
