//! Lists of names in their canonical form: normalised, without duplicates, sorted by bytes, joined
//! by `, `.

use crate::syntax::method::normalize_method;
use crate::syntax::stepwise::Stepwise;

/// How the names of a list are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// Case-sensitive after Fetch's normalisation.
    Methods,
    /// In any case. The canonical form is lower case.
    Headers,
}

impl Names {
    pub(crate) fn folds_case(self) -> bool {
        self == Self::Headers
    }

    /// The canonical form of a name.
    pub(crate) fn canonical(self, name: &[u8]) -> impl Iterator<Item = u8> + Clone {
        let name = if self == Self::Methods { normalize_method(name) } else { name };
        let folds = self.folds_case();
        name.iter().map(move |b| if folds { b.to_ascii_lowercase() } else { *b })
    }
}

/// Writes into storage from its front, and knows how far it got.
pub(crate) struct Writer<'b> {
    storage: &'b mut [u8],
    at: usize,
}

impl<'b> Writer<'b> {
    pub(crate) fn new(storage: &'b mut [u8], at: usize) -> Self {
        Self { storage, at }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn push(&mut self, bytes: impl Iterator<Item = u8>) -> Option<()> {
        for b in bytes {
            *self.storage.get_mut(self.at)? = b;
            self.at = self.at.checked_add(1)?;
        }
        Some(())
    }

    /// Everything written so far, and the free bytes after it.
    pub(crate) fn split(&mut self) -> Option<(&mut [u8], &mut [u8])> {
        self.storage.split_at_mut_checked(self.at)
    }

    pub(crate) fn skip(&mut self, count: usize) -> Option<()> {
        self.at = self.at.checked_add(count).filter(|&at| at <= self.storage.len())?;
        Some(())
    }

    /// Writes the canonical list of these names. Returns how many there are, and how long the
    /// longest one is. It scans all names for each, because lists are short and there is no room to
    /// sort them.
    pub(crate) fn join<'a, I>(&mut self, names: impl Fn() -> I, kind: Names) -> Option<(u16, u16)>
    where
        I: Iterator<Item = &'a [u8]>,
    {
        let (mut count, mut longest) = (0_u16, 0_usize);
        let mut last = self.at..self.at;
        loop {
            let written = self.storage.get(last.clone())?;
            let is_next = |name: &&[u8]| count == 0 || kind.canonical(name).gt(written.iter().copied());
            let Some(next) = names().filter(is_next).min_by(|a, b| kind.canonical(a).cmp(kind.canonical(b))) else {
                return Some((count, longest as u16));
            };
            if count != 0 {
                self.push(b", ".iter().copied())?;
            }
            let start = self.at;
            self.push(kind.canonical(next))?;
            last = start..self.at;
            longest = longest.max(last.len());
            count = count.checked_add(1)?;
        }
    }
}

/// The names of a joined list.
pub(crate) fn split(joined: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    let names = if joined.is_empty() { None } else { Some(joined.split(|&b| b == b',')) };
    Stepwise(names.into_iter().flatten().map(|name| name.strip_prefix(b" ").unwrap_or(name)))
}
