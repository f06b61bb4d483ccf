//! Changes a policy or a request into a similar one: one step of the search.

use corsac_benches::attack::{
    Differs, Edit, Front, Group, Hosts, Kind, MethodShape, NameCase, NamesShape, OriginShape, PolicyShape, PortShape,
    Ports, RequestShape, Tail,
};
use fastrand::Rng;

/// The most patterns of a policy. More nested globs would take too long to compile for one step.
const PATTERNS_MAX: usize = 8_000;

/// The longest name. The promise per name is about names that people write.
const NAME_MAX: u8 = 32;

/// A number up to `most`. The limits are more likely than other numbers.
fn number(random: &mut Rng, now: u16, most: u16) -> u16 {
    let new = match random.u8(0..6) {
        0 => 0,
        1 => most,
        2 => now.saturating_add(1),
        3 => now.saturating_sub(1),
        4 => now.saturating_mul(2),
        _ => random.u16(0..=most),
    };
    new.min(most)
}

fn small(random: &mut Rng, now: u8, most: u8) -> u8 {
    number(random, now.into(), most.into()) as u8
}

fn pick<T: Copy>(random: &mut Rng, from: &[T]) -> T {
    from[random.usize(0..from.len())]
}

/// A similar policy.
pub(crate) fn policy(random: &mut Rng, from: &PolicyShape) -> PolicyShape {
    let mut to = *from;
    for _ in 0..=random.u8(0..3) {
        match random.u8(0..18) {
            0 => to.methods = small(random, to.methods, 64),
            1 => to.method_len = small(random, to.method_len, 63),
            2 | 3 => to.names = number(random, to.names, 256),
            4 => to.name_len = small(random, to.name_len, NAME_MAX),
            5 => to.differs = pick(random, &[Differs::Front, Differs::End, Differs::Middle]),
            6 => to.prefixes = small(random, to.prefixes, 16),
            7 => to.prefix_len = small(random, to.prefix_len, 60),
            8 => to.any_name = !to.any_name && random.bool(),
            9 => to.any_method = !to.any_method && random.bool(),
            _ => {
                let place = random.usize(0..to.groups.len());
                group(random, &mut to.groups[place]);
            }
        }
    }
    let patterns =
        |group: &Group| usize::from(group.count) * if group.kind == Kind::Glob { group.globs.into() } else { 1 };
    for group in &mut to.groups {
        (group.count, group.globs, group.label) = (group.count.max(1), group.globs.max(1), group.label.max(1));
        while patterns(group) > PATTERNS_MAX / 4 {
            group.count /= 2;
        }
    }
    to
}

const KINDS: [Kind; 9] = [
    Kind::Unused,
    Kind::Exact,
    Kind::Below,
    Kind::Glob,
    Kind::Range4,
    Kind::Range6,
    Kind::AnyHost,
    Kind::AnyOpaque,
    Kind::Opaque,
];

fn group(random: &mut Rng, group: &mut Group) {
    match random.u8(0..11) {
        0 => group.kind = pick(random, &KINDS),
        // Changes several numbers at once, because few of them mean anything without the others.
        1 | 9 | 10 => {
            *group = Group { kind: pick(random, &KINDS), count: random.u16(1..=130), ..*group };
            group.hosts = pick(random, &[Hosts::Nested, Hosts::Siblings, Hosts::Lengths]);
            group.label = if random.bool() { 1 } else { random.u8(1..64) };
            group.depth = if random.bool() { 0 } else { random.u8(0..126) };
            group.globs = if random.bool() { 1 } else { random.u8(1..=32) };
        }
        2 | 3 => group.count = number(random, group.count, 500),
        4 => group.hosts = pick(random, &[Hosts::Nested, Hosts::Siblings, Hosts::Lengths]),
        5 => group.label = small(random, group.label, 63),
        6 => group.depth = small(random, group.depth, 125),
        7 => group.globs = small(random, group.globs, 32),
        _ => {
            let ports = [Ports::Default, Ports::One, Ports::Any, Ports::Own, Ports::DefaultAndAny, Ports::OneAndAny];
            group.ports = pick(random, &ports);
            group.is_plain = random.u8(0..8) == 0;
        }
    }
}

/// A similar request.
pub(crate) fn request(random: &mut Rng, from: &RequestShape) -> RequestShape {
    let mut to = *from;
    for _ in 0..=random.u8(0..3) {
        match random.u8(0..12) {
            0..4 => origin(random, &mut to.origin),
            4 => {
                to.method = match random.u8(0..8) {
                    0 => MethodShape::Absent,
                    1 => MethodShape::Unlisted(random.u16(0..140)),
                    _ => MethodShape::Listed(random.u8(..)),
                };
            }
            5..9 => names(random, &mut to.names),
            9 => to.has_second_origin = random.u8(0..8) == 0,
            _ => {
                let place = random.usize(0..to.edits.len());
                to.edits[place] = edit(random);
            }
        }
    }
    to
}

fn origin(random: &mut Rng, origin: &mut OriginShape) {
    match random.u8(0..4) {
        0 => origin.group = random.u8(0..4),
        1 => origin.number = number(random, origin.number, 500),
        2 => {
            let length = if random.bool() { 1 } else { random.u8(1..64) };
            origin.front = match random.u8(0..6) {
                0 => Front::Nothing,
                1 => Front::Glob(random.u8(..), length),
                2 => Front::Address(random.u8(..)),
                3 => Front::Labels(random.u8(..), length),
                _ => Front::Labels(255, length),
            };
        }
        _ => {
            let any = PortShape::Number(random.u16(..));
            origin.port = pick(random, &[PortShape::Listed, PortShape::Default, any]);
        }
    }
}

fn names(random: &mut Rng, names: &mut NamesShape) {
    match random.u8(0..11) {
        0 => names.count = number(random, names.count, 256),
        1 => names.further = if random.bool() { 0 } else { u16::MAX },
        2 => names.further_len = small(random, names.further_len, 128),
        3 => names.stride = number(random, names.stride, 256),
        4 => names.case = pick(random, &[NameCase::Lower, NameCase::Upper, NameCase::Mixed]),
        5 => names.before = small(random, names.before, 17),
        6 => names.after = small(random, names.after, 17),
        7 => names.has_tabs = random.bool(),
        8 => {
            names.empty = small(random, names.empty, 17);
            names.empty_len = small(random, names.empty_len, 17);
        }
        9 => names.per_line = number(random, names.per_line, 256),
        _ => {
            names.tail = match random.u8(0..5) {
                0 => Tail::Unlisted(random.u16(0..300)),
                1 => Tail::Again,
                2 => Tail::EmptyLines(random.u16(0..300)),
                _ => Tail::Nothing,
            };
        }
    }
}

fn edit(random: &mut Rng) -> Edit {
    // Bytes with a meaning are more likely than others.
    let byte = if random.bool() { pick(random, b" \t,.:/*-aA\xFF\0") } else { random.u8(..) };
    let (line, at, times) = (random.u16(0..4), random.u16(..), random.u16(1..300));
    match random.u8(0..4) {
        0 => Edit::Nothing,
        1 => Edit::Replace(line, at, byte),
        2 => Edit::Insert(line, at, byte, times),
        _ => Edit::Remove(line, at, times),
    }
}
