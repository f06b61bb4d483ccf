//! The questions for one URL, in the order in which they are asked.

use std::collections::BTreeSet;

use super::question::Question;

/// The questions, the most important first.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) questions: Vec<Question>,
    /// The requests of all questions, those that were left out because of the limit too.
    pub(super) requests: usize,
    /// What no question is about, and why.
    pub(super) left_out: BTreeSet<(String, &'static str)>,
}

impl Plan {
    /// Adds a question, or only counts it if there are `limit` already.
    pub(super) fn add(&mut self, question: Question, limit: usize) {
        self.requests += question.cost();
        if self.questions.len() < limit {
            self.questions.push(question);
        }
    }
}
