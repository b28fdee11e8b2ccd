"""`bonaface doctor`: what is installed here, and whether it works."""

import platform
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

import typer
from rich.table import Table

from bonaface.cli.console import complain, messages, output
from bonaface.errors import BonafaceError
from bonaface.models.catalog import load_catalog
from bonaface.models.store import ModelStore
from bonaface.processors import affinity, cpu_quota
from bonaface.settings import Settings, load_settings

_LIBRARIES = ("numpy", "opencv-python-headless", "simplejpeg", "openvino", "onnxruntime", "fastapi")


def doctor() -> None:
    """Say what is installed, which runtime and which weights, and run one image.

    Exit status 0 when its one face is found and judged, 2 when something is missing or wrong.
    """
    settings = load_settings()
    table = Table("what", "found", show_lines=False)
    for row in (*_machine(settings), *_libraries(), *_models(settings)):
        table.add_row(*row)
    output().print(table)
    try:
        with messages().status("running one image"):
            finding = _run_one_image(settings)
    except BonafaceError as error:
        complain(str(error))
        raise typer.Exit(2) from None
    output().print(finding)


def _machine(settings: Settings) -> Iterator[tuple[str, str]]:
    yield "bonaface", version("bonaface")
    yield "Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    quota = cpu_quota()
    yield "cores of this process", str(affinity())
    yield "CPU quota of the cgroup", "none" if quota is None else f"{float(quota):g} cores"
    yield "analyses side by side", str(settings.engine.workers)
    yield "models folder", str(settings.models.directory)
    yield "data folder", str(settings.storage.directory)


def _libraries() -> Iterator[tuple[str, str]]:
    for name in _LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            yield name, "not installed"


def _models(settings: Settings) -> Iterator[tuple[str, str]]:
    catalog, store = load_catalog(), ModelStore(settings.models.directory)
    for role, name in (("detector", settings.models.detector), ("PAD model", settings.models.pad)):
        for file in catalog.get(name).all_files:
            state = store.state(catalog.get(name), file)
            yield role, f"{name}: {file.name} {state} (sha256 {file.sha256[:16]}...)"


def _run_one_image(settings: Settings) -> str:
    """Analyses the portrait that comes with the package: one bona fide face."""
    from bonaface.analyzer import Analyzer

    portrait = (files("bonaface.cli") / "portrait.jpg").read_bytes()
    started = time.perf_counter()
    analyzer = Analyzer(settings)
    analyzer.warm_up()
    loaded = time.perf_counter()
    analysis = analyzer.analyze(portrait)
    took = time.perf_counter() - loaded
    if len(analysis.faces) != 1:
        raise BonafaceError(
            f"The test image has one face, but {len(analysis.faces)} were found: the detector is wrong."
        )
    face = analysis.faces[0]
    verdict = "a presentation attack" if face.spoofing else "bona fide"
    return (
        f"{analyzer.engine}: models loaded in {loaded - started:.2f} s, one image analysed in "
        f"{took * 1000:.1f} ms: one face, {verdict}, liveness {face.liveness_score:.3f}."
    )
