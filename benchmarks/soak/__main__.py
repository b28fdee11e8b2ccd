"""Loads a real server for a long time with good and bad requests, and looks for what creeps.

    make soak MINUTES=30
    python -m benchmarks.soak --minutes 30 --share 0.7 --seed 1 --out docs/reliability

A `bonaface serve` with real weights and a SQLite ledger runs in a process of its own. First its capacity
under the mix of `benchmarks.soak.mix` is measured (eight clients, each sending at once); then requests come
at random moments at `--share` of that. Written are soak.json and soak.png. The exit status is 1 when, after
the first sixth of the run, memory grows by 1 MB a minute or more, descriptors or threads grow, a reply is an
error that is not the input's own, or a reply is missing in the ledger.
"""

import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated

import orjson
import typer

from benchmarks.soak.chart import draw
from benchmarks.soak.load import Load, Tally
from benchmarks.soak.mix import Kind, kinds, portrait_jpeg
from benchmarks.soak.verdict import Verdict, judge
from benchmarks.soak.watch import Watch
from bonaface.accounts.application import Quota
from bonaface.accounts.repository import ApplicationRepository
from bonaface.settings import StorageSettings, load_settings
from bonaface.storage.database import Database
from support.servers.served import Keys, Served, serving, storage_in
from support.storage.accounts import ACTOR
from support.storage.counts import counted

CAPACITY_SECONDS = 20.0
PORTS = range(10_000, 12_001)
"""Image URLs may name no others."""
PORTRAIT = portrait_jpeg(512)
FETCH = {"allowed_networks": '["127.0.0.1/32"]'}
LOG = {"level": "info", "format": "json"}


class ImageHandler(BaseHTTPRequestHandler):
    """Gives the portrait to whoever asks, and logs nothing."""

    def do_GET(self) -> None:
        """One JPEG."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(PORTRAIT)))
        self.end_headers()
        self.wfile.write(PORTRAIT)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def main(
    minutes: float = 30.0,
    share: Annotated[float, typer.Option(help="of the capacity", min=0.01, max=1.0)] = 0.7,
    seed: int = 1,
    capacity_seconds: float = CAPACITY_SECONDS,
    out: Path = Path("docs/reliability"),
) -> None:
    """Run it, print the figures, write them and their chart to `out`."""
    with tempfile.TemporaryDirectory(prefix="bonaface-") as folder, _image_server() as image_url:
        shop, hurried = _applications(storage_in(Path(folder)))
        mixed = kinds(shop, hurried, image_url)
        models = load_settings().models.directory
        with serving(Path(folder), models, keys=shop, fetch=FETCH, log=LOG) as served:
            verdict = _run(served, mixed, (minutes * 60, share, capacity_seconds), seed, out)
    for name, value in asdict(verdict).items():
        typer.echo(f"{name:<20} {value:.2f}" if isinstance(value, float) else f"{name:<20} {value}")
    for fault in verdict.faults:
        typer.echo(f"NOT HELD: {fault}")
    sys.exit(0 if verdict.holds else 1)


def _run(
    served: Served,
    mixed: Sequence[Kind],
    run: tuple[float, float, float],
    seed: int,
    out: Path,
) -> Verdict:
    seconds, share, capacity_seconds = run
    load = Load(served.address, mixed, seed)
    capacity = load.capacity(capacity_seconds)
    typer.echo(
        f"capacity {capacity:.1f} requests a second; {capacity * share:.1f} for {seconds / 60:g} minutes"
    )
    before, watch = _total(served.storage), Watch(served.process.pid)
    watch.start()
    tally = load.steady(capacity * share, seconds)
    watch.stop()
    gained = _total(served.storage) - before
    verdict = judge(tally, watch.samples, gained, seconds, capacity, capacity * share)
    _write(verdict, tally, watch, seed, out)
    return verdict


def _write(verdict: Verdict, tally: Tally, watch: Watch, seed: int, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    told = {
        "date": datetime.now(UTC).date().isoformat(),
        "seed": seed,
        "holds": verdict.holds,
        **asdict(verdict),
    }
    (out / "soak.json").write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")
    draw(tally, watch.samples, verdict, out / "soak.png")


def _applications(storage: StorageSettings) -> tuple[Keys, Keys]:
    with Database(storage) as database:
        database.migrate()
        made = ApplicationRepository(database)
        shop, _, secret = made.create_application("shop", actor=ACTOR)
        hurried, _, other = made.create_application("hurried", quota=Quota(rate=1), actor=ACTOR)
    return Keys(shop.id, shop.app_key, secret), Keys(hurried.id, hurried.app_key, other)


def _total(storage: StorageSettings) -> Counter[str]:
    return sum(counted(storage).values(), Counter[str]())


@contextmanager
def _image_server() -> Iterator[str]:
    """Where the portrait can be fetched while the block runs."""
    for port in PORTS:
        try:
            server = ThreadingHTTPServer(("127.0.0.1", port), ImageHandler)
            break
        except OSError:
            continue
    else:
        raise OSError("no port from 10000 to 12000 is free")
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{port}/portrait.jpg"
        server.shutdown()


if __name__ == "__main__":
    typer.run(main)
