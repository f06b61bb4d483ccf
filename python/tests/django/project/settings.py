"""The settings of a site with cookies, authentication, an error and a stream."""

SECRET_KEY = "not a secret: a test's"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "project.urls"
INSTALLED_APPS = ["django.contrib.sessions", "corsac.django"]
MIDDLEWARE = [
    "corsac.django.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "project.views.authenticate",
]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
USE_TZ = True
DATABASES: dict[str, object] = {}
# Exceptions of views go to standard error, on every server.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"]},
}

CORS_ALLOWED_ORIGINS = ["http://app.site.localhost:*"]
CORS_ALLOW_METHODS = ["GET", "POST", "PUT"]
CORS_ALLOW_HEADERS = ["content-type"]
CORS_EXPOSE_HEADERS = ["x-total"]
CORS_ALLOW_CREDENTIALS = True
