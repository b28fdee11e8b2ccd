"""The backend that the settings name."""

import os

import pytest

from bonaface.serving.processes.pool import WorkerPool
from bonaface.serving.registry import open_backend
from bonaface.serving.threads import ThreadBackend
from bonaface.settings import Settings
from support.machine.workers import fork_servers_of


@pytest.mark.parametrize(("isolation", "kind"), [("threads", ThreadBackend), ("processes", WorkerPool)])
def test_the_settings_choose(settings: Settings, isolation: str, kind: type) -> None:
    chosen = settings.serving.model_copy(update={"isolation": isolation, "workers": 1})
    backend = open_backend(settings.model_copy(update={"serving": chosen}))
    try:
        assert isinstance(backend, kind)
        assert backend.ready is (isolation == "threads")
    finally:
        backend.close()
    assert fork_servers_of(os.getpid()) == []
