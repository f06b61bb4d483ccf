//! Header values that live as long as the program, so that a copy of one counts no references. The
//! counts are a tenth of the layer's time for a preflight.

use std::collections::HashSet;
use std::sync::Mutex;

use http::HeaderValue;

/// A program that makes policies all the time keeps no more than this.
const BYTES_MAX: usize = 64 << 10;

/// The values so far, and how many bytes they have.
static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

#[derive(Default)]
struct Known {
    values: HashSet<&'static str>,
    bytes: usize,
}

impl Known {
    /// The same value, kept for good. `None`: there is no more room.
    fn keep(&mut self, value: &str) -> Option<&'static str> {
        if let Some(known) = self.values.get(value) {
            return Some(known);
        }
        self.bytes = self.bytes.checked_add(value.len()).filter(|&bytes| bytes <= BYTES_MAX)?;
        let kept: &'static str = Box::leak(value.into());
        self.values.insert(kept);
        Some(kept)
    }
}

/// A value of a policy. `None` never happens, because the engine's values have only bytes of 0x20..=0x7E.
pub(crate) fn interned(value: &[u8]) -> Option<HeaderValue> {
    let value = std::str::from_utf8(value).ok()?;
    // What `from_static` takes without a check at runtime must be checked before.
    let owned = HeaderValue::from_str(value).ok()?;
    let mut known = KNOWN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let kept = known.get_or_insert_default().keep(value);
    Some(kept.map_or(owned, HeaderValue::from_static))
}

#[cfg(test)]
mod tests {
    use super::{BYTES_MAX, Known};

    #[test]
    fn equal_values_are_kept_once() {
        let mut known = Known::default();
        let (one, other) = (known.keep("GET, PUT").expect("room"), known.keep("GET, PUT").expect("room"));
        assert!(std::ptr::eq(one, other));
        assert_eq!(known.bytes, 8);
    }

    #[test]
    fn kept_values_are_bounded() {
        let mut known = Known::default();
        let kept = (0..).map_while(|number: u32| known.keep(&format!("{number:>1024}"))).count();
        assert_eq!(kept * 1024, BYTES_MAX);
        assert!(known.keep("x").is_none());
        assert!(known.keep(&format!("{:>1024}", 0)).is_some());
    }
}
