//! Policies and requests that somebody chose to be dear, and the honest requests that they are
//! compared with.

mod found;
mod honest;
mod policy;
mod request;

pub use found::{FOUND, Find};
pub use honest::{names, origins};
pub use policy::{Differs, Group, Hosts, Kind, PolicyShape, Ports};
pub use request::{Edit, Front, Lines, MethodShape, NameCase, NamesShape, OriginShape, PortShape, RequestShape, Tail};
