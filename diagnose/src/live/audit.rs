//! Which strangers an audit asks for: a made-up site, `null`, and origins that are near to those of a service.

use super::made::{Loose, STRANGER, near, odd};
use super::planned::Plan;
use super::question::{Kind, Question};
use super::target::Target;
use crate::Suffixes;
use crate::explain::is_same_origin;

/// The method of the strangers' preflights: what most services use to change something.
const METHOD: &str = "PUT";

/// The questions, at most `limit` of them. `origins`: pages of the service.
pub(super) fn strangers(url: &Target, origins: &[String], suffixes: Option<&dyn Suffixes>, limit: usize) -> Plan {
    let mut plan = Plan::default();
    let own = url.origin().to_owned();
    let question = |kind: Kind, origin: &str| Question {
        kind,
        target: url.clone(),
        origin: origin.to_owned(),
        method: "GET".to_owned(),
        headers: Vec::new(),
        is_preflight: false,
    };
    // Before any stranger is asked, because a cache that ignores the query must not keep a stranger's response.
    plan.add(question(Kind::Cache, origins.first().unwrap_or(&own)), limit);
    for (loose, origin) in [(Loose::Any, STRANGER), (Loose::Null, "null")] {
        let asked = question(Kind::Stranger(loose), origin);
        plan.add(asked.clone(), limit);
        plan.add(Question { method: METHOD.to_owned(), is_preflight: true, ..asked }, limit);
    }
    let mut bases: Vec<String> = origins.to_vec();
    let host = own.split_once("://").map_or("", |(_, host)| host);
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    if let Some(site) = suffixes.and_then(|list| list.registrable_domain(host)) {
        bases.push(format!("https://{site}"));
    }
    bases.push(own.clone());
    let mut known = vec![own];
    for base in &bases {
        for (loose, origin) in near(base, base).into_iter().chain(odd(base)) {
            // A page of the service is no stranger, even if it is near to another.
            let is_own = bases.contains(&origin) || is_same_origin(origin.as_bytes(), url.with_token("").as_bytes());
            if !is_own && !known.contains(&origin) {
                plan.add(question(Kind::Stranger(loose), &origin), limit);
                known.push(origin);
            }
        }
    }
    plan
}
