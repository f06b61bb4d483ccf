//! Lists of names in one text.

/// Whether a name is in a list, in any case. The list has a comma between its names, because a
/// slice of texts takes more room for its pointers than for the names.
#[inline(never)]
pub(crate) fn is_one_of(name: &[u8], names: &[u8]) -> bool {
    names.split(|&b| b == b',').any(|one| one.eq_ignore_ascii_case(name))
}
