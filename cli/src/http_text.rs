//! Requests and responses as HTTP heads, with the marks of `curl -v`, and the reason in words.

use std::fmt::{Display, Write};

use corsac::{Class, Decision, Escaped};

/// The head of a request, each line after `>`.
pub(crate) fn push_request(text: &mut String, method: &[u8], path: &[u8], headers: &[(Vec<u8>, Vec<u8>)]) {
    push_line(text, '>', format_args!("{} {} HTTP/1.1", Escaped(method), Escaped(path)));
    for (name, value) in headers {
        push_line(text, '>', format_args!("{}: {}", Escaped(name), Escaped(value)));
    }
}

/// The response of a decision, each line after `<`, and the reason.
pub(crate) fn push_response(text: &mut String, decision: &Decision<'_>) {
    match decision.status() {
        Some(status) => push_line(text, '<', format_args!("HTTP/1.1 {status}{}", reason(status))),
        None => push_line(text, '<', "(the application's status and headers, and)"),
    }
    for header in decision.headers() {
        push_line(text, '<', format_args!("{}: {}", header.name, Escaped(header.value)));
    }
    if decision.headers().len() == 0 && decision.class() != Class::Preflight {
        push_line(text, '<', "(nothing else)");
    }
    let _ = writeln!(text, "{decision}");
}

/// What happens to a request if no policy applies to its path.
pub(crate) fn push_untouched(text: &mut String, path: &[u8]) {
    let _ = writeln!(
        text,
        "no policy applies to the path {}: Corsac does not change the request or its response, and only the application's own headers count",
        Escaped(path)
    );
}

fn push_line(text: &mut String, mark: char, line: impl Display) {
    let _ = writeln!(text, "{mark} {line}");
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => " OK",
        204 => " No Content",
        400 => " Bad Request",
        403 => " Forbidden",
        404 => " Not Found",
        _ => "",
    }
}
