//! The words of what is next to CORS, as facts: each with its code in `codes/neighbours.md` or `codes/delivery.md`.

mod nothing;
mod page;
mod policies;
mod resources;
mod servers;

use super::template::Template;

/// The templates of all files.
pub(super) fn all() -> impl Iterator<Item = Template> {
    [policies::POLICIES, resources::RESOURCES, page::PAGE, servers::SERVERS, nothing::NOTHING]
        .into_iter()
        .flatten()
        .copied()
}
