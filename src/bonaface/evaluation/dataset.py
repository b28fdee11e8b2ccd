"""Labelled images: a CSV manifest, a pair of folders, or one folder with both classes in it."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import TextIO

import numpy as np

from bonaface.errors import InvalidParameterError

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})
UNKNOWN = "unknown"
"""Attack kind (PAI species) of an attack whose kind nobody told."""


class Label(StrEnum):
    """What an image shows (ISO/IEC 30107-3)."""

    BONA_FIDE = "bona_fide"
    ATTACK = "attack"


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled image.

    name: the path as its owner wrote it. kind: attack kind (PAI species), empty for bona fide.
    subject: who is shown, empty where not known. use, scene: words of the owner's that group sources, or
    empty. log_odds: what a PAD model gave it before, where the manifest says so.
    """

    path: Path
    name: str
    label: Label
    source: str
    kind: str = ""
    subject: str = ""
    use: str = ""
    scene: str = ""
    log_odds: float | None = None


def read_dataset(target: str) -> tuple[Sample, ...]:
    """Every labelled image of a data set, in its order.

    target: a CSV file with columns path, label (bona_fide or attack) and, as far as known, source,
    attack_type, subject, use, scene, log_odds; paths are relative to the file. Or `LIVE_DIR:ATTACK_DIR`. Or a
    folder with the sub-folders bona_fide and attack. A sub-folder of an attack folder names the kind of its
    attacks.
    Raises InvalidParameterError when it is none of these, or holds no image.
    """
    samples = tuple(_read(target))
    if not samples:
        raise InvalidParameterError(f"{target} has no labelled image in it.")
    return samples


def limited(samples: Sequence[Sample], limit: int | None, seed: int) -> tuple[Sample, ...]:
    """At most `limit` samples, drawn at random and spread evenly over every source and label."""
    if limit is None or limit >= len(samples):
        return tuple(samples)
    generator = np.random.default_rng(seed)
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place in generator.permutation(len(samples)):
        groups[samples[place].source, samples[place].label].append(int(place))
    turns = [(turn, key, place) for key, places in groups.items() for turn, place in enumerate(places)]
    return tuple(samples[place] for place in sorted(place for _, _, place in sorted(turns)[:limit]))


def _read(target: str) -> Iterator[Sample]:
    path = Path(target)
    if path.is_file():
        return _read_manifest(path)
    if path.is_dir():
        return _read_folders(path / Label.BONA_FIDE, path / Label.ATTACK, path.name or target)
    live, colon, attack = target.partition(":")
    if colon and live and attack:
        return _read_folders(Path(live), Path(attack), "folders")
    raise InvalidParameterError(f"{target} is neither a CSV file, nor a folder, nor LIVE_DIR:ATTACK_DIR.")


def _read_folders(live: Path, attack: Path, source: str) -> Iterator[Sample]:
    for folder in (live, attack):
        if not folder.is_dir():
            raise InvalidParameterError(f"{folder} is not a folder; it should hold the images of one class.")
    for path in _images(live):
        yield Sample(path, str(path.relative_to(live.parent)), Label.BONA_FIDE, source)
    for path in _images(attack):
        inner = path.relative_to(attack).parts
        kind = inner[0] if len(inner) > 1 else UNKNOWN
        yield Sample(path, str(path.relative_to(attack.parent)), Label.ATTACK, source, kind)


def _images(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in IMAGE_SUFFIXES)


def _read_manifest(path: Path) -> Iterator[Sample]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _samples(file, path.parent)
    except OSError as error:
        raise InvalidParameterError(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error):
        raise InvalidParameterError(f"{path} is not a CSV file in UTF-8.") from None


def _samples(file: TextIO, folder: Path) -> Iterator[Sample]:
    rows = csv.DictReader(file)
    _require_columns(rows.fieldnames or ())
    for row in rows:
        fields = {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
        yield sample_of(fields, folder, rows.line_num)


def _require_columns(names: Iterable[str]) -> None:
    missing = [name for name in ("path", "label") if name not in set(names)]
    if missing:
        raise InvalidParameterError(f"The manifest has no column called {' and none called '.join(missing)}.")


def sample_of(fields: Mapping[str, str], folder: Path, line: int) -> Sample:
    """The image of one row; missing columns are empty. Raises InvalidParameterError that names the line."""
    try:
        label = Label(fields["label"])
    except ValueError:
        raise InvalidParameterError(
            f"Line {line} of the manifest has the label {fields['label']!r}; write bona_fide or attack."
        ) from None
    if not fields["path"]:
        raise InvalidParameterError(f"Line {line} of the manifest has no path.")
    kind = (fields.get("attack_type") or UNKNOWN) if label is Label.ATTACK else ""
    return Sample(
        path=folder / fields["path"],
        name=fields["path"],
        label=label,
        source=fields.get("source") or "all",
        kind=kind,
        subject=fields.get("subject", ""),
        use=fields.get("use", ""),
        scene=fields.get("scene", ""),
        log_odds=_log_odds(fields.get("log_odds", ""), line),
    )


def _log_odds(text: str, line: int) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise InvalidParameterError(
            f"Line {line} of the manifest has the log-odds {text!r}; write a number, or leave them out."
        )
    return value
