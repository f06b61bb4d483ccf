//! Finds the function URLs of a file.

use super::super::lists::{Lists, looks_like_lists};
use super::super::resources::{Resource, block, resources};
use crate::document::Node;

/// The URLs with CORS, each with its name in findings.
pub(super) fn urls(root: &Node, is_named: bool) -> Vec<(String, Lists)> {
    let mut found: Vec<(String, Lists)> = resources(root).iter().filter_map(of_resource).collect();
    if found.is_empty() && is_named {
        let cors = root.get("Cors").or_else(|| root.get("cors")).and_then(block).unwrap_or(root);
        if looks_like_lists(cors) {
            found.push((String::new(), Lists::read(cors)));
        }
    }
    found
}

fn of_resource(resource: &Resource<'_>) -> Option<(String, Lists)> {
    let Resource { label, kind, properties } = resource;
    let cors = match *kind {
        "AWS::Lambda::Url" => properties.get("Cors")?,
        "AWS::Serverless::Function" => properties.at(&["FunctionUrlConfig", "Cors"])?,
        "aws_lambda_function_url" => block(properties.get("cors")?)?,
        _ => return None,
    };
    (!cors.is_null()).then(|| (label.clone(), Lists::read(cors)))
}
