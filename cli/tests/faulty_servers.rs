//! `corsac probe` against servers that are each wrong in one way: the code, the cause and the advice, and that the advice works.

mod server;

use server::{Server, program, response};

const ORIGIN: &str = "Access-Control-Allow-Origin: https://shop.example";
const CREDENTIALS: &str = "Access-Control-Allow-Credentials: true";
const METHODS: &str = "Access-Control-Allow-Methods: PUT";
const VARY: &str = "Vary: Origin";

/// A response: its status and its headers.
type Sent = (&'static str, &'static [&'static str]);

const GOOD: Sent =
    ("200 OK", &[ORIGIN, CREDENTIALS, METHODS, VARY, "Access-Control-Allow-Headers: x-a, authorization"]);

/// A server with one fault.
struct Faulty {
    about: &'static str,
    /// Options of the command.
    asks: &'static [&'static str],
    preflight: Sent,
    response: Sent,
    exit: i32,
    says: &'static [&'static str],
    silent: &'static [&'static str],
}

const PUT: &[&str] = &["--method", "PUT"];

impl Faulty {
    fn start(&self) -> Server {
        start(response(self.preflight.0, self.preflight.1), response(self.response.0, self.response.1))
    }
}

/// A server whose response to a GET is wrong.
const fn get(about: &'static str, response: Sent, says: &'static [&'static str]) -> Faulty {
    Faulty { about, asks: &[], preflight: GOOD, response, exit: 1, says, silent: &[] }
}

/// A server whose response to a preflight is wrong.
const fn put(about: &'static str, preflight: Sent, says: &'static [&'static str]) -> Faulty {
    Faulty { about, asks: PUT, preflight, response: GOOD, exit: 1, says, silent: &[] }
}

const SERVERS: &[Faulty] = &[
    get("no CORS headers", ("200 OK", &[]), &["[acao-missing: no-cors-headers]", ORIGIN]),
    get(
        "an HTML page where data was expected",
        ("200 OK", &["Content-Type: text/html; charset=utf-8"]),
        &["[acao-missing: no-cors-headers]", "HTML page"],
    ),
    Faulty {
        asks: &["--credentials"],
        ..get(
            "a wildcard with credentials",
            ("200 OK", &["Access-Control-Allow-Origin: *", CREDENTIALS]),
            &["[acao-wildcard-with-credentials: wildcard-with-credentials]", ORIGIN],
        )
    },
    Faulty {
        asks: &["--credentials"],
        ..get(
            "credentials that are not permitted",
            ("200 OK", &[ORIGIN, VARY]),
            &["[acac-not-true: credentials-not-permitted]", CREDENTIALS],
        )
    },
    Faulty {
        asks: &["--credentials"],
        ..get(
            "credentials in upper case",
            ("200 OK", &[ORIGIN, "Access-Control-Allow-Credentials: True", VARY]),
            &["[acac-not-true: credentials-value]", CREDENTIALS],
        )
    },
    get(
        "two origins in one header",
        ("200 OK", &["Access-Control-Allow-Origin: https://shop.example, https://b.example"]),
        &["[acao-multiple: origin-list]", ORIGIN],
    ),
    get(
        "a header that was added twice",
        ("200 OK", &[ORIGIN, ORIGIN]),
        &["[acao-multiple: duplicate-middleware]", "only one"],
    ),
    get(
        "a slash behind the origin",
        ("200 OK", &["Access-Control-Allow-Origin: https://shop.example/"]),
        &["[acao-mismatch: trailing-slash]", ORIGIN],
    ),
    get(
        "a path behind the origin",
        ("200 OK", &["Access-Control-Allow-Origin: https://shop.example/app"]),
        &["[acao-mismatch: path]", ORIGIN],
    ),
    get("null", ("200 OK", &["Access-Control-Allow-Origin: null"]), &["[acao-mismatch: null-value]", ORIGIN]),
    get("a pattern", ("200 OK", &["Access-Control-Allow-Origin: https://*.example"]), &["pattern]", ORIGIN]),
    get("no scheme", ("200 OK", &["Access-Control-Allow-Origin: shop.example"]), &["no-scheme]", ORIGIN]),
    get("another scheme", ("200 OK", &["Access-Control-Allow-Origin: http://shop.example"]), &["scheme]", ORIGIN]),
    get("another port", ("200 OK", &["Access-Control-Allow-Origin: https://shop.example:8443"]), &["port]", ORIGIN]),
    get("www", ("200 OK", &["Access-Control-Allow-Origin: https://www.shop.example"]), &["www]", ORIGIN]),
    get("another site", ("200 OK", &["Access-Control-Allow-Origin: https://b.test"]), &["other-origin]", ORIGIN]),
    get(
        "white space before a colon",
        ("200 OK", &["Access-Control-Allow-Origin : *"]),
        &["CORS passes in chromium", "[acao-missing: space-after-name]", ORIGIN],
    ),
    put(
        "white space before the colon of a list",
        ("204 No Content", &[ORIGIN, "Access-Control-Allow-Methods\t: PUT"]),
        &["CORS passes in chromium", "[method-not-allowed: space-after-name]", "Access-Control-Allow-Methods: PUT"],
    ),
    get("an empty value", ("200 OK", &["Access-Control-Allow-Origin:"]), &["empty-value]", ORIGIN]),
    get(
        "a redirect from http to https",
        ("301 Moved Permanently", &["Location: https://127.0.0.1/x"]),
        &["redirect-to-https]"],
    ),
    get(
        "a challenge",
        ("403 Forbidden", &["Content-Type: text/html", "cf-mitigated: challenge"]),
        &["challenge-page]"],
    ),
    get("too many requests", ("429 Too Many Requests", &["Retry-After: 9"]), &["rate-limited]"]),
    get("a gateway without its server", ("502 Bad Gateway", &["Server: nginx"]), &["bad-gateway]"]),
    get("a gateway whose server is slow", ("504 Gateway Timeout", &["Server: nginx"]), &["gateway-timeout]"]),
    get("an error without headers", ("500 Internal Server Error", &[]), &["[acao-missing: error-page]", ORIGIN]),
    Faulty {
        asks: PUT,
        ..get(
            "an error without headers behind a good preflight",
            ("422 Unprocessable Content", &[]),
            &["[acao-missing: error-page]", ORIGIN],
        )
    },
    Faulty {
        asks: PUT,
        ..get("headers for preflights alone", ("200 OK", &[]), &["[acao-missing: only-on-preflight]", ORIGIN])
    },
    put(
        "a preflight that must sign in",
        ("401 Unauthorized", &["WWW-Authenticate: Bearer"]),
        &["[acao-missing: authentication-first]"],
    ),
    put("a preflight that is forbidden", ("403 Forbidden", &[]), &["[acao-missing: authentication-first]"]),
    put("a preflight without a route", ("404 Not Found", &[]), &["[acao-missing: options-not-routed]"]),
    put(
        "a preflight with an unknown method",
        ("405 Method Not Allowed", &["Allow: GET, PUT"]),
        &["[acao-missing: options-not-routed]"],
    ),
    put("a preflight that fails", ("500 Internal Server Error", &[]), &["[acao-missing: preflight-fails]"]),
    put("a preflight to a dead server", ("502 Bad Gateway", &[]), &["bad-gateway]"]),
    put("a preflight that takes too long", ("504 Gateway Timeout", &[]), &["gateway-timeout]"]),
    put(
        "a preflight with headers and a wrong status",
        ("401 Unauthorized", &[ORIGIN, METHODS]),
        &["[preflight-status: authentication-first]"],
    ),
    put(
        "a preflight that is sent to a login page",
        ("302 Found", &["Location: https://login.example.net/authorize?client_id=1"]),
        &["redirect"],
    ),
    put(
        "a method that is not listed",
        ("204 No Content", &[ORIGIN, "Access-Control-Allow-Methods: GET, POST"]),
        &["[method-not-allowed: method-not-listed]", "Access-Control-Allow-Methods: PUT"],
    ),
    put("no list of methods", ("204 No Content", &[ORIGIN]), &["[method-not-allowed: no-method-list]"]),
    put(
        "a misspelt header",
        ("204 No Content", &[ORIGIN, "Access-Control-Allow-Method: PUT"]),
        &["[method-not-allowed: no-method-list]", "was access-control-allow-methods meant"],
    ),
    Faulty {
        asks: &["-H", "x-a: 1"],
        ..put(
            "a header that is not listed",
            ("204 No Content", &[ORIGIN, "Access-Control-Allow-Headers: content-type"]),
            &["[header-not-allowed: header-not-listed]", "Access-Control-Allow-Headers: x-a"],
        )
    },
    Faulty {
        asks: &["-H", "Authorization: Bearer x"],
        ..put(
            "a wildcard for Authorization",
            ("204 No Content", &[ORIGIN, "Access-Control-Allow-Headers: *"]),
            &["[header-not-allowed: authorization-not-covered]", "Access-Control-Allow-Headers: authorization"],
        )
    },
    Faulty {
        asks: &["-H", "traceparent: 00-1-2-01"],
        ..put(
            "a header of a tracing library",
            ("204 No Content", &[ORIGIN, "Access-Control-Allow-Headers: content-type"]),
            &["[header-not-allowed: header-not-listed]", "tracing library"],
        )
    },
    // What no browser minds is not blamed.
    Faulty {
        exit: 0,
        silent: &["[acao", "vary-origin-missing"],
        ..get(
            "rules for pages of the server itself",
            (
                "200 OK",
                &[
                    ORIGIN,
                    VARY,
                    "Content-Security-Policy: default-src 'none'",
                    "Cross-Origin-Resource-Policy: same-origin",
                ],
            ),
            &["CORS passes in every browser"],
        )
    },
    Faulty {
        exit: 0,
        silent: &["[acao"],
        ..put(
            "a negative time for caches of preflights",
            ("204 No Content", &[ORIGIN, METHODS, VARY, "Access-Control-Max-Age: -1"]),
            &["CORS passes in every browser"],
        )
    },
    Faulty {
        exit: 0,
        silent: &["[acao"],
        ..get(
            "a copy for one page that caches may keep",
            ("200 OK", &[ORIGIN, "Cache-Control: public, max-age=600", "Age: 3"]),
            &["CORS passes in every browser", "add Vary: Origin"],
        )
    },
];

/// The exit code and everything that is printed.
fn probe(server: &Server, asks: &[&str]) -> (i32, String) {
    let output = program()
        .args(["probe", &server.url("/x"), "--origin", "https://shop.example", "--timeout", "20"])
        .args(asks)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout) + &text(&output.stderr))
}

fn start(preflight: Vec<u8>, other: Vec<u8>) -> Server {
    Server::start(move |head| if head.starts_with("OPTIONS ") { preflight.clone() } else { other.clone() })
}

#[test]
fn every_faulty_server_gets_its_cause_and_its_advice() {
    let mut failed = Vec::new();
    for faulty in SERVERS {
        let server = faulty.start();
        let (exit, text) = probe(&server, faulty.asks);
        let lacks = faulty.says.iter().filter(|words| !text.contains(**words));
        let has = faulty.silent.iter().filter(|words| text.contains(**words));
        let wrong: Vec<&&str> = lacks.chain(has).collect();
        let is_sent = server.heads().iter().any(|head| !head.starts_with("OPTIONS "));
        if exit != faulty.exit || !wrong.is_empty() || is_sent == text.contains("is not sent") {
            failed.push(format!("{}: exit {exit}, {wrong:?}\n{text}", faulty.about));
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), SERVERS.len(), failed.join("\n"));
}

#[test]
fn the_advised_headers_make_the_browser_allow_it() {
    let (mut failed, mut tried) = (Vec::new(), 0);
    for faulty in SERVERS {
        let server = faulty.start();
        let (_, text) = probe(&server, faulty.asks);
        let is_advised = |line: &&str| line.starts_with("Access-Control-Allow-");
        // The part before is about the delivery.
        let fix = text.split_once("Cause:").and_then(|(_, cause)| cause.split("\n\n").next()).unwrap_or_default();
        let advised: Vec<&str> = fix.lines().map(str::trim).filter(is_advised).collect();
        if advised.is_empty() {
            continue;
        }
        tried += 1;
        // Only the response that failed is changed.
        let better = match faulty.preflight != GOOD {
            true => start(response("204 No Content", &advised), response(GOOD.0, GOOD.1)),
            false => start(response(faulty.preflight.0, faulty.preflight.1), response("200 OK", &advised)),
        };
        let (exit, text) = probe(&better, faulty.asks);
        if exit != 0 {
            failed.push(format!("{}: {advised:?}\n{text}", faulty.about));
        }
    }
    assert!(failed.is_empty(), "{}:\n{}", failed.len(), failed.join("\n"));
    assert!(tried >= 25, "{tried}");
}

#[test]
fn bytes_that_are_not_a_response_end_with_2() {
    for (sent, said) in [("", "closed the connection without a response"), ("220 smtp ready\r\n", "is not HTTP")] {
        let server = Server::start(move |_| sent.as_bytes().to_vec());
        let (exit, text) = probe(&server, &[]);
        assert!(exit == 2 && text.contains(said), "{exit} {text}");
    }
}
