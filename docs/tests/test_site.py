"""The built site: it loads nothing from elsewhere, and every link inside it leads somewhere. `make docs` builds it."""

from __future__ import annotations

import re
import unittest
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from reader import ROOT

SITE = ROOT / "target/site"
# What a browser fetches by itself. A link that a reader follows is none of it.
FETCHED = {
    "script": ("src",), "img": ("src", "srcset"), "iframe": ("src",), "video": ("src", "poster"), "audio": ("src",), "source": ("src", "srcset"),
    "embed": ("src",), "object": ("data",), "image": ("href", "xlink:href"), "use": ("href", "xlink:href"), "input": ("src",), "form": ("action",),
}  # fmt: skip
FETCHING_LINKS = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "dns-prefetch", "modulepreload", "manifest"}
IN_CSS = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


class Page(HTMLParser):
    """What a page fetches, links to, and can be linked at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)
        self.fetched += [first or second for first, second in IN_CSS.findall(text)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collects what the element says."""
        values = {name: value or "" for name, value in attrs}
        self.anchors.add(values.get("id", ""))
        if tag == "a":
            self.anchors.add(values.get("name", ""))
            self.links.append(values.get("href", ""))
        elif tag == "link" and FETCHING_LINKS & set(values.get("rel", "").split()):
            self.fetched.append(values.get("href", ""))
        self.fetched += [values[name] for name in FETCHED.get(tag, ()) if values.get(name)]


def from_elsewhere(text: str) -> list[str]:
    """What this page fetches from another host."""
    return [url for url in Page(text).fetched if urlsplit(url).netloc and not url.startswith("data:")]


def broken(site: dict[Path, Page], files: set[Path]) -> list[str]:
    """Links of the site that lead nowhere."""
    found = []
    for path, page in site.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not link or link == "#":
                continue
            target = Path(re.sub(r"/+", "/", (path.parent / unquote(parts.path)).resolve().as_posix())) if parts.path else path
            anchor = unquote(parts.fragment)
            if target not in files or (anchor and target in site and anchor not in site[target].anchors):
                found.append(f"{path.name}: {link}")
    return found


class Site(unittest.TestCase):
    """What `make docs` built."""

    @classmethod
    def setUpClass(cls) -> None:
        if not SITE.exists():
            raise unittest.SkipTest("there is no site: run `make docs`")
        cls.files = {path for path in SITE.rglob("*") if path.is_file()}
        cls.pages = {path: Page(path.read_text()) for path in cls.files if path.suffix == ".html"}

    def test_pages_load_nothing_from_elsewhere(self) -> None:
        self.assertGreater(len(self.pages), 30)
        for path in self.pages:
            with self.subTest(page=path.name):
                self.assertEqual(from_elsewhere(path.read_text()), [])

    def test_styles_and_pictures_load_nothing_from_elsewhere(self) -> None:
        for path in self.files:
            if path.suffix in (".css", ".svg"):
                urls = [first or second for first, second in IN_CSS.findall(path.read_text())]
                urls += re.findall(r"(?:xlink:)?href=\"([^\"#][^\"]*)\"", path.read_text()) if path.suffix == ".svg" else []
                with self.subTest(file=path.name):
                    self.assertEqual([url for url in urls if urlsplit(url).netloc], [])

    def test_every_link_and_anchor_leads_somewhere(self) -> None:
        self.assertEqual(broken(self.pages, self.files), [])

    def test_pages_name_a_width_for_phones(self) -> None:
        for path in self.pages:
            if "docs" in path.parts[-3:]:
                self.assertIn('name="viewport"', path.read_text(), path.name)


class Guard(unittest.TestCase):
    """The tests above notice what they look for."""

    def test_font_of_another_host_is_noticed(self) -> None:
        for html in (
            '<link rel="stylesheet" href="https://fonts.example/a.css">',
            '<script src="//cdn.example/a.js"></script>',
            '<style>@import "https://a.example/b.css"; </style>',
            "<style>@font-face { src: url(https://a.example/b.woff2) }</style>",
            '<img src="a.png" srcset="https://a.example/b.png">',
        ):
            with self.subTest(html=html):
                self.assertEqual(len(from_elsewhere(html)), 1)
        self.assertEqual(from_elsewhere('<a href="https://a.example/">a</a><img src="a.png">'), [])

    def test_link_that_leads_nowhere_is_noticed(self) -> None:
        one, two = Path("/site/one.html"), Path("/site/two.html")
        site = {one: Page('<a href="two.html#here">x</a><a href="two.html#gone">x</a><a href="gone.html">x</a>'), two: Page('<p id="here">')}
        self.assertEqual(broken(site, {one, two}), ["one.html: two.html#gone", "one.html: gone.html"])


if __name__ == "__main__":
    unittest.main()
