"""Dashboard and alerts against a real server: what they ask for is there, and Prometheus understands it."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bonaface import Analyzer
from bonaface.accounts.application import Quota
from conftest import need_service
from support.observability.logs import discard_logs
from support.observability.prometheus import (
    DASHBOARD,
    Prometheus,
    asked_by,
    labels_in,
    names_in,
    panels,
    promtool,
    rules,
    running_prometheus,
    why_not,
)
from support.observability.scrape import Scrape, scrape
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR
from support.waiting import wait_until

TESTS = ("alerts_test.yml", "drift_test.yml")
FROM_PROMETHEUS = {"up"}
LABELS_OF_PROMETHEUS = {"job", "instance", "le"}
NEEDS_HISTORY = ("5m", "15m", "1h", "7d", ":")
"""Expressions with one of these look further back than a test lasts."""


@pytest.fixture(scope="module")
def server(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("deploy")
    discard_logs()
    with running(analyzer, settings_in(folder, metrics={"port": 0})) as server:
        yield server


@pytest.fixture
def tool() -> None:
    need_service(why_not("promtool"))


def send_traffic(server: RunningServer, portrait: bytes) -> int:
    """Of every kind that a metric tells apart; how many requests it was."""
    slow, _, secret = server.services.applications.create_application(
        "slow", quota=Quota(rate=1, burst=1), actor=ACTOR
    )
    with server.client() as client:
        for preset in ("weak", "balanced", "strict"):
            client.post(server.path, files={"imageFile": portrait}, data={"spoofingCondition": preset})
        client.post(server.path, files={"imageFile": b"no image"})
        client.post(server.path, json={"image": {"url": "http://10.0.0.1/a.png"}})
        client.post(server.path, headers={"Authorization": "wrong"})
        for _ in range(2):
            headers = {"Authorization": secret}
            client.post(f"/v1.0/appkeys/{slow.app_key}/spoofing", headers=headers, json={})
        client.get("/healthz")
        client.get("/nothing")
    return 10


def loaded(server: RunningServer, portrait: bytes) -> Scrape:
    """A scrape after traffic; a request is counted after its answer has left."""
    before = scrape(server.metrics_url).value("bonaface_requests_total")
    sent = send_traffic(server, portrait)
    wait_until(lambda: scrape(server.metrics_url).value("bonaface_requests_total") >= before + sent)
    return scrape(server.metrics_url)


@pytest.mark.usefixtures("tool")
def test_the_rules_hold() -> None:
    done = promtool("check", "rules", "alerts.yml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("tool")
def test_the_example_configuration_holds() -> None:
    done = promtool("check", "config", "prometheus.yml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("tool")
def test_the_rules_fire_when_they_should_and_not_otherwise() -> None:
    done = promtool("test", "rules", *TESTS)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_a_test_and_a_place_in_the_docs() -> None:
    alerts = {rule["alert"] for rule in rules() if "alert" in rule}
    tests = "".join((DASHBOARD.parents[1] / "prometheus" / name).read_text() for name in TESTS)
    page = (DASHBOARD.parents[2] / "docs" / "metrics.md").read_text()
    assert len(alerts) >= 14
    for alert in alerts:
        assert f"alertname: {alert}" in tests, alert
        assert f"### {alert}" in page, alert


@pytest.mark.usefixtures("tool")
def test_the_scrape_of_a_running_server_holds(server: RunningServer, portrait: bytes) -> None:
    done = promtool("check", "metrics", given=loaded(server, portrait).text)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_dashboard_and_alerts_name_is_in_the_scrape(server: RunningServer, portrait: bytes) -> None:
    found = loaded(server, portrait)
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    labels = {name for _, has in found.samples for name, _ in has} | LABELS_OF_PROMETHEUS
    expressions = [rule["expr"] for rule in rules()] + [
        each for panel in panels() for each in asked_by(panel)
    ]
    assert len(expressions) > 60
    for expression in expressions:
        names = names_in(expression)
        assert names, expression
        assert names <= found.names | recorded | FROM_PROMETHEUS, expression
        assert labels_in(expression) <= labels, expression


def test_every_metric_is_in_the_docs(server: RunningServer, portrait: bytes) -> None:
    page = (DASHBOARD.parents[2] / "docs" / "metrics.md").read_text()
    families = {line.split()[2] for line in loaded(server, portrait).text.splitlines() if "# TYPE" in line}
    assert {name for name in families if f"`{name}`" not in page} == set()


def test_prometheus_reads_the_server_and_answers_the_dashboard(
    server: RunningServer, portrait: bytes, tmp_path: Path
) -> None:
    need_service(why_not("prometheus"))
    assert server.metrics_url is not None
    loaded(server, portrait)  # so that every series is there at the first scrape
    with running_prometheus(tmp_path, urlsplit(server.metrics_url).netloc) as prometheus:
        wait_until(lambda: bool(prometheus.query("bonaface_requests_total")))
        send_traffic(server, portrait)
        wait_until(lambda: has_seen(prometheus))
        for panel in panels():
            for expression in asked_by(panel):
                answer = prometheus.query(expression)
                assert answer or any(each in expression for each in NEEDS_HISTORY), expression
        assert [each["value"][1] for each in prometheus.query("sum(bonaface_models_ready)")] == ["1"]
        groups = prometheus.ask("rules")["groups"]
        health = {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}
        assert set(health.values()) <= {"ok", "unknown"}  # unknown: not evaluated yet
        assert len(health) == len(rules())


def has_seen(prometheus: Prometheus) -> bool:
    """Whether two scrapes lie on both sides of the traffic."""
    return any(
        float(each["value"][1]) > 0
        for each in prometheus.query('increase(bonaface_verdicts_total{preset="strict"}[1m])')
    )
