//! The rules between the tables of one path. Compiling reports what breaks them, and opening checks
//! them.

use crate::image::layout::flag;
use crate::image::shape;
use crate::spec::finding_code::FindingCode;

/// One table of a path: its number, and the flags of its policy. `None`: `cors = false`.
#[derive(Clone, Copy)]
pub(crate) struct Member {
    pub(crate) table: usize,
    pub(crate) flags: Option<u32>,
}

impl Member {
    fn has(self, flag: u32) -> bool {
        self.flags.is_some_and(|flags| flags & flag != 0)
    }
}

/// Finds the tables of one path that are wrong because of the others. `members` is in the order of
/// the file.
pub(crate) fn find_wrong_members(members: &[Member]) -> impl Iterator<Item = (Member, FindingCode)> {
    members.iter().enumerate().filter_map(move |(place, &member)| {
        let earlier = members.get(..place).unwrap_or_default();
        // `cors = false` is final, wherever it is: no other table of the path is ever asked.
        let is_untouched = members.iter().any(|member| member.flags.is_none());
        let never_decides = if is_untouched {
            member.flags.is_some() || !earlier.is_empty() && earlier.iter().any(|member| member.flags.is_none())
        } else {
            earlier.iter().any(|member| member.has(flag::ANY_ORIGIN))
        };
        if never_decides {
            return Some((member, FindingCode::NeverDecides));
        }
        let is_second = member.has(flag::EXTERNAL) && earlier.iter().any(|member| member.has(flag::EXTERNAL));
        is_second.then_some((member, FindingCode::ExternalOriginsTwice))
    })
}

/// What the responses of a path vary on: those to other requests, and those to preflights. Both are
/// 0 if the path has only one policy, because its image says it.
pub(crate) fn vary_of(members: &[Member]) -> (u16, u16) {
    let is_private = members.iter().any(|member| member.has(flag::PRIVATE_NETWORK));
    let preflight = if is_private { shape::VARY_PRIVATE_NETWORK } else { shape::VARY_PREFLIGHT };
    if members.len() > 1 { (shape::VARY_ORIGIN, preflight) } else { (0, 0) }
}

/// Which policy of a path decides plain requests: the one that allows any origin, else the first.
pub(crate) fn plain_of(members: &[Member]) -> usize {
    members.iter().position(|member| member.has(flag::ANY_ORIGIN)).unwrap_or(0)
}

/// Whether some policy of a path decides about `Timing-Allow-Origin`.
pub(crate) fn has_timing(members: &[Member]) -> bool {
    members.iter().any(|member| member.has(flag::TIMING))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{Member, find_wrong_members};
    use crate::image::layout::flag;
    use std::vec::Vec;

    fn wrong(flags: &[Option<u32>]) -> Vec<usize> {
        let members: Vec<Member> = flags.iter().enumerate().map(|(table, &flags)| Member { table, flags }).collect();
        find_wrong_members(&members).map(|(member, _)| member.table).collect()
    }

    #[test]
    fn table_behind_an_any_origin_policy_never_decides() {
        assert_eq!(wrong(&[Some(0), Some(flag::ANY_ORIGIN)]), []);
        assert_eq!(wrong(&[Some(flag::ANY_ORIGIN), Some(0), Some(flag::ANY_ORIGIN)]), [1, 2]);
    }

    #[test]
    fn tables_with_an_untouched_one_of_their_path_never_decide() {
        assert_eq!(wrong(&[None]), []);
        assert_eq!(wrong(&[Some(0), None]), [0]);
        assert_eq!(wrong(&[None, Some(0), None]), [1, 2]);
    }

    #[test]
    fn second_table_with_external_origins_is_wrong() {
        assert_eq!(wrong(&[Some(flag::EXTERNAL), Some(0), Some(flag::EXTERNAL)]), [2]);
    }
}
