//! Opens a TCP connection to a host and a port. It tries every address of a name, and never looks up loopback names.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout};
use url::{Host, Url};

use super::listed::{Listed, is_localhost};
use super::progress::{Progress, Stage};
use super::trouble::Trouble;

/// How many addresses of one name are tried.
const ADDRESSES: usize = 8;

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) host: Host<String>,
    pub(super) port: u16,
}

impl Place {
    pub(super) fn of(url: &Url) -> Result<Self, Trouble> {
        match (url.host(), url.port_or_known_default()) {
            (Some(host), Some(port)) => Ok(Self { host: host.to_owned(), port }),
            _ => Err(Trouble::Unsendable { what: "a URL without a host".to_owned() }),
        }
    }

    /// Whether this is loopback, by address or by name. Browsers do not look up `localhost` and names below it.
    pub(super) fn is_loopback(&self) -> bool {
        match &self.host {
            Host::Domain(name) => is_localhost(name),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        }
    }

    async fn addresses(&self) -> Result<Vec<SocketAddr>, Trouble> {
        let at = |address: IpAddr| SocketAddr::new(address, self.port);
        match &self.host {
            Host::Ipv4(address) => Ok(vec![at((*address).into())]),
            Host::Ipv6(address) => Ok(vec![at((*address).into())]),
            Host::Domain(_) if self.is_loopback() => {
                Ok(vec![at(Ipv4Addr::LOCALHOST.into()), at(Ipv6Addr::LOCALHOST.into())])
            }
            Host::Domain(name) => {
                let unknown = |why: Option<io::Error>| Trouble::NameNotFound { name: name.clone(), why };
                let found: Vec<_> = lookup_host((name.as_str(), self.port))
                    .await
                    .map_err(|error| unknown(Some(error)))?
                    .take(ADDRESSES)
                    .collect();
                if found.is_empty() { Err(unknown(None)) } else { Ok(found) }
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// The addresses that may be connected to: all of them, or those that the list admits.
fn admitted(place: &Place, found: Vec<SocketAddr>, listed: Option<&Listed>) -> Result<Vec<SocketAddr>, Trouble> {
    let Some(listed) = listed else { return Ok(found) };
    let (admitted, refused): (Vec<_>, Vec<_>) = found.into_iter().partition(|address| listed.admits(*address));
    match refused.first() {
        Some(address) if admitted.is_empty() => {
            Err(Trouble::AddressNotListed { place: place.to_string(), address: *address })
        }
        _ => Ok(admitted),
    }
}

/// Opens a connection before `deadline`. An address that does not respond uses up only its share of the time. With a list, only
/// what it admits is connected to, and the name is not looked up again in between.
pub(super) async fn open(
    place: &Place,
    listed: Option<&Listed>,
    deadline: Instant,
    [lookup, connect]: [Stage; 2],
    progress: &Progress,
) -> Result<TcpStream, Trouble> {
    progress.enter(lookup);
    let addresses = admitted(place, place.addresses().await?, listed)?;
    progress.enter(connect);
    let mut refused = None;
    let mut left = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
    for address in addresses {
        let share = deadline.saturating_duration_since(Instant::now()).checked_div(left).unwrap_or_default();
        left = left.saturating_sub(1);
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => {
                // A refusal is more useful than an unreachable network, which a machine without IPv6 reports too.
                let is_better = error.kind() == io::ErrorKind::ConnectionRefused
                    && refused.as_ref().is_none_or(|(_, held): &(_, io::Error)| held.kind() != error.kind());
                if refused.is_none() || is_better {
                    refused = Some((address, error));
                }
            }
            Err(_) => {}
        }
    }
    match refused {
        Some((address, error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
            Err(Trouble::Refused { place: place.to_string(), address })
        }
        Some((_, error)) => Err(Trouble::Unreachable { place: place.to_string(), why: error }),
        // Every address has used up its share.
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, admitted};
    use crate::probe::listed::Listed;
    use url::Host;

    #[test]
    fn a_name_with_private_addresses_alone_is_refused() {
        let place = Place { host: Host::Domain("api.example".to_owned()), port: 443 };
        let found = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<_>>();
        let list = Listed::parse(["api.example"]).unwrap();
        let both = found(&["10.0.0.1:443", "8.8.8.8:443"]);
        assert_eq!(admitted(&place, both.clone(), Some(&list)).unwrap(), found(&["8.8.8.8:443"]));
        let said = admitted(&place, found(&["10.0.0.1:443"]), Some(&list)).unwrap_err().to_string();
        assert!(
            said.contains("api.example:443 has the address 10.0.0.1") && said.contains("--probe 10.0.0.1:443"),
            "{said}"
        );
        assert_eq!(admitted(&place, both.clone(), None).unwrap(), both);
    }
}
