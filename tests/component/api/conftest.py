"""A server with the real pipeline, shared by the tests of this folder, and image hosts it may fetch from."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from anyio.from_thread import start_blocking_portal

from bonaface import Analyzer
from support.network.web import Handler, LocalServer, serve
from support.observability.logs import discard_logs
from support.servers.thread import RunningServer, running, settings_in

FETCH = {"allowed_networks": ["127.0.0.0/8"], "timeout": 2}

HostImage = Callable[[Handler], AbstractContextManager[LocalServer]]


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    discard_logs()


@pytest.fixture(scope="session")
def server(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    settings = settings_in(
        tmp_path_factory.mktemp("server"), fetch=FETCH, serving={"workers": 2, "queue": 64, "deadline": 60}
    )
    with running(analyzer, settings) as server:
        yield server


@pytest.fixture(scope="session")
def real_status_server(
    analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("real-status")
    with running(analyzer, settings_in(folder, fetch=FETCH, server={"real_status_codes": True})) as server:
        yield server


@pytest.fixture
def host_image() -> HostImage:
    """Runs an image host with a handler of `support.network.web` while a block runs."""

    @contextmanager
    def run(handler: Handler) -> Iterator[LocalServer]:
        with (
            start_blocking_portal() as portal,
            portal.wrap_async_context_manager(serve(handler)) as local,
        ):
            yield local

    return run
