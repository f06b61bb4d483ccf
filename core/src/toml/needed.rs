//! Counts how much scratch memory a text needs, token by token.

use crate::spec::limits::TABLES_MAX;
use crate::toml::lexer::{Kind, Lexer};
use crate::toml::slot::TextSlot;

impl TextSlot<'_> {
    /// How many slots are enough to read this text. If it has more tables than a set can have, only
    /// those that are read count.
    #[must_use]
    pub fn needed(text: &[u8]) -> usize {
        let (mut lexer, mut needed, mut tables, mut depth) = (Lexer::new(text), 2_usize, 0_usize, 0_usize);
        let mut is_start = true;
        loop {
            let token = lexer.next();
            let is_header = token.kind == Kind::OpenBracket && is_start && depth == 0;
            tables += usize::from(is_header || token.kind == Kind::OpenBrace);
            if token.kind == Kind::End || tables > TABLES_MAX {
                return needed;
            }
            needed += match token.kind {
                Kind::Bare | Kind::Basic | Kind::Literal | Kind::LongBasic | Kind::LongLiteral => 1,
                // One slot for the element, and one for the table of a set that it may be.
                Kind::OpenBracket => 1,
                Kind::OpenBrace => 2,
                _ => 0,
            };
            match token.kind {
                Kind::OpenBracket | Kind::OpenBrace => depth += 1,
                Kind::CloseBracket | Kind::CloseBrace => depth = depth.saturating_sub(1),
                _ => {}
            }
            is_start = token.kind == Kind::Newline || is_start && token.kind == Kind::Space;
        }
    }
}
