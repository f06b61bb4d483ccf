//! Why there is no response, and what to do next. A browser tells the script none of this: it only says "Failed to fetch".

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use corsac::Escaped;

use super::certificate::CertificateTrouble;
use super::progress::Stage;
use super::recorded::HEAD_LIMIT;

/// `place` is `host:port` of the server.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// A port of the Fetch standard's list of bad ports.
    BlockedPort {
        place: String,
    },
    /// An address of a private network, which the list of an assistant does not name.
    AddressNotListed {
        place: String,
        address: SocketAddr,
    },
    /// More than an assistant may send.
    RequestTooLarge {
        limit: usize,
    },
    /// This machine opens no connections now.
    System {
        why: io::Error,
    },
    /// HTTP has no way to say this.
    Unsendable {
        what: String,
    },
    NameNotFound {
        name: String,
        why: Option<io::Error>,
    },
    Refused {
        place: String,
        address: SocketAddr,
    },
    Unreachable {
        place: String,
        why: io::Error,
    },
    TimedOut {
        stage: Stage,
        place: String,
        limit: Duration,
    },
    ProxyUnusable {
        what: String,
    },
    Proxy {
        proxy: String,
        why: String,
    },
    Certificate {
        place: String,
        what: CertificateTrouble,
    },
    /// What came instead of TLS.
    NotTls {
        place: String,
        start: Vec<u8>,
    },
    ClosedInTls {
        place: String,
    },
    Tls {
        place: String,
        why: String,
    },
    Http2Only {
        place: String,
    },
    /// What came instead of HTTP.
    NotHttp {
        place: String,
        start: Vec<u8>,
    },
    Unparsable {
        place: String,
        why: String,
    },
    HeadTooLarge {
        place: String,
        limit: usize,
    },
    /// After so many bytes, which make no head.
    Closed {
        place: String,
        bytes: usize,
        secure: bool,
    },
    Switched {
        place: String,
    },
    Lost {
        place: String,
        why: String,
    },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BlockedPort { place } => {
                write!(
                    f,
                    "no browser connects to {place}, because the port belongs to another protocol: let the server listen on another one"
                )
            }
            Self::AddressNotListed { place, address } => {
                write!(
                    f,
                    "{place} has the address {}, which is not on the internet: start corsac mcp with --probe {address} too, if you mean it",
                    address.ip()
                )
            }
            Self::RequestTooLarge { limit } => {
                write!(
                    f,
                    "the head of the request is larger than {limit} bytes: ask with a shorter URL and fewer headers"
                )
            }
            Self::System { why } => {
                write!(f, "cannot open connections on this machine ({why}): close what holds too many files open")
            }
            Self::Unsendable { what } => write!(f, "cannot send {what}: no HTTP request can hold it"),
            Self::NameNotFound { name, why } => {
                write!(f, "no address is known for {name}")?;
                if let Some(why) = why {
                    write!(f, " ({why})")?;
                }
                f.write_str(": check the spelling, and that this machine can look names up")
            }
            Self::Refused { place, address } => {
                write!(f, "{place} refused the connection")?;
                if *place != address.to_string() {
                    write!(f, " (at {address})")?;
                }
                f.write_str(": check that the server runs, and on this port")
            }
            Self::Unreachable { place, why } => {
                write!(f, "cannot reach {place} ({why}): check the address and the network")
            }
            Self::TimedOut { stage, place, limit } => timed_out(f, *stage, place, *limit),
            Self::ProxyUnusable { what } => {
                let what = Escaped(what.as_bytes());
                write!(
                    f,
                    "cannot use the proxy {what}: write http://HOST:PORT in HTTPS_PROXY, or except the host in NO_PROXY"
                )
            }
            Self::Proxy { proxy, why } => {
                let why = Escaped(why.as_bytes());
                write!(
                    f,
                    "the proxy {proxy} gave no connection ({why}): check HTTPS_PROXY, or except the host in NO_PROXY"
                )
            }
            Self::Certificate { place, what } => write!(f, "the certificate of {place} {what}"),
            Self::NotTls { place, start } => not_tls(f, place, start),
            Self::ClosedInTls { place } => write!(
                f,
                "{place} closed the connection before TLS was agreed on: if it serves without TLS, write http:; else look into its log"
            ),
            Self::Tls { place, why } => write!(f, "no TLS with {place}: {}", Escaped(why.as_bytes())),
            Self::Http2Only { place } => write!(
                f,
                "{place} speaks HTTP/2 only, and the request is sent over HTTP/1.1: let the server take http/1.1 too, or save a HAR in \
                 the browser and give it to `corsac explain`"
            ),
            Self::NotHttp { place, start } => not_http(f, place, start),
            Self::Unparsable { place, why } => write!(
                f,
                "the response of {place} is not valid HTTP ({}): look for a NUL, a lone carriage return or a broken status line in \
                 it; a browser fails too",
                Escaped(why.as_bytes())
            ),
            Self::HeadTooLarge { place, limit: HEAD_LIMIT } => {
                write!(
                    f,
                    "the head of the response of {place} is larger than 256 KiB or 4096 lines: a browser fails too; send less"
                )
            }
            Self::HeadTooLarge { place, limit } => {
                write!(
                    f,
                    "the head of the response of {place} is larger than {limit} bytes, and an assistant reads no more: use corsac probe"
                )
            }
            Self::Closed { place, bytes: 0, secure } => {
                let tls = if *secure { "" } else { "if it serves TLS only, write https:; else " };
                write!(
                    f,
                    "{place} closed the connection without a response: {tls}look into its log, it may have crashed"
                )
            }
            Self::Closed { place, bytes, .. } => {
                write!(
                    f,
                    "{place} closed the connection within the head of its response, after {bytes} bytes: look into its log"
                )
            }
            Self::Switched { place } => {
                write!(f, "{place} switched protocols (status 101), which no script asked for: a browser fails too")
            }
            Self::Lost { place, why } => {
                write!(
                    f,
                    "the connection to {place} was lost ({}): try again, or look into its log",
                    Escaped(why.as_bytes())
                )
            }
        }
    }
}

impl std::error::Error for Trouble {}

fn timed_out(f: &mut fmt::Formatter<'_>, stage: Stage, place: &str, limit: Duration) -> fmt::Result {
    let limit = limit.as_secs_f64();
    match stage {
        Stage::Lookup => {
            write!(f, "the name of {place} was not found within {limit} s: check how this machine looks names up")
        }
        Stage::Connect => {
            write!(
                f,
                "{place} did not take the connection within {limit} s: check the address and the firewalls on the way"
            )
        }
        Stage::Proxy => {
            write!(
                f,
                "the proxy opened no connection to {place} within {limit} s: check HTTPS_PROXY, or except the host in NO_PROXY"
            )
        }
        Stage::Tls => write!(f, "{place} did not agree on TLS within {limit} s: if it serves without TLS, write http:"),
        Stage::Response => {
            write!(f, "{place} did not respond within {limit} s: look into its log, or wait longer with --timeout")
        }
    }
}

fn not_tls(f: &mut fmt::Formatter<'_>, place: &str, start: &[u8]) -> fmt::Result {
    if start.starts_with(b"HTTP/") {
        write!(f, "{place} speaks HTTP without TLS: write http: instead of https:")
    } else {
        write!(
            f,
            "{place} does not speak TLS: check the port, or write http:; its response begins with \"{}\"",
            Escaped(start)
        )
    }
}

fn not_http(f: &mut fmt::Formatter<'_>, place: &str, start: &[u8]) -> fmt::Result {
    match start {
        // An alert or a handshake record of TLS.
        [0x15 | 0x16, 0x03, ..] => write!(f, "{place} speaks TLS: write https: instead of http:"),
        // The SETTINGS frame that begins HTTP/2.
        [0, 0, _, 4, _, 0, 0, 0, 0, ..] => {
            write!(f, "{place} speaks HTTP/2 without TLS only, which no browser does: let it take HTTP/1.1 too")
        }
        _ => write!(f, "the response of {place} is not HTTP: check the port; it begins with \"{}\"", Escaped(start)),
    }
}
