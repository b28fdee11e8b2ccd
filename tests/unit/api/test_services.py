"""The composition root."""

import asyncio
from pathlib import Path

import pytest
from fastapi import FastAPI, Request

from bonaface.api.services import Services, build_services, services_of
from bonaface.errors import ModelMissingError, StorageError
from bonaface.settings import ModelSettings, Settings
from support.accounts import ACTOR
from support.analyses import SteadyAnalyzer
from support.server import settings_in


def test_real_parts_from_settings(settings: Settings) -> None:
    services = build_services(settings)
    assert services.settings is settings
    assert services.requests.capacity == settings.server.max_requests
    assert services.engine.admission.capacity == settings.engine.workers + settings.engine.queue
    asyncio.run(services.close())


def test_the_database_is_ready_for_use(tmp_path: Path) -> None:
    services = Services.around(SteadyAnalyzer(), settings_in(tmp_path))
    application, _, secret = services.applications.create_application("test", actor=ACTOR)
    assert services.authenticator.authenticate(application.app_key, secret).application == application
    assert not services.admin_tokens.any_live()
    assert [entry.target for entry in services.audit.entries()] == [application.app_key]
    asyncio.run(services.close())


def test_missing_models_are_told_before_anything_is_opened(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError):
        build_services(settings_in(tmp_path, models=ModelSettings(directory=tmp_path / "none")))
    assert not list(tmp_path.iterdir())


def test_a_database_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "bonaface.db").write_bytes(b"not a database, but long enough to be read as one" * 20)
    with pytest.raises(StorageError):
        Services.around(SteadyAnalyzer(), settings_in(tmp_path))


def test_a_request_finds_the_services_of_its_application(tmp_path: Path) -> None:
    services = Services.around(SteadyAnalyzer(), settings_in(tmp_path))
    app = FastAPI()
    app.state.services = services
    assert services_of(Request({"type": "http", "app": app})) is services
    asyncio.run(services.close())
