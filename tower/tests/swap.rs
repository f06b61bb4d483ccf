//! A policy that is replaced again and again under load: each response is wholly that of one policy,
//! and nothing that was kept of another is in it.

use std::convert::Infallible;
use std::future::ready;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use corsac_tower::{CorsLayer, Policies, PolicyHandle};
use http::{HeaderMap, Request, Response, header};
use tower::{Layer, Service, service_fn};

const REQUESTS: usize = 20_000;
const ORIGINS: [&str; 2] = ["https://a.example", "https://b.example"];

/// The policy with this number, in which everything that a response has says the number.
fn policies(number: usize) -> Policies {
    let text = format!(
        "allow_origins = ['{}']\nallow_methods = ['PUT-{number}']\nallow_headers = ['content-type', 'x-{number}']\n\
         expose_headers = ['y-{number}']\nmax_age = {number}",
        ORIGINS[number]
    );
    Policies::from_text(&text).expect("a policy")
}

/// The headers of a response.
fn said(headers: &HeaderMap) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.to_str().expect("a text"))).collect()
}

#[test]
fn response_under_load_is_that_of_one_policy() {
    let both = [policies(0), policies(1)];
    let handle = PolicyHandle::new(both[0].clone());
    let layer = CorsLayer::new(handle.clone());
    let is_over = AtomicBool::new(false);
    let ask = |seed: usize| {
        let mut service = layer
            .layer(service_fn(|_: Request<()>| ready(Ok::<_, Infallible>(Response::builder().body(()).expect("one")))));
        let mut seen = [0; 4];
        let mut number = seed;
        // On a busy machine, it takes longer until both policies were there.
        while number < seed + REQUESTS || seen.contains(&0) {
            let (asking, is_preflight) = (number % 2, number % 4 < 2);
            let request = Request::builder().header(header::ORIGIN, ORIGINS[asking]);
            let request = match is_preflight {
                true => request
                    .method("OPTIONS")
                    .header(header::ACCESS_CONTROL_REQUEST_METHOD, format!("PUT-{asking}"))
                    .header(header::ACCESS_CONTROL_REQUEST_HEADERS, format!("x-{asking}")),
                false => request,
            };
            let mut waiting = std::pin::pin!(service.call(request.body(()).expect("a request")));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            let std::task::Poll::Ready(Ok(response)) = waiting.as_mut().poll(&mut context) else {
                panic!("nothing waits")
            };
            let (methods, names, age) =
                (format!("PUT-{asking}"), format!("content-type, x-{asking}"), asking.to_string());
            let exposed = format!("y-{asking}");
            let vary = ("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
            let origin = ("access-control-allow-origin", ORIGINS[asking]);
            let (allowed, denied) = match is_preflight {
                true => (
                    vec![
                        origin,
                        ("access-control-allow-methods", &methods),
                        ("access-control-allow-headers", &names),
                        ("access-control-max-age", &age),
                        vary,
                    ],
                    vec![vary, ("content-length", "0")],
                ),
                false => (
                    vec![origin, ("access-control-expose-headers", &exposed), ("vary", "Origin")],
                    vec![("vary", "Origin")],
                ),
            };
            let is_allowed = response.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN);
            assert_eq!(said(response.headers()), if is_allowed { allowed } else { denied });
            seen[usize::from(is_allowed) + 2 * usize::from(is_preflight)] += 1;
            number += 1;
        }
    };
    let seen = thread::scope(|scope| {
        scope.spawn(|| {
            for policies in both.iter().cycle() {
                handle.replace(policies.clone());
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                thread::yield_now();
            }
        });
        let asking: Vec<_> = (0..3)
            .map(|seed| {
                let ask = &ask;
                scope.spawn(move || ask(seed))
            })
            .collect();
        let seen: Vec<_> = asking.into_iter().map(|asking| asking.join()).collect();
        is_over.store(true, Ordering::Relaxed);
        seen
    });
    assert!(seen.iter().all(Result::is_ok), "a response mixes two policies");
}
