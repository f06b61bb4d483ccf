//! The hosts that `corsac mcp --probe` names: an assistant reaches these and no others, and no private address that is not named itself.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use corsac::Escaped;
use corsac::browser::{AddressSpace, Profile};
use url::{Host, Url};

/// The hosts that may be probed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listed(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    host: Host<String>,
    /// `None`: 443 for `https:`, and 80 for `http:`.
    port: Option<u16>,
}

impl Listed {
    /// Reads `HOST` or `HOST:PORT`, each. The error is a sentence that says what to write.
    pub(crate) fn parse<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Self, String> {
        texts.into_iter().map(Entry::parse).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a URL is on the list, by its host and its port.
    pub(crate) fn has(&self, url: &Url) -> bool {
        let host = url.host().map(|host| canonical(&host.to_owned()));
        self.0.iter().any(|entry| Some(&entry.host) == host.as_ref() && entry.has_port(url.port()))
    }

    /// Whether a connection to this address may be opened: it is on the internet, or the list names the address itself.
    pub(super) fn admits(&self, address: SocketAddr) -> bool {
        let ip = unmapped(address.ip());
        let is_named = |entry: &&Entry| match &entry.host {
            Host::Ipv4(named) => ip == *named,
            Host::Ipv6(named) => ip == *named,
            Host::Domain(name) => is_localhost(name) && ip.is_loopback(),
        };
        let has_port = |entry: &Entry| entry.port.is_none_or(|port| port == address.port());
        is_on_the_internet(ip) || self.0.iter().filter(is_named).any(has_port)
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, entry) in self.0.iter().enumerate() {
            f.write_str(if place == 0 { "" } else { ", " })?;
            write!(f, "{}", entry.host)?;
            if let Some(port) = entry.port {
                write!(f, ":{port}")?;
            }
        }
        Ok(())
    }
}

impl Entry {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            let shown = Escaped(text.as_bytes().get(..80).unwrap_or(text.as_bytes())).to_string();
            format!(
                "--probe: \"{shown}\" is not a host: write HOST or HOST:PORT, such as api.example.com or localhost:8000"
            )
        };
        let of = |scheme: &str| Url::parse(&format!("{scheme}://{text}/")).map_err(|_| wrong());
        let (http, https) = (of("http")?, of("https")?);
        let is_bare = http.path() == "/"
            && http.query().is_none()
            && http.fragment().is_none()
            && http.username().is_empty()
            && http.password().is_none()
            && !text.contains(['/', '\\', '@', '?', '#', '*'])
            && !text.contains(|c: char| c.is_whitespace() || c.is_control())
            && !text.ends_with(':');
        let host = http.host().filter(|_| is_bare).ok_or_else(wrong)?.to_owned();
        // The URL parser drops a scheme's own port, so one of the two always keeps what is written.
        Ok(Self { host: canonical(&host), port: http.port().or(https.port()) })
    }

    /// `port`: the port that a URL names. `None`: its scheme's own.
    fn has_port(&self, port: Option<u16>) -> bool {
        self.port == port
    }
}

/// Whether a name is loopback without a look-up.
pub(super) fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

/// A name without the dot of the root, and an address that is not hidden in another one.
fn canonical(host: &Host<String>) -> Host<String> {
    match host {
        Host::Domain(name) => Host::Domain(name.strip_suffix('.').unwrap_or(name).to_owned()),
        Host::Ipv4(address) => Host::Ipv4(*address),
        Host::Ipv6(address) => match unmapped((*address).into()) {
            IpAddr::V4(address) => Host::Ipv4(address),
            IpAddr::V6(address) => Host::Ipv6(address),
        },
    }
}

fn unmapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(inner) => inner.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// Whether a stranger's machine can have this address. Networks of the user, of this machine and of clouds (metadata) do not count, and
/// neither does what leads to them.
fn is_on_the_internet(address: IpAddr) -> bool {
    let text = address.to_string();
    // The browsers differ: what one of them takes for local is local here.
    let is_public = Profile::ALL
        .into_iter()
        .all(|profile| AddressSpace::of_address(text.as_bytes(), profile) == Some(AddressSpace::Public));
    is_public
        && match address {
            IpAddr::V4(address) => !is_special(address),
            IpAddr::V6(address) => {
                !address.is_multicast() && embedded(address).is_none_or(|inner| is_on_the_internet(IpAddr::V4(inner)))
            }
        }
}

/// Multicast, broadcast, what is reserved (240.0.0.0/4), and the block for protocols (192.0.0.0/24), where some clouds have their metadata.
fn is_special(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    first >= 224 || (first, second, third) == (192, 0, 0)
}

/// The IPv4 address that a gateway takes out of an IPv6 address: NAT64 (64:ff9b::/96), NAT64 of a site (64:ff9b:1::/48, wherever it is, so
/// that none is trusted), 6to4 (2002::/16), and the first form of compatibility (::/96).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let last = |high: u16, low: u16| Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    match address.segments() {
        [0x64, 0xFF9B, 0, 0, 0, 0, high, low] | [0, 0, 0, 0, 0, 0, high, low] => last(high, low),
        [0x64, 0xFF9B, 1, ..] => Some(Ipv4Addr::LOCALHOST),
        [0x2002, high, low, ..] => last(high, low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::Listed;
    use url::Url;

    fn listed(texts: &[&str]) -> Listed {
        Listed::parse(texts.iter().copied()).unwrap()
    }

    fn has(list: &Listed, url: &str) -> bool {
        list.has(&Url::parse(url).unwrap())
    }

    fn admits(list: &Listed, address: &str) -> bool {
        list.admits(address.parse::<SocketAddr>().unwrap())
    }

    #[test]
    fn only_named_hosts_and_ports_are_on_the_list() {
        let list = listed(&["API.example.com", "localhost:3000", "[::1]:80", "b.example:443"]);
        for url in
            ["https://api.example.com/x?y", "http://api.example.com./", "http://localhost:3000/", "http://[::1]:80/"]
        {
            // `[::1]:80` names the port, and the URL parser drops it.
            assert_eq!(has(&list, url), !url.contains("::1"), "{url}");
        }
        for url in [
            "https://api.example.com:8443/",
            "http://localhost/",
            "http://localhost:3001/",
            "https://www.api.example.com/",
            "https://api.example.com.evil.example/",
            "https://example.com/",
            "http://127.0.0.1:3000/",
            "http://b.example/",
        ] {
            assert!(!has(&list, url), "{url}");
        }
        assert_eq!(list.to_string(), "api.example.com, localhost:3000, [::1]:80, b.example:443");
    }

    #[test]
    fn wrong_host_is_refused_with_what_to_write() {
        for text in [
            "",
            "*",
            "*.example.com",
            "https://a.example",
            "a.example/x",
            "u@a.example",
            "a b",
            "a:99999",
            "a:",
            "a?",
            "a#",
            "\n",
        ] {
            let error = Listed::parse([text]).unwrap_err();
            assert!(error.contains("write HOST or HOST:PORT") && !error.contains('\n'), "{text:?} {error}");
        }
    }

    #[test]
    fn private_addresses_are_admitted_only_if_named() {
        let list = listed(&["api.example.com", "b.example:8000"]);
        for address in [
            "127.0.0.1:80",
            "127.8.8.8:80",
            "10.1.2.3:443",
            "172.16.0.1:443",
            "192.168.0.1:443",
            "100.64.0.1:443",
            "100.100.100.200:80",
            "169.254.169.254:80",
            "169.254.1.1:80",
            "192.0.0.192:80",
            "198.18.0.1:80",
            "0.0.0.0:80",
            "0.1.2.3:80",
            "224.0.0.1:80",
            "255.255.255.255:80",
            "[::1]:80",
            "[::]:80",
            "[fe80::1]:80",
            "[fd00:ec2::254]:80",
            "[fec0::1]:80",
            "[ff02::1]:80",
            "[::ffff:127.0.0.1]:80",
            "[::ffff:169.254.169.254]:80",
            "[::127.0.0.1]:80",
            "[64:ff9b::7f00:1]:80",
            "[64:ff9b::a9fe:a9fe]:80",
            "[64:ff9b:1::808:808]:80",
            "[2002:7f00:1::]:80",
            "[2002:c0a8:1::1]:80",
        ] {
            assert!(!admits(&list, address), "{address}");
            let (host, port) = address.rsplit_once(':').unwrap();
            assert!(admits(&listed(&[address]), address) || host.contains("ffff"), "{address}");
            assert!(admits(&listed(&[host]), address), "{address}");
            if !host.contains("ffff") {
                assert!(!admits(&listed(&[&format!("{host}:1{port}")]), address), "{address}");
            }
        }
        for address in [
            "93.184.215.14:443",
            "8.8.8.8:80",
            "[2606:4700::1111]:443",
            "[64:ff9b::808:808]:443",
            "[2002:808:808::1]:443",
        ] {
            assert!(admits(&list, address), "{address}");
        }
    }

    #[test]
    fn localhost_names_loopback_and_no_other_private_address() {
        let list = listed(&["localhost:3000", "app.localhost"]);
        assert!(admits(&list, "127.0.0.1:3000") && admits(&list, "[::1]:3000"));
        assert!(!admits(&list, "10.0.0.1:3000"));
        assert!(!admits(&listed(&["localhost:3000"]), "127.0.0.1:3001"));
    }
}
