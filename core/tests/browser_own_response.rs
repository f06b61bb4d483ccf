//! The application's own response, as report-only modes judge it.

use corsac::browser::{BlockedCode, Line, OwnResponse, OwnVerdict, Response};
use corsac::{Class, PolicySpec, Request};

const PAGE: &[u8] = b"https://app.example";
const ACAO: &[u8] = b"Access-Control-Allow-Origin";
const ACAM: &[u8] = b"Access-Control-Allow-Methods";
const ACAH: &[u8] = b"Access-Control-Allow-Headers";
const ANY: Line<'_> = (ACAO, b"*");
const ORIGIN: (&str, &str) = ("Origin", "https://app.example");
const PUT: (&str, &str) = ("Access-Control-Request-Method", "PUT");

fn judged(request: &Request<'_>, has_credentials: bool, status: u16, headers: &[Line<'_>]) -> OwnVerdict<BlockedCode> {
    let own = OwnResponse {
        origin: request.origin().unwrap_or_default(),
        requested_method: request.requested_method().filter(|_| request.class() == Class::Preflight),
        has_credentials,
        response: Response { status, headers },
    };
    own.judge(request.requested_header_names(), |blocked| blocked.code())
}

fn listing(list: &str) -> [Line<'_>; 3] {
    [ANY, (ACAM, b"PUT"), (ACAH, list.as_bytes())]
}

fn preflight(status: u16, headers: &[Line<'_>]) -> OwnVerdict<BlockedCode> {
    judged(&Request::from_lines("OPTIONS", [ORIGIN, PUT]), false, status, headers)
}

#[test]
fn response_to_a_request_passes_by_its_own_headers() {
    let request = Request::from_lines("DELETE", [ORIGIN, ("Content-Type", "text/x")]);
    for status in [200, 302, 404, 500] {
        assert_eq!(judged(&request, false, status, &[ANY]), OwnVerdict::Passes, "{status}");
        let missing = OwnVerdict::Blocked(BlockedCode::AcaoMissing);
        assert_eq!(judged(&request, false, status, &[(ACAM, b"DELETE")]), missing, "{status}");
    }
    let star = OwnVerdict::Blocked(BlockedCode::AcaoWildcardWithCredentials);
    assert_eq!(judged(&request, true, 200, &[ANY]), star);
    let named = [(ACAO, PAGE), (b"Access-Control-Allow-Credentials", b"true")];
    assert_eq!(judged(&request, true, 200, &named), OwnVerdict::Passes);
}

#[test]
fn response_to_a_preflight_passes_by_status_method_and_names() {
    assert_eq!(preflight(204, &[ANY, (ACAM, b"PUT")]), OwnVerdict::Passes);
    assert_eq!(preflight(405, &[ANY, (ACAM, b"PUT")]), OwnVerdict::Blocked(BlockedCode::PreflightStatus));
    assert_eq!(preflight(204, &[ANY, (ACAM, b"GET")]), OwnVerdict::Blocked(BlockedCode::MethodNotAllowed));
    assert_eq!(preflight(204, &[(ACAM, b"PUT")]), OwnVerdict::Blocked(BlockedCode::AcaoMissing));
    // A browser sends no credentials with a preflight, so they do not count.
    let request = Request::from_lines("OPTIONS", [ORIGIN, PUT]);
    assert_eq!(judged(&request, true, 204, &[ANY, (ACAM, b"PUT")]), OwnVerdict::Passes);
    // A script can have a preflight for a GET, which then counts.
    let get = Request::from_lines("OPTIONS", [ORIGIN, ("Access-Control-Request-Method", "GET")]);
    assert_eq!(judged(&get, false, 405, &[ANY]), OwnVerdict::Blocked(BlockedCode::PreflightStatus));
}

#[test]
fn every_requested_name_of_every_line_counts() {
    // As many as are judged at once, one less and one more, twice as many, and many more.
    for count in [1, 2, 127, 128, 129, 256, 257, 1000] {
        let names: Vec<String> = (0..count).map(|name| format!("x-{name}")).collect();
        let (first, last) = names.split_at(count / 2);
        let lines = [first.join(", "), last.join(",")];
        let lines = lines.iter().map(|line| ("Access-Control-Request-Headers", line.as_str()));
        let request = Request::from_lines("OPTIONS", [ORIGIN, PUT].into_iter().chain(lines));
        let listed = |left_out: Option<usize>| {
            let kept = names.iter().enumerate().filter(|(place, _)| Some(*place) != left_out);
            kept.map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(",")
        };
        let all = listed(None);
        assert_eq!(judged(&request, false, 204, &listing(&all)), OwnVerdict::Passes, "{count}");
        for left_out in [0, count / 2, count - 1] {
            let list = listed(Some(left_out));
            let verdict = judged(&request, false, 204, &listing(&list));
            assert_eq!(verdict, OwnVerdict::Blocked(BlockedCode::HeaderNotAllowed), "{count}: {left_out}");
        }
    }
}

#[test]
fn request_that_no_script_can_make_is_never_sent() {
    for (method, name, code) in [
        ("TRACE", "x-a", BlockedCode::MethodForbidden),
        ("no token", "x-a", BlockedCode::MethodInvalid),
        ("PUT", "no token", BlockedCode::HeaderInvalid),
    ] {
        let lines = [ORIGIN, ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", name)];
        let request = Request::from_lines("OPTIONS", lines);
        let headers = [ANY, (ACAM, b"*"), (ACAH, b"*")];
        assert_eq!(judged(&request, false, 204, &headers), OwnVerdict::NeverSent(code), "{method} {name}");
    }
}

#[test]
fn response_that_the_policy_would_give_passes_if_allowed() {
    let spec = PolicySpec {
        allow_methods: Some(&["PUT"]),
        allow_headers: &["x-a"],
        ..PolicySpec::new(&["https://app.example"])
    };
    let policy = spec.compile([0; 1024], |_| ()).unwrap();
    for origin in ["https://app.example", "https://other.example", "null"] {
        for method in ["PUT", "DELETE", "GET"] {
            for name in ["x-a", "x-b"] {
                let lines = [
                    ("Origin", origin),
                    ("Access-Control-Request-Method", method),
                    ("Access-Control-Request-Headers", name),
                ];
                for (lines, sent) in [(&lines[..], "OPTIONS"), (&lines[..1], method)] {
                    let request = Request::from_lines(sent, lines.iter().copied());
                    let decision = policy.evaluate(&request);
                    let headers: Vec<Line<'_>> =
                        decision.headers().map(|header| (header.name.as_bytes(), header.value)).collect();
                    let verdict = judged(&request, false, decision.status().unwrap_or(200), &headers);
                    assert_eq!(verdict == OwnVerdict::Passes, decision.is_allowed(), "{origin} {sent} {method} {name}");
                }
            }
        }
    }
}
