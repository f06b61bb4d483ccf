//! Enums whose variants have stable names, and stable numbers for C.

use core::fmt;

/// A text that is not the name of any variant of an enum. Names are compared byte for byte.
///
/// ```
/// use corsac::{DenialCode, UnknownName};
/// assert_eq!("method-not-allowed".parse(), Ok(DenialCode::MethodNotAllowed));
/// let error: UnknownName = "Method-Not-Allowed".parse::<DenialCode>().unwrap_err();
/// assert_eq!(error.to_string(), "not the name of a DenialCode: DenialCode::ALL lists them");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownName {
    wanted: &'static str,
}

impl UnknownName {
    pub(crate) const fn of(wanted: &'static str) -> Self {
        Self { wanted }
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not the name of a {0}: {0}::ALL lists them", self.wanted)
    }
}

impl core::error::Error for UnknownName {}

/// Defines an enum, the stable name of each variant, and the list of all of them.
///
/// `Variant = 1 => "name"` gives the variant a number, which is as stable as its name: C sees it.
/// All variants have one, or none has. `@ Name: Variant = "name"` gives names to an enum that is
/// there already, because it cannot grow.
macro_rules! names {
    ($(#[$outer:meta])* $name:ident: $($(#[$doc:meta])* $variant:ident = $text:literal,)+) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        names!(@ $name: $($variant = $text,)+);
    };
    ($(#[$outer:meta])* $name:ident: $($(#[$doc:meta])* $variant:ident = $number:literal => $text:literal,)+) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum $name { $($(#[$doc])* $variant = $number,)+ }

        names!(@ $name: $($variant = $text,)+);
    };
    (@ $name:ident: $($variant:ident = $text:literal,)+) => {
        impl $name {
            /// All variants.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name, for machines.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        /// The variant with this stable name.
        impl core::str::FromStr for $name {
            type Err = $crate::syntax::names::UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                let mut all = Self::ALL.iter().copied();
                all.find(|variant| variant.as_str() == name).ok_or(Self::Err::of(stringify!($name)))
            }
        }
    };
}
pub(crate) use names;
