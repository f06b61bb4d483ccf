"""A pytest plugin: our class instead of Starlette's (`CORSAC_PLACE=class`), or around every app (`around`).

In `around`, only the CORS headers of an application may change: streams, websockets, lifespans and errors stay the
same. `theirs` keeps Starlette's class. Then each listed test passes, which fails the run.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import starlette.middleware.cors
import starlette.testclient
from listed import AROUND, IN_PLACE

from corsac.asgi import CORSMiddleware

PLACE = os.environ["CORSAC_PLACE"]

if PLACE == "class":
    starlette.middleware.cors.CORSMiddleware = CORSMiddleware  # type: ignore[assignment, misc]
elif PLACE == "around":
    _client = starlette.testclient.TestClient.__init__

    def _around(self: Any, app: Any, *args: Any, **options: Any) -> None:
        if starlette.testclient._is_asgi3(app):
            app = CORSMiddleware(app, allow_origins=["*"])
        _client(self, app, *args, **options)

    starlette.testclient.TestClient.__init__ = _around  # type: ignore[method-assign]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Check that every listed test exists and fails."""
    listed = dict(AROUND if PLACE == "around" else IN_PLACE)
    left = set(listed)
    for item in items:
        name = getattr(item, "originalname", item.name)
        if name in listed:
            left.discard(name)
            item.add_marker(pytest.mark.xfail(reason=listed[name], strict=True))
    if left:
        raise pytest.UsageError(f"listed.py names tests that are not there: {', '.join(sorted(left))}")
