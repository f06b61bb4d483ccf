//! The parser of URLs that JavaScript has.

use corsac_diagnose::Urls;

use crate::boundary::take_url;

#[link(wasm_import_module = "corsac")]
unsafe extern "C" {
    /// Parses a URL, relative to a base unless that is empty, and writes it into `url_room`. 0: it is not a URL.
    safe fn parse_url(text: *const u8, text_len: usize, base: *const u8, base_len: usize) -> u32;
}

/// `new URL(text, base)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RuntimeUrls;

impl Urls for RuntimeUrls {
    fn parse(&self, text: &str, base: Option<&str>) -> Result<String, String> {
        let base = base.unwrap_or_default();
        match parse_url(text.as_ptr(), text.len(), base.as_ptr(), base.len()) {
            0 => Err("it cannot be parsed".to_owned()),
            _ => String::from_utf8(take_url()).map_err(|error| error.to_string()),
        }
    }
}
