//! nginx: the directives of Corsac's module, and a recipe for those who cannot load one. They are written, and never read, because a
//! configuration of nginx is a program: ask the running server with `corsac verify` instead.

mod module;
mod recipe;

use crate::dialect::{Configuration, Dialect, Export, Reading};
use crate::document::Document;
use crate::promise::Promise;

/// Corsac's own module.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NginxModule;

/// Directives that every nginx has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NginxRecipe;

impl Dialect for NginxModule {
    fn name(&self) -> &'static str {
        "nginx"
    }

    fn about(&self) -> &'static str {
        "the directives of Corsac's nginx module; written only"
    }

    fn is_read(&self) -> bool {
        false
    }

    fn read(&self, _document: &Document, _how: &Reading) -> Vec<Box<dyn Configuration>> {
        Vec::new()
    }

    fn write(&self, policy: &Promise) -> Result<Export, Vec<String>> {
        module::write(policy)
    }
}

impl Dialect for NginxRecipe {
    fn name(&self) -> &'static str {
        "nginx-recipe"
    }

    fn about(&self) -> &'static str {
        "a map and add_header for nginx without a module; written only"
    }

    fn is_read(&self) -> bool {
        false
    }

    fn read(&self, _document: &Document, _how: &Reading) -> Vec<Box<dyn Configuration>> {
        Vec::new()
    }

    fn write(&self, policy: &Promise) -> Result<Export, Vec<String>> {
        recipe::write(policy)
    }
}
