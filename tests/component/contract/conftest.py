"""The servers that the examples of the guide are sent to."""

from collections.abc import Iterator

import pytest

from bonaface import Analyzer
from support.observability.logs import discard_logs
from support.servers.thread import RunningServer, running, settings_in


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    discard_logs()


@pytest.fixture(scope="session")
def server(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that may fetch images from this machine."""
    settings = settings_in(tmp_path_factory.mktemp("contract"), fetch={"allowed_networks": ["127.0.0.0/8"]})
    with running(analyzer, settings) as server:
        yield server
