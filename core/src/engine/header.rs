//! A response header, and a list of them.

use core::fmt;
use core::ops::Deref;

/// One response header: a name as the Fetch standard writes it, and a value with only bytes of
/// 0x20..=0x7E.
///
/// ```
/// use corsac::{PolicySpec, Request};
/// let policy = PolicySpec::new(&["https://app.example.com"]).compile([0; 256], |_| ())?;
/// let request = Request::from_lines("GET", [("Origin", "https://app.example.com")]);
/// let mut headers = policy.evaluate(&request).headers();
/// let header = headers.next().expect("two headers");
/// assert_eq!((header.name, header.value), ("Access-Control-Allow-Origin", b"https://app.example.com".as_slice()));
/// assert_eq!(headers.next().expect("two headers").to_string(), "Vary: Origin");
/// # Ok::<(), corsac::CompileError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header<'d> {
    /// The field name.
    pub name: &'static str,
    /// The field value: a slice of the policy's image or of the request.
    pub value: &'d [u8],
}

impl<'d> Header<'d> {
    /// The field value as text. All its bytes are printable ASCII.
    ///
    /// ```
    /// use corsac::{PolicySpec, Request};
    /// let policy = PolicySpec::new(&["https://app.example.com"]).compile([0; 256], |_| ())?;
    /// let request = Request::from_lines("GET", [("Origin", "https://app.example.com")]);
    /// let decision = policy.evaluate(&request);
    /// let values: Vec<&str> = decision.headers().map(|header| header.value_str()).collect();
    /// assert_eq!(values, ["https://app.example.com", "Origin"]);
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    #[must_use]
    pub fn value_str(&self) -> &'d str {
        // Nothing but ASCII reaches a value, so there is no error to report.
        core::str::from_utf8(self.value).unwrap_or_default()
    }
}

impl fmt::Display for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, crate::Escaped(self.value))
    }
}

impl fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// All headers of a decision as a value: a slice of at most 40, because there are at most 32
/// repeated lines and seven other headers.
///
/// ```
/// use corsac::{HeaderList, PolicySpec, Request};
/// let policy = PolicySpec::new(&["https://app.example.com"]).compile([0; 256], |_| ())?;
/// let request = Request::from_lines("GET", [("Origin", "https://app.example.com")]);
/// let list: HeaderList = policy.evaluate(&request).header_list();
/// assert_eq!(list.len(), 2);
/// assert_eq!(list[1].name, "Vary");
/// # Ok::<(), corsac::CompileError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderList<'d>(pub(crate) heapless::Vec<Header<'d>, 40>);

impl<'d> Deref for HeaderList<'d> {
    type Target = [Header<'d>];

    fn deref(&self) -> &[Header<'d>] {
        &self.0
    }
}
