//! Chooses among several policies by path and by origin (section 5).

use super::request::{self, OwnedDecision, OwnedRequest, preflight_vary};
use super::{Bytes, Spec};

/// The most tables, and the most policies of one path.
pub const TABLES_MAX: usize = 4096;
pub const POLICIES_MAX: usize = 8;
/// The longest path of a table, in bytes and in segments.
const PATH_MAX: usize = 255;
const SEGMENTS_MAX: usize = 16;

/// One `[[policy]]` table. Without a policy, it has `cors = false`.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub path: Bytes,
    pub policy: Option<Spec>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Set {
    pub tables: Vec<Table>,
}

/// The path of a request: decoded, raw, or both.
#[derive(Clone, Debug, PartialEq)]
pub enum Path {
    Decoded(Bytes),
    Raw(Bytes),
    Both { decoded: Bytes, raw: Bytes },
}

impl Path {
    /// The path that is compared with those of the tables.
    fn decoded(&self) -> Bytes {
        match self {
            Path::Decoded(path) | Path::Both { decoded: path, .. } => path.clone(),
            Path::Raw(raw) => decode(without_query(raw)),
        }
    }

    /// If a server could read the path in two ways: its bytes, as they were sent if that shows it.
    fn ambiguous(&self) -> Option<Bytes> {
        let hides_a_slash = |raw: &[u8]| {
            let raw = without_query(raw).to_ascii_lowercase();
            raw.windows(3).any(|three| three == b"%2f" || three == b"%5c")
        };
        let decoded = self.decoded();
        let is_dot = |segment: &[u8]| segment == b"." || segment == b"..";
        let is_odd = !(decoded.is_empty() || decoded.starts_with(b"/"))
            || decoded.windows(2).any(|two| two == b"//")
            || decoded.contains(&b'\\')
            || decoded.split(|byte| *byte == b'/').any(is_dot);
        match self {
            Path::Decoded(_) => is_odd.then_some(decoded),
            Path::Raw(raw) => (is_odd || hides_a_slash(raw)).then(|| without_query(raw).to_vec()),
            Path::Both { .. } if is_odd => Some(decoded),
            Path::Both { raw, .. } => hides_a_slash(raw).then(|| without_query(raw).to_vec()),
        }
    }
}

/// A raw path may be followed by a query.
fn without_query(raw: &[u8]) -> &[u8] {
    let end = raw.iter().position(|byte| *byte == b'?' || *byte == b'#');
    &raw[..end.unwrap_or(raw.len())]
}

/// Decodes once. Anything that is not an escape stays.
fn decode(raw: &[u8]) -> Bytes {
    let mut decoded = vec![];
    let mut at = 0;
    while at < raw.len() {
        let digits = raw.get(at + 1..at + 3).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match byte.filter(|_| raw[at] == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(raw[at]);
                at += 1;
            }
        }
    }
    decoded
}

/// Whole segments: `/a` is for `/a`, `/a/` and `/a/b`, but not for `/ab`; `/` is for every path.
fn covers(table: &[u8], path: &[u8]) -> bool {
    let is_below = path.strip_prefix(table).is_some_and(|below| below.is_empty() || below.starts_with(b"/"));
    table == b"/" || is_below
}

/// The table, the field's name and the entry.
pub type Place = (Option<usize>, &'static str, Option<usize>);

/// Whether a path is written correctly: decoded, and as two programs read it alike.
fn is_path(path: &[u8]) -> bool {
    let Some(below) = path.strip_prefix(b"/") else { return false };
    let segments: Vec<&[u8]> = below.split(|byte| *byte == b'/').collect();
    let is_segment = |segment: &&[u8]| !segment.is_empty() && *segment != b"." && *segment != b"..";
    let is_odd = |byte: &u8| b"%?#*\\".contains(byte) || byte.is_ascii_control();
    let are_segments = below.is_empty() || (segments.iter().all(is_segment) && segments.len() <= SEGMENTS_MAX);
    path.len() <= PATH_MAX && are_segments && !path.iter().any(is_odd)
}

impl Set {
    /// Every error of the set and of its policies, each place once. `suffixes`: whether the public
    /// suffix list is compiled in.
    pub fn errors(&self, suffixes: bool) -> Vec<Place> {
        if self.tables.is_empty() {
            return vec![(None, "policy", None)];
        }
        if self.tables.len() > TABLES_MAX {
            return vec![(Some(TABLES_MAX), "policy", None)];
        }
        let mut errors: Vec<Place> = vec![];
        for (number, table) in self.tables.iter().enumerate() {
            if !is_path(&table.path) {
                errors.push((Some(number), "path", None));
            }
            let of_policy = table.policy.iter().flat_map(|spec| spec.errors(suffixes));
            errors.extend(of_policy.map(|(field, index)| (Some(number), field, index)));
            let earlier: Vec<&Table> = self.tables[..number].iter().filter(|other| other.path == table.path).collect();
            if earlier.len() == POLICIES_MAX {
                errors.push((Some(number), "path", None));
            }
            if earlier.len() >= POLICIES_MAX {
                continue;
            }
            let of_path = self.tables.iter().filter(|other| other.path == table.path).take(POLICIES_MAX);
            let is_untouched = of_path.clone().any(|other| other.policy.is_none());
            let had = |what: fn(&Spec) -> bool| earlier.iter().any(|other| other.policy.as_ref().is_some_and(what));
            // `cors = false` must be the only table of its path, and nothing may follow a policy
            // for any origin.
            let never_decides = match &table.policy {
                Some(_) => is_untouched || had(Spec::any_origin),
                None => earlier.iter().any(|other| other.policy.is_none()),
            };
            if never_decides {
                errors.push((Some(number), "path", None));
            } else if table.policy.as_ref().is_some_and(|spec| spec.external_origins)
                && had(|spec| spec.external_origins)
            {
                errors.push((Some(number), "external_origins", None));
            }
        }
        errors.sort_unstable();
        errors.dedup();
        errors
    }

    /// Removes everything that is wrong. If no table is left, adds one that leaves everything
    /// untouched.
    pub fn repaired(mut self, suffixes: bool) -> Set {
        self.tables.truncate(TABLES_MAX);
        for table in &mut self.tables {
            table.policy = table.policy.take().map(|spec| spec.repaired(suffixes));
        }
        while let Some((Some(number), field, _)) = self.errors(suffixes).pop() {
            match (field, &mut self.tables[number].policy) {
                ("external_origins", Some(spec)) => {
                    spec.external_origins = false;
                    *spec = spec.clone().repaired(suffixes);
                    if spec.allow_origins.is_empty() {
                        drop(self.tables.remove(number));
                    }
                }
                _ => drop(self.tables.remove(number)),
            }
        }
        if self.tables.is_empty() {
            self.tables.push(Table { path: b"/".to_vec(), policy: None });
        }
        self
    }

    /// The tables of the longest path that matches.
    fn tables_for(&self, path: &[u8]) -> Vec<(usize, &Table)> {
        let longest = self
            .tables
            .iter()
            .map(|table| &table.path)
            .filter(|table| covers(table, path))
            .max_by_key(|path| path.len());
        self.tables.iter().enumerate().filter(|(_, table)| Some(&table.path) == longest).collect()
    }

    fn has_several_paths(&self) -> bool {
        self.tables.iter().any(|table| table.path != self.tables[0].path)
    }

    /// The policies of a path.
    pub fn policies_at(&self, path: &Path) -> Vec<&Spec> {
        let tables = self.tables_for(&path.decoded());
        tables.into_iter().filter_map(|(_, table)| table.policy.as_ref()).collect()
    }

    /// The same tables in another order. Those of one path keep their order.
    pub fn shuffled(&self, key: u64) -> Set {
        let mut paths: Vec<&Bytes> = self.tables.iter().map(|table| &table.path).collect();
        paths.sort();
        paths.dedup();
        let place = |path: &Bytes| {
            let at = paths.iter().position(|other| *other == path).expect("a path of the set") as u64;
            (at + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15 ^ key).rotate_left(23)
        };
        let mut tables = self.tables.clone();
        tables.sort_by_key(|table| place(&table.path));
        Set { tables }
    }

    pub fn evaluate(&self, path: &Path, request: &OwnedRequest) -> Option<OwnedDecision> {
        self.evaluate_with(path, request, |_, _| false)
    }

    /// `None`: the response stays as it is.
    pub fn evaluate_with(
        &self,
        path: &Path,
        request: &OwnedRequest,
        mut check: impl FnMut(usize, &[u8]) -> bool,
    ) -> Option<OwnedDecision> {
        let decoded = path.decoded();
        let class = request::class(request);
        if let Some(bytes) = path.ambiguous().filter(|_| self.has_several_paths()) {
            let is_preflight = class == "preflight";
            // The path might be that of any table.
            let specs = self.tables.iter().filter_map(|table| table.policy.as_ref());
            let with_private_network = specs.clone().any(|spec| spec.allow_private_network);
            let vary = if is_preflight { preflight_vary(with_private_network) } else { b"Origin".to_vec() };
            return Some(OwnedDecision {
                class,
                allowed: false,
                denial: Some(("path-ambiguous", bytes[..bytes.len().min(128)].to_vec())),
                status: is_preflight.then_some(403),
                headers: vec![("Vary", vary)],
            });
        }
        let tables = self.tables_for(&decoded);
        // `cors = false` is the only table of its path.
        let policies: Vec<(usize, &Spec)> =
            tables.iter().filter_map(|(number, table)| Some((*number, table.policy.as_ref()?))).collect();
        let mut decision = None;
        for (number, spec) in &policies {
            let one = request::evaluate_with(spec, request, |origin| check(*number, origin));
            let is_by_origin = match class {
                // The path's policy for any origin decides it, or else the first.
                "plain" => spec.any_origin(),
                _ => spec.any_origin() || request::is_origin_allowed(&one),
            };
            let is_first = decision.is_none();
            if is_by_origin || class != "plain" || is_first {
                decision = Some(one);
            }
            if is_by_origin {
                break;
            }
        }
        let mut decision = decision?;
        if policies.len() > 1 {
            decision.headers.retain(|header| header.0 != "Vary");
            let with_private_network = policies.iter().any(|(_, spec)| spec.allow_private_network);
            let vary = if class == "preflight" { preflight_vary(with_private_network) } else { b"Origin".to_vec() };
            decision.headers.push(("Vary", vary));
        }
        Some(decision)
    }
}
