"""Whether the time of a refusal tells what is wrong with a key: over a real socket, every kind of wrong.

    PYTHONPATH=tests:. python -m benchmarks.keytime [--rounds N] [--url postgresql://...]

A real server (`bonaface serve`) gets one request of each kind a round, in an order that is new every time. A
kind is compared with a wrong secret of a known appKey in the same round; its difference is the median over
the rounds, with an interval that holds the true one in 95 of 100 runs (of the sign test, so that outliers do
not matter).

The noise is what these differences are where there is nothing to find. Every round has `ECHOES` more of the
very same request as the reference; whichever of them are picked, 19 times in 20 the largest of as many
differences as there are kinds of wrong keys stays under the noise.
"""

import math
import random
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from bonaface.accounts import keys
from bonaface.accounts.repository import ApplicationRepository
from bonaface.clock import utc_now
from bonaface.settings import StorageSettings, load_settings
from bonaface.storage.database import Database
from support.servers.process import launched
from support.servers.served import environment
from support.storage.accounts import ACTOR

APPLICATIONS = 200
ECHOES = 6
DRAWS = 1000
REFERENCE = "wrong secret"
WARM_UP = 100
REFUSED = b"-41005"


@dataclass(frozen=True, slots=True)
class Difference:
    """Of one kind to the reference, in microseconds: its median time, the difference and its interval."""

    median: float
    difference: float
    low: float
    high: float


def wrong_keys(database: Database) -> dict[str, tuple[str, str | None]]:
    """appKey and secret by what is wrong with them; None sends no secret at all."""
    repository = ApplicationRepository(database)
    yesterday = ApplicationRepository(database, lambda: utc_now() - timedelta(days=1))
    for number in range(APPLICATIONS):  # so that the database is one with something in it
        repository.create_application(f"other {number}", actor=ACTOR)
    shop, _, right = repository.create_application("shop", actor=ACTOR)
    disabled, _, disabled_secret = repository.create_application("disabled", actor=ACTOR)
    repository.disable_application(disabled.app_key, actor=ACTOR)
    expired, _, expired_secret = yesterday.create_application(
        "expired", secret_expires_at=utc_now() - timedelta(hours=1), actor=ACTOR
    )
    revoked, gone, revoked_secret = repository.create_application("revoked", actor=ACTOR)
    repository.revoke_secret(revoked.app_key, gone.id, actor=ACTOR)
    rotated, old, old_secret = repository.create_application("rotated", actor=ACTOR)
    repository.add_secret(rotated.app_key, actor=ACTOR)
    repository.revoke_secret(rotated.app_key, old.id, actor=ACTOR)
    two, _, _ = repository.create_application("two", actor=ACTOR)
    repository.add_secret(two.app_key, actor=ACTOR)
    return {
        REFERENCE: (shop.app_key, keys.make_secret()),
        "wrong in its last character": (shop.app_key, right[:-1] + ("A" if right[-1] != "A" else "E")),
        "wrong secret, two are live": (two.app_key, keys.make_secret()),
        "missing secret": (shop.app_key, None),
        "unknown appKey": (keys.make_app_key(), right),
        "disabled, right secret": (disabled.app_key, disabled_secret),
        "disabled, wrong secret": (disabled.app_key, keys.make_secret()),
        "expired secret": (expired.app_key, expired_secret),
        "revoked secret": (revoked.app_key, revoked_secret),
        "secret from before a rotation": (rotated.app_key, old_secret),
    }


def request_of(app_key: str, secret: str | None) -> bytes:
    """A call without a body: keys are checked before one is read. All are of one length."""
    name, value = ("Authorization", secret) if secret is not None else ("X-Filler-Same", keys.make_secret())
    return (
        f"POST /v1.0/appkeys/{app_key}/spoofing HTTP/1.1\r\nHost: localhost\r\n{name}: {value}\r\n"
        "Content-Length: 0\r\n\r\n"
    ).encode()


@contextmanager
def served(storage: StorageSettings) -> Iterator[tuple[str, int]]:
    """Where a server listens that is ready, with its models warm."""
    told = environment(storage, load_settings().models.directory, {"log": {"level": "error"}})
    with launched(storage.directory / "log", told) as server:
        yield server.address


def measure(address: tuple[str, int], requests: dict[str, bytes], rounds: int) -> dict[str, list[int]]:
    """Nanoseconds from sending to the whole answer, by kind, one a round."""
    times: dict[str, list[int]] = {kind: [] for kind in requests}
    order = list(requests)
    with socket.create_connection(address) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for turn in range(rounds + WARM_UP):
            random.shuffle(order)
            for kind in order:
                passed = _timed(connection, requests[kind])
                if turn >= WARM_UP:
                    times[kind].append(passed)
    return times


def _timed(connection: socket.socket, request: bytes) -> int:
    started = time.perf_counter_ns()
    connection.sendall(request)
    answer = connection.recv(65536)
    while not answer.endswith(b"}"):
        answer += connection.recv(65536)
    passed = time.perf_counter_ns() - started
    assert REFUSED in answer, answer
    return passed


def compared(times: dict[str, list[int]], kind: str) -> Difference:
    """`kind` beside the reference, round by round."""
    pairs = zip(times[kind], times[REFERENCE], strict=True)
    differences = sorted((one - other) / 1000 for one, other in pairs)
    count = len(differences)
    reach = round(1.96 * math.sqrt(count) / 2)
    middle = count // 2
    return Difference(
        statistics.median(times[kind]) / 1000,
        statistics.median(differences),
        differences[max(0, middle - reach)],
        differences[min(count - 1, middle + reach)],
    )


def main(
    rounds: Annotated[int, typer.Option(help="Requests of each kind.")] = 3000,
    url: Annotated[str | None, typer.Option(help="PostgreSQL to measure on instead of SQLite.")] = None,
) -> None:
    """Print medians, differences to a wrong secret, and the noise."""
    with tempfile.TemporaryDirectory(prefix="bonaface-keytime-") as folder:
        storage = StorageSettings(directory=Path(folder), url=url)
        with Database(storage) as database:
            database.migrate()
            wrong = wrong_keys(database)
        requests = {kind: request_of(*pair) for kind, pair in wrong.items()}
        echoes = [f"{REFERENCE}, echo {number}" for number in range(1, ECHOES + 1)]
        requests.update(dict.fromkeys(echoes, requests[REFERENCE]))
        with served(storage) as address:
            times = measure(address, requests, rounds)
    _print(times, echoes)


def noise_of(times: dict[str, list[int]], echoes: list[str], kinds: int) -> float:
    """Microseconds under which the largest of `kinds` differences of nothing stays in 19 of 20 draws."""
    chance = np.random.default_rng(0)
    same = np.array([times[kind] for kind in (REFERENCE, *echoes)]) / 1000
    rounds = np.arange(same.shape[1])
    largest = []
    for _ in range(DRAWS):
        order = chance.permuted(np.tile(np.arange(len(same)), (len(rounds), 1)), axis=1)
        reference = same[order[:, 0], rounds]
        picked = [same[order[:, 1 + chance.integers(len(echoes))], rounds] for _ in range(kinds)]
        largest.append(max(abs(float(np.median(one - reference))) for one in picked))
    return float(np.quantile(largest, 0.95))


def _print(times: dict[str, list[int]], echoes: list[str]) -> None:
    typer.echo(f"{'kind':<32} {'median us':>10} {'difference us':>14}   95 % interval")
    typer.echo(f"{REFERENCE:<32} {statistics.median(times[REFERENCE]) / 1000:10.1f}")
    found = {kind: compared(times, kind) for kind in times if kind != REFERENCE}
    for kind, one in found.items():
        interval = f"{one.low:+.1f} to {one.high:+.1f}"
        typer.echo(f"{kind:<32} {one.median:10.1f} {one.difference:+14.1f}   {interval}")
    wrong = {kind: abs(one.difference) for kind, one in found.items() if kind not in echoes}
    largest = max(wrong, key=lambda kind: wrong[kind])
    typer.echo(f"largest difference of a wrong key: {wrong[largest]:.1f} us ({largest})")
    typer.echo(f"noise: {noise_of(times, echoes, len(wrong)):.1f} us")


if __name__ == "__main__":
    typer.run(main)
