//! Enums whose variants have stable names, and stable numbers where C needs them: each is written once.

/// Defines an enum with its stable names and the list of all variants: `Variant = "name"`, or `Variant = 1: "name"` for all of them.
macro_rules! names {
    ($(#[$outer:meta])* $name:ident: $($(#[$doc:meta])* $variant:ident = $number:literal: $text:literal,)+) => {
        names! { @define [$(#[$outer])* #[repr(u8)]] $name: $([$(#[$doc])*] $variant [= $number] $text,)+ }
    };
    ($(#[$outer:meta])* $name:ident: $($(#[$doc:meta])* $variant:ident = $text:literal,)+) => {
        names! { @define [$(#[$outer])*] $name: $([$(#[$doc])*] $variant [] $text,)+ }
    };
    (@define [$($outer:tt)*] $name:ident: $([$($doc:tt)*] $variant:ident [$($number:tt)*] $text:literal,)+) => {
        $($outer)*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name { $($($doc)* $variant $($number)*,)+ }

        impl $name {
            /// Every one of them.
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
