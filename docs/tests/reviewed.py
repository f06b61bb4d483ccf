"""What `test_blocks.py` does not try itself: the blocks that another test runs, and those that none runs, each with the reason.

A block is named by its page and its first line. An entry that fits no block is an error, and so is one whose test no longer has its words.
"""

from __future__ import annotations

from typing import NamedTuple


class RunBy(NamedTuple):
    """A test that runs blocks: its file, and words in it that show that it still does."""

    pages: str
    languages: str
    first_line: str
    test: str
    words: str


ANY = "*"
RUN_BY = [
    RunBy("docs/start/*.md", ANY, ANY, "docs/tests/test_start.py", 'START.glob("*.md")'),
    RunBy("docs/policy.md", ANY, ANY, "docs/tests/test_pages.py", '"policy"'),
    RunBy("docs/recipes.md", ANY, ANY, "docs/tests/test_pages.py", '"recipes"'),
    RunBy("docs/app-origins.md", ANY, ANY, "docs/tests/test_pages.py", '"app-origins"'),
    RunBy("docs/dialects/*.md", ANY, ANY, "dialects/tests/pages.rs", "docs/dialects"),
    RunBy("docs/browsers.md", "text", "Cross-Origin Request Blocked: *", "core/tests/browser_delivery/consoles.rs", "(192.168.0.5:443) via fetch. Secure"),
    RunBy("docs/errors.md", ANY, ANY, "docs/tests/test_drift.py", "docs/errors.py"),
    RunBy("docs/internals.md", "text", "offset bytes  the head", "core/src/image/layout.rs", "tests/pages/internals.txt"),
    RunBy("macros/README.md", "rust", ANY, "macros/src/lib.rs", "tests/pages/readme.txt"),
    RunBy("macros/README.md", "text", ANY, "macros/tests/ui/fail_findings.stderr", "error: an origin has no trailing slash"),
    RunBy("core/README.md", "rust", ANY, "core/src/lib.rs", 'include_str!("../README.md")'),
    RunBy("tower/README.md", "rust", ANY, "tower/src/lib.rs", 'include_str!("../README.md")'),
    RunBy("tower/MIGRATING.md", "rust", ANY, "tower/src/lib.rs", 'include_str!("../MIGRATING.md")'),
    RunBy("diagnose/src/codes/findings.md", ANY, ANY, "docs/tests/test_findings.py", "diagnose/src/codes/findings.md"),
    RunBy("ffi/README.md", "c", "#include <stdio.h>", "ffi/tests/library.rs", "fn the_program_of_the_readme_runs()"),
    RunBy("nginx/README.md", "nginx", "location /api/ {", "nginx/t/test_examples.py", "test_the_configuration_that_the_readme_begins_with_serves"),
    RunBy("nginx/README.md", "sh", "install -D *", "nginx/t/test_examples.py", "test_the_readme_installs_the_module"),
    RunBy("js/MIGRATING.md", "js", "// main.js, with Express*", "js/tests/recipes.test.mjs", "main.js, with Express"),
    RunBy("js/MIGRATING.md", "js", "// main.js, with the FastifyAdapter", "js/tests/recipes.test.mjs", "main.js, with the FastifyAdapter"),
    RunBy("js/MIGRATING.md", "js", "// lib/cors.js", "js/tests/recipes.test.mjs", "lib/cors.js"),
    RunBy("js/MIGRATING.md", "js", "// app/api/things/route.js", "js/tests/recipes.test.mjs", "app/api/things/route.js"),
    RunBy("js/MIGRATING.md", "js", "// pages/api/things.js", "js/tests/recipes.test.mjs", "pages/api/things.js"),
    RunBy("python/RECIPES.md", "python", ANY, "python/tests/recipes/test_recipes.py", "def test_every_section_is_tested"),
    RunBy("examples/c/README.md", "sh", "cc *", "examples/c/test_server.py", '"^cc .*", README'),
    RunBy("examples/c/README.md", "sh", "# in the root of the repository", "examples/c/test_server.py", "--gc-sections"),
    RunBy("examples/c/README.md", "sh", "# in the root of the repository; *", "ffi/tests/explain_example.rs", "examples/c/self_check.c"),
    RunBy("examples/device/README.md", "text", "# the dashboard's browser asks first", "examples/device/src/bin/thermostat.rs", "the dashboard's browser asks"),
]

DRAWING = "a drawing"
CODE_ENTRY = "what a code means, as a sketch of heads, scripts and consoles: the Rust tests of the diagnosis give each code real ones"
CHECKOUT = "it compiles or measures for minutes, and only those who work on Corsac need it"
LOG = "lines of a log; python/tests/asgi/test_asgi_log.py, and for the last python/tests/django/test_django_migration.py, have the like"

# Page, first line of the block, reason.
NOT_RUN = [
    ("diagnose/src/codes/blocked.md", ANY, CODE_ENTRY),
    ("diagnose/src/codes/causes.md", ANY, CODE_ENTRY),
    ("diagnose/src/codes/delivery.md", ANY, CODE_ENTRY),
    ("diagnose/src/codes/denials.md", ANY, CODE_ENTRY),
    ("diagnose/src/codes/live.md", ANY, CODE_ENTRY),
    ("dialects/src/codes.md", ANY, CODE_ENTRY),
    ("diagnose/src/codes/README.md", ANY, "the form of an entry, with nothing in it"),
    ("docs/design.md", " what a person wrote *", DRAWING),
    ("docs/design.md", "pattern    = *", "a grammar"),
    ("docs/design.md", "set image:  *", DRAWING),
    ("docs/internals.md", " 0      *", DRAWING),
    ("docs/internals.md", "bit   13 *", DRAWING),
    ("docs/internals.md", "┌──*", DRAWING),
    ("docs/internals.md", "bucket:  *", DRAWING),
    ("docs/playground.md", "make docs-serve", "it serves until you end it; js/tests/playground.test.mjs runs the same server"),
    ("docs/install.md", "sha256sum *", "it checks a release, of which there is none yet; `make dist` writes the file that it reads"),
    ("docs/releasing.md", "tools/version.py --set *", "it makes a release; tools/test_version.py has its first line, `make dist-test` is a target of its own"),
    ("docs/index.md", ANY, "a list of pages, which the build of the site follows"),
    ("docs/probe.md", "CORS passes in every browser, *", "one line of a report; cli/tests/delivery.rs has it with its exchanges"),
    ("docs/verify.md", "  browser", "the end of a report about two layers; cli/tests/verify.rs has it with two servers"),
    ("docs/regexes.md", "use corsac_regexes::*", "it takes a policy from you; the doctests of `prove` and `advise` are the same calls"),
    ("README.md", "static POLICY: *", "the shortest policy: the doctest of macros/README.md has one with methods"),
    ("core/README.md", "Access-Control-Allow-Origin: *", "the output of the program before it, which a doctest runs but does not compare"),
    ("core/README.md", "1 error in the policy:", "the output of the program before it, which a doctest runs but does not compare"),
    ("examples/axum/README.md", "cargo run *", "it serves until you end it; examples/axum/src/tests.rs asks the same application"),
    ("examples/axum/README.md", "curl *", "it asks that server; examples/axum/src/tests.rs asks the same application"),
    ("examples/c/README.md", "$ curl *", "it asks a server that examples/c/test_server.py compiles, runs and asks"),
    ("examples/device/README.md", "rustup *", CHECKOUT),
    ("examples/device/README.md", "cd examples/device *", "it needs QEMU; examples/device/tests/network.test.mjs starts it in the same way, and asks it"),
    ("ffi/README.md", "make c-library *", "it installs into /usr/local; ffi/tests/c/test_install.py installs elsewhere, and links"),
    ("fuzz/README.md", "cd fuzz", "it reads a finding, of which there is none"),
    ("benches/README.md", "cargo build *", CHECKOUT),
    ("js/README.md", "make js", "it installs into your project; docs/start/express.md does so, and its test runs that"),
    ("nginx/README.md", "make c-library", "it needs a configured nginx; `make nginx-module` builds with the sources of one"),
    ("nginx/README.md", "make nginx-deb", "it installs a package as root; nginx/t/test_package.py builds and unpacks it"),
    ("nginx/README.md", "nginx: [emerg] *", "two lines of a log with your paths; nginx/t has the messages"),
    ("nginx/README.md", "cors: report only: *", "a line of a log; nginx/t/test_report_only.py has the like"),
    ("nginx/README.md", "map $http_origin *", "the recipe that the page warns about: nothing of Corsac's"),
    ("nginx/t/README.md", "make nginx-test *", "it is how the tests of nginx are run"),
    ("python/README.md", "WARNING preflight denied: *", LOG),
    ("python/README.md", "a page at *", "the text of an assertion; python/tests/testing/test_assertions.py has it"),
    ("tests/browsers/README.md", "CORSAC_EXCHANGE=*", "it repeats an exchange that failed, in a browser"),
    ("tests/dialects/README.md", "make dialects-test *", "its last lines are for one folder: they are how those tests are run"),
    ("tests/gateways/README.md", "make gateways-test *", "its last line is for one folder: it is how the tests of the gateways are run"),
    ("tests/stacks/README.md", "make stacks-test *", "its last line is for one folder: it is how the tests of the stacks are run"),
]

# Commands of sessions that are not run, with the reason; the others of the same block are.
NOT_RUN_COMMANDS = {
    "cargo install corsac-cli": "no registry has it before the first release",
    "pip install ./python        # in a checkout, with Rust installed": "`make python-install` does it, before this test",
    "claude mcp add corsac -- corsac mcp --probe localhost:8000": "it needs Claude Code; the server that it adds is started",
}
