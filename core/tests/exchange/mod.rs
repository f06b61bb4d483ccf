//! The page, the server and the responses that the tests of the browser model start from.

use corsac::browser::{Line, Response, ScriptRequest};

pub(crate) const PAGE: &[u8] = b"https://app.example";
pub(crate) const API: &[u8] = b"https://api.example/x";
pub(crate) const ACAO: &[u8] = b"Access-Control-Allow-Origin";
pub(crate) const ACAM: &[u8] = b"Access-Control-Allow-Methods";
pub(crate) const ACAH: &[u8] = b"Access-Control-Allow-Headers";
pub(crate) const ANY: Line<'_> = (ACAO, b"*");

pub(crate) fn respond<'a>(status: u16, headers: &'a [Line<'a>]) -> Option<Response<'a>> {
    Some(Response { status, headers })
}

pub(crate) fn put() -> ScriptRequest<'static> {
    ScriptRequest { method: b"PUT", ..ScriptRequest::new(PAGE, API) }
}
