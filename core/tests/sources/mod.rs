//! The libraries that are published, and their source files, with the public module that each is in.

use std::fs;
use std::path::Path;

use quote::ToTokens;
use syn::{Item, Visibility};

/// The folder of each library that is published, and the name of its crate.
pub(crate) const LIBRARIES: &[(&str, &str)] = &[
    ("core", "corsac"),
    ("macros", "corsac_macros"),
    ("diagnose", "corsac_diagnose"),
    ("regexes", "corsac_regexes"),
    ("dialects", "corsac_dialects"),
    ("tower", "corsac_tower"),
];

/// A source file.
pub(crate) struct Source {
    /// The public module that its items are in: empty for the crate.
    pub(crate) module: String,
    /// Whether this file is that module, so that its docs are those of the module.
    #[allow(dead_code, reason = "only the test of examples reads docs")]
    pub(crate) is_module: bool,
    pub(crate) file: syn::File,
}

/// The files of the library whose `lib.rs` is in this folder.
pub(crate) fn library(folder: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    read(&folder.join("lib.rs"), folder, "", true, &mut found);
    found
}

/// A file and the modules that it declares. Modules of tests are left out.
fn read(file: &Path, folder: &Path, module: &str, is_module: bool, found: &mut Vec<Source>) {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let source = syn::parse_file(&text).expect("Rust");
    for item in &source.items {
        let Item::Mod(declared) = item else { continue };
        let is_test = declared.attrs.iter().any(|attribute| attribute.to_token_stream().to_string().contains("(test)"));
        if declared.content.is_some() || is_test {
            continue;
        }
        let name = declared.ident.to_string();
        let is_public = matches!(declared.vis, Visibility::Public(_));
        let module = match is_public {
            true if module.is_empty() => &name,
            true => &format!("{module}::{name}"),
            false => module,
        };
        let (alone, below) = (folder.join(format!("{name}.rs")), folder.join(&name));
        read(&if alone.exists() { alone } else { below.join("mod.rs") }, &below, module, is_public, found);
    }
    found.push(Source { module: module.to_owned(), is_module, file: source });
}
