from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from os import PathLike
from typing import Final, Literal, Protocol, TypeAlias, TypedDict, final

from corsac._watch import PolicyHolder

_Profile: TypeAlias = Literal["spec", "chromium", "firefox", "webkit"]
_Bytes: TypeAlias = bytes | bytearray | memoryview
_Text: TypeAlias = str | _Bytes
# Servers use tuples or lists. Any iterable of two works.
_Pair: TypeAlias = tuple[_Text, _Text] | Iterable[_Bytes]
_Lines: TypeAlias = Iterable[tuple[_Text, _Text | None]] | Mapping[str, str]
_Fields: TypeAlias = Iterable[_Pair] | Mapping[str, str]
_Response: TypeAlias = tuple[int, _Fields]

class _Url(Protocol):
    """A URL object, such as those of pydantic, yarl and httpx. Its str is read."""

    @property
    def scheme(self) -> str: ...
    @property
    def host(self) -> str | None: ...

__all__ = [
    "_FINDING_NUMBERS",
    "Blocked",
    "Decision",
    "Denial",
    "Explanation",
    "Finding",
    "Policy",
    "PolicySet",
    "ResponseWarning",
    "Sent",
    "_Check",
    "_PathTable",
    "__version__",
    "_advise_regex",
    "_own_refusal",
    "_policy_of_text",
    "_policy_or_set_of_text",
    "_policy_set_of_text",
    "_prove_regex",
    "_read_capture",
    "_read_paste",
    "_restore_decision",
    "_restore_denial",
    "_restore_policy",
    "_restore_policy_set",
    "_reusable_headers",
    "explain",
]

__version__: Final[str]
_FINDING_NUMBERS: Final[dict[str, int]]

@final
class Finding:
    """One thing that is wrong (an error) or doubtful (a warning) in a spec."""

    def __new__(
        cls,
        severity: str,
        code: str,
        table: int | None,
        field: str,
        index: int | None,
        text: bytes,
        start: int,
        end: int,
        related: bytes | None,
        message: str,
        suggestion: str | None,
        replacement: str | None,
        line: int | None = None,
        column: int | None = None,
    ) -> Finding: ...
    @property
    def severity(self) -> Literal["error", "warning"]:
        """``"error"``: the spec does not compile. ``"warning"``: it does, but may not do what you meant."""
    @property
    def code(self) -> str:
        """The stable code, such as ``"trailing-slash"``."""
    @property
    def table(self) -> int | None:
        """The number of the table in a policy set, from 0; None for the set as a whole, or for a single policy."""
    @property
    def field(self) -> str:
        """The option, such as ``"allow_origins"``."""
    @property
    def index(self) -> int | None:
        """The number of the entry in a list, from 0; None for the option as a whole."""
    @property
    def text(self) -> bytes:
        """The entry as you wrote it, in UTF-8; empty if the option is not a list."""
    @property
    def start(self) -> int:
        """The start of the wrong bytes in ``text``."""
    @property
    def end(self) -> int:
        """The end of the wrong bytes in ``text``."""
    @property
    def related(self) -> bytes | None:
        """The entry that makes this one redundant."""
    @property
    def message(self) -> str:
        """One line: what is wrong, with the entry escaped and cut to 128 bytes."""
    @property
    def suggestion(self) -> str | None:
        """What to do, in words."""
    @property
    def replacement(self) -> str | None:
        """The text that replaces the entry; None if no text does."""
    @property
    def line(self) -> int | None:
        """The line in the policy file, from 1; None without a file, or if the finding is about something missing."""
    @property
    def column(self) -> int | None:
        """The column in characters, from 1; None if ``line`` is None."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Denial:
    """Why a request is denied."""

    @property
    def code(self) -> str:
        """The stable code, such as ``"origin-not-allowed"``."""
    @property
    def bytes(self) -> bytes:
        """The first bytes of the request that are not allowed. Do not trust them: ``message`` has them escaped."""
    @property
    def message(self) -> str:
        """One line for a log, with at most 128 bytes of the request, escaped."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Decision:
    """What the policy decides about one request.

    Send what :meth:`preflight_response` returns to a preflight, and do not call the application. Pass any other request
    on, *allowed or not*, and send its response with the headers that :meth:`merge` returns. If a request is denied, the
    page cannot read the response. The request itself is not refused.
    """

    @property
    def request_class(self) -> Literal["preflight", "actual", "plain"]:
        """What the request is to the CORS protocol."""
    @property
    def allowed(self) -> bool:
        """Whether nothing was denied. A plain request is always allowed, because it names no origin."""
    @property
    def denial(self) -> Denial | None:
        """Why the request is denied; None if it is allowed."""
    @property
    def status(self) -> int | None:
        """The status of the response to a preflight. None for any other request: the application sets its own."""
    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """The response headers in a fixed order. Their names are written as in the Fetch standard."""
    def merge(self, headers: Iterable[tuple[_Bytes, _Bytes] | Iterable[_Bytes]], /) -> list[tuple[bytes, bytes]]:
        """The application's headers, with the CORS headers of this decision instead of its own, and ``Vary`` merged.

        ``headers`` is an iterable of pairs, as in ASGI. Added names are in lower case, because ASGI requires that.
        Headers that stay are not changed.

        Raises TypeError if a header is not a pair of bytes.
        """
    def _merge_for_log(
        self, headers: Iterable[tuple[_Bytes, _Bytes] | Iterable[_Bytes]], /
    ) -> tuple[list[tuple[bytes, bytes]], list[tuple[bytes, bytes]] | None, bool]:
        """What :meth:`merge` returns, the headers that it removed (None if there are none), and ``allowed``."""
    def preflight_response(self) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """The whole response to a preflight: status, headers with names in lower case, and body.

        The body is one line that gives the reason of a denial, if the status permits a body.

        Raises ValueError for any other request, because your application responds to it.
        """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Policy:
    """A compiled policy. It is frozen, hashable and picklable, and any number of threads can share it.

    Policies with the same image are equal. ``allow_origins`` may hold URL objects, such as those of pydantic.
    ``max_age`` is in seconds: a number, a ``timedelta`` or a str of digits.

    Raises PolicyError with all findings for a wrong spec, and TypeError for a value of a wrong type. A str instead of a
    list is such a value, because it would be read letter by letter.
    """

    def __new__(
        cls,
        allow_origins: Iterable[str | _Url] = (),
        *,
        allow_methods: Iterable[str] | None = None,
        allow_headers: Iterable[str] = (),
        allow_credentials: bool = False,
        expose_headers: Iterable[str] = (),
        max_age: int | str | timedelta | None = None,
        preflight_status: int = 204,
        denied_preflight_status: int | None = None,
        external_origins: bool = False,
        allow_timing: bool = False,
        allow_private_network: bool = False,
        dangerously_allow_null_origin: bool = False,
        dangerously_allow_insecure_origins: bool = False,
        dangerously_allow_public_suffixes: bool | Iterable[str] = False,
    ) -> Policy: ...
    @classmethod
    def from_toml(cls, path: str | PathLike[str], /) -> Policy:
        """A policy from a policy file in TOML, as the command line reads it.

        Raises OSError if the file cannot be read, ValueError if it is not TOML, and PolicyError (a ValueError) with all
        findings, also about unknown keys and values of a wrong type. Each exception names the file.
        """
    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object], /) -> Policy:
        """A policy whose options are the keys of a mapping.

        An unknown key is a finding that names the most similar option.
        """
    @classmethod
    def from_image(cls, image: bytes, /) -> Policy:
        """A policy from the image that ``corsac compile`` writes.

        The whole image is checked, which takes about as long as compiling. Raises ValueError if the image is not valid.
        """
    @property
    def image(self) -> bytes:
        """The compiled policy, as ``corsac compile`` writes it. A copy."""
    @property
    def findings(self) -> tuple[Finding, ...]:
        """The warnings. A policy from an image has none."""
    @property
    def allows_credentials(self) -> bool:
        """Whether pages may read responses to requests with credentials."""
    @property
    def is_any_origin(self) -> bool:
        """Whether the policy allows any origin."""
    @property
    def allows_external_origins(self) -> bool:
        """Whether ``evaluate(..., origin_check=...)`` asks the origin check."""
    @property
    def allow_origins(self) -> tuple[str, ...]:
        """The patterns, in no particular order; ``*`` if any origin is allowed."""
    @property
    def allow_methods(self) -> tuple[str, ...]:
        """The listed methods, sorted, or ``*``."""
    @property
    def allow_headers(self) -> tuple[str, ...]:
        """The listed request headers in lower case, sorted, or ``*``."""
    @property
    def expose_headers(self) -> tuple[str, ...]:
        """The exposed response headers in lower case, sorted, or ``*``."""
    def evaluate(
        self,
        method: str | bytes,
        headers: Iterable[_Pair],
        *,
        origin_check: Callable[[bytes], bool] | None = None,
    ) -> Decision:
        """The decision about this request. Pass every header: the engine picks the ones that it needs.

        A str is read as Latin-1.

        ``origin_check`` is called at most once. It is called only if the policy has ``external_origins``, and only with
        an origin that no pattern matches and that has at most 328 visible bytes and ``://``. Its exceptions propagate.

        ``headers`` is an iterable of pairs. Raises TypeError for a header that is not a pair, and ValueError for a str
        with a code point above U+00FF.
        """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def _reusable_headers(headers: Iterable[_Pair], /) -> Iterable[tuple[bytes, bytes]]:
    """The same headers if they can be read twice, otherwise a list of them: an iterator can be read only once."""

def _own_refusal(
    headers: Iterable[_Pair],
    is_preflight: bool,
    has_credentials: bool,
    status: int,
    response_headers: Iterable[_Pair],
    /,
) -> str | None:
    """Why a browser blocks the application's own response; None if it passes."""

def _restore_denial(code: str, offence: bytes, /) -> Denial: ...
def _restore_decision(
    request_class: str,
    status: int | None,
    denial: Denial | None,
    headers: Iterable[tuple[bytes, bytes]],
    replaces_timing: bool,
    /,
) -> Decision: ...
def _restore_policy(image: bytes, findings: list[Finding], /) -> Policy: ...

@final
class PolicySet:
    """A compiled policy set: several policies, chosen by path and by origin.

    Like a policy, it is frozen, hashable and picklable, and any number of threads can share it.

    Each table is a mapping with the options of a policy and with its ``path``. Without ``path`` it is for ``/``.
    ``"cors": False`` leaves the path untouched. The longest path of whole segments decides. Tables of the same path are
    asked in their order, and the first one that allows the origin decides.

    Raises PolicyError with all findings for wrong tables, and TypeError for a value of a wrong type.
    """

    def __new__(cls, tables: Iterable[Mapping[str, object]], /) -> PolicySet: ...
    @classmethod
    def from_toml(cls, path: str | PathLike[str], /) -> PolicySet:
        """A policy set from a TOML file: ``[[policy]]`` tables, or the options of one policy for every path.

        Raises OSError if the file cannot be read, ValueError if it is not TOML, and PolicyError (a ValueError) with all
        findings, also about unknown keys and values of a wrong type. Each exception names the file.
        """
    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object], /) -> PolicySet:
        """A policy set from a mapping with the keys of a policy file.

        It holds a list of tables under ``policy``, or the options of one policy for every path. An unknown key is a
        finding that names the most similar option.
        """
    @classmethod
    def from_image(cls, image: bytes, /) -> PolicySet:
        """A policy set from the image that ``corsac compile`` writes, of a set or of a single policy.

        The whole image is checked, which takes about as long as compiling. Raises ValueError if the image is not valid.
        """
    @property
    def image(self) -> bytes:
        """The compiled set, as ``corsac compile`` writes it. A copy."""
    @property
    def findings(self) -> tuple[Finding, ...]:
        """The warnings. A set from an image has none."""
    @property
    def tables(self) -> tuple[tuple[str, Policy | None], ...]:
        """The path of each table and its policy, in their order; None instead of a policy for an untouched path."""
    @property
    def allows_credentials(self) -> bool:
        """Whether a policy of the set lets pages read responses to requests with credentials."""
    @property
    def allows_external_origins(self) -> bool:
        """Whether a policy of the set asks the origin check of ``evaluate(..., origin_check=...)``."""
    def evaluate(
        self,
        path: str | bytes | None,
        method: str | bytes,
        headers: Iterable[_Pair],
        raw_path: str | bytes | None = None,
        *,
        origin_check: Callable[[int, bytes], bool] | None = None,
    ) -> Decision | None:
        """The decision about this request; None if no policy governs the path. Then leave the response as it is.

        ``path`` is the decoded path that your router matches, as str or as UTF-8. ``raw_path`` is the path as it was
        sent, if your server has it, because only the raw path shows an encoded slash. If your server has only the raw
        path, pass None as ``path``. A path that two programs could read differently is denied if the set has more than
        one path.

        ``origin_check`` gets the number of the table and the origin. Everything else is as in :meth:`Policy.evaluate`.
        """
    def _tables_at(self, raw_path: bytes, /) -> tuple[list[int], bool]:
        """The numbers of the tables that are asked for a path, in order, and whether the path is ambiguous."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def _prove_regex(
    expression: str, ignores_case: bool, policies: Sequence[Policy | PolicySet | None], /
) -> list[str] | None:
    """Patterns that together match everything that an expression matches.

    Each policy that uses the expression with credentials accepts them. The result is None if there is no such policy.
    None instead of a policy is any policy with credentials and without switches.

    Raises ValueError if the expression is refused. Its text is the rest of a sentence that begins with the expression.
    """

def _advise_regex(
    expression: str, ignores_case: bool, policies: Sequence[Policy | PolicySet | None], /
) -> tuple[list[str], str | None] | None:
    """The patterns to write instead of an expression, and how they differ from it, if they do."""

def _restore_policy_set(image: bytes, findings: list[Finding], /) -> PolicySet: ...
def _policy_of_text(text: bytes, /) -> Policy: ...
def _policy_set_of_text(text: bytes, /) -> PolicySet: ...
def _policy_or_set_of_text(text: bytes, /) -> Policy | PolicySet: ...

@final
class _PathTable:
    def __new__(cls, entries: Sequence[tuple[str, PolicyHolder | None]], /) -> _PathTable: ...
    @property
    def holders(self) -> tuple[PolicyHolder | None, ...]: ...
    def evaluate(
        self,
        path: str | bytes,
        method: str | bytes,
        headers: Iterable[_Pair],
        raw_path: str | bytes | None = None,
        *,
        origin_check: Callable[[int, bytes], bool] | None = None,
    ) -> Decision | None: ...

@final
class Blocked:
    """One reason why browsers block a request."""

    def __new__(
        cls,
        code: str,
        profiles: tuple[_Profile, ...],
        first_in: tuple[_Profile, ...],
        at: str,
        hop: int,
        offence: bytes,
        message: str,
        cause: str,
        fix: str,
        console: dict[_Profile, str],
    ) -> Blocked: ...
    @property
    def code(self) -> str:
        """The stable code, such as ``"acao-missing"``."""
    @property
    def profiles(self) -> tuple[_Profile, ...]:
        """The profiles in which the browser blocks for this reason."""
    @property
    def first_in(self) -> tuple[_Profile, ...]:
        """The profiles that meet it before any other reason."""
    @property
    def at(self) -> Literal["preflight", "response"]:
        """Which of the two responses is wrong."""
    @property
    def hop(self) -> int:
        """The number of the URL in the redirect chain, from 0."""
    @property
    def bytes(self) -> bytes:
        """The bytes that are wrong; empty if something is missing."""
    @property
    def message(self) -> str:
        """One sentence, with the bytes of the response escaped."""
    @property
    def cause(self) -> str:
        """One sentence: what is probably wrong."""
    @property
    def fix(self) -> str:
        """One sentence: what to do, with the headers to send if some are missing."""
    @property
    def console(self) -> dict[_Profile, str]:
        """The text in each browser's console, word for word. A profile that writes nothing is left out."""

@final
class Sent:
    """What the browser sends to one URL of the redirect chain."""

    def __new__(
        cls,
        method: str,
        url: str,
        origin: str | None,
        cookies: bool,
        headers: tuple[tuple[str, str | None], ...],
        needs_preflight: dict[_Profile, bool],
        preflight_request: tuple[tuple[str, str], ...] | None,
    ) -> Sent: ...
    @property
    def method(self) -> str:
        """The method; a redirect may have changed it to GET."""
    @property
    def url(self) -> str:
        """The URL."""
    @property
    def origin(self) -> str | None:
        """The value of the ``Origin`` header; None if the browser sends none."""
    @property
    def cookies(self) -> bool:
        """Whether the browser adds its cookies for the URL, if it has any."""
    @property
    def headers(self) -> tuple[tuple[str, str | None], ...]:
        """The script's headers that the browser sends."""
    @property
    def needs_preflight(self) -> dict[_Profile, bool]:
        """For each profile, whether a preflight comes first if nothing is cached."""
    @property
    def preflight_request(self) -> tuple[tuple[str, str], ...] | None:
        """The preflight's headers in the first profile that needs one; None if no profile does."""

@final
class ResponseWarning:
    """What can go wrong although CORS passes. ``str()`` is the message."""

    def __new__(cls, code: str, certainty: str, at: str, hop: int, message: str) -> ResponseWarning: ...
    @property
    def code(self) -> str:
        """The stable code, such as ``"vary-origin-missing"``."""
    @property
    def certainty(self) -> Literal["certain", "likely", "possible"]:
        """How sure it is. What is only possible depends on something that no response shows."""
    @property
    def at(self) -> Literal["preflight", "response"]:
        """In which response."""
    @property
    def hop(self) -> int:
        """The number of the URL in the redirect chain, from 0."""
    @property
    def message(self) -> str:
        """What is wrong and what to do, with the bytes of the response escaped."""

@final
class Explanation:
    """What browsers do with a request and its responses. ``str()`` is text for people.

    The profiles are ``spec`` (the Fetch standard), ``chromium``, ``firefox`` and ``webkit``.
    """

    def __new__(
        cls,
        asked: str,
        verdict: dict[str, str],
        preflight: dict[str, str],
        blocked: tuple[Blocked, ...],
        sent: tuple[Sent, ...],
        exposed: dict[str, tuple[str, ...]],
        cache_seconds: dict[str, int | None],
        throws: str | None,
        dropped: tuple[str, ...],
        delivery: dict[str, str],
        delivery_code: dict[str, str | None],
        delivery_versions: dict[str, str | None],
        warnings: tuple[ResponseWarning, ...],
    ) -> Explanation: ...
    @property
    def verdict(self) -> dict[_Profile, Literal["allowed", "opaque", "blocked", "incomplete", "throws"]]:
        """``allowed``: the script can read the response. ``incomplete``: a response is missing."""
    @property
    def preflight(self) -> dict[_Profile, Literal["not-needed", "passed", "missing", "failed"]]:
        """The result of all preflights of the redirect chain."""
    @property
    def allowed_in_all(self) -> bool:
        """Whether the script can read the response in every profile."""
    @property
    def blocked(self) -> tuple[Blocked, ...]:
        """Every failure, in the order of the exchange."""
    @property
    def sent(self) -> tuple[Sent, ...]:
        """What the browser sends, one entry for each URL of the chain."""
    @property
    def exposed(self) -> dict[_Profile, tuple[str, ...]]:
        """For each profile, the names of the headers that the script may read, in lower case."""
    @property
    def cache_seconds(self) -> dict[_Profile, int | None]:
        """For each profile, for how many seconds the preflight may be cached; None if there is nothing to cache."""
    @property
    def throws(self) -> str | None:
        """Why the browser raises an exception in the script before it sends anything; None if it does not."""
    @property
    def dropped(self) -> tuple[str, ...]:
        """The names of headers that the browser drops silently."""
    @property
    def delivery(self) -> dict[_Profile, Literal["ok", "ask", "unknown", "refused"]]:
        """Whether the request leaves the browser. ``ask``: the browser asks the user first."""
    @property
    def delivery_code(self) -> dict[_Profile, str | None]:
        """For each profile, why it does not leave, such as ``"mixed-content"``; None if it leaves."""
    @property
    def delivery_versions(self) -> dict[_Profile, str | None]:
        """For each profile, the versions that this is true of, as ``"Chrome 142 and later"``; None: all of today."""
    @property
    def warnings(self) -> tuple[ResponseWarning, ...]:
        """What can go wrong although CORS passes: caches that mix up pages, and cookies that browsers do not keep."""

@final
class _Check:
    """The check of an application against a policy: says what to send next, and learns from the responses."""

    def __new__(cls, image: bytes, url: str, stacks: list[str], send_unsafe: bool, random: int, /) -> _Check: ...
    def next_ask(self) -> tuple[str, str, list[tuple[str, str]], bool] | None:
        """Method, URL, headers, and whether it is a preflight. ``None``: everything was asked."""

    def take(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Give the response to the last request."""

    def finished(self) -> tuple[str, str, int]:
        """The report as JSON, the same as text, and how many promises are broken."""

def _read_capture(
    data: bytes,
    name: str,
    stacks: list[str],
    origin: str | None,
    url: str | None,
    method: str | None,
    headers: list[str],
    credentials: bool,
    entry: int | None,
    page_space: str | None,
    deployed: bool,
    show_secrets: bool,
    /,
) -> tuple[str, str]: ...
def _read_paste(text: str, stack: str | None, url: str | None, origin: str | None, /) -> tuple[str, str]:
    """The readings of a paste as JSON, and the same as text for people."""

class _HopMapping(TypedDict, total=False):
    url: str | None
    target_address: str | None
    preflight: _Response | None
    response: _Response | None
    revalidated: _Fields | None

def explain(
    *,
    origin: str | bytes,
    url: str,
    method: str | bytes = "GET",
    headers: _Lines = (),
    credentials: Literal["omit", "same-origin", "include"] = "same-origin",
    mode: Literal["cors", "no-cors", "same-origin"] = "cors",
    preflight: _Response | None = None,
    response: _Response | None = None,
    hops: Iterable[_HopMapping] = (),
    upload_listener: bool = False,
    stream_body: bool = False,
    referrer_policy: str = "",
    api: Literal["fetch", "xhr"] = "fetch",
    http_version: Literal["1.0", "1.1", "2", "3"] = "1.1",
    page_space: Literal["public", "local", "loopback"] | None = None,
    secure_context: bool | None = None,
    target_address: str | None = None,
    target_address_space: Literal["public", "local", "loopback"] | None = None,
    permission: Literal["granted", "denied", "prompt", "unknown"] = "unknown",
) -> Explanation:
    """What browsers do with a script's request and the responses to it, by the engine's browser model.

    ``origin`` is the origin of the page; ``"null"`` is an opaque one. ``preflight`` and ``response`` are pairs of
    status and headers. A response that you leave out counts as unknown. For a redirect chain, write ``hops``: one
    mapping with ``url``, ``preflight`` and ``response`` for each URL, the first included. If a later hop has no
    ``url``, it is taken from ``Location``. ``revalidated`` are the headers of a 304 that freshened the stored response.

    ``api`` is ``"fetch"`` or ``"xhr"``, and ``http_version`` that of the server: since HTTP/2 all header names are in
    lower case.

    ``page_space`` and ``target_address`` (of the server, also for each hop) say where page and server are, if you know
    it. ``permission`` is that of the page for the local network. They decide ``delivery`` alone.

    Raises ValueError if the URL, the mode or the credentials mode is not valid, or if there are more than 2000 headers
    or 32 hops. Raises TypeError if a response is not a pair.
    """
