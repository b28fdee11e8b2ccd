"""No traffic makes more series than the code has labels, and none of what strangers send is in one."""

import random
import string
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from support.http.wire import connected, head
from support.models.analyses import SteadyAnalyzer
from support.observability.scrape import Scrape, scrape
from support.servers.thread import RunningServer, running, settings_in
from support.waiting import wait_until

METHODS = ("PROPFIND", "MKCOL", "LOCK", "REPORT", "SEARCH", "PURGE", "LINK", "QUERY")
CANARY = "hunter2"
ROUNDS = 40


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running(SteadyAnalyzer(), settings_in(tmp_path, metrics={"port": 0})) as server:
        yield server


def hostile(client: httpx2.Client, server: RunningServer, chance: random.Random) -> int:
    """A round in which whatever a stranger can choose is another each time; how many requests it was."""
    word = CANARY + "".join(chance.choices(string.ascii_letters + "%_", k=12)).replace("%", "%25")
    client.post(f"/v1.0/appkeys/{word}/spoofing", headers={"Authorization": word})
    client.get(f"/{word}/{word}?{word}={word}")
    client.request(chance.choice(METHODS), f"/{word}")
    client.request(chance.choice(METHODS), f"/v1.0/appkeys/{word}/spoofing")
    client.delete(f"/admin/v1/applications/{word}", headers={"Authorization": f"Bearer {word}"})
    client.get(f"/console/{word}/{word}.js")
    client.get(f"/docs/{word}")
    client.post("/console/preview", headers={"X-App-Key": word, "Authorization": word})
    client.post(server.path, json={word: word}, headers={"X-Request-Id": word, "traceparent": word})
    client.post(server.path, json={"image": {"url": f"http://127.0.0.1:1/{word}"}})
    client.post(server.path, files={"imageFile": word.encode()}, data={"spoofingCondition": word})
    return 11


def settled(server: RunningServer, requests: int) -> Scrape:
    """A scrape once that many requests are counted, which is after their answers have left."""
    wait_until(lambda: scrape(server.metrics_url).value("bonaface_requests_total") >= requests)
    return scrape(server.metrics_url)


def test_hostile_traffic_makes_no_more_series_and_names_nobody(server: RunningServer) -> None:
    chance = random.Random(11)
    with server.client() as client:
        sent = sum(hostile(client, server, chance) for _ in range(len(METHODS) * 4))
        before = settled(server, sent)
        sent += sum(hostile(client, server, chance) for _ in range(ROUNDS))
        after = settled(server, sent)
    assert after.value("bonaface_requests_total") == sent
    assert after.samples.keys() == before.samples.keys()
    assert len(after.samples) < 1500
    assert CANARY not in after.text
    assert server.app_key not in after.text
    assert after.values_of("method") <= {"GET", "POST", "DELETE", "other"}
    assert all("{" in route or "hunter" not in route for route in after.values_of("route"))


def test_a_method_that_no_parser_knows_makes_no_series(server: RunningServer) -> None:
    before = scrape(server.metrics_url)
    for number in range(5):
        with connected(server.address) as wire:
            wire.send(head("/", method=f"HUNTER{number}"))
            wire.read()
    with server.client() as client:
        client.get("/healthz")
    after = settled(server, 1)
    assert after.values_of("method") - before.values_of("method") <= {"GET", "other"}
    assert "HUNTER" not in after.text


def test_clients_that_leave_are_counted_and_leave_nothing_behind(server: RunningServer) -> None:
    for _ in range(5):
        with connected(server.address) as wire:
            wire.send(
                head(server.path, f"Authorization: {server.secret}", "Content-Length: 100",
                     "Content-Type: application/json")
            )  # fmt: skip
    found = settled(server, 5)
    assert found.value("bonaface_requests_total", status="499") == 5
    assert found.value("bonaface_requests_in_flight") == 0
