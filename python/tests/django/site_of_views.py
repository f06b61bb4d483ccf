"""Views with every kind of response, and a middleware after the CORS middleware that can respond or raise."""

import asyncio

from asgiref.sync import iscoroutinefunction
from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseNotModified, HttpResponseRedirect, StreamingHttpResponse
from django.urls import path
from django.utils.decorators import method_decorator, sync_and_async_middleware
from django.views import View

from corsac import Policy
from corsac.django.views import cors_policy

reached = []


@sync_and_async_middleware
def Inner(get_response):
    def before(request):
        reached.append(request.path_info)
        if request.path_info == "/inner-raises":
            raise LookupError("a middleware that raises")
        if request.path_info == "/inner-answers":
            return HttpResponse("login", status=401)
        return None

    if iscoroutinefunction(get_response):

        async def middleware(request):
            return before(request) or await get_response(request)

    else:

        def middleware(request):
            return before(request) or get_response(request)

    return middleware


def raising(error):
    def view(request):
        raise error

    return view


def reflecting(request):
    response = HttpResponse("ok", headers={"Vary": "Cookie", "X-Kept": "1"})
    response["Access-Control-Allow-Origin"] = request.headers.get("origin", "*")
    response["access-control-allow-credentials"] = "true"
    response.set_cookie("a", "1")
    return response


async def waiting(request):
    await asyncio.sleep(0)
    return HttpResponse("ok")


@cors_policy(Policy(["*"]))
def avatar(request, number):
    return HttpResponse("avatar")


@login_required
@cors_policy({"external_origins": True}, origin_check=lambda origin, request: b"partner" in origin)
def checked(request):
    return HttpResponse("checked")


@cors_policy(Policy(["*"]))
async def async_avatar(request):
    return HttpResponse("avatar")


@method_decorator(cors_policy({"allow_origins": ["https://other.example"], "allow_methods": ["PUT"]}), name="dispatch")
class Orders(View):
    def put(self, request):
        return HttpResponse("order")


urlpatterns = [
    path("ok", lambda request: HttpResponse("ok")),
    path("async", waiting),
    path("missing", raising(Http404())),
    path("forbidden", raising(PermissionDenied())),
    path("raises", raising(LookupError("a view that raises"))),
    path("redirects", lambda request: HttpResponseRedirect("/ok")),
    path("not-modified", lambda request: HttpResponseNotModified()),
    path("streams", lambda request: StreamingHttpResponse(["o", "k"])),
    path("reflects", reflecting),
    path("api/ok", lambda request: HttpResponse("ok")),
    path("account/ok", lambda request: HttpResponse("ok")),
]
urlpatterns += [
    path("avatar/<int:number>", avatar),
    path("async-avatar", async_avatar),
    path("orders", Orders.as_view()),
    path("checked", checked),
    path("own", cors_policy(None)(reflecting)),
    *i18n_patterns(path("avatar", async_avatar)),
]
