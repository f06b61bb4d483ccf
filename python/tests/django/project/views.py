"""The same endpoints as those of the Flask application, some of them async too."""

import json

from asgiref.sync import iscoroutinefunction
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.decorators import sync_and_async_middleware


@sync_and_async_middleware
def authenticate(get_response):
    # Every request needs a cookie, even a preflight, so the CORS middleware must be outside.
    def refusal(request):
        if request.path_info != "/login" and "name" not in request.session:
            return HttpResponse("who are you?", status=401)
        return None

    if iscoroutinefunction(get_response):

        async def middleware(request):
            return refusal(request) or await get_response(request)

    else:

        def middleware(request):
            return refusal(request) or get_response(request)

    return middleware


def login(request):
    request.session["name"] = json.loads(request.body)["name"]
    return HttpResponse(f"welcome {request.session['name']}")


def me(request):
    if request.method == "PUT":
        request.session["name"] = json.loads(request.body)["name"]
    return HttpResponse(request.session["name"], headers={"X-Total": "3"})


def fail(request):
    raise LookupError("a view that raises")


def stream(request):
    return StreamingHttpResponse(part for part in ("one ", "two ", "three"))


async def async_me(request):
    return me(request)


async def async_fail(request):
    raise LookupError("a view that raises")


async def async_stream(request):
    async def parts():
        for part in ("one ", "two ", "three"):
            yield part

    return StreamingHttpResponse(parts())
