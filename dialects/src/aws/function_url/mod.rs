//! Lambda function URLs: CloudFormation, SAM, and plans of Terraform as JSON.

mod lint;
mod read;
mod respond;
mod write;

use super::lists::Lists;
use crate::browse::Responder;
use crate::dialect::{Configuration, Dialect, Export, Outline, Reading};
use crate::document::Document;
use crate::finding::Finding;
use crate::message::{Received, Sent, Upstream};
use crate::promise::Promise;

/// The dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FunctionUrl;

impl Dialect for FunctionUrl {
    fn name(&self) -> &'static str {
        "aws-function-url"
    }

    fn about(&self) -> &'static str {
        "Lambda's function URL: CloudFormation, SAM, or a plan of Terraform as JSON"
    }

    fn read(&self, document: &Document, how: &Reading) -> Vec<Box<dyn Configuration>> {
        let urls = read::urls(&document.root, how.is_named).into_iter();
        urls.map(|(label, lists)| -> Box<dyn Configuration> { Box::new(Url { outline: lists.outline(label), lists }) })
            .collect()
    }

    fn write(&self, policy: &Promise) -> Result<Export, Vec<String>> {
        write::write(policy)
    }
}

/// The CORS configuration of one URL.
#[derive(Debug)]
struct Url {
    lists: Lists,
    outline: Outline,
}

impl Responder for Url {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        respond::respond(&self.lists, request, upstream)
    }
}

impl Configuration for Url {
    fn outline(&self) -> &Outline {
        &self.outline
    }

    fn lint(&self) -> Vec<Finding> {
        lint::findings(&self.lists)
    }

    fn refused(&self) -> Option<String> {
        lint::refused(&self.lists)
    }
}
