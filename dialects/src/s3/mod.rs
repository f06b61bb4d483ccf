//! S3's bucket CORS: the console's list, the `CORSRules` of the API, CloudFormation, files and plans of Terraform, and XML. Ceph's gateway and
//! Cloudflare's R2 are variants. MinIO has a setting of its own.

mod minio;
mod read;
mod respond;
mod rules;
mod write;

use crate::browse::Responder;
use crate::dialect::{Configuration, Dialect, Export, Outline, Reading};
use crate::document::Document;
use crate::finding::Finding;
use crate::message::{Received, Sent, Upstream};
use crate::promise::Promise;
use rules::{Rule, Variant};

/// The dialect of Amazon's S3.
pub(crate) const S3: Buckets = Buckets(Variant::Amazon);
/// The dialect of Ceph's object gateway.
pub(crate) const CEPH: Buckets = Buckets(Variant::Ceph);
/// The dialect of Cloudflare's R2.
pub(crate) const R2: Buckets = Buckets(Variant::R2);

pub(crate) use minio::MinIo;

/// A product with buckets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Buckets(Variant);

impl Dialect for Buckets {
    fn name(&self) -> &'static str {
        match self.0 {
            Variant::Amazon => "s3",
            Variant::Ceph => "ceph",
            Variant::R2 => "r2",
        }
    }

    fn about(&self) -> &'static str {
        match self.0 {
            Variant::Amazon => {
                "CORS of an S3 bucket: a list of rules, CORSRules, CloudFormation, Terraform (its file or its plan as JSON), or XML"
            }
            Variant::Ceph => "CORS of a bucket of Ceph's object gateway, in S3's words",
            Variant::R2 => "CORS of a bucket of Cloudflare's R2: `rules` as wrangler writes them, or S3's list",
        }
    }

    fn read(&self, document: &Document, how: &Reading) -> Vec<Box<dyn Configuration>> {
        // The same file is S3's, unless another product is named.
        let is_r2 = read::is_r2(&document.root);
        let is_known = match self.0 {
            Variant::Amazon => !is_r2,
            Variant::Ceph => false,
            Variant::R2 => is_r2,
        };
        if !(is_known || how.is_named) {
            return Vec::new();
        }
        let variant = self.0;
        let made = |found: read::Found| -> Box<dyn Configuration> {
            let draft = rules::draft(&found.rules, variant);
            let outline = Outline { label: found.label, place: found.place, draft, findings: found.findings };
            Box::new(Bucket { outline, rules: found.rules, variant })
        };
        read::buckets(&document.root).into_iter().map(made).collect()
    }

    fn write(&self, policy: &Promise) -> Result<Export, Vec<String>> {
        write::write(policy, self.0)
    }
}

/// The rules of one bucket.
#[derive(Debug)]
struct Bucket {
    outline: Outline,
    rules: Vec<Rule>,
    variant: Variant,
}

impl Responder for Bucket {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        match self.variant {
            Variant::Amazon => respond::amazon(&self.rules, request, upstream),
            Variant::Ceph => respond::ceph(&self.rules, request, upstream),
            Variant::R2 => respond::r2(&self.rules, request, upstream),
        }
    }
}

impl Configuration for Bucket {
    fn outline(&self) -> &Outline {
        &self.outline
    }

    fn lint(&self) -> Vec<Finding> {
        rules::findings(&self.rules, self.variant)
    }

    fn refused(&self) -> Option<String> {
        rules::refused(&self.rules, self.variant)
    }
}
