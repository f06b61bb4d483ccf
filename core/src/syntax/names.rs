//! Enums whose variants have stable names, and stable numbers for C.

/// Defines an enum, the stable name of each variant, and the list of all of them.
///
/// `Variant = 1 => "name"` gives the variant a number, which is as stable as its name: C sees it.
/// All variants have one, or none has.
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
    };
}
pub(crate) use names;
