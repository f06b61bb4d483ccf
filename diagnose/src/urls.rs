//! The parser of URLs, which the caller lends: a browser has one, and elsewhere the crate `url` is one.

use std::fmt::Debug;

/// Parses URLs as the [URL standard](https://url.spec.whatwg.org/) says.
///
/// ```
/// use corsac_diagnose::{UrlCrate, Urls};
/// fn host(urls: &dyn Urls, text: &str) -> Result<String, String> {
///     urls.parse("/", Some(text))
/// }
/// assert_eq!(host(&UrlCrate, "https://api.example:443/x?y"), Ok("https://api.example/".to_owned()));
/// assert!(host(&UrlCrate, "api.example").is_err());
/// ```
pub trait Urls: Debug + Sync {
    /// The serialised form of `text`, which is relative to `base` if there is one.
    ///
    /// # Errors
    ///
    /// A few words that say why it is not a URL.
    fn parse(&self, text: &str, base: Option<&str>) -> Result<String, String>;
}

/// The crate `url`, for programs that have no parser of their own. It brings the tables of internationalised names.
///
/// ```
/// use corsac_diagnose::{UrlCrate, Urls};
/// assert_eq!(UrlCrate.parse("https://bücher.example", None), Ok("https://xn--bcher-kva.example/".to_owned()));
/// ```
#[cfg(feature = "url")]
#[derive(Clone, Copy, Debug, Default)]
pub struct UrlCrate;

#[cfg(feature = "url")]
impl Urls for UrlCrate {
    fn parse(&self, text: &str, base: Option<&str>) -> Result<String, String> {
        let base = base.map(url::Url::parse).transpose().map_err(|error| error.to_string())?;
        let url = url::Url::options().base_url(base.as_ref()).parse(text);
        url.map(String::from).map_err(|error| error.to_string())
    }
}
