//! Makes a find simpler step by step, so that a find that is kept shows what makes it costly.

use corsac_benches::attack::{
    Edit, Front, Group, Hosts, MethodShape, NamesShape, PolicyShape, PortShape, Ports, RequestShape,
};

/// Returns all finds that are one step simpler.
pub(crate) fn steps(policy: &PolicyShape, request: &RequestShape) -> Vec<(PolicyShape, RequestShape)> {
    let mut found: Vec<(PolicyShape, RequestShape)> = Vec::new();
    let small = PolicyShape::SMALL;
    let mut of_policy = |change: &dyn Fn(&mut PolicyShape)| {
        let mut to = *policy;
        change(&mut to);
        if to != *policy {
            found.push((to, *request));
        }
    };
    for place in 0..policy.groups.len() {
        of_policy(&|to| to.groups[place] = Group::UNUSED);
        of_policy(&|to| to.groups[place].count = 1);
        of_policy(&|to| to.groups[place].count /= 2);
        of_policy(&|to| to.groups[place].globs = 1);
        of_policy(&|to| to.groups[place].globs /= 2);
        of_policy(&|to| to.groups[place].label = 1);
        of_policy(&|to| to.groups[place].depth = 0);
        of_policy(&|to| to.groups[place].ports = Ports::Default);
        of_policy(&|to| to.groups[place].hosts = Hosts::Siblings);
        of_policy(&|to| to.groups[place].is_plain = false);
    }
    of_policy(&|to| (to.methods, to.method_len, to.any_method) = (small.methods, small.method_len, small.any_method));
    of_policy(&|to| (to.names, to.any_name) = (0, false));
    of_policy(&|to| to.names /= 2);
    of_policy(&|to| to.name_len = small.name_len);
    of_policy(&|to| to.differs = small.differs);
    of_policy(&|to| (to.prefixes, to.prefix_len) = (0, small.prefix_len));
    of_policy(&|to| to.prefixes = to.prefixes.min(1));

    let mut of_request = |change: &dyn Fn(&mut RequestShape)| {
        let mut to = *request;
        change(&mut to);
        if to != *request {
            found.push((*policy, to));
        }
    };
    for place in 0..request.edits.len() {
        of_request(&|to| to.edits[place] = Edit::Nothing);
    }
    let nothing = NamesShape::NOTHING;
    of_request(&|to| to.names = nothing);
    of_request(&|to| to.method = MethodShape::Absent);
    of_request(&|to| to.method = MethodShape::Listed(0));
    of_request(&|to| to.has_second_origin = false);
    of_request(&|to| to.origin.number = 0);
    of_request(&|to| to.origin.port = PortShape::Default);
    of_request(&|to| to.origin.front = Front::Nothing);
    of_request(&|to| to.origin.front = Front::Labels(255, 1));
    of_request(&|to| to.origin.group = 0);
    of_request(&|to| (to.names.further, to.names.further_len) = (0, nothing.further_len));
    of_request(&|to| to.names.count = 0);
    of_request(&|to| to.names.stride = 1);
    of_request(&|to| to.names.case = nothing.case);
    of_request(&|to| to.names.before = 0);
    of_request(&|to| to.names.after = 0);
    of_request(&|to| to.names.has_tabs = false);
    of_request(&|to| (to.names.empty, to.names.empty_len) = (0, 0));
    of_request(&|to| to.names.empty_len = 0);
    of_request(&|to| to.names.per_line = 0);
    of_request(&|to| to.names.tail = nothing.tail);
    found
}
