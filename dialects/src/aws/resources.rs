//! Finds resources in templates of CloudFormation and SAM, and in plans and files of Terraform.

use crate::document::Node;

/// A resource: its name in findings, its type, and its properties.
pub(super) struct Resource<'n> {
    pub(super) label: String,
    pub(super) kind: &'n str,
    pub(super) properties: &'n Node,
}

/// Every resource of a document. Empty: it is neither a template nor a plan.
pub(super) fn resources(root: &Node) -> Vec<Resource<'_>> {
    let mut found = Vec::new();
    for (name, resource) in root.get("Resources").into_iter().flat_map(Node::entries) {
        if let (Some(kind), Some(properties)) = (resource.get("Type").and_then(Node::text), resource.get("Properties"))
        {
            found.push(Resource { label: name.text.clone(), kind, properties });
        }
    }
    if let Some(module) = root.at(&["planned_values", "root_module"]) {
        add_module(module, &mut found);
    }
    found
}

fn add_module<'n>(module: &'n Node, found: &mut Vec<Resource<'n>>) {
    for resource in module.get("resources").map(Node::items).unwrap_or_default() {
        let text = |key| resource.get(key).and_then(Node::text);
        if let (Some(kind), Some(properties)) = (text("type"), resource.get("values")) {
            let label = text("address").unwrap_or(kind).to_owned();
            found.push(Resource { label, kind, properties });
        }
    }
    // The depth of a document is limited, so this recursion is, too.
    for child in module.get("child_modules").map(Node::items).unwrap_or_default() {
        add_module(child, found);
    }
}

/// A block of Terraform: a list of one mapping. Elsewhere it is the mapping itself, which can be unknown.
pub(super) fn block(node: &Node) -> Option<&Node> {
    if node.is_list() {
        node.items().first()
    } else {
        Some(node).filter(|node| node.is_map() || node.unknown().is_some())
    }
}
