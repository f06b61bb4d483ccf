//! What hosts and headers say about themselves: one sentence each, as a possibility.

use crate::place::Place;

/// A part of a host's name, its end, and what that host is known for.
const HOSTS: [(&str, &str, &str); 9] = [
    (
        ".execute-api.",
        ".amazonaws.com",
        "This may be Amazon API Gateway: errors of the gateway itself have no CORS headers until you add them to its gateway responses.",
    ),
    (
        "s3",
        ".amazonaws.com",
        "This may be an S3 bucket: without a matching rule in the bucket's CORS configuration it sends no CORS headers, and a preflight gets 403. That is not a problem of signing in.",
    ),
    (
        ".lambda-url.",
        ".on.aws",
        "This may be a Lambda function URL: set CORS there or in the function, but not in both.",
    ),
    (
        "",
        ".cloudfunctions.net",
        "This may be a Google Cloud function: without the invoker's permission for everyone, Google responds with 403 before your code runs.",
    ),
    (
        "",
        ".run.app",
        "This may be Google Cloud Run: without the invoker's permission for everyone, Google responds with 403 before your code runs.",
    ),
    (
        "",
        "storage.googleapis.com",
        "This may be a Google Cloud Storage bucket: set CORS on the bucket with gcloud storage buckets update --cors-file.",
    ),
    ("", ".blob.core.windows.net", "This may be Azure Blob Storage: add a CORS rule to the storage account."),
    (
        "",
        ".cloudfront.net",
        "This may be CloudFront: let it pass the Origin header on, or a copy for one page is sent to all.",
    ),
    (
        "",
        ".azurewebsites.net",
        "This may be Azure App Service: its CORS setting and your code must not both add the headers.",
    ),
];

pub(crate) fn of_host(url: &str) -> Option<&'static str> {
    let host = Place::of(url)?.host.to_ascii_lowercase();
    let found = HOSTS.iter().find(|(part, end, _)| host.ends_with(end) && host.contains(part));
    found.map(|(_, _, hint)| *hint)
}

/// Headers that a page does not set itself, by their beginning.
const ADDED: [(&str, &str); 8] = [
    (
        "sentry-trace",
        "Sentry adds this header: list the URLs that need it in tracePropagationTargets, or allow the header on the server.",
    ),
    (
        "baggage",
        "A tracing library such as Sentry adds this header: list the URLs that need it in tracePropagationTargets, or allow the header on the server.",
    ),
    (
        "traceparent",
        "A tracing library (OpenTelemetry, Application Insights) adds this header: limit the hosts for which it does, or allow the header on the server.",
    ),
    (
        "tracestate",
        "A tracing library adds this header: limit the hosts for which it does, or allow the header on the server.",
    ),
    (
        "request-id",
        "Application Insights adds this header: set correlationHeaderExcludedDomains, or allow the header on the server.",
    ),
    ("x-datadog-", "Datadog adds this header: limit allowedTracingUrls, or allow the header on the server."),
    (
        "newrelic",
        "New Relic adds this header: limit distributed_tracing.allowed_origins, or allow the header on the server.",
    ),
    ("x-ijt", "The preview of a JetBrains editor adds this header: open the page with a server of your own."),
];

pub(crate) fn of_header(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    ADDED.iter().find(|(start, _)| name.starts_with(start)).map(|(_, hint)| *hint)
}
