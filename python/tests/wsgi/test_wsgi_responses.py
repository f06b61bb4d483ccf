"""Responses of the WSGI middleware: preflights, streams and errors, checked by the validator of PEP 3333."""

from __future__ import annotations

import io
import logging
import sys
from wsgiref.util import FileWrapper

import pytest
from wsgi_server import OPTIONS, ORIGIN, PREFLIGHT, PREFLIGHT_VARY, Server, application, ask, reflecting, unreachable

from corsac.wsgi import CORSMiddleware


def test_preflight_never_reaches_the_application():
    response = ask(unreachable, "OPTIONS", PREFLIGHT)
    assert response.raised is None
    assert response.status == 204
    assert response.body == b""
    assert response.cors() == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "GET, PUT",
        "access-control-allow-headers": "content-type",
    }
    assert response.header("vary") == [PREFLIGHT_VARY]


def test_denied_preflight_gives_its_reason_in_body_and_log(caplog):
    with caplog.at_level(logging.INFO, "corsac"):
        response = ask(unreachable, "OPTIONS", PREFLIGHT | {"Origin": "https://evil.example"})
    assert response.status == 403
    assert response.cors() == {}
    assert b"https://evil.example" in response.body
    assert response.header("content-type") == ["text/plain"]
    assert response.header("x-content-type-options") == ["nosniff"]
    assert "https://evil.example" in caplog.text


@pytest.mark.parametrize("status", [200, 299])
def test_preflight_status_other_than_204_has_content_length_zero(status):
    middleware = CORSMiddleware(
        unreachable, allow_origins=[ORIGIN], allow_methods=["GET", "PUT"], preflight_status=status
    )
    # The validator wants a Content-Type for an empty body, which HTTP does not require.
    response = Server(middleware, validated=False).request("OPTIONS", PREFLIGHT)
    assert (response.status, response.body, response.header("content-length")) == (status, b"", ["0"])


@pytest.mark.parametrize("headers", [{}, {"Origin": ORIGIN}, {"Access-Control-Request-Method": "PUT"}])
def test_plain_options_reaches_the_application(headers):
    response = ask(application, "OPTIONS", headers)
    assert (response.status, response.body) == (200, b"ok")


def test_allowed_request_gets_the_headers():
    response = ask(headers={"Origin": ORIGIN})
    assert response.body == b"ok"
    assert response.cors() == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "etag",
    }
    assert response.header("vary") == ["Origin"]


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": ""}, {"Origin": "null"}])
def test_plain_and_denied_requests_reach_the_application_and_vary(headers):
    response = ask(headers=headers)
    assert (response.status, response.body, response.cors()) == (200, b"ok", {})
    assert response.header("vary") == ["Origin"]


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}])
def test_application_that_reflects_origins_cannot_undo_a_denial(headers):
    assert ask(reflecting, headers=headers).cors() == {}


def test_cors_headers_of_the_application_are_replaced():
    response = ask(reflecting, headers={"Origin": ORIGIN})
    assert response.header("access-control-allow-origin") == [ORIGIN]
    assert response.header("access-control-max-age") == []


def test_vary_headers_of_the_application_stay_without_duplicates():
    assert ask(reflecting, headers={"Origin": ORIGIN}).header("vary") == ["Cookie", "Accept, ORIGIN"]


def test_cookies_stay_separate_headers():
    def app(environ, start_response):
        start_response(
            "302 Found", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=\xe4"), ("Location", "/x"), ("Content-Type", "x/y")]
        )
        return []

    response = ask(app, headers={"Origin": ORIGIN})
    assert response.header("set-cookie") == ["a=1", "b=\xe4"]
    assert response.header("access-control-allow-origin") == [ORIGIN]


def test_write_callable_still_works():
    def app(environ, start_response):
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        write(b"one ")
        return [b"two"]

    response = ask(app, headers={"Origin": ORIGIN})
    assert response.body == b"one two"
    assert response.header("access-control-allow-origin") == [ORIGIN]


def test_response_restarted_with_exc_info_gets_the_headers():
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain"), ("X-First", "1")])
        try:
            raise LookupError("late")
        except LookupError:
            start_response("500 Oh", [("Content-Type", "text/plain")], sys.exc_info())
        return [b"sorry"]

    response = ask(app, headers={"Origin": ORIGIN})
    assert (response.status, response.body, response.header("x-first")) == (500, b"sorry", [])
    assert response.header("access-control-allow-origin") == [ORIGIN]


def assert_is_our_500(response):
    assert response.status == 500
    assert response.body == b"Internal Server Error"
    assert response.header("access-control-allow-origin") == [ORIGIN]
    assert response.header("vary") == ["Origin"]
    assert isinstance(response.raised, LookupError)


def test_exception_before_the_response_becomes_a_500_and_is_raised():
    def app(environ, start_response):
        raise LookupError("early")

    assert_is_our_500(ask(app, headers={"Origin": ORIGIN}))


def test_exception_after_start_response_becomes_a_500():
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        raise LookupError("early")

    assert_is_our_500(ask(app, headers={"Origin": ORIGIN}))


@pytest.mark.parametrize("first", [None, b""])
def test_exception_before_the_first_byte_becomes_a_500(first):
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        if first is not None:
            yield first
        raise LookupError("early")

    assert_is_our_500(ask(app, headers={"Origin": ORIGIN}))


def test_exception_in_the_middle_of_a_stream_is_only_raised():
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        yield b"half"
        raise LookupError("late")

    response = ask(app, headers={"Origin": ORIGIN})
    assert (response.status, response.body) == (200, b"half")
    assert isinstance(response.raised, LookupError)


def test_exception_is_left_to_the_debugger_of_werkzeug():
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
def test_stream_is_passed_on_by_chunk_and_closed_once(taken):
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


def test_lists_and_file_wrappers_are_not_wrapped():
    for result in ([b"ok"], (b"ok",), FileWrapper(io.BytesIO(b"ok"))):

        def app(environ, start_response, result=result):
            start_response("200 OK", [("Content-Type", "text/plain")])
            return result

        environ = {"REQUEST_METHOD": "GET", "wsgi.file_wrapper": FileWrapper}
        assert CORSMiddleware(app, **OPTIONS)(environ, lambda *_: None) is result


def test_request_is_not_read_again_after_the_decision():
    def app(environ, start_response):
        environ["HTTP_ORIGIN"] = "https://evil.example"
        return application(environ, start_response)

    assert ask(app, headers={"Origin": ORIGIN}).cors()["access-control-allow-origin"] == ORIGIN


def test_origin_headers_joined_by_the_server_are_denied(caplog):
    asked = []
    options = {"external_origins": True, "origin_check": asked.append}
    for origin in (f"{ORIGIN},{ORIGIN}", f"{ORIGIN}, https://evil.example", ","):
        assert ask(headers={"Origin": origin}, **options).cors() == {}
        assert ask(unreachable, "OPTIONS", PREFLIGHT | {"Origin": origin}, **options).status == 403
    assert asked == []


@pytest.mark.parametrize("origin", ["https://€.example", "https://\U0001f600", "€,https://b.example", "https://\udcff"])
def test_origin_beyond_latin_1_is_denied(origin, caplog):
    server = Server(CORSMiddleware(application, **OPTIONS), validated=False)
    caplog.set_level(logging.DEBUG, "corsac")
    response = server.request(headers={"Origin": origin})
    assert (response.raised, response.status, response.cors()) == (None, 200, {})
    names = {"Access-Control-Request-Method": "€", "Access-Control-Request-Headers": "€"}
    server = Server(CORSMiddleware(unreachable, **OPTIONS), validated=False)
    response = server.request("OPTIONS", {"Origin": origin, **names})
    assert (response.raised, response.status, response.cors()) == (None, 403, {})
    assert all(record.getMessage().isascii() for record in caplog.records)
    # Other headers are not read.
    assert ask(headers={"Origin": ORIGIN, "Sec-Fetch-Site": "€"}).cors() != {}
