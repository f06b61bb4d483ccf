//! A server on loopback that takes one connection, does with it what a test says, and ends with the test.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use url::Url;

/// No test waits for this: it ends what would hang.
const LIMIT: Duration = Duration::from_secs(20);

pub(super) struct Server {
    address: SocketAddr,
    thread: Option<JoinHandle<Vec<u8>>>,
}

impl Server {
    /// `serve` gives back what it was sent.
    pub(super) fn start(serve: impl FnOnce(TcpStream) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let thread = spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            drop(listener);
            stream.set_read_timeout(Some(LIMIT)).unwrap();
            stream.set_write_timeout(Some(LIMIT)).unwrap();
            serve(stream)
        });
        Self { address, thread: Some(thread) }
    }

    /// Reads a request and sends these bytes.
    pub(super) fn answering(response: impl Into<Vec<u8>>) -> Self {
        let response = response.into();
        Self::start(move |mut stream| {
            let request = read_head(&mut stream);
            write(&mut stream, &response);
            request
        })
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(super) fn url(&self, scheme: &str, host: &str, path: &str) -> Url {
        Url::parse(&format!("{scheme}://{host}:{}{path}", self.port())).unwrap()
    }

    /// What was sent to it.
    pub(super) fn request(mut self) -> String {
        String::from_utf8_lossy(&self.thread.take().unwrap().join().unwrap()).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A server without a client still waits.
            let _ = TcpStream::connect(self.address);
            let _ = thread.join();
        }
    }
}

/// Reads to the empty line, or to the end.
pub(super) fn read_head(stream: &mut impl Read) -> Vec<u8> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        head.extend(byte);
    }
    head
}

/// The client may have seen enough and be gone.
pub(super) fn write(stream: &mut impl Write, bytes: &[u8]) {
    let _ = stream.write_all(bytes).and_then(|()| stream.flush());
}

/// Reads until the client goes.
pub(super) fn wait(stream: &mut impl Read) {
    let mut bytes = [0; 4096];
    while matches!(stream.read(&mut bytes), Ok(1..)) {}
}
