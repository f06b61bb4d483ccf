//! A connection over which several requests are sent, one after the other: HTTP/2 where the server agreed to it, else HTTP/1.1.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::client::conn::{http1, http2};
use hyper::header::{CONNECTION, HOST, PROXY_AUTHORIZATION};
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use url::{Position, Url};

use super::connection::Place;
use super::head::{as_sent, builder, plain, trouble};
use super::recorded::{Record, Recorded};
use super::trouble::Trouble;
use corsac::browser::HttpVersion;
use corsac_diagnose::exchange::Response;

/// A longer body is not worth a connection.
const BODY: usize = 64 * 1024;
/// Neither is a slower one.
const PATIENCE: Duration = Duration::from_millis(250);

#[derive(Debug)]
enum Sender {
    Http1(http1::SendRequest<String>),
    Http2(http2::SendRequest<String>),
}

/// The client's end of a connection.
#[derive(Debug)]
pub(super) struct Conversation {
    sender: Sender,
    driver: JoinHandle<Result<(), hyper::Error>>,
    record: Record,
    secure: bool,
    limit: usize,
}

impl Drop for Conversation {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Conversation {
    /// Begins to talk HTTP over a stream. `record`: what is read from the network below it. `limit`: the most bytes of a head.
    pub(super) async fn begin<S>(
        stream: S,
        record: Record,
        is_http2: bool,
        place: &Place,
        secure: bool,
        limit: usize,
    ) -> Result<Self, Trouble>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let failed = |error: hyper::Error| trouble(&error, place, &record, secure, limit);
        let io = TokioIo::new(stream);
        let (sender, driver) = if is_http2 {
            let mut http2 = http2::Builder::new(TokioExecutor::new());
            http2.max_header_list_size(u32::try_from(limit).unwrap_or(u32::MAX));
            let (sender, connection) = http2.handshake(io).await.map_err(failed)?;
            (Sender::Http2(sender), tokio::spawn(connection))
        } else {
            let (sender, connection) = builder(limit).handshake(io).await.map_err(failed)?;
            (Sender::Http1(sender), tokio::spawn(connection))
        };
        Ok(Self { sender, driver, record, secure, limit })
    }

    /// Whether the server closed the connection.
    pub(super) fn is_closed(&self) -> bool {
        match &self.sender {
            Sender::Http1(sender) => sender.is_closed(),
            Sender::Http2(sender) => sender.is_closed(),
        }
    }

    /// The version in which the server responds.
    pub(super) fn http_version(&self) -> HttpVersion {
        match self.sender {
            Sender::Http1(_) => HttpVersion::Http1,
            Sender::Http2(_) => HttpVersion::Http2,
        }
    }

    /// Whether nothing of a response came.
    pub(super) fn is_silent(&self) -> bool {
        self.record.len() == 0
    }

    /// Sends one request and reads the head of the response. `true`: another request can follow.
    pub(super) async fn ask(
        &mut self,
        url: &Url,
        mut request: Request<String>,
        place: &Place,
    ) -> Result<(Response, bool), Trouble> {
        self.record.clear();
        request.headers_mut().remove(CONNECTION);
        let sent = match &mut self.sender {
            Sender::Http1(sender) => sender.send_request(request).await,
            Sender::Http2(sender) => {
                let target = Uri::try_from(&url[..Position::AfterQuery]);
                *request.uri_mut() =
                    target.map_err(|error| Trouble::Unsendable { what: format!("the URL ({error})") })?;
                request.headers_mut().remove(HOST);
                request.headers_mut().remove(PROXY_AUTHORIZATION);
                sender.send_request(request).await
            }
        };
        let response = match sent {
            Ok(response) => response,
            Err(error) if error.is_canceled() && self.driver.is_finished() => {
                // The connection knows why the request failed.
                let why = (&mut self.driver).await.ok().and_then(Result::err);
                return Err(self.trouble(&why.unwrap_or(error), place));
            }
            Err(error) => return Err(self.trouble(&error, place)),
        };
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return Err(Trouble::Switched { place: place.to_string() });
        }
        let read = match self.sender {
            Sender::Http1(_) => as_sent(&response, &self.record),
            Sender::Http2(_) => plain(&response),
        };
        let is_over = timeout(PATIENCE, is_short(response.into_body())).await.unwrap_or(false);
        Ok((read, is_over))
    }

    fn trouble(&self, error: &hyper::Error, place: &Place) -> Trouble {
        trouble(error, place, &self.record, self.secure, self.limit)
    }
}

/// Reads the body to its end, if it is short. The bytes do not matter.
async fn is_short(mut body: Incoming) -> bool {
    let mut left = BODY;
    loop {
        let frame = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
        match frame {
            None => return true,
            Some(Err(_)) => return false,
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, |bytes| bytes.len());
                match left.checked_sub(length) {
                    Some(less) => left = less,
                    None => return false,
                }
            }
        }
    }
}

/// A stream that records what it reads, for a conversation.
pub(super) fn recorded<S>(stream: S, limit: usize) -> (Recorded<S>, Record) {
    let stream = Recorded::new(stream, limit);
    let record = stream.record();
    (stream, record)
}
