//! A policy described by a few numbers, so that a search can change one of them at a time, and a find
//! can be kept as source code.

use corsac::{CompileError, Policy, PolicySpec};

/// The longest host (RFC 1035, section 2.3.4, without the root's dot).
pub(crate) const HOST_MAX: usize = 253;
/// The longest label.
pub(crate) const LABEL_MAX: usize = 63;
/// The longest line that a response repeats under `*` or for header prefixes.
pub(crate) const ECHO_MAX: usize = 4096;

/// A policy: groups of patterns, methods and request headers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PolicyShape {
    /// Patterns of up to four kinds.
    pub groups: [Group; 4],
    /// How many methods are listed; 0: the default ones.
    pub methods: u8,
    /// Bytes of each method.
    pub method_len: u8,
    /// How many request headers are listed.
    pub names: u16,
    /// Bytes of each name, at least four.
    pub name_len: u8,
    /// Where the names differ.
    pub differs: Differs,
    /// How many prefixes of header names are listed.
    pub prefixes: u8,
    /// Bytes of each prefix, without the `*`.
    pub prefix_len: u8,
    /// Whether `*` is listed instead of header names.
    pub any_name: bool,
    /// Whether `*` is listed instead of methods.
    pub any_method: bool,
}

/// Patterns of one kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Group {
    /// What each pattern is.
    pub kind: Kind,
    /// How many hosts.
    pub count: u16,
    /// How the hosts differ.
    pub hosts: Hosts,
    /// Bytes of the labels of the hosts.
    pub label: u8,
    /// How many labels follow the one that differs, for [`Hosts::Siblings`].
    pub depth: u8,
    /// How many globs each host has.
    pub globs: u8,
    /// The ports that each host is listed with.
    pub ports: Ports,
    /// Whether the scheme is `http` and not `https`.
    pub is_plain: bool,
}

/// A kind of pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// No pattern: the group is not used.
    Unused,
    /// `https://host`
    Exact,
    /// `https://*.host`
    Below,
    /// `https://a*.host`
    Glob,
    /// `https://10.1.0.0/16`
    Range4,
    /// `https://[fd00:1::]/32`
    Range6,
    /// `https://*`
    AnyHost,
    /// `ext-1://*`
    AnyOpaque,
    /// `app://host`
    Opaque,
}

/// How the hosts of a group differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hosts {
    /// Each is the parent of the next: `a`, `a.a`, `a.a.a`.
    Nested,
    /// Each has a label of its own below common ones: `0.a.example`, `1.a.example`.
    Siblings,
    /// Each is four bytes longer than the one before and has as few labels as possible.
    Lengths,
}

/// The ports that a host is listed with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ports {
    /// The default port.
    Default,
    /// `:1`
    One,
    /// `:*`
    Any,
    /// Another number for each host.
    Own,
    /// Twice: with the default port, and with `:*`.
    DefaultAndAny,
    /// Twice: with `:1`, and with `:*`.
    OneAndAny,
}

/// Which bytes of the listed names differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Differs {
    /// The first ones.
    Front,
    /// The last ones.
    End,
    /// Those in the middle.
    Middle,
}

impl Group {
    /// No patterns.
    pub const UNUSED: Self = Self {
        kind: Kind::Unused,
        count: 0,
        hosts: Hosts::Siblings,
        label: 1,
        depth: 0,
        globs: 1,
        ports: Ports::Default,
        is_plain: false,
    };

    /// The scheme, with `://`.
    #[must_use]
    pub fn lead(&self, number: u16) -> String {
        match self.kind {
            Kind::AnyOpaque => format!("ext-{number}://"),
            Kind::Opaque => "app://".to_owned(),
            _ => format!("http{}://", if self.is_plain { "" } else { "s" }),
        }
    }

    /// The host, or the fixed part of a wildcard. `None`: this host, and every later one, would be
    /// too long.
    #[must_use]
    pub fn host(&self, number: u16) -> Option<String> {
        if number >= self.count {
            return None;
        }
        let label = "a".repeat(usize::from(self.label).clamp(1, LABEL_MAX));
        let host = match (self.kind, self.hosts) {
            (Kind::AnyHost | Kind::AnyOpaque, _) => (number == 0 || self.kind == Kind::AnyOpaque).then(String::new)?,
            (Kind::Range4, _) => format!("10.{}.0.0", u8::try_from(number).ok()?),
            (Kind::Range6, _) => format!("[fd00:{:x}::]", number + 1),
            (_, Hosts::Nested) => format!("{label}.").repeat(usize::from(number)) + "b",
            (_, Hosts::Siblings) => {
                let own = pad(&text(number), usize::from(self.label));
                format!("{own}.{}example", format!("{label}.").repeat(usize::from(self.depth)))
            }
            (_, Hosts::Lengths) => labels(4 * (usize::from(number) + 1), LABEL_MAX),
        };
        // A wildcard needs room for one more label.
        let room = if matches!(self.kind, Kind::Below | Kind::Glob) { HOST_MAX - 2 } else { HOST_MAX };
        (host.len() <= room).then_some(host)
    }

    /// The label of a glob, up to its `*`.
    #[must_use]
    pub fn glob(&self, glob: u8) -> String {
        let front = "g".repeat(usize::from(self.label).min(LABEL_MAX - 4) - 1);
        format!("{front}{}", text(u16::from(glob)))
    }

    /// The ports, as they are written.
    #[must_use]
    pub fn ports(&self, number: u16) -> Vec<String> {
        match self.ports {
            Ports::Default => vec![String::new()],
            Ports::One => vec![":1".into()],
            Ports::Any => vec![":*".into()],
            Ports::Own => vec![format!(":{}", 1000 + u32::from(number))],
            Ports::DefaultAndAny => vec![String::new(), ":*".into()],
            Ports::OneAndAny => vec![":1".into(), ":*".into()],
        }
    }

    fn patterns(&self, to: &mut Vec<String>) {
        let hosts = (0..self.count).map_while(|number| Some((number, self.host(number)?)));
        for (number, host) in hosts {
            let (lead, ports) = (self.lead(number), self.ports(number));
            let fronts: Vec<String> = match self.kind {
                Kind::Unused => continue,
                Kind::Exact | Kind::Opaque | Kind::Range4 | Kind::Range6 => vec![String::new()],
                Kind::Below => vec!["*.".into()],
                Kind::AnyHost | Kind::AnyOpaque => vec!["*".into()],
                Kind::Glob => (0..self.globs).map(|glob| format!("{}*.", self.glob(glob))).collect(),
            };
            let suffix = match self.kind {
                Kind::Range4 => "/16",
                Kind::Range6 => "/32",
                _ => "",
            };
            for (port, front) in ports.iter().flat_map(|port| fronts.iter().map(move |front| (port, front))) {
                to.push(format!("{lead}{front}{host}{suffix}{port}"));
            }
        }
    }
}

impl PolicyShape {
    /// One exact origin, and nothing else.
    pub const SMALL: Self = Self {
        groups: [
            Group { kind: Kind::Exact, count: 1, label: 1, depth: 1, ..Group::UNUSED },
            Group::UNUSED,
            Group::UNUSED,
            Group::UNUSED,
        ],
        methods: 1,
        method_len: 3,
        names: 0,
        name_len: 8,
        differs: Differs::End,
        prefixes: 0,
        prefix_len: 6,
        any_name: false,
        any_method: false,
    };

    /// The patterns.
    #[must_use]
    pub fn origins(&self) -> Vec<String> {
        let mut origins = Vec::new();
        self.groups.iter().for_each(|group| group.patterns(&mut origins));
        origins
    }

    /// A listed method.
    #[must_use]
    pub fn method(&self, number: u8) -> String {
        if self.methods == 0 { "POST".to_owned() } else { pad(&text(number.into()), self.method_len.into()) }
    }

    /// A listed header name.
    #[must_use]
    pub fn name(&self, number: u16) -> String {
        let (own, length) = (format!("{number:04}"), usize::from(self.name_len).clamp(4, 128));
        let fill = "n".repeat(length - own.len());
        match self.differs {
            Differs::Front => own + &fill,
            Differs::End => fill + &own,
            Differs::Middle => {
                let (front, end) = fill.split_at(fill.len() / 2);
                format!("{front}{own}{end}")
            }
        }
    }

    /// A header-name prefix.
    #[must_use]
    pub fn prefix(&self, number: u8) -> String {
        format!("{}-", pad(&format!("y{}", text(number.into())), usize::from(self.prefix_len).clamp(4, 127) - 1))
    }

    /// Compiles the policy.
    ///
    /// # Errors
    ///
    /// Those of the compiler.
    pub fn compile(&self) -> Result<Policy<Vec<u8>>, CompileError> {
        let origins = self.origins();
        let mut methods: Vec<String> = (0..self.methods).map(|number| self.method(number)).collect();
        let mut names: Vec<String> = (0..self.names).map(|number| self.name(number)).collect();
        names.extend((0..self.prefixes).map(|number| self.prefix(number) + "*"));
        if self.any_name {
            names = vec!["*".into()];
        }
        if self.any_method {
            methods = vec!["*".into()];
        }
        let methods = (!methods.is_empty()).then_some(&methods[..]);
        let spec = PolicySpec { allow_methods: methods, allow_headers: &names, ..PolicySpec::new(&origins) };
        spec.compile(vec![0; spec.image_len()], |_| ())
    }
}

/// A number, written in letters and digits.
pub(crate) fn text(number: u16) -> String {
    const DIGITS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::new();
    let mut left = usize::from(number);
    loop {
        text.push(char::from(DIGITS[left % 36]));
        left /= 36;
        if left == 0 {
            return text;
        }
    }
}

/// Fills the text up to this many bytes.
fn pad(text: &str, length: usize) -> String {
    text.to_owned() + &"z".repeat(length.min(LABEL_MAX).saturating_sub(text.len()))
}

/// A host of `length` bytes whose labels have at most `most` bytes. It has one byte less if it would
/// end in a dot.
pub(crate) fn labels(length: usize, most: usize) -> String {
    let mut host = String::new();
    while host.len() < length {
        let left = length - host.len();
        let label = if left <= most { left } else { most.min(left - 2).max(1) };
        host += &"c".repeat(label);
        if host.len() + 1 < length {
            host.push('.');
        } else {
            break;
        }
    }
    host
}
