//! Finds the rules of a file.

use super::rules::Rule;
use crate::document::{Booleans, Node, Place};
use crate::finding::{Code, Finding};
use crate::members::{Members, Placed};
use crate::shown::shown;

/// The rules of one bucket.
pub(super) struct Found {
    pub(super) label: String,
    pub(super) place: Place,
    pub(super) rules: Vec<Rule>,
    pub(super) findings: Vec<Finding>,
}

/// The members: of the API and the console, of XML, of CloudFormation, of Terraform, of R2.
const KEYS: [&[&str]; 5] = [
    &["AllowedOrigins", "AllowedOrigin", "allowed_origins", "origins"],
    &["AllowedMethods", "AllowedMethod", "allowed_methods", "methods"],
    &["AllowedHeaders", "AllowedHeader", "allowed_headers", "headers"],
    &["ExposeHeaders", "ExposeHeader", "ExposedHeaders", "expose_headers", "exposeHeaders"],
    &["MaxAgeSeconds", "MaxAge", "max_age_seconds", "maxAgeSeconds"],
];
/// Where R2 has the first three.
const ALLOWED: &str = "allowed";
const NAMES: [&str; 4] = ["ID", "Id", "id", "IdPrefix"];

pub(super) fn buckets(root: &Node) -> Vec<Found> {
    let mut found = Vec::new();
    if is_rules(root) {
        found.push(read(String::new(), root));
    }
    for rules in [
        root.get("rules").filter(|_| is_r2(root)),
        root.get("CORSRules"),
        root.at(&["CORSConfiguration", "CORSRule"]),
        root.at(&["CORSConfiguration", "CORSRules"]),
    ] {
        found.extend(rules.map(|rules| read(String::new(), rules)));
    }
    for (name, resource) in root.get("Resources").into_iter().flat_map(Node::entries) {
        if resource.get("Type").and_then(Node::text) == Some("AWS::S3::Bucket")
            && let Some(cors) = resource.at(&["Properties", "CorsConfiguration"])
            && let Some(rules) = if cors.unknown().is_some() { Some(cors) } else { cors.get("CorsRules") }
        {
            found.push(read(name.text.clone(), rules));
        }
    }
    if let Some(module) = root.at(&["planned_values", "root_module"]) {
        add_module(module, &mut found);
    }
    found
}

fn add_module(module: &Node, found: &mut Vec<Found>) {
    for resource in module.get("resources").map(Node::items).unwrap_or_default() {
        let text = |key| resource.get(key).and_then(Node::text);
        let is_cors = matches!(text("type"), Some("aws_s3_bucket_cors_configuration" | "aws_s3_bucket"));
        if let Some(rules) = resource.at(&["values", "cors_rule"]).filter(|rules| is_cors && !rules.items().is_empty())
        {
            found.push(read(text("address").unwrap_or_default().to_owned(), rules));
        }
    }
    for child in module.get("child_modules").map(Node::items).unwrap_or_default() {
        add_module(child, found);
    }
}

/// Whether a list is one of rules. The names of GCS and R2 are others.
fn is_rules(node: &Node) -> bool {
    node.items().iter().any(|rule| rule.get("AllowedOrigins").is_some() && rule.get("AllowedMethods").is_some())
}

/// Whether a document has rules as R2's API and wrangler write them.
pub(super) fn is_r2(root: &Node) -> bool {
    root.get("rules").is_some_and(|rules| rules.items().iter().any(|rule| rule.at(&[ALLOWED, "origins"]).is_some()))
}

fn read(label: String, node: &Node) -> Found {
    let mut findings = Vec::new();
    // XML has one rule without a list.
    let nodes = if node.is_list() { node.items() } else { std::slice::from_ref(node) };
    for unknown in nodes.iter().filter(|rule| rule.unknown().is_some()) {
        findings.append(&mut Members::of(Some(unknown), Booleans::Yaml11).findings);
    }
    let rules = nodes.iter().filter(|rule| rule.is_map()).map(|rule| read_rule(rule, &mut findings)).collect();
    Found { label, place: node.place.clone(), rules, findings }
}

fn read_rule(node: &Node, findings: &mut Vec<Finding>) -> Rule {
    let allowed = node.get(ALLOWED).unwrap_or(node);
    let mut members = Members::of(Some(allowed), Booleans::Yaml11);
    let (origins, methods, headers) = (texts(&mut members, 0), texts(&mut members, 1), texts(&mut members, 2));
    findings.append(&mut members.findings);
    let mut members = Members::of(Some(node), Booleans::Yaml11);
    let expose = texts(&mut members, 3);
    let max_age = members.integer(written(node, 4));
    findings.append(&mut members.findings);
    let inner = allowed.entries().filter(|_| node.get(ALLOWED).is_some());
    for (key, _) in node.entries().chain(inner) {
        if !KEYS.iter().flat_map(|keys| keys.iter()).chain(&NAMES).chain([&ALLOWED]).any(|known| *known == key.text) {
            let message = format!("a rule has no member {}", shown(&key.text));
            findings.push(Finding::error(Code::UnknownMember, &key.place, message));
        }
    }
    Rule { origins, methods, headers, expose, max_age, place: node.place.clone() }
}

/// The name of a member as this file writes it.
fn written(node: &Node, at: usize) -> &'static str {
    KEYS.get(at).copied().unwrap_or_default().iter().copied().find(|key| node.get(key).is_some()).unwrap_or("")
}

fn texts(members: &mut Members<'_>, at: usize) -> Vec<Placed> {
    let Some(node) = members.node() else { return Vec::new() };
    let key = written(node, at);
    match node.get(key) {
        // XML has one element without a list.
        Some(one) if one.text().is_some() => vec![(one.text().unwrap_or_default().to_owned(), one.place.clone())],
        _ => members.texts(key).unwrap_or_default(),
    }
}
