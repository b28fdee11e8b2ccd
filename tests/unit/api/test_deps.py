"""The caller of a request."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import Request

from bonaface.accounts.application import Application
from bonaface.accounts.repository import ApplicationRepository
from bonaface.api.deps import get_caller, get_stages
from bonaface.api.middleware.access_log import Stages
from bonaface.api.services import Services
from bonaface.errors import UnauthorizedError
from support.analyses import SteadyAnalyzer
from support.asgi import http_scope
from support.server import settings_in


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = Services.around(SteadyAnalyzer(), settings_in(tmp_path))
    yield services
    asyncio.run(services.close())


def call(services: Services, app_key: str, *secrets: str) -> tuple[Application, Request]:
    scope = http_scope(*(("Authorization", secret) for secret in secrets))
    request = Request({**scope, "path_params": {"appKey": app_key}, "state": {"stages": Stages()}})

    async def ask() -> Application:
        return await get_caller(request, services, await get_stages(request), None)

    return asyncio.run(ask()), request


def test_right_keys_give_the_application(services: Services) -> None:
    application, secret = ApplicationRepository(services.database).create_application("test")
    caller, request = call(services, application.app_key, secret)
    assert caller == application
    assert request.state.app_key == application.app_key
    assert request.state.stages.milliseconds.keys() == {"authenticate"}


def test_wrong_missing_and_doubled_secrets_are_refused_alike(services: Services) -> None:
    application, secret = ApplicationRepository(services.database).create_application("test")
    for secrets in (("wrong",), (), ("",), (secret, secret), (f"Bearer {secret}",)):
        with pytest.raises(UnauthorizedError) as refused:
            call(services, application.app_key, *secrets)
        assert secret not in str(refused.value)
