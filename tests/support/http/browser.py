"""Debian's Chromium under Playwright, and a page that is watched: where it goes and what it complains of."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from support.servers.thread import RunningServer

CHROMIUM = Path("/usr/bin/chromium")
SECONDS = 60
WIDE = {"width": 1280, "height": 850}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
OWN = ("blob:", "data:")
ANSWERED = "Failed to load resource: the server responded with a status of"
"""Chromium writes this of every answer over 399, also of those that a page expects."""


def why_not() -> str | None:
    """Why no browser can be started here; None where one can."""
    return None if CHROMIUM.exists() else "needs Chromium (Debian: apt-get install chromium)"


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """A browser while the block runs."""
    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """A page of `server` and what it did; `origins` are others that it may ask, too."""

    server: RunningServer
    page: Page
    origins: Sequence[str] = ()
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "/console") -> Page:
        """Go to a path of the server; its words are there when this returns."""
        self.page.goto(self.server.url + path)
        self.page.wait_for_selector("h1:not(:empty)")
        return self.page

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(ANSWERED):
            self.complaints.append(message.text)

    def see(self, request: Request) -> None:
        self.requests.append(request.url)

    def assert_well_behaved(self) -> None:
        """Nothing was asked of another host, no script failed, no policy was hurt."""
        assert self.complaints == []
        known = (f"{self.server.url}/", *(f"{origin}/" for origin in self.origins), *OWN)
        assert [url for url in self.requests if not url.startswith(known)] == []

    def assert_accessible(self) -> None:
        """axe finds nothing, and the page is no wider than the window."""
        found = Axe().run(self.page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
        root = "document.documentElement"
        assert self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth") <= 0


@contextmanager
def watched(browser: Browser, server: RunningServer, **options: Any) -> Iterator[Watched]:  # noqa: ANN401
    """A page in a context of its own; `options` are those of a context. What it did is judged at the end."""
    given = {"viewport": WIDE, "locale": "en-US", "reduced_motion": "reduce", **options}
    context = browser.new_context(**given)
    context.set_default_timeout(SECONDS * 1000)
    try:
        page = Watched(server, context.new_page())
        page.page.on("filechooser", lambda _: None)  # from now on; asked for later, a key could come first
        context.on("request", page.see)
        context.on("console", page.hear)
        context.on("weberror", lambda error: page.complaints.append(str(error.error)))
        yield page
        page.assert_well_behaved()
    finally:
        context.close()


def keep_keys(context: BrowserContext, server: RunningServer) -> None:
    """Have every page of `context` begin with the keys of `server`, as if they were typed before."""
    keys = {"baseUrl": server.url, "appKey": server.app_key, "secretKey": server.secret}
    _keep(context, "bonaface.keys", orjson.dumps(keys).decode())


def keep_token(context: BrowserContext, token: str) -> None:
    """Have every page of `context` begin signed in."""
    _keep(context, "bonaface.token", token)


def _keep(context: BrowserContext, name: str, text: str) -> None:
    value = orjson.dumps(text).decode()
    context.add_init_script(f"sessionStorage.setItem('{name}', {value})")


def cells(page: Page, table: str) -> Sequence[Sequence[str]]:
    """The text of every body cell of a table."""
    rows = page.locator(f"{table} tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]
