//! How a library reads an expression: its language, which part of an origin must match, and whether
//! case counts.

/// The language that an expression is written in.
///
/// ```
/// use corsac_regexes::{Language, Reading, prove};
/// // Only Python has this way to write the end of a text.
/// let expression = r"https://app\.example\.com\Z";
/// let python = Reading::STARLETTE;
/// let javascript = Reading { language: Language::JavaScript, ..python };
/// assert_eq!(prove(expression, python, &Default::default()).unwrap(), ["https://app.example.com"]);
/// assert!(prove(expression, javascript, &Default::default()).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Python's `re`, for `str`.
    Python,
    /// JavaScript's `RegExp`, without the flag `v`.
    JavaScript,
}

/// Which part of an origin an expression has to match.
///
/// ```
/// use corsac_regexes::{Matching, Reading, prove};
/// let expression = r"https://app\.example\.com";
/// assert!(prove(expression, Reading::STARLETTE, &Default::default()).is_ok());
/// // It would also match `https://app.example.com.evil.example`.
/// let search = Reading { matching: Matching::Anywhere, ..Reading::STARLETTE };
/// assert!(prove(expression, search, &Default::default()).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matching {
    /// The whole origin: Python's `fullmatch`.
    Whole,
    /// The beginning of the origin: Python's `match`.
    Beginning,
    /// Any part of the origin: Python's `search`, JavaScript's `test`.
    Anywhere,
}

/// How a library reads an expression.
///
/// ```
/// use corsac_regexes::{Reading, prove};
/// let readings = [Reading::STARLETTE, Reading::DJANGO_CORS_HEADERS, Reading::FLASK_CORS, Reading::JAVASCRIPT];
/// let proved = |expression| readings.map(|reading| prove(expression, reading, &Default::default()).is_ok());
/// assert_eq!(proved(r"https://app\.example\.com"), [true, false, false, false]);
/// assert_eq!(proved(r"https://app\.example\.com$"), [true, true, true, false]);
/// assert_eq!(proved(r"^https://app\.example\.com$"), [true; 4]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The language of the expression.
    pub language: Language,
    /// The part of an origin that it has to match.
    pub matching: Matching,
    /// Whether letters match in either case.
    pub ignores_case: bool,
}

impl Reading {
    /// Starlette's and FastAPI's `allow_origin_regex`: `fullmatch`.
    pub const STARLETTE: Self = Self { language: Language::Python, matching: Matching::Whole, ignores_case: false };
    /// `CORS_ALLOWED_ORIGIN_REGEXES` of django-cors-headers: `match`.
    pub const DJANGO_CORS_HEADERS: Self = Self { matching: Matching::Beginning, ..Self::STARLETTE };
    /// An expression among the `origins` of flask-cors: `match`, in either case.
    pub const FLASK_CORS: Self = Self { ignores_case: true, ..Self::DJANGO_CORS_HEADERS };
    /// A `RegExp` without flags, as the npm package `cors` takes it: `test`.
    pub const JAVASCRIPT: Self =
        Self { language: Language::JavaScript, matching: Matching::Anywhere, ignores_case: false };
}
