"""CORS for FastAPI, Starlette and every other ASGI application.

::

    from corsac.asgi import CORSMiddleware

    app.add_middleware(CORSMiddleware, allow_origins=["https://app.example.com"], allow_credentials=True)

The parameters and their defaults are those of `starlette.middleware.cors.CORSMiddleware`, so that only the import
changes. A policy that is known by itself (a :class:`corsac.Policy`, a file that is watched, one for each path) is taken
instead of them.
"""

from corsac._regex import CorsacMigrationWarning
from corsac._watch import PolicyFile, PolicyHolder
from corsac.asgi.middleware import CORSMiddleware

__all__ = ["CORSMiddleware", "CorsacMigrationWarning", "PolicyFile", "PolicyHolder"]
