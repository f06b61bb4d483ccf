//! The list of dialects, and the one that a file is written in.

use crate::aws::{CloudFront, FunctionUrl, HttpApi, RestApi};
use crate::dialect::{Configuration, Dialect, Reading};
use crate::document::Document;
use crate::frameworks::{Django, Express, Fastify, Flask, Hono, Koa, Starlette};
use crate::kong::Kong;
use crate::nginx::{NginxModule, NginxRecipe};
use crate::s3::{CEPH, MinIo, R2, S3};

/// Every dialect.
///
/// ```
/// let names: Vec<&str> = corsac_dialects::ALL.iter().map(|dialect| dialect.name()).collect();
/// assert!(names.contains(&"kong") && names.contains(&"express"));
/// ```
pub const ALL: [&dyn Dialect; 18] = [
    &Kong,
    &HttpApi,
    &RestApi,
    &FunctionUrl,
    &CloudFront,
    &Express,
    &Fastify,
    &Koa,
    &Hono,
    &Starlette,
    &Django,
    &Flask,
    &S3,
    &CEPH,
    &R2,
    &MinIo,
    &NginxModule,
    &NginxRecipe,
];

/// The dialect with this name.
///
/// ```
/// use corsac_dialects::dialect;
/// assert!(dialect("kong").is_some_and(|kong| kong.is_read()));
/// assert!(dialect("Kong").is_none());
/// ```
#[must_use]
pub fn dialect(name: &str) -> Option<&'static dyn Dialect> {
    ALL.into_iter().find(|dialect| dialect.name() == name)
}

/// The configurations of a document, and the dialect of each. A document can hold several, such as the resources of a template.
///
/// ```
/// use corsac_dialects::{document, recognise};
/// let documents = document::read("plugins: [{name: cors, config: {origins: ['https://a.example']}}]")?;
/// let found = recognise(&documents[0]);
/// assert_eq!((found.len(), found[0].0.name(), found[0].1.label()), (1, "kong", "plugins[0]"));
/// # Ok::<(), document::ReadError>(())
/// ```
#[must_use]
pub fn recognise(document: &Document) -> Vec<(&'static dyn Dialect, Box<dyn Configuration>)> {
    let read = |dialect: &'static dyn Dialect| {
        dialect.read(document, &Reading::default()).into_iter().map(move |configuration| (dialect, configuration))
    };
    ALL.into_iter().flat_map(read).collect()
}
