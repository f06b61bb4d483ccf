//! `corsac check`: all findings of a policy, for people or for machines.

use std::io::{self, BufWriter, Write};

use crate::args::{Check, Format};
use crate::failure::{Answer, Failure, print_out, written};
use crate::finding_report::{Report, SHOWN};
use crate::input::shown_name;
use crate::policy_source::{Loaded, load};
use crate::{finding_json, finding_text};

pub(crate) fn run(check: &Check) -> Result<Answer, Failure> {
    let limit = if check.format == Format::Json { usize::MAX } else { SHOWN };
    let (source, report, image) = match load(&check.policy, limit)? {
        Loaded::Image(policies) => (String::new(), Report::keeping(limit), Some(policies)),
        Loaded::File { source, report, .. } => (source, report, None),
    };
    let answer = if report.errors() > 0 { Answer::No } else { Answer::Fine };
    let name = shown_name(&check.policy);
    match (check.format, image) {
        (Format::Text, Some(policies)) => {
            print_out(&format!("{name}: a sound image of {} bytes\n", policies.image().len()))?;
        }
        (Format::Text, None) => print_out(&finding_text::draw(&name, &source, report))?,
        (Format::Json, _) => {
            let mut out = BufWriter::new(io::stdout().lock());
            let file = check.policy.as_encoded_bytes();
            written(finding_json::write(&mut out, file, &source, report).and_then(|()| out.flush()))?;
        }
    }
    Ok(answer)
}
