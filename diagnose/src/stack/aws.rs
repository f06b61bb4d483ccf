//! Amazon: the CORS configuration of an HTTP API and of a function URL, and a response headers policy of CloudFront.

use super::fit::Fit;
use super::quote::json;
use super::recipe::{Layer, Recipe};
use super::sign::Sign;
use super::snippet::{Snippet, literals};

pub(super) const API_GATEWAY: Recipe = Recipe {
    also: &["aws-http-api"],
    place: "For an HTTP API, save this as cors.json and run aws apigatewayv2 update-api --api-id ID --cors-configuration file://cors.json",
    limits: &[
        (
            Fit::has_unknown_method,
            "an HTTP API takes no other methods than GET, HEAD, OPTIONS, PATCH, POST, PUT and DELETE: use one of these",
        ),
        (
            Fit::has_no_http_origin,
            "an HTTP API takes only http:// and https:// origins: let the integration respond instead",
        ),
    ],
    signs: &[Sign::Name("apigw-requestid"), Sign::Name("x-amz-apigw-id")],
    code: &["aws::apigateway", "apigatewayv2"],
    ..Recipe::new("aws-api-gateway", "Amazon API Gateway, HTTP API", Layer::Proxy, api_gateway)
};

pub(super) const CLOUDFRONT: Recipe = Recipe {
    also: &["aws-cloudfront"],
    place: "Save this as policy.json, run aws cloudfront create-response-headers-policy --response-headers-policy-config \
            file://policy.json, and name its id in the cache behavior",
    limits: &[(
        Fit::has_unknown_method,
        "CloudFront forwards no other methods than GET, HEAD, OPTIONS, PATCH, POST, PUT and DELETE: use one of these",
    )],
    notes: &[(
        |fit| fit.preflight,
        "CloudFront does not respond to the preflight: what is behind it must, with 200 or 204. The cache behavior must allow OPTIONS, and \
         forward Origin, Access-Control-Request-Method and Access-Control-Request-Headers (for S3: the origin request policy CORS-S3Origin)",
    )],
    signs: &[Sign::Name("x-amz-cf-id"), Sign::Name("x-amz-cf-pop"), Sign::Has("via", "(cloudfront)")],
    code: &["aws::cloudfront", "responseheaderspolicy", "response-headers-policy"],
    ..Recipe::new("cloudfront", "Amazon CloudFront", Layer::Edge, cloudfront)
};

pub(super) const LAMBDA_URL: Recipe = Recipe {
    also: &["aws-function-url"],
    place: "Save this as cors.json, run aws lambda update-function-url-config --function-name NAME --cors file://cors.json, and take the \
            CORS headers out of the function, because both would be sent",
    limits: &[(
        |fit| fit.has_unknown_method() || fit.method == "OPTIONS",
        "a function URL takes no other methods than GET, HEAD, PATCH, POST, PUT and DELETE: use one of these",
    )],
    code: &["functionurlconfig", "function-url-config", "aws_lambda_function_url"],
    ..Recipe::new("lambda-url", "AWS Lambda, function URL", Layer::Proxy, lambda_url)
};

/// The list of methods is empty by default, and one of headers or methods that is left out allows none.
fn api_gateway(fit: &Fit) -> String {
    cors(fit, fit.preflight)
}

/// The six members are those of an HTTP API.
fn lambda_url(fit: &Fit) -> String {
    cors(fit, true)
}

fn cors(fit: &Fit, has_methods: bool) -> String {
    let mut lines = Snippet::default();
    lines.line("{");
    lines.line(format_args!("  \"AllowOrigins\": [{}],", json(&fit.origin)));
    lines.line_if(has_methods, format_args!("  \"AllowMethods\": [{}],", json(&fit.method)));
    lines.line_if(fit.preflight, format_args!("  \"AllowHeaders\": [{}],", literals(&fit.headers, json)));
    lines.line_if(!fit.exposed.is_empty(), format_args!("  \"ExposeHeaders\": [{}],", literals(&fit.exposed, json)));
    lines.line(format_args!("  \"AllowCredentials\": {}", fit.credentials));
    lines.line("}");
    lines.into_text()
}

fn cloudfront(fit: &Fit) -> String {
    let mut lines = Snippet::default();
    lines.line("{");
    lines.line("  \"Name\": \"cors\",");
    lines.line("  \"CorsConfig\": {");
    items(&mut lines, "AccessControlAllowOrigins", std::slice::from_ref(&fit.origin));
    items(&mut lines, "AccessControlAllowMethods", std::slice::from_ref(&fit.method));
    items(&mut lines, "AccessControlAllowHeaders", &fit.headers_or_accept());
    if !fit.exposed.is_empty() {
        items(&mut lines, "AccessControlExposeHeaders", &fit.exposed);
    }
    lines.line(format_args!("    \"AccessControlAllowCredentials\": {},", fit.credentials));
    lines.line("    \"OriginOverride\": true");
    lines.line("  },");
    lines.line("  \"CustomHeadersConfig\": {");
    lines.line("    \"Quantity\": 1,");
    lines.line("    \"Items\": [{ \"Header\": \"Vary\", \"Value\": \"Origin\", \"Override\": false }]");
    lines.line("  }");
    lines.line("}");
    lines.into_text()
}

fn items(lines: &mut Snippet, name: &str, values: &[String]) {
    lines.line(format_args!(
        "    \"{name}\": {{ \"Quantity\": {}, \"Items\": [{}] }},",
        values.len(),
        literals(values, json)
    ));
}
