//! API Gateway's REST APIs: SAM's `Cors`, and methods `OPTIONS` with a mock integration in templates, as CDK writes them.
//! There is no CORS at run time: preflights get static headers, and other responses get what the backend sends.

use crate::browse::Responder;
use crate::dialect::{Configuration, Dialect, Export, Outline, Reading};
use crate::document::{Booleans, Document, Node, Place};
use crate::draft::{Draft, Entry, Names};
use crate::finding::{Code, Finding};
use crate::message::{ACAC, ACAH, ACAM, ACAO, ACMA, Received, Sent, Upstream};
use crate::origin::is_sendable;
use crate::promise::Promise;

use super::resources::{Resource, resources};

/// The dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RestApi;

impl Dialect for RestApi {
    fn name(&self) -> &'static str {
        "aws-rest-api"
    }

    fn about(&self) -> &'static str {
        "API Gateway's REST API: SAM's Cors, or an OPTIONS method with a mock integration in CloudFormation"
    }

    fn read(&self, document: &Document, _how: &Reading) -> Vec<Box<dyn Configuration>> {
        let all = resources(&document.root);
        all.iter().filter_map(of_resource).map(|api| -> Box<dyn Configuration> { Box::new(api) }).collect()
    }

    fn write(&self, _policy: &Promise) -> Result<Export, Vec<String>> {
        let why = "a REST API has no CORS for other responses than preflights: let your backend respond to OPTIONS with Corsac, through a proxy";
        Err(vec![why.to_owned()])
    }
}

/// What responds to `OPTIONS`.
#[derive(Debug)]
struct Mock {
    outline: Outline,
    status: u16,
    /// Names and values, as they are sent.
    headers: Vec<(String, String)>,
    /// Origins that a template of the response sends instead, each to its own page.
    others: Vec<String>,
    /// Whether the list of methods is made from the paths of the API, which are not read.
    has_unknown_methods: bool,
}

/// A value between its own single quotes.
fn unquoted(text: &str) -> &str {
    text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap_or(text)
}

fn of_resource(resource: &Resource<'_>) -> Option<Mock> {
    match resource.kind {
        "AWS::Serverless::Api" => of_sam(&resource.label, resource.properties.get("Cors")?),
        "AWS::ApiGateway::Method" if resource.properties.get("HttpMethod").and_then(Node::text) == Some("OPTIONS") => {
            of_method(&resource.label, resource.properties.get("Integration")?)
        }
        _ => None,
    }
}

fn of_sam(label: &str, cors: &Node) -> Option<Mock> {
    let mut headers = Vec::new();
    let member = |key: &str| cors.get(key).and_then(Node::text).map(|text| unquoted(text).to_owned());
    let origin = cors.text().map(|text| unquoted(text).to_owned()).or_else(|| member("AllowOrigin"));
    headers.push((ACAO.to_owned(), origin.unwrap_or_else(|| "*".to_owned())));
    let methods = member("AllowMethods");
    let has_unknown_methods = methods.is_none();
    for (name, value) in [(ACAM, methods), (ACAH, member("AllowHeaders")), (ACMA, member("MaxAge"))] {
        headers.extend(value.map(|value| (name.to_owned(), value)));
    }
    if cors.get("AllowCredentials").and_then(|on| on.boolean(Booleans::Yaml11)) == Some(true) {
        headers.push((ACAC.to_owned(), "true".to_owned()));
    }
    Some(Mock::new(label, &cors.place, 200, headers, Vec::new(), has_unknown_methods))
}

fn of_method(label: &str, integration: &Node) -> Option<Mock> {
    if integration.get("Type").and_then(Node::text) != Some("MOCK") {
        return None;
    }
    let response = integration.get("IntegrationResponses")?.items().first()?;
    let status = response.get("StatusCode").and_then(Node::integer).and_then(|status| u16::try_from(status).ok());
    let mut headers = Vec::new();
    for (key, value) in response.get("ResponseParameters")?.entries() {
        if let (Some(name), Some(value)) = (key.text.strip_prefix("method.response.header."), value.text()) {
            headers.push((name.to_owned(), unquoted(value).to_owned()));
        }
    }
    headers.iter().any(|(name, _)| name == ACAO).then(|| {
        let templates = response.get("ResponseTemplates").into_iter().flat_map(Node::entries);
        let others = templates.filter_map(|(_, template)| template.text()).flat_map(compared).collect();
        Mock::new(label, &integration.place, status.unwrap_or(200), headers, others, false)
    })
}

/// The origins that a template of CDK compares with.
fn compared(template: &str) -> Vec<String> {
    let parts = template.split("$origin == \"").skip(1);
    let mut found: Vec<String> = parts.filter_map(|part| part.split('"').next()).map(str::to_owned).collect();
    found.retain(|origin| !origin.is_empty());
    found
}

impl Mock {
    fn new(
        label: &str,
        place: &Place,
        status: u16,
        headers: Vec<(String, String)>,
        others: Vec<String>,
        has_unknown_methods: bool,
    ) -> Self {
        let value = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let list = |name: &str| value(name).unwrap_or_default().split(',').map(|name| name.trim().to_owned()).collect();
        let entry = |origin: &str| match origin {
            "*" => Entry::any(origin, place),
            _ if is_sendable(origin) => Entry::exact(origin, place, vec![origin.to_owned()]),
            _ => {
                Entry::dead(origin, place, "browsers send an origin with its scheme, in lower case, and without a path")
            }
        };
        let origins: Vec<&str> = value(ACAO).into_iter().chain(others.iter().map(String::as_str)).collect();
        let message =
            "responses other than preflights get what your backend sends, so half of the policy is not in this file";
        let refusal = Finding::error(Code::Uncertain, place, message)
            .suggest("let the backend decide, and write its policy by hand");
        let draft = Draft {
            origins: origins.into_iter().map(entry).collect(),
            methods: Names::Listed(list(ACAM)),
            headers: Names::Listed(list(ACAH)),
            credentials: value(ACAC) == Some("true"),
            max_age: value(ACMA).and_then(|seconds| seconds.parse().ok()),
            refusals: vec![refusal],
            ..Draft::default()
        };
        let outline = Outline { label: label.to_owned(), place: place.clone(), draft, findings: Vec::new() };
        Self { outline, status, headers, others, has_unknown_methods }
    }
}

impl Responder for Mock {
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
        if request.method != b"OPTIONS" {
            return Sent::by_upstream(upstream);
        }
        // Every OPTIONS gets the same, with or without Origin.
        let mut sent = Sent::by_product(self.status);
        for (name, value) in &self.headers {
            sent.add(name, value);
        }
        if let Some(origin) = request.first("origin")
            && self.others.iter().any(|other| other.as_bytes() == origin)
        {
            sent.set(ACAO, origin);
        }
        if self.has_unknown_methods {
            sent.doubt("access-control-allow-methods");
        }
        sent
    }
}

impl Configuration for Mock {
    fn outline(&self) -> &Outline {
        &self.outline
    }

    fn lint(&self) -> Vec<Finding> {
        let message = "API Gateway sends CORS headers on preflights only: your backend must send them on every other response, and gateway \
            responses (DEFAULT_4XX, DEFAULT_5XX) need them, too";
        let finding = Finding::warning(Code::ErrorsUncovered, self.place(), message);
        vec![finding.suggest("let the backend decide, and add Access-Control-Allow-Origin to both gateway responses")]
    }
}
