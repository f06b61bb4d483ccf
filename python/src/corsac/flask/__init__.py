"""CORS for Flask, under the names of flask-cors: the extension, its options in ``app.config``, and the decorator.

::

    from corsac.flask import CORS, cross_origin

    CORS(app, origins=["https://app.example.com"], supports_credentials=True)

    @app.get("/avatar")
    @cross_origin(origins="*")
    def avatar(): ...

Options that you leave out have the defaults of flask-cors, except ``origins``, which has no default. The decision is
made before the application runs, as in :class:`corsac.wsgi.CORSMiddleware`.
"""

from corsac._regex import CorsacMigrationWarning
from corsac.flask.extension import CORS, cross_origin

__all__ = ["CORS", "CorsacMigrationWarning", "cross_origin"]
