//! What is wrong with a well-formed pattern, given the other options of its policy, and which
//! switch would allow it.

use crate::spec::field::Field;
use crate::spec::finding::Severity;
use crate::spec::finding_code::FindingCode;
use crate::spec::pattern::{Kind, Pattern};
use crate::spec::source::Options;
use crate::syntax::host::is_loopback;

/// One thing that is wrong with a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault<'p> {
    pub(crate) severity: Severity,
    pub(crate) code: FindingCode,
    /// The switch that allows it.
    pub(crate) switch: Option<Field>,
    /// The public suffix that the pattern is over.
    pub(crate) related: Option<&'p [u8]>,
}

/// Everything that is wrong with one pattern. A wildcard of `http:` over a public suffix has most:
/// two with credentials, and two for the private network.
pub(crate) type Faults<'p> = heapless::Vec<Fault<'p>, 4>;

/// Finds everything that is wrong with a pattern, as if no switch were on.
pub(crate) fn find_faults<'p>(pattern: &Pattern<'p>, options: Options) -> Faults<'p> {
    let mut faults = Faults::new();
    let mut add = |code, switch| {
        // There is room for as many as one pattern can have.
        let _ = faults.push(Fault { severity: Severity::Error, code, switch, related: None });
    };
    let is_insecure = is_insecure(pattern);
    if options.credentials {
        match pattern.kind {
            Kind::Any => add(FindingCode::AnyOriginWithCredentials, None),
            Kind::AnyHost if pattern.is_web() => add(FindingCode::AnyHostWithCredentials, None),
            Kind::Null | Kind::File => add(FindingCode::NullOriginWithCredentials, None),
            Kind::Range(range) if !range.is_narrow() => add(FindingCode::RangeTooWide, None),
            _ => {}
        }
        if is_insecure {
            add(FindingCode::InsecureOrigin, Some(Field::DangerouslyAllowInsecureOrigins));
        }
    } else if matches!(pattern.kind, Kind::Null | Kind::File) {
        add(FindingCode::NullOrigin, Some(Field::DangerouslyAllowNullOrigin));
    }
    if options.private_network {
        match pattern.kind {
            Kind::Any | Kind::AnyHost | Kind::Null | Kind::File => add(FindingCode::PrivateNetworkAnyOrigin, None),
            _ if is_insecure => add(FindingCode::PrivateNetworkInsecure, None),
            _ => {}
        }
    }
    add_suffix_faults(pattern, options, &mut faults);
    faults
}

/// Whether someone other than the owner of the host can act as this origin. Anyone on the network
/// can, where `http:` is not loopback; any app or extension can, where all hosts of its scheme are
/// allowed. `http://*` has a code of its own.
fn is_insecure(pattern: &Pattern<'_>) -> bool {
    match pattern.kind {
        Kind::AnyHost => !pattern.is_web(),
        Kind::Range(range) => pattern.scheme == b"http" && !range.is_loopback(),
        Kind::Host | Kind::Subdomains | Kind::Glob => pattern.scheme == b"http" && !is_loopback(pattern.fixed),
        Kind::Any | Kind::Null | Kind::File => false,
    }
}

#[cfg(feature = "public-suffix")]
fn add_suffix_faults<'p>(pattern: &Pattern<'p>, options: Options, faults: &mut Faults<'p>) {
    use crate::spec::public_suffix::{Registry, find_registry};

    if options.suffixes_checked || !matches!(pattern.kind, Kind::Subdomains | Kind::Glob) {
        return;
    }
    let Some(registry) = find_registry(pattern.fixed, pattern.kind == Kind::Subdomains) else { return };
    let related = match registry {
        Registry::Suffix(suffix) => Some(suffix),
        Registry::UnknownTop => None,
    };
    let severity = if options.credentials { Severity::Error } else { Severity::Warning };
    let switch = Some(Field::DangerouslyAllowPublicSuffixes);
    let _ = faults.push(Fault { severity, code: FindingCode::PublicSuffix, switch, related });
    if options.private_network {
        let code = FindingCode::PrivateNetworkAnyOrigin;
        let _ = faults.push(Fault { severity: Severity::Error, code, switch: None, related });
    }
}

/// Without the list nothing is known about suffixes. The image says so, and an opener that has the
/// list checks it.
#[cfg(not(feature = "public-suffix"))]
fn add_suffix_faults<'p>(_: &Pattern<'p>, _: Options, _: &mut Faults<'p>) {}
