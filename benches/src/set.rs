//! The policy set that is measured: a hundred paths with the policy that is also measured alone.

use corsac::{PolicySet, PolicySetSpec, PolicyTable, Request, RequestPath};

use crate::case::{HeaderLine, Outcome};
use crate::decide::read;
use crate::policy::spec;

/// How many paths the set has.
pub(crate) const PATHS: usize = 100;

/// Each path has a policy with these origins and the same options as that of
/// [`compile`](crate::compile).
///
/// # Panics
///
/// If the engine reports a finding.
#[must_use]
pub fn compile_set(origins: &[String]) -> PolicySet<Vec<u8>> {
    let mut origins: Vec<&str> = origins.iter().map(String::as_str).collect();
    origins.push("https://*.wild.example");
    let paths: Vec<String> = (0..PATHS).map(|number| format!("/service-{number}/v1")).collect();
    let tables: Vec<PolicyTable<'_>> = paths.iter().map(|path| PolicyTable::new(path, spec(&origins))).collect();
    let spec = PolicySetSpec::new(&tables);
    spec.compile(vec![0; spec.image_len()], |finding| panic!("{finding}")).expect("a set without findings")
}

/// A path below one of the hundred.
pub const PATH: &str = "/service-50/v1/items/7";

/// Decides once at a path, as [`decide`](crate::decide()) does with a single policy. `None`: no
/// policy applies to the path.
///
/// It is in another file than `decide`: the compiler may not inline what two functions of one file
/// call, and then the difference between the two is not the cost of the path.
#[inline(never)]
pub fn decide_at(set: &PolicySet<Vec<u8>>, path: &str, method: &str, headers: &[HeaderLine<'_>]) -> Option<Outcome> {
    let request = Request::from_lines(method, headers.iter().copied());
    set.evaluate(&RequestPath::decoded(path), &request).map(|decision| read(&decision))
}
