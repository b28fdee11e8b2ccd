"""The caller of a request."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import Request

from bonaface.accounts.application import Caller
from bonaface.api.context import context_of
from bonaface.api.deps import admitted, get_context
from bonaface.api.request_keys import keys_by_path
from bonaface.api.services import Services
from bonaface.errors import UnauthorizedError
from bonaface.server.wiring import services_around
from bonaface.serving.threads import ThreadBackend
from support.http.asgi import http_scope
from support.models.analyses import SteadyAnalyzer
from support.servers.thread import settings_in
from support.storage.accounts import ACTOR, statements


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = services_around(ThreadBackend(SteadyAnalyzer()), settings_in(tmp_path))
    yield services
    asyncio.run(services.close())


def call(services: Services, app_key: str, *secrets: str) -> tuple[Caller, Request]:
    scope = http_scope(*(("Authorization", secret) for secret in secrets))
    request = Request({**scope, "path_params": {"appKey": app_key}})

    async def ask() -> Caller:
        context = await get_context(request)
        return await admitted(services, context, keys_by_path(request.headers, request.path_params))

    return asyncio.run(ask()), request


def test_right_keys_give_the_caller(services: Services) -> None:
    application, made, secret = services.applications.create_application("test", actor=ACTOR)
    caller, request = call(services, application.app_key, secret)
    context = context_of(request.scope)
    assert caller == context.caller == Caller(application, made.id)
    assert [timing.stage for timing in context.timings.entries] == ["authenticate", "admit"]


def test_keys_that_were_right_a_moment_ago_are_known_without_a_thread(services: Services) -> None:
    application, _, secret = services.applications.create_application("test", actor=ACTOR)
    first, _ = call(services, application.app_key, secret)
    before = {thread.ident for thread in threading.enumerate()}
    with statements() as seen:
        second, request = call(services, application.app_key, secret)
    assert second is context_of(request.scope).caller is first
    assert seen == []
    lookups = services.metrics.registry.get_sample_value
    assert lookups("bonaface_key_cache_lookups_total", {"result": "miss"}) == 1
    assert lookups("bonaface_key_cache_lookups_total", {"result": "hit"}) == 1
    assert {thread.ident for thread in threading.enumerate()} <= before


def test_wrong_missing_and_doubled_secrets_are_refused_alike(services: Services) -> None:
    application, _, secret = services.applications.create_application("test", actor=ACTOR)
    for secrets in (("wrong",), (), ("",), (secret, secret), (f"Bearer {secret}",)):
        with pytest.raises(UnauthorizedError) as refused:
            call(services, application.app_key, *secrets)
        assert secret not in str(refused.value)
