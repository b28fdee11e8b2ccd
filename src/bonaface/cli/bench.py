"""`bonaface bench`: how long the stages of an analysis take on this machine, and what a server does under
load."""

import tempfile
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import rich.table
import typer

from bonaface.cli.terminal import messages, output
from bonaface.errors import InvalidParameterError
from bonaface.optional_dependencies import require_extra
from bonaface.settings import Settings, load_settings

if TYPE_CHECKING:
    from bonaface.analyzer import Analyzer
    from bonaface.speed.load import Load
    from bonaface.speed.stages import StageTimes

CONNECTIONS = 8


def bench(
    image: Annotated[
        Path | None,
        typer.Argument(
            metavar="[IMAGE]", help="PNG or JPEG file; a portrait when left out", show_default=False
        ),
    ] = None,
    http: Annotated[
        bool, typer.Option("--http", help="also start a server of its own and load it with 8 connections")
    ] = False,
    runs: Annotated[int, typer.Option(min=1, help="analyses that are timed")] = 60,
    seconds: Annotated[float, typer.Option(min=0.1, help="for which the server is loaded")] = 10.0,
    json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Time one analysis by stage on one thread; with --http, a server too.

    Medians in milliseconds. Do it while the machine does nothing else.
    """
    if http:
        require_extra("server", "--http")
    # Imported here: the other commands need not wait for the libraries of images.
    from bonaface.analyzer import Analyzer
    from bonaface.speed.stages import time_stages

    settings, data = load_settings(), _image(image)
    with messages().status("loading the models"):
        analyzer = Analyzer(settings)
    with messages().status("timing the stages"):
        times = time_stages(analyzer, data, runs)
    load = _load(settings, data, seconds) if http else None
    if json:
        typer.echo(orjson.dumps(_as_dict(analyzer, times, load)).decode())
    else:
        _print(analyzer, times, load)


def _image(path: Path | None) -> bytes:
    from bonaface.speed.sample import on_canvas

    if path is None:
        return on_canvas((files("bonaface.cli") / "portrait.jpg").read_bytes())
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidParameterError(f"{path}: {error.strerror or 'cannot be read'}.") from error


def _load(settings: Settings, data: bytes, seconds: float) -> "Load":
    from bonaface.speed.client import upload
    from bonaface.speed.load import closed_loop
    from bonaface.speed.server import served

    with (
        messages().status("loading a server"),
        tempfile.TemporaryDirectory(prefix="bonaface-") as folder,
        served(settings, Path(folder)) as server,
    ):
        request = upload(server.app_key, server.secret, data)
        return closed_loop(server.address, request, CONNECTIONS, seconds)


def _as_dict(analyzer: "Analyzer", times: "StageTimes", load: "Load | None") -> dict[str, Any]:
    models = analyzer.settings.models
    return {
        "engine": analyzer.engine,
        "detector": models.detector,
        "pad": models.pad,
        "milliseconds": asdict(times),
        "http": None if load is None else {"workers": analyzer.settings.serving.workers, **asdict(load)},
    }


def _print(analyzer: "Analyzer", times: "StageTimes", load: "Load | None") -> None:
    models = analyzer.settings.models
    output().print(
        f"{analyzer.engine}, {models.detector} and {models.pad}; {times.width} x {times.height} pixels, "
        f"faces: {times.faces}; medians of {times.runs}, one thread",
        markup=False,
        soft_wrap=True,
    )
    output().print(_stages(times))
    if load is not None:
        output().print(_served(load, analyzer.settings.serving.workers))


def _stages(times: "StageTimes") -> rich.table.Table:
    table = rich.table.Table("stage", rich.table.Column("milliseconds", justify="right"))
    table.add_row("decode", f"{times.decode:.2f}")
    table.add_row("detect", f"{times.detect:.2f}")
    table.add_row("PAD, a face", "no face" if times.pad is None else f"{times.pad:.2f}")
    table.add_row("whole call", f"{times.whole:.2f}")
    return table


def _served(load: "Load", workers: int) -> rich.table.Table:
    name = f"a server of {workers} workers, {load.connections} connections"
    table = rich.table.Table(name, rich.table.Column("", justify="right"))
    table.add_row("verdicts a second", f"{load.per_second:.1f}")
    table.add_row("median", f"{load.median:.1f} ms")
    table.add_row("99th percentile", f"{load.p99:.1f} ms")
    table.add_row("answers without a verdict", str(load.failed))
    return table
