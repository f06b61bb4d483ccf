//! What is written for nginx: the texts, and nginx' own opinion of the recipe.

use std::fs;
use std::process::Command;

use corsac::{OwnedSpec, PolicySet};
use corsac_dialects::{dialect, only_policy};

fn written(name: &str, spec: &OwnedSpec) -> Result<String, Vec<String>> {
    let policies = PolicySet::from(spec.compile(|_| ()).unwrap());
    dialect(name).unwrap().write(&only_policy(&policies).unwrap()).map(|export| export.text)
}

fn policy() -> OwnedSpec {
    OwnedSpec::new([
        "https://app.example.com",
        "https://*.example.com",
        "https://preview-*.b.example",
        "http://localhost:*",
    ])
    .allow_methods(["GET", "PUT"])
    .allow_headers(["x-a"])
    .allow_credentials(true)
    .expose_headers(["etag"])
    .max_age(600)
}

#[test]
fn module_takes_every_option() {
    let expected = "location / {
    cors on;
    cors_allow_origins http://localhost:* https://*.example.com https://app.example.com https://preview-*.b.example;
    cors_allow_methods GET PUT;
    cors_allow_headers x-a;
    cors_expose_headers etag;
    cors_allow_credentials on;
    cors_max_age 600;
}
";
    assert_eq!(written("nginx", &policy()).unwrap(), expected);
}

#[test]
fn recipe_compares_whole_origins() {
    let text = written("nginx-recipe", &policy()).unwrap();
    for line in [
        "    \"https://app.example.com\" $http_origin;\n",
        "    \"~^https://([a-z0-9_-]+\\.)+example\\.com$\" $http_origin;\n",
        "    \"~^https://preview-[a-z0-9_-]+\\.b\\.example$\" $http_origin;\n",
        "    \"~^http://localhost(:[0-9]+)?$\" $http_origin;\n",
        "add_header Vary Origin always;\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let refused = written("nginx-recipe", &OwnedSpec::new(["http://[::1]:*"])).unwrap_err();
    assert!(refused[0].starts_with("http://[::1]:*: "), "{refused:?}");
}

#[test]
fn nginx_accepts_the_recipe() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("nginx-recipe");
    fs::create_dir_all(&folder).unwrap();
    let text = written("nginx-recipe", &policy()).unwrap();
    let (maps, location) = text.split_once("\n# In the location.").unwrap();
    let configuration = format!(
        "pid {0}/pid; error_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{maps}\nserver {{ listen 127.0.0.1:1; location / {{\n{location}\n}} }} }}\n",
        folder.display()
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, configuration).unwrap();
    let path = format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default());
    let run =
        Command::new("nginx").env("PATH", path).args(["-t", "-q", "-p"]).arg(&folder).arg("-c").arg(&file).output();
    match run {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        Err(error) if std::env::var("CI").is_ok_and(|ci| ci == "true") => {
            panic!("nginx: {error}: apt-get install nginx")
        }
        Err(error) => eprintln!("skipped: nginx: {error}: apt-get install nginx"),
    }
}
