//! Reads the members of a configuration, and keeps what is wrong with them.

use crate::document::{Booleans, Node, Place};
use crate::finding::{Code, Finding};
use crate::shown::shown;

/// The members of one mapping, and the findings about them.
#[derive(Debug)]
pub(crate) struct Members<'n> {
    node: Option<&'n Node>,
    booleans: Booleans,
    pub(crate) findings: Vec<Finding>,
}

/// A text with its place.
pub(crate) type Placed = (String, Place);

impl<'n> Members<'n> {
    /// A mapping that is not known as a whole is a finding, and has no members.
    pub(crate) fn of(node: Option<&'n Node>, booleans: Booleans) -> Self {
        let mut members = Self { node, booleans, findings: Vec::new() };
        if let Some((node, written)) = node.and_then(|node| Some((node, node.unknown()?))) {
            members.unknown(node, "this configuration", written);
        }
        members
    }

    /// The mapping.
    pub(crate) const fn node(&self) -> Option<&'n Node> {
        self.node
    }

    /// The member, if it is there and not null. One whose value is not known is a finding, and is taken as not there.
    pub(crate) fn member(&mut self, key: &str) -> Option<&'n Node> {
        let node = self.node?.get(key).filter(|node| !node.is_null())?;
        if let Some(written) = node.unknown() {
            self.unknown(node, key, written);
            return None;
        }
        Some(node)
    }

    pub(crate) fn text(&mut self, key: &str) -> Option<Placed> {
        let node = self.member(key)?;
        let text = node.text().map(|text| (text.to_owned(), node.place.clone()));
        if text.is_none() {
            self.wrong(node, key, "a text");
        }
        text
    }

    pub(crate) fn boolean(&mut self, key: &str) -> Option<bool> {
        let node = self.member(key)?;
        let value = node.boolean(self.booleans);
        if value.is_none() {
            self.wrong(node, key, "`true` or `false`");
        }
        value
    }

    pub(crate) fn integer(&mut self, key: &str) -> Option<i64> {
        let node = self.member(key)?;
        let value = node.integer();
        if value.is_none() {
            self.wrong(node, key, "a whole number");
        }
        value
    }

    /// The texts of a list. `None`: the member is not there.
    pub(crate) fn texts(&mut self, key: &str) -> Option<Vec<Placed>> {
        let node = self.member(key)?;
        if !node.is_list() {
            self.wrong(node, key, "a list");
            return None;
        }
        let mut texts = Vec::new();
        for item in node.items() {
            match (item.text(), item.unknown()) {
                (Some(text), _) => texts.push((text.to_owned(), item.place.clone())),
                (None, Some(written)) => self.unknown(item, key, written),
                (None, None) => self.wrong(item, key, "a list of texts"),
            }
        }
        Some(texts)
    }

    fn unknown(&mut self, node: &Node, key: &str, written: &str) {
        let message = format!("the value of {key} is only known after {} is resolved", shown(written));
        let suggestion = "check the resolved file (of Terraform: `terraform show -json`), or write the value";
        self.findings.push(Finding::warning(Code::ValueUnknown, &node.place, message).suggest(suggestion));
    }

    pub(crate) fn wrong(&mut self, node: &Node, key: &str, wanted: &str) {
        self.findings.push(Finding::error(Code::UnknownMember, &node.place, format!("{key} must be {wanted}")));
    }
}

/// The texts without their places.
pub(crate) fn plain(texts: &[Placed]) -> Vec<String> {
    texts.iter().map(|(text, _)| text.clone()).collect()
}
