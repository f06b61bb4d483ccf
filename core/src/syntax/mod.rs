//! How texts are read everywhere: classes of bytes, hosts, addresses, schemes, methods, header
//! names; and how they are escaped.

pub(crate) mod a_label;
pub(crate) mod address;
pub(crate) mod byte;
pub(crate) mod escape;
pub(crate) mod header_name;
pub(crate) mod host;
pub(crate) mod listed;
pub(crate) mod method;
pub(crate) mod names;
pub(crate) mod number;
pub(crate) mod scheme;
pub(crate) mod stepwise;
