"""The library call on one face in 640 x 480, beside DeepFace and beside its own kernels.

    python -m benchmarks.library [--rounds 60] [--no-peer] [--json FILE]

Everything runs on one core, to which this process and the peer's are bound, with one thread each. Both
get the path of the same JPEG. A round is one call of bonaface and one of DeepFace on each of its two
engines (PyTorch, for which it has the upstream weights, and ONNX Runtime, which it prefers where nothing
else is installed); the faster one counts.
"""

import statistics
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
from benchmarks.timing import WARM_UP, interleaved, pin_to_one_core
from bonaface.analyzer import Analyzer
from bonaface.settings import load_settings

ENGINES = ("pytorch", "onnx")


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
    total = sum(times.values()) - times["whole call"]
    return Row(
        "library call, 640 x 480, one face, over its kernels",
        "at most 1.3 x decode + detection + PAD timed alone",
        times["whole call"] / total,
        1.3,
        "x",
        figures={**times, "sum of kernels": total},
    )


def _beside_peer(analyzer: Analyzer, image: Path, rounds: int) -> Row:
    with ExitStack() as stack:
        peers = {engine: stack.enter_context(peer(engine)) for engine in ENGINES}
        ours, theirs = _rounds(analyzer, peers, image, rounds)
        version = peers[ENGINES[0]].version
    return Row(
        "library call, 640 x 480, one face, one thread, over DeepFace",
        "at most 1/8 of DeepFace's time",
        ours / min(theirs.values()),
        1 / 8,
        "x",
        figures={
            "bonaface": ours,
            **{f"DeepFace {version}, {engine}": theirs[engine] for engine in ENGINES},
            "DeepFace over bonaface (times)": min(theirs.values()) / ours,
        },
    )


def _rounds(
    analyzer: Analyzer, peers: dict[str, Peer], image: Path, rounds: int
) -> tuple[float, dict[str, float]]:
    """Medians in milliseconds: bonaface, and each peer. Each must find the one face."""
    ours: list[float] = []
    theirs: dict[str, list[float]] = {engine: [] for engine in peers}
    for turn in range(WARM_UP + rounds):
        for engine, other in peers.items():
            begun = time.perf_counter()
            found = analyzer.analyze(image)
            passed = time.perf_counter() - begun
            seconds, genuine = other.check(image)
            assert len(found.faces) == len(genuine) == 1
            if turn >= WARM_UP:
                ours.append(passed)
                theirs[engine].append(seconds)
    medians = {engine: statistics.median(times) * 1000 for engine, times in theirs.items()}
    return statistics.median(ours) * 1000, medians


if __name__ == "__main__":
    typer.run(main)
