"""Oki runs the server for others: on PostgreSQL, with keys for a shop, an eye on it, and no downtime.

He makes keys, starts it, watches the shop's calls come in, rotates a secret, takes new presets up, sees the
database go away and come back, and stops it in order.
"""

import json
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import psycopg
import pytest
from playwright.sync_api import Page, expect

from support.http.browser import keep_token
from support.models.presets_file import write_presets
from support.servers.home import Home
from support.servers.process import ServerProcess, launched
from support.storage.postgres import PostgresServer, running_postgres
from support.waiting import wait_until


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    """A server of its own, that is stopped: what it has taken outlives that, as a real one's does."""
    with running_postgres() as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("ALTER ROLE bonaface SET synchronous_commit = on")
        yield server


@pytest.fixture
def presets(tmp_path: Path) -> Path:
    return write_presets(tmp_path / "presets.toml", 0.2, 0.3, 0.4)


def test_a_day_of_running_it_for_others(
    home: Home, postgres: PostgresServer, presets: Path, portrait: bytes, page: Page
) -> None:
    settings = {"STORAGE__URL": postgres.create(), "MODELS__PRESETS": str(presets)}
    house = replace(
        home, extra={**home.extra, **{f"BONAFACE_{name}": value for name, value in settings.items()}}
    )
    keys, token = house.keys("--rate", "50", "--burst", "50"), house.token()
    with launched(house.log, house.environment) as server:
        sees_that_it_is_ready(server, presets)
        calls_come_in_and_are_counted(server, house, keys, portrait)
        looks_at_it_in_the_browser(page, server, token)
        keys = rotates_the_secret_without_downtime(server, house, keys, portrait)
        takes_new_presets_up(page, server, presets, portrait, keys)
        loses_the_database_and_no_count(server, house, postgres, keys, portrait)
        stops_it(server)


def sees_that_it_is_ready(server: ServerProcess, presets: Path) -> None:
    """The first line of the log names the presets; the probe of his orchestrator says 200."""
    first = server.log()[0]
    assert (first["event"], first["source"], first["weak"]) == ("presets.loaded", str(presets), 0.2)
    status, told = server.get("/readyz")
    assert (status, told["ready"], told["presets"]["sha256"]) == (200, True, first["sha256"])


def calls_come_in_and_are_counted(
    server: ServerProcess, house: Home, keys: tuple[str, str], portrait: bytes
) -> None:
    assert [asked(server, keys, portrait).status_code for _ in range(3)] == [200] * 3
    assert requests(house) == 3
    assert asked(server, (keys[0], "guess"), portrait).json()["header"]["resultCode"] == -41005


def looks_at_it_in_the_browser(page: Page, server: ServerProcess, token: str) -> None:
    """Health, presets and who calls, on one page."""
    keep_token(page.context, token)
    page.goto(f"{url_of(server)}/console/overview")
    panel = page.locator("#status-panel")
    expect(panel.locator(".badge")).to_have_text("Ready")
    expect(panel).to_contain_text("Balanced (default) 0.300")
    expect(page.locator(".callers")).to_contain_text("shop")
    expect(page.locator(".audit")).to_contain_text("Presets loaded")


def rotates_the_secret_without_downtime(
    server: ServerProcess, house: Home, keys: tuple[str, str], portrait: bytes
) -> tuple[str, str]:
    """Both work until he ends the old one."""
    app_key, old = keys
    made = json.loads(house.command("keys", "rotate", app_key, "--overlap", "7d", "--json"))
    new = app_key, made["secretKey"]
    assert [result(server, each, portrait) for each in (keys, new)] == [0, 0]
    secrets = json.loads(house.command("keys", "show", app_key, "--json"))["secrets"]
    house.command("keys", "revoke", app_key, str(min(each["id"] for each in secrets)))
    wait_until(lambda: result(server, (app_key, old), portrait) == -41005)
    assert result(server, new, portrait) == 0
    return new


def takes_new_presets_up(
    page: Page, server: ServerProcess, presets: Path, portrait: bytes, keys: tuple[str, str]
) -> None:
    """What is wrong with a file is told and changes nothing; what is right decides at once."""
    reload = page.locator("#reload-presets")
    presets.write_text("nothing of use")
    reload.click()
    expect(page.get_by_role("alert")).to_contain_text("does not hold")
    assert spoofing(server, keys, portrait) is False
    write_presets(presets, 0.999999, 0.999999, 0.999999)
    reload.click()
    expect(page.locator("#status-panel")).to_contain_text("Balanced (default) 1.000")
    assert spoofing(server, keys, portrait) is True


def loses_the_database_and_no_count(
    server: ServerProcess, house: Home, postgres: PostgresServer, keys: tuple[str, str], portrait: bytes
) -> None:
    """Strangers are told when to come back, the probe says why, and what was counted is not lost."""
    counted = requests(house)
    assert result(server, keys, portrait) == 0
    postgres.stop()
    wait_until(lambda: server.get("/readyz")[0] == 503)
    assert server.get("/readyz")[1]["database"] == "unreachable"
    away = asked(server, ("stranger", "guess"), portrait)
    assert "Retry-After" in away.headers
    postgres.start()
    wait_until(lambda: server.get("/readyz")[0] == 200)
    wait_until(lambda: result(server, keys, portrait) == 0)
    wait_until(lambda: requests(house) >= counted + 2, pause=1)  # a process each time


def stops_it(server: ServerProcess) -> None:
    server.send(signal.SIGTERM)
    assert server.wait() == 0
    assert server.events("server.stopped")


def url_of(server: ServerProcess) -> str:
    return "http://{}:{}".format(*server.address)


def asked(server: ServerProcess, keys: tuple[str, str], image: bytes) -> httpx2.Response:
    """What the shop's client gets."""
    path = f"{url_of(server)}/v1.0/appkeys/{keys[0]}/spoofing"
    with httpx2.Client(trust_env=False, timeout=60) as client:
        return client.post(path, headers={"Authorization": keys[1]}, files={"imageFile": image})


def result(server: ServerProcess, keys: tuple[str, str], image: bytes) -> int:
    code: int = asked(server, keys, image).json()["header"]["resultCode"]
    return code


def spoofing(server: ServerProcess, keys: tuple[str, str], image: bytes) -> bool:
    (face,) = asked(server, keys, image).json()["data"]["faceDetails"]
    verdict: bool = face["spoofing"]
    return verdict


def requests(house: Home) -> int:
    """Of the shop, as the ledger has them."""
    rows = json.loads(house.command("usage", "show", "--json"))
    return sum(row["outcomes"].get("faces", 0) for row in rows)
