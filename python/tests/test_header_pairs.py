"""Headers can be any iterable of pairs, as in ASGI, for requests and responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import corsac
from corsac import Policy, PolicySet
from corsac._native import _reusable_headers

if TYPE_CHECKING:
    from collections.abc import Callable

A = b"https://a.example"
POLICY = Policy(["https://a.example"], allow_methods=["PUT"])
PREFLIGHT = [(b"accept", b"*/*"), (b"origin", A), (b"access-control-request-method", b"PUT")]

PAIRS: dict[str, Callable[[tuple[bytes, bytes]], Any]] = {
    "tuple": tuple,
    "list": list,
    "iterator": iter,
    "generator": lambda pair: (item for item in pair),
    "bytearrays": lambda pair: tuple(map(bytearray, pair)),
    "memoryviews": lambda pair: [memoryview(item) for item in pair],
    "slice of memory": lambda pair: tuple(memoryview(b"-" + item + b"-")[1:-1] for item in pair),
    "strs": lambda pair: tuple(item.decode("latin-1") for item in pair),
}
WHOLES: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "iterator": iter,
    "dict's view": lambda pairs: dict(enumerate(pairs)).values(),
}


@pytest.fixture(params=PAIRS)
def pair_of(request: pytest.FixtureRequest) -> Callable[[tuple[bytes, bytes]], Any]:
    return PAIRS[request.param]


@pytest.fixture(params=WHOLES)
def whole_of(request: pytest.FixtureRequest) -> Callable[[list[Any]], Any]:
    return WHOLES[request.param]


def test_evaluate_reads_every_form(pair_of: Callable[..., Any], whole_of: Callable[..., Any]) -> None:
    expected = POLICY.evaluate("OPTIONS", PREFLIGHT)
    assert expected.status == 204
    assert POLICY.evaluate("OPTIONS", whole_of([pair_of(pair) for pair in PREFLIGHT])) == expected
    policies = PolicySet([{"allow_origins": ["https://a.example"], "allow_methods": ["PUT"]}])
    assert policies.evaluate("/", "OPTIONS", whole_of([pair_of(pair) for pair in PREFLIGHT])) == expected


@pytest.mark.parametrize("form", [name for name in PAIRS if name != "strs"])
def test_merge_reads_every_form_and_gives_tuples_of_bytes(form: str, whole_of: Callable[..., Any]) -> None:
    response = [(b"content-type", b"text/html"), (b"Access-Control-Allow-Origin", b"*"), (b"vary", b"accept")]
    decision = POLICY.evaluate("GET", [(b"origin", A)])
    merged = decision.merge(whole_of([PAIRS[form](pair) for pair in response]))
    assert merged == decision.merge(response)
    assert {type(item) for line in merged for item in line} == {bytes}


def test_explain_reads_every_form(pair_of: Callable[..., Any], whole_of: Callable[..., Any]) -> None:
    response = [(b"access-control-allow-origin", A), (b"etag", b"x")]
    headers = whole_of([pair_of(pair) for pair in response])
    explanation = corsac.explain(origin="https://a.example", url="https://b.example/", response=(200, headers))
    assert explanation.allowed_in_all


def test_unread_bytearray_is_not_kept() -> None:
    value = bytearray(b"https://b.example")
    denial = POLICY.evaluate("GET", [(b"origin", value)]).denial
    value[:] = b"x" * len(value)
    assert denial is not None
    assert denial.bytes == b"https://b.example"


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ("ab", "headers must be an iterable of (name, value) pairs, not str: write [("),
        (b"ab", "headers must be an iterable of (name, value) pairs, not bytes: write [("),
        (None, "headers must be an iterable of (name, value) pairs, not NoneType: write [("),
        ({"ab": "c"}, "headers must be an iterable of (name, value) pairs, not dict: write headers.items()"),
        (["ab"], "every header must be a (name, value) pair, not str: write [("),
        ([b"ab"], "every header must be a (name, value) pair, not bytes: write [("),
        ([{"a": "b", "c": "d"}], "every header must be a (name, value) pair, not dict: write [("),
        ([7], "every header must be a (name, value) pair, not int: write [("),
        ([(b"a",)], "every header must be a (name, value) pair, not a tuple of 1: write [("),
        ([[b"a", b"b", b"c"]], "every header must be a (name, value) pair, not a list of 3: write [("),
        ([iter([b"a", b"b", b"c"])], "every header must be a (name, value) pair, not list_iterator: write [("),
    ],
)
def test_other_objects_are_refused_with_what_to_write(headers: Any, said: str) -> None:  # noqa: ANN401
    with pytest.raises(TypeError) as refused:
        POLICY.evaluate("GET", headers)
    assert str(refused.value).startswith(said)
    with pytest.raises(TypeError) as refused:
        POLICY.evaluate("GET", []).merge(headers)
    assert str(refused.value).startswith(said)


def test_wrong_name_or_value_is_named() -> None:
    number: Any = [(b"origin", 7)]
    with pytest.raises(TypeError, match=r"^a header's value must be bytes or str, not int$"):
        POLICY.evaluate("GET", number)
    text: Any = [("vary", b"x")]
    with pytest.raises(TypeError, match=r"^a header's name must be bytes, not str: write \[\("):
        POLICY.evaluate("GET", []).merge(text)


def test_exception_of_an_iterator_comes_out_as_it_is() -> None:
    class LostError(Exception):
        pass

    def lines() -> Any:  # noqa: ANN401
        yield (b"a", b"b")
        raise LostError

    def pair() -> Any:  # noqa: ANN401
        yield b"a"
        raise LostError

    for read in (lambda headers: POLICY.evaluate("GET", headers), POLICY.evaluate("GET", []).merge):
        with pytest.raises(LostError):
            read(lines())
        with pytest.raises(LostError):
            read([pair()])


def test_headers_that_can_be_read_again_stay_the_same_object(pair_of: Callable[..., Any]) -> None:
    for kept in ([], (), PREFLIGHT, [list(pair) for pair in PREFLIGHT], tuple(PREFLIGHT)):
        assert _reusable_headers(kept) is kept
    again = _reusable_headers([(b"a", b"b"), pair_of((b"c", b"d"))])
    assert [tuple(map(tuple, again)) for _ in range(2)] == [tuple(map(tuple, again))] * 2
    assert len(list(_reusable_headers(iter(PREFLIGHT)))) == 3
