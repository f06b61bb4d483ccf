//! Dialects of Amazon Web Services: API Gateway, Lambda function URLs and CloudFront.

mod cloudfront;
mod function_url;
mod http_api;
mod lists;
mod resources;
mod rest_api;
mod template;

pub(crate) use cloudfront::CloudFront;
pub(crate) use function_url::FunctionUrl;
pub(crate) use http_api::HttpApi;
pub(crate) use rest_api::RestApi;
