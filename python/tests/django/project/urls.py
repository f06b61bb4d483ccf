from django.urls import path

from project import views

urlpatterns = [
    path("login", views.login),
    path("me", views.me),
    path("raise", views.fail),
    path("stream", views.stream),
    path("async/me", views.async_me),
    path("async/raise", views.async_fail),
    path("async/stream", views.async_stream),
]
