"""`bonaface doctor`: what is installed here, and whether it works."""

import platform
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import TYPE_CHECKING

import typer
from rich.markup import escape
from rich.table import Table

from bonaface.cli.terminal import complain, messages, output
from bonaface.compiled import cache_of, read_kept
from bonaface.errors import BonafaceError
from bonaface.evidence.signer import open_signer
from bonaface.models.catalog import load_catalog
from bonaface.models.loaded_presets import load_presets
from bonaface.models.store import ModelStore
from bonaface.optional_dependencies import is_installed, require_extra
from bonaface.processors import affinity, cpu_quota
from bonaface.setting_sources import as_given
from bonaface.settings import Settings, load_settings

if TYPE_CHECKING:
    from bonaface.storage.database import Database
    from bonaface.usage.set_aside import SetAside

_LIBRARIES = (
    "numpy",
    "opencv-python-headless",
    "simplejpeg",
    "openvino",
    "onnxruntime",
    "pydantic",
    "fastapi",
    "uvicorn",
    "sqlalchemy",
)


def doctor() -> None:
    """Say what is installed, which runtime and which weights, and run one image.

    Exit status 0 when its one face is found and judged, 2 when something is missing or wrong: counted replies
    that wait for another database are, and a database that servers wait for to be migrated.
    """
    settings = load_settings()
    aside = _set_aside(settings) if is_installed("server") else []
    table = Table("what", "found", show_lines=False)
    for row in (*_machine(settings), *_libraries(), *_models(settings)):
        table.add_row(*row)
    table.add_row("compiled networks", _compiled(settings))
    table.add_row("presets", escape(_presets(settings)))
    database, database_fault = _database(settings)
    table.add_row("database", escape(database))
    table.add_row("journal", escape(_journal(settings)))
    signing, signing_fault = _signing(settings)
    table.add_row("keys that sign", escape(signing))
    table.add_row("journals of other databases", str(len(aside) or "none"))
    output().print(table)
    try:
        with messages().status("running one image"):
            finding = _run_one_image(settings)
    except BonafaceError as error:
        complain(str(error))
        raise typer.Exit(2) from None
    output().print(finding)
    complaints = [*map(_waiting, aside), *filter(None, (signing_fault, database_fault))]
    for each in complaints:
        complain(each)
    if complaints:
        raise typer.Exit(2)


def _machine(settings: Settings) -> Iterator[tuple[str, str]]:
    yield "bonaface", version("bonaface")
    yield "Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    quota = cpu_quota()
    yield "cores of this process", str(affinity())
    yield "CPU quota of the cgroup", "none" if quota is None else f"{float(quota):g} cores"
    yield "workers", f"{settings.serving.workers} {settings.serving.isolation}"
    yield "models folder", str(settings.models.directory)
    yield "data folder", str(settings.storage.directory)


def _compiled(settings: Settings) -> str:
    if cache_of(settings.models) is None:
        return "this engine keeps none"
    if read_kept(settings.models):
        return "kept for this processor"
    return "none kept, so each start compiles; `bonaface models pull` keeps them"


def _presets(settings: Settings) -> str:
    """The thresholds in force, and whose they are; or why they are not known."""
    models = settings.models
    try:
        loaded = load_presets(models.presets, models.pad)
    except BonafaceError as error:
        return f"not known: {error}"
    told = ", ".join(f"{preset} {threshold:.3f}" for preset, threshold in loaded.thresholds.items())
    file = f" (sha256 {loaded.sha256}...)" if loaded.sha256 else ""
    return f"{told} of {loaded.source}{file}; {models.default_preset} where none is named"


def _journal(settings: Settings) -> str:
    """Counted replies that wait for the database of the settings."""
    if not is_installed("server"):
        return "none"
    from bonaface.storage import files
    from bonaface.usage.journal import FOLDER
    from bonaface.usage.journal_file import SUFFIX

    try:
        with files.explained():
            sizes = [path.stat().st_size for path in (settings.storage.directory / FOLDER).glob(f"*{SUFFIX}")]
    except BonafaceError as error:
        return f"not known: {error}"
    waiting = sum(sizes)
    if not waiting:
        return "empty"
    return f"{waiting:,} bytes of counted replies wait for the database; a server counts them when it is back"


def _database(settings: Settings) -> tuple[str, str]:
    """Its kind, version and id, or why they are not known; and what keeps a server from starting on it."""
    fault = ""
    try:
        require_extra("server", "A database")
        # Imported here: the other commands need not wait for the database libraries.
        from bonaface.storage.database import Database

        with Database(settings.storage) as database:
            fault = _migration_fault(database, settings)
            return _told_of(database), fault
    except BonafaceError as error:
        return f"id not known: {error}", fault


def _told_of(database: "Database") -> str:
    at = database.version()
    if at is None:
        place = "the tables are" if database.file is None else f"{database.file} is"
        return f"none yet: {place} made when it is migrated"
    return f"{database.dialect}, at {at}, id {database.identity()}"


def _migration_fault(database: "Database", settings: Settings) -> str:
    """What a server would say that only checks the version of the database: nothing, as a rule."""
    if settings.storage.migrate == "on_start":
        return ""
    try:
        database.prepare()
    except BonafaceError as error:
        return as_given(str(error))
    return ""


def _signing(settings: Settings) -> tuple[str, str]:
    """What a server signs with, and what is wrong with it: nothing, as a rule."""
    try:
        keys = open_signer(settings.signing).public_set()["keys"]
    except BonafaceError as error:
        return "not known", as_given(str(error))
    return (f"{len(keys)} in {settings.signing.key_file}" if keys else "none: answers are not signed"), ""


def _set_aside(settings: Settings) -> "list[SetAside]":
    """Journals that are for another database than the one in the settings was when they were found."""
    from bonaface.usage.journal import FOLDER
    from bonaface.usage.set_aside import set_aside_in

    return set_aside_in(settings.storage.directory / FOLDER)


def _waiting(journal: "SetAside") -> str:
    """What to do with a journal that is for another database than the one in the settings."""
    try:
        replies = f"{journal.replies():,}"
    except BonafaceError:
        replies = "counted"
    return (
        f"{journal.path} holds {replies} replies for another database, with the id {journal.database_id}; "
        "they are not counted yet. Start bonaface once with the storage.url of that database and this "
        "storage.directory: it counts them. If that database is gone for good, move the file away."
    )


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
