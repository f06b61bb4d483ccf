//! CORS configurations of other products: read, simulated, judged, written and compared.
//!
//! A *dialect* is the CORS configuration of one product. Each has a simulator that responds as the product does. The model of browsers in
//! [`corsac::browser`] judges these responses, so everything here is about what browsers get, not about how a file is spelled.
//!
//! ```
//! use corsac_dialects::{Reading, Received, Upstream, dialect, document};
//!
//! let file = "
//! _format_version: '3.0'
//! plugins:
//! - name: cors
//!   config: {origins: ['https://*.example.com', 'https://app.example.com']}
//! ";
//! let kong = dialect("kong").unwrap();
//! let documents = document::read(file)?;
//! let configurations = kong.read(&documents[0], &Reading::default());
//!
//! let request = Received { method: b"GET".to_vec(), headers: vec![(b"Origin".to_vec(), b"https://zexample.com".to_vec())] };
//! let sent = configurations[0].respond(&request, &Upstream::default());
//! assert_eq!(sent.all("access-control-allow-origin").next(), Some(&b"https://zexample.com"[..]));
//!
//! let found = corsac_dialects::findings(&*configurations[0]);
//! assert_eq!(found[0].code.as_str(), "stranger-allowed");
//! # Ok::<(), document::ReadError>(())
//! ```

#![forbid(unsafe_code)]

mod all;
mod asks;
mod aws;
mod browse;
#[cfg(feature = "commands")]
pub mod commands;
mod corsac_policy;
mod dialect;
mod diff;
pub mod document;
mod draft;
mod finding;
mod frameworks;
mod import;
mod intended;
mod judge;
mod kong;
mod members;
mod message;
mod nginx;
mod origin;
mod origin_regex;
mod promise;
mod s3;
mod samples;
mod shown;

pub use all::{ALL, dialect, recognise};
pub use browse::{Ask, Responder, Seen, browse};
pub use corsac_policy::CorsacPolicy;
pub use dialect::{Configuration, Dialect, Export, Outline, Reading, Version, only_policy};
pub use diff::{Change, Difference, Side, diff};
pub use draft::{Draft, Entry, Means, Names};
pub use finding::{Code, Finding, Witness, code_entries};
pub use import::{CoreError, Imported, import};
pub use judge::findings;
pub use message::{Received, Sent, Upstream};
pub use promise::Promise;
