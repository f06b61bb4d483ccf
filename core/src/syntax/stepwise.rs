//! Iterators that many loops share: one copy of their code instead of one for each loop.

/// Gives the items of an iterator only by `next`, and that as one function. The chains and filters inside would otherwise be compiled
/// anew into every loop over them, which is most of a small program.
#[derive(Clone)]
pub(crate) struct Stepwise<I>(pub(crate) I);

impl<I: Iterator> Iterator for Stepwise<I> {
    type Item = I::Item;

    #[inline(never)]
    fn next(&mut self) -> Option<I::Item> {
        self.0.next()
    }
}
