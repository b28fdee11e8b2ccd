"""What the ledger costs: the same server with it and without, under the same load, turn by turn.

    make ledger
    PYTHONPATH=tests:. python -m benchmarks.ledger measure --database sqlite --database postgresql

Two servers run in processes of their own, with their real weights and a database each; only in the second one
the ledger is replaced by one that counts nothing. They are loaded in turn, so that whatever else the machine
does meets both. Loads of `CONNECTIONS` connections that send their next request at once:
- *photo*: the portrait of examples/ as JPEG, 512 x 512 with a face: what a server is for;
- *small*: 80 x 80 without a face, the least that is analysed;
- *refused*: a body of the wrong shape, next to no work, so that the ledger is most of what is measured.

Figures are medians over the turns; the ratio is that of with to without.
"""

import asyncio
import io
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image

from bonaface.observability.logging import configure
from bonaface.server.run import make_server
from bonaface.server.sockets import base_url, bind
from bonaface.server.wiring import build_services
from bonaface.settings import StorageSettings, load_settings
from bonaface.usage.ledger import Done, Ledger
from bonaface.usage.types import Reply
from support.http.wire import connected, form, head
from support.pictures import images
from support.servers.process import ANNOUNCED, launched
from support.servers.served import environment, make_keys
from support.storage.databases import database_named

CONNECTIONS = 16
SECONDS = 3.0
ENGINES = ["sqlite", "postgresql"]
LOADS = ("photo", "small", "refused")
PORTRAIT = Path(__file__).resolve().parents[1] / "examples" / "astronaut.png"

Databases = Annotated[list[str], typer.Option(help="sqlite, postgresql or a URL")]
app = typer.Typer(pretty_exceptions_enable=False)


class NullLedger(Ledger):
    """Counts nothing and says so at once."""

    def add(self, reply: Reply, done: Done | None = None) -> Future[None]:
        """Done already."""
        if done is not None:
            done(reply)
        future: Future[None] = Future()
        future.set_result(None)
        return future

    async def record(self, reply: Reply, done: Done | None = None) -> None:
        """Done already."""
        self.add(reply, done)


@dataclass(frozen=True)
class Turn:
    """One server under one load: replies a second, and the median milliseconds of one."""

    rate: float
    latency: float


@dataclass(frozen=True)
class Target:
    """A server that listens, and a request of each load."""

    address: tuple[str, int]
    requests: dict[str, bytes]


@app.command()
def measure(database: Databases = ENGINES, turns: int = 7, seconds: float = SECONDS) -> None:
    """Print a table."""
    for name in database:
        typer.echo(f"\n{name if '://' not in name else 'the given database'}")
        with _targets(name) as targets:
            for load in LOADS:
                _compare(load, targets, turns, seconds)


@app.command(hidden=True)
def serve(counting: Annotated[bool, typer.Option()] = True) -> None:
    """One of the two servers; the parent process starts it."""
    settings = load_settings()
    configure(settings.log)
    services = build_services(settings)
    if not counting:
        services = replace(services, ledger=NullLedger(services.database))
    with closing(bind(settings.server)) as listener:
        services.dispatcher.warmed.add_done_callback(lambda _: typer.echo(ANNOUNCED + base_url(listener)))
        asyncio.run(make_server(services).serve(sockets=[listener]))


@contextmanager
def _targets(name: str) -> Iterator[tuple[Target, Target]]:
    """The server with the ledger, and the one without."""
    with (
        database_named(name) as one,
        database_named(name) as other,
        _served(one, True) as counting,
        _served(other, False) as not_counting,
    ):
        yield counting, not_counting


@contextmanager
def _served(storage: StorageSettings, counting: bool) -> Iterator[Target]:
    keys = make_keys(storage)
    told = environment(storage, load_settings().models.directory, {"log": {"level": "error"}})
    flag = "--counting" if counting else "--no-counting"
    command = (sys.executable, "-m", "benchmarks.ledger", "serve", flag)
    with launched(storage.directory / "log", told, command=command) as server:
        yield Target(server.address, _requests(keys.app_key, keys.secret))


def _requests(app_key: str, secret: str) -> dict[str, bytes]:
    bodies = {
        "photo": form(("imageFile", "a.jpg", _portrait())),
        "small": form(("imageFile", "a.png", images.png(80, 80))),
        "refused": ("application/json", b"{}"),
    }
    return {load: _request(app_key, secret, *bodies[load]) for load in LOADS}


def _request(app_key: str, secret: str, content_type: str, body: bytes) -> bytes:
    lines = (
        f"Authorization: {secret}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
    )
    return head(f"/v1.0/appkeys/{app_key}/spoofing", *lines) + body


def _portrait() -> bytes:
    out = io.BytesIO()
    with Image.open(PORTRAIT) as image:
        image.convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def _compare(load: str, targets: tuple[Target, Target], turns: int, seconds: float) -> None:
    for target in targets:
        _load(target, load, 1.0)  # not counted: connections, caches
    done = [[_load(target, load, seconds) for target in targets] for _ in range(turns)]
    counting, not_counting = ([pair[index] for pair in done] for index in (0, 1))
    for label, of in (("replies a second", _rate), ("median ms", _latency)):
        with_it, without = statistics.median(map(of, counting)), statistics.median(map(of, not_counting))
        ratios = [of(one) / of(other) for one, other in done]
        typer.echo(
            f"{load:<9} {label:<17} with {with_it:8.1f}  without {without:8.1f}  "
            f"ratio {statistics.median(ratios):5.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        )


def _rate(turn: Turn) -> float:
    return turn.rate


def _latency(turn: Turn) -> float:
    return turn.latency


def _load(target: Target, load: str, seconds: float) -> Turn:
    times: list[float] = []
    ends = time.perf_counter() + seconds
    arguments = (target.address, target.requests[load], ends, times)
    threads = [threading.Thread(target=_ask, args=arguments) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Turn(len(times) / seconds, statistics.median(times) * 1000)


def _ask(address: tuple[str, int], request: bytes, ends: float, times: list[float]) -> None:
    with connected(address) as wire:
        while (begun := time.perf_counter()) < ends:
            wire.send(request)
            answer = wire.read()
            assert answer.status == 200, answer
            times.append(time.perf_counter() - begun)


if __name__ == "__main__":
    app()
