//! Stores of files: Amazon S3, Google Cloud Storage and Azure Storage. Their CORS rules grant nothing: the request needs access as well.

use super::fit::Fit;
use super::quote::json;
use super::recipe::{Layer, Recipe, always};
use super::sign::Sign;
use super::snippet::{Snippet, literals};
use crate::explain::shell_word;

pub(super) const S3: Recipe = Recipe {
    place: "Save this as cors.json and run aws s3api put-bucket-cors --bucket BUCKET --cors-configuration file://cors.json, which replaces \
            all rules of the bucket",
    limits: &[(
        Fit::has_no_store_method,
        "S3 takes no other methods than GET, HEAD, PUT, POST and DELETE in its rules: use one of these",
    )],
    notes: &[(
        Fit::has_no_credentials,
        "S3 sends Access-Control-Allow-Credentials: true to every origin that you list. There is no setting for it",
    )],
    signs: &[Sign::Starts("server", "amazons3"), Sign::Name("x-amz-id-2")],
    code: &["<corsrule>", "\"corsrules\"", "\"allowedheaders\""],
    ..Recipe::new("s3", "Amazon S3", Layer::Store, s3)
};

pub(super) const GCS: Recipe = Recipe {
    place: "Save this as cors.json and run gcloud storage buckets update gs://BUCKET --cors-file=cors.json, which replaces all rules of \
            the bucket",
    limits: &[
        (
            Fit::has_credentials,
            "Cloud Storage never sends Access-Control-Allow-Credentials: send the request without credentials, with a signed URL or a \
             header Authorization instead of cookies",
        ),
        (
            Fit::has_no_store_method,
            "Cloud Storage takes no other methods than GET, HEAD, PUT, POST and DELETE in its rules: use one of these",
        ),
    ],
    notes: &[(
        Fit::has_headers_or_exposed,
        "Cloud Storage has one list, responseHeader, for the headers that scripts send and those that they read",
    )],
    signs: &[
        Sign::Starts("server", "uploadserver"),
        Sign::Name("x-guploader-uploadid"),
        Sign::Name("x-goog-generation"),
    ],
    code: &["gsutil cors", "--cors-file"],
    ..Recipe::new("gcs", "Google Cloud Storage", Layer::Store, gcs)
};

pub(super) const AZURE: Recipe = Recipe {
    place: "Run this, with the service that you use: b for blobs, f for files, q for queues, t for tables. It adds a rule, and the first \
            rule with this origin and method decides",
    limits: &[(
        Fit::has_unknown_method,
        "Azure Storage takes no other methods than DELETE, GET, HEAD, OPTIONS, PATCH, POST and PUT in its rules: use one of these",
    )],
    notes: &[
        (
            Fit::has_no_credentials,
            "Azure Storage sends Access-Control-Allow-Credentials: true to every origin that you list. There is no setting for it",
        ),
        (
            always,
            "this is for Azure Storage. App Service and Functions have az webapp cors and az functionapp cors, which replace the headers \
             of the app, and API Management has the policy cors",
        ),
    ],
    signs: &[Sign::Starts("server", "windows-azure-"), Sign::Name("x-ms-blob-type")],
    code: &["az storage cors"],
    ..Recipe::new("azure", "Azure Storage", Layer::Store, azure)
};

fn s3(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("{");
    lines.line("  \"CORSRules\": [{");
    lines.line(format_args!("    \"AllowedOrigins\": [{}],", json(&fit.origin)));
    lines.line_if(!fit.headers.is_empty(), format_args!("    \"AllowedHeaders\": [{}],", literals(&fit.headers, json)));
    lines.line_if(!fit.exposed.is_empty(), format_args!("    \"ExposeHeaders\": [{}],", literals(&fit.exposed, json)));
    lines.line(format_args!("    \"AllowedMethods\": [{}]", json(&fit.method)));
    lines.line("  }]");
    lines.line("}");
    lines.into_text()
}

fn gcs(fit: &Fit) -> String {
    let mut headers = fit.headers.clone();
    headers.extend(fit.exposed.iter().filter(|name| !fit.headers.contains(name)).cloned());
    let mut lines = Snippet::default();
    lines.line("[{");
    lines.line(format_args!("  \"origin\": [{}],", json(&fit.origin)));
    lines.line_if(!headers.is_empty(), format_args!("  \"responseHeader\": [{}],", literals(&headers, json)));
    lines.line(format_args!("  \"method\": [{}]", json(&fit.method)));
    lines.line("}]");
    lines.into_text()
}

fn azure(fit: &Fit) -> String {
    let words = |values: &[String]| values.iter().map(|value| shell_word(value)).collect::<Vec<_>>().join(" ");
    let mut lines = Snippet::default();
    lines.line("az storage cors add --account-name ACCOUNT --services b \\");
    lines.line(format_args!("  --origins {} \\", shell_word(&fit.origin)));
    lines.line_if(!fit.headers.is_empty(), format_args!("  --allowed-headers {} \\", words(&fit.headers)));
    lines.line_if(!fit.exposed.is_empty(), format_args!("  --exposed-headers {} \\", words(&fit.exposed)));
    lines.line("  --max-age 600 \\");
    lines.line(format_args!("  --methods {}", shell_word(&fit.method)));
    lines.into_text()
}
