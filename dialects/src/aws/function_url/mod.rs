//! Lambda function URLs: CloudFormation, SAM, and plans of Terraform as JSON.

mod lint;
mod read;
mod respond;
mod write;

use super::lists::Lists;
use crate::browse::Responder;
use crate::dialect::{Configuration, Dialect, Export, Reading};
use crate::document::{Document, Place};
use crate::draft::Draft;
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
        urls.map(|(label, lists)| -> Box<dyn Configuration> { Box::new(Url { label, draft: lists.draft(), lists }) })
            .collect()
    }

    fn write(&self, policy: &Promise) -> Result<Export, Vec<String>> {
        write::write(policy)
    }
}

/// The CORS configuration of one URL.
#[derive(Debug)]
struct Url {
    label: String,
    lists: Lists,
    draft: Draft,
}

impl Responder for Url {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        respond::respond(&self.lists, request, upstream)
    }
}

impl Configuration for Url {
    fn label(&self) -> &str {
        &self.label
    }

    fn place(&self) -> &Place {
        &self.lists.place
    }

    fn findings(&self) -> Vec<Finding> {
        self.lists.findings.iter().cloned().chain(lint::findings(&self.lists)).collect()
    }

    fn draft(&self) -> &Draft {
        &self.draft
    }

    fn refused(&self) -> Option<String> {
        lint::refused(&self.lists)
    }
}
