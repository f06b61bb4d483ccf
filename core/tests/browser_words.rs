//! The words of the browser model: what each console says, a failure in one sentence, and the
//! headers that would fix it.

mod exchange;

use corsac::browser::{
    Blocked, BlockedCode, Credentials, Exchange, Hop, HttpVersion, Line, Mode, Profile, ReferrerPolicy, RequestHeader,
    ScriptRequest,
};
use exchange::{ACAH, ACAM, ACAO, ANY, API, PAGE, put, respond};

const OWN: &[u8] = b"https://app.example/x";
const ACAC: &[u8] = b"Access-Control-Allow-Credentials";
const START: [&str; 2] = [
    "Access to fetch at 'https://api.example/x' from origin 'https://app.example' has been blocked by CORS policy: ",
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example/x. (Reason: ",
];

fn request(url: &'static [u8]) -> ScriptRequest<'static> {
    ScriptRequest::new(PAGE, url)
}

fn response<'a>(status: u16, headers: &'a [Line<'a>]) -> Hop<'a> {
    Hop { response: respond(status, headers), ..Hop::default() }
}

fn preflight<'a>(status: u16, headers: &'a [Line<'a>]) -> Hop<'a> {
    Hop { preflight: respond(status, headers), ..response(200, &[(b"access-control-allow-origin", b"*")]) }
}

fn first<'a>(profile: Profile, exchange: Exchange<'a>) -> Option<Blocked<'a>> {
    let mut first = None;
    exchange.judge(profile, |blocked| {
        first.get_or_insert(blocked);
    });
    first
}

/// What Chromium, Firefox and WebKit report about the failure that each of them finds first. Empty
/// where they print nothing.
fn consoles(request: ScriptRequest<'_>, hops: &[Hop<'_>]) -> [String; 3] {
    [Profile::Chromium, Profile::Firefox, Profile::WebKit].map(|profile| {
        let exchange = Exchange { request, hops };
        let blocked = first(profile, exchange).expect("it is blocked");
        exchange.console(profile, &blocked).map_or_else(String::new, |console| console.to_string())
    })
}

/// The same, without what the messages of Chromium and Firefox for this page and this URL begin
/// with.
fn reasons(request: ScriptRequest<'_>, hops: &[Hop<'_>]) -> [String; 3] {
    let [chromium, firefox, webkit] = consoles(request, hops);
    let cut = |text: &str, start: &str| text.strip_prefix(start).unwrap_or_else(|| panic!("{text}")).to_owned();
    [cut(&chromium, START[0]), cut(&firefox, START[1]), webkit]
}

const FOR_FETCH: &str = " Have the server send the header with a valid value.";

#[test]
fn consoles_on_the_origin_of_a_response() {
    assert_eq!(
        reasons(request(API), &[response(404, &[])]),
        [
            "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
            "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 404.",
            "Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 404",
        ]
    );
    let comma: &[Line<'_>] = &[(ACAO, b"https://a.example, https://b.example")];
    let lines: &[Line<'_>] = &[(ACAO, b"https://a.example"), (ACAO, b"https://b.example")];
    let chromium = format!(
        "The 'Access-Control-Allow-Origin' header contains multiple values 'https://a.example, https://b.example', but only one is allowed.{FOR_FETCH}"
    );
    let webkit = "Access-Control-Allow-Origin cannot contain more than one origin.";
    assert_eq!(
        reasons(request(API), &[response(200, comma)]),
        [
            &chromium,
            "CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://a.example, https://b.example’).",
            webkit
        ]
    );
    let multiple = "Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed).";
    assert_eq!(reasons(request(API), &[response(200, lines)]), [&chromium, multiple, webkit]);
    let [.., webkit] = consoles(request(API), &[response(200, &[(ACAO, b"https://a.example https://b.example")])]);
    assert_eq!(webkit, "Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 200");
    let [chromium, ..] = reasons(request(API), &[response(200, &[(ACAO, b"https://b.example")])]);
    assert_eq!(
        chromium,
        format!(
            "The 'Access-Control-Allow-Origin' header has a value 'https://b.example' that is not equal to the supplied origin.{FOR_FETCH}"
        )
    );
}

#[test]
fn consoles_on_credentials() {
    let include = ScriptRequest { credentials: Credentials::Include, ..request(API) };
    let [chromium, firefox, webkit] = consoles(include, &[response(200, &[ANY])]);
    assert!(chromium.ends_with("the wildcard '*' when the request's credentials mode is 'include'."), "{chromium}");
    assert_eq!(
        firefox,
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ‘https://api.example/x’. \
         (Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’)."
    );
    assert_eq!(webkit, "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.");
    let not_true = [
        "The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' when the request's credentials mode is 'include'.",
        "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’).",
        "Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\".",
    ];
    assert_eq!(reasons(include, &[response(200, &[(ACAO, PAGE)])]), not_true);
    let xhr = ScriptRequest { method: b"PUT", upload_listener: true, ..include };
    let [chromium, ..] = consoles(xhr, &[preflight(200, &[(ACAO, PAGE), (ACAM, b"PUT")])]);
    assert_eq!(
        chromium,
        format!(
            "{}Response to preflight request doesn't pass access control check: {} The credentials mode of requests initiated by the \
             XMLHttpRequest is controlled by the withCredentials attribute.",
            START[0].replace("fetch", "XMLHttpRequest"),
            not_true[0]
        )
    );
    let [chromium, ..] = consoles(xhr, &[preflight(200, &[(ACAO, b"https://b.example"), (ACAC, b"true")])]);
    assert!(chromium.ends_with("that is not equal to the supplied origin."), "{chromium}");
}

#[test]
fn consoles_on_a_preflight() {
    assert_eq!(
        reasons(put(), &[preflight(404, &[ANY])]),
        [
            "Response to preflight request doesn't pass access control check: It does not have HTTP ok status.",
            "CORS preflight response did not succeed). Status code: 404.",
            "Preflight response is not successful. Status code: 404",
        ]
    );
    assert_eq!(
        reasons(put(), &[preflight(200, &[ANY, (ACAM, b"GET, P T")])]),
        [
            "Cannot parse Access-Control-Allow-Methods response header field in preflight response.",
            "invalid token ‘P T’ in CORS header ‘Access-Control-Allow-Methods’).",
            "Header Access-Control-Allow-Methods has an invalid value: GET, P T",
        ]
    );
    assert_eq!(
        reasons(put(), &[preflight(200, &[ANY, (ACAM, b"PUT"), (ACAH, b"x-a, x b")])]),
        [
            "Cannot parse Access-Control-Allow-Headers response header field in preflight response.",
            "invalid token ‘x b’ in CORS header ‘Access-Control-Allow-Headers’).",
            "Header Access-Control-Allow-Headers has an invalid value: x-a, x b",
        ]
    );
    assert_eq!(
        reasons(put(), &[preflight(200, &[ANY])]),
        [
            "Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.",
            "Did not find method in CORS header ‘Access-Control-Allow-Methods’).",
            "Method PUT is not allowed by Access-Control-Allow-Methods.",
        ]
    );
}

#[test]
fn consoles_on_a_redirect() {
    let to = |url: &'static [u8]| Hop { url, ..response(200, &[ANY]) };
    let from = |headers| response(302, headers);
    let named = "Cross-origin redirection to https://b.example/y denied by Cross-Origin Resource Sharing policy: ";
    let refused = "Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: ";
    let webkit = |request, hops: &[Hop<'_>]| consoles(request, hops)[2].clone();
    assert_eq!(webkit(request(API), &[from(&[]), to(b"https://b.example/y")]), format!("{named}{refused}302"));
    assert_eq!(webkit(request(API), &[from(&[])]), format!("{refused}302"));
    assert_eq!(webkit(request(API), &[response(200, &[]), to(b"https://b.example/y")]), format!("{refused}200"));
    // For a preflight, WebKit does not print where the request was redirected to.
    let asked = Hop { preflight: respond(200, &[]), ..from(&[ANY]) };
    assert_eq!(webkit(put(), &[asked, to(b"https://b.example/y")]), format!("{refused}200"));

    let [chromium, firefox, _] = consoles(request(API), &[from(&[ANY]), to(b"ftp://h/x")]);
    assert!(chromium.starts_with("Access to fetch at 'ftp://h/x' (redirected from 'https://api.example/x') from"));
    assert_eq!(firefox, START[1].replace("https://api.example/x", "ftp://h/x") + "CORS request not http).");

    // A mode that knows no CORS has no words for it, and WebKit speaks of FTP alone.
    let no_cors = |url| ScriptRequest { mode: Mode::NoCors, ..request(url) };
    assert_eq!(consoles(no_cors(API), &[from(&[]), to(b"ftp://h/x")])[1..], ["", "FTP URLs are disabled"]);
    assert_eq!(webkit(request(OWN), &[from(&[(b"Location", b"http://")]), to(b"")]), "");

    // Chromium speaks of a user in a URL where CORS has a hand in it.
    let user = |start: ScriptRequest<'_>, target: &'static [u8]| {
        let exchange = Exchange { request: start, hops: &[from(&[ANY]), to(target)] };
        let blocked = first(Profile::Chromium, exchange).expect("it is blocked");
        assert_eq!(blocked.code(), BlockedCode::RedirectUserinfo);
        exchange.console(Profile::Chromium, &blocked).is_some()
    };
    assert!(!user(request(OWN), b"https://u:p@app.example/y"));
    assert!(user(request(OWN), b"https://u:p@b.example/y"));
    assert!(user(request(API), b"https://u:p@app.example/y"));
    assert!(user(request(API), b"https://u:p@api.example/y"));
    assert!(!user(no_cors(API), b"https://u:p@api.example/y"));
    assert!(!user(no_cors(OWN), b"https://u:p@b.example/y"));
}

#[test]
fn consoles_on_the_mode_same_origin() {
    let same_origin = |url| ScriptRequest { mode: Mode::SameOrigin, ..request(url) };
    let exchange = Exchange { request: same_origin(API), hops: &[] };
    let blocked = first(Profile::Chromium, exchange).expect("it is blocked");
    assert_eq!(
        exchange.console(Profile::Chromium, &blocked).unwrap().to_string(),
        "Fetch API cannot load https://api.example/x. Request mode is \"same-origin\" but the URL's origin is not same as the request \
         origin https://app.example."
    );
    let hops = [response(302, &[]), Hop { url: API, ..response(200, &[]) }];
    let exchange = Exchange { request: same_origin(OWN), hops: &hops };
    let blocked = first(Profile::Chromium, exchange).expect("it is blocked");
    assert_eq!((blocked.code(), blocked.hop()), (BlockedCode::ModeSameOrigin, 1));
    assert!(exchange.console(Profile::Chromium, &blocked).is_none());
}

#[test]
fn a_scheme_that_is_not_http() {
    let exchange = Exchange { request: request(b"ftp://h/x"), hops: &[] };
    let blocked = first(Profile::Chromium, exchange).expect("it is blocked");
    assert_eq!(blocked.code(), BlockedCode::SchemeNotHttp);
    let said = exchange.console(Profile::Chromium, &blocked).unwrap().to_string();
    assert_eq!(said, "Fetch API cannot load ftp://h/x. URL scheme \"ftp\" is not supported.");
}

#[test]
fn a_failure_is_a_sentence() {
    let said = |request: ScriptRequest<'_>, hop: Hop<'_>| {
        let exchange = Exchange { request, hops: &[hop] };
        let blocked = first(Profile::Spec, exchange).expect("it is blocked");
        (blocked.to_string(), blocked.status(), format!("{:?}", blocked.evidence()))
    };
    let include = ScriptRequest { credentials: Credentials::Include, ..request(API) };
    let (text, status, evidence) = said(request(API), response(404, &[]));
    assert_eq!((&text[..], status, &evidence[..]), ("Access-Control-Allow-Origin is missing", Some(404), "\"\""));
    let missing = "Access-Control-Allow-Credentials is missing, but the request carries credentials";
    assert_eq!(said(include, response(200, &[(ACAO, PAGE)])).0, missing);
    let (text, _, evidence) = said(include, response(200, &[(ACAO, PAGE), (ACAC, b"True\"")]));
    assert_eq!(text, "Access-Control-Allow-Credentials is \"True\\x22\" instead of \"true\"");
    assert_eq!(evidence, "\"True\\x22\"");
    for status in [100, 199, 300, 404, 999] {
        let text = said(put(), preflight(status, &[ANY, (ACAM, b"PUT")])).0;
        assert_eq!(text, format!("the status of the preflight is {status} instead of 200 to 299"));
    }
    for status in [1, 42, 99, 1000, 1004, 20_305, 65_535] {
        let (text, told, _) = said(request(API), response(status, &[ANY]));
        assert_eq!((text, told), (format!("the browser cannot read the response: \"{status}\""), Some(status)));
    }
    assert_eq!(
        said(request(API), response(200, &[ANY, (b"X-A", b"a\nb")])).0,
        "the browser cannot read the response: \"a\\x0Ab\""
    );
    assert_eq!(
        said(request(API), response(200, &[ANY, (b"X\r", b"1")])).0,
        "the browser cannot read the response: \"X\\x0D\""
    );
}

#[test]
fn evidence_counts_its_lines_and_equals_the_same_bytes() {
    let lines: &[Line<'_>] = &[(ACAO, b"a"), (ACAO, b"b")];
    let (two, one, other) =
        ([response(200, lines)], [response(200, &[(ACAO, b"a, b")])], [response(200, &[(ACAO, b"c")])]);
    let of = |hops| first(Profile::Spec, Exchange { request: request(API), hops }).unwrap().evidence();
    assert_eq!((of(&two).line_count(), of(&one).line_count()), (2, 1));
    assert_eq!(of(&two), of(&one));
    assert_ne!(of(&two), of(&other));
    let none = [response(200, &[])];
    assert!(!of(&two).is_empty() && of(&none).is_empty());
    assert_eq!(of(&two).to_string(), "a, b");
}

#[test]
fn a_code_names_the_header_that_it_is_about() {
    for code in BlockedCode::ALL {
        let name = code.as_str();
        let wanted = match name {
            "method-not-allowed" => Some("Access-Control-Allow-Methods"),
            "header-not-allowed" => Some("Access-Control-Allow-Headers"),
            _ if name.starts_with("acao-") => Some("Access-Control-Allow-Origin"),
            _ if name.starts_with("acac-") => Some("Access-Control-Allow-Credentials"),
            _ if name.starts_with("acam-") => Some("Access-Control-Allow-Methods"),
            _ if name.starts_with("acah-") => Some("Access-Control-Allow-Headers"),
            _ if name.contains("redirect") => Some("Location"),
            _ => None,
        };
        assert_eq!(code.header(), wanted, "{name}");
    }
}

#[test]
fn the_lines_that_would_let_a_request_pass() {
    let lines = |request: ScriptRequest<'_>, of_preflight| {
        let step = Exchange { request, hops: &[] }.steps().next().unwrap();
        step.passing_lines(Profile::Spec, of_preflight).map(|line| line.to_string()).collect::<Vec<_>>()
    };
    let headers: &[RequestHeader<'_>] = &[(b"X-B", Some(b"1")), (b"X-A", Some(b"1"))];
    let full = ScriptRequest { headers, credentials: Credentials::Include, ..put() };
    let (origin, credentials) =
        ("Access-Control-Allow-Origin: https://app.example", "Access-Control-Allow-Credentials: true");
    let (methods, names) = ("Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: x-a, x-b");
    assert_eq!(lines(full, true), [origin, credentials, methods, names]);
    assert_eq!(lines(full, false), [origin, credentials]);
    assert_eq!(lines(put(), true), [origin, methods]);
    assert_eq!(lines(ScriptRequest { headers, ..request(API) }, true), [origin, names]);
    assert_eq!(lines(request(API), false), [origin]);
}

#[test]
fn passing_lines_never_name_the_origin_null() {
    let opaque = ScriptRequest { origin: b"null", ..put() };
    let lines = |credentials| {
        let request = ScriptRequest { credentials, ..opaque };
        let step = Exchange { request, hops: &[] }.steps().next().expect("there is one");
        step.passing_lines(Profile::Spec, true).map(|line| line.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(lines(Credentials::Omit)[0], "Access-Control-Allow-Origin: *");
    assert_eq!(lines(Credentials::Include), [""; 0]);
}

#[test]
fn url_value_is_a_mismatch_and_any_other_is_invalid() {
    for (value, is_url) in [
        ("null", true),
        ("https://b.example", true),
        ("HTTPS://b.example", true),
        ("https:b.example", true),
        ("https:\\\\b.example", true),
        ("https://b.example:8443/x?y#z", true),
        ("https://u:p@b.example", true),
        ("https://[::1]", true),
        ("https://[::1]:8080", true),
        ("app:anything", true),
        ("a+b-c.d:x", true),
        ("data:text/html", true),
        ("b.example", false),
        ("", false),
        ("1a:x", false),
        ("a_b:x", false),
        (":x", false),
        ("https://", false),
        ("https://:80", false),
        ("https://b.example:x", false),
        ("https://b.example:65536", false),
        ("https://b.ex|ample", false),
        ("https://b.ex\u{1}ample", false),
        ("https://[::1", false),
        ("https://::1]", false),
        ("https://[b.example]", false),
        ("https://[::1]x", false),
        ("https://[::1]:x", false),
        ("ftp://", false),
        ("ws://", false),
        ("app://", true),
    ] {
        let lines = [(ACAO, value.as_bytes())];
        let hops = [response(200, &lines)];
        let code = first(Profile::Spec, Exchange { request: request(API), hops: &hops }).unwrap().code();
        let wanted = if is_url { BlockedCode::AcaoMismatch } else { BlockedCode::AcaoInvalid };
        assert_eq!(code, wanted, "{value:?}");
    }
}

#[test]
fn a_profile_has_a_name() {
    assert_eq!(Profile::ALL.map(|profile| profile.to_string()), ["spec", "chromium", "firefox", "webkit"]);
    assert_eq!(Profile::ALL.map(|profile| profile.name().parse()), Profile::ALL.map(Ok));
    let error = "safari".parse::<Profile>().unwrap_err();
    assert_eq!(error.to_string(), "not the name of a Profile: Profile::ALL lists them");
}

#[test]
fn versions_and_referrer_policies_have_names() {
    let versions = ["1.0", "1.1", "2", "3", "", "HTTP/2"].map(HttpVersion::parse);
    let (first, second) = (Some(HttpVersion::Http1), Some(HttpVersion::Http2));
    assert_eq!(versions, [first, first, second, second, None, None]);
    let policies = ["no-referrer", "same-origin", "", "unsafe-url", "never"].map(ReferrerPolicy::parse);
    let [never, own, default, always] =
        [ReferrerPolicy::NoReferrer, ReferrerPolicy::SameOrigin, ReferrerPolicy::NoDowngrade, ReferrerPolicy::Always];
    assert_eq!(policies, [Some(never), Some(own), Some(default), Some(always), None]);
}
