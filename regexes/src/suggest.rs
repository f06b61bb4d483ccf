//! Finds the patterns that the author of one alternative probably meant.

use crate::parts::{Part, Parts};
use crate::pieces::{Bytes, DIGITS, DOT, LABEL, Variable};

/// What one alternative probably means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Meant {
    /// Patterns without their port.
    pub(crate) hosts: Vec<String>,
    pub(crate) port: String,
    /// Whether the alternative matches origins that the patterns do not.
    pub(crate) is_narrower: bool,
    /// Whether the patterns match origins that the alternative does not.
    pub(crate) is_wider: bool,
    /// Whether the patterns would not be wider if these hosts also matched without a port.
    pub(crate) needs_portless: bool,
}

/// Returns the meaning of an alternative. `None`: no pattern comes near it.
pub(crate) fn meaning(parts: &Parts<'_>) -> Option<Meant> {
    let mut meant = Meant { port: parts.port_pattern(), ..Meant::default() };
    if let Some([Part::Variable(port)]) = parts.port.as_deref() {
        // A port has at most five digits.
        let is_any = port.most.is_none_or(|most| most >= 5) && port.least <= 1;
        meant.needs_portless = port.is_exact && port.bytes.holds(DIGITS) && is_any;
        meant.is_wider = !meant.needs_portless;
    } else if meant.port == ":*" {
        meant.is_wider = true;
    }
    let scheme = parts.scheme;
    let is_web = scheme == "https" || scheme == "http";
    match &parts.host[..] {
        [] => meant.hosts.push(format!("{scheme}://")),
        [Part::Literal(host)] => meant.hosts.push(format!("{scheme}://{host}")),
        [Part::Variable(host)] if !is_web && parts.port.is_none() => {
            meant.hosts.push(format!("{scheme}://*"));
            // Origins of these schemes have no port in browsers.
            meant.is_wider = !(host.covers(LABEL.and(DOT)) && host.least == 0);
        }
        host if is_web => {
            let host = with_dots(host, &mut meant);
            if let Some(range) = range(&host, &mut meant) {
                meant.hosts.push(format!("{scheme}://{range}"));
            } else {
                for below in wildcards(&host, &mut meant)? {
                    meant.hosts.push(format!("{scheme}://{below}"));
                }
            }
        }
        _ => return None,
    }
    Some(meant)
}

/// A piece of text. It may be longer than what the expression spells out.
#[derive(Clone, Debug)]
enum Run {
    Text(String),
    Any(Variable),
}

/// Takes a single unescaped dot for a dot.
fn with_dots(host: &[Part<'_>], meant: &mut Meant) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for part in host {
        let next = match part {
            Part::Literal(text) => Run::Text((*text).to_owned()),
            Part::Variable(variable) if variable.is_single_dot() => {
                meant.is_narrower = true;
                Run::Text(".".to_owned())
            }
            Part::Variable(variable) => Run::Any(*variable),
        };
        match (runs.last_mut(), next) {
            (Some(Run::Text(text)), Run::Text(more)) => text.push_str(&more),
            (Some(Run::Any(one)), Run::Any(more)) => *one = one.then(more),
            (_, next) => runs.push(next),
        }
    }
    runs
}

/// Returns the patterns for a host that has a variable part or had an unescaped dot.
fn wildcards(host: &[Run], meant: &mut Meant) -> Option<Vec<String>> {
    let (lead, rest) = match host {
        [Run::Text(lead), rest @ ..] => (lead.as_str(), rest),
        rest => ("", rest),
    };
    let Some((Run::Text(tail), middle)) = rest.split_last() else {
        return if rest.is_empty() { Some(vec![lead.to_owned()]) } else { None };
    };
    let (end, below) = tail.split_once('.')?;
    let (variable, is_single) = merged(middle)?;
    let dots = variable.bytes.holds(DOT);
    let covers = |bytes| is_single && variable.covers(bytes);
    if lead.contains('.') || (!is_single && dots) {
        // It matches several labels in a way that no pattern can express.
        meant.is_wider = true;
        return Some(vec![format!("*.{below}")]);
    }
    if lead.is_empty() && end.is_empty() {
        meant.is_wider |= !covers(LABEL.and(DOT));
        return Some(vec![format!("*.{below}")]);
    }
    if lead.is_empty() && is_single && dots && !end.starts_with(['-', '_']) {
        // `.*example\.com` matches `https://evilexample.com`, which no author means.
        meant.is_narrower = true;
        meant.is_wider |= !covers(LABEL.and(DOT));
        let host = (variable.least == 0).then(|| tail.clone());
        return Some([format!("*.{tail}")].into_iter().chain(host).collect());
    }
    meant.is_narrower |= dots || variable.least == 0;
    meant.is_wider |= !covers(LABEL);
    Some(vec![format!("{lead}*{end}.{below}")])
}

/// Merges all of these into one variable part. Also returns whether there is only one.
fn merged(runs: &[Run]) -> Option<(Variable, bool)> {
    if let [Run::Any(variable)] = runs {
        return Some((*variable, true));
    }
    let variables = runs.iter().map(|run| match run {
        Run::Any(variable) => Variable { is_exact: false, ..*variable },
        Run::Text(text) => Variable {
            bytes: Bytes::of(text.as_bytes()),
            least: u32::try_from(text.len()).unwrap_or(u32::MAX),
            most: None,
            is_exact: false,
        },
    });
    variables.reduce(Variable::then).map(|variable| (variable, false))
}

/// `192\.168\.\d+\.\d+` as an address range.
fn range(host: &[Run], meant: &mut Meant) -> Option<String> {
    let mut text = String::new();
    let mut is_any_address = true;
    for run in host {
        match run {
            Run::Text(more) => text.push_str(more),
            Run::Any(variable) if DIGITS.holds(variable.bytes) => {
                let most = variable.most.is_none_or(|most| most >= 3);
                is_any_address &= variable.is_exact && variable.bytes.holds(DIGITS) && variable.least <= 1 && most;
                text.push('*');
            }
            Run::Any(_) => return None,
        }
    }
    let labels: Vec<&str> = text.split('.').collect();
    let fixed = labels.iter().take_while(|label| **label != "*").count();
    let is_address = labels.len() == 4 && (1..4).contains(&fixed) && labels[fixed..].iter().all(|label| *label == "*");
    if !is_address || !labels[..fixed].iter().all(|label| label.parse::<u8>().is_ok()) {
        return None;
    }
    meant.is_wider |= !is_any_address;
    let numbers = labels[..fixed].iter().copied().chain(std::iter::repeat_n("0", 4 - fixed)).collect::<Vec<_>>();
    Some(format!("{}/{}", numbers.join("."), fixed * 8))
}
