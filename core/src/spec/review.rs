//! Every rule about what may be written in a spec, entry by entry, in the order of the options. The
//! compiler and the opener of an image share it.

use crate::spec::field::Field;
use crate::spec::finding_code::FindingCode;
use crate::spec::limits::MAX_AGE_MAX;
use crate::spec::report::{Place, Report};
use crate::spec::review_names::{review_exposed_headers, review_methods, review_request_headers};
use crate::spec::review_origins::review_origins;
use crate::spec::review_switches::review_switches;
use crate::spec::source::{Options, Source};

/// Reports everything that can be found without comparing origins with each other.
pub(crate) fn review(source: &impl Source, report: &mut Report<'_>) {
    let options = source.options();
    let needs = review_origins(source, options, report);
    let methods = review_methods(source, report);
    review_request_headers(source, methods, report);
    review_exposed_headers(source, options, report);
    review_numbers(options, report);
    if options.private_network {
        let advice = "remove the option: since version 138, Chromium asks the user instead (local network access)";
        report.warning(FindingCode::PrivateNetworkObsolete, Place::whole(Field::AllowPrivateNetwork), advice);
    }
    review_switches(source, options, &needs, report);
}

fn review_numbers(options: Options, report: &mut Report<'_>) {
    let age = options.max_age.unwrap_or(0);
    if age < 0 {
        let advice = "write seconds: 0 turns caching off, 86400 is a day";
        report.error(FindingCode::OutOfRange, Place::whole(Field::MaxAge), advice);
    } else if age > MAX_AGE_MAX {
        report.warning(
            FindingCode::MaxAgeCapped,
            Place::whole(Field::MaxAge),
            "write 86400 (a day), which is what is sent",
        );
    }
    if !(200..=299).contains(&options.preflight_status) {
        let advice = "write a status from 200 to 299, such as 204";
        report.error(FindingCode::OutOfRange, Place::whole(Field::PreflightStatus), advice);
    }
    if options.denied_preflight_status.is_some_and(|status| !(400..=499).contains(&status)) {
        let advice = "write a status from 400 to 499, such as 403";
        report.error(FindingCode::OutOfRange, Place::whole(Field::DeniedPreflightStatus), advice);
    }
}
