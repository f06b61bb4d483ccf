//! A million requests, and the memory of the process does not grow. Run it with `make
//! nightly-tower`.

use std::convert::Infallible;

use corsac_tower::{CorsLayer, Policies};
use http::{Request, Response};
use tower::{Layer, ServiceExt, service_fn};

const REQUESTS: usize = 1_000_000;
/// What the allocator may take for itself.
const KILOBYTES: usize = 2_048;

/// The resident memory of this process in kilobytes.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[tokio::test]
#[ignore = "it takes half a minute: make nightly-tower"]
async fn million_requests_do_not_grow() {
    let text =
        "[[policy]]\nallow_origins = ['https://app.example.com']\n[[policy]]\npath = '/open'\nallow_origins = ['*']";
    let policies = Policies::from_text(text).expect("a policy");
    let service = CorsLayer::new(policies).layer(service_fn(|_: Request<()>| async {
        let own =
            Response::builder().header("access-control-allow-origin", "https://evil.example").header("x-own", "1");
        Ok::<_, Infallible>(own.body(()).expect("a response"))
    }));
    let mut before = None;
    for number in 0..REQUESTS {
        // Other origins and paths each time, as a stranger would send them.
        let uri = format!("/{}/{number}", ["open", "items", "%2f"][number % 3]);
        let origin = format!("https://a{number}.example");
        let request = Request::builder().uri(uri).method(["GET", "OPTIONS"][number % 2]).header("origin", origin);
        let request = request.header("access-control-request-method", "PUT").body(()).expect("a request");
        service.clone().oneshot(request).await.expect("infallible");
        // What is kept once is there by then.
        if number == REQUESTS / 10 {
            before = resident();
        }
    }
    let (Some(before), Some(after)) = (before, resident()) else {
        eprintln!("skipped: /proc/self/status is missing, which only Linux has");
        return;
    };
    assert!(after < before + KILOBYTES, "{before} kB, then {after} kB");
}
