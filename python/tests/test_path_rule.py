"""One rule for paths: policies by path decide like a policy set with the same tables."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from corsac import Policy, PolicySet
from corsac._native import _PathTable
from corsac._watch import PolicyHolder

SEGMENTS = ["", "a", "b", "ab", "a.b", "..", ".", "...", "ä", "a\\b", "%2f", "a%2Fb"]
PATHS = st.lists(st.sampled_from(SEGMENTS), max_size=5).map(lambda segments: "/" + "/".join(segments)) | st.text(
    max_size=8
)
TABLE_PATHS = st.lists(
    st.lists(st.sampled_from(["a", "b", "ab", "ä"]), max_size=3).map(lambda segments: "/" + "/".join(segments)),
    min_size=1,
    max_size=5,
    unique=True,
)
ORIGIN = "https://a.example"


@settings(max_examples=500, deadline=None)
@given(
    TABLE_PATHS,
    st.integers(0, 31),
    PATHS,
    st.none() | PATHS.map(str.encode),
    st.sampled_from(["https://a.example", "https://b.example", None]),
)
def test_holders_by_path_decide_as_a_policy_set(
    paths: list[str], untouched: int, path: str, raw: bytes | None, origin: str | None
) -> None:
    entries: list[tuple[str, PolicyHolder | None]] = []
    tables: list[dict[str, object]] = []
    for number, of_table in enumerate(paths):
        if untouched >> number & 1:
            entries.append((of_table, None))
            tables.append({"path": of_table, "cors": False})
        else:
            # The exposed header shows which policy decided.
            options = {"allow_origins": [ORIGIN], "expose_headers": [f"x-{number}"]}
            entries.append((of_table, PolicyHolder(Policy.from_mapping(options))))
            tables.append({"path": of_table, **options})
    lines = [] if origin is None else [("Origin", origin)]
    by_holder = _PathTable(entries).evaluate(path, "GET", lines, raw)
    by_set = PolicySet(tables).evaluate(path, "GET", lines, raw)
    assert by_holder == by_set
    assert (by_holder is None) == (by_set is None)
