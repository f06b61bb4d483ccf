//! One connection: finds the requests in its bytes, and responds to each.

use corsac::Policy;
use corsac_device::{After, EMPTY_LINES, Head, Response, parse, respond};
use smoltcp::socket::tcp::{Socket, State};
use smoltcp::time::{Duration, Instant};

/// HTTP.
const PORT: u16 = 80;

/// The longest head of a request. Those of browsers have about 700 bytes.
const HEAD: usize = 2048;

/// How long a connection may wait for a whole request. A connection is also closed earlier if another one
/// needs its place.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a connection needs besides its socket.
pub(crate) struct Connection {
    /// Received bytes that are not used yet: at most the head of one request.
    received: heapless::Vec<u8, HEAD>,
    /// The bytes of the last request's body that are still to come. The thermostat does not read them.
    body: usize,
    /// When it was opened, or when its last request was whole.
    waits_since: Option<Instant>,
}

impl Connection {
    pub(crate) const fn new() -> Connection {
        Connection { received: heapless::Vec::new(), body: 0, waits_since: None }
    }

    /// Does what can be done now without waiting.
    pub(crate) fn advance(&mut self, socket: &mut Socket<'_>, policy: &Policy<&[u8]>, now: Instant) {
        match socket.state() {
            State::Closed => {
                *self = Connection::new();
                // It fails only for port 0 and for a socket that is open.
                let _ = socket.listen(PORT);
            }
            State::Listen => {}
            state => {
                if now > *self.waits_since.get_or_insert(now) + PATIENCE {
                    socket.abort();
                } else if matches!(state, State::Established | State::CloseWait) {
                    self.serve(socket, policy, now);
                } else {
                    // It is closed on this side. Bytes that stay there would keep the other side from closing it.
                    let _ = socket.recv(|bytes| (bytes.len(), ()));
                }
            }
        }
    }

    /// Since when it has nothing to do, if so: browsers open connections that they may never use, and keep
    /// those that they have used.
    pub(crate) fn idle_since(&self, socket: &Socket<'_>) -> Option<Instant> {
        let has_work = !self.received.is_empty() || self.body > 0 || socket.recv_queue() > 0 || socket.send_queue() > 0;
        self.waits_since.filter(|_| !has_work)
    }

    fn serve(&mut self, socket: &mut Socket<'_>, policy: &Policy<&[u8]>, now: Instant) {
        let mut response = Response::new();
        // The socket has room for one response. Its client must have read it before the next.
        while socket.send_queue() == 0 && socket.may_send() {
            self.receive(socket);
            let mut lines = EMPTY_LINES;
            let (request, used) = match parse(&self.received, &mut lines) {
                Head::Whole(request, length) => (Some(request), length),
                Head::Partial if !self.received.is_full() => break,
                Head::Partial | Head::Malformed => (None, self.received.len()),
            };
            let (after, body) = request.as_ref().map_or((After::Close, 0), framing);
            let is_written = respond(policy, request.as_ref(), after, &mut response).is_ok();
            // Neither fails: the responses of this device are shorter than its buffers.
            if !is_written || socket.send_slice(&response).is_err() {
                socket.abort();
                return;
            }
            self.received.drain(..used);
            self.body = body;
            self.waits_since = Some(now);
            if after == After::Close {
                // What comes after it has no response, and is no work.
                self.received.clear();
                self.body = 0;
                socket.close();
                return;
            }
        }
        // The client closed it, and all that it sent has its response.
        if !socket.may_recv() && socket.send_queue() == 0 {
            socket.close();
        }
    }

    /// Drops what is left of the last request's body, and takes as much of the next request's head as there is room for.
    fn receive(&mut self, socket: &mut Socket<'_>) {
        let dropped = self.body.min(self.received.len());
        self.received.drain(..dropped);
        self.body -= dropped;
        while socket.can_recv() {
            let taken = socket.recv(|bytes| {
                let dropped = self.body.min(bytes.len());
                self.body -= dropped;
                let rest = &bytes[dropped..];
                let kept = rest.len().min(HEAD - self.received.len());
                let is_kept = self.received.extend_from_slice(&rest[..kept]).is_ok();
                let taken = dropped + if is_kept { kept } else { 0 };
                (taken, taken)
            });
            if !matches!(taken, Ok(1..)) {
                break;
            }
        }
    }
}

/// What happens after the response, and how long the body of the request is. If that is not plain, the
/// connection is closed: its next bytes could be taken for a request.
fn framing(request: &httparse::Request<'_, '_>) -> (After, usize) {
    let mut after = if request.version == Some(1) { After::Keep } else { After::Close };
    let mut body = None;
    for line in request.headers.iter() {
        if line.name.eq_ignore_ascii_case("connection") {
            let mut options = line.value.split(|byte| *byte == b',');
            if options.any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close")) {
                after = After::Close;
            }
        } else if line.name.eq_ignore_ascii_case("transfer-encoding") {
            after = After::Close;
        } else if line.name.eq_ignore_ascii_case("content-length") {
            match length(line.value) {
                Some(length) if body.is_none_or(|other| other == length) => body = Some(length),
                _ => after = After::Close,
            }
        }
    }
    (after, body.unwrap_or_default())
}

/// The number, if these are digits alone.
fn length(value: &[u8]) -> Option<usize> {
    let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    core::str::from_utf8(value).ok().filter(|_| is_number)?.parse().ok()
}
