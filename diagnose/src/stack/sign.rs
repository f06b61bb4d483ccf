//! A header by which a product can be recognised: a part of its [`Recipe`](super::recipe::Recipe).

/// A header by which a product can be recognised.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sign {
    /// The header alone.
    Name(&'static str),
    /// The start of the header's value, without case.
    Starts(&'static str, &'static str),
    /// A part of the header's value, without case.
    Has(&'static str, &'static str),
}

impl Sign {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Name(name) | Self::Starts(name, _) | Self::Has(name, _) => name,
        }
    }

    /// Whether this header is the sign.
    pub(super) fn is_in(self, name: &[u8], value: &[u8]) -> bool {
        let is_value = match self {
            Self::Name(_) => true,
            Self::Starts(_, start) => {
                value.get(..start.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(start.as_bytes()))
            }
            Self::Has(_, part) => value.windows(part.len()).any(|bytes| bytes.eq_ignore_ascii_case(part.as_bytes())),
        };
        is_value && name.eq_ignore_ascii_case(self.name().as_bytes())
    }
}
