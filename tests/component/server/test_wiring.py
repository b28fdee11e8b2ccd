"""The composition root."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from fastapi import FastAPI, Request

from bonaface.api.services import services_of
from bonaface.errors import ConfigurationError, ModelMissingError, StorageAwayError, StorageError
from bonaface.server.wiring import build_services, services_around
from bonaface.serving.processes.pool import WorkerPool
from bonaface.serving.threads import ThreadBackend
from bonaface.settings import ModelSettings, Settings
from bonaface.storage.database import Database
from support.machine.workers import fork_servers_of, workers_of
from support.models.analyses import SteadyAnalyzer
from support.servers.thread import settings_in
from support.storage.accounts import ACTOR
from support.storage.replies import reply


def test_real_parts_from_settings(settings: Settings) -> None:
    services = build_services(settings)
    assert services.settings is settings
    assert services.requests.capacity == settings.server.max_requests
    assert services.dispatcher.admission.capacity == settings.serving.workers + settings.serving.queue
    asyncio.run(services.close())


def test_workers_that_are_processes_end_with_the_services(settings: Settings) -> None:
    isolated = settings.serving.model_copy(update={"isolation": "processes", "workers": 1})
    services = build_services(settings.model_copy(update={"serving": isolated}))
    assert isinstance(services.backend, WorkerPool)
    services.wait()
    assert len(workers_of(os.getpid())) == 1
    asyncio.run(services.close())
    assert workers_of(os.getpid()) == []


def test_they_end_too_where_the_services_cannot_be_made(
    settings: Settings, model_settings: ModelSettings, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "bonaface.db").write_bytes(b"not a database, but long enough to be read as one" * 20)
    with pytest.raises(StorageError):
        build_services(
            settings_in(tmp_path, models=model_settings, serving={"isolation": "processes", "workers": 1})
        )
    assert workers_of(os.getpid()) == []


def test_the_database_is_ready_for_use(tmp_path: Path) -> None:
    services = services_around(ThreadBackend(SteadyAnalyzer()), settings_in(tmp_path))
    application, _, secret = services.applications.create_application("test", actor=ACTOR)
    assert not services.admin_tokens.any_live()
    assert [entry.target for entry in services.audit.entries()] == [application.app_key, "presets"]

    async def check_and_close() -> None:
        caller = await services.key_checks.authenticate(application.app_key, secret)
        assert caller.application == application
        await services.close()

    asyncio.run(check_and_close())


def without_models(folder: Path, isolation: str) -> Settings:
    models = ModelSettings(detector="centerface", directory=folder / "none")
    return settings_in(folder, models=models, serving={"isolation": isolation, "workers": 1})


def test_missing_models_are_told_before_anything_is_opened(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError):
        build_services(without_models(tmp_path, "threads"))
    assert not list(tmp_path.iterdir())


def test_processes_tell_it_when_they_are_waited_for_and_everything_is_closed(tmp_path: Path) -> None:
    services = build_services(without_models(tmp_path, "processes"))
    with pytest.raises(ModelMissingError):
        services.wait()
    assert workers_of(os.getpid()) == fork_servers_of(os.getpid()) == []
    with pytest.raises(StorageError, match="stopping"):
        services.ledger.add(reply())


def test_what_is_no_process_needs_no_waiting(tmp_path: Path) -> None:
    services = services_around(ThreadBackend(SteadyAnalyzer()), settings_in(tmp_path))
    services.wait()
    asyncio.run(services.close())


def test_a_database_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "bonaface.db").write_bytes(b"not a database, but long enough to be read as one" * 20)
    with pytest.raises(StorageError):
        services_around(ThreadBackend(SteadyAnalyzer()), settings_in(tmp_path))


def test_a_request_finds_the_services_of_its_application(tmp_path: Path) -> None:
    services = services_around(ThreadBackend(SteadyAnalyzer()), settings_in(tmp_path))
    app = FastAPI()
    app.state.services = services
    assert services_of(Request({"type": "http", "app": app})) is services
    asyncio.run(services.close())


def test_levels_follow_the_parts(tmp_path: Path) -> None:
    services = services_around(
        ThreadBackend(SteadyAnalyzer()), settings_in(tmp_path, serving={"workers": 3, "queue": 5})
    )
    level = services.metrics.registry.get_sample_value

    def levels() -> list[float | None]:
        names = ("models_ready", "analysis_workers", "analysis_queue_limit", "analyses_running")
        waiting = ("analyses_waiting", "ledger_waiting_replies")
        return [level(f"bonaface_{name}") for name in (*names, *waiting)]

    async def warm_and_close() -> None:
        assert await asyncio.wrap_future(services.dispatcher.start())
        with services.dispatcher.admission.admit():
            assert levels() == [1, 3, 5, 0, 1, 0]
        await services.close()

    assert levels() == [0, 3, 5, 0, 0, 0]
    assert level("bonaface_database_away") == 0
    services.database.breaker.failed(StorageAwayError("away"))
    assert level("bonaface_database_away") == 1
    services.database.breaker.succeeded()
    asyncio.run(warm_and_close())


def test_tracing_that_cannot_be_had_is_told_and_the_database_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "bonaface.observability.spans", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    closed: list[Database] = []
    monkeypatch.setattr(Database, "close", lambda database: closed.append(database))
    with pytest.raises(ConfigurationError, match="tracing"):
        services_around(
            ThreadBackend(SteadyAnalyzer()), settings_in(tmp_path, tracing={"endpoint": "http://127.0.0.1:9"})
        )
    assert len(closed) == 2  # the one beside it for look-ups, too
    monkeypatch.undo()
    closed[0].close()


def test_a_key_file_that_is_not_there_is_told_before_anything_is_opened(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, signing={"key_file": tmp_path / "signing.json"})
    with pytest.raises(ConfigurationError, match=r"signing\.key_file .* is not there"):
        services_around(ThreadBackend(SteadyAnalyzer()), settings)
    assert not list(tmp_path.iterdir())


def test_where_servers_only_check_none_starts_before_the_command(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, storage={"migrate": "check"})
    with pytest.raises(StorageError, match="run `bonaface migrate`"):
        services_around(ThreadBackend(SteadyAnalyzer()), settings)
    with Database(settings.storage) as database:
        database.migrate()
    asyncio.run(services_around(ThreadBackend(SteadyAnalyzer()), settings).close())
