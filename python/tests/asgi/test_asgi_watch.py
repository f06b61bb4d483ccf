"""A watched policy file: the old policy stays until the new one is right and the file is no longer being written."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from asgi_connection import Answering, exchange

from corsac import Policy, PolicyError
from corsac.asgi import CORSMiddleware, PolicyFile

A, B = "https://a.example.com", "https://b.example.com"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def write(path: Path, content: str | bytes) -> None:
    """Replace the file by another inode, so that the clock of the file system does not matter."""
    new = path.with_suffix(".new")
    new.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.replace(new, path)


def toml(*origins: str) -> str:
    return f"allow_origins = {list(origins)!r}\n"


def looks(held: PolicyFile, clock: Clock, times: int = 2) -> Policy:
    for _ in range(times):
        clock.now += 1
        policy = held.policy
    return policy


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "cors.toml"
    write(path, toml(A))
    return path


def test_new_policy_is_used_when_the_file_no_longer_changes(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    held = PolicyFile(path, clock=clock)
    assert held.policy == Policy([A])
    write(path, toml(B))
    assert held.policy == Policy([A])
    assert looks(held, clock, 1) == Policy([A]), "it may still be written"
    with caplog.at_level(logging.INFO, "corsac"):
        assert looks(held, clock, 1) == Policy([B])
    assert "is in use" in caplog.text


def test_file_that_still_changes_is_not_read(path: Path) -> None:
    clock = Clock()
    held = PolicyFile(path, clock=clock)
    for origin in (B, "https://c.example.com", "https://d.example.com"):
        write(path, toml(origin))
        assert looks(held, clock, 1) == Policy([A])
    assert looks(held, clock, 1) == Policy(["https://d.example.com"])


@pytest.mark.parametrize(
    "bad",
    [
        "allow_origins = ['https://a.example/']",
        "allow_origins = [",
        "allow_origin = []",
        b"\x89corsac\x01rubbish",
        "\xff",
    ],
)
def test_wrong_new_policy_is_logged_once_and_never_used(
    path: Path, bad: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    held = PolicyFile(path, clock=clock)
    write(path, bad.encode("latin-1") if isinstance(bad, str) else bad)
    with caplog.at_level(logging.INFO, "corsac"):
        assert looks(held, clock, 5) == Policy([A])
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert str(path) in record.getMessage()
    write(path, toml(B))
    assert looks(held, clock) == Policy([B])


def test_policy_stays_when_its_file_vanishes(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    held = PolicyFile(path, clock=clock)
    path.unlink()
    assert looks(held, clock, 4) == Policy([A])
    assert len(caplog.records) == 1
    write(path, toml(B))
    assert looks(held, clock) == Policy([B])


def test_image_is_watched_like_toml(path: Path) -> None:
    clock = Clock()
    held = PolicyFile(path, clock=clock)
    write(path, Policy([B]).image)
    assert looks(held, clock) == Policy([B])
    assert PolicyFile(path).policy == Policy([B])


def test_wrong_file_at_the_start_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        PolicyFile(tmp_path / "none.toml")
    write(tmp_path / "bad.toml", "allow_origins = ['https://a.example/']")
    with pytest.raises(PolicyError):
        PolicyFile(tmp_path / "bad.toml")


def test_watched_policy_cannot_be_set(path: Path) -> None:
    with pytest.raises(AttributeError, match="change the file"):
        PolicyFile(path).policy = Policy([B])


def test_middleware_uses_the_watched_policy_for_each_request(path: Path) -> None:
    clock = Clock()
    app = CORSMiddleware(Answering(), policy=PolicyFile(path, clock=clock))
    assert exchange(app, headers={"origin": A}).one("access-control-allow-origin") == A
    write(path, toml(B))
    for _ in range(2):
        clock.now += 1
        sent = exchange(app, headers={"origin": B})
    assert sent.one("access-control-allow-origin") == B


def test_nothing_is_read_between_looks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    held = PolicyFile(path, interval=60, clock=clock)
    monkeypatch.setattr(Path, "stat", lambda *_: pytest.fail("the file is looked at"))
    clock.now = 59.9
    assert held.policy == Policy([A])
    clock.now = 60
    with pytest.raises(pytest.fail.Exception):
        _ = held.policy
