"""An API and the page that calls it, on two origins: what is allowed, what is denied, and why.

Run `python main.py`, then open http://localhost:8001 (set PORT for another port). The API has the port below that one. Its
policy is the call of `add_middleware` below.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from pathlib import Path
from typing import Annotated

import uvicorn
from explain import explain_like_a_browser
from fastapi import Body, Cookie, FastAPI, HTTPException, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, PlainTextResponse

from corsac.asgi import CORSMiddleware

PAGE_PORT = int(os.environ.get("PORT", "8001"))
API_PORT = PAGE_PORT - 1

api = FastAPI(title="Things")


@api.post("/login")
def login(response: Response) -> dict[str, str]:
    """Sets a cookie. Only an allowed page can send it along."""
    response.set_cookie("session", "a-secret", httponly=True, samesite="lax")
    return {"hello": "you are logged in"}


@api.get("/things")
def things(response: Response, session: Annotated[str, Cookie()] = "") -> list[str]:
    """Needs the cookie."""
    if not session:
        raise HTTPException(401, "log in first")
    response.headers["X-Total"] = "2"
    return ["lamp", "chair"]


@api.put("/things/{number}")
def put(number: int, name: Annotated[str, Body(embed=True)]) -> dict[str, object]:
    """Makes the browser send a preflight, because of the method and of content-type."""
    return {"number": number, "name": name}


@api.delete("/things/{number}")
def delete(number: int) -> None:
    """The policy does not list DELETE, so no page of another origin gets here."""


@api.get("/broken")
def broken() -> None:
    """Raises an exception that is not caught. The page can read the 500."""
    raise RuntimeError("a bug")


api.add_middleware(
    CORSMiddleware,
    allow_origins=[f"http://localhost:{PAGE_PORT}"],
    allow_methods=["GET", "POST", "PUT"],
    expose_headers=["X-Total"],
    allow_credentials=True,
)

page = FastAPI(title="Page")


@page.get("/")
def index() -> FileResponse:
    """The page."""
    return FileResponse(Path(__file__).with_name("page.html"), media_type="text/html")


@page.post("/explain")
async def explain(
    origin: Annotated[str, Body()],
    method: Annotated[str, Body()],
    path: Annotated[str, Body()],
    headers: Annotated[dict[str, str], Body()],
) -> PlainTextResponse:
    """Explains why the browser hid a response: sends the request to the API again, as a browser would."""
    explained = await run_in_threadpool(explain_like_a_browser, ("localhost", API_PORT), origin, method, path, headers)
    return PlainTextResponse(explained)


def serve(app: FastAPI, port: int) -> uvicorn.Server:
    """A server on loopback. It fails here if the port is in use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
    return uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))


async def main() -> None:
    """Runs both servers until Ctrl-C."""
    servers = [serve(api, API_PORT), serve(page, PAGE_PORT)]
    print(f"open http://localhost:{PAGE_PORT}, and then http://127.0.0.1:{PAGE_PORT}, which is another origin", flush=True)
    await asyncio.gather(*(server.serve() for server in servers))


if __name__ == "__main__":
    # Ctrl-C is the usual end, so it needs no traceback.
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
