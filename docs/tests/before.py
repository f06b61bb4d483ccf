"""What a part of a program takes for granted on its page, such as an application: it comes before the block when the block is run."""

from __future__ import annotations

APPLICATION = """\
class Application:
    def add_middleware(self, middleware, **options): middleware(self, **options)
    def get(self, path): return lambda view: view
    async def __call__(self, scope, receive, send): pass
app = Application()
"""
# By the first line of the block. A block of C ends the function that its entry begins.
BEFORE = {
    # Python.
    "from corsac.asgi import CORSMiddleware": APPLICATION,
    "from corsac.asgi import CORSMiddleware, cors_policy": APPLICATION + "from corsac import Policy\npolicy = Policy(['*'])\n",
    "app.add_middleware(CORSMiddleware, policy=PolicySet.from_toml(\"sets.toml\"))": APPLICATION
    + "from corsac import PolicySet\nfrom corsac.asgi import CORSMiddleware\n",
    "app.add_middleware(CORSMiddleware, allow_origins=[\"https://app.example.com\"], allow_credentials=True)": APPLICATION
    + "from corsac.asgi import CORSMiddleware\n",
    "from corsac import Policy": APPLICATION,
    "from corsac.wsgi import CORSMiddleware": "import types\nbottle = types.SimpleNamespace(default_app=lambda: lambda environ, start_response: [])\n",
    ">>> Policy([\"https://app.example.com/\"])": "from corsac import Policy\n",
    "decision = policy.evaluate(": "from corsac import Policy\npolicy, headers = Policy(['https://app.example.com'], allow_methods=['PUT']), []\n",
    "print(corsac.explain_text(message, \"fastapi\"))": "import corsac\nmessage = 'CORS header ‘Access-Control-Allow-Origin’ missing'\n",
    "print(corsac.explain_capture(Path(\"page.har\").read_bytes(), \"fastapi\"))": (
        "import corsac\nfrom pathlib import Path\nPath('page.har').write_text('HTTP/1.1 200 OK\\nAccess-Control-Allow-Origin: *\\n')\n"
    ),
    # JavaScript.
    "const cors = require('corsac/express');": "const app = { use() {} };\n",
    "fastify.register(require('corsac/fastify'), { origin: ['https://app.example.com'], credentials: true });": "const fastify = { register() {} };\n",
    "app.use(require('corsac/koa')({ origin: ['https://app.example.com'], credentials: true }));": "const app = { use() {} };\n",
    "app.use(require('corsac/koa')({ origin: 'https://app.example.com' }));": "const app = { use() {} };\n",
    "fastify.register(require('corsac/fastify'), { origin: ['https://app.example.com'] });": "const fastify = { register() {} };\n",
    "import { cors } from 'corsac/hono';": "const app = { use() {} };\n",
    "import { Policy } from 'corsac';": "const request = { method: 'GET', headers: [['Origin', 'https://app.example.com']] }, response = { headers: [] };\n",
    "import { explainText } from 'corsac/explain';": (
        "const pasted = \"Access to fetch at 'https://a.example/' from origin 'https://b.example' has been blocked by CORS policy: Response to preflight "
        "request doesn't pass access control check: It does not have HTTP ok status.\\nOPTIONS https://a.example/ 405 (Method Not Allowed)\";\n"
    ),
    "import { assertCorsAllows, assertCorsDenies } from 'corsac/testing';": (
        "import { withCors } from 'corsac/fetch';\nconst app = withCors({ origin: ['https://app.example.com'], methods: ['PUT'], "
        "allowedHeaders: ['content-type'], credentials: true }, () => new Response('x'));\n"
    ),
    "import { verify } from 'corsac/testing';": (
        "import { withCors } from 'corsac/fetch';\nconst app = withCors({ origin: ['https://app.example.com'], methods: ['GET', 'PUT'], "
        "allowedHeaders: [] }, () => new Response('x'));\n"
    ),
    # C, which is compiled.
    "corsac_policy_evaluate(&policy, &request, &decision);   /* class, denial, status, headers as slices */": (
        "void f(corsac_policy policy, corsac_request request, corsac_decision decision);\n"
        "void f(corsac_policy policy, corsac_request request, corsac_decision decision) {\n"
    ),
    "corsac_parse_sizes sizes = {0, 0};": (
        "uint8_t *grow(uint8_t *, size_t);\nvoid f(corsac_bytes text, corsac_on_finding show);\nvoid f(corsac_bytes text, corsac_on_finding show) {\n"
    ),
    "const corsac_request_path path = {{(const uint8_t *)url, strlen(url)}, {NULL, 0}};": (
        "void f(const char *url, corsac_policy_set set, corsac_request request, corsac_decision decision);\n"
        "void f(const char *url, corsac_policy_set set, corsac_request request, corsac_decision decision) {\n"
    ),
}

# Python whose framework the package does not install: it is compiled and what it imports is looked up. python/tests run these frameworks.
FRAMEWORKS = {"corsac.flask", "corsac.django", "corsac.aiohttp"}
# JavaScript that is refused on purpose, as its page says: it is only compiled. js/tests expect the errors.
REFUSED = {"cors({ origin: true, credentials: true })"}
