//! The browser's side of CORS: what it sends, whether it shares the answer with the script, and why not.

mod profile;
mod safelist;
mod script;

pub use profile::Profile;
pub use safelist::{
    RequestHeader, RequestedHeaders, is_forbidden_header, is_forbidden_method, is_safelisted_header, needs_preflight,
};
pub use script::{Credentials, Mode};
