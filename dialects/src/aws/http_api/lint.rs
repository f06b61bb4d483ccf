//! What only API Gateway knows to be wrong.

use super::super::lists::Lists;
use crate::finding::{Code, Finding};

/// Why AWS does not create the API.
pub(super) fn refused(lists: &Lists) -> Option<String> {
    (lists.credentials && lists.has_any_origin())
        .then(|| "API Gateway refuses it: allow-credentials is not supported if allow-origin is `*`".to_owned())
}

pub(super) fn findings(lists: &Lists) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some((_, place)) = lists.origins.iter().find(|(origin, _)| origin == "*").filter(|_| lists.credentials) {
        let message = "API Gateway refuses any origin with credentials";
        found.push(Finding::error(Code::Refused, place, message).suggest("list the origins that need cookies"));
    }
    found.extend(lists.undocumented());
    found
}
