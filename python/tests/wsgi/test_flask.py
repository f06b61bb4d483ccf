"""The Flask extension: options and configuration of flask-cors, factories, blueprints, and policies of views."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import flask
import pytest
from flask.views import MethodView

import corsac
from corsac.flask import CORS, CorsacMigrationWarning, cross_origin

ORIGIN = "https://app.example.com"
OTHER = "https://other.example"
EVIL = "https://evil.example"
ACAO = "access-control-allow-origin"


def site(**config):
    """Return an application in which every request needs a token, except preflights."""
    app = flask.Flask("site")
    app.config.update(config)

    @app.before_request
    def authenticate():
        if "Authorization" not in flask.request.headers:
            flask.abort(401)

    app.add_url_rule("/", view_func=lambda: "root", endpoint="root")
    app.add_url_rule("/api/things/<int:number>", view_func=lambda number: "thing", endpoint="thing", methods=["PUT"])
    return app


def asked(app, path="/", origin=ORIGIN, method="GET"):
    response = app.test_client().open(path, method=method, headers={"Origin": origin, "Authorization": "x"})
    return response.headers.get(ACAO)


def preflight(app, path="/", origin=ORIGIN, method="PUT"):
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    return app.test_client().options(path, headers=headers)


def test_options_have_the_names_and_defaults_of_flask_cors():
    app = site()
    CORS(app, origins=[ORIGIN], supports_credentials=True, expose_headers="X-A, X-B", max_age=timedelta(minutes=5))
    response = preflight(app, "/api/things/7")
    assert (response.status_code, response.headers[ACAO]) == (204, ORIGIN)
    assert response.headers["access-control-allow-credentials"] == "true"
    assert response.headers["access-control-max-age"] == "300"
    assert response.headers["access-control-allow-methods"] == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
    response = app.test_client().get("/", headers={"Origin": ORIGIN})
    assert (response.status_code, response.headers[ACAO]) == (401, ORIGIN)
    assert response.headers["access-control-expose-headers"] == "x-a, x-b"
    assert asked(app, origin=EVIL) is None


@pytest.mark.parametrize("max_age", [600, "600", timedelta(seconds=600)])
def test_seconds_come_in_three_forms(max_age):
    app = site()
    CORS(app, origins=ORIGIN, max_age=max_age)
    assert preflight(app).headers["access-control-max-age"] == "600"


def test_configuration_is_read_where_nothing_is_written():
    app = site(CORS_ORIGINS=[ORIGIN], CORS_SUPPORTS_CREDENTIALS=True, CORS_RESOURCES=r"/api/*", CORS_METHODS=["PUT"])
    CORS(app)
    response = preflight(app, "/api/things/7")
    assert response.headers["access-control-allow-credentials"] == "true"
    assert response.headers["access-control-allow-methods"] == "PUT"
    assert asked(app, "/") is None
    app = site(CORS_ORIGINS=[ORIGIN])
    CORS(app, origins=[OTHER])
    assert (asked(app), asked(app, origin=OTHER)) == (None, OTHER)


def test_factory_configures_before_it_initialises():
    cors = CORS()
    for origin in (ORIGIN, OTHER):
        app = site(CORS_ORIGINS=[origin])
        cors.init_app(app)
        assert (asked(app, origin=origin), asked(app, origin=EVIL)) == (origin, None)
    app = site()
    CORS(origins=[ORIGIN]).init_app(app, origins=[OTHER])
    assert (asked(app), asked(app, origin=OTHER)) == (None, OTHER)


@pytest.mark.parametrize(
    ("resources", "governed"),
    [
        (r"/api/*", ["/api/things/7"]),
        ({r"/api/*": {"origins": OTHER}, "/": {}}, ["/"]),
        ([re.compile("/api/things")], ["/api/things/7"]),
        ("/", ["/"]),
        ("*", ["/", "/api/things/7"]),
        ({}, []),
    ],
)
def test_resources_are_those_of_flask_cors(resources, governed):
    app = site()
    CORS(app, origins=[ORIGIN], resources=resources)
    assert [path for path in ("/", "/api/things/7") if asked(app, path) == ORIGIN] == governed


def test_expression_among_origins_is_matched_in_full():
    app = site()
    with pytest.warns(CorsacMigrationWarning, match=r"https://\*\.example\.com") as caught:
        CORS(app, origins=[r"https://\w+\.example\.com", "http://localhost:*", re.compile("https://x[0-9]")])
    assert {warning.filename for warning in caught} == {__file__}
    assert asked(app) == ORIGIN
    assert asked(app, origin="http://localhost:5173") == "http://localhost:5173"
    assert asked(app, origin="https://x1") == "https://x1"
    assert asked(app, origin="https://app.example.com.evil.net") is None


def test_wrong_options_are_refused_and_logged(caplog):
    for options, kind, says in [
        ({"origins": "*", "supports_credentials": True}, corsac.PolicyError, "credentials"),
        ({"origins": ["https://*.example.com/"]}, corsac.PolicyError, "trailing slash"),
        ({"origins": []}, corsac.PolicyError, "off_when_empty"),
        ({}, TypeError, "write origins="),
        ({"origin": "*"}, TypeError, "did you mean 'origins'"),
        ({"origins": "*", "resources": 7}, ValueError, "a list of paths"),
    ]:
        caplog.clear()
        with pytest.raises(kind, match=says):
            CORS(site(), **options)
    app = site()
    CORS(app, origins=[], off_when_empty=True)
    assert asked(app) is None
    with caplog.at_level(logging.INFO, "corsac"):
        CORS(site(), origins=[ORIGIN], vary_header=False)
    assert "vary_header=False has no effect" in caplog.text


def decorated(app):
    @app.get("/avatar/<int:number>")
    @cross_origin(origins="*")
    def avatar(number):
        return "avatar"

    @app.get("/async")
    @cross_origin(origins=[OTHER])
    async def waiting():
        return "async"

    class Orders(MethodView):
        @cross_origin(origins=[OTHER], methods=["PUT"])
        def put(self):
            return "put"

        def get(self):
            return "get"

    app.add_url_rule("/orders", view_func=Orders.as_view("orders"))
    return app


def test_policy_of_a_view_decides_before_authentication():
    app = decorated(site())
    CORS(app, origins=[ORIGIN])
    assert asked(app, "/avatar/7", EVIL) == "*"
    response = preflight(app, "/avatar/7", EVIL, "GET")
    assert (response.status_code, response.headers[ACAO]) == (204, "*")
    # PUT is not a method of the route, and the policy of its view denies it.
    assert preflight(app, "/avatar/7", EVIL, "PUT").headers[ACAO] == "*"
    assert (asked(app, "/"), asked(app, "/", EVIL)) == (ORIGIN, None)
    assert preflight(app, "/orders", OTHER, "PUT").headers[ACAO] == OTHER
    assert asked(app, "/orders", OTHER) is None
    assert asked(app, "/orders", ORIGIN) == ORIGIN
    for method in ("as_view", "__class__", "€", "", "BREW"):
        assert preflight(app, "/orders", ORIGIN, method).status_code in (204, 403)


def test_configuration_adds_to_a_decorator():
    app = flask.Flask("site")
    app.config.update(CORS_ORIGINS=[ORIGIN], CORS_SUPPORTS_CREDENTIALS=True)
    app.add_url_rule("/", view_func=cross_origin(max_age=7)(lambda: "ok"), endpoint="root")
    CORS(app, resources={})
    response = preflight(app, "/", method="GET")
    assert response.headers["access-control-max-age"] == "7"
    assert response.headers["access-control-allow-credentials"] == "true"


def test_decorator_without_the_extension_fails_loudly():
    app = decorated(flask.Flask("site"))
    app.testing = True
    with pytest.raises(RuntimeError, match=r"write CORS\(app\)"):
        app.test_client().get("/avatar/7")
    with pytest.raises(corsac.PolicyError):
        cross_origin(origins=["https://a.example/"])
    with pytest.raises(TypeError, match="did you mean 'origins'"):
        cross_origin(origin="*")


def test_blueprints_have_policies_of_their_own_inside_one_another():
    app = site()
    parent, child = flask.Blueprint("parent", "parent"), flask.Blueprint("child", "child")
    for blueprint in (parent, child):
        blueprint.add_url_rule("/x", view_func=lambda: "x", endpoint="x")
    CORS(child, origins=[OTHER])
    CORS(parent, origins="*")
    parent.register_blueprint(child, url_prefix="/child")
    app.register_blueprint(parent, url_prefix="/parent")
    CORS(app, origins=[ORIGIN])
    assert [asked(app, path, OTHER) for path in ("/parent/x", "/parent/child/x", "/")] == ["*", OTHER, None]
    assert asked(app, "/parent/child/x", EVIL) is None
    assert preflight(app, "/parent/child/x", OTHER, "GET").headers[ACAO] == OTHER


def test_report_only_changes_nothing_for_views_too(caplog):
    app = decorated(site())
    CORS(app, origins=[ORIGIN], report_only=True)
    with caplog.at_level(logging.INFO, "corsac"):
        for path in ("/", "/avatar/7"):
            assert asked(app, path) is None
            assert preflight(app, path, method="GET").status_code == 401
    assert len([record for record in caplog.records if "report only" in record.getMessage()]) == 4


def test_path_without_a_slash_is_governed_as_flask_routes_it():
    app = site()
    CORS(app, origins=[ORIGIN], resources=r"/api/*")
    assert asked(app, "api/things/7", method="PUT") == ORIGIN


def test_errors_and_odd_requests_are_governed():
    app = site()
    CORS(app, origins=[ORIGIN])
    for path, method in (("/nowhere", "GET"), ("/api/things/7", "DELETE"), ("/api/things/x", "PUT"), ("/", "BREW")):
        assert asked(app, path, method=method) == ORIGIN, path
    assert asked(app, "/", "https://€.example".encode().decode("latin-1")) is None
