"""A typical FastAPI service, for real servers and browsers. Only `add_middleware` is about CORS.

uvicorn starts it with ORIGIN, the page's origin, in the environment.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Annotated

from fastapi import Cookie, FastAPI, HTTPException, Request, Response, WebSocket
from fastapi.responses import JSONResponse, StreamingResponse

from corsac.asgi import CORSMiddleware

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

app = FastAPI()


@app.middleware("http")
async def authenticate(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Require a cookie for everything except the login. A preflight has no cookie, so it would get a 401 here."""
    if request.url.path != "/login" and request.cookies.get("session") != "secret":
        return JSONResponse({"detail": "log in first"}, status_code=401)
    return await call_next(request)


@app.post("/login")
def login(response: Response) -> dict[str, bool]:
    response.set_cookie("session", "secret", httponly=True)
    return {"welcome": True}


@app.get("/me")
def me(response: Response, session: Annotated[str, Cookie()]) -> dict[str, str]:
    response.headers["X-Total"] = "7"
    response.headers["X-Secret"] = "8"
    return {"session": session}


@app.put("/things/{number}")
def put(number: int, body: dict[str, str]) -> dict[str, object]:
    return {"number": number, **body}


@app.get("/raises")
def raises() -> None:
    raise RuntimeError("what the log must say")


@app.get("/teapot")
def teapot() -> None:
    raise HTTPException(418, "no coffee")


@app.get("/stream")
def stream() -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        for part in range(3):
            yield b"part %d\n" % part
            await asyncio.sleep(0)

    return StreamingResponse(parts(), media_type="text/plain")


@app.websocket("/echo")
async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(await websocket.receive_text())
    await websocket.close()


app.add_middleware(
    CORSMiddleware,
    allow_origins=[os.environ["ORIGIN"]],
    allow_methods=["GET", "POST", "PUT"],
    allow_headers=["X-Token"],
    expose_headers=["X-Total"],
    allow_credentials=True,
    enforce_websocket_origin=True,
)
