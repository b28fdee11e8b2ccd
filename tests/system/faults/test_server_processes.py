"""Two server processes that are one server: one port, one ledger, one answer about the whole."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from bonaface.accounts.admin_tokens import AdminTokens
from bonaface.accounts.application import Quota
from bonaface.accounts.audit import AuditRepository, Sought
from bonaface.accounts.credential_cache import TIME_TO_LIVE
from bonaface.accounts.repository import ApplicationRepository
from bonaface.models.loaded_presets import load_presets
from bonaface.serving.presets_in_force import LOADED
from bonaface.storage.database import Database
from support.http.wire import Wire, connected, exchange, head
from support.machine.workers import has_ended
from support.models.presets_file import write_presets
from support.network.ports import free_port
from support.observability.scrape import Scrape, scrape
from support.servers.process import COMMAND
from support.servers.served import QUICK_ENGINE, Served, serving
from support.storage.accounts import ACTOR
from support.waiting import wait_until

MARK = b"bonaface.server.supervised"
TWO = (*COMMAND, "--processes", "2")
BURST = 20
NO_IMAGE = b'{"image": {"bytes": "R0lG"}, "policy": "staff"}'
WARMING = {
    "ready": False,
    "models": "warming",
    "engine": "working",
    "database": "reachable",
    "stopping": False,
}


@pytest.fixture(scope="module")
def metrics_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def presets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_presets(tmp_path_factory.mktemp("presets") / "presets.toml")


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory,
    models_directory: Path,
    metrics_port: int,
    small: bytes,
    presets: Path,
) -> Iterator[Served]:
    """A server of two processes. At the end it stops while it has work: what was begun is finished."""
    with serving(
        tmp_path_factory.mktemp("pair"),
        models_directory,
        command=TWO,
        traced=True,
        serving={"workers": 2},
        models=QUICK_ENGINE | {"presets": presets},
        server={"real_status_codes": True},
        metrics={"port": metrics_port},
    ) as pair:
        yield pair
        stops_in_order(pair, small)


def stops_in_order(pair: Served, image: bytes) -> None:
    """Every answer was counted, and no process is left."""
    processes, counted = processes_of(pair), sum(pair.counted().values())
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(pair.ask, image) for _ in range(12)]
        wait_until(lambda: any(one.done() for one in asked))
        pair.send(signal.SIGTERM)
        assert pair.wait() == 0
        answered = sum(one.exception() is None for one in asked)
    assert sum(pair.counted().values()) == counted + answered
    assert all(has_ended(process) for process in processes)
    assert len(pair.events("server.stopped")) == 2
    assert pair.events("supervisor.stopped")


def processes_of(pair: Served) -> list[int]:
    """The server processes."""
    files = Path(f"/proc/{pair.process.pid}/task").glob("*/children")
    found = [int(pid) for file in files for pid in file.read_text().split()]
    return sorted(pid for pid in found if MARK in Path(f"/proc/{pid}/cmdline").read_bytes())


def sockets_of(pid: int) -> int:
    return sum("socket:" in str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir())


def is_warming(pair: Served) -> bool:
    with suppress(OSError):  # who had just connected to one that was killed
        status, told = pair.get("/readyz")
        return (status, {name: told.get(name) for name in WARMING}) == (503, WARMING)
    return False


def scraped(port: int) -> Scrape:
    return scrape(f"http://127.0.0.1:{port}/metrics")


def uploads(found: Scrape) -> float:
    return found.value("bonaface_requests_total", method="POST")


def test_each_has_some_of_the_connections(pair: Served) -> None:
    with all_of(pair) as wires:
        assert len(wires) == 32


def test_replies_of_all_are_counted_and_measured_as_those_of_one(
    pair: Served, metrics_port: int, small: bytes
) -> None:
    counted, told = sum(pair.counted().values()), uploads(scraped(metrics_port))
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(lambda _: pair.ask(small), range(24)))) == 24
    found = scraped(metrics_port)
    assert uploads(found) == told + 24
    assert sum(pair.counted().values()) == counted + 24
    assert found.value("bonaface_analysis_workers") == 2
    assert found.value("bonaface_models_ready") == 1
    assert found.value("bonaface_build_info") == 1


def test_a_rate_holds_for_all_of_them_together(pair: Served) -> None:
    with Database(pair.storage) as database:
        made, _, secret = ApplicationRepository(database).create_application(
            "limited", quota=Quota(rate=1, burst=BURST), actor=ACTOR
        )
    empty = head(f"/v1.0/appkeys/{made.app_key}/spoofing", f"Authorization: {secret}", "Content-Length: 0")
    statuses = Counter(exchange(pair.address, empty).status for _ in range(BURST + 1))
    assert statuses[429] == 1


def test_what_an_administrator_changes_holds_in_all_of_them_after_five_seconds(pair: Served) -> None:
    with Database(pair.storage) as database:
        made, _, secret = ApplicationRepository(database).create_application("leaver", actor=ACTOR)
        _, token = AdminTokens(database).create("changes", actor=ACTOR)
    keys = (f"X-App-Key: {made.app_key}", f"Authorization: Bearer {secret}")
    asked = json_request(
        "/v2/liveness",
        NO_IMAGE,
        f"X-App-Key: {pair.keys.app_key}",
        f"Authorization: Bearer {pair.keys.secret}",
    )
    empty = json_request("/v2/liveness", b"{}", *keys)
    with all_of(pair) as wires:
        administer(pair, token, "PUT", "/policies/staff", b'{"rejectBelow": 0.2, "acceptFrom": 0.8}')
        # One that read a moment ago looks for a new name after a second; then the image is looked at.
        wait_until(lambda: told(wires, asked) == {"unsupported_format"}, 0.05)
        assert told(wires, empty) == {"invalid_parameter"}
        administer(pair, token, "DELETE", "/policies/staff", b"")
        administer(pair, token, "PATCH", f"/applications/{made.app_key}", b'{"state": "disabled"}')
        time.sleep(TIME_TO_LIVE)  # what the caches may keep, and not a moment more
        assert told(wires, asked) == {"unknown_policy"}
        assert told(wires, empty) == {"unauthorized"}


def test_presets_loaded_anew_hold_in_all_of_them_also_in_one_that_is_begun_later(
    pair: Served, presets: Path
) -> None:
    with Database(pair.storage) as database:
        _, token = AdminTokens(database).create("presets", actor=ACTOR)
        trail = AuditRepository(database).entries(sought=Sought(target="presets"))
    assert [entry.actor for entry in trail] == ["server"]  # one for both
    assert pair.log()[0]["event"] == LOADED
    assert pair.log()[0]["source"] == str(presets)
    old = load_presets(presets, "bonaface-pad")
    assert versions_of(pair) == {old.version}
    presets.write_text("weak = 'none'")
    assert reload(pair, token) == 409
    assert versions_of(pair) == {old.version}
    new = load_presets(write_presets(presets, 0.25), "bonaface-pad")
    assert reload(pair, token) == 200
    wait_until(lambda: versions_of(pair) == {new.version})
    presets.write_text("weak = 'none'")  # nobody reads it who was not told to
    os.kill(processes_of(pair)[0], signal.SIGKILL)
    wait_until(lambda: is_warming(pair))
    wait_until(lambda: pair.answers("/readyz"), 0.05)
    assert versions_of(pair) == {new.version}


def versions_of(pair: Served) -> set[str]:
    """Of the presets in force, by all processes."""
    with all_of(pair) as wires:
        found = set()
        for wire in wires:
            wire.send(head("/readyz", method="GET"))
            found.add(wire.read().json["presets"]["version"])
        return found


def reload(pair: Served, token: str) -> int:
    path = "/admin/v1/presets/reload"
    return exchange(pair.address, json_request(path, b"", f"Authorization: Bearer {token}")).status


@contextmanager
def all_of(pair: Served) -> Iterator[list[Wire]]:
    """Connections of which each server process has some."""
    before = [sockets_of(pid) for pid in processes_of(pair)]
    with ExitStack() as stack:
        wires = [stack.enter_context(connected(pair.address)) for _ in range(32)]
        told(wires, head("/healthz", method="GET"))
        grown = [sockets_of(pid) - number for pid, number in zip(processes_of(pair), before, strict=True)]
        assert len(grown) == 2
        assert all(number > 0 for number in grown)
        yield wires


def told(wires: list[Wire], request: bytes) -> set[str]:
    """The codes of the answers on all connections, one after the other."""
    codes = set()
    for wire in wires:
        wire.send(request)
        codes.add(wire.read().json.get("code", ""))
    return codes


def json_request(path: str, body: bytes, *lines: str, method: str = "POST") -> bytes:
    kind, length = "Content-Type: application/json", f"Content-Length: {len(body)}"
    return head(path, *lines, kind, length, method=method) + body


def administer(pair: Served, token: str, method: str, path: str, body: bytes) -> None:
    request = json_request(f"/admin/v1{path}", body, f"Authorization: Bearer {token}", method=method)
    assert exchange(pair.address, request).status in (200, 204)


def test_one_that_is_killed_is_begun_anew_and_nothing_counted_is_lost(
    pair: Served, metrics_port: int, small: bytes
) -> None:
    counted, told = sum(pair.counted().values()), uploads(scraped(metrics_port))
    for _ in range(8):
        pair.ask(small)
    assert uploads(scraped(metrics_port)) == told + 8
    killed, other = processes_of(pair)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: is_warming(pair))
    assert scraped(metrics_port).value("bonaface_models_ready") == 0
    pair.ask(small)  # the other one goes on
    wait_until(lambda: pair.answers("/readyz"), 0.05)
    lost = pair.events("server.process.lost")[-1]
    assert lost["status"] == -signal.SIGKILL
    assert other in processes_of(pair)
    assert killed not in processes_of(pair)
    assert len(processes_of(pair)) == 2
    assert uploads(scraped(metrics_port)) == told + 9
    assert sum(pair.counted().values()) == counted + 9


def test_a_supervisor_that_is_killed_leaves_no_process(tmp_path: Path, models_directory: Path) -> None:
    with serving(
        tmp_path, models_directory, command=TWO, ready=False, models=QUICK_ENGINE, serving={"workers": 2}
    ) as pair:
        processes = processes_of(pair)
        assert len(processes) == 2
        pair.send(signal.SIGKILL)
        pair.wait()
        wait_until(lambda: all(has_ended(process) for process in processes))
