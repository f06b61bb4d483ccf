//! Tests that every public item of the published libraries has an example that runs, because an
//! example is what you read first.
//!
//! A function, macro or constant has it in its own docs. A method may also be used in an example of
//! its type or of another method of it. A type may also be used in one of its methods, of its
//! module or of the crate. Nothing asks for examples of variants and fields, and of what a trait, or a
//! macro of unknown name, defines.

mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use sources::Source;
use syn::{Attribute, ImplItem, Item, TraitItem, Type, UseTree, Visibility};

/// A public item: its place, its name, and the examples of its own docs.
struct Public {
    place: String,
    name: String,
    examples: Vec<String>,
    kind: Kind,
}

#[derive(PartialEq)]
enum Kind {
    Alone,
    Type,
    Method,
}

/// The items of a library, and the examples that items share.
#[derive(Default)]
struct Library {
    items: Vec<Public>,
    /// Types and traits that are public.
    types: BTreeSet<String>,
    /// What only the other crates of the project use.
    hidden: BTreeSet<String>,
    /// Items that have another name outside of their module.
    renamed: BTreeMap<String, String>,
    /// The examples of each type: its own, and those of its methods.
    pages: BTreeMap<String, Vec<String>>,
    /// The examples of the crate and of each module.
    modules: BTreeMap<String, Vec<String>>,
}

impl Library {
    fn read(files: &[Source]) -> Self {
        let mut library = Self::default();
        for source in files {
            if source.is_module {
                library.modules.insert(source.module.clone(), examples(&source.file.attrs));
            }
            source.file.items.iter().for_each(|item| library.find(item));
        }
        for source in files {
            source.file.items.iter().for_each(|item| library.item(&source.module, item));
        }
        library
    }

    /// Notes the types that are public, and the names that are hidden.
    fn find(&mut self, item: &Item) {
        match item {
            Item::Use(item) if is_hidden(&item.attrs) => used(&item.tree, &mut self.hidden),
            Item::Use(item) if is_public(&item.vis) => renamed(&item.tree, &mut self.renamed),
            Item::Struct(item) if is_public(&item.vis) => _ = self.types.insert(item.ident.to_string()),
            Item::Enum(item) if is_public(&item.vis) => _ = self.types.insert(item.ident.to_string()),
            Item::Macro(item) => self.types.extend(made_type(&item.mac).map(|(_, name)| name)),
            _ => {}
        }
    }

    fn add(&mut self, kind: Kind, place: &str, name: &impl ToString, attributes: &[Attribute]) {
        let (mut name, examples) = (name.to_string(), examples(attributes));
        if kind != Kind::Method {
            name = self.renamed.get(&name).cloned().unwrap_or(name);
        }
        if is_hidden(attributes) || self.hidden.contains(&name) || self.hidden.contains(place) {
            return;
        }
        let page = match kind {
            Kind::Type => &name,
            _ => place,
        };
        self.pages.entry(page.to_owned()).or_default().extend(examples.iter().cloned());
        self.items.push(Public { place: place.to_owned(), name, examples, kind });
    }

    fn item(&mut self, module: &str, item: &Item) {
        match item {
            Item::Fn(item) if is_public(&item.vis) => self.add(Kind::Alone, module, &item.sig.ident, &item.attrs),
            Item::Const(item) if is_public(&item.vis) => self.add(Kind::Alone, module, &item.ident, &item.attrs),
            Item::Type(item) if is_public(&item.vis) => self.add(Kind::Type, module, &item.ident, &item.attrs),
            Item::Struct(item) if is_public(&item.vis) => self.add(Kind::Type, module, &item.ident, &item.attrs),
            Item::Enum(item) if is_public(&item.vis) => self.add(Kind::Type, module, &item.ident, &item.attrs),
            Item::Trait(item) if is_public(&item.vis) => {
                self.add(Kind::Type, module, &item.ident, &item.attrs);
                for member in &item.items {
                    let TraitItem::Fn(member) = member else { continue };
                    self.add(Kind::Method, &item.ident.to_string(), &member.sig.ident, &member.attrs);
                }
            }
            Item::Macro(item) => match (&item.ident, made_type(&item.mac)) {
                (Some(name), _) if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) => {
                    self.add(Kind::Alone, module, name, &item.attrs);
                }
                (None, Some((attributes, name))) => self.add(Kind::Type, module, &name, &attributes),
                _ => {}
            },
            Item::Impl(item) if item.trait_.is_none() => {
                let Type::Path(of) = &*item.self_ty else { return };
                let of = of.path.segments.last().expect("a name").ident.to_string();
                if !self.types.contains(&of) {
                    return;
                }
                for member in &item.items {
                    match member {
                        ImplItem::Fn(member) if is_public(&member.vis) => {
                            self.add(Kind::Method, &of, &member.sig.ident, &member.attrs);
                        }
                        ImplItem::Const(member) if is_public(&member.vis) => {
                            self.add(Kind::Method, &of, &member.ident, &member.attrs);
                        }
                        ImplItem::Macro(member) => {
                            let names = setters(member.mac.tokens.clone());
                            names.iter().for_each(|name| self.add(Kind::Method, &of, name, &[]));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    /// The items that have no example.
    fn without_example(&self) -> Vec<String> {
        let no_examples = Vec::new();
        let has_example = |item: &&Public| {
            let page = self.pages.get(if item.kind == Kind::Type { &item.name } else { &item.place });
            let page = page.unwrap_or(&no_examples).iter();
            match item.kind {
                Kind::Alone => item.examples.iter().any(|example| names(example, &item.name)),
                Kind::Method => page.clone().any(|example| names(example, &item.name)),
                Kind::Type => {
                    let modules = ["", &item.place].map(|module| self.modules.get(module));
                    let mut modules = modules.into_iter().flatten().flatten();
                    !item.examples.is_empty()
                        || page.clone().chain(&mut modules).any(|example| names(example, &item.name))
                }
            }
        };
        let missing = self.items.iter().filter(|item| !has_example(item));
        missing.map(|item| format!("{}::{}", item.place, item.name).trim_start_matches(':').to_owned()).collect()
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.to_token_stream().to_string().contains("doc (hidden)"))
}

/// The names that a `use` makes known.
fn used(tree: &UseTree, found: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => used(&path.tree, found),
        UseTree::Name(name) => _ = found.insert(name.ident.to_string()),
        UseTree::Rename(name) => _ = found.insert(name.rename.to_string()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| used(tree, found)),
        UseTree::Glob(_) => {}
    }
}

/// The items that a `use` gives another name.
fn renamed(tree: &UseTree, found: &mut BTreeMap<String, String>) {
    match tree {
        UseTree::Path(path) => renamed(&path.tree, found),
        UseTree::Rename(name) => _ = found.insert(name.ident.to_string(), name.rename.to_string()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| renamed(tree, found)),
        UseTree::Name(_) | UseTree::Glob(_) => {}
    }
}

/// The type that a call of `names!` or `pin_project!` defines, with its attributes.
fn made_type(call: &syn::Macro) -> Option<(Vec<Attribute>, String)> {
    if call.path.segments.last()?.ident == "pin_project" {
        let made: syn::ItemStruct = call.parse_body().ok()?;
        return is_public(&made.vis).then(|| (made.attrs, made.ident.to_string()));
    }
    let parse = |input: syn::parse::ParseStream<'_>| {
        let attributes = Attribute::parse_outer(input)?;
        let name: syn::Ident = input.parse()?;
        input.parse::<TokenStream>()?;
        Ok((attributes, name.to_string()))
    };
    call.path.is_ident("names").then(|| syn::parse::Parser::parse2(parse, call.tokens.clone()).ok()).flatten()
}

/// The methods that a call of `setters!` defines: a name in brackets, or before a colon.
fn setters(tokens: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_start = true;
    for token in tokens {
        match &token {
            TokenTree::Group(group) => {
                found.extend(group.stream().into_iter().next().map(|name| name.to_string()));
            }
            TokenTree::Ident(name) if is_start => found.push(name.to_string()),
            _ => {}
        }
        is_start =
            matches!(&token, TokenTree::Group(_)) || matches!(&token, TokenTree::Punct(mark) if mark.as_char() == ';');
    }
    found
}

/// The code blocks of docs that are compiled and run, without the lines that readers do not see.
fn examples(attributes: &[Attribute]) -> Vec<String> {
    let mut text = String::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("doc")) {
        let syn::Meta::NameValue(doc) = &attribute.meta else { continue };
        if let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(line), .. }) = &doc.value {
            text += &line.value();
            text.push('\n');
        }
    }
    let (mut found, mut block) = (Vec::new(), None::<(bool, String)>);
    for line in text.lines().map(str::trim) {
        match (line.strip_prefix("```"), &mut block) {
            (Some(words), None) => {
                let runs = words.split(',').all(|word| matches!(word.trim(), "" | "rust" | "should_panic"));
                block = Some((runs, String::new()));
            }
            (Some(_), Some(_)) => found.extend(block.take().filter(|(runs, _)| *runs).map(|(_, code)| code)),
            (None, Some((_, code))) if line != "#" && !line.starts_with("# ") => {
                code.push_str(line.split_once("// ").map_or(line, |(code, _)| code));
                code.push('\n');
            }
            _ => {}
        }
    }
    found
}

/// Whether code has this name as a word.
fn names(code: &str, name: &str) -> bool {
    let is_part = |byte: Option<char>| byte.is_some_and(|byte| byte.is_alphanumeric() || byte == '_');
    code.match_indices(name)
        .any(|(at, _)| !is_part(code[..at].chars().next_back()) && !is_part(code[at + name.len()..].chars().next()))
}

fn missing(library: &str) -> Vec<String> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    Library::read(&sources::library(&project.join(library).join("src"))).without_example()
}

#[test]
fn every_public_item_has_an_example_that_runs() {
    let mut wrong = String::new();
    for (library, _) in sources::LIBRARIES {
        let missing = missing(library);
        if !missing.is_empty() {
            wrong += &format!(
                "{library}, {}: {missing:#?}
",
                missing.len()
            );
        }
    }
    assert!(wrong.is_empty(), "items without an example that runs in their docs:\n{wrong}");
}

#[test]
fn items_without_an_example_are_named() {
    let source = "
        //! ```
        //! let _ = Shown;
        //! ```
        /// ```
        /// assert!(shown());
        /// ```
        pub fn shown() {}
        /// ```no_run
        /// not_run();
        /// ```
        pub fn not_run() {}
        /// ```
        /// other_word(); // in_comment
        /// # hidden_line();
        /// ```
        pub fn other() {}
        fn private() {}
        pub struct Shown;
        pub struct Bare;
        /// ```
        /// let page = Page.first();
        /// ```
        pub struct Page;
        impl Page {
            pub fn first(&self) {}
            pub fn second(&self) {}
            /// ```
            /// Page.third(Page.fourth());
            /// ```
            pub fn third(&self) {}
            pub fn fourth(&self) {}
            fn private(&self) {}
            setters! { [fifth] [sixth, Some] seventh: bool; eighth: impl Into<A>, Into::into; }
        }
        struct Private;
        impl Private { pub fn seen_by_nobody(&self) {} }
        names! { /// ```
            /// assert_eq!(Named::A.as_str(), \"a\");
            /// ```
            Named: A = \"a\" }
        names! { Unnamed: A = \"a\" }
        pin_project_lite::pin_project! { pub struct Pinned<F> { #[pin] inner: F } }
        pin_project_lite::pin_project! { struct PrivatePinned<F> { #[pin] inner: F } }
        names! { @ Shown: A = \"a\" }
        #[macro_export] macro_rules! exported { () => {} }
        macro_rules! inner { () => {} }
        pub use inner::push as push_line;
        /// ```
        /// push_line();
        /// ```
        pub fn push() {}
        #[doc(hidden)] pub use inner::{Inner, inner_function};
        pub struct Inner;
        impl Inner { pub fn method(&self) {} }
        pub fn inner_function() {}
    ";
    let file = syn::parse_file(source).expect("Rust");
    let library = Library::read(&[Source { module: String::new(), is_module: true, file }]);
    let wanted = [
        "not_run",
        "other",
        "Bare",
        "Page::second",
        "Page::fifth",
        "Page::sixth",
        "Page::seventh",
        "Page::eighth",
        "Unnamed",
        "Pinned",
        "exported",
    ];
    assert_eq!(library.without_example(), wanted);
}
