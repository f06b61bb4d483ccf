//! `corsac explain --jsonl`: exchanges in, diagnoses out.

use corsac::browser::Credentials;

use crate::failure::{Failure, Outcome};
use crate::jsonl;
use corsac_diagnose::{
    CapturedRequest, Deliveries, Diagnosis, PublicSuffixList, UrlCrate, later_preflights, read_resolved, with,
    write_line,
};

pub(crate) fn run() -> Result<Outcome, Failure> {
    jsonl::run(|line, out| {
        let CapturedRequest { exchange, then, id } = read_resolved(line, &UrlCrate)?;
        let deliveries = Deliveries::of(&exchange);
        Ok(with(&exchange, Credentials::SameOrigin, |exchange| {
            let then = later_preflights(&exchange, &then);
            write_line(
                out,
                &Diagnosis::with_suffixes(exchange, Some(&PublicSuffixList)),
                &deliveries,
                &then,
                id.as_ref(),
            )
        }))
    })
}
