//! API Gateway's HTTP APIs: CloudFormation, SAM, plans of Terraform as JSON, and OpenAPI's `x-amazon-apigateway-cors`.

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
    lists: Lists,
    outline: Outline,
}

impl Api {
    fn of(read::Found { label, lists, findings }: read::Found) -> Self {
        let mut outline = lists.outline(label);
        outline.findings.extend(findings);
        Self { lists, outline }
    }
}

impl Responder for Api {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        respond::respond(&self.lists, request, upstream)
    }
}

impl Configuration for Api {
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
