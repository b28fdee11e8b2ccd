"""A browser with a webcam that sees the portrait, and a server with the real weights."""

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from anyio.from_thread import start_blocking_portal
from PIL import Image
from playwright.sync_api import Browser

from bonaface import Analyzer
from conftest import need_service
from support.http.browser import Watched, chromium, keep_keys, watched, why_not
from support.network.web import Handler, LocalServer, serve
from support.observability.logs import discard_logs, restored_logging
from support.servers.thread import RunningServer, running, settings_in

FETCH = {"allowed_networks": ["127.0.0.0/8"], "timeout": 2}
CAMERA_SIZE = (640, 480)
CAMERA_FRAMES = 30


@pytest.fixture(scope="package")
def browser(portrait: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Not of the session: while Playwright runs, no other test of this thread could run an event loop."""
    need_service(why_not())
    film = tmp_path_factory.mktemp("camera") / "portrait.mjpeg"
    film.write_bytes(frame(portrait) * CAMERA_FRAMES)
    with chromium(f"--use-file-for-fake-video-capture={film}") as browser:
        yield browser


def frame(portrait: bytes) -> bytes:
    """What the webcam sees: the portrait in the middle, as a JPEG."""
    picture = Image.new("RGB", CAMERA_SIZE, (90, 90, 90))
    side = CAMERA_SIZE[1]
    picture.paste(Image.open(io.BytesIO(portrait)).convert("RGB").resize((side, side)), (80, 0))
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=95)
    return target.getvalue()


@pytest.fixture(scope="package", autouse=True)
def _quiet() -> Iterator[None]:
    with restored_logging():
        discard_logs()
        yield


@pytest.fixture(scope="package")
def server(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    settings = settings_in(
        tmp_path_factory.mktemp("server"), fetch=FETCH, serving={"workers": 2, "queue": 64, "deadline": 60}
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
