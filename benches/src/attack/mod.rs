//! Policies and requests that an attacker would choose because they are costly, and the honest
//! requests that they are compared with.

mod found;
mod honest;
mod policy;
mod request;

pub use found::{FOUND, Find};
pub use honest::{names, origins};
pub use policy::{Differs, Group, Hosts, Kind, PolicyShape, Ports};
pub use request::{
    Edit, Front, HeaderLines, MethodShape, NameCase, NamesShape, OriginShape, PortShape, RequestShape, Tail,
};
