"""A Flask application with cookies, authentication in front of everything but `/login`, an error and a stream."""

import os

from flask import Flask, Response, request, session

from corsac.wsgi import CORSMiddleware

app = Flask(__name__)
app.secret_key = "not a secret: a test's"


@app.before_request
def authenticate():
    # Every request needs a cookie, even a preflight, so the CORS middleware must be outside.
    if request.endpoint != "login" and "name" not in session:
        return Response("who are you?", 401)
    return None


@app.post("/login")
def login():
    session["name"] = request.get_json()["name"]
    return f"welcome {session['name']}"


@app.route("/me", methods=["GET", "PUT", "DELETE"])
def me():
    if request.method == "PUT":
        session["name"] = request.get_json()["name"]
    return Response(session["name"], headers={"X-Total": "3"})


@app.get("/raise")
def fail():
    raise LookupError("a view that raises")


@app.get("/stream")
def stream():
    return Response(part for part in ("one ", "two ", "three"))


@app.get("/stream-raise")
def stream_raise():
    def parts():
        raise LookupError("a stream that raises at once")
        yield ""

    return Response(parts())


app.config["PROPAGATE_EXCEPTIONS"] = os.environ.get("PROPAGATE") == "1"
app.wsgi_app = CORSMiddleware(
    app.wsgi_app,
    allow_origins=["http://app.site.localhost:*"],
    allow_methods=["GET", "POST", "PUT"],
    allow_headers=["content-type"],
    expose_headers=["x-total"],
    allow_credentials=True,
)
