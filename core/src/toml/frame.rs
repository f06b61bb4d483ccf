//! An array or an inline table while it is being read, and where values go.

/// Where a value goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    Node(u32),
    /// To an entry that is already there: only its end is missing.
    Entry(u32),
    Nowhere,
}

/// An array or an inline table that is not closed yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// The node that keys or elements are added to.
    pub(crate) node: u32,
    pub(crate) goal: Goal,
    pub(crate) start: usize,
    pub(crate) content: Content,
    /// Elements so far.
    pub(crate) count: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Pairs,
    /// Elements that become nodes.
    Nodes,
    /// Elements that become entries of a list.
    Entries,
    /// Elements that are skipped.
    Ignored,
}
