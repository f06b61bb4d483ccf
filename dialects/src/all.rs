//! The list of dialects, and the one that a file is written in.

use crate::aws::{CloudFront, FunctionUrl, HttpApi, RestApi};
use crate::dialect::{Configuration, Dialect, Reading};
use crate::document::Document;
use crate::frameworks::{Django, Express, Fastify, Flask, Hono, Koa, Starlette};
use crate::kong::Kong;
use crate::nginx::{NginxModule, NginxRecipe};
use crate::s3::{CEPH, MinIo, R2, S3};

/// Every dialect.
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
#[must_use]
pub fn dialect(name: &str) -> Option<&'static dyn Dialect> {
    ALL.into_iter().find(|dialect| dialect.name() == name)
}

/// The configurations of a document, and the dialect of each. A document can hold several, such as the resources of a template.
#[must_use]
pub fn recognise(document: &Document) -> Vec<(&'static dyn Dialect, Box<dyn Configuration>)> {
    let read = |dialect: &'static dyn Dialect| {
        dialect.read(document, &Reading::default()).into_iter().map(move |configuration| (dialect, configuration))
    };
    ALL.into_iter().flat_map(read).collect()
}
