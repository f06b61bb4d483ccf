//! CloudFront's response headers policies: CloudFormation, files and plans of Terraform, and the object of the API.

mod lint;
mod origins;
mod read;
mod respond;
mod write;

use crate::browse::Responder;
use crate::dialect::{Configuration, Dialect, Export, Outline, Reading};
use crate::document::Document;
use crate::finding::Finding;
use crate::message::{Received, Sent, Upstream};
use crate::promise::Promise;

/// The dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CloudFront;

impl Dialect for CloudFront {
    fn name(&self) -> &'static str {
        "aws-cloudfront"
    }

    fn about(&self) -> &'static str {
        "CloudFront's response headers policy: CloudFormation, Terraform (its file or its plan as JSON), or the API's object"
    }

    fn read(&self, document: &Document, how: &Reading) -> Vec<Box<dyn Configuration>> {
        let policies = read::policies(&document.root, how.is_named).into_iter();
        policies
            .map(|(label, options)| -> Box<dyn Configuration> {
                let (place, draft) = (options.lists.place.clone(), lint::draft(&options));
                let outline = Outline { label, place, draft, findings: options.lists.findings.clone() };
                Box::new(HeadersPolicy { outline, options })
            })
            .collect()
    }

    fn write(&self, policy: &Promise) -> Result<Export, Vec<String>> {
        write::write(policy)
    }
}

/// One response headers policy.
#[derive(Debug)]
struct HeadersPolicy {
    options: read::Options,
    outline: Outline,
}

impl Responder for HeadersPolicy {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        respond::respond(&self.options, request, upstream)
    }
}

impl Configuration for HeadersPolicy {
    fn outline(&self) -> &Outline {
        &self.outline
    }

    fn lint(&self) -> Vec<Finding> {
        lint::findings(&self.options)
    }
}
