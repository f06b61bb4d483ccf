// The frameworks of Python, in the virtual environment of the nightly run.

import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export const BIN = process.env.STACKS_BIN ?? fileURLToPath(new URL('../../target/stacks/venv/bin/', import.meta.url));
const PYTHON = { program: `${BIN}python`, install: 'make stacks-tools' };

const SERVE = 'import os, uvicorn\nuvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="error")\n';

const FASTAPI = (snippet) => `
from fastapi import FastAPI, HTTPException
from fastapi.responses import PlainTextResponse

app = FastAPI()

@app.middleware("http")
async def authenticate(request, call_next):
    if request.headers.get("authorization") != "secret":
        return PlainTextResponse("", 401)
    return await call_next(request)

@app.api_route("/api/things", methods=["GET", "PUT", "DELETE"])
async def things():
    return "ok"

@app.api_route("/api/broken", methods=["GET", "PUT"])
async def broken():
    raise HTTPException(500)

${snippet}
${SERVE}`;

const STARLETTE = (snippet) => `
from starlette.responses import PlainTextResponse
from starlette.routing import Route

METHODS = ["GET", "PUT", "DELETE", "OPTIONS"]

async def things(request):
    if request.headers.get("authorization") != "secret":
        return PlainTextResponse("", 401)
    return PlainTextResponse("ok", 500 if request.url.path == "/api/broken" else 200)

routes = [Route("/api/things", things, methods=METHODS), Route("/api/broken", things, methods=METHODS)]
${snippet || 'from starlette.applications import Starlette\napp = Starlette(routes=routes)'}
${SERVE}`;

const FLASK = (snippet) => `
import os
from flask import Flask, request

app = Flask(__name__)
${snippet}

@app.before_request
def authenticate():
    if request.method != "OPTIONS" and request.headers.get("authorization") != "secret":
        return "", 401

@app.route("/api/things", methods=["GET", "PUT", "DELETE"])
def things():
    return "ok"

@app.route("/api/broken", methods=["GET", "PUT"])
def broken():
    raise ValueError("broken on purpose")

app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
`;

/** The settings, the middleware and the views are one module. */
const DJANGO = (snippet) => `
import os, sys

SECRET_KEY = "for tests"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = __name__
INSTALLED_APPS = []
MIDDLEWARE = ["django_app.authenticate"]
${snippet}

from django.http import HttpResponse

def authenticate(get_response):
    def middleware(request):
        if request.headers.get("authorization") != "secret":
            return HttpResponse("", status=401)
        return get_response(request)
    return middleware

def things(request):
    return HttpResponse("ok")

def broken(request):
    raise ValueError("broken on purpose")

from django.urls import path

urlpatterns = [path("api/things", things), path("api/broken", broken)]

if __name__ == "__main__":
    sys.modules["django_app"] = sys.modules["__main__"]
    os.environ["DJANGO_SETTINGS_MODULE"] = "django_app"
    from django.core.management import execute_from_command_line
    execute_from_command_line(["django", "runserver", "--noreload", "127.0.0.1:" + os.environ["PORT"]])
`;

const python = (file, app) => ({
  ...PYTHON,
  async start(run, folder, port, snippet) {
    await writeFile(`${folder}${file}`, app(snippet));
    await run(PYTHON.program, [`${folder}${file}`], { port, cwd: folder, env: { PORT: String(port) } });
  },
});

export const PYTHON_STACKS = {
  fastapi: python('fastapi_app.py', FASTAPI),
  starlette: python('starlette_app.py', STARLETTE),
  flask: python('flask_app.py', FLASK),
  django: python('django_app.py', DJANGO),
};
