//! What honest clients send: an origin that the policy allows, and every listed name once, in any
//! order and case, joined by `, `. If the policy has `*` or header prefixes, one line as long as a
//! response repeats.

use crate::attack::policy::{Kind, PolicyShape, Ports};
use crate::attack::request::{Front, MethodShape, NameCase, NamesShape, OriginShape, PortShape, RequestShape};

/// Requests for a listed method from origins that the policy may allow, costly ones among them.
#[must_use]
pub fn origins(policy: &PolicyShape) -> Vec<RequestShape> {
    let mut found = Vec::new();
    for (place, group) in policy.groups.iter().enumerate() {
        let fronts: &[Front] = match group.kind {
            Kind::Unused => continue,
            Kind::Exact | Kind::Opaque => &[Front::Nothing],
            Kind::Below | Kind::AnyHost => &[
                Front::Labels(1, 1),
                Front::Labels(1, 63),
                Front::Labels(255, 1),
                Front::Labels(255, 63),
                Front::Address(1),
                Front::Address(2),
            ],
            Kind::AnyOpaque => &[Front::Labels(1, 1), Front::Labels(1, 63)],
            Kind::Glob => &[Front::Glob(0, 1), Front::Glob(0, 63), Front::Glob(255, 1), Front::Glob(255, 63)],
            Kind::Range4 | Kind::Range6 => &[Front::Address(1), Front::Address(255)],
        };
        let last = (0..group.count).take_while(|&number| group.host(number).is_some()).last().unwrap_or(0);
        let ports: &[PortShape] = match group.ports {
            Ports::Default | Ports::One | Ports::Own => &[PortShape::Listed],
            Ports::Any | Ports::DefaultAndAny | Ports::OneAndAny => &[PortShape::Listed, PortShape::Default],
        };
        let mut numbers = vec![0, 1, last / 2, last];
        numbers.retain(|&number| number <= last);
        numbers.dedup();
        for number in numbers {
            for &front in fronts {
                for &port in ports {
                    let front = match front {
                        Front::Glob(glob, more) => Front::Glob(glob.min(group.globs.saturating_sub(1)), more),
                        front => front,
                    };
                    found.push(OriginShape { group: place as u8, number, front, port });
                }
            }
        }
    }
    let method = MethodShape::Listed(policy.methods.saturating_sub(1));
    found.into_iter().map(|origin| RequestShape { origin, method, ..RequestShape::SMALL }).collect()
}

/// Ways to request all names.
#[must_use]
pub fn names(policy: &PolicyShape) -> Vec<NamesShape> {
    let all = NamesShape { count: policy.names, ..NamesShape::NOTHING };
    let mut found = Vec::new();
    for stride in [1, policy.names.saturating_sub(1), policy.names / 2 + 1, 37] {
        for case in [NameCase::Lower, NameCase::Upper, NameCase::Mixed] {
            for before in [0, 1] {
                found.push(NamesShape { stride, case, before, ..all });
            }
        }
    }
    if policy.any_name || policy.prefixes != 0 {
        let with_further = |further_len| {
            let of = move |shape: &NamesShape| NamesShape { further: u16::MAX, further_len, ..*shape };
            found.iter().map(of).chain(found.iter().map(move |shape| NamesShape { count: 0, ..of(shape) }))
        };
        found = [1, 16, 64].into_iter().flat_map(with_further).chain(found.iter().copied()).collect();
    }
    found.dedup();
    found
}
