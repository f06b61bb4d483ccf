from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from os import PathLike
from typing import Final, Literal, Protocol, TypeAlias, TypedDict, final

from corsac._watch import PolicyHolder

_Profile: TypeAlias = Literal["spec", "chromium", "firefox", "webkit"]
_Bytes: TypeAlias = bytes | bytearray | memoryview
_Text: TypeAlias = str | _Bytes
# A tuple or a list, as servers have them, or any iterable of two.
_Pair: TypeAlias = tuple[_Text, _Text] | Iterable[_Bytes]
_Lines: TypeAlias = Iterable[tuple[_Text, _Text | None]] | Mapping[str, str]
_Fields: TypeAlias = Iterable[_Pair] | Mapping[str, str]
_Response: TypeAlias = tuple[int, _Fields]

class _Url(Protocol):
    """A URL object, as those of pydantic, yarl and httpx: its str is what counts."""

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
    "Sent",
    "_PathTable",
    "__version__",
    "_advise_regex",
    "_policy_of_text",
    "_policy_or_set_of_text",
    "_policy_set_of_text",
    "_prove_regex",
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
        """``"error"``: the spec does not compile. ``"warning"``: it does, and probably does not say what was meant."""
    @property
    def code(self) -> str:
        """The stable code, such as ``"trailing-slash"``."""
    @property
    def table(self) -> int | None:
        """Which table of a policy set, from 0; None: the set as a whole, or a policy that is not one of a set."""
    @property
    def field(self) -> str:
        """The option, such as ``"allow_origins"``."""
    @property
    def index(self) -> int | None:
        """Which entry of a list, from 0; None: the option as a whole."""
    @property
    def text(self) -> bytes:
        """The entry as it was written, UTF-8; empty where the option is no list."""
    @property
    def start(self) -> int:
        """Where in ``text`` the bytes at fault begin."""
    @property
    def end(self) -> int:
        """Where in ``text`` the bytes at fault end."""
    @property
    def related(self) -> bytes | None:
        """The entry that makes this one superfluous."""
    @property
    def message(self) -> str:
        """One line: what is wrong, with the entry escaped and cut to 128 bytes."""
    @property
    def suggestion(self) -> str | None:
        """What to do, in words."""
    @property
    def replacement(self) -> str | None:
        """The text that replaces the entry, where there is one."""
    @property
    def line(self) -> int | None:
        """The line of the policy file, from 1; None: there is no file, or nothing is written there."""
    @property
    def column(self) -> int | None:
        """The column in characters, from 1; None: as for ``line``."""
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
        """The first offending bytes of the request in wire order. Untrusted: ``message`` has them escaped."""
    @property
    def message(self) -> str:
        """One line with at most 128 bytes of the request, escaped: fit for a log."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Decision:
    """What to answer to one request.

    A preflight is answered at once, with :meth:`answer`, and goes no further. Any other request goes on, *allowed or
    not*: denied means that its response is not shared with the page, never that the request is refused. Its response's
    headers go through :meth:`merge`.
    """

    @property
    def request_class(self) -> Literal["preflight", "actual", "plain"]:
        """What the request is to the CORS protocol."""
    @property
    def allowed(self) -> bool:
        """Nothing was denied. A plain request is always allowed: there is nobody to deny."""
    @property
    def denial(self) -> Denial | None:
        """Why not."""
    @property
    def status(self) -> int | None:
        """The status of the answer to a preflight; None for every other request: the application has its own."""
    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """The response headers in their fixed order, names as the Fetch standard writes them."""
    def merge(self, headers: Iterable[tuple[_Bytes, _Bytes] | Iterable[_Bytes]], /) -> list[tuple[bytes, bytes]]:
        """The response's header lines with every owned CORS line removed, this decision's added, and ``Vary`` merged.

        ``headers`` is an iterable of iterables of two, as ASGI has it. Names of added lines are in lower case, as ASGI
        demands; lines that stay are not changed.

        Raises TypeError for a line that is not a pair of bytes.
        """
    def _merge_for_log(
        self, headers: Iterable[tuple[_Bytes, _Bytes] | Iterable[_Bytes]], /
    ) -> tuple[list[tuple[bytes, bytes]], list[tuple[bytes, bytes]] | None, bool]:
        """What :meth:`merge` returns, the lines that it removed (None if there are none), and ``allowed``."""
    def answer(self) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """The whole response to a preflight: status, header lines with names in lower case, body.

        A denial is said in one line of text where the status permits a body.

        Raises ValueError for any other request: the application answers it.
        """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Policy:
    """A compiled policy: frozen, hashable, equal to others by its image, picklable, shared by any number of threads.

    ``allow_origins`` may hold URL objects, such as those of pydantic; ``max_age`` is in seconds, as a number, a
    ``timedelta`` or a str of digits.

    Raises PolicyError with all findings for a wrong spec, TypeError for a value of a wrong type: a str where a list is
    meant would be taken letter by letter.
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
        """A policy from a TOML file, with the keys that the command line's policy files have.

        Raises OSError when the file cannot be read, ValueError when it is not TOML, PolicyError (a ValueError) with all
        findings, unknown keys and values of a wrong type among them. Each names the file.
        """
    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object], /) -> Policy:
        """A policy whose options are the keys of a mapping. An unknown key is a finding that names the nearest."""
    @classmethod
    def from_image(cls, image: bytes, /) -> Policy:
        """A policy from the image that ``corsac compile`` writes. It is checked whole: cost as that of compiling.

        Raises ValueError when it does not open.
        """
    @property
    def image(self) -> bytes:
        """The compiled policy, as ``corsac compile`` writes it. A copy."""
    @property
    def findings(self) -> tuple[Finding, ...]:
        """The warnings; none of a policy that came as an image."""
    @property
    def allows_credentials(self) -> bool:
        """Credentialed responses may be read."""
    @property
    def is_any_origin(self) -> bool:
        """Any origin may read."""
    @property
    def allows_external_origins(self) -> bool:
        """The caller may check origins: ``evaluate(..., origin_check=...)``."""
    @property
    def allow_origins(self) -> tuple[str, ...]:
        """The patterns, in no particular order; ``*`` where any origin is allowed."""
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
        """What to answer to this request. Hand in every header line: the engine picks and counts. A str is Latin-1.

        ``origin_check`` is asked at most once, only where the policy has ``external_origins``, and only about an origin
        that no pattern matches, of at most 328 visible bytes with ``://``. Its exceptions propagate.

        ``headers`` is an iterable of iterables of two. Raises TypeError for a line that is not a pair, ValueError for
        a str with a code point above U+00FF.
        """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def _reusable_headers(headers: Iterable[_Pair], /) -> Iterable[tuple[bytes, bytes]]:
    """The same headers if they can be read again, else a list of them: an iterator ends with its first reader."""

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

    As a policy it is frozen, hashable, equal to others by its image, picklable, and shared by any number of threads.

    Each table is a mapping with the options of a policy and its ``path``, ``/`` if there is none; ``"cors": False``
    leaves the path untouched. The path counts in whole segments, the longest one decides. Tables of one path are asked
    in their order, and the first that allows the origin decides.

    Raises PolicyError with all findings for wrong tables, TypeError for a value of a wrong type.
    """

    def __new__(cls, tables: Iterable[Mapping[str, object]], /) -> PolicySet: ...
    @classmethod
    def from_toml(cls, path: str | PathLike[str], /) -> PolicySet:
        """A policy set from a TOML file: ``[[policy]]`` tables, or the options of one policy for every path.

        Raises OSError when the file cannot be read, ValueError when it is not TOML, PolicyError (a ValueError) with all
        findings, unknown keys and values of a wrong type among them. Each names the file.
        """
    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object], /) -> PolicySet:
        """A policy set from a mapping, as a policy file has it.

        It holds a list of tables under ``policy``, or the options of one policy for every path. An unknown key is a
        finding that names the nearest.
        """
    @classmethod
    def from_image(cls, image: bytes, /) -> PolicySet:
        """A policy set from the image that ``corsac compile`` writes, of a set or of a single policy.

        It is checked whole: this costs about as much as compiling. Raises ValueError when it does not open.
        """
    @property
    def image(self) -> bytes:
        """The compiled set, as ``corsac compile`` writes it. A copy."""
    @property
    def findings(self) -> tuple[Finding, ...]:
        """The warnings; a set that came as an image has none."""
    @property
    def tables(self) -> tuple[tuple[str, Policy | None], ...]:
        """The path of each table and its policy, in their order; None for a path that is left untouched."""
    @property
    def allows_credentials(self) -> bool:
        """A policy of the set lets credentialed responses be read."""
    @property
    def allows_external_origins(self) -> bool:
        """A policy of the set lets the caller check origins: ``evaluate(..., origin_check=...)``."""
    def evaluate(
        self,
        path: str | bytes | None,
        method: str | bytes,
        headers: Iterable[_Pair],
        raw_path: str | bytes | None = None,
        *,
        origin_check: Callable[[int, bytes], bool] | None = None,
    ) -> Decision | None:
        """The decision for this request; None: no policy governs the path, and the response stays as it is.

        ``path`` is the decoded path that the router matches, as str or as UTF-8. ``raw_path`` is the path as it was
        sent, where the server has it: it alone shows an encoded slash. A server that has only the raw path gives None
        for ``path``. A path that two programs could read differently is denied if the set has more than one path.

        ``origin_check`` gets the number of the table and the origin. Everything else is as for
        :meth:`Policy.evaluate`.
        """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def _prove_regex(
    expression: str, ignores_case: bool, policies: Sequence[Policy | PolicySet | None], /
) -> list[str] | None:
    """The patterns that together match all that an expression matches; None if no policy with credentials asks it.

    Each policy that asks expressions with credentials accepts them. None in place of a policy: any policy with
    credentials and without switches.

    Raises ValueError that says why the expression is refused, in words that follow the expression as the subject.
    """

def _advise_regex(
    expression: str, ignores_case: bool, policies: Sequence[Policy | PolicySet | None], /
) -> tuple[list[str], str | None] | None:
    """The patterns to write in the place of an expression, and how they differ from it, if they do."""

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
    """One reason why browsers refuse."""

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
        """The profiles in which it is one."""
    @property
    def first_in(self) -> tuple[_Profile, ...]:
        """The profiles that come upon it before any other."""
    @property
    def at(self) -> Literal["preflight", "response"]:
        """In which of the two answers."""
    @property
    def hop(self) -> int:
        """At which URL of the redirect chain, from 0."""
    @property
    def bytes(self) -> bytes:
        """The offending bytes; empty where something is missing."""
    @property
    def message(self) -> str:
        """One sentence, its bytes escaped."""
    @property
    def cause(self) -> str:
        """One sentence: what is probably wrong."""
    @property
    def fix(self) -> str:
        """One sentence: what to do, with the header lines to send where lines are missing."""
    @property
    def console(self) -> dict[_Profile, str]:
        """What each browser's console says of it, word for word; a profile that says nothing is left out."""

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
        """The method; a redirect may have made it GET."""
    @property
    def url(self) -> str:
        """Where to."""
    @property
    def origin(self) -> str | None:
        """The ``Origin`` header, where there is one."""
    @property
    def cookies(self) -> bool:
        """Cookies go along, where there are some."""
    @property
    def headers(self) -> tuple[tuple[str, str | None], ...]:
        """The script's headers that go along."""
    @property
    def needs_preflight(self) -> dict[_Profile, bool]:
        """Whether a preflight comes first, with nothing in the cache."""
    @property
    def preflight_request(self) -> tuple[tuple[str, str], ...] | None:
        """The preflight's lines, in the first profile that needs one: Origin, method and header names asked for."""

@final
class Explanation:
    """What browsers make of an exchange. ``str()`` is text for people.

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
    ) -> Explanation: ...
    @property
    def verdict(self) -> dict[_Profile, Literal["allowed", "opaque", "blocked", "incomplete", "throws"]]:
        """``allowed``: the script reads the response. ``incomplete``: an answer is missing."""
    @property
    def preflight(self) -> dict[_Profile, Literal["not-needed", "passed", "missing", "failed"]]:
        """What became of the preflights of all hops."""
    @property
    def allowed_in_all(self) -> bool:
        """The script reads the response in every profile."""
    @property
    def blocked(self) -> tuple[Blocked, ...]:
        """Every failure, in the order of the exchange."""
    @property
    def sent(self) -> tuple[Sent, ...]:
        """What the browser sends, one entry for each URL of the chain."""
    @property
    def exposed(self) -> dict[_Profile, tuple[str, ...]]:
        """The names of the headers that the script may read, in lower case."""
    @property
    def cache_seconds(self) -> dict[_Profile, int | None]:
        """For how many seconds the preflight's answer may be kept; None: there is none to keep."""
    @property
    def throws(self) -> str | None:
        """Why the script gets an exception before anything is sent."""
    @property
    def dropped(self) -> tuple[str, ...]:
        """The names of headers that the browser drops without a word."""

class _HopMapping(TypedDict, total=False):
    url: str | None
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
) -> Explanation:
    """What browsers make of a script's request and the answers to it, by the browser model of the engine.

    ``origin`` is the page's; ``"null"`` is opaque. ``preflight`` and ``response`` are pairs of status and header lines;
    an answer that is not given is not known. For a redirect chain ``hops`` has one mapping with ``url``, ``preflight``
    and ``response`` for each URL, the first included; a later hop's URL is taken from ``Location`` when absent;
    ``revalidated`` are the header lines of a 304 that freshened the stored response.

    Raises ValueError for what is no URL, no mode or no credentials mode, and for more than 2000 lines or 32 hops;
    TypeError for an answer that is no pair.
    """
