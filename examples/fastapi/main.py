"""An API and the page that calls it, on two origins: what is allowed, what is denied, and why.

`python main.py`, then open http://localhost:8001 (PORT is another). The API has the port below that one; its policy is
the call of `add_middleware` below.
"""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path
from typing import Annotated

import uvicorn
from explain import ask_like_a_browser
from fastapi import Body, Cookie, FastAPI, HTTPException, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, PlainTextResponse

from corsac.asgi import CORSMiddleware

PAGE_PORT = int(os.environ.get("PORT", "8001"))
API_PORT = PAGE_PORT - 1

api = FastAPI(title="Things")


@api.post("/login")
def login(response: Response) -> dict[str, str]:
    """Gives a cookie, which only an allowed page may send along."""
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
    """Makes the browser ask first: the method, and content-type."""
    return {"number": number, "name": name}


@api.delete("/things/{number}")
def delete(number: int) -> None:
    """The policy does not list DELETE: no page of another origin gets here."""


@api.get("/broken")
def broken() -> None:
    """An exception that nobody catches: the page reads the 500."""
    raise RuntimeError("a bug, as everybody has one")


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
    """Why the browser hid an answer: asked of the API anew, as a browser would, and read by Corsac."""
    explained = await run_in_threadpool(ask_like_a_browser, ("localhost", API_PORT), origin, method, path, headers)
    return PlainTextResponse(explained)


def serve(app: FastAPI, port: int) -> uvicorn.Server:
    """A server on loopback; the port is taken before anything else starts."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
    return uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))


async def main() -> None:
    """Both, until Ctrl-C."""
    servers = [serve(api, API_PORT), serve(page, PAGE_PORT)]
    print(f"open http://localhost:{PAGE_PORT}, and then http://127.0.0.1:{PAGE_PORT}, which is another origin", flush=True)
    await asyncio.gather(*(server.serve() for server in servers))


if __name__ == "__main__":
    asyncio.run(main())
