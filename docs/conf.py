"""The site: every page of docs/, and the pages of the rooms that they link to. `make docs` builds it, `make docs-test` checks it.

Sphinx reads the repository from its root, so that a link from one page to another is the same on the forge, in an editor and on the site.
"""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent
# What is in the repository under the first name is on the site under the second: `make docs` builds it.
BUILT = {"js/playground/index.html": "playground/index.html"}

project = "Corsac"
author = "The Corsac authors"
copyright = author

extensions = ["myst_parser"]
root_doc = "docs/index"
include_patterns = [
    "docs/*.md",
    "docs/start/*.md",
    "docs/dialects/*.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "benches/README.md",
    "benches/results/README.md",
    "examples/*/README.md",
    "ffi/README.md",
    "fuzz/README.md",
    "js/*.md",
    "nginx/README.md",
    "nginx/bench/README.md",
    "nginx/t/README.md",
    "python/*.md",
    "python/benches/results/*.md",
    "tests/browsers/README.md",
    "tower/*.md",
    "vectors/README.md",
]
# The forge shows docs/README.md with its folder; the site begins with docs/index.md.
exclude_patterns = ["docs/README.md", "target", "*/target", "**/node_modules", "**/.pytest_cache"]

# A reference that leads nowhere is an error: `make docs` passes --fail-on-warning too.
nitpicky = True
# Anchors as the forge makes them, so that `page.md#a-heading` works in both.
myst_heading_anchors = 4
myst_enable_extensions = ["attrs_block"]
# Nothing of what is built depends on the day.
html_last_updated_fmt = None
html_show_copyright = False
html_show_sphinx = False

html_theme = "furo"
html_title = "Corsac"
html_static_path = ["styles"]
html_css_files = ["corsac.css"]
html_extra_path = ["site"]
html_copy_source = False
# A message of a console is text to search for, quotes and all.
smartquotes = False
html_theme_options = {"navigation_with_keys": True}
# Blocks of a shell session, of TOML and so on are coloured; what Pygments does not know stays as it is.
highlight_language = "text"
pygments_style = "friendly"
pygments_dark_style = "monokai"
suppress_warnings = ["misc.highlighting_failure"]


def repository_path(page: str, target: str) -> Path | None:
    """The file or folder of the repository that a relative link of this page leads to, if there is one."""
    relative = posixpath.normpath(posixpath.join(posixpath.dirname(page), target.split("#")[0]))
    path = ROOT / relative
    return path if target and not relative.startswith("..") and path.exists() else None


def name_files(app: Sphinx, tree: nodes.document) -> None:
    """Turns a link to a file that is not a page into the file's name.

    The site holds pages only. A source file is in the repository, and the text says where.
    """
    from sphinx import addnodes

    page = app.env.docname
    for link in [*tree.findall(addnodes.download_reference), *tree.findall(addnodes.pending_xref)]:
        if link.get("reftype") not in ("myst", None):
            continue
        target = link.get("reftarget", "")
        if link.get("refdomain") == "doc":
            # MyST has resolved it already: a page by its name, from the root.
            target = f"/{target}.md"
        if isinstance(link, addnodes.download_reference):
            target = target if (ROOT / target.lstrip("/")).exists() else posixpath.join(posixpath.dirname(page), target)
            path = ROOT / target.lstrip("/")
        else:
            path = repository_path("", target.lstrip("/")) if target.startswith("/") else repository_path(page, target)
        if path is None:
            continue
        # A page of the site stays a link. `make links` checks the others.
        if str(path.relative_to(ROOT).with_suffix("")) in app.env.found_docs:
            continue
        name = posixpath.normpath(str(path.relative_to(ROOT)))
        if name in BUILT:
            there = posixpath.relpath(BUILT[name], posixpath.dirname(page))
            link.replace_self(nodes.reference("", "", *link.children, refuri=there))
            continue
        kept = nodes.inline("", "", *link.children, classes=["in-repository"])
        kept["title"] = name
        link.replace_self(kept)


def setup(app: Sphinx) -> None:
    """Sphinx calls this."""
    app.connect("doctree-read", name_files, priority=100)  # before Sphinx copies what a link leads to
