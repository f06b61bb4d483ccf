//! Reads XML into the same values: an element is a mapping of its children, or its text. A name that is there several times is a list.

use std::sync::Arc;

use roxmltree::{Document as Tree, Node as Element, ParsingOptions};

use super::node::{Key, Node, Scalar, Value};
use super::place::{Counter, Place};
use super::read::{DEPTH_MAX, Document, ReadError};

/// How many elements and texts are read. A bucket has at most 100 rules, in 64 kB.
const ELEMENTS_MAX: u32 = 10_000;

pub(super) fn read(text: &str) -> Result<Vec<Document>, ReadError> {
    let options = ParsingOptions { nodes_limit: ELEMENTS_MAX, ..ParsingOptions::default() };
    let tree = Tree::parse_with_options(text, options).map_err(|error| {
        let at = error.pos();
        let place = Place { span: 0..0, line: at.row as usize, column: at.col as usize };
        ReadError {
            message: format!("not valid XML: {}", corsac_diagnose::printable(&error.to_string())),
            place: Some(place),
        }
    })?;
    let root = tree.root_element();
    let mut places = Counter::of(text);
    let node = value_of(&mut places, root, 1)?;
    let place = node.place.clone();
    let key = Key { text: root.tag_name().name().to_owned(), place: place.clone() };
    let size = node.size + 1;
    Ok(vec![Document { root: Node { place, value: Value::Map(Arc::new(vec![(key, node)])), size } }])
}

fn value_of(places: &mut Counter<'_>, element: Element<'_, '_>, depth: usize) -> Result<Node, ReadError> {
    let place = places.place(element.range());
    if depth >= DEPTH_MAX {
        let message = format!("more than {DEPTH_MAX} levels of elements");
        return Err(ReadError { message, place: Some(place) });
    }
    let children = || element.children().filter(Element::is_element);
    if children().next().is_none() {
        let text = element.text().unwrap_or_default().trim().to_owned();
        return Ok(Node { place, value: Value::Scalar(Scalar { text, is_plain: false }), size: 1 });
    }
    let mut entries: Vec<(Key, Vec<Node>)> = Vec::new();
    for child in children() {
        let name = child.tag_name().name();
        let node = value_of(places, child, depth + 1)?;
        match entries.iter_mut().find(|(key, _)| key.text == name) {
            Some((_, nodes)) => nodes.push(node),
            None => entries.push((Key { text: name.to_owned(), place: node.place.clone() }, vec![node])),
        }
    }
    let mut size = 1;
    let mut map = Vec::new();
    for (key, mut nodes) in entries {
        size += nodes.iter().map(|node| node.size).sum::<usize>();
        let node = match nodes.pop() {
            Some(only) if nodes.is_empty() => only,
            Some(last) => {
                nodes.push(last);
                let list = Place { ..key.place.clone() };
                Node { place: list, value: Value::List(Arc::new(nodes)), size: 1 }
            }
            None => continue,
        };
        map.push((key, node));
    }
    Ok(Node { place, value: Value::Map(Arc::new(map)), size })
}
