//! Sends one request over one connection and reads the head of the response, within one time limit. Bodies are not read, because CORS
//! does not look at them.

use std::cell::{OnceCell, RefCell};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::CertificateDer;
use url::{Host, Url};

use super::connection::Place;
use super::conversation::{Conversation, recorded};
use super::listed::Listed;
use super::outgoing::{Outgoing, Route};
use super::progress::{Progress, Stage};
use super::proxy::Proxies;
use super::recorded::{HEAD_LIMIT, Recorded};
use super::trouble::Trouble;
use super::{connection, head, proxy, target, tls};
use corsac::browser::HttpVersion;
use corsac_diagnose::exchange::{Headers, Response};

#[cfg(test)]
mod tests;

/// The longest time limit. A longer one is cut to it.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// A response, and how it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) response: Response,
    /// The address that it came from. `None`: a proxy is on the way, so the server's address is not known.
    pub(crate) peer: Option<IpAddr>,
    pub(crate) http_version: HttpVersion,
}

/// What to send to one hop, as the browser model says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    Preflight(&'a Headers),
    Request { method: &'a [u8], headers: &'a Headers },
}

#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// For one step, from the look-up of the name to the end of the response's head.
    pub(crate) timeout: Duration,
    /// Accepts any certificate.
    pub(crate) insecure: bool,
    /// What an assistant may do. `None`: a person asks.
    pub(crate) bounds: Option<Bounds>,
    /// Addresses of hosts, which are then not looked up.
    pub(crate) resolved: Vec<Resolved>,
    /// The root certificates. `None`: those of this machine.
    pub(crate) roots: Option<Vec<CertificateDer<'static>>>,
    /// Whether HTTP/2 is offered, for [`Client::fetch`].
    pub(crate) http2: bool,
}

/// Where a host and a port are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    pub(crate) host: Host<String>,
    pub(crate) port: u16,
    pub(crate) address: IpAddr,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            insecure: false,
            bounds: None,
            resolved: Vec::new(),
            roots: None,
            http2: false,
        }
    }
}

/// What a request may reach, send and receive if an assistant asks.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    pub(crate) listed: Listed,
    /// The most bytes of a request's head.
    pub(crate) request: usize,
    /// The most bytes of a response's head.
    pub(crate) response: usize,
}

/// A connection that was left open.
#[derive(Debug)]
struct Open {
    /// Whether it is encrypted, and to where.
    key: (bool, Place),
    peer: Option<IpAddr>,
    talk: Conversation,
}

/// Sends requests, each over a connection of its own. It keeps no cookies, no credentials and no state between them.
#[derive(Debug)]
pub(crate) struct Client {
    options: Options,
    proxies: Proxies,
    /// The last connection, if another request can go over it. Only requests within the runtime of one caller share it.
    open: RefCell<Option<Open>>,
    /// Made when the first `https:` URL needs it, because it takes a while to read root certificates.
    tls: OnceCell<Arc<ClientConfig>>,
}

impl Client {
    /// An assistant's requests go through no proxy: a proxy would look up the name again, and connect to an
    /// address that was not checked.
    pub(crate) fn new(options: Options) -> Self {
        let proxies = if options.bounds.is_some() { Proxies::none() } else { Proxies::of_environment() };
        Self { options, proxies, open: RefCell::new(None), tls: OnceCell::new() }
    }

    /// Sends what `step` says to `url`.
    pub(crate) fn take(&self, url: &Url, step: Step<'_>) -> Result<Received, Trouble> {
        match step {
            Step::Preflight(headers) => self.receive(url, b"OPTIONS", headers),
            Step::Request { method, headers } => self.receive(url, method, headers),
        }
    }

    /// Sends a request without a body and returns the status and the headers of the response. Headers of one name keep their order and
    /// are next to each other. Names are as the server spells them. The headers that a browser's network layer adds to every request
    /// (`Host`, `User-Agent` and so on) are added.
    fn receive(&self, url: &Url, method: &[u8], headers: &Headers) -> Result<Received, Trouble> {
        let place = reachable(url)?;
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|why| Trouble::System { why })?;
        let limit = self.options.timeout.min(LONGEST);
        let progress = Progress::new(place.to_string());
        let outcome = runtime.block_on(async {
            let deadline = Instant::now() + limit;
            let work = progress.over(self.exchange(url, &place, method, headers, deadline, &progress));
            timeout_at(deadline, work)
                .await
                .unwrap_or_else(|_| Err(Trouble::TimedOut { stage: progress.stage(), place: place.to_string(), limit }))
        });
        // The system cannot cancel the look-up of a name, so one that runs out of time goes on in the background.
        runtime.shutdown_background();
        outcome
    }

    /// The same within a runtime of the caller, who shows the progress of many requests.
    pub(crate) async fn fetch(&self, url: &Url, method: &[u8], headers: &Headers) -> Result<Received, Trouble> {
        let place = reachable(url)?;
        let limit = self.options.timeout.min(LONGEST);
        let progress = Progress::new(place.to_string());
        let deadline = Instant::now() + limit;
        timeout_at(deadline, self.converse(url, &place, method, headers, deadline, &progress))
            .await
            .unwrap_or_else(|_| Err(Trouble::TimedOut { stage: progress.stage(), place: place.to_string(), limit }))
    }

    /// Sends a request over the connection that is open already, if there is one.
    async fn converse(
        &self,
        url: &Url,
        place: &Place,
        method: &[u8],
        headers: &Headers,
        deadline: Instant,
        progress: &Progress,
    ) -> Result<Received, Trouble> {
        let resolved = self.resolved(place);
        if resolved.is_none() && self.proxies.on_the_way_to(url, place)?.is_some() {
            return self.exchange(url, place, method, headers, deadline, progress).await;
        }
        let secure = url.scheme() == "https";
        let outgoing = || Outgoing::new(url, method, headers, Route::Direct).map(|outgoing| outgoing.request);
        let key = (secure, place.clone());
        let open = self.open.borrow_mut().take().filter(|open| open.key == key && !open.talk.is_closed());
        progress.enter(Stage::Response);
        if let Some(mut open) = open {
            match open.talk.ask(url, outgoing()?, place).await {
                Ok((response, goes_on)) => {
                    let (peer, http_version) = (open.peer, open.talk.http_version());
                    self.open.replace(Some(open).filter(|_| goes_on));
                    return Ok(Received { response, peer, http_version });
                }
                // A server may close a connection that nothing was sent over for a while.
                Err(_) if open.talk.is_silent() => {}
                Err(trouble) => return Err(trouble),
            }
        }
        let stages = [Stage::Lookup, Stage::Connect];
        let tcp = connection::open(resolved.as_ref().unwrap_or(place), None, deadline, stages, progress).await?;
        let peer = tcp.peer_addr().ok().map(|address| address.ip());
        let mut talk = if secure {
            progress.enter(Stage::Tls);
            let tls = tls::agree(self.tls(place)?, tcp, place, HEAD_LIMIT).await?;
            let (below, session) = tls.get_ref();
            let is_http2 = session.alpn_protocol() == Some(b"h2");
            below.lift();
            let (tls, record) = recorded(tls, HEAD_LIMIT);
            Conversation::begin(tls, record, is_http2, place, secure, HEAD_LIMIT).await?
        } else {
            let (tcp, record) = recorded(tcp, HEAD_LIMIT);
            Conversation::begin(tcp, record, false, place, secure, HEAD_LIMIT).await?
        };
        progress.enter(Stage::Response);
        let (response, goes_on) = talk.ask(url, outgoing()?, place).await?;
        let http_version = talk.http_version();
        if goes_on {
            self.open.replace(Some(Open { key, peer, talk }));
        }
        Ok(Received { response, peer, http_version })
    }

    /// Where a place is, if the caller says so.
    fn resolved(&self, place: &Place) -> Option<Place> {
        let mut known = self.options.resolved.iter();
        let found = known.find(|known| known.host == place.host && known.port == place.port)?;
        let host = match found.address {
            IpAddr::V4(address) => Host::Ipv4(address),
            IpAddr::V6(address) => Host::Ipv6(address),
        };
        Some(Place { host, port: place.port })
    }

    async fn exchange(
        &self,
        url: &Url,
        place: &Place,
        method: &[u8],
        headers: &Headers,
        deadline: Instant,
        progress: &Progress,
    ) -> Result<Received, Trouble> {
        let secure = url.scheme() == "https";
        let resolved = self.resolved(place);
        let by_proxy = if resolved.is_some() { None } else { self.proxies.on_the_way_to(url, place)? };
        let route = match &by_proxy {
            Some(proxy) if !secure => Route::Proxy(proxy.authorization.as_ref()),
            _ => Route::Direct,
        };
        let outgoing = Outgoing::new(url, method, headers, route)?;
        let bounds = self.options.bounds.as_ref();
        if let Some(limit) = bounds.map(|bounds| bounds.request).filter(|limit| outgoing.len() > *limit) {
            return Err(Trouble::RequestTooLarge { limit });
        }
        let listed = bounds.map(|bounds| &bounds.listed);
        let head_limit = bounds.map_or(HEAD_LIMIT, |bounds| bounds.response);
        let request = outgoing.request;
        // Nothing else is spoken over a connection for one request.
        let received = |response, peer| Received { response, peer, http_version: HttpVersion::Http1 };
        let tcp = match &by_proxy {
            Some(proxy) => {
                let failed =
                    |trouble: Trouble| Trouble::Proxy { proxy: proxy.place.to_string(), why: trouble.to_string() };
                let stages = [Stage::Proxy, Stage::Proxy];
                let tcp = connection::open(&proxy.place, None, deadline, stages, progress).await.map_err(failed)?;
                if secure { proxy::tunnel(tcp, proxy, place, progress).await? } else { tcp }
            }
            None => {
                connection::open(
                    resolved.as_ref().unwrap_or(place),
                    listed,
                    deadline,
                    [Stage::Lookup, Stage::Connect],
                    progress,
                )
                .await?
            }
        };
        let peer = tcp.peer_addr().ok().map(|address| address.ip()).filter(|_| by_proxy.is_none());
        if secure {
            progress.enter(Stage::Tls);
            let stream = tls::agree(self.tls(place)?, tcp, place, head_limit).await?;
            progress.enter(Stage::Response);
            let response = head::receive(Recorded::new(stream, head_limit), request, place, secure, head_limit).await?;
            return Ok(received(response, peer));
        }
        progress.enter(Stage::Response);
        let response = head::receive(Recorded::new(tcp, head_limit), request, place, secure, head_limit).await?;
        match by_proxy {
            Some(proxy) if response.status == 407 => Err(proxy.refused(response.status)),
            _ => Ok(received(response, peer)),
        }
    }

    fn tls(&self, place: &Place) -> Result<Arc<ClientConfig>, Trouble> {
        if let Some(config) = self.tls.get() {
            return Ok(Arc::clone(config));
        }
        let roots = self.options.roots.clone().unwrap_or_else(tls::roots_of_machine);
        let config = tls::config(roots, self.options.insecure, self.options.http2, place)?;
        Ok(Arc::clone(self.tls.get_or_init(|| config)))
    }
}

/// Where the server of a URL listens, if browsers connect to that port.
fn reachable(url: &Url) -> Result<Place, Trouble> {
    let place = Place::of(url)?;
    match target::blocked_port(url) {
        Some(_) => Err(Trouble::BlockedPort { place: place.to_string() }),
        None => Ok(place),
    }
}
