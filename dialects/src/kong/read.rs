//! Finds the plugins of a file, and reads their options.

use crate::document::{Booleans, Node, Place};
use crate::finding::{Code, Finding};
use crate::members::{Members, Placed, plain};
use crate::shown::shown;

/// The methods that the plugin takes, in its own order.
pub(super) const METHODS: [&str; 9] = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

/// A plugin: its name in findings, its place, and its `config`.
pub(super) type Found<'n> = (String, Place, Option<&'n Node>);

/// The CORS plugins of a document that are on.
pub(super) fn plugins(root: &Node, is_named: bool) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let is_resource = root.get("kind").and_then(Node::text) == Some("KongPlugin");
    if is_resource || root.get("_format_version").is_some() || is_list_of_plugins(root.get("plugins")) {
        if is_resource {
            add(root, "plugin", String::new(), &mut found);
        }
        walk(root, "", &mut found);
    } else if is_plugin(root, "name") && root.get("config").is_some() {
        add(root, "name", String::new(), &mut found);
    } else if is_named && root.is_map() {
        let config = root.get("config").filter(|config| config.is_map()).unwrap_or(root);
        found.push((String::new(), root.place.clone(), Some(config)));
    }
    found
}

fn is_list_of_plugins(plugins: Option<&Node>) -> bool {
    plugins.is_some_and(|plugins| {
        plugins.items().iter().any(|plugin| is_plugin(plugin, "name") && plugin.get("config").is_some())
    })
}

fn is_plugin(node: &Node, key: &str) -> bool {
    node.get(key).and_then(Node::text) == Some("cors")
}

/// Plugins are at the top, and at services, routes and consumers.
fn walk<'n>(node: &'n Node, before: &str, found: &mut Vec<Found<'n>>) {
    for (list, is_nested) in
        [("plugins", false), ("services", true), ("routes", true), ("consumers", true), ("consumer_groups", true)]
    {
        let Some(items) = node.get(list) else { continue };
        for (at, item) in items.items().iter().enumerate() {
            let label = format!("{before}{list}[{at}]");
            if is_nested {
                walk(item, &format!("{label}."), found);
            } else {
                add(item, "name", label, found);
            }
        }
    }
}

fn add<'n>(node: &'n Node, key: &str, label: String, found: &mut Vec<Found<'n>>) {
    let is_off = node.get("enabled").and_then(|on| on.boolean(Booleans::Yaml11)) == Some(false)
        || node.get("disabled").and_then(|off| off.boolean(Booleans::Yaml11)) == Some(true);
    if is_plugin(node, key) && !is_off {
        let config = node.get("config");
        found.push((label, config.map_or(&node.place, |config| &config.place).clone(), config));
    }
}

/// The plugin's options.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) origins: Vec<Placed>,
    pub(super) methods: Vec<Placed>,
    /// `None`: the requested headers are echoed.
    pub(super) headers: Option<Vec<String>>,
    pub(super) exposed: Vec<String>,
    pub(super) credentials: bool,
    /// As it is written: Kong sends the number's text.
    pub(super) max_age: Option<String>,
    pub(super) private_network: bool,
    pub(super) preflight_continue: bool,
    pub(super) allow_origin_absent: bool,
}

const KNOWN: [&str; 9] = [
    "origins",
    "methods",
    "headers",
    "exposed_headers",
    "credentials",
    "max_age",
    "private_network",
    "preflight_continue",
    "allow_origin_absent",
];

pub(super) fn options(config: Option<&Node>, is_old: bool) -> (Options, Vec<Finding>) {
    let mut members = Members::of(config, Booleans::Yaml11);
    let methods = members.texts("methods").unwrap_or_default();
    let options = Options {
        origins: members.texts("origins").unwrap_or_default(),
        methods: if methods.is_empty() {
            METHODS.map(|method| (method.to_owned(), Place::default())).into()
        } else {
            methods
        },
        headers: members.texts("headers").map(|headers| plain(&headers)).filter(|headers| !headers.is_empty()),
        exposed: plain(&members.texts("exposed_headers").unwrap_or_default()),
        credentials: members.boolean("credentials").unwrap_or(false),
        max_age: members.text("max_age").map(|(seconds, _)| seconds),
        private_network: members.boolean("private_network").unwrap_or(false),
        preflight_continue: members.boolean("preflight_continue").unwrap_or(false),
        allow_origin_absent: members.boolean("allow_origin_absent").unwrap_or(true) || is_old,
    };
    let mut findings = members.findings;
    for (key, _) in config.into_iter().flat_map(Node::entries) {
        let is_too_new = key.text == "allow_origin_absent" && is_old;
        if !KNOWN.contains(&key.text.as_str()) || is_too_new {
            let message = format!("Kong's plugin cors has no option {}", shown(&key.text));
            findings.push(Finding::error(Code::UnknownMember, &key.place, message));
        }
    }
    (options, findings)
}
