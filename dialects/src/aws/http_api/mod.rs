//! API Gateway's HTTP APIs: CloudFormation, SAM, files and plans of Terraform, and OpenAPI's `x-amazon-apigateway-cors`.

mod lint;
mod read;
mod respond;
mod write;

use super::lists::{Listed, Product};
use crate::dialect::{Configuration, Dialect, Export, Reading};
use crate::document::Document;
use crate::promise::Promise;

/// The dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HttpApi;

impl Dialect for HttpApi {
    fn name(&self) -> &'static str {
        "aws-http-api"
    }

    fn about(&self) -> &'static str {
        "API Gateway's HTTP API: CloudFormation, SAM, Terraform (its file or its plan as JSON), or x-amazon-apigateway-cors of OpenAPI"
    }

    fn read(&self, document: &Document, how: &Reading) -> Vec<Box<dyn Configuration>> {
        let apis = read::apis(&document.root, how.is_named);
        let read = |api: read::Found| -> Box<dyn Configuration> {
            Box::new(Listed::of(api.label, api.lists, api.findings, &PRODUCT))
        };
        apis.into_iter().map(read).collect()
    }

    fn write(&self, policy: &Promise) -> Result<Export, Vec<String>> {
        write::write(policy)
    }
}

const PRODUCT: Product = Product { respond: respond::respond, findings: lint::findings, refused: lint::refused };
