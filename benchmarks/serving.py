"""A real server under load, from this second process: throughput, latency, overload, memory.

    python -m benchmarks.serving [--seconds 10] [--steady 30] [--overload 30]
        [--isolation threads] [--json FILE]

One server with the settings as they come, but for what its workers are; one face in 640 x 480 as the file of
a form. In this order: the library call by itself; a closed loop of 8 connections; 60 % of that throughput at
random moments; 4 times that throughput, evenly; the closed loop and the library call again, for a shared
machine may be another after two minutes: their means count. Client and server share the cores.
"""

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

import typer

from benchmarks import ceiling, pictures
from benchmarks.closed import throughput
from benchmarks.offered import Reply, offer, percentile
from benchmarks.row import Row, tell
from benchmarks.soak.watch import Sample, Watch
from benchmarks.timing import cores, interleaved
from bonaface.analyzer import Analyzer
from bonaface.settings import ServingSettings, Settings, load_settings
from bonaface.speed.client import upload
from bonaface.speed.server import Served, served

CONNECTIONS = 8
STEADY, OVERLOAD = 0.6, 4.0
RUNS = 20
CEILING_SECONDS = 5.0
AT_ONCE_MS = 250.0
FLAT_MB = 10.0
MOST_MB = 280.0


def main(
    seconds: float = 10,
    steady: float = 30,
    overload: float = 30,
    isolation: str = "processes",
    json: Path | None = None,
) -> None:
    """Print the rows."""
    settings, data = with_isolation(load_settings(), isolation), pictures.photo()
    analyzer = Analyzer(settings)
    with tempfile.TemporaryDirectory(prefix="bonaface-") as name, served(settings, Path(name)) as server:
        request = upload(server.app_key, server.secret, data)
        alone = [_library_ms(analyzer, data)]
        together = [ceiling.calls_a_second(data, CEILING_SECONDS)]
        whole = Watch(server.process.pid)
        whole.start()
        client, peak = throughput(server, data, CONNECTIONS, seconds, Path(name))
        calm = offer(server.address, request, STEADY * peak, steady, seed=1)
        flood, held = _flooded(server, request, OVERLOAD * peak, overload)
        _, again = throughput(server, data, CONNECTIONS, seconds, Path(name))
        whole.stop()
        alone.append(_library_ms(analyzer, data))
        together.append(ceiling.calls_a_second(data, CEILING_SECONDS))
    rows = [
        _throughput(client, (peak, again), alone, together),
        _latency(calm, STEADY * peak),
        *_overload(flood, (peak, again), overload, settings.serving.deadline),
        *_memory(held, whole.samples),
    ]
    tell(rows, json)


def with_isolation(settings: Settings, isolation: str) -> Settings:
    """`settings` with workers that are `threads` or `processes`."""
    engine = {**settings.serving.model_dump(), "isolation": isolation}
    return settings.model_copy(update={"serving": ServingSettings.model_validate(engine)})


def _library_ms(analyzer: Analyzer, data: bytes) -> float:
    return interleaved({"call": lambda: analyzer.analyze(data)}, RUNS)["call"].wall


def _flooded(server: Served, request: bytes, rate: float, seconds: float) -> tuple[list[Reply], list[Sample]]:
    watch = Watch(server.process.pid)
    watch.start()
    replies = offer(server.address, request, rate, seconds)
    watch.stop()
    return replies, watch.samples


def _throughput(
    client: str, peaks: Sequence[float], alone: Sequence[float], together: Sequence[float]
) -> Row:
    call, peak = statistics.mean(alone), statistics.mean(peaks)
    most, side_by_side = cores() * 1000 / call, statistics.mean(together)
    return Row(
        f"HTTP multipart, 640 x 480, closed loop of {CONNECTIONS}: throughput",
        "at least 85 % of cores / library time per call",
        peak / most,
        0.85,
        "x",
        is_floor=True,
        figures={
            "client": client,
            "verdicts a second before": peaks[0],
            "verdicts a second after": peaks[-1],
            "library call before": alone[0],
            "library call after": alone[-1],
            "cores / library call (a second)": most,
            "library calls side by side, before (a second)": together[0],
            "library calls side by side, after (a second)": together[-1],
            "throughput over those (x)": peak / side_by_side,
        },
    )


def _latency(replies: Sequence[Reply], rate: float) -> Row:
    median, p99 = percentile(replies, 50), percentile(replies, 99)
    faults = sum(not reply.answer.is_success for reply in replies)
    return Row(
        "99th percentile of latency at 60 % of that throughput",
        "at most 3 x the median",
        p99 / median,
        3.0,
        "x",
        figures={
            "requests a second": rate,
            "requests": len(replies),
            "without a verdict": faults,
            "median": median,
            "99th percentile": p99,
        },
    )


def _overload(replies: Sequence[Reply], peaks: Sequence[float], seconds: float, deadline: float) -> list[Row]:
    verdicts = [reply for reply in replies if reply.answer.is_success]
    refused = [reply for reply in replies if reply.answer.status == 503 and reply.answer.retry_after]
    goodput = len(verdicts) / seconds
    slowest = max(reply.seconds for reply in replies)
    counts = {"offered": len(replies), "verdicts": len(verdicts), "refused": len(refused)}
    other = len(replies) - len(verdicts) - len(refused)
    name = f"overload, {OVERLOAD:g} x the throughput for {seconds:g} s"
    latencies = {
        "verdict, median": percentile(verdicts, 50),
        "verdict, 99th percentile": percentile(verdicts, 99),
        "refusal, median": percentile(refused, 50),
    }
    return [
        Row(
            f"{name}: verdicts",
            "at least 95 % of the throughput",
            goodput / statistics.mean(peaks),
            0.95,
            "x",
            is_floor=True,
            figures={**counts, "verdicts a second": goodput, **latencies},
        ),
        Row(f"{name}: neither verdict nor 503 with Retry-After", "none", other, 0),
        Row(
            f"{name}: refusals, 99th percentile",
            f"at once: {AT_ONCE_MS:g} ms",
            percentile(refused, 99),
            AT_ONCE_MS,
            "ms",
        ),
        Row(f"{name}: slowest reply", f"by the deadline of {deadline:g} s", slowest, deadline, "s"),
    ]


def _memory(flooded: Sequence[Sample], whole: Sequence[Sample]) -> list[Row]:
    quarter = max(len(flooded) // 4, 1)
    early = statistics.median(one.megabytes for one in flooded[quarter : 2 * quarter] or flooded)
    late = statistics.median(one.megabytes for one in flooded[-quarter:])
    most = max(one.megabytes for one in whole)
    return [
        Row(
            "overload: memory, last quarter over second",
            f"flat: {FLAT_MB:g} MB at most",
            late - early,
            FLAT_MB,
            "MB",
            figures={"second quarter (MB)": early, "last quarter (MB)": late},
        ),
        Row(
            "resident memory of the server and its workers under that load",
            f"at most {MOST_MB:g} MB",
            most,
            MOST_MB,
            "MB",
        ),
    ]


if __name__ == "__main__":
    typer.run(main)
