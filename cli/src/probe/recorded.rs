//! A stream that records what was read from it, so that a response that is not HTTP can be shown. It also ends an endless response.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Chromium's limit of a response head.
pub(super) const HEAD_LIMIT: usize = 256 * 1024;
/// Bytes that are shown of a response that is not HTTP.
const START: usize = 64;

/// What was read so far. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Record(Arc<Mutex<Vec<u8>>>);

impl Record {
    /// The first bytes.
    pub(super) fn start(&self) -> Vec<u8> {
        self.look(|bytes| bytes.get(..START).unwrap_or(bytes).to_vec())
    }

    pub(super) fn len(&self) -> usize {
        self.look(<[u8]>::len)
    }

    pub(super) fn look<T>(&self, with: impl FnOnce(&[u8]) -> T) -> T {
        with(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Forgets what was read, because another response follows.
    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn push(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
    }
}

/// A stream that fails after more bytes than a head can have.
#[derive(Debug)]
pub(super) struct Recorded<S> {
    stream: S,
    record: Record,
    /// The limit of reading. `usize::MAX`: the layer above has one.
    limit: Arc<AtomicUsize>,
}

impl<S> Recorded<S> {
    /// A stream that begins with a head of at most `head_limit` bytes. A read that completes a head may contain some of the body, so
    /// twice as much is read.
    pub(super) fn new(stream: S, head_limit: usize) -> Self {
        Self { stream, record: Record::default(), limit: Arc::new(AtomicUsize::new(head_limit.saturating_mul(2))) }
    }

    /// Records and limits nothing more, because the layer above does.
    pub(super) fn lift(&self) {
        self.limit.store(usize::MAX, Ordering::Relaxed);
    }

    pub(super) fn record(&self) -> Record {
        self.record.clone()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Recorded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.record.len() >= self.limit.load(Ordering::Relaxed) {
            return Poll::Ready(Err(io::ErrorKind::FileTooLarge.into()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if self.limit.load(Ordering::Relaxed) != usize::MAX {
            self.record.push(buffer.filled().get(before..).unwrap_or_default());
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Recorded<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
