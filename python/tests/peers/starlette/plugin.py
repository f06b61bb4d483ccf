"""A pytest plugin: our class in the place of Starlette's (`CORSAC_PLACE=class`), or around every application of its suite (`around`).

Around, nothing of an application may change but the headers that a policy owns: streams, websockets, lifespans and errors stay what they were.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import starlette.middleware.cors
import starlette.testclient
from listed import LISTED

from corsac.asgi import CORSMiddleware

PLACE = os.environ["CORSAC_PLACE"]

if PLACE == "class":
    starlette.middleware.cors.CORSMiddleware = CORSMiddleware  # type: ignore[assignment, misc]
else:
    _client = starlette.testclient.TestClient.__init__

    def _around(self: Any, app: Any, *args: Any, **options: Any) -> None:
        if starlette.testclient._is_asgi3(app):
            app = CORSMiddleware(app, allow_origins=["https://app.example.com"])
        _client(self, app, *args, **options)

    starlette.testclient.TestClient.__init__ = _around  # type: ignore[method-assign]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that is listed must fail; what is listed must be there."""
    if PLACE != "class":
        return
    left = dict(LISTED)
    for item in items:
        name = getattr(item, "originalname", item.name)
        if name in LISTED:
            left.pop(name, None)
            item.add_marker(pytest.mark.xfail(reason=LISTED[name], strict=True))
    if left and items:
        raise pytest.UsageError(f"listed.py names tests that are not there: {', '.join(left)}")
