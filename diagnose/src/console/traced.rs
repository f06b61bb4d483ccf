//! What the lines about requests add to the messages of a paste, and what they say alone.

use corsac::browser::{BlockedCode, Part};

use super::merge::is_same;
use super::message::{Message, Messages};
use super::trace::Trace;
use crate::certainty::Certainty;
use crate::codes::of_status;

/// Network errors that no message explains become messages, and the others give theirs what it lacks.
pub(super) fn from_traces(found: &mut Messages) {
    let failed = found.traces.iter().filter(|trace| trace.status.is_none_or(|status| status >= 300));
    for trace in &found.traces {
        // What stopped a socket says more than that there is none.
        let is_socket = |message: &&mut Message| message.neighbour == Some("websocket") && message.status.is_none();
        if let Some(error) = trace.error
            && trace.url.is_none()
        {
            for message in found.list.iter_mut().filter(is_socket) {
                message.neighbour = Some(error);
            }
        }
        let same = |message: &&mut Message| match (&message.url, &trace.url) {
            (Some(a), Some(b)) => is_same(a, b),
            // What went well is not the one that failed.
            _ => failed.clone().all(|other| Some(other) == failed.clone().next()),
        };
        let went_well = trace.status.is_some_and(|status| status < 300) && found.traces.len() > 1;
        if went_well && trace.url.is_none() {
            continue;
        }
        // What is only logged has no response of its own.
        let known = found.list.iter_mut().filter(|message| !message.only_informs).find(same);
        match (known, trace.error) {
            (Some(message), _) if message.code.is_some() && message.code != Some(BlockedCode::NetworkError) => {
                message.status = message.status.or(trace.status);
                // Old versions of Chromium do not say that the preflight failed.
                if trace.method.as_deref() == Some("OPTIONS") && trace.url.is_some() {
                    message.part = Some(Part::Preflight);
                }
                message.method = message.method.take().or_else(|| trace.method.clone());
                message.url = message.url.take().or_else(|| trace.url.clone());
            }
            (Some(message), Some(error)) if message.neighbour.is_none() => {
                *message = Message {
                    neighbour: Some(error),
                    url: message.url.take().or_else(|| trace.url.clone()),
                    ..Message::default()
                };
            }
            (Some(message), None) => {
                message.status = message.status.or(trace.status);
                message.method = message.method.take().or_else(|| trace.method.clone());
            }
            (Some(_), Some(_)) => {}
            (None, Some(error)) => found.list.push(Message {
                neighbour: Some(error),
                url: trace.url.clone(),
                method: trace.method.clone(),
                value: trace.error_text.clone(),
                ..Message::default()
            }),
            // A preflight in the log of a server, and nothing else.
            (None, None) if trace.method.as_deref() == Some("OPTIONS") && trace.status.is_some_and(|s| s >= 300) => {
                found.list.push(Message {
                    code: Some(BlockedCode::PreflightStatus),
                    part: Some(Part::Preflight),
                    url: trace.url.clone(),
                    status: trace.status,
                    ..Message::default()
                });
            }
            (None, None) => {}
        }
    }
}

/// The error status of a response, where nothing else is found.
pub(super) fn of_status_alone(traces: &[Trace], told: Option<u16>) -> Option<Message> {
    let failed = traces.iter().find(|trace| trace.status.is_some_and(|status| status >= 400));
    let status = failed.and_then(|trace| trace.status).or(told)?;
    let trace = failed.or(traces.first()).cloned().unwrap_or_default();
    Some(Message {
        neighbour: Some(of_status(status)),
        certainty: Certainty::Likely,
        url: trace.url,
        method: trace.method,
        status: Some(status),
        ..Message::default()
    })
}
