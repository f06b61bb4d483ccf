"""Decisions: their properties, the headers that they add to a response, and the values that they refuse."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from corsac import Policy

A = b"https://a.example"
B = b"https://b.example"
POLICY = Policy([A.decode()], allow_methods=["GET", "PUT"], allow_credentials=True, expose_headers=["etag"])


def preflight(origin: bytes, method: bytes = b"PUT") -> list[tuple[bytes, bytes]]:
    return [(b"origin", origin), (b"access-control-request-method", method)]


def test_merge_replaces_cors_headers_with_those_of_the_decision() -> None:
    merged = POLICY.evaluate("GET", [(b"origin", A)]).merge(
        [
            (b"content-type", b"text/html"),
            (b"Access-Control-Allow-Origin", b"*"),
            (b"vary", b"accept-encoding"),
            (b"set-cookie", b"a"),
            (b"set-cookie", b"b"),
            (b"ACCESS-CONTROL-MAX-AGE", b"5"),
        ]
    )
    assert merged == [
        (b"content-type", b"text/html"),
        (b"vary", b"accept-encoding"),
        (b"set-cookie", b"a"),
        (b"set-cookie", b"b"),
        (b"access-control-allow-origin", A),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", b"etag"),
        (b"vary", b"Origin"),
    ]


def test_decision_never_reuses_bytes_of_another_request() -> None:
    policy = Policy([A.decode(), B.decode()], allow_headers=["*"])
    for origin, name in [(A, b"x-a"), (B, b"x-b"), (A, b"x-c")]:
        asked = [*preflight(origin, b"GET"), (b"access-control-request-headers", name)]
        lines = dict(policy.evaluate("OPTIONS", asked).preflight_response()[1])
        assert lines[b"access-control-allow-origin"] == origin
        assert lines[b"access-control-allow-headers"] == name
        assert lines[b"vary"].startswith(b"Origin, ")
        merged = dict(policy.evaluate("GET", [(b"origin", origin)]).merge([]))
        assert merged == {b"access-control-allow-origin": origin, b"vary": b"Origin"}


@pytest.mark.parametrize("lines", [[(b"origin", B)], []])
def test_merge_removes_cors_headers_from_denied_and_plain_responses(lines: list[tuple[bytes, bytes]]) -> None:
    merged = POLICY.evaluate("GET", lines).merge([(b"access-control-allow-origin", B)])
    assert merged == [(b"vary", b"Origin")]


@pytest.mark.parametrize("vary", [b"origin", b"accept, ORIGIN", b"*"])
def test_vary_is_not_repeated(vary: bytes) -> None:
    assert POLICY.evaluate("GET", []).merge([(b"Vary", vary)]) == [(b"Vary", vary)]


def test_only_missing_values_are_added_to_vary() -> None:
    decision = POLICY.evaluate("OPTIONS", preflight(A))
    varies = [value for name, value in decision.merge([(b"vary", b"origin")]) if name == b"vary"]
    assert varies == [b"origin", b"Access-Control-Request-Method", b"Access-Control-Request-Headers"]


def test_lines_of_any_iterable_and_lists_of_two_are_taken() -> None:
    decision = POLICY.evaluate("GET", [])
    lines: Any = iter([[b"a", b"b"]])
    assert decision.merge(lines) == [(b"a", b"b"), (b"vary", b"Origin")]
    for wrong in [[(b"a", "b")], [(b"a",)], [b"ab"], 7]:
        with pytest.raises(TypeError):
            decision.merge(wrong)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_preflight_response_is_the_whole_response_to_a_preflight() -> None:
    status, headers, body = POLICY.evaluate("OPTIONS", preflight(A)).preflight_response()
    assert (status, body) == (204, b"")
    assert dict(headers)[b"access-control-allow-methods"] == b"GET, PUT"
    assert b"content-length" not in dict(headers)
    status, headers, body = POLICY.evaluate("OPTIONS", preflight(B)).preflight_response()
    assert (status, body) == (403, b'origin "https://b.example" is not allowed\n')
    assert headers[1:] == [
        (b"content-type", b"text/plain"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-length", str(len(body)).encode()),
    ]


@pytest.mark.parametrize(("status", "length"), [(200, b"0"), (204, None), (205, None), (202, b"0")])
def test_empty_response_has_content_length_zero_if_the_status_permits(status: int, length: bytes | None) -> None:
    policy = Policy([A.decode()], preflight_status=status)
    _, headers, body = policy.evaluate("OPTIONS", preflight(A, b"GET")).preflight_response()
    assert (dict(headers).get(b"content-length"), body) == (length, b"")


def test_denied_204_has_no_body() -> None:
    # Denied for its method with a success status, because the browser's own check fails.
    status, headers, body = POLICY.evaluate("OPTIONS", preflight(A, b"PATCH")).preflight_response()
    assert (status, body) == (204, b"")
    assert b"content-type" not in dict(headers)


def test_preflight_response_refuses_requests_that_are_not_preflights() -> None:
    with pytest.raises(ValueError, match="pass it to the application"):
        POLICY.evaluate("GET", [(b"origin", A)]).preflight_response()


def test_denial_outlives_its_request() -> None:
    def denied() -> Any:  # noqa: ANN401
        return POLICY.evaluate("GET", [(b"origin", b"https://" + b"x" * 50 + b".example")]).denial

    denial = denied()
    gc.collect()
    assert denial.bytes == b"https://" + b"x" * 50 + b".example"
    assert denial.code == "origin-not-allowed"
    assert str(denial) == denial.message


def test_denial_message_has_at_most_128_escaped_bytes() -> None:
    denial = POLICY.evaluate("GET", [(b"origin", b'"\r\n\xff' * 100_000)]).denial
    assert denial is not None
    assert len(denial.bytes) == 400_000
    assert len(denial.message) < 128 * 4 + 100
    assert all(" " <= c <= "~" for c in denial.message)


def test_decisions_with_the_same_response_are_equal() -> None:
    first, again = (POLICY.evaluate("GET", [(b"origin", A)]) for _ in range(2))
    assert first == again
    assert hash(first) == hash(again)
    assert first != POLICY.evaluate("GET", [(b"origin", B)])
    assert POLICY.evaluate("GET", [(b"origin", B)]) != POLICY.evaluate("GET", [(b"origin", b"https://c.example")])
    assert repr(first) == "<Decision actual: allowed>"


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ([("origin", "https://\u0100.example")], ValueError),
        ([("\u0100rigin", "x")], ValueError),
        ([(b"origin", None)], TypeError),
        ([(b"origin",)], TypeError),
        ([(b"origin", b"a", b"b")], TypeError),
        (["ab"], TypeError),
        ({"ab": "c"}, TypeError),
        (None, TypeError),
    ],
)
def test_value_that_is_not_a_header_is_refused(headers: Any, error: type[Exception]) -> None:  # noqa: ANN401
    with pytest.raises(error):
        POLICY.evaluate("GET", headers)


def test_method_is_bytes_or_a_latin_1_str() -> None:
    assert POLICY.evaluate(b"OPTIONS", preflight(A)) == POLICY.evaluate("OPTIONS", preflight(A))
    with pytest.raises(ValueError, match="method"):
        POLICY.evaluate("\u0100", [])
    wrong: Any = 7
    with pytest.raises(TypeError):
        POLICY.evaluate(wrong, [])


def test_lines_of_both_kinds_are_each_read_once() -> None:
    # A second Origin header would deny the request.
    mixed: Any = [(b"origin", A), ("x", "y"), [b"a", b"b"]]
    assert POLICY.evaluate("GET", mixed).allowed
    assert not POLICY.evaluate("GET", [*mixed, ("Origin", "https://a.example")]).allowed


class TestOriginCheck:
    policy = Policy([A.decode()], external_origins=True)

    def test_is_asked_once_about_what_no_pattern_matches(self) -> None:
        asked: list[bytes] = []

        def origin_check(origin: bytes) -> bool:
            asked.append(origin)
            return True

        decision = self.policy.evaluate("GET", [(b"origin", B)], origin_check=origin_check)
        assert decision.headers[0] == (b"Access-Control-Allow-Origin", B)
        assert self.policy.evaluate("GET", [(b"origin", A)], origin_check=origin_check).allowed
        assert self.policy.evaluate("GET", [], origin_check=origin_check).allowed
        assert not self.policy.evaluate("GET", [(b"origin", b"junk")], origin_check=origin_check).allowed
        assert not POLICY.evaluate("GET", [(b"origin", B)], origin_check=origin_check).allowed
        assert asked == [B]

    def test_exception_of_an_origin_check_propagates(self) -> None:
        class LostError(Exception):
            pass

        def origin_check(_: bytes) -> bool:
            raise LostError

        with pytest.raises(LostError):
            self.policy.evaluate("GET", [(b"origin", B)], origin_check=origin_check)

    @pytest.mark.parametrize("result", [1, "yes", None, object()])
    def test_origin_check_must_return_true_or_false(self, result: Any) -> None:  # noqa: ANN401
        with pytest.raises(TypeError, match="origin_check must return True or False"):
            self.policy.evaluate("GET", [(b"origin", B)], origin_check=lambda _: result)

    def test_may_empty_the_list_it_is_asked_about(self) -> None:
        lines = [(b"origin", b"https://" + str(id(self)).encode() + b".example")]
        origin = bytes(lines[0][1])

        def origin_check(_: bytes) -> bool:
            lines.clear()
            gc.collect()
            return True

        decision = self.policy.evaluate("GET", lines, origin_check=origin_check)
        assert decision.headers[0] == (b"Access-Control-Allow-Origin", origin)
