//! Finds the policies of a file, and reads their options.

use super::super::lists::Lists;
use super::super::resources::{Resource, block, resources};
use crate::document::{Booleans, Node};
use crate::finding::{Code, Finding};
use crate::members::Members;
use crate::shown::shown;

/// The options of `CorsConfig`.
#[derive(Debug)]
pub(super) struct Options {
    /// The members that API Gateway has, too. `ALL` among the methods is seven names.
    pub(super) lists: Lists,
    /// Whether the policy's headers replace those of the origin.
    pub(super) overrides: bool,
}

/// What `ALL` is.
const ALL_METHODS: [&str; 7] = ["GET", "DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// The members in CloudFormation and in Terraform.
const KEYS: [[&str; 2]; 7] = [
    ["AccessControlAllowOrigins", "access_control_allow_origins"],
    ["AccessControlAllowMethods", "access_control_allow_methods"],
    ["AccessControlAllowHeaders", "access_control_allow_headers"],
    ["AccessControlExposeHeaders", "access_control_expose_headers"],
    ["AccessControlAllowCredentials", "access_control_allow_credentials"],
    ["AccessControlMaxAgeSec", "access_control_max_age_sec"],
    ["OriginOverride", "origin_override"],
];

/// The policies with CORS, each with its name in findings.
pub(super) fn policies(root: &Node, is_named: bool) -> Vec<(String, Options)> {
    let mut found: Vec<(String, Options)> = resources(root).iter().filter_map(of_resource).collect();
    // The object of the API, which the command line of AWS prints and takes.
    let inner = root.get("ResponseHeadersPolicy").unwrap_or(root);
    let config = inner.get("ResponseHeadersPolicyConfig").and_then(|config| config.get("CorsConfig"));
    let config = config.or_else(|| root.get("CorsConfig").filter(|config| is_config(config)));
    if let Some(config) = config.or_else(|| Some(root).filter(|root| is_named && is_config(root))) {
        found.push((String::new(), Options::read(config)));
    }
    found
}

fn is_config(node: &Node) -> bool {
    KEYS.first().is_some_and(|keys| keys.iter().any(|key| node.get(key).is_some()))
}

fn of_resource(resource: &Resource<'_>) -> Option<(String, Options)> {
    let Resource { label, kind, properties } = resource;
    let config = match *kind {
        "AWS::CloudFront::ResponseHeadersPolicy" => properties.at(&["ResponseHeadersPolicyConfig", "CorsConfig"])?,
        "aws_cloudfront_response_headers_policy" => block(properties.get("cors_config")?)?,
        _ => return None,
    };
    Some((label.clone(), Options::read(config)))
}

impl Options {
    fn read(config: &Node) -> Self {
        let written =
            |at: usize| KEYS.get(at).into_iter().flatten().copied().find(|key| config.get(key).is_some()).unwrap_or("");
        let mut members = Members::of(Some(config), Booleans::Yaml11);
        let mut findings = Vec::new();
        let mut items = |at: usize| {
            let list = members.member(written(at)).and_then(block);
            let mut inner = Members::of(list, Booleans::Yaml11);
            let key = if list.is_some_and(|list| list.get("items").is_some()) { "items" } else { "Items" };
            let texts = inner.texts(key).unwrap_or_default();
            findings.append(&mut inner.findings);
            texts
        };
        let (origins, listed, headers, expose) = (items(0), items(1), items(2), items(3));
        let all = listed.iter().find(|(method, _)| method == "ALL");
        let methods = match all {
            Some((_, place)) => ALL_METHODS.map(|method| (method.to_owned(), place.clone())).into(),
            None => listed.clone(),
        };
        let credentials = members.boolean(written(4)).unwrap_or(false);
        let max_age = members.integer(written(5));
        let overrides = members.boolean(written(6)).unwrap_or(false);
        for (key, _) in config.entries().filter(|(key, _)| !KEYS.iter().flatten().any(|known| *known == key.text)) {
            let message = format!("CorsConfig has no member {}", shown(&key.text));
            findings.push(Finding::error(Code::UnknownMember, &key.place, message));
        }
        findings.append(&mut members.findings);
        let place = config.place.clone();
        Self { lists: Lists { origins, methods, headers, expose, credentials, max_age, place, findings }, overrides }
    }
}
