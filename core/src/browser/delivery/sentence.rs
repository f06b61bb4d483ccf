//! One sentence for each code: what happens, and what to do.

use core::fmt;

use super::address_space::AddressSpace;
use super::code::{DeliveryCode, DeliveryVerdict};
use super::decode::DeliveryMessage;
use super::judge::Delivery;

impl DeliveryCode {
    /// One sentence: what to do.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::MixedContent => "serve the URL over https:, and let no redirect lead to http:",
            Self::LocalNetworkPermission | Self::LocalNetworkDenied => {
                "look at the URL first: a deployed page that requests localhost has a development address in it; if the address is meant, let the user allow access to the local network"
            }
            Self::LocalNetworkNotSecure => "serve the page over https:",
            Self::LocalNetworkSpaceMismatch => {
                "name the space that the address is in with targetAddressSpace, or leave it out"
            }
            Self::PageSpaceUnknown => {
                "find out where the page is served from: only a page from the internet is asked about"
            }
            Self::TargetSpaceUnknown => "find out whether the name has a private address for the user, as in a VPN",
            Self::SecureContextUnknown => "find out whether the page is a secure context: self.isSecureContext says so",
            Self::LocalNetworkSystem => {
                "allow the browser to access the local network in the settings of the operating system"
            }
            Self::PrivateNetworkAccess => {
                "update the browser: since version 138, Chromium ignores Access-Control-Allow-Private-Network and asks the user instead"
            }
        }
    }
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code() {
            Some(code) => write(f, code, self.verdict(), self.target_space()),
            None => f.write_str("the browser sends the request"),
        }
    }
}

impl fmt::Display for DeliveryMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.is_blocked { DeliveryVerdict::Refused } else { DeliveryVerdict::Ask };
        write(f, self.code, verdict, self.space)
    }
}

fn write(
    f: &mut fmt::Formatter<'_>,
    code: DeliveryCode,
    verdict: DeliveryVerdict,
    space: Option<AddressSpace>,
) -> fmt::Result {
    let space = match space {
        Some(AddressSpace::Loopback) => "the user's own machine",
        _ => "the user's local network",
    };
    match code {
        DeliveryCode::MixedContent => f.write_str(match verdict {
            DeliveryVerdict::Refused => {
                "the browser blocks this as mixed content: the page is https:, and the URL is http:"
            }
            DeliveryVerdict::Ask => {
                "this is mixed content that the browser does not block: the page is https:, and the URL is http:"
            }
            _ => "the browser may block this as mixed content: the page is https:, and the URL is http:",
        }),
        DeliveryCode::LocalNetworkPermission => write!(f, "the user decides whether the page may access {space}"),
        DeliveryCode::LocalNetworkDenied => write!(f, "the page has no permission to access {space}"),
        DeliveryCode::LocalNetworkNotSecure => write!(f, "a page that is not secure cannot access {space}"),
        DeliveryCode::LocalNetworkSpaceMismatch => {
            f.write_str("the address is not in the address space that the request named")
        }
        DeliveryCode::PageSpaceUnknown => {
            write!(f, "if the page is served from the internet, the user decides whether it may access {space}")
        }
        DeliveryCode::TargetSpaceUnknown => f.write_str(
            "if the name of the server has a private address, the user decides whether the page may access it",
        ),
        DeliveryCode::SecureContextUnknown => {
            write!(f, "it is unknown whether the page is secure, and only a secure page may access {space}")
        }
        DeliveryCode::LocalNetworkSystem => {
            f.write_str("the operating system does not let the browser access the local network")
        }
        DeliveryCode::PrivateNetworkAccess => {
            f.write_str("an old Chromium checks Private Network Access, which Chromium gave up")
        }
    }
}
