//! Files of Terraform are read as the plan that Terraform makes of them, and what only it can compute is named.

use corsac_dialects::document::read;
use corsac_dialects::{Configuration, findings, recognise};

/// Each resource as a file has it, and its values in a plan.
const RESOURCES: [(&str, &str, &str); 4] = [
    (
        "aws_apigatewayv2_api",
        r#"
          name          = "é" # a comment
          protocol_type = "HTTP"
          cors_configuration {
            allow_origins     = ["https://app.example.com", "https://*"]
            allow_methods     = ["GET", "PUT"]
            allow_headers     = ["content-type"]
            allow_credentials = true
            max_age           = 600
          }
        "#,
        r#"{"name": "é", "protocol_type": "HTTP", "cors_configuration": [{"allow_origins": ["https://app.example.com", "https://*"],
            "allow_methods": ["GET", "PUT"], "allow_headers": ["content-type"], "allow_credentials": true, "max_age": 600}]}"#,
    ),
    (
        "aws_lambda_function_url",
        "cors {\n allow_origins = [\"*\"]\n allow_methods = [\"*\"]\n allow_credentials = true\n}\n",
        r#"{"cors": [{"allow_origins": ["*"], "allow_methods": ["*"], "allow_credentials": true}]}"#,
    ),
    (
        "aws_s3_bucket_cors_configuration",
        "cors_rule {\n allowed_origins = [\"https://*.example.com\"]\n allowed_methods = [\"GET\"]\n}\n\
         cors_rule {\n allowed_origins = [\"https://b.example\"]\n allowed_methods = [\"PUT\"]\n allowed_headers = [\"*\"]\n max_age_seconds = (3000)\n}\n",
        r#"{"cors_rule": [{"allowed_origins": ["https://*.example.com"], "allowed_methods": ["GET"]},
            {"allowed_origins": ["https://b.example"], "allowed_methods": ["PUT"], "allowed_headers": ["*"], "max_age_seconds": 3000}]}"#,
    ),
    (
        "aws_cloudfront_response_headers_policy",
        "name = \"a\"\ncors_config {\n access_control_allow_credentials = false\n access_control_allow_origins {\n items = [\"https://a.example\"]\n }\n \
         access_control_allow_methods { items = [\"GET\"] }\n access_control_allow_headers {\n items = [\"*\"]\n }\n origin_override = true\n}\n",
        r#"{"name": "a", "cors_config": [{"access_control_allow_credentials": false, "access_control_allow_origins": [{"items": ["https://a.example"]}],
            "access_control_allow_methods": [{"items": ["GET"]}], "access_control_allow_headers": [{"items": ["*"]}], "origin_override": true}]}"#,
    ),
];

fn configurations(text: &str) -> Vec<Box<dyn Configuration>> {
    let documents = read(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    documents.iter().flat_map(recognise).map(|(_, configuration)| configuration).collect()
}

fn messages(configuration: &dyn Configuration) -> Vec<String> {
    findings(configuration).into_iter().map(|finding| finding.message).collect()
}

#[test]
fn a_file_is_read_as_its_plan() {
    for (kind, written, planned) in RESOURCES {
        let written = format!("# é\nvariable \"x\" {{}}\n\nresource \"{kind}\" \"api\" {{\n{written}\n}}\n");
        let plan = format!(
            r#"{{"planned_values": {{"root_module": {{"resources": [{{"address": "{kind}.api", "type": "{kind}", "values": {planned}}}]}}}}}}"#
        );
        let (of_file, of_plan) = (configurations(&written), configurations(&plan));
        assert_eq!((of_file.len(), of_plan.len()), (1, 1), "{kind}");
        let (file, plan) = (&of_file[0], &of_plan[0]);
        assert_eq!(file.label(), plan.label());
        let draft = |one: &dyn Configuration| {
            let draft = one.draft();
            let origins: Vec<_> = draft.origins.iter().map(|entry| entry.written.clone()).collect();
            format!(
                "{origins:?} {:?} {:?} {:?} {} {:?}",
                draft.methods, draft.headers, draft.expose, draft.credentials, draft.max_age
            )
        };
        assert_eq!(draft(&**file), draft(&**plan), "{kind}");
        assert!(!file.draft().origins.is_empty(), "{kind}");
        assert_eq!(messages(&**file), messages(&**plan), "{kind}");
    }
}

#[test]
fn a_finding_points_into_the_file() {
    let text = "/* é */ resource \"aws_apigatewayv2_api\" \"api\" {\n  cors_configuration {\n    é = 1\n    allow_origins = [\"https://a.example\"]\n  }\n}\n";
    let found = configurations(text);
    let finding =
        findings(&*found[0]).into_iter().find(|finding| finding.message.contains("no member")).expect("a finding");
    assert_eq!((finding.place.line, finding.place.column), (3, 5));
    assert_eq!(&text[finding.place.span], "é");
}

#[test]
fn what_terraform_computes_is_unknown() {
    for (written, unknown) in [
        (
            "cors_configuration {\n allow_origins = var.origins\n}",
            "the value of allow_origins is only known after var.origins is resolved",
        ),
        (
            "cors_configuration {\n allow_origins = [\"https://${var.host}\"]\n}",
            "the value of allow_origins is only known after \"https://${var.host}\" is resolved",
        ),
        (
            "cors_configuration {\n allow_origins = [for o in var.o : o]\n}",
            "is only known after [for o in var.o : o] is resolved",
        ),
        (
            "cors_configuration {\n allow_credentials = !var.public\n}",
            "the value of allow_credentials is only known after !var.public is resolved",
        ),
        (
            "dynamic \"cors_configuration\" {\n for_each = var.cors\n content {\n allow_origins = [\"*\"]\n }\n}",
            "the value of this configuration is only known after dynamic \"cors_configuration\" is resolved",
        ),
    ] {
        let found = configurations(&format!("resource \"aws_apigatewayv2_api\" \"api\" {{\n{written}\n}}\n"));
        let all = messages(&*found[0]);
        assert!(all.iter().any(|message| message.contains(unknown)), "{written}: {all:?}");
    }
    let dynamic = "resource \"aws_s3_bucket_cors_configuration\" \"b\" {\n dynamic \"cors_rule\" {\n  for_each = var.rules\n  content {}\n }\n}\n";
    let all = messages(&*configurations(dynamic)[0]);
    assert!(all.iter().any(|message| message.contains("dynamic \"cors_rule\"")), "{all:?}");
    // The same in the words of CloudFormation.
    let bucket =
        "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties:\n      CorsConfiguration: !If [a, b, c]\n";
    let found = configurations(bucket);
    assert!(
        found.iter().any(|one| messages(&**one).iter().any(|message| message.contains("after !If ... is resolved"))),
        "{bucket}"
    );
    let template = "Resources:\n  Api:\n    Type: AWS::ApiGatewayV2::Api\n    Properties:\n      CorsConfiguration: !If [a, b, c]\n";
    let all = messages(&*configurations(template)[0]);
    assert!(
        all.iter().any(|message| message.contains("this configuration is only known after !If ... is resolved")),
        "{all:?}"
    );
}

#[test]
fn heredocs_and_objects_are_literals() {
    let text = "locals {}\nresource \"a\" \"b\" {\n  c = {\n    \"d\" : 1\n    e = [null, true, -2.5]\n    (f) = 1\n  }\n  g = <<-EOT\n    h\n  EOT\n}\n";
    let root = &read(text).unwrap()[0].root;
    let values = root.at(&["planned_values", "root_module", "resources"]).unwrap().items()[0].get("values").unwrap();
    assert_eq!(values.get("c").unwrap().unknown(), Some("(f)"));
    assert_eq!(values.get("g").unwrap().text(), Some("h\n"));
    let root = &read(&text.replace("    (f) = 1\n", "")).unwrap()[0].root;
    let values = root.at(&["planned_values", "root_module", "resources"]).unwrap().items()[0].get("values").unwrap();
    let items = values.at(&["c", "e"]).unwrap().items();
    assert!(items[0].is_null() && items[2].text() == Some("-2.5"));
    assert_eq!(values.at(&["c", "d"]).unwrap().integer(), Some(1));
}

fn refused(text: &str) -> String {
    read(text).expect_err("a refusal").to_string()
}

#[test]
fn files_have_limits_and_their_errors_have_places() {
    let nested = |levels: usize| format!("locals {{\n a = {}{}\n}}\n", "[".repeat(levels), "]".repeat(levels));
    assert!(read(&nested(50)).is_ok());
    assert!(refused(&nested(70)).contains("64"), "{}", refused(&nested(70)));
    for open in ["[", "(", "{a=", "!", "\"${", "f("] {
        assert!(read(&format!("locals {{\n a = {}\n}}\n", open.repeat(200_000))).is_err(), "{open}");
    }
    assert!(read(&format!("locals {{\n{}", "a {\n".repeat(200_000))).is_err());
    let many: String = (0..5_000).map(|number| format!("  a{number} = {number}\n")).collect();
    assert!(read(&format!("resource \"a\" \"b\" {{\n{many}}}\n")).is_ok());
    assert!(
        refused("resource \"a\" \"b\" {\n  c = = 1\n}\n")
            .starts_with("line 2, column 7: not a valid file of Terraform")
    );
    assert!(refused("resource \"a\" \"b\" {\n  c = 1\n  c = 2\n}\n").starts_with("line 3, column 3: "));
    // A block and an attribute of one name.
    assert!(refused("resource \"a\" \"b\" {\n  c = 1\n  c {}\n}\n").ends_with("the key c is there twice: remove one"));
}

#[test]
fn yaml_stays_yaml() {
    for text in [
        "resource: a\n",
        "locals: {a: b}\n",
        "- resource\n",
        "# a comment\nmodule: x\n",
        "output\n",
        "// x: 1\n",
        "/* x\n",
        "",
    ] {
        let documents = read(text);
        assert!(
            documents.is_err()
                || documents.unwrap().iter().all(|document| document.root.get("planned_values").is_none()),
            "{text}"
        );
    }
}
