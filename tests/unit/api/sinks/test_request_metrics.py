"""Every request is counted, by what a stranger cannot choose."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from bonaface.api.context import RequestContext
from bonaface.api.outcome import Outcome
from bonaface.api.sinks.request_metrics import RequestMetrics
from bonaface.observability.traffic import Traffic
from support.http.asgi import Exchange, Recorder, Refuser, http_scope
from support.observability.observing import PATH, Answering, Failing, observed
from support.observability.scrape import Scrape


class Counted:
    """Traffic in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.traffic = Traffic(self.registry, ["rate"])

    @property
    def scrape(self) -> Scrape:
        return Scrape.of(generate_latest(self.registry).decode())


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest.mark.parametrize(
    ("outcome", "ended", "refused"),
    [
        (Outcome.FACES, "success", 0),
        (Outcome.INVALID_IMAGE, "failure", 0),
        (Outcome.RATE, "failure", 1),
    ],
)
def test_a_request_by_template_method_and_result(
    counted: Counted, outcome: Outcome, ended: str, refused: int
) -> None:
    def work(context: RequestContext) -> None:
        context.refusal = "rate" if refused else None
        assert counted.scrape.value("bonaface_requests_in_flight") == 1

    app = observed(Answering(outcome, work=work), RequestMetrics(counted.traffic))
    Exchange().run(app, http_scope(path="/a/secret"))
    found = counted.scrape
    labels = {"route": PATH, "method": "POST", "status": "200", "result": str(outcome.code)}
    assert found.value("bonaface_requests_total", **labels) == 1
    assert found.value("bonaface_request_seconds_count", route=PATH, outcome=ended) == 1
    assert found.value("bonaface_stage_seconds_count", stage="body") == 1
    assert found.value("bonaface_refusals_total", reason="rate") == refused
    assert found.value("bonaface_requests_in_flight") == 0
    assert "secret" not in found.text


def test_a_request_that_fails_is_counted_and_in_flight_no_more(counted: Counted) -> None:
    with pytest.raises(KeyError):
        Exchange().run(observed(Failing(), RequestMetrics(counted.traffic)), http_scope())
    assert counted.scrape.value("bonaface_requests_total", status="499", result="") == 1
    assert counted.scrape.value("bonaface_requests_in_flight") == 0


def test_whatever_strangers_send_makes_no_series_of_its_own(counted: Counted) -> None:
    app = observed(Refuser(), RequestMetrics(counted.traffic))
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
    Exchange().run(observed(recorder, RequestMetrics(counted.traffic)), {"type": "lifespan"})
    assert recorder.types == ["lifespan"]
    assert counted.scrape.value("bonaface_requests_total") == 0
