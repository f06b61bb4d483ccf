//! A policy set of a hundred paths, of which one has the policy that is measured alone.

use corsac::{PolicySet, PolicySetSpec, PolicyTable, Request, RequestPath};

use crate::case::Line;
use crate::decide::{Answer, read};
use crate::policy::spec;

/// How many paths the set has.
pub(crate) const PATHS: usize = 100;

/// Each path with a policy of these origins and the same options as that of
/// [`compile`](crate::compile).
///
/// # Panics
///
/// When the engine finds anything in it.
#[must_use]
pub fn compile_set(origins: &[String]) -> PolicySet<Vec<u8>> {
    let mut origins: Vec<&str> = origins.iter().map(String::as_str).collect();
    origins.push("https://*.wild.example");
    let paths: Vec<String> = (0..PATHS).map(|number| format!("/service-{number}/v1")).collect();
    let tables: Vec<PolicyTable<'_>> = paths.iter().map(|path| PolicyTable::new(path, spec(&origins))).collect();
    let spec = PolicySetSpec::new(&tables);
    spec.compile(vec![0; spec.image_len()], |finding| panic!("{finding}")).expect("a set without findings")
}

/// A path of one of them.
pub const PATH: &str = "/service-50/v1/items/7";

/// Decides once at a path, as [`decide`](crate::decide()) does with a single policy. `None`: no
/// policy governs the path.
///
/// Here and not beside it: what two functions of a file call, the compiler may inline into neither,
/// and then the difference between them is not what the path costs.
#[inline(never)]
pub fn decide_at(set: &PolicySet<Vec<u8>>, path: &str, method: &str, lines: &[Line<'_>]) -> Option<Answer> {
    let request = Request::from_lines(method, lines.iter().copied());
    set.evaluate(&RequestPath::decoded(path), &request).map(|decision| read(&decision))
}
