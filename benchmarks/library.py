"""The library call on one face in 640 x 480, beside DeepFace and beside its own kernels.

    python -m benchmarks.library [--rounds 60] [--no-peer] [--json FILE]

Everything runs on one core, to which this process and the peer's are bound, with one thread each. Both
get the path of the same JPEG. A round is one call of bonaface and one of DeepFace on each of its two
engines (PyTorch, for which it has the upstream weights, and ONNX Runtime, which it prefers where nothing
else is installed); the faster one counts. The ratio is that of processor times, which other work on the
machine hardly changes.
"""

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import pictures
from benchmarks.kernels import kernels_of
from benchmarks.peer.environment import PeerMissingError
from benchmarks.peer.process import Peer, peer
from benchmarks.row import Row, tell
from benchmarks.timing import WARM_UP, TimedCall, Times, figures_of, interleaved, pin_to_one_core
from bonaface.analyzer import Analyzer
from bonaface.settings import load_settings

ENGINES = ("pytorch", "onnx")
MOST = 0.2
PAUSE_SECONDS = 0.1
"""Before each call: threads of the one before may still wait for work by going round, on the same core."""


def main(
    rounds: int = 60,
    with_peer: Annotated[bool, typer.Option("--peer/--no-peer")] = True,
    json: Path | None = None,
) -> None:
    """Print both rows; the first only where the peer can be had."""
    pin_to_one_core()
    analyzer = Analyzer()
    with tempfile.TemporaryDirectory(prefix="bonaface-") as folder:
        image = Path(folder) / "photo.jpg"
        image.write_bytes(pictures.photo())
        rows = [_beside_kernels(analyzer, image.read_bytes(), rounds)]
        if with_peer:
            try:
                rows.insert(0, _beside_peer(analyzer, image, rounds))
            except PeerMissingError as error:
                typer.echo(f"not compared with DeepFace: {error}")
    tell(rows, json)


def _beside_kernels(analyzer: Analyzer, data: bytes, rounds: int) -> Row:
    kernels = kernels_of(data, load_settings())
    calls = {
        "whole call": lambda: analyzer.analyze(data),
        "decode kernel": kernels.decode,
        "detection kernel": kernels.detect,
        "PAD kernels": kernels.pad,
    }
    times = interleaved(calls, rounds)
    call, *parts = times.values()
    return Row(
        "library call, 640 x 480, one face, over its kernels",
        "at most 1.3 x decode + detection + PAD timed alone",
        call.wall / sum(part.wall for part in parts),
        1.3,
        "x",
        figures={
            **figures_of(times),
            "ratio of processor times (x)": call.processor / sum(part.processor for part in parts),
        },
    )


def _beside_peer(analyzer: Analyzer, image: Path, rounds: int) -> Row:
    with ExitStack() as stack:
        peers = {engine: stack.enter_context(peer(engine)) for engine in ENGINES}
        ours, theirs = _rounds(analyzer, peers, image, rounds)
        version = peers[ENGINES[0]].version
    fastest = min(one.processor for one in theirs.values())
    by_the_clock = ours.wall / min(one.wall for one in theirs.values())
    named = {f"DeepFace {version}, {engine}": one for engine, one in theirs.items()}
    return Row(
        "library call, 640 x 480, one face, one thread, over DeepFace",
        f"at most {MOST} of DeepFace's processor time",
        ours.processor / fastest,
        MOST,
        "x",
        figures={
            **figures_of({"bonaface": ours, **named}),
            "ratio by the clock (x)": by_the_clock,
            "times faster than DeepFace": fastest / ours.processor,
        },
    )


def _rounds(
    analyzer: Analyzer, peers: dict[str, Peer], image: Path, rounds: int
) -> tuple[Times, dict[str, Times]]:
    """Of bonaface, and of each peer. Each must find the one face."""
    ours, theirs = TimedCall(), {engine: TimedCall() for engine in peers}
    assert len(analyzer.analyze(image).faces) == 1
    for _ in range(WARM_UP + rounds):
        for engine, other in peers.items():
            time.sleep(PAUSE_SECONDS)
            ours.time(lambda: analyzer.analyze(image))
            time.sleep(PAUSE_SECONDS)
            checked = other.check(image)
            assert len(checked.genuine) == 1
            theirs[engine].add(checked.wall, checked.processor)
    return ours.times, {engine: watch.times for engine, watch in theirs.items()}


if __name__ == "__main__":
    typer.run(main)
