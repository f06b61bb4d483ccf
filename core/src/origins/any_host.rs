//! `https://*` and `http://*`: any host of the web.

use crate::image::hash::Suffix;
use crate::image::layout::{Image, flag};
use crate::origins::origin::Origin;
use crate::origins::table::Table;
use crate::spec::pattern::ANY_PORT;
use crate::syntax::address::Address;
use crate::syntax::host::{are_labels, ends_in_number, without_root_dot};

impl Origin<'_> {
    /// The pattern for any host that allows this origin: with its port, or with any. No pattern matches itself.
    pub(crate) fn find_any_host<'i>(&self, image: Image<'i>) -> Option<&'i [u8]> {
        if !image.has(flag::WEB_ANY_HOST) || !self.is_web || !self.is_host() {
            return None;
        }
        [self.port, ANY_PORT].into_iter().find_map(|port| {
            let hash = Suffix::hash(image.wildcard_seed(), self.scheme(), b"", port);
            let port_text = if port == ANY_PORT { &b":*"[..] } else { self.bytes(self.host_end, self.text.len()) };
            Table::wildcards(image).find(hash, |text| text != self.text && self.is_any_host_of(text, port_text))
        })
    }

    fn is_any_host_of(&self, pattern: &[u8], port_text: &[u8]) -> bool {
        let lead = pattern.strip_suffix(port_text).and_then(|pattern| pattern.strip_suffix(b"*"));
        lead.is_some() && lead == self.text.get(..self.host_at)
    }

    /// Whether the host is one that a browser sends: labels, or an address in its canonical form. A pattern that is judged as an origin may be
    /// a wildcard or a range.
    fn is_host(&self) -> bool {
        let host = self.host();
        let is_name = |host: &[u8]| are_labels(without_root_dot(host), self.extra) && !ends_in_number(host);
        let is_pattern = || self.extra.is_some() && (host == b"*" || host.contains(&b'/'));
        is_name(host) || Address::of_host(host).is_some() || is_pattern()
    }
}
