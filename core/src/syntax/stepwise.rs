//! An adapter for iterators that many loops share, so that their code exists once and not once for
//! each loop.

/// Passes on the items of an iterator only through `next`, which is not inlined. Otherwise the
/// chains and filters inside would be compiled into every loop over them, and they are most of a
/// small program.
#[derive(Clone)]
pub(crate) struct Stepwise<I>(pub(crate) I);

impl<I: Iterator> Iterator for Stepwise<I> {
    type Item = I::Item;

    #[inline(never)]
    fn next(&mut self) -> Option<I::Item> {
        self.0.next()
    }
}
