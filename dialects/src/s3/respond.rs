//! The simulators: Amazon's from recorded responses, Ceph's from its source, R2's from its documentation.

use super::rules::Rule;
use crate::members::plain;
use crate::message::{ACAC, ACAH, ACAM, ACAO, ACEH, ACMA, ACRH, ACRM, Received, Sent, Upstream};

/// The names that are asked for, in lower case.
fn requested(request: &Received) -> Vec<String> {
    let text = request.first(ACRH).map(|value| String::from_utf8_lossy(value).to_ascii_lowercase()).unwrap_or_default();
    text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

pub(super) fn amazon(rules: &[Rule], request: &Received, upstream: &Upstream) -> Sent {
    let is_options = request.method == b"OPTIONS";
    let Some(origin) = request.first("origin").map(|origin| String::from_utf8_lossy(origin).into_owned()) else {
        return if is_options { Sent::by_product(400) } else { Sent::by_upstream(upstream) };
    };
    if is_options && request.first(ACRM).is_none() {
        return Sent::by_product(400);
    }
    // The requested method counts even on a GET.
    let method = request.first(ACRM).unwrap_or(&request.method);
    let names = requested(request);
    let found = rules.iter().find_map(|rule| {
        let entry = rule.entry_for(&origin, false)?;
        (rule.has_method(method) && names.iter().all(|name| rule.has_header(name))).then_some((rule, entry))
    });
    let mut sent = if is_options { Sent::by_product(200) } else { Sent::by_upstream(upstream) };
    let Some((rule, entry)) = found else {
        if is_options {
            sent.status = 403;
        }
        return sent;
    };
    if entry == "*" {
        sent.set(ACAO, "*");
    } else {
        sent.set(ACAO, &origin);
        sent.set(ACAC, "true");
    }
    sent.set(ACAM, plain(&rule.methods).join(", "));
    if is_options && !names.is_empty() {
        sent.set(ACAH, names.join(", "));
    } else if !names.is_empty() {
        sent.doubt("access-control-allow-headers");
    }
    if let Some(seconds) = rule.max_age {
        sent.set(ACMA, seconds.to_string());
    }
    if !rule.expose.is_empty() {
        sent.set(ACEH, plain(&rule.expose).join(", "));
    }
    sent.set("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
    sent
}

/// Cloudflare documents which rules fit, and little of what is sent. So almost everything is marked.
pub(super) fn r2(rules: &[Rule], request: &Received, upstream: &Upstream) -> Sent {
    let is_options = request.method == b"OPTIONS";
    let mut sent = if is_options { Sent::by_product(403) } else { Sent::by_upstream(upstream) };
    if is_options {
        sent.doubt("status");
    }
    let Some(origin) = request.first("origin") else { return sent };
    sent.doubt("vary");
    let asked = request.first(ACRM).filter(|_| is_options);
    let method = asked.unwrap_or(&request.method);
    let text = String::from_utf8_lossy(origin);
    let found = rules
        .iter()
        .filter(|rule| rule.has_method(method))
        .find_map(|rule| Some((rule, rule.entry_for(&text, false)?)));
    let Some((rule, entry)) = found.filter(|_| !is_options || asked.is_some()) else { return sent };
    if entry == "*" {
        sent.set(ACAO, "*");
        sent.doubt("access-control-allow-origin");
    } else {
        sent.set(ACAO, origin);
    }
    sent.doubt("access-control-allow-credentials");
    if !rule.expose.is_empty() {
        sent.set(ACEH, plain(&rule.expose).join(","));
    }
    if is_options {
        sent.status = 204;
        sent.set(ACAM, plain(&rule.methods).join(","));
        sent.doubt("access-control-allow-methods");
        let names: Vec<String> = requested(request).into_iter().filter(|name| rule.has_header(name)).collect();
        if !names.is_empty() {
            sent.set(ACAH, names.join(","));
        }
        sent.doubt("access-control-allow-headers");
        if let Some(seconds) = rule.max_age {
            sent.set(ACMA, seconds.to_string());
        }
    }
    sent
}

pub(super) fn ceph(rules: &[Rule], request: &Received, upstream: &Upstream) -> Sent {
    let is_options = request.method == b"OPTIONS";
    let origin = request.first("origin").map(|origin| String::from_utf8_lossy(origin).into_owned());
    let Some(origin) = origin.filter(|_| !is_options || request.first(ACRM).is_some()) else {
        return if is_options { Sent::by_product(400) } else { Sent::by_upstream(upstream) };
    };
    let method = request.first(ACRM).unwrap_or(&request.method);
    // The origin alone chooses the rule: a later one with the same origin never counts.
    let found =
        rules.iter().find(|rule| rule.entry_for(&origin, true).is_some()).filter(|rule| rule.has_method(method));
    let mut sent = if is_options { Sent::by_product(200) } else { Sent::by_upstream(upstream) };
    let Some(rule) = found else {
        if is_options {
            sent.status = 403;
        }
        return sent;
    };
    let has_any = rule.origins.iter().any(|(entry, _)| entry == "*");
    if has_any && request.first("authorization").is_none() {
        sent.set(ACAO, "*");
    } else {
        sent.set(ACAO, &origin);
        sent.set("Vary", "Origin");
    }
    sent.set(ACAM, method);
    let listed: Vec<String> = requested(request).into_iter().filter(|name| rule.has_header(name)).collect();
    if !listed.is_empty() {
        sent.set(ACAH, listed.join(","));
    }
    if let Some(seconds) = rule.max_age {
        sent.set(ACMA, seconds.to_string());
    }
    if !rule.expose.is_empty() {
        sent.set(ACEH, plain(&rule.expose).join(","));
    }
    sent
}
