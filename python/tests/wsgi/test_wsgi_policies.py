"""The policies of the WSGI middleware: options, origin checks, expressions, paths, and replacing them while serving."""

from __future__ import annotations

import inspect
import logging

import pytest
from wsgi_server import OPTIONS, ORIGIN, PREFLIGHT, Server, application, ask, reflecting, unreachable

import corsac
from corsac.wsgi import CORSMiddleware


def test_policy_can_be_replaced_while_serving():
    middleware = CORSMiddleware(application, **OPTIONS)
    middleware.policy = corsac.Policy(["https://other.example"])
    assert Server(middleware).request(headers={"Origin": ORIGIN}).cors() == {}
    response = Server(middleware).request(headers={"Origin": "https://other.example"})
    assert response.cors() == {"access-control-allow-origin": "https://other.example"}


def test_replacement_that_is_not_a_policy_is_refused():
    middleware = CORSMiddleware(application, **OPTIONS)
    with pytest.raises(TypeError, match=r"write Policy\("):
        middleware.policy = {"allow_origins": ["*"]}
    assert Server(middleware).request(headers={"Origin": ORIGIN}).cors()["access-control-allow-origin"] == ORIGIN


def test_begun_response_keeps_its_decision_when_the_policy_changes():
    def app(environ, start_response):
        middleware.policy = corsac.Policy(["https://other.example"])
        return application(environ, start_response)

    middleware = CORSMiddleware(app, **OPTIONS)
    assert Server(middleware).request(headers={"Origin": ORIGIN}).cors()["access-control-allow-origin"] == ORIGIN


def test_origin_check_is_asked_about_unmatched_origins_only():
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
def test_failing_origin_check_denies_but_the_application_runs(check, says, form, caplog):
    policy_set = corsac.PolicySet([{"allow_origins": [ORIGIN], "external_origins": True}])
    options = {"allow_origins": [ORIGIN]} if form == "options" else {"policy": policy_set}
    response = ask(headers={"Origin": "https://tenant.example"}, origin_check=check, **options)
    assert (response.status, response.body, response.cors()) == (200, b"ok", {})
    assert "Origin" in ", ".join(response.header("vary"))
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


def test_any_origin_with_credentials_is_refused():
    with pytest.raises(corsac.PolicyError, match="list the origins") as refused:
        CORSMiddleware(application, allow_origins=["*"], allow_credentials=True)
    assert [finding.code for finding in refused.value.findings] == ["any-origin-with-credentials"]


def test_str_instead_of_a_list_is_refused():
    with pytest.raises(TypeError, match=r"\["):
        CORSMiddleware(application, allow_origins=ORIGIN)


def test_policy_together_with_options_is_refused():
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
def test_policies_by_path_match_whole_segments(path, expected):
    response = ask(headers={"Origin": ORIGIN}, path=path, policies=POLICIES)
    assert response.cors() == expected
    # The ambiguous path is denied, and a denial has Vary too.
    assert bool(response.header("vary")) == (path in ("/account/x", "/account/../public"))


@pytest.mark.parametrize("key", ["REQUEST_URI", "RAW_URI"])
def test_encoded_slash_is_ambiguous_and_denied(key):
    server = Server(CORSMiddleware(application, policies=POLICIES, allow_origins=[ORIGIN]))
    response = server.request(headers={"Origin": ORIGIN}, path="/account/x", **{key: "/account%2Fx?y=%2f"})
    assert response.cors() == {}
    assert response.header("vary") == ["Origin"]


def test_path_is_read_as_utf_8():
    table = {"path": "/b\xe4r", "allow_origins": ["*"]}
    for options in ({"policies": {table["path"]: {"allow_origins": ["*"]}}}, {"policy": corsac.PolicySet([table])}):
        response = ask(headers={"Origin": ORIGIN}, path="/b\xc3\xa4r/x", **options)
        assert response.cors() == {"access-control-allow-origin": "*"}


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
    response = ask(headers={"Origin": ORIGIN}, path="/account/x", **options)
    assert (response.cors(), response.header("timing-allow-origin")) == (shared, [ORIGIN])
    tenant = {"access-control-allow-origin": "https://tenant.example"}
    assert ask(headers={"Origin": "https://tenant.example"}, path="/account", **options).cors() == tenant
    for path, varies in [("/account/open", []), ("/", []), ("/account/../account", ["Origin"])]:
        response = ask(headers={"Origin": ORIGIN}, path=path, **options)
        assert (response.cors(), response.header("vary")) == ({}, varies)


@pytest.mark.filterwarnings("ignore::corsac.wsgi.CorsacMigrationWarning")
def test_regex_must_match_the_whole_origin():
    options = {"allow_origins": [ORIGIN], "allow_origin_regex": r"https://\w+\.example\.net"}
    assert ask(headers={"Origin": "https://a.example.net"}, **options).cors() != {}
    assert ask(headers={"Origin": "https://a.example.net.evil.example"}, **options).cors() == {}


def test_regex_warns_with_the_pattern_to_write():
    with pytest.warns(UserWarning, match=r"write allow_origins=\['https://\*\.example\.net'\]"):
        CORSMiddleware(application, allow_origin_regex=r"https://\w+\.example\.net")


def test_regex_that_matches_any_origin_is_refused_with_credentials():
    with pytest.raises(ValueError, match="with credentials"):
        CORSMiddleware(application, allow_origin_regex=".*", allow_credentials=True)


@pytest.mark.filterwarnings("ignore::corsac.wsgi.CorsacMigrationWarning")
def test_replacement_cannot_add_credentials_to_a_loose_regex():
    middleware = CORSMiddleware(application, allow_origin_regex=".*")
    with pytest.raises(ValueError, match="with credentials"):
        middleware.policy = corsac.Policy([ORIGIN], allow_credentials=True, external_origins=True)
    assert Server(middleware).request(headers={"Origin": ORIGIN}).cors() == {"access-control-allow-origin": ORIGIN}


def test_origin_check_without_external_origins_is_refused():
    with pytest.raises(ValueError, match="external_origins=True"):
        CORSMiddleware(application, policy=corsac.Policy([ORIGIN]), origin_check=bool)


def test_signature_names_every_option_with_the_defaults_of_a_policy():
    ours = inspect.signature(CORSMiddleware).parameters
    theirs = inspect.signature(corsac.Policy).parameters
    assert {name: ours[name].default for name in theirs} == {name: theirs[name].default for name in theirs}


def test_second_argument_is_the_list_of_origins():
    server = Server(CORSMiddleware(application, [ORIGIN], allow_credentials=True))
    assert server.request(headers={"Origin": ORIGIN}).cors() == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-credentials": "true",
    }


def test_empty_list_needs_off_when_empty(caplog):
    with pytest.raises(corsac.PolicyError, match="off_when_empty=True"):
        CORSMiddleware(application, allow_origins=[])
    for options in ({"allow_origins": []}, {"allow_origins": (), "allow_credentials": True}, {}):
        with caplog.at_level(logging.INFO, "corsac"):
            middleware = CORSMiddleware(reflecting, off_when_empty=True, **options)
        assert "CORS is off" in caplog.text
        response = Server(middleware).request(headers={"Origin": "https://evil.example"})
        assert response.header("vary") == ["Cookie", "Accept, ORIGIN"]
        with pytest.raises(ValueError, match="no policy for all paths"):
            middleware.policy = corsac.Policy([ORIGIN])
    assert ask(headers={"Origin": ORIGIN}, allow_origins=[ORIGIN], off_when_empty=True).cors() != {}
    assert ask(headers={"Origin": ORIGIN}, origin_check=bool, off_when_empty=True).cors() != {}
    policies = {"/a": {"allow_origins": ["*"]}}
    for path, acao in (("/a", "*"), ("/b", None)):
        options = {"policies": policies, "allow_origins": [], "off_when_empty": True}
        response = ask(headers={"Origin": ORIGIN}, path=path, **options)
        assert response.cors().get("access-control-allow-origin") == acao
    with pytest.raises(TypeError, match="remove off_when_empty"):
        CORSMiddleware(application, policy=corsac.Policy([ORIGIN]), off_when_empty=True)


@pytest.mark.parametrize(("path", "expected"), [("api/x", True), ("api", True), ("", False), ("apix", False)])
def test_path_without_a_slash_is_read_as_routers_read_it(path, expected):
    policies = {"/api": {"allow_origins": ["*"]}}
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_ORIGIN": ORIGIN}
    started = []
    list(CORSMiddleware(application, policies=policies)(environ, lambda *arguments: started.append(arguments)))
    assert ("access-control-allow-origin" in dict(started[0][1])) == expected
