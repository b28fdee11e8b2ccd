"""One line a request."""

import time
from typing import Any

import pytest
from starlette.types import ASGIApp
from structlog.testing import capture_logs

from bonaface.api.context import GONE, NO_ROUTE, RequestContext
from bonaface.api.outcome import Outcome
from bonaface.api.sinks.access_log import AccessLog, is_kept
from bonaface.settings import LogSettings
from bonaface.timings import Stage
from support.http.asgi import Exchange, Recorder, Refuser, http_scope
from support.observability.observing import PATH, Answering, Failing, observed

HALF = LogSettings(sample=0.5)
NONE = LogSettings(sample=0)


def logged(app: ASGIApp, settings: LogSettings | None = None) -> ASGIApp:
    return observed(app, AccessLog(settings or LogSettings()))


def lines(app: ASGIApp, path: str = "/", request_id: str = "abc") -> list[dict[str, Any]]:
    headers = ("Authorization", "hunter2"), ("X-Request-Id", request_id)
    with capture_logs() as logs:
        Exchange().run(app, http_scope(*headers, path=path))
    return [dict(event) for event in logs]


def test_a_request_is_told_by_template_key_code_and_times() -> None:
    (event,) = lines(logged(Answering(Outcome.INVALID_IMAGE)), "/v1.0/appkeys/key/spoofing")
    assert event.pop("duration_ms") >= 0
    assert event.pop("stages").keys() == {"body", "ledger"}
    assert event == {
        "event": "request",
        "log_level": "info",
        "method": "POST",
        "route": PATH,
        "status": 200,
        "result_code": -45030,
        "app_key": "key",
        "sample": 1.0,
    }


def refused(context: RequestContext) -> None:
    context.refusal = "url_port"


def test_why_a_request_was_refused_is_told() -> None:
    (event,) = lines(logged(Answering(Outcome.IMAGE_URL, work=refused)), "/v1.0/appkeys/key/spoofing")
    assert (event["result_code"], event["refusal"]) == (-45050, "url_port")


def decoded_twice(context: RequestContext) -> None:
    timings, begun = context.timings, time.perf_counter()
    timings.since(begun - 2, Stage.DECODE)
    timings.since(begun - 1, Stage.DETECT)
    timings.since(begun - 3, Stage.DECODE)


def test_a_stage_in_two_parts_is_told_as_their_sum() -> None:
    (event,) = lines(logged(Answering(work=decoded_twice)), "/v1.0/appkeys/key/spoofing")
    assert list(event["stages"]) == ["decode", "detect", "body", "ledger"]
    assert 5000 <= event["stages"]["decode"] < 5000 + 60_000
    assert 1000 <= event["stages"]["detect"] < 1000 + 60_000


@pytest.mark.parametrize("is_told", [True, False])
def test_the_address_of_the_caller_is_told_unless_it_is_to_be_left_out(is_told: bool) -> None:
    app = logged(Answering(), LogSettings(caller_address=is_told))
    with capture_logs() as logs:
        Exchange().run(app, {**http_scope(), "client": ("203.0.113.9", 4711)})
    assert [line.get("client") for line in logs] == ["203.0.113.9" if is_told else None]


def test_an_unknown_path_and_its_caller_are_not_told() -> None:
    (event,) = lines(logged(Refuser()), "/v1.0/appkeys/guessed/other?secret=hunter2")
    assert event["route"] == NO_ROUTE
    assert "app_key" not in event
    assert "guessed" not in str(event)
    assert "hunter2" not in str(event)


def test_a_request_without_an_answer_is_told_too() -> None:
    with capture_logs() as logs, pytest.raises(KeyError):
        Exchange().run(logged(Failing(), NONE), http_scope())
    assert logs[0]["status"] == GONE
    assert logs[0]["duration_ms"] >= 0


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(Outcome.INTERNAL, 200), (Outcome.OVERLOAD, 503), (Outcome.FACES, 500), (None, 500)],
)
def test_a_fault_of_the_server_is_a_warning(outcome: Outcome | None, status: int) -> None:
    (event,) = lines(logged(Answering(outcome, status)))
    assert event["log_level"] == "warning"


def test_of_successes_the_share_that_is_asked_for_is_told() -> None:
    app = logged(Answering(), HALF)
    found = [line for number in range(400) for line in lines(app, request_id=f"request-{number}")]
    assert 140 < len(found) < 260
    assert {line["sample"] for line in found} == {0.5}
    assert lines(logged(Answering(), NONE)) == []


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome.INVALID_IMAGE, 200),
        (None, 404),
        (Outcome.UNAUTHORIZED, 401),
        (Outcome.OVERLOAD, 503),
    ],
)
def test_failures_are_told_whatever_the_share(outcome: Outcome | None, status: int) -> None:
    (event,) = lines(logged(Answering(outcome, status), NONE))
    assert event["sample"] == 1.0


def test_slow_requests_are_told_whatever_the_share() -> None:
    (event,) = lines(logged(Answering(), LogSettings(sample=0, slow=1e-9)))
    assert event["sample"] == 1.0


def test_the_id_alone_decides_and_a_larger_share_holds_the_smaller() -> None:
    ids = [f"{number:032x}" for number in range(300)]
    few, many = ({name for name in ids if is_kept(name, share)} for share in (0.1, 0.6))
    assert few < many
    assert few == {name for name in ids if is_kept(name, 0.1)}
    assert all(is_kept(name, 1) and not is_kept(name, 0) for name in ids)


def test_other_scopes_pass() -> None:
    recorder = Recorder()
    with capture_logs() as logs:
        Exchange().run(logged(recorder), {"type": "lifespan"})
    assert (recorder.types, logs) == (["lifespan"], [])
