"""The site of the documentation as it is built: it asks no other host, and is searched without one."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from deploy.site.pages import PAGES, staged
from playwright.sync_api import Page, expect

from conftest import ROOT, need_service
from support.http.browser import chromium, why_not

LOADED = {"src", "srcset", "data", "poster", "action", "formaction", "background"}
"""Attributes whose address a browser asks for by itself."""
GIT = ("git", "check-ignore", "--quiet", "var/site")


@dataclass
class Parsed(HTMLParser):
    """What a page asks for, where its links lead, and the anchors that it has."""

    loaded: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        self.loaded += [value for name, value in given.items() if name in LOADED and value]
        if "href" in given:
            (self.links if tag == "a" else self.loaded).append(given["href"])


def parsed(page: Path) -> Parsed:
    parser = Parsed()
    parser.feed(page.read_text("utf-8"))
    return parser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does."""
    need_service(None if find_spec("zensical") else "needs Zensical (make .venv/.test)")
    out = tmp_path_factory.mktemp("site") / "out"
    command = [sys.executable, "-m", "deploy.site", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Parsed]:
    return {page: parsed(page) for page in site.rglob("*.html")}


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    need_service(why_not())
    with chromium() as browser:
        yield browser.new_page()


def test_each_page_is_there_in_both_languages(site: Path) -> None:
    for page in PAGES:
        name = staged(page).removesuffix(".md") + ".html"
        assert (site / name).is_file()
        assert '<html lang="ko"' in (site / "ko" / name).read_text("utf-8")


def test_nothing_is_loaded_from_another_host(pages: dict[Path, Parsed]) -> None:
    foreign = {
        address
        for page in pages.values()
        for address in page.loaded
        if urlsplit(address).netloc or address.startswith("//")
    }
    assert foreign == set()
    assert sum(len(page.loaded) for page in pages.values()) > 500


def test_styles_load_nothing_from_another_host(site: Path) -> None:
    styles = [path.read_text("utf-8") for path in site.rglob("*.css")]
    assert styles
    assert [style for style in styles if "url(http" in style or "@import" in style or "url(//" in style] == []


def test_links_lead_to_pages_and_headings_that_are_there(pages: dict[Path, Parsed]) -> None:
    broken = [
        (page.name, link)
        for page, content in pages.items()
        if page.name != "404.html"
        for link in content.links
        if not urlsplit(link).scheme and not _leads(page, link, pages)
    ]
    assert broken == []


def _leads(page: Path, link: str, pages: dict[Path, Parsed]) -> bool:
    parts = urlsplit(link)
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    target = target / "index.html" if target.is_dir() else target
    if target not in pages:
        return target.is_file()
    return not parts.fragment or unquote(parts.fragment) in pages[target].anchors


@pytest.mark.parametrize(
    ("path", "words", "found"),
    [
        ("index.html", "threshold", "Choosing an operating point"),
        ("ko/index.html", "임곗값", "운영 기준점 선택"),
    ],
)
def test_it_is_searched_without_another_host(
    address: str, browser_page: Page, path: str, words: str, found: str
) -> None:
    asked: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    browser_page.goto(f"{address}/{path}")
    browser_page.locator(".md-search__button").click()
    browser_page.keyboard.type(words)
    expect(browser_page.get_by_role("dialog").get_by_text(found).first).to_be_visible()
    assert {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))} == {
        urlsplit(address).netloc
    }
    assert any("search" in url for url in asked)


@pytest.mark.parametrize("path", ["docs/console.html", "docs/architecture.html", "ko/docs/migration.html"])
def test_a_page_in_a_browser_asks_this_host_alone(address: str, browser_page: Page, path: str) -> None:
    asked: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    browser_page.goto(f"{address}/{path}", wait_until="networkidle")
    assert {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))} == {
        urlsplit(address).netloc
    }


def test_what_is_built_is_no_part_of_the_repository() -> None:
    assert subprocess.run(GIT, cwd=ROOT, check=False).returncode == 0
