"""CORS for FastAPI, Starlette and every other ASGI application.

::

    from corsac import Policy
    from corsac.asgi import CORSMiddleware

    policy = Policy(["https://app.example.com"], allow_credentials=True)
    app.add_middleware(CORSMiddleware, policy=policy)

Write the policy at module level, because then a wrong policy stops every server at its start. The parameters and their
defaults are those of `starlette.middleware.cors.CORSMiddleware`, so you only change the import. But Starlette makes its
middleware in the lifespan, and many servers continue without lifespan if that fails. Then only the log has the error.
"""

from corsac._regex import CorsacMigrationWarning
from corsac._watch import PolicyFile, PolicyHolder
from corsac.asgi.middleware import CORSMiddleware
from corsac.asgi.route import RoutePolicy, cors_policy

__all__ = ["CORSMiddleware", "CorsacMigrationWarning", "PolicyFile", "PolicyHolder", "RoutePolicy", "cors_policy"]
