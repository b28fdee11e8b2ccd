"""A browser with a webcam that sees the portrait, and a server with the real weights."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from playwright.sync_api import Browser

from bonaface import Analyzer
from conftest import ROOT, need_service
from support.http.browser import Watched, chromium, keep_keys, watched, why_not
from support.http.site import Site, hosted
from support.network.web import Handler, LocalServer, serve
from support.observability.logs import discard_logs, restored_logging
from support.pictures.films import scenes, write_film
from support.servers.thread import RunningServer, running, settings_in

FETCH = {"allowed_networks": ["127.0.0.0/8"], "timeout": 2}


@pytest.fixture(scope="package")
def film(portrait: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the webcam sees, read anew whenever it is opened."""
    film = tmp_path_factory.mktemp("camera") / "portrait.mjpeg"
    write_film(film, scenes(portrait)["good"])
    return film


@pytest.fixture
def nobody(film: Path, portrait: bytes) -> Iterator[None]:
    """Nobody is before the webcam."""
    seen = scenes(portrait)
    write_film(film, seen["nobody"])
    yield
    write_film(film, seen["good"])


@pytest.fixture(scope="package")
def browser(film: Path) -> Iterator[Browser]:
    """Not of the session: while Playwright runs, no other test of this thread could run an event loop."""
    need_service(why_not())
    with chromium(f"--use-file-for-fake-video-capture={film}") as browser:
        yield browser


@pytest.fixture(scope="package", autouse=True)
def _quiet() -> Iterator[None]:
    with restored_logging():
        discard_logs()
        yield


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    """A site of another origin, with the files of the JavaScript client."""
    with hosted(ROOT / "clients" / "js" / "src") as site:
        yield site


@pytest.fixture(scope="package")
def server(
    analyzer: Analyzer, site: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    settings = settings_in(
        tmp_path_factory.mktemp("server"),
        fetch=FETCH,
        serving={"workers": 2, "queue": 64, "deadline": 60},
        server={"allowed_origins": [site.origin]},
    )
    with running(analyzer, settings) as server:
        yield server


@pytest.fixture
def english(browser: Browser, server: RunningServer) -> Iterator[Watched]:
    """A page in English without keys."""
    with watched(browser, server) as page:
        yield page


@pytest.fixture
def console(browser: Browser, server: RunningServer) -> Iterator[Watched]:
    """A page in English with the server's keys."""
    with watched(browser, server) as page:
        keep_keys(page.page.context, server)
        yield page


@pytest.fixture
def host_image() -> Callable[[Handler], AbstractContextManager[LocalServer]]:
    """Runs an image host with a handler of `support.network.web` while a block runs."""

    @contextmanager
    def run(handler: Handler) -> Iterator[LocalServer]:
        with start_blocking_portal() as portal, portal.wrap_async_context_manager(serve(handler)) as local:
            yield local

    return run
