//! Several policies in one file, chosen by path and by origin (design, section 3.2).

use super::ask::{self, Ask, Verdict, preflight_vary};
use super::{Bytes, Spec};

/// One `[[policy]]` table; no policy: `cors = false`.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub path: Bytes,
    pub policy: Option<Spec>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Set {
    pub tables: Vec<Table>,
}

/// A request's path: decoded, raw, or both.
#[derive(Clone, Debug, PartialEq)]
pub enum Path {
    Decoded(Bytes),
    Raw(Bytes),
    Both { decoded: Bytes, raw: Bytes },
}

impl Path {
    /// What is compared with the paths of the tables.
    fn decoded(&self) -> Bytes {
        match self {
            Path::Decoded(path) | Path::Both { decoded: path, .. } => path.clone(),
            Path::Raw(raw) => decode(raw),
        }
    }

    /// A server may read such a path in two ways.
    fn is_ambiguous(&self) -> bool {
        let decoded = self.decoded();
        let raw = match self {
            Path::Decoded(_) => b"",
            Path::Raw(raw) | Path::Both { raw, .. } => &raw[..],
        };
        let raw = raw.to_ascii_lowercase();
        let hides_a_slash = raw.windows(3).any(|three| three == b"%2f" || three == b"%5c");
        let is_dot = |segment: &[u8]| segment == b"." || segment == b"..";
        !(decoded.is_empty() || decoded.starts_with(b"/"))
            || decoded.windows(2).any(|two| two == b"//")
            || decoded.contains(&b'\\')
            || decoded.split(|byte| *byte == b'/').any(is_dot)
            || hides_a_slash
    }
}

/// Once; what is no escape stays.
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

/// Whole segments: `/a` is for `/a`, `/a/` and `/a/b`, and not for `/ab`; `/` is for all.
fn covers(table: &[u8], path: &[u8]) -> bool {
    let is_below = path.strip_prefix(table).is_some_and(|below| below.is_empty() || below.starts_with(b"/"));
    table == b"/" || is_below
}

impl Set {
    /// The tables of the longest path that is for this one.
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

    pub fn evaluate(&self, path: &Path, ask: &Ask) -> Option<Verdict> {
        self.evaluate_with(path, ask, |_, _| false)
    }

    /// None: the response stays as it is.
    pub fn evaluate_with(
        &self,
        path: &Path,
        ask: &Ask,
        mut check: impl FnMut(usize, &[u8]) -> bool,
    ) -> Option<Verdict> {
        let decoded = path.decoded();
        let class = ask::class(ask);
        if self.has_several_paths() && path.is_ambiguous() {
            let is_preflight = class == "preflight";
            let vary = if is_preflight { preflight_vary(false) } else { b"Origin".to_vec() };
            return Some(Verdict {
                class,
                allowed: false,
                denial: Some(("path-ambiguous", decoded)),
                status: is_preflight.then_some(403),
                headers: vec![("Vary", vary)],
            });
        }
        let tables = self.tables_for(&decoded);
        // `cors = false` is alone on its path.
        let policies: Vec<(usize, &Spec)> =
            tables.iter().filter_map(|(number, table)| Some((*number, table.policy.as_ref()?))).collect();
        let mut verdict = None;
        for (number, spec) in &policies {
            let one = ask::evaluate_with(spec, ask, |origin| check(*number, origin));
            let is_by_origin = match class {
                // The any-origin policy of the path decides it, else the first.
                "plain" => spec.any_origin(),
                _ => spec.any_origin() || ask::is_origin_allowed(&one),
            };
            let is_first = verdict.is_none();
            if is_by_origin || class != "plain" || is_first {
                verdict = Some(one);
            }
            if is_by_origin {
                break;
            }
        }
        let mut verdict = verdict?;
        if policies.len() > 1 {
            verdict.headers.retain(|header| header.0 != "Vary");
            let with_private_network = policies.iter().any(|(_, spec)| spec.allow_private_network);
            let vary = if class == "preflight" { preflight_vary(with_private_network) } else { b"Origin".to_vec() };
            verdict.headers.push(("Vary", vary));
        }
        Some(verdict)
    }
}
