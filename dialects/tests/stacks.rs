//! The fix of a report can name the setting of each dialect: `--stack` takes its name.

use corsac_diagnose::Stack;
use corsac_dialects::ALL;

/// No setting of these allows what a report asks for, or the stack has another name for each way to write it.
const WITHOUT: [&str; 5] = ["aws-rest-api", "ceph", "r2", "minio", "nginx-recipe"];

#[test]
fn every_dialect_is_a_stack_or_listed_here() {
    for dialect in ALL {
        let name = dialect.name();
        assert_ne!(Stack::named(name).is_some(), WITHOUT.contains(&name), "{name}");
    }
}
