//! API Gateway's HTTP APIs: CloudFormation, SAM, plans of Terraform as JSON, and OpenAPI's `x-amazon-apigateway-cors`.

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
pub(crate) struct HttpApi;

impl Dialect for HttpApi {
    fn name(&self) -> &'static str {
        "aws-http-api"
    }

    fn about(&self) -> &'static str {
        "API Gateway's HTTP API: CloudFormation, SAM, a plan of Terraform as JSON, or x-amazon-apigateway-cors of OpenAPI"
    }

    fn read(&self, document: &Document, how: &Reading) -> Vec<Box<dyn Configuration>> {
        let apis = read::apis(&document.root, how.is_named);
        apis.into_iter().map(|api| -> Box<dyn Configuration> { Box::new(Api::of(api)) }).collect()
    }

    fn write(&self, policy: &Promise) -> Result<Export, Vec<String>> {
        write::write(policy)
    }
}

/// The CORS configuration of one API.
#[derive(Debug)]
struct Api {
    label: String,
    lists: Lists,
    draft: Draft,
    findings: Vec<Finding>,
}

impl Api {
    fn of(read::Found { label, lists, findings }: read::Found) -> Self {
        Self { label, draft: lists.draft(), lists, findings }
    }
}

impl Responder for Api {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        respond::respond(&self.lists, request, upstream)
    }
}

impl Configuration for Api {
    fn label(&self) -> &str {
        &self.label
    }

    fn place(&self) -> &Place {
        &self.lists.place
    }

    fn findings(&self) -> Vec<Finding> {
        let mut all = self.findings.clone();
        all.extend(self.lists.findings.iter().cloned());
        all.extend(lint::findings(&self.lists));
        all
    }

    fn draft(&self) -> &Draft {
        &self.draft
    }

    fn refused(&self) -> Option<String> {
        lint::refused(&self.lists)
    }
}
