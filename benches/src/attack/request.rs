//! A request described by a few numbers and changed bytes, based on the policy that it is made for.

use crate::attack::policy::{ECHO_MAX, HOST_MAX, Kind, LABEL_MAX, PolicyShape, labels, text};
use crate::case::HeaderLine;

/// A request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RequestShape {
    /// `Origin`.
    pub origin: OriginShape,
    /// Whether there is a second `Origin` line.
    pub has_second_origin: bool,
    /// `Access-Control-Request-Method`.
    pub method: MethodShape,
    /// `Access-Control-Request-Headers`.
    pub names: NamesShape,
    /// Changes of single bytes.
    pub edits: [Edit; 4],
}

/// The origin. It is made from the host of a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OriginShape {
    /// The group of the policy that has the pattern.
    pub group: u8,
    /// The number of the pattern in its group.
    pub number: u16,
    /// What comes before the host of the pattern.
    pub front: Front,
    /// The port.
    pub port: PortShape,
}

/// What comes before a host.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Front {
    /// Nothing.
    Nothing,
    /// Up to this many labels of this many bytes, as long as there is room.
    Labels(u8, u8),
    /// A label that this glob matches, with this many bytes for its `*`.
    Glob(u8, u8),
    /// An IP address: one of the range if the pattern is a range.
    Address(u8),
}

/// A port.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PortShape {
    /// The port of the pattern, or 65535 if it allows any.
    Listed,
    /// The default port.
    Default,
    /// This number.
    Number(u16),
}

/// The requested method.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MethodShape {
    /// None, so the request is not a preflight.
    Absent,
    /// A listed one.
    Listed(u8),
    /// One of this many bytes that is not listed.
    Unlisted(u16),
}

/// The requested headers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NamesShape {
    /// How many listed names are requested, each once.
    pub count: u16,
    /// How many names that only a prefix or `*` allows are requested, as long as the line is not
    /// longer than a response repeats.
    pub further: u16,
    /// How many bytes each of these names has after its prefix.
    pub further_len: u8,
    /// How far apart two successive names are in the list, modulo its length. 1 is the order of the
    /// list. Even numbers count as the next odd one.
    pub stride: u16,
    /// The case of the names.
    pub case: NameCase,
    /// Bytes of white space before each name.
    pub before: u8,
    /// Bytes of white space after each name.
    pub after: u8,
    /// Whether the white space is tabs and not spaces.
    pub has_tabs: bool,
    /// How many empty elements come before the names.
    pub empty: u8,
    /// Bytes of white space in each empty element.
    pub empty_len: u8,
    /// How many names a line has; 0: all.
    pub per_line: u16,
    /// What follows the names.
    pub tail: Tail,
}

/// Upper and lower case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameCase {
    /// As browsers send names.
    Lower,
    /// Upper case.
    Upper,
    /// Every second byte in upper case.
    Mixed,
}

/// What follows the names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tail {
    /// Nothing.
    Nothing,
    /// A name of this many bytes that is not listed.
    Unlisted(u16),
    /// The last name again.
    Again,
    /// This many empty lines.
    EmptyLines(u16),
}

/// A change of bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Edit {
    /// Nothing changes.
    Nothing,
    /// Replaces a byte: the number of the line, the place in it (both modulo what there is), and the
    /// new byte.
    Replace(u16, u16, u8),
    /// Inserts a byte: line and place as above, the byte, and how many times.
    Insert(u16, u16, u8, u16),
    /// Removes bytes: line and place as above, and how many.
    Remove(u16, u16, u16),
}

/// The header lines of a request. A header may have several lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeaderLines(Vec<(&'static str, Vec<u8>)>);

impl HeaderLines {
    /// The method of the request.
    #[must_use]
    pub fn method(&self) -> &'static str {
        if self.0.iter().any(|(name, _)| *name == METHOD) { "OPTIONS" } else { "GET" }
    }

    /// The lines, name and value.
    #[must_use]
    pub fn lines(&self) -> Vec<HeaderLine<'_>> {
        self.0.iter().map(|(name, value)| (*name, value.as_slice())).collect()
    }
}

const METHOD: &str = "Access-Control-Request-Method";
const NAMES: &str = "Access-Control-Request-Headers";

impl NamesShape {
    /// No names.
    pub const NOTHING: Self = Self {
        count: 0,
        further: 0,
        further_len: 2,
        stride: 1,
        case: NameCase::Lower,
        before: 0,
        after: 0,
        has_tabs: false,
        empty: 0,
        empty_len: 0,
        per_line: 0,
        tail: Tail::Nothing,
    };
}

impl RequestShape {
    /// A GET request from the first origin.
    pub const SMALL: Self = Self {
        origin: OriginShape { group: 0, number: 0, front: Front::Nothing, port: PortShape::Listed },
        has_second_origin: false,
        method: MethodShape::Absent,
        names: NamesShape::NOTHING,
        edits: [Edit::Nothing; 4],
    };

    /// The header lines of the request.
    #[must_use]
    pub fn lines(&self, policy: &PolicyShape) -> HeaderLines {
        let origin = self.origin.text(policy);
        let mut lines = vec![("Origin", origin.clone().into_bytes())];
        if self.has_second_origin {
            lines.push(("Origin", origin.into_bytes()));
        }
        if self.method != MethodShape::Absent {
            lines.push((METHOD, self.method.text(policy).into_bytes()));
            lines.extend(self.names.values(policy).into_iter().map(|value| (NAMES, value)));
        }
        for edit in self.edits {
            edit.apply(&mut lines);
        }
        HeaderLines(lines)
    }

    /// The same without requested headers.
    #[must_use]
    pub fn without_names(&self) -> Self {
        Self { names: NamesShape::NOTHING, edits: [Edit::Nothing; 4], ..*self }
    }
}

impl OriginShape {
    fn text(&self, policy: &PolicyShape) -> String {
        let group = policy.groups[usize::from(self.group) % policy.groups.len()];
        let number = self.number % group.count.max(1);
        // A pattern whose host would be too long does not exist, so take an earlier one.
        let listed = (0..=number).rev().find_map(|number| Some((number, group.host(number)?)));
        let (number, fixed) = listed.unwrap_or((0, "example".to_owned()));
        let room = HOST_MAX.saturating_sub(fixed.len() + 1);
        let host = match self.front {
            Front::Nothing => fixed,
            Front::Address(byte) => match group.kind {
                Kind::Range4 => format!("10.{number}.0.{byte}"),
                Kind::Range6 => format!("[fd00:{:x}::{byte:x}]", number + 1),
                _ if byte % 2 == 0 => format!("10.255.255.{byte}"),
                _ => format!("[fdff:1:2:3:4:5:6:{byte:x}]"),
            },
            Front::Labels(count, length) => {
                let length = usize::from(length).clamp(1, LABEL_MAX);
                let front = if fixed.is_empty() && group.kind == Kind::AnyOpaque {
                    "c".repeat(length.min(HOST_MAX))
                } else {
                    let most = usize::from(count).saturating_mul(length + 1).saturating_sub(1).min(room);
                    labels(most, length)
                };
                let dot = if front.is_empty() || fixed.is_empty() { "" } else { "." };
                format!("{front}{dot}{fixed}")
            }
            Front::Glob(glob, more) => {
                let label = group.glob(glob % group.globs.max(1));
                let room = LABEL_MAX.min(room).saturating_sub(label.len());
                format!("{label}{}.{fixed}", "c".repeat(usize::from(more).min(room).max(1)))
            }
        };
        let port = match self.port {
            PortShape::Listed => match group.ports(number).pop().unwrap_or_default() {
                any if any == ":*" => ":65535".to_owned(),
                port => port,
            },
            PortShape::Default => String::new(),
            PortShape::Number(number) => format!(":{number}"),
        };
        format!("{}{host}{port}", group.lead(number))
    }
}

impl MethodShape {
    fn text(self, policy: &PolicyShape) -> String {
        match self {
            Self::Absent => String::new(),
            Self::Listed(number) => policy.method(number % policy.methods.max(1)),
            Self::Unlisted(length) => "U".repeat(length.into()),
        }
    }
}

impl NamesShape {
    fn values(&self, policy: &PolicyShape) -> Vec<Vec<u8>> {
        let names = self.names(policy);
        let blank = if self.has_tabs { "\t" } else { " " };
        let (before, after) = (blank.repeat(self.before.into()), blank.repeat(self.after.into()));
        let mut elements = vec![blank.repeat(self.empty_len.into()); self.empty.into()];
        elements.extend(names.iter().enumerate().map(|(place, name)| {
            // Only after a comma, because servers remove the white space around a value.
            let before = if place == 0 && self.empty == 0 { "" } else { &before };
            format!("{before}{name}{after}")
        }));
        match self.tail {
            Tail::Unlisted(length) => elements.push("u".repeat(length.into())),
            Tail::Again => elements.extend(names.last().cloned()),
            Tail::Nothing | Tail::EmptyLines(_) => {}
        }
        let per_line = if self.per_line == 0 { elements.len().max(1) } else { self.per_line.into() };
        let mut lines: Vec<Vec<u8>> = elements.chunks(per_line).map(|line| line.join(",").into_bytes()).collect();
        if let Tail::EmptyLines(count) = self.tail {
            lines.extend((0..count).map(|_| Vec::new()));
        }
        lines
    }

    fn names(&self, policy: &PolicyShape) -> Vec<String> {
        let count = if policy.any_name { 0 } else { self.count.min(policy.names) };
        let stride = u32::from(self.stride | 1);
        // If stride and count have a common factor, a name would come twice. Then the next free one
        // is taken.
        let mut is_taken = vec![false; count.into()];
        let mut names: Vec<String> = (0..u32::from(count))
            .map(|place| {
                let mut number = (place * stride % u32::from(count)) as usize;
                while is_taken[number] {
                    number = (number + 1) % usize::from(count);
                }
                is_taken[number] = true;
                policy.name(number as u16)
            })
            .collect();
        if policy.any_name || policy.prefixes != 0 {
            let mut bytes: usize = names.iter().map(|name| name.len() + 2).sum();
            for number in 0..self.further {
                let prefix = match policy.any_name {
                    true => String::new(),
                    false => policy.prefix((number % u16::from(policy.prefixes)) as u8),
                };
                let own = text(number);
                let fill = "f".repeat(usize::from(self.further_len).saturating_sub(own.len()));
                let name = prefix + &fill + &own;
                bytes += name.len() + 1 + usize::from(self.before + self.after);
                if bytes > ECHO_MAX {
                    break;
                }
                names.push(name);
            }
        }
        for name in &mut names {
            *name = match self.case {
                NameCase::Lower => continue,
                NameCase::Upper => name.to_uppercase(),
                NameCase::Mixed => {
                    let mixed = name.chars().enumerate();
                    mixed.map(|(at, c)| if at % 2 == 0 { c.to_ascii_uppercase() } else { c }).collect()
                }
            };
        }
        names
    }
}

impl Edit {
    fn apply(self, lines: &mut [(&'static str, Vec<u8>)]) {
        let (line, at) = match self {
            Self::Nothing => return,
            Self::Replace(line, at, _) | Self::Insert(line, at, ..) | Self::Remove(line, at, _) => (line, at),
        };
        let line = usize::from(line) % lines.len().max(1);
        let Some((_, value)) = lines.get_mut(line) else { return };
        let at = usize::from(at) % (value.len() + 1);
        match self {
            Self::Nothing => {}
            Self::Replace(_, _, byte) => {
                if let Some(place) = value.get_mut(at) {
                    *place = byte;
                }
            }
            Self::Insert(_, _, byte, times) => {
                value.splice(at..at, std::iter::repeat_n(byte, times.into()));
            }
            Self::Remove(_, _, times) => {
                let end = value.len().min(at + usize::from(times));
                value.drain(at..end);
            }
        }
    }
}
