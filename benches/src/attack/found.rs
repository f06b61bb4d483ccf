//! The costliest requests that `make bench-search` has found. The goals of the bench and
//! `tests/instructions.rs` use them.

use crate::attack::policy::{Group, Hosts, Kind, PolicyShape, Ports};
use crate::attack::request::{
    Edit, Front, MethodShape, NameCase, NamesShape, OriginShape, PortShape, RequestShape, Tail,
};

/// A policy, a request that is costly under it, and an honest one to compare it with.
#[derive(Clone, Copy, Debug)]
pub struct Find {
    /// What makes it costly.
    pub name: &'static str,
    /// The policy.
    pub policy: PolicyShape,
    /// The costliest request that was found.
    pub costliest: RequestShape,
    /// The costliest honest request.
    pub honest: RequestShape,
}

/// All finds.
pub const FOUND: [Find; 3] = [LONG_ADDRESS, LINE_PER_NAME, PREFIXED_NAMES];

/// An `Origin` that looks like an address and is read to the limit, under a policy with one range.
const LONG_ADDRESS: Find = Find {
    name: "a long origin like an address",
    policy: PolicyShape {
        groups: [
            Group { kind: Kind::Range6, count: 1, label: 1, ..Group::UNUSED },
            Group::UNUSED,
            Group::UNUSED,
            Group::UNUSED,
        ],
        ..PolicyShape::SMALL
    },
    costliest: RequestShape {
        origin: from(0, 0, Front::Address(235), PortShape::Default),
        method: MethodShape::Listed(0),
        edits: [Edit::Insert(2, 3087, 242, 165), Edit::Nothing, Edit::Nothing, Edit::Nothing],
        ..RequestShape::SMALL
    },
    honest: RequestShape {
        origin: from(0, 0, Front::Address(1), PortShape::Listed),
        method: MethodShape::Listed(0),
        ..RequestShape::SMALL
    },
};

/// As much white space and as many empty lines as the limits allow.
const LINE_PER_NAME: Find = Find {
    name: "a line for each of 256 names",
    policy: PolicyShape {
        groups: [
            Group { kind: Kind::AnyOpaque, count: 1, label: 1, ..Group::UNUSED },
            Group::UNUSED,
            Group::UNUSED,
            Group::UNUSED,
        ],
        methods: 64,
        names: 256,
        ..PolicyShape::SMALL
    },
    costliest: RequestShape {
        origin: from(0, 0, Front::Glob(111, 1), PortShape::Listed),
        method: MethodShape::Listed(63),
        names: NamesShape {
            count: 256,
            stride: 0,
            before: 16,
            per_line: 1,
            tail: Tail::EmptyLines(276),
            ..NamesShape::NOTHING
        },
        ..RequestShape::SMALL
    },
    honest: RequestShape {
        origin: from(0, 0, Front::Labels(1, 63), PortShape::Listed),
        method: MethodShape::Listed(63),
        names: NamesShape { count: 256, stride: 255, case: NameCase::Upper, ..NamesShape::NOTHING },
        ..RequestShape::SMALL
    },
};

/// Many lines of short names that only a prefix allows.
const PREFIXED_NAMES: Find = Find {
    name: "many lines of prefixed names",
    policy: PolicyShape {
        groups: [
            Group {
                kind: Kind::AnyHost,
                count: 65,
                hosts: Hosts::Lengths,
                label: 5,
                depth: 111,
                ports: Ports::Own,
                is_plain: true,
                ..Group::UNUSED
            },
            Group::UNUSED,
            Group::UNUSED,
            Group::UNUSED,
        ],
        names: 255,
        name_len: 32,
        prefixes: 1,
        prefix_len: 7,
        ..PolicyShape::SMALL
    },
    costliest: RequestShape {
        origin: from(0, 45, Front::Labels(244, 1), PortShape::Listed),
        method: MethodShape::Listed(0),
        names: NamesShape {
            further: u16::MAX,
            further_len: 1,
            case: NameCase::Mixed,
            per_line: 256,
            tail: Tail::EmptyLines(297),
            ..NamesShape::NOTHING
        },
        ..RequestShape::SMALL
    },
    honest: RequestShape {
        origin: from(0, 0, Front::Labels(255, 1), PortShape::Listed),
        method: MethodShape::Listed(0),
        names: NamesShape { further: u16::MAX, further_len: 16, case: NameCase::Upper, ..NamesShape::NOTHING },
        ..RequestShape::SMALL
    },
};

const fn from(group: u8, number: u16, front: Front, port: PortShape) -> OriginShape {
    OriginShape { group, number, front, port }
}
