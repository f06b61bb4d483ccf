//! Finds the APIs of a file, and the routes that catch preflights.

use super::super::lists::{Lists, looks_like_lists};
use super::super::resources::{Resource, block, resources};
use crate::document::{Booleans, Node};
use crate::finding::{Code, Finding};

/// One API with CORS.
pub(super) struct Found {
    pub(super) label: String,
    pub(super) lists: Lists,
    /// What is wrong with its surroundings.
    pub(super) findings: Vec<Finding>,
}

/// The member of OpenAPI documents.
const EXTENSION: &str = "x-amazon-apigateway-cors";

pub(super) fn apis(root: &Node, is_named: bool) -> Vec<Found> {
    let all = resources(root);
    let mut found: Vec<Found> = all.iter().filter_map(of_resource).collect();
    if let Some(cors) = root.get(EXTENSION) {
        found.push(Found { label: String::new(), lists: Lists::read(cors), findings: Vec::new() });
    }
    if found.is_empty() && is_named {
        let inner =
            ["CorsConfiguration", "cors_configuration", "corsConfiguration"].into_iter().find_map(|key| root.get(key));
        let cors = inner.and_then(block).unwrap_or(root);
        if looks_like_lists(cors) {
            found.push(Found { label: String::new(), lists: Lists::read(cors), findings: Vec::new() });
        }
    }
    if let Some(one) = found.first_mut() {
        one.findings.extend(caught_preflights(&all));
    }
    found
}

fn of_resource(resource: &Resource<'_>) -> Option<Found> {
    let Resource { label, kind, properties } = resource;
    let cors = match *kind {
        "AWS::ApiGatewayV2::Api" => {
            properties.get("CorsConfiguration").or_else(|| properties.at(&["Body", EXTENSION]))?
        }
        "AWS::Serverless::HttpApi" => {
            properties.get("CorsConfiguration").or_else(|| properties.at(&["DefinitionBody", EXTENSION]))?
        }
        "aws_apigatewayv2_api" => block(properties.get("cors_configuration")?)?,
        _ => return None,
    };
    let lists = match cors.boolean(Booleans::Yaml11) {
        // SAM's `true` is any origin, and nothing else.
        Some(true) => {
            Lists { origins: vec![("*".to_owned(), cors.place.clone())], place: cors.place.clone(), ..Lists::default() }
        }
        Some(false) => return None,
        None => Lists::read(cors),
    };
    Some(Found { label: label.clone(), lists, findings: Vec::new() })
}

/// Routes for every method with an authorizer, where no route of `OPTIONS` goes without.
fn caught_preflights(all: &[Resource<'_>]) -> Vec<Finding> {
    let key = |resource: &Resource<'_>| {
        let key = resource.properties.get("RouteKey").or_else(|| resource.properties.get("route_key"));
        key.and_then(Node::text).map(str::to_owned)
    };
    let routes =
        || all.iter().filter(|resource| matches!(resource.kind, "AWS::ApiGatewayV2::Route" | "aws_apigatewayv2_route"));
    let has_authorizer = |resource: &Resource<'_>| {
        let kind =
            resource.properties.get("AuthorizationType").or_else(|| resource.properties.get("authorization_type"));
        kind.and_then(Node::text).is_some_and(|kind| kind != "NONE")
    };
    let is_open = |resource: &Resource<'_>| {
        key(resource).is_some_and(|key| key.starts_with("OPTIONS ")) && !has_authorizer(resource)
    };
    if routes().any(is_open) {
        return Vec::new();
    }
    let catches =
        |resource: &&Resource<'_>| key(resource).is_some_and(|key| key == "$default" || key.starts_with("ANY "));
    let caught = routes().filter(catches).filter(|resource| has_authorizer(resource));
    caught
        .map(|route| {
            let message = "this route has an authorizer and catches OPTIONS, so preflights get 401 and never pass";
            Finding::error(Code::PreflightUnanswered, &route.properties.place, message)
                .suggest("add a route `OPTIONS /{proxy+}` without an authorizer")
        })
        .collect()
}
