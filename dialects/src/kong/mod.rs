//! Kong's plugin `cors`: in declarative files, `KongPlugin` resources of Kubernetes, and the plugin's own object.

mod entries;
mod lint;
mod plugin;
mod read;
mod respond;
mod url;
mod write;

use crate::browse::Responder;
use crate::dialect::{Configuration, Dialect, Export, Outline, Reading};
use crate::document::Document;
use crate::finding::Finding;
use crate::message::{Received, Sent, Upstream};
use crate::promise::Promise;
use plugin::Plugin;

/// The dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kong;

impl Dialect for Kong {
    fn name(&self) -> &'static str {
        "kong"
    }

    fn about(&self) -> &'static str {
        "Kong's plugin cors: a declarative file, a KongPlugin, or the plugin's object"
    }

    fn read(&self, document: &Document, how: &Reading) -> Vec<Box<dyn Configuration>> {
        let plugins = read::plugins(&document.root, how.is_named);
        let is_old = how.version.as_ref().is_some_and(|version| !version.is_at_least(&[3, 10]));
        let read = |plugin| -> Box<dyn Configuration> { Box::new(Configured::read(plugin, is_old)) };
        plugins.into_iter().map(read).collect()
    }

    fn write(&self, policy: &Promise) -> Result<Export, Vec<String>> {
        write::write(policy)
    }
}

/// One configured plugin, and what it means.
#[derive(Debug)]
struct Configured {
    plugin: Plugin,
    outline: Outline,
}

impl Configured {
    fn read((label, place, config): read::Found<'_>, is_old: bool) -> Self {
        let (options, findings) = read::options(config, is_old);
        let plugin = Plugin::new(place.clone(), options);
        Self { outline: Outline { label, place, draft: lint::draft(&plugin), findings }, plugin }
    }
}

impl Responder for Configured {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        respond::respond(&self.plugin, request, upstream)
    }
}

impl Configuration for Configured {
    fn outline(&self) -> &Outline {
        &self.outline
    }

    fn lint(&self) -> Vec<Finding> {
        lint::findings(&self.plugin)
    }

    fn is_let_in_by(&self, entry: usize, origin: &str) -> Option<bool> {
        self.plugin.entries.get(entry).map(|entry| entry.matches(&url::Normal::of(origin)))
    }

    fn refused(&self) -> Option<String> {
        lint::refused(&self.plugin)
    }
}
