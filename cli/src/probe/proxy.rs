//! The proxy that the environment names, as curl reads it: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either case
//! (`HTTP_PROXY` not below a CGI server). Loopback never goes through it, as in browsers.

use std::pin::pin;

use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use hyper::{Method, Request, Uri};
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::{Host, Url};

use super::connection::Place;
use super::progress::{Progress, Stage};
use super::trouble::Trouble;

#[derive(Debug)]
pub(super) struct Proxies(Matcher);

#[derive(Debug)]
pub(super) struct Proxy {
    pub(super) place: Place,
    pub(super) authorization: Option<HeaderValue>,
}

impl Proxy {
    pub(super) fn refused(&self, status: u16) -> Trouble {
        Trouble::Proxy { proxy: self.place.to_string(), why: format!("status {status}") }
    }
}

impl Proxies {
    pub(super) fn of_environment() -> Self {
        Self(Matcher::from_env())
    }

    pub(super) fn none() -> Self {
        Self(Matcher::builder().build())
    }

    #[cfg(test)]
    pub(super) fn all(proxy: String) -> Self {
        Self(Matcher::builder().all(proxy).build())
    }

    pub(super) fn on_the_way_to(&self, url: &Url, place: &Place) -> Result<Option<Proxy>, Trouble> {
        if place.is_loopback() {
            return Ok(None);
        }
        let unusable = |what: String| Trouble::ProxyUnusable { what };
        // Only the name and the scheme matter, and a path may be longer than `Uri` accepts.
        let uri: Uri =
            format!("{}://{place}/", url.scheme()).parse().map_err(|error| unusable(format!("{place} ({error})")))?;
        let Some(found) = self.0.intercept(&uri) else { return Ok(None) };
        let shown = || found.uri().to_string();
        if found.uri().scheme_str() != Some("http") {
            return Err(unusable(shown()));
        }
        let host = found.uri().host().and_then(|host| Host::parse(host).ok()).ok_or_else(|| unusable(shown()))?;
        let place = Place { host, port: found.uri().port_u16().unwrap_or(80) };
        Ok(Some(Proxy { place, authorization: found.basic_auth().cloned() }))
    }
}

/// Asks the proxy at the end of `tcp` for a connection to `place`.
pub(super) async fn tunnel(
    tcp: TcpStream,
    proxy: &Proxy,
    place: &Place,
    progress: &Progress,
) -> Result<TcpStream, Trouble> {
    progress.enter(Stage::Proxy);
    let failed = |why: hyper::Error| Trouble::Proxy { proxy: proxy.place.to_string(), why: why.to_string() };
    let (mut sender, connection) = http1::handshake(TokioIo::new(tcp)).await.map_err(failed)?;
    let mut connection = pin!(connection.with_upgrades());
    let request = connect(proxy, place)?;
    let mut talk = pin!(async move {
        let response = sender.send_request(request).await.map_err(failed)?;
        if !response.status().is_success() {
            return Err(proxy.refused(response.status().as_u16()));
        }
        hyper::upgrade::on(response).await.map_err(failed)
    });
    let upgraded = tokio::select! {
        biased;
        upgraded = &mut talk => upgraded,
        _ = &mut connection => talk.await,
    }?;
    match upgraded.downcast::<TokioIo<TcpStream>>() {
        Ok(parts) if parts.read_buf.is_empty() => Ok(parts.io.into_inner()),
        // TLS servers wait for the client, so these bytes do not come from one.
        _ => Err(Trouble::Proxy { proxy: proxy.place.to_string(), why: "bytes before they were asked for".to_owned() }),
    }
}

fn connect(proxy: &Proxy, place: &Place) -> Result<Request<String>, Trouble> {
    let unsendable = |_| Trouble::Unsendable { what: format!("the host {place}") };
    let authority = place.to_string();
    let host =
        HeaderValue::from_str(&authority).map_err(|_| Trouble::Unsendable { what: format!("the host {place}") })?;
    let mut request = Request::new(String::new());
    *request.method_mut() = Method::CONNECT;
    *request.uri_mut() = authority.parse::<Uri>().map_err(unsendable)?;
    request.headers_mut().insert(HOST, host);
    if let Some(authorization) = &proxy.authorization {
        request.headers_mut().insert(PROXY_AUTHORIZATION, authorization.clone());
    }
    Ok(request)
}
