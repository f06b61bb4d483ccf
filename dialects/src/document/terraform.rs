//! Reads files of Terraform into the shape of a plan as JSON: a list of resources with their values. What is not written as a literal is
//! unknown, because only Terraform can compute it.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Block, Body, Structure};
use hcl_edit::template::Element;

use super::node::{Key, Node, Scalar, Value};
use super::place::{Counter, Place};
use super::read::{Document, ReadError};
use crate::shown::shown;

/// The blocks that a file can begin with.
const BLOCKS: [&str; 12] = [
    "resource",
    "data",
    "module",
    "provider",
    "variable",
    "terraform",
    "locals",
    "output",
    "import",
    "moved",
    "removed",
    "check",
];

/// Whether a text begins with one of Terraform's blocks, after comments. No other format that is read here can.
pub(super) fn is_terraform(text: &str) -> bool {
    let mut rest = text.trim_start();
    loop {
        rest = if rest.starts_with('#') || rest.starts_with("//") {
            rest.split_once('\n').map_or("", |(_, rest)| rest).trim_start()
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |(_, rest)| rest).trim_start()
        } else {
            break;
        };
    }
    let word = rest.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let after = rest.get(word.len()..).unwrap_or_default().trim_start_matches([' ', '\t']);
    BLOCKS.contains(&word) && after.starts_with(['"', '{'])
}

pub(super) fn read(text: &str) -> Result<Vec<Document>, ReadError> {
    // The parser holds blocks and expressions to 64 levels.
    let body = hcl_edit::parser::parse_body(text).map_err(|error| {
        let at = error.location();
        let offset = at.offset().min(text.len());
        ReadError {
            message: format!("not a valid file of Terraform: {}", corsac_diagnose::printable(error.message())),
            place: Some(Place { span: offset..offset, line: at.line(), column: at.column() }),
        }
    })?;
    let mut reader = Reader { text, counter: Counter::of(text) };
    let mut resources = Vec::new();
    for block in body.iter().filter_map(Structure::as_block).filter(|block| block.has_ident("resource")) {
        if let [kind, name] = block.labels.as_slice() {
            resources.push(reader.resource(block, kind.as_str(), name.as_str())?);
        }
    }
    let mut root = list(resources, Place::default());
    for key in ["resources", "root_module", "planned_values"] {
        root = map(vec![(Key { text: key.to_owned(), place: Place::default() }, root)], Place::default());
    }
    Ok(vec![Document { root }])
}

struct Reader<'t> {
    text: &'t str,
    counter: Counter<'t>,
}

impl Reader<'_> {
    fn resource(&mut self, block: &Block, kind: &str, name: &str) -> Result<Node, ReadError> {
        let place = self.place(block.span());
        let text = |text: &str| scalar(text, false, place.clone());
        let key = |text: &str| Key { text: text.to_owned(), place: place.clone() };
        let (address, kind) = (text(&format!("{kind}.{name}")), text(kind));
        let values = self.body(&block.body, place.clone())?;
        Ok(map(vec![(key("address"), address), (key("type"), kind), (key("values"), values)], place))
    }

    /// The attributes, and the blocks of each name as a list, as plans have them.
    fn body(&mut self, body: &Body, place: Place) -> Result<Node, ReadError> {
        let mut entries = Vec::new();
        let mut lists: Vec<(Key, Vec<Node>)> = Vec::new();
        let mut known = HashMap::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let key = Key { text: attribute.key.to_string(), place: self.place(attribute.key.span()) };
                    entries.push((key, self.expression(&attribute.value)?));
                }
                Structure::Block(block) => {
                    let place = self.place(block.span());
                    // Its blocks depend on a value: `dynamic "cors_rule"`.
                    let made = block.labels.first().filter(|_| block.has_ident("dynamic"));
                    let (name, node) = match made {
                        Some(label) => {
                            (label.as_str(), unknown(format!("dynamic \"{}\"", label.as_str()), place.clone()))
                        }
                        None => (block.ident.as_str(), self.body(&block.body, place.clone())?),
                    };
                    let at = *known.entry(name).or_insert_with(|| {
                        lists.push((Key { text: name.to_owned(), place }, Vec::new()));
                        lists.len() - 1
                    });
                    if let Some((_, nodes)) = lists.get_mut(at) {
                        nodes.push(node);
                    }
                }
            }
        }
        entries.extend(lists.into_iter().map(|(key, nodes)| {
            let place = key.place.clone();
            (key, list(nodes, place))
        }));
        unique(entries, place)
    }

    fn expression(&mut self, expression: &Expression) -> Result<Node, ReadError> {
        let place = self.place(expression.span());
        Ok(match expression {
            Expression::Null(_) => scalar("null", true, place),
            Expression::Bool(value) => scalar(if *value.value() { "true" } else { "false" }, true, place),
            Expression::Number(value) => scalar(&value.value().to_string(), true, place),
            Expression::String(value) => scalar(value.as_str(), false, place),
            Expression::StringTemplate(template) => self.template(template.iter(), place),
            Expression::HeredocTemplate(heredoc) => self.template(heredoc.template.iter(), place),
            Expression::Parenthesis(inner) => self.expression(inner.inner())?,
            Expression::Array(array) => {
                let items = array.iter().map(|item| self.expression(item)).collect::<Result<_, _>>()?;
                list(items, place)
            }
            Expression::Object(object) => {
                let mut entries = Vec::new();
                for (key, value) in object.iter() {
                    let (text, span) = match key {
                        ObjectKey::Ident(name) => (name.as_str(), name.span()),
                        ObjectKey::Expression(Expression::String(text)) => (text.as_str(), text.span()),
                        ObjectKey::Expression(other) => return Ok(self.unknown_at(other.span(), place)),
                    };
                    let key = Key { text: text.to_owned(), place: self.place(span) };
                    entries.push((key, self.expression(value.expr())?));
                }
                map(entries, place)
            }
            other => self.unknown_at(other.span(), place),
        })
    }

    fn template<'e>(&self, elements: impl Iterator<Item = &'e Element>, place: Place) -> Node {
        let mut text = String::new();
        for element in elements {
            match element {
                Element::Literal(literal) => text.push_str(literal),
                Element::Interpolation(_) | Element::Directive(_) => {
                    return self.unknown_at(Some(place.span.clone()), place);
                }
            }
        }
        scalar(&text, false, place)
    }

    fn unknown_at(&self, span: Option<Range<usize>>, place: Place) -> Node {
        let written = span.and_then(|span| self.text.get(span)).unwrap_or_default().trim().to_owned();
        unknown(written, place)
    }

    fn place(&mut self, span: Option<Range<usize>>) -> Place {
        self.counter.place(span.unwrap_or_default())
    }
}

fn scalar(text: &str, is_plain: bool, place: Place) -> Node {
    Node { place, value: Value::Scalar(Scalar { text: text.to_owned(), is_plain }), size: 1 }
}

fn unknown(written: String, place: Place) -> Node {
    Node { place, value: Value::Unknown(written), size: 1 }
}

fn list(items: Vec<Node>, place: Place) -> Node {
    let size = 1 + items.iter().map(|node| node.size).sum::<usize>();
    Node { place, value: Value::List(Arc::new(items)), size }
}

fn map(entries: Vec<(Key, Node)>, place: Place) -> Node {
    let size = 1 + entries.iter().map(|(_, node)| node.size).sum::<usize>();
    Node { place, value: Value::Map(Arc::new(entries)), size }
}

/// A mapping of attributes and blocks, which the parser does not compare with each other.
fn unique(entries: Vec<(Key, Node)>, place: Place) -> Result<Node, ReadError> {
    let mut known = HashSet::new();
    if let Some((key, _)) = entries.iter().find(|(key, _)| !known.insert(key.text.as_str())) {
        let message = format!("the key {} is there twice: remove one", shown(&key.text));
        return Err(ReadError { message, place: Some(key.place.clone()) });
    }
    Ok(map(entries, place))
}
