//! Tests that the public interface of each published library is that of its `api.txt`, so that a
//! change of it is seen in a review.
//!
//! rustc's lint `unreachable_pub` holds that everything with `pub` is public, so the sources are
//! enough. Macros are listed as they are called, and not what they make. After a change on purpose,
//! write the files anew: `CORSAC_WRITE=1 cargo test --package corsac --test api`.

mod sources;

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use quote::ToTokens;
use syn::{Attribute, Fields, ImplItem, Item, ItemTrait, TraitItem, TraitItemFn, Type, Visibility};

/// The interface, a line each: the type that it belongs to, then what it is.
#[derive(Default)]
struct Interface {
    /// What has no other place.
    name: String,
    /// The names of public types. What private ones implement is of no interest.
    types: BTreeSet<String>,
    /// The names of private traits. Which types implement them is of no interest either.
    private_traits: BTreeSet<String>,
    lines: Vec<String>,
}

impl Interface {
    fn add(&mut self, place: &str, attributes: &[Attribute], what: &impl ToTokens) {
        let text = what.to_token_stream().to_string();
        let conditions = attributes.iter().filter(|attribute| {
            ["cfg", "non_exhaustive", "derive", "default", "deprecated", "proc_macro"]
                .iter()
                .any(|name| attribute.path().is_ident(name))
        });
        let conditions: String = conditions.map(|attribute| attribute.to_token_stream().to_string() + " ").collect();
        let place = if place.is_empty() { &self.name } else { place.trim() };
        self.lines.push(format!("{place}: {}", tidy(&(conditions + &text))));
    }

    /// Notes the types that are public, and the traits that are not.
    fn find_types(&mut self, items: &[Item]) {
        let is_public = |visibility: &Visibility| matches!(visibility, Visibility::Public(_));
        for item in items {
            match item {
                Item::Struct(item) if is_public(&item.vis) => _ = self.types.insert(item.ident.to_string()),
                Item::Enum(item) if is_public(&item.vis) => _ = self.types.insert(item.ident.to_string()),
                Item::Trait(item) if !is_public(&item.vis) => _ = self.private_traits.insert(item.ident.to_string()),
                _ => {}
            }
        }
    }

    fn items(&mut self, place: &str, items: &[Item]) {
        for item in items {
            self.item(place, item);
        }
    }

    fn item(&mut self, place: &str, item: &Item) {
        let is_public = |visibility: &Visibility| matches!(visibility, Visibility::Public(_));
        match item {
            Item::Fn(item) if is_public(&item.vis) => self.add(place, &item.attrs, &item.sig),
            Item::Const(item) if is_public(&item.vis) => {
                let (name, kind) = (&item.ident, &item.ty);
                self.add(place, &item.attrs, &quote::quote!(const #name: #kind));
            }
            Item::Use(item) if is_public(&item.vis) => self.add(place, &item.attrs, &item.tree),
            Item::Mod(item) if is_public(&item.vis) => self.add(place, &item.attrs, &item.ident),
            Item::Trait(item) if is_public(&item.vis) => {
                self.add(place, &item.attrs, &without_docs(&without_bodies(item).to_token_stream()));
            }
            Item::Struct(item) if is_public(&item.vis) => {
                let (name, generics) = (&item.ident, &item.generics);
                self.add(place, &item.attrs, &quote::quote!(struct #name #generics));
                if let Fields::Named(fields) = &item.fields {
                    for field in fields.named.iter().filter(|field| is_public(&field.vis)) {
                        let (field, kind) = (&field.ident, &field.ty);
                        self.add(&format!("{place} {name}"), &[], &quote::quote!(#field: #kind));
                    }
                } else if let Fields::Unnamed(fields) = &item.fields {
                    for field in fields.unnamed.iter().filter(|field| is_public(&field.vis)) {
                        self.add(&format!("{place} {name}"), &[], &field.ty);
                    }
                }
            }
            Item::Enum(item) if is_public(&item.vis) => {
                let (name, generics) = (&item.ident, &item.generics);
                self.add(place, &item.attrs, &quote::quote!(enum #name #generics));
                for variant in &item.variants {
                    self.add(&format!("{place} {name}"), &[], &without_docs(&variant.to_token_stream()));
                }
            }
            Item::Impl(item) => {
                let (generics, kind, bounds) = (&item.generics, &item.self_ty, &item.generics.where_clause);
                let of_type = match &**kind {
                    Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
                    _ => None,
                };
                if of_type.is_some_and(|name| !self.types.contains(&name)) {
                    return;
                }
                if let Some((_, of, _)) = &item.trait_ {
                    if of.get_ident().is_some_and(|name| self.private_traits.contains(&name.to_string())) {
                        return;
                    }
                    return self.add(place, &item.attrs, &quote::quote!(impl #generics #of for #kind #bounds));
                }
                let place = format!("{place} {}", tidy(&quote::quote!(#kind).to_string()));
                for member in &item.items {
                    match member {
                        ImplItem::Fn(member) if is_public(&member.vis) => self.add(&place, &member.attrs, &member.sig),
                        ImplItem::Const(member) if is_public(&member.vis) => {
                            let (name, kind) = (&member.ident, &member.ty);
                            self.add(&place, &member.attrs, &quote::quote!(const #name: #kind));
                        }
                        ImplItem::Macro(member) => self.add(&place, &[], &without_docs(&member.mac.to_token_stream())),
                        _ => {}
                    }
                }
            }
            Item::Macro(item) if item.ident.is_none() => {
                self.add(place, &[], &without_docs(&item.mac.to_token_stream()));
            }
            _ => {}
        }
    }
}

/// A trait whose methods have no body: what they do without being asked is of no interest.
fn without_bodies(item: &ItemTrait) -> ItemTrait {
    let mut item = item.clone();
    item.attrs.clear();
    for member in &mut item.items {
        if let TraitItem::Fn(TraitItemFn { default: Some(body), .. }) = member {
            body.stmts.clear();
        }
    }
    item
}

/// Tokens without the text of documentation.
fn without_docs(tokens: &impl ToTokens) -> proc_macro2::TokenStream {
    use proc_macro2::{Delimiter, TokenStream, TokenTree};
    let is_doc = |tree: &TokenTree| match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
            matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc")
        }
        _ => false,
    };
    let mut kept: Vec<TokenTree> = Vec::new();
    for tree in tokens.to_token_stream() {
        match tree {
            doc if is_doc(&doc) => _ = kept.pop(),
            TokenTree::Group(group) => {
                let inner = without_docs(&group.stream());
                kept.push(TokenTree::Group(proc_macro2::Group::new(group.delimiter(), inner)));
            }
            other => kept.push(other),
        }
    }
    kept.into_iter().collect::<TokenStream>()
}

/// The text of tokens with the white space that people write.
fn tidy(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut text = words.join(" ");
    for (from, to) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" ::", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        (" :", ":"),
        ("& ", "&"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        ("[ ", "["),
        (" ]", "]"),
        ("# [", "#["),
        ("! [", "!["),
        (" ;", ";"),
        ("->", "-> "),
        ("->  ", "-> "),
    ] {
        text = text.replace(from, to);
    }
    text
}

fn interface(name: &str, folder: &Path) -> String {
    let (files, mut interface) =
        (sources::library(folder), Interface { name: name.to_owned(), ..Interface::default() });
    files.iter().for_each(|source| interface.find_types(&source.file.items));
    files.iter().for_each(|source| interface.items(&source.module, &source.file.items));
    // Sorted, so that code can move from one file to another.
    interface.lines.sort();
    interface.lines.join("\n") + "\n"
}

#[test]
fn public_interfaces_are_the_reviewed_ones() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut differences = String::new();
    for (folder, name) in sources::LIBRARIES {
        let (now, file) = (interface(name, &project.join(folder).join("src")), project.join(folder).join("api.txt"));
        if env::var_os("CORSAC_WRITE").is_some() {
            fs::write(&file, &now).expect("api.txt is written");
        }
        let reviewed = fs::read_to_string(&file).unwrap_or_default();
        let added: Vec<&str> = now.lines().filter(|line| !reviewed.lines().any(|old| old == *line)).collect();
        let removed: Vec<&str> = reviewed.lines().filter(|line| !now.lines().any(|new| new == *line)).collect();
        if now != reviewed {
            differences += &format!("{folder}/api.txt: added {added:#?}, removed {removed:#?}\n");
        }
    }
    assert!(
        differences.is_empty(),
        "the public interface differs from the reviewed one: {differences}If it is meant, run \
         CORSAC_WRITE=1 cargo test --package corsac --test api, and see CHANGELOG.md"
    );
}

/// A crate that is published later must not be forgotten.
#[test]
fn every_published_library_has_its_interface() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = fs::read_dir(&project).expect("a folder").map(|entry| entry.expect("a file").path());
    let published = folders.filter(|folder| {
        let is_private = |text: String| text.lines().any(|line| line == "publish = false");
        folder.join("src/lib.rs").exists() && !fs::read_to_string(folder.join("Cargo.toml")).map_or(true, is_private)
    });
    let names: BTreeSet<String> =
        published.filter_map(|folder| Some(folder.file_name()?.to_str()?.to_owned())).collect();
    assert_eq!(names, sources::LIBRARIES.iter().map(|(folder, _)| (*folder).to_owned()).collect());
}

#[test]
fn interface_has_everything_that_is_public_and_nothing_else() {
    let source = "
        /// Words.
        #[derive(Clone)] #[non_exhaustive] pub struct A<T> { /// Words.
            pub a: u8, pub(crate) b: T }
        pub enum B { C(u8), /** Words. */ D }
        impl<T> A<T> { pub fn e(&self, f: &'static str) -> u8 { 1 } fn g() {} pub const H: u8 = 1; }
        struct N; impl Clone for N { fn clone(&self) -> N { N } }
        impl Clone for B { fn clone(&self) -> B { B::D } }
        trait O {} impl O for B {}
        pub trait P { /// Words.
            fn q(&self) -> u8 { 1 } }
        pub fn i() {} fn j() {} pub(crate) fn k() {}
        names! { L: /// Words.
            M = 1 => \"m\" }
    ";
    let mut interface = Interface::default();
    let items = syn::parse_file(source).expect("Rust").items;
    interface.find_types(&items);
    interface.items("file", &items);
    let wanted = [
        "file: #[derive(Clone)] #[non_exhaustive] struct A<T>",
        "file A: a: u8",
        "file: enum B",
        "file B: C(u8)",
        "file B: D",
        "file A<T>: fn e(&self, f: &'static str) -> u8",
        "file A<T>: const H: u8",
        "file: impl Clone for B",
        "file: pub trait P { fn q(&self) -> u8 { } }",
        "file: fn i()",
        "file: names ! { L: M = 1 => \"m\" }",
    ];
    assert_eq!(interface.lines, wanted);
}
