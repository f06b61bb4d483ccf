"""One product for Python with many configurations, each under /0, /1, ...: `python python_server.py PRODUCT FILE`, on PORT.

`/` says which version it is, and which configurations it does not take.
"""

import json
import os
import sys
from importlib.metadata import version
from wsgiref.simple_server import WSGIRequestHandler, make_server


def described(package, refused):
    return json.dumps({"version": version(package), "refused": refused}).encode()


def starlette(configurations):
    import uvicorn
    from starlette.middleware.cors import CORSMiddleware

    async def application(scope, receive, send):
        wanted = json.loads(dict(scope["headers"])[b"x-upstream"])
        headers = [(name.lower().encode(), value.encode()) for name, value in [*wanted["headers"], ("x-reached", "yes")]]
        await send({"type": "http.response.start", "status": wanted["status"], "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})

    wrapped = [CORSMiddleware(application, **options) for options in configurations]

    async def dispatch(scope, receive, send):
        if scope["type"] != "http":
            return
        if scope["path"] == "/":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": described("starlette", {})})
            return
        await wrapped[int(scope["path"][1:])](scope, receive, send)

    uvicorn.run(dispatch, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="error", lifespan="off")


def serve_wsgi(package, refused, handle):
    """Serves `handle(at, environ, start_response)`, one request at a time: Django's settings are of the whole process."""
    def dispatch(environ, start_response):
        at = environ["PATH_INFO"][1:]
        if at == "":
            start_response("200 OK", [])
            return [described(package, refused)]
        environ["PATH_INFO"] = "/"
        body = handle(int(at), environ, start_response)
        # Only Django's own server takes the body away.
        return [] if environ["REQUEST_METHOD"] == "HEAD" else body

    class Quiet(WSGIRequestHandler):
        def log_message(self, *arguments):
            pass

    make_server("127.0.0.1", int(os.environ["PORT"]), dispatch, handler_class=Quiet).serve_forever()


def flask(configurations):
    from flask import Flask, Response, request
    from flask_cors import CORS

    def application(options):
        app = Flask(__name__)

        @app.route("/", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
        def things():
            wanted = json.loads(request.headers["x-upstream"])
            return Response("ok", wanted["status"], headers=[*map(tuple, wanted["headers"]), ("x-reached", "yes")])

        settings = {key: value for key, value in options.items() if key.startswith("CORS_")}
        app.config.update(settings)
        CORS(app, **{key: value for key, value in options.items() if key not in settings})
        return app

    applications, refused = [], {}
    for at, options in enumerate(configurations):
        try:
            applications.append(application(options))
        except ValueError as error:
            applications.append(None)
            refused[at] = str(error)
    serve_wsgi("flask-cors", refused, lambda at, *rest: applications[at](*rest))


def django(configurations):
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpResponse
    from django.urls import path

    def things(request):
        wanted = json.loads(request.headers["x-upstream"])
        return HttpResponse("ok", status=wanted["status"], headers={**dict(wanted["headers"]), "x-reached": "yes"})

    class Urls:
        urlpatterns = [path("", things)]

    settings.configure(
        ALLOWED_HOSTS=["*"],
        MIDDLEWARE=["corsheaders.middleware.CorsMiddleware"],
        ROOT_URLCONF=Urls,
        INSTALLED_APPS=["corsheaders"],
        LOGGING_CONFIG=None,
    )
    import django

    django.setup()
    handler = WSGIHandler()
    every = {key for options in configurations for key in options}

    def handle(at, environ, start_response):
        for key in every:
            if key in configurations[at]:
                setattr(settings, key, configurations[at][key])
            elif hasattr(settings, key):
                delattr(settings, key)
        return handler(environ, start_response)

    serve_wsgi("django-cors-headers", {}, handle)


PRODUCTS = {"starlette": starlette, "flask-cors": flask, "django-cors-headers": django}

with open(sys.argv[2], encoding="utf-8") as file:
    PRODUCTS[sys.argv[1]](json.load(file))
