//! What rustc shows: an error or a warning, and the token that it is about.

use corsac::Finding;
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

/// A message, and the token that it is about.
pub(crate) struct Note {
    span: Span,
    text: String,
}

impl Note {
    pub(crate) fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// The finding, with what to write instead.
    pub(crate) fn of(finding: &Finding<'_>, span: Span) -> Self {
        let text = if finding.suggestion.is_none() {
            finding.to_string()
        } else {
            format!("{finding}: {}", finding.suggestion)
        };
        Self::new(span, text)
    }

    /// Each message of a syntax error.
    pub(crate) fn from_syntax(error: syn::Error) -> impl Iterator<Item = Self> {
        error.into_iter().map(|error| Self::new(error.span(), error.to_string()))
    }
}

/// All errors go into one block, because several `compile_error!` do not fit where one expression
/// is expected. The block has the type of the policy, so rustc reports nothing else.
pub(crate) fn refuse(errors: &[Note], of_type: &TokenStream) -> TokenStream {
    let errors = errors.iter().map(|Note { span, text }| {
        // Every token gets the span, because rustc points at `compile_error`, the `!` and the text.
        quote_spanned!(*span=> ::core::compile_error! { #text })
    });
    quote!({ #(#errors)* #of_type::from_compiled(b"") })
}

/// A warning on stable Rust: it uses a deprecated constant that has the span of the literal.
pub(crate) fn warn(code: &str, Note { span, text }: &Note) -> TokenStream {
    let name = format_ident!("{}", code.replace('-', "_").to_uppercase(), span = *span);
    quote! {
        const _: () = {
            #[deprecated(note = #text)]
            const #name: () = ();
            #name
        };
    }
}
