"""What an evaluation was made with: when, by which version and command, of which files by their SHA-256."""

import hashlib
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.dataset import Sample
from bonaface.evaluation.tables import Cell, Table
from bonaface.models.catalog import load_catalog
from bonaface.settings import ModelSettings


@dataclass(frozen=True, slots=True)
class Provenance:
    """files: SHA-256 of each model file by its name. manifest_sha256: see `hash_of_samples`.

    presets_sha256: of the presets file, empty where the presets are the model's own. made: aware, in UTC.
    """

    made: datetime
    command: str
    version: str
    files: Mapping[str, str]
    manifest: str
    manifest_sha256: str
    presets_sha256: str

    @property
    def as_dict(self) -> dict[str, object]:
        """For JSON: what is the same whenever the same is measured, and no path."""
        return {
            "version": self.version,
            "files": dict(self.files),
            "manifest_sha256": self.manifest_sha256,
            "presets_sha256": self.presets_sha256 or None,
        }


def find_provenance(
    models: ModelSettings, manifest: str, sha256: str, arguments: Sequence[str], now: datetime
) -> Provenance:
    """sha256: of the manifest (`hash_of_samples`), or of the output of a bulk job.

    arguments: of the command, its own name left out. Raises InvalidParameterError for presets without a file.
    """
    catalog = load_catalog()
    entries = (catalog.detector(models.detector), catalog.pad(models.pad))
    return Provenance(
        made=now,
        command=shlex.join(["bonaface", *arguments]),
        version=version("bonaface"),
        files={file.name: file.sha256 for entry in entries for file in entry.all_files},
        manifest=manifest,
        manifest_sha256=sha256,
        presets_sha256=_hash_of(models.presets) if models.presets else "",
    )


def hash_of_samples(manifest: str, samples: Sequence[Sample]) -> str:
    """SHA-256 of a manifest file; of folders, of a line `label, tab, name` for each image in its order."""
    path = Path(manifest)
    if path.is_file():
        return _hash_of(path)
    lines = "".join(f"{one.label}\t{one.name}\n" for one in samples)
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def provenance_table(found: Provenance) -> Table:
    """For the report."""
    rows: list[tuple[Cell, ...]] = [
        ("made", f"{found.made:%Y-%m-%d %H:%M} UTC"),
        ("bonaface", found.version),
        ("command", found.command),
        ("images", found.manifest),
        ("SHA-256 of the manifest, or of the list of images in folders", found.manifest_sha256),
        ("SHA-256 of the presets file", found.presets_sha256 or "none: the model's own presets"),
        *((f"SHA-256 of {name}", digest) for name, digest in found.files.items()),
    ]
    return Table("How this was made", "The same files and seed give the same figures.", ("", ""), tuple(rows))


def _hash_of(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InvalidParameterError(f"{path} cannot be read: {error.strerror}.") from error
