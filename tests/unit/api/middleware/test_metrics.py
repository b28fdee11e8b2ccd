"""Every request is counted, by what a stranger cannot choose."""

from types import SimpleNamespace

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from starlette.types import Receive, Scope, Send

from bonaface.api.middleware.metrics import Metering
from bonaface.api.middleware.observe import Observe
from bonaface.observability.traffic import Traffic
from bonaface.timings import Stage
from support.asgi import Exchange, Recorder, Refuser, http_scope, reply
from support.scrape import Scrape


class Counted:
    """Traffic in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.traffic = Traffic(self.registry, ["rate"])

    @property
    def scrape(self) -> Scrape:
        return Scrape.of(generate_latest(self.registry).decode())


class Route:
    """A route that answers `code`, refused for its rate if that is -40070."""

    def __init__(self, counted: Counted, code: int) -> None:
        self._counted = counted
        self._code = code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = SimpleNamespace(path="/a/{appKey}")
        if self._code == -40070:
            scope["state"]["refusal"] = "rate"
        with scope["state"]["timings"].of(Stage.BODY):
            assert self._counted.scrape.value("bonaface_requests_in_flight") == 1
        await reply(send, b"{}", (b"x-result-code", b"%d" % self._code))


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest.mark.parametrize(
    ("code", "outcome", "refused"), [(0, "success", 0), (-45030, "failure", 0), (-40070, "failure", 1)]
)
def test_a_request_by_template_method_and_result(
    counted: Counted, code: int, outcome: str, refused: int
) -> None:
    app = Observe(Metering(Route(counted, code), counted.traffic))
    Exchange().run(app, http_scope(path="/a/secret"))
    found = counted.scrape
    labels = {"route": "/a/{appKey}", "method": "POST", "status": "200", "result": str(code)}
    assert found.value("bonaface_requests_total", **labels) == 1
    assert found.value("bonaface_request_seconds_count", route="/a/{appKey}", outcome=outcome) == 1
    assert found.value("bonaface_stage_seconds_count", stage="body") == 1
    assert found.value("bonaface_refusals_total", reason="rate") == refused
    assert found.value("bonaface_requests_in_flight") == 0
    assert "secret" not in found.text


def test_a_request_that_fails_is_counted_and_in_flight_no_more(counted: Counted) -> None:
    async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        Exchange().run(Observe(Metering(fail, counted.traffic)), http_scope())
    assert counted.scrape.value("bonaface_requests_total", status="499", result="") == 1
    assert counted.scrape.value("bonaface_requests_in_flight") == 0


def test_whatever_strangers_send_makes_no_series_of_its_own(counted: Counted) -> None:
    app = Observe(Metering(Refuser(), counted.traffic))
    for number in range(50):
        Exchange().run(app, http_scope(method=f"HUNTER{number}", path=f"/hunter/{number}?{number}"))
    found = counted.scrape
    assert found.labels("bonaface_requests_total") == {
        frozenset({("route", "(none)"), ("method", "other"), ("status", "200"), ("result", "")})
    }
    assert found.value("bonaface_requests_total") == 50
    assert "hunter" not in found.text.lower()


def test_other_scopes_pass(counted: Counted) -> None:
    recorder = Recorder()
    Exchange().run(Observe(Metering(recorder, counted.traffic)), {"type": "lifespan"})
    assert recorder.types == ["lifespan"]
    assert counted.scrape.value("bonaface_requests_total") == 0
