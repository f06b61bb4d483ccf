"""What the WSGI class owes every application (docs/design.md, 8), under the standard library's PEP 3333 validator."""

from __future__ import annotations

import inspect
import io
import logging
import sys
from wsgiref.util import FileWrapper, setup_testing_defaults
from wsgiref.validate import validator

import pytest

import corsac
from corsac.wsgi import CORSMiddleware

ORIGIN = "https://app.example.com"
OPTIONS = {
    "allow_origins": [ORIGIN],
    "allow_methods": ["GET", "PUT"],
    "allow_headers": ["content-type"],
    "allow_credentials": True,
    "expose_headers": ["etag"],
}
PREFLIGHT = {"Origin": ORIGIN, "Access-Control-Request-Method": "PUT"}
PREFLIGHT_VARY = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"


class Server:
    """A server as PEP 3333 has it: headers go out with the first byte, and `exc_info` replaces them until then."""

    def __init__(self, app, validated=True):
        self.app = validator(app) if validated else app
        self.status = None
        self.headers = []
        self.body = b""
        self.raised = None
        self.sent = False

    def _send(self, data):
        assert self.status is not None
        self.sent = self.sent or bool(data)
        self.body += data

    def _start(self, status, headers, exc_info=None):
        if exc_info:
            try:
                if self.sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        else:
            assert self.status is None, "start_response was called twice"
        self.status, self.headers = int(status[:3]), headers
        return self._send

    def request(self, method="GET", headers=None, path="/", **environ):
        setup_testing_defaults(environ)
        environ |= {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", "SCRIPT_NAME": ""}
        for name, value in (headers or {}).items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        chunks = None
        try:
            chunks = self.app(environ, self._start)
            for chunk in chunks:
                self._send(chunk)
        except Exception as error:
            self.raised = error
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        return self

    def header(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def cors(self):
        return {key.lower(): value for key, value in self.headers if key.lower().startswith("access-control-")}


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


def ask(app=application, method="GET", headers=None, path="/", **options):
    return Server(CORSMiddleware(app, **(options or OPTIONS))).request(method, headers, path)


def unreachable(environ, start_response):
    raise AssertionError("the application was called")


def test_a_preflight_is_answered_without_the_application():
    answer = ask(unreachable, "OPTIONS", PREFLIGHT)
    assert answer.raised is None
    assert answer.status == 204
    assert answer.body == b""
    assert answer.cors() == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "GET, PUT",
        "access-control-allow-headers": "content-type",
    }
    assert answer.header("vary") == [PREFLIGHT_VARY]


def test_a_denied_preflight_says_why_in_its_body_and_in_the_log(caplog):
    with caplog.at_level(logging.INFO, "corsac"):
        answer = ask(unreachable, "OPTIONS", PREFLIGHT | {"Origin": "https://evil.example"})
    assert answer.status == 403
    assert answer.cors() == {}
    assert b"https://evil.example" in answer.body
    assert answer.header("content-type") == ["text/plain"]
    assert answer.header("x-content-type-options") == ["nosniff"]
    assert "https://evil.example" in caplog.text


def test_a_denied_preflight_cannot_write_lines_into_the_log(caplog):
    with caplog.at_level(logging.INFO, "corsac"):
        ask(unreachable, "OPTIONS", PREFLIGHT | {"Origin": "https://evil.example\r\nforged"})
    assert len(caplog.records) == 1
    assert "\n" not in caplog.records[0].getMessage()


@pytest.mark.parametrize("status", [200, 299])
def test_a_status_of_its_own_is_answered_with_an_empty_body_of_length_zero(status):
    middleware = CORSMiddleware(
        unreachable, allow_origins=[ORIGIN], allow_methods=["GET", "PUT"], preflight_status=status
    )
    # The validator would have a Content-Type on an empty body, which HTTP does not ask for.
    answer = Server(middleware, validated=False).request("OPTIONS", PREFLIGHT)
    assert (answer.status, answer.body, answer.header("content-length")) == (status, b"", ["0"])


@pytest.mark.parametrize("headers", [{}, {"Origin": ORIGIN}, {"Access-Control-Request-Method": "PUT"}])
def test_plain_options_reaches_the_application(headers):
    answer = ask(application, "OPTIONS", headers)
    assert (answer.status, answer.body) == (200, b"ok")


def test_an_allowed_request_gets_the_headers():
    answer = ask(headers={"Origin": ORIGIN})
    assert answer.body == b"ok"
    assert answer.cors() == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "etag",
    }
    assert answer.header("vary") == ["Origin"]


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": ""}, {"Origin": "null"}])
def test_a_request_that_is_plain_or_denied_goes_on_and_varies(headers):
    answer = ask(headers=headers)
    assert (answer.status, answer.body, answer.cors()) == (200, b"ok", {})
    assert answer.header("vary") == ["Origin"]


def reflecting(environ, start_response):
    lines = [
        ("Access-Control-Allow-Origin", environ.get("HTTP_ORIGIN", "*")),
        ("ACCESS-CONTROL-ALLOW-CREDENTIALS", "true"),
        ("access-control-max-age", "5"),
        ("Vary", "Cookie"),
        ("vary", "Accept, ORIGIN"),
        ("Content-Type", "text/plain"),
    ]
    start_response("200 OK", lines)
    return [b"ok"]


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}])
def test_an_application_that_reflects_does_not_undo_a_denial(headers):
    assert ask(reflecting, headers=headers).cors() == {}


def test_an_application_that_sends_the_headers_itself_does_not_double_them():
    answer = ask(reflecting, headers={"Origin": ORIGIN})
    assert answer.header("access-control-allow-origin") == [ORIGIN]
    assert answer.header("access-control-max-age") == []


def test_every_vary_line_of_the_application_stays_and_none_is_said_twice():
    assert ask(reflecting, headers={"Origin": ORIGIN}).header("vary") == ["Cookie", "Accept, ORIGIN"]


def test_cookies_stay_lines_of_their_own():
    def app(environ, start_response):
        start_response(
            "302 Found", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=\xe4"), ("Location", "/x"), ("Content-Type", "x/y")]
        )
        return []

    answer = ask(app, headers={"Origin": ORIGIN})
    assert answer.header("set-cookie") == ["a=1", "b=\xe4"]
    assert answer.header("access-control-allow-origin") == [ORIGIN]


def test_write_goes_through():
    def app(environ, start_response):
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        write(b"one ")
        return [b"two"]

    answer = ask(app, headers={"Origin": ORIGIN})
    assert answer.body == b"one two"
    assert answer.header("access-control-allow-origin") == [ORIGIN]


def test_what_an_application_starts_again_with_exc_info_gets_the_headers():
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain"), ("X-First", "1")])
        try:
            raise LookupError("late")
        except LookupError:
            start_response("500 Oh", [("Content-Type", "text/plain")], sys.exc_info())
        return [b"sorry"]

    answer = ask(app, headers={"Origin": ORIGIN})
    assert (answer.status, answer.body, answer.header("x-first")) == (500, b"sorry", [])
    assert answer.header("access-control-allow-origin") == [ORIGIN]


def assert_is_our_500(answer):
    assert answer.status == 500
    assert answer.body == b"Internal Server Error"
    assert answer.header("access-control-allow-origin") == [ORIGIN]
    assert answer.header("vary") == ["Origin"]
    assert isinstance(answer.raised, LookupError)


def test_an_exception_before_the_response_becomes_a_500_with_headers_and_is_raised_on():
    def app(environ, start_response):
        raise LookupError("early")

    assert_is_our_500(ask(app, headers={"Origin": ORIGIN}))


def test_an_exception_after_start_response_becomes_a_500_with_headers():
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        raise LookupError("early")

    assert_is_our_500(ask(app, headers={"Origin": ORIGIN}))


@pytest.mark.parametrize("first", [None, b""])
def test_an_exception_before_the_first_byte_of_a_stream_becomes_a_500_with_headers(first):
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        if first is not None:
            yield first
        raise LookupError("early")

    assert_is_our_500(ask(app, headers={"Origin": ORIGIN}))


def test_an_exception_in_the_middle_of_a_stream_is_only_raised_on():
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        yield b"half"
        raise LookupError("late")

    answer = ask(app, headers={"Origin": ORIGIN})
    assert (answer.status, answer.body) == (200, b"half")
    assert isinstance(answer.raised, LookupError)


def test_an_exception_is_left_to_a_debugger_that_stands_outside():
    def app(environ, start_response):
        raise LookupError("early")

    server = Server(CORSMiddleware(app, **OPTIONS))
    server.request(headers={"Origin": ORIGIN}, **{"werkzeug.debug.preserve_context": print})
    assert server.status is None
    assert isinstance(server.raised, LookupError)


class Stream:
    """Chunks that count how often they are closed."""

    def __init__(self, chunks):
        self.left = iter(chunks)
        self.closed = 0

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.left)

    def close(self):
        self.closed += 1


@pytest.mark.parametrize("taken", [0, 1, 2, 3])
def test_a_stream_is_passed_on_chunk_by_chunk_and_closed_once(taken):
    stream = Stream([b"a", b"b"])

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return stream

    environ = {"REQUEST_METHOD": "GET"}
    chunks = CORSMiddleware(app, **OPTIONS)(environ, lambda *_: None)
    iterator = iter(chunks)
    assert [next(iterator, None) for _ in range(taken)] == [b"a", b"b", None][:taken]
    chunks.close()
    del iterator
    assert stream.closed == 1


def test_what_a_server_sends_in_its_own_way_is_not_wrapped():
    for result in ([b"ok"], (b"ok",), FileWrapper(io.BytesIO(b"ok"))):

        def app(environ, start_response, result=result):
            start_response("200 OK", [("Content-Type", "text/plain")])
            return result

        environ = {"REQUEST_METHOD": "GET", "wsgi.file_wrapper": FileWrapper}
        assert CORSMiddleware(app, **OPTIONS)(environ, lambda *_: None) is result


def test_a_policy_is_swapped_while_serving():
    middleware = CORSMiddleware(application, **OPTIONS)
    middleware.policy = corsac.Policy(["https://other.example"])
    assert Server(middleware).request(headers={"Origin": ORIGIN}).cors() == {}
    answer = Server(middleware).request(headers={"Origin": "https://other.example"})
    assert answer.cors() == {"access-control-allow-origin": "https://other.example"}


def test_a_swap_for_what_is_no_policy_is_refused_and_the_old_one_stays():
    middleware = CORSMiddleware(application, **OPTIONS)
    with pytest.raises(TypeError, match=r"write Policy\("):
        middleware.policy = {"allow_origins": ["*"]}
    assert Server(middleware).request(headers={"Origin": ORIGIN}).cors()["access-control-allow-origin"] == ORIGIN


def test_a_response_that_began_before_a_swap_keeps_its_decision():
    def app(environ, start_response):
        middleware.policy = corsac.Policy(["https://other.example"])
        return application(environ, start_response)

    middleware = CORSMiddleware(app, **OPTIONS)
    assert Server(middleware).request(headers={"Origin": ORIGIN}).cors()["access-control-allow-origin"] == ORIGIN


def test_the_request_is_not_read_again_after_the_decision():
    def app(environ, start_response):
        environ["HTTP_ORIGIN"] = "https://evil.example"
        return application(environ, start_response)

    assert ask(app, headers={"Origin": ORIGIN}).cors()["access-control-allow-origin"] == ORIGIN


def test_several_origin_lines_which_a_server_joined_are_denied_as_malformed(caplog):
    asked = []
    options = {"external_origins": True, "origin_check": asked.append}
    for origin in (f"{ORIGIN},{ORIGIN}", f"{ORIGIN}, https://evil.example", ","):
        assert ask(headers={"Origin": origin}, **options).cors() == {}
        assert ask(unreachable, "OPTIONS", PREFLIGHT | {"Origin": origin}, **options).status == 403
    assert asked == []


def test_an_origin_check_is_asked_about_an_origin_that_no_pattern_matches():
    asked = []

    def origin_check(origin):
        asked.append(origin)
        return origin.endswith(b".tenant.example")

    options = {"allow_origins": [ORIGIN], "origin_check": origin_check}
    assert ask(headers={"Origin": ORIGIN}, **options).cors() != {}
    assert asked == []
    assert ask(headers={"Origin": "https://a.tenant.example"}, **options).cors() != {}
    assert ask(headers={"Origin": "https://b.example"}, **options).cors() == {}
    assert asked == [b"https://a.tenant.example", b"https://b.example"]


class Undecided:
    def __bool__(self):
        raise RuntimeError("the data base is away")


def raising(_origin):
    raise RuntimeError("the data base is away")


async def waiting(_origin):
    return True


@pytest.mark.parametrize(
    ("check", "says"),
    [
        (raising, "the data base is away"),
        (lambda _origin: Undecided(), "the data base is away"),
        (waiting, "cannot be awaited here"),
        (lambda origin: waiting(origin), "cannot be awaited here"),
    ],
)
@pytest.mark.parametrize("form", ["options", "policy set"])
def test_failing_origin_check_denies_and_is_logged_and_the_application_runs(check, says, form, caplog):
    policy_set = corsac.PolicySet([{"allow_origins": [ORIGIN], "external_origins": True}])
    options = {"allow_origins": [ORIGIN]} if form == "options" else {"policy": policy_set}
    answer = ask(headers={"Origin": "https://tenant.example"}, origin_check=check, **options)
    assert (answer.status, answer.body, answer.cors()) == (200, b"ok", {})
    assert "Origin" in ", ".join(answer.header("vary"))
    (record,) = caplog.records
    assert (record.levelname, record.exc_info is not None) == ("ERROR", True)
    assert 'origin check failed: "https://tenant.example" is denied; GET /' in caplog.text
    assert says in caplog.text
    denied = PREFLIGHT | {"Origin": "https://tenant.example"}
    assert ask(unreachable, "OPTIONS", denied, origin_check=check, **options).status == 403


@pytest.mark.parametrize(("result", "allowed"), [("yes", True), ([0], True), (None, False), (0, False)])
def test_result_of_an_origin_check_goes_by_truth(result, allowed):
    options = {"allow_origins": [ORIGIN], "origin_check": lambda _origin: result}
    assert (ask(headers={"Origin": "https://tenant.example"}, **options).cors() != {}) == allowed


def test_any_origin_with_credentials_is_refused_with_what_to_write_instead():
    with pytest.raises(corsac.PolicyError, match="list the origins") as refused:
        CORSMiddleware(application, allow_origins=["*"], allow_credentials=True)
    assert [finding.code for finding in refused.value.findings] == ["any-origin-with-credentials"]


def test_a_string_where_a_list_is_meant_is_refused():
    with pytest.raises(TypeError, match=r"\["):
        CORSMiddleware(application, allow_origins=ORIGIN)


def test_a_policy_beside_its_options_is_refused():
    with pytest.raises(TypeError, match="policy"):
        CORSMiddleware(application, policy=corsac.Policy([ORIGIN]), allow_origins=[ORIGIN])


POLICIES = {
    "/public": {"allow_origins": ["*"]},
    "/account": corsac.Policy([ORIGIN], allow_credentials=True),
    "/account/open": None,
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/public", {"access-control-allow-origin": "*"}),
        ("/public/x", {"access-control-allow-origin": "*"}),
        ("/publicity", {}),
        ("/account/x", {"access-control-allow-origin": ORIGIN, "access-control-allow-credentials": "true"}),
        ("/account/open", {}),
        ("/account/../public", {}),
        ("/", {}),
    ],
)
def test_policies_by_path_take_whole_segments_and_leave_the_rest_alone(path, expected):
    answer = ask(headers={"Origin": ORIGIN}, path=path, policies=POLICIES)
    assert answer.cors() == expected
    # The ambiguous path is denied.
    assert bool(answer.header("vary")) == (path in ("/account/x", "/account/../public"))


@pytest.mark.parametrize("key", ["REQUEST_URI", "RAW_URI"])
def test_encoded_slash_is_ambiguous_and_denied(key):
    server = Server(CORSMiddleware(application, policies=POLICIES, allow_origins=[ORIGIN]))
    answer = server.request(headers={"Origin": ORIGIN}, path="/account/x", **{key: "/account%2Fx?y=%2f"})
    assert answer.cors() == {}
    assert answer.header("vary") == ["Origin"]


def test_a_path_is_read_as_utf_8():
    table = {"path": "/b\xe4r", "allow_origins": ["*"]}
    for options in ({"policies": {table["path"]: {"allow_origins": ["*"]}}}, {"policy": corsac.PolicySet([table])}):
        answer = ask(headers={"Origin": ORIGIN}, path="/b\xc3\xa4r/x", **options)
        assert answer.cors() == {"access-control-allow-origin": "*"}


TABLES = [
    {"path": "/account", "allow_origins": [ORIGIN], "allow_credentials": True, "allow_timing": True},
    {"path": "/account", "allow_origins": [], "external_origins": True},
    {"path": "/account/open", "cors": False},
]


@pytest.mark.parametrize("form", ["set", "image file", "toml file"])
def test_policy_set_decides_by_path_and_by_origin(form, tmp_path):
    policy_set = corsac.PolicySet(TABLES)
    if form != "set":
        toml = """
            [[policy]]
            path = "/account"
            allow_origins = ["https://app.example.com"]
            allow_credentials = true
            allow_timing = true
            [[policy]]
            path = "/account"
            external_origins = true
            [[policy]]
            path = "/account/open"
            cors = false
        """
        (tmp_path / "set").write_bytes(policy_set.image if form == "image file" else toml.encode())
        policy_set = corsac.wsgi.PolicyFile(tmp_path / "set")
    options = {"policy": policy_set, "origin_check": lambda origin: origin == b"https://tenant.example"}
    shared = {"access-control-allow-origin": ORIGIN, "access-control-allow-credentials": "true"}
    answer = ask(headers={"Origin": ORIGIN}, path="/account/x", **options)
    assert (answer.cors(), answer.header("timing-allow-origin")) == (shared, [ORIGIN])
    tenant = {"access-control-allow-origin": "https://tenant.example"}
    assert ask(headers={"Origin": "https://tenant.example"}, path="/account", **options).cors() == tenant
    for path, varies in [("/account/open", []), ("/", []), ("/account/../account", ["Origin"])]:
        answer = ask(headers={"Origin": ORIGIN}, path=path, **options)
        assert (answer.cors(), answer.header("vary")) == ({}, varies)


@pytest.mark.parametrize(
    ("method", "headers", "says"),
    [
        ("GET", {"Origin": ORIGIN}, "this actual would be allowed; the application's own answer does not pass"),
        ("GET", {"Origin": "https://evil.example"}, "this actual would be denied"),
        ("OPTIONS", PREFLIGHT, "this preflight would be allowed; the application's own answer does not pass"),
    ],
)
def test_report_only_changes_nothing_and_says_what_would_have_been(caplog, method, headers, says):
    with caplog.at_level(logging.INFO, "corsac"):
        answer = ask(application, method, headers, report_only=True, **OPTIONS)
    assert (answer.status, answer.body) == (200, b"ok")
    assert answer.headers == [("Content-Type", "text/plain"), ("Content-Length", "2")]
    assert says in caplog.text


def test_report_only_says_that_the_application_passes(caplog):
    with caplog.at_level(logging.INFO, "corsac"):
        answer = ask(reflecting, "GET", {"Origin": ORIGIN}, report_only=True, **OPTIONS)
    assert answer.header("vary") == ["Cookie", "Accept, ORIGIN"]
    assert "the application's own answer passes" in caplog.text


@pytest.mark.filterwarnings("ignore::corsac.wsgi.CorsacMigrationWarning")
def test_a_regex_is_matched_in_full():
    options = {"allow_origins": [ORIGIN], "allow_origin_regex": r"https://\w+\.example\.net"}
    assert ask(headers={"Origin": "https://a.example.net"}, **options).cors() != {}
    assert ask(headers={"Origin": "https://a.example.net.evil.example"}, **options).cors() == {}


def test_a_regex_warns_with_the_pattern_to_write():
    with pytest.warns(UserWarning, match=r"write allow_origins=\['https://\*\.example\.net'\]"):
        CORSMiddleware(application, allow_origin_regex=r"https://\w+\.example\.net")


def test_a_regex_that_lets_anybody_in_beside_credentials_is_refused():
    with pytest.raises(ValueError, match="with credentials"):
        CORSMiddleware(application, allow_origin_regex=".*", allow_credentials=True)


@pytest.mark.filterwarnings("ignore::corsac.wsgi.CorsacMigrationWarning")
def test_a_swap_does_not_bring_credentials_beside_a_regex_that_lets_anybody_in():
    middleware = CORSMiddleware(application, allow_origin_regex=".*")
    with pytest.raises(ValueError, match="with credentials"):
        middleware.policy = corsac.Policy([ORIGIN], allow_credentials=True, external_origins=True)
    assert Server(middleware).request(headers={"Origin": ORIGIN}).cors() == {"access-control-allow-origin": ORIGIN}


def test_an_origin_check_that_would_never_be_asked_is_refused():
    with pytest.raises(ValueError, match="external_origins=True"):
        CORSMiddleware(application, policy=corsac.Policy([ORIGIN]), origin_check=bool)


def test_signature_names_every_option_with_the_defaults_of_a_policy():
    ours = inspect.signature(CORSMiddleware).parameters
    theirs = inspect.signature(corsac.Policy).parameters
    assert {name: ours[name].default for name in theirs} == {name: theirs[name].default for name in theirs}


def test_origins_may_be_the_second_argument():
    server = Server(CORSMiddleware(application, [ORIGIN], allow_credentials=True))
    assert server.request(headers={"Origin": ORIGIN}).cors() == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-credentials": "true",
    }


def test_empty_list_is_refused_with_the_switch_and_off_with_it(caplog):
    with pytest.raises(corsac.PolicyError, match="off_when_empty=True"):
        CORSMiddleware(application, allow_origins=[])
    for options in ({"allow_origins": []}, {"allow_origins": (), "allow_credentials": True}, {}):
        with caplog.at_level(logging.INFO, "corsac"):
            middleware = CORSMiddleware(reflecting, off_when_empty=True, **options)
        assert "CORS is off" in caplog.text
        answer = Server(middleware).request(headers={"Origin": "https://evil.example"})
        assert answer.header("vary") == ["Cookie", "Accept, ORIGIN"]
        with pytest.raises(ValueError, match="no policy to swap"):
            middleware.policy = corsac.Policy([ORIGIN])
    assert ask(headers={"Origin": ORIGIN}, allow_origins=[ORIGIN], off_when_empty=True).cors() != {}
    assert ask(headers={"Origin": ORIGIN}, origin_check=bool, off_when_empty=True).cors() != {}
    policies = {"/a": {"allow_origins": ["*"]}}
    for path, acao in (("/a", "*"), ("/b", None)):
        options = {"policies": policies, "allow_origins": [], "off_when_empty": True}
        answer = ask(headers={"Origin": ORIGIN}, path=path, **options)
        assert answer.cors().get("access-control-allow-origin") == acao
    with pytest.raises(TypeError, match="leave off_when_empty out"):
        CORSMiddleware(application, policy=corsac.Policy([ORIGIN]), off_when_empty=True)


@pytest.mark.parametrize(("path", "expected"), [("api/x", True), ("api", True), ("", False), ("apix", False)])
def test_path_without_a_slash_is_the_one_that_routers_take(path, expected):
    policies = {"/api": {"allow_origins": ["*"]}}
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_ORIGIN": ORIGIN}
    started = []
    list(CORSMiddleware(application, policies=policies)(environ, lambda *arguments: started.append(arguments)))
    assert ("access-control-allow-origin" in dict(started[0][1])) == expected


@pytest.mark.parametrize("origin", ["https://€.example", "https://\U0001f600", "€,https://b.example", "https://\udcff"])
def test_origin_beyond_latin_1_is_denied(origin, caplog):
    server = Server(CORSMiddleware(application, **OPTIONS), validated=False)
    caplog.set_level(logging.DEBUG, "corsac")
    answer = server.request(headers={"Origin": origin})
    assert (answer.raised, answer.status, answer.cors()) == (None, 200, {})
    names = {"Access-Control-Request-Method": "€", "Access-Control-Request-Headers": "€"}
    server = Server(CORSMiddleware(unreachable, **OPTIONS), validated=False)
    answer = server.request("OPTIONS", {"Origin": origin, **names})
    assert (answer.raised, answer.status, answer.cors()) == (None, 403, {})
    assert all(record.getMessage().isascii() for record in caplog.records)
    # What is not about CORS is not looked at.
    assert ask(headers={"Origin": ORIGIN, "Sec-Fetch-Site": "€"}).cors() != {}


def test_log_names_method_path_and_client_and_never_the_query(caplog):
    caplog.set_level(logging.DEBUG, "corsac")
    middleware = CORSMiddleware(application, **OPTIONS)
    evil = {"Origin": "https://evil.example"}
    extra = {"REMOTE_ADDR": "203.0.113.7", "REQUEST_URI": "/a%20b?token=secret"}
    for number in range(100):
        Server(middleware).request("OPTIONS", PREFLIGHT | evil, f"/{number}", **extra)
        Server(middleware).request("GET", evil, f"/{number}", **extra)
        Server(middleware).request("GET", evil | {"Sec-Fetch-Site": "same-origin"}, f"/{number}", **extra)
    lines = [f"{record.levelname} {record.getMessage()}" for record in caplog.records]
    because = 'origin "https://evil.example" is not allowed'
    assert lines[:2] == [
        f"WARNING preflight denied: {because}; OPTIONS /a%20b from 203.0.113.7",
        f"DEBUG response not shared: {because}; GET /a%20b from 203.0.113.7",
    ]
    assert len(lines) == 2 * (16 + 2)


def test_header_that_the_application_loses_is_said_once(caplog):
    middleware = CORSMiddleware(reflecting, **OPTIONS)
    for _ in range(3):
        Server(middleware).request(headers={"Origin": "https://evil.example"})
    names = [record.getMessage().split()[3] for record in caplog.records]
    assert names == [
        "access-control-allow-origin",
        "access-control-allow-credentials",
        "access-control-max-age",
    ]
