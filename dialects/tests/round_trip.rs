//! What an export or an import lets in, compared with what it was made from, as browsers see it.

use corsac::{OwnedSpec, PolicySet};
use corsac_dialects::{
    ALL, Change, Configuration, Difference, Export, Reading, Side, dialect, diff, document, import, only_policy,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

/// A few cases, because each is thousands of requests. `PROPTEST_CASES` tries more.
fn cases(few: u32) -> ProptestConfig {
    let more = std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok());
    ProptestConfig { cases: more.unwrap_or(few), ..ProptestConfig::default() }
}

/// Compares what `diff` finds with what is allowed to differ.
fn unexpected(differences: Vec<Difference>, mut is_expected: impl FnMut(&Difference) -> bool) -> Vec<Difference> {
    differences.into_iter().filter(|difference| !is_expected(difference)).collect()
}

fn compiled(spec: &OwnedSpec) -> Option<PolicySet<Vec<u8>>> {
    spec.compile(|_| ()).ok().map(PolicySet::from)
}

fn read_back(name: &str, text: &str) -> Box<dyn Configuration> {
    let documents = document::read(text).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"));
    let how = Reading { is_named: true, ..Reading::default() };
    let mut found: Vec<_> = documents.iter().flat_map(|document| dialect(name).unwrap().read(document, &how)).collect();
    assert_eq!(found.len(), 1, "{name}:\n{text}");
    found.remove(0)
}

const ORIGINS: [&str; 10] = [
    "https://app.example.com",
    "https://b.example",
    "https://b.example:8443",
    "https://*.example.com",
    "https://preview-*.example.com",
    "http://localhost:*",
    "http://127.0.0.1:3000",
    "https://*.b.example:*",
    "moz-extension://2c127fa4-62c7-7e4f-90e5-472b45eecfdc",
    "app://localhost",
];
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "X-OWN", "*"];
const HEADERS: [&str; 5] = ["x-a", "x-b", "authorization", "content-type", "*"];

prop_compose! {
    fn specs()(
        mut origins in subsequence(&ORIGINS[..], 0..4),
        any in prop::bool::weighted(0.1),
        methods in subsequence(&METHODS[..], 1..6),
        headers in subsequence(&HEADERS[..], 0..3),
        expose in subsequence(&["etag", "x-c"][..], 0..3),
        credentials in any::<bool>(),
        max_age in select(vec![None, Some(0), Some(5), Some(600), Some(86_400)]),
    ) -> OwnedSpec {
        if any || origins.is_empty() {
            origins = vec!["*"];
        }
        let mut spec = OwnedSpec::new(origins)
            .allow_methods(methods)
            .allow_headers(headers)
            .expose_headers(expose)
            .allow_credentials(credentials);
        spec.max_age = max_age;
        spec
    }
}

/// Whether the export named it: methods that the product cannot say, or checks of methods that it does not do.
fn is_named(export: &Export, difference: &Difference) -> bool {
    let says = |words: &str| export.losses.iter().any(|loss| loss.contains(words));
    let method = difference.ask.method.as_str();
    match difference.change {
        Change::Opens | Change::OpensWithCookies => {
            ["GET", "HEAD", "POST"].contains(&method) && says("Safelisted methods")
        }
        Change::Closes => {
            // CloudFront's `*` is one label for certain.
            (difference.is_uncertain && says("one label"))
                || says(&format!("The method {method} is left out"))
                || says("Any method becomes")
        }
        // Neither is about who reads what. The losses name them.
        _ => true,
    }
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn export_opens_nothing_and_names_what_it_closes(spec in specs()) {
        let Some(policies) = compiled(&spec) else { return Ok(()) };
        let policy = only_policy(&policies).unwrap();
        for dialect in ALL.into_iter().filter(|dialect| dialect.is_read()) {
            let Ok(export) = dialect.write(&policy) else { continue };
            let back = read_back(dialect.name(), &export.text);
            prop_assert!(back.refused().is_none(), "{}", export.text);
            let found = diff(&Side::policy(&policies, b"/"), &Side::configuration(&*back));
            let found = unexpected(found, |difference| is_named(&export, difference));
            prop_assert!(found.is_empty(), "{}\n{found:#?}\n{}", dialect.name(), export.text);

            // What comes back is what the file says, never more.
            if let Ok(imported) = import(&*back) {
                let found = diff(&Side::configuration(&*back), &Side::policy(&imported.policies, b"/"));
                let found = unexpected(found, |difference| difference.change > Change::Opens);
                prop_assert!(found.is_empty(), "{}\n{found:#?}\n{}", dialect.name(), export.text);
            }
        }
    }
}

const ENTRIES: [&str; 14] = [
    "*",
    "null",
    "app.example.com",
    "https://app.example.com",
    "https://app.example.com/",
    "https://b.example:443",
    "https://*.example.com",
    "*.example.com",
    r"https://a\.example\.com|https://b\.example\.com",
    r"(.*\.)?example\.com",
    r"^https://([a-z0-9_-]+\.)+example\.com$",
    "https://my_app.example.com",
    r"https?://localhost(:\d+)?",
    ".*",
];

/// Whether an entry is written as an expression where a product has them.
fn is_expression(entry: &str) -> bool {
    entry.contains(['\\', '(', '^']) || entry == ".*"
}

/// The parts of a configuration, whatever the product calls them.
#[derive(Clone, Debug)]
struct Parts {
    origins: Vec<&'static str>,
    methods: Vec<&'static str>,
    headers: Vec<&'static str>,
    expose: Vec<&'static str>,
    credentials: bool,
}

impl Parts {
    fn split(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        self.origins.iter().partition(|entry| !is_expression(entry))
    }

    /// The same, in a product's words.
    fn written(&self, dialect: &str) -> Value {
        let Self { origins, methods, headers, expose, credentials } = self;
        let (texts, expressions) = self.split();
        let script = |entry: &&str| if is_expression(entry) { format!("/{entry}/") } else { (*entry).to_owned() };
        match dialect {
            "kong" => json!({"name": "cors", "config": {
                "origins": origins, "credentials": credentials, "headers": headers, "methods": methods, "exposed_headers": expose}}),
            "aws-http-api" | "aws-function-url" => json!({
                "AllowOrigins": origins, "AllowMethods": methods, "AllowHeaders": headers, "ExposeHeaders": expose,
                "AllowCredentials": credentials}),
            "aws-cloudfront" => json!({
                "AccessControlAllowOrigins": {"Items": origins}, "AccessControlAllowMethods": {"Items": methods},
                "AccessControlAllowHeaders": {"Items": headers}, "AccessControlExposeHeaders": {"Items": expose},
                "AccessControlAllowCredentials": credentials, "OriginOverride": true}),
            "aws-rest-api" => json!({"Resources": {"Api": {"Type": "AWS::Serverless::Api", "Properties": {"Cors": {
                "AllowOrigin": origins.first().map(|origin| format!("'{origin}'")), "AllowCredentials": credentials}}}}}),
            "s3" | "ceph" | "r2" => json!([{
                "AllowedOrigins": origins, "AllowedMethods": methods, "AllowedHeaders": headers, "ExposeHeaders": expose}]),
            "minio" => json!({"MINIO_API_CORS_ALLOW_ORIGIN": origins.join(",")}),
            "express" | "fastify" => json!({
                "origin": origins.iter().map(script).collect::<Vec<_>>(), "methods": methods, "allowedHeaders": headers,
                "exposedHeaders": expose, "credentials": credentials}),
            "koa" => json!({
                "origin": texts.first(), "allowMethods": methods, "allowHeaders": headers, "exposeHeaders": expose,
                "credentials": credentials}),
            "hono" => json!({
                "origin": texts, "allowMethods": methods, "allowHeaders": headers, "exposeHeaders": expose,
                "credentials": credentials}),
            "starlette" => json!({
                "allow_origins": texts, "allow_origin_regex": expressions.first(), "allow_methods": methods,
                "allow_headers": headers, "expose_headers": expose, "allow_credentials": credentials}),
            "django-cors-headers" => json!({
                "CORS_ALLOWED_ORIGINS": texts, "CORS_ALLOWED_ORIGIN_REGEXES": expressions, "CORS_ALLOW_METHODS": methods,
                "CORS_ALLOW_HEADERS": headers, "CORS_EXPOSE_HEADERS": expose, "CORS_ALLOW_CREDENTIALS": credentials}),
            "flask-cors" => json!({
                "origins": origins, "methods": methods, "allow_headers": headers, "expose_headers": expose,
                "supports_credentials": credentials}),
            other => panic!("no configuration is made for {other}: add it here"),
        }
    }
}

proptest! {
    #![proptest_config(cases(8))]

    #[test]
    fn import_never_widens(
        origins in subsequence(&ENTRIES[..], 0..4),
        credentials in any::<bool>(),
        headers in subsequence(&HEADERS[..], 0..3),
        methods in subsequence(&["GET", "PUT", "DELETE"][..], 0..3),
        expose in subsequence(&["etag", "x-c"][..], 0..3),
    ) {
        let parts = Parts { origins, methods, headers, expose, credentials };
        for dialect in ALL.into_iter().filter(|dialect| dialect.is_read()) {
            let file = parts.written(dialect.name()).to_string();
            let one = read_back(dialect.name(), &file);
            if let Ok(imported) = import(&*one) {
                let found = diff(&Side::configuration(&*one), &Side::policy(&imported.policies, b"/"));
                let found = unexpected(found, |difference| difference.change > Change::Opens);
                prop_assert!(found.is_empty(), "{}: {file}\n{found:#?}\n{}", dialect.name(), imported.to_text("it"));
            }
        }
    }
}
