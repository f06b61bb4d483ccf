"""CORS for Flask, under the names of flask-cors: the extension, its options in ``app.config``, and the decorator.

::

    from corsac.flask import CORS, cross_origin

    CORS(app, origins=["https://app.example.com"], supports_credentials=True)

    @app.get("/avatar")
    @cross_origin(origins="*")
    def avatar(): ...

What is left out has flask-cors' default, except ``origins``, which has none. Everything is decided before the
application runs, by :class:`corsac.wsgi.CORSMiddleware`'s means.
"""

from corsac._regex import CorsacMigrationWarning
from corsac.flask.extension import CORS, cross_origin

__all__ = ["CORS", "CorsacMigrationWarning", "cross_origin"]
