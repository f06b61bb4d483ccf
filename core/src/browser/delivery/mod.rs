//! Whether a request may leave the browser at all: mixed content and local network access, which
//! no response header takes part in. The CORS verdict is another one, and neither changes the
//! other.
//!
//! Sources: [Mixed Content](https://w3c.github.io/webappsec-mixed-content/), [Local Network
//! Access](https://wicg.github.io/local-network-access/), and runs in the
//! browsers (`tests/browsers/delivery.test.mjs`). WebKit's check of local networks is in no release.

pub(super) mod address_space;
pub(super) mod code;
pub(super) mod console;
pub(super) mod console_text;
pub(super) mod decode;
pub(super) mod judge;
mod local_network;
mod mixed_content;
pub(super) mod network;
mod sentence;
mod target;
