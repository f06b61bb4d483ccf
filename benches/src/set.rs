//! A policy set of a hundred paths, of which one has the policy that is measured alone.

use corsac::{PolicySet, PolicySetSpec, PolicyTable};

use crate::policy::spec;

/// How many paths the set has.
pub(crate) const PATHS: usize = 100;

/// Each path with a policy of these origins and the same options as that of [`compile`](crate::compile).
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
