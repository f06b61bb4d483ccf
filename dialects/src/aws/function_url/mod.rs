//! Lambda function URLs: CloudFormation, SAM, and files and plans of Terraform.

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
pub(crate) struct FunctionUrl;

impl Dialect for FunctionUrl {
    fn name(&self) -> &'static str {
        "aws-function-url"
    }

    fn about(&self) -> &'static str {
        "Lambda's function URL: CloudFormation, SAM, or Terraform (its file or its plan as JSON)"
    }

    fn read(&self, document: &Document, how: &Reading) -> Vec<Box<dyn Configuration>> {
        let urls = read::urls(&document.root, how.is_named).into_iter();
        let read =
            |(label, lists)| -> Box<dyn Configuration> { Box::new(Listed::of(label, lists, Vec::new(), &PRODUCT)) };
        urls.map(read).collect()
    }

    fn write(&self, policy: &Promise) -> Result<Export, Vec<String>> {
        write::write(policy)
    }
}

const PRODUCT: Product = Product { respond: respond::respond, findings: lint::findings, refused: lint::refused };
