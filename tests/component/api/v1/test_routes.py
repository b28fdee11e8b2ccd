"""The route itself, called as the framework does; tests/component/api calls it over sockets."""

import asyncio
import base64
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from fastapi import Request
from fastapi.routing import APIRoute

from bonaface.accounts.application import Application, Caller, State
from bonaface.api.context import FaceCounts, RequestContext
from bonaface.api.outcome import Outcome
from bonaface.api.services import Services
from bonaface.api.v1.routes import judged, router
from bonaface.errors import ImageUrlError, OverloadedError
from bonaface.server.wiring import services_around
from bonaface.serving.threads import ThreadBackend
from support.http.asgi import Exchange, body_of, http_scope
from support.models.analyses import SteadyAnalyzer
from support.servers.thread import settings_in

APPLICATION = Application(1, "shop", "Shop", "", State.ACTIVE, datetime(2026, 1, 1, tzinfo=UTC))
CALLER = Caller(APPLICATION, 1)


def ask(services: Services, body: bytes) -> tuple[bytes, RequestContext]:
    context = RequestContext("abc")

    async def main() -> bytes:
        await asyncio.wrap_future(services.dispatcher.start())
        exchange = Exchange(body_of(body))
        request = Request(http_scope(("Content-Type", "application/json")), exchange.receive)
        try:
            return bytes((await judged(request, CALLER, services, context)).body)
        finally:
            await services.close()

    return asyncio.run(main()), context


def test_it_is_the_path_and_method_of_the_contract() -> None:
    (route,) = router.routes
    assert isinstance(route, APIRoute)
    assert (route.path, route.methods) == ("/v1.0/appkeys/{appKey}/spoofing", {"POST"})
    assert route.body_field is None  # the framework would read a body before the credentials are checked


def test_an_image_is_analysed_under_the_preset(tmp_path: Path) -> None:
    analyzer = SteadyAnalyzer()
    image = base64.b64encode(b"image").decode()
    body = orjson.dumps({"image": {"bytes": image}, "spoofingCondition": "weak"})
    answer, context = ask(services_around(ThreadBackend(analyzer), settings_in(tmp_path)), body)
    assert orjson.loads(answer)["data"]["faceDetailCount"] == 1
    assert analyzer.presets == ["weak"]
    assert [timing.stage for timing in context.timings.entries] == ["body", "queue", "analyse"]
    assert context.outcome is Outcome.FACES
    assert context.faces == FaceCounts(bona_fide=1, attacks=0)


def test_a_url_is_fetched_first(tmp_path: Path) -> None:
    analyzer = SteadyAnalyzer()
    services = services_around(ThreadBackend(analyzer), settings_in(tmp_path))
    with pytest.raises(ImageUrlError):
        ask(services, orjson.dumps({"image": {"url": "http://10.0.0.1/a.png"}}))
    assert analyzer.presets == []
    assert services.requests.taken == 0


def test_no_more_requests_than_allowed(tmp_path: Path) -> None:
    services = services_around(
        ThreadBackend(SteadyAnalyzer()), settings_in(tmp_path, server={"max_requests": 1})
    )
    with services.requests.admit(), pytest.raises(OverloadedError):
        ask(services, b"{}")
