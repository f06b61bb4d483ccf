//! Names in order, and looked up in that order: what is done with many header names takes a time
//! that grows with their number, not with its square.

use core::cmp::Ordering;

use heapless::Vec;

/// So many names are put in order together: as many headers as `corsac explain` takes. Of more,
/// each group of this size costs another pass over all of them.
pub(super) const GROUP: usize = 2048;

/// Where a name is in the caller's list.
pub(super) type Place = u32;

/// Gives the name at a place.
pub(super) type NameAt<'n, 'a> = &'n dyn Fn(Place) -> &'a [u8];

/// Places of names.
pub(super) type Places = Vec<Place, GROUP>;

/// Which of the first [`GROUP`] names of a list are also in another one, in any case.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks([u32; GROUP / 32]);

impl Marks {
    pub(super) const NONE: Self = Self([0; GROUP / 32]);

    pub(super) fn of(count: usize, name: NameAt<'_, '_>, wanted: &mut dyn Iterator<Item = &[u8]>) -> Self {
        let mut marks = Self::NONE;
        let mut places = Places::new();
        (0..).take(count).take_while(|&place| places.push(place).is_ok()).for_each(drop);
        sort(&mut places, name);
        for wanted in wanted {
            let start = places.partition_point(|&place| compare(name(place), wanted).is_lt());
            let equal = places.get(start..).unwrap_or(&[]);
            // Once the first is marked, all are.
            if equal.first().is_some_and(|&place| marks.has(place)) {
                continue;
            }
            for &place in equal.iter().take_while(|&&place| compare(name(place), wanted).is_eq()) {
                if let Some(word) = marks.0.get_mut(place as usize / 32) {
                    *word |= 1 << (place % 32);
                }
            }
        }
        marks
    }

    pub(super) fn has(&self, place: Place) -> bool {
        self.0.get(place as usize / 32).is_some_and(|word| word >> (place % 32) & 1 == 1)
    }
}

/// Compares names without their case.
pub(super) fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let lower = |name: &'_ [u8], at: usize| name.get(at).map(u8::to_ascii_lowercase);
    let differs = (0..a.len().min(b.len())).find(|&at| lower(a, at) != lower(b, at));
    differs.map_or(a.len().cmp(&b.len()), |at| lower(a, at).cmp(&lower(b, at)))
}

/// By name, and where names are equal by place.
pub(super) fn order(a: Place, b: Place, name: NameAt<'_, '_>) -> Ordering {
    compare(name(a), name(b)).then(a.cmp(&b))
}

/// Heapsort: it needs no memory, and no order of the names makes it slow.
pub(super) fn sort(places: &mut [Place], name: NameAt<'_, '_>) {
    for start in (0..places.len() / 2).rev() {
        sift_down(places, start, name);
    }
    let mut end = places.len();
    while let Some(last) = end.checked_sub(1) {
        exchange(places, 0, last);
        sift_down(places.get_mut(..last).unwrap_or(&mut []), 0, name);
        end = last;
    }
}

/// Moves the place at `at` down, until no child in the heap is greater.
fn sift_down(heap: &mut [Place], mut at: usize, name: NameAt<'_, '_>) {
    loop {
        let left = at.saturating_mul(2).saturating_add(1);
        let is_greater = |a: usize, b: usize| match (heap.get(a), heap.get(b)) {
            (Some(&a), Some(&b)) => order(a, b, name).is_gt(),
            _ => false,
        };
        let child = if is_greater(left.saturating_add(1), left) { left.saturating_add(1) } else { left };
        if !is_greater(child, at) {
            return;
        }
        exchange(heap, child, at);
        at = child;
    }
}

fn exchange(places: &mut [Place], a: usize, b: usize) {
    let (Some(&first), Some(&second)) = (places.get(a), places.get(b)) else { return };
    for (at, place) in [(a, second), (b, first)] {
        if let Some(there) = places.get_mut(at) {
            *there = place;
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{GROUP, Marks, Place, order, sort};
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("{}{}", if n % 3 == 0 { "X-" } else { "x-" }, n * 7919 % (count / 2 + 1))).collect()
    }

    #[test]
    fn sort_orders_by_name_and_place() {
        for count in [0, 1, 2, 3, 10, 100, 999] {
            let names = names(count);
            let name = |place: Place| names[place as usize].as_bytes();
            let mut places: Vec<Place> = (0..Place::try_from(count).unwrap()).collect();
            let mut expected = places.clone();
            expected.sort_by(|&a, &b| order(a, b, &name));
            sort(&mut places, &name);
            assert_eq!(places, expected);
        }
    }

    #[test]
    fn marks_are_the_names_of_both_lists() {
        let names = names(GROUP + 10);
        let name = |place: Place| names[place as usize].as_bytes();
        let wanted: Vec<String> = (0..600).map(|n| format!("x-{}", n * 2)).chain(["x".into(), "x-z".into()]).collect();
        let wanted: Vec<&[u8]> = wanted.iter().map(|name| name.as_bytes()).collect();
        let marks = Marks::of(names.len(), &name, &mut wanted.iter().copied().chain(wanted.iter().copied()));
        for (place, name) in names.iter().enumerate() {
            let is_wanted = wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(name.as_bytes()));
            assert_eq!(marks.has(Place::try_from(place).unwrap()), is_wanted && place < GROUP, "{place} {name}");
        }
    }
}
