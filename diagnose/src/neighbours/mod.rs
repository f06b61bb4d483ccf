//! What stops a request next to CORS, judged from headers and the browser's own word for it, without any text of a console. One module for
//! each; what they find is data, and `text` says it.

mod corp;
mod csp;
mod embedder;
mod found;
mod judge;
mod mixed;
mod orb;
mod page;
mod site;
mod text;

pub use found::Neighbour;
pub use site::Suffixes;

pub(crate) use judge::{
    Asked, Reported, by_worker, of_load, of_script, of_socket, refusing, reported, reported_by_program,
};
pub(crate) use page::Documents;
pub(crate) use site::Relation;
#[cfg(test)]
pub(crate) use site::tests;
pub(crate) use text::push;
