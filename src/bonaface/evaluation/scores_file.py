"""scores.csv: what every image of an evaluation came to, written and read again."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite, isnan
from pathlib import Path

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.dataset import Sample
from bonaface.evaluation.scoring import Scoring

DIGITS = 8
"""Of a score."""

_COLUMNS = (
    "path",
    "source",
    "label",
    "attack_type",
    "subject",
    "state",
    "faces",
    "log_odds",
    "score",
    "spoofing",
    "x0",
    "y0",
    "x1",
    "y1",
    "skin_angle",
)


@dataclass(frozen=True, slots=True)
class KnownScore:
    """What a file says of an image: how it is labelled there, and its score of 0 to 1."""

    label: str
    score: float


def write_scores(scoring: Scoring, threshold: float) -> bytes:
    """CSV, one row an image; spoofing as the default preset says."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for one in scoring.scored:
        box = one.face.box
        sides = [round(side, 2) for side in (box.x0, box.y0, box.x1, box.y1)]
        figures = [one.faces, round(one.log_odds, 6), round(one.score, DIGITS), one.score < threshold]
        skin = "" if isnan(one.skin) else round(one.skin, 1)
        writer.writerow([*_told(one.sample), "scored", *figures, *sides, skin])
    for missed in (*scoring.no_face, *scoring.unreadable):
        writer.writerow([*_told(missed.sample), "no_face" if missed.readable else "unreadable"])
    return file.getvalue().encode()


def read_scores(path: Path) -> dict[str, KnownScore]:
    """The scored images of such a file by their path. Raises InvalidParameterError when it is not one."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return _known(csv.DictReader(file), path)
    except OSError as error:
        raise InvalidParameterError(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error):
        raise InvalidParameterError(f"{path} is not a CSV file in UTF-8.") from None


def _known(rows: Iterable[dict[str, str]], path: Path) -> dict[str, KnownScore]:
    known = {}
    for row in rows:
        if not {"path", "label", "state", "score"} <= row.keys():
            raise InvalidParameterError(f"{path} is not a scores.csv of `bonaface evaluate`.")
        if row["state"] == "scored":
            known[row["path"]] = KnownScore(row["label"], _score(row["score"], path))
    if not known:
        raise InvalidParameterError(f"{path} has no scored image in it.")
    return known


def _score(text: str | None, path: Path) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise InvalidParameterError(f"{path} has the score {text!r}; a number was expected.")
    return value


def _told(sample: Sample) -> list[str]:
    return [sample.name, sample.source, sample.label.value, sample.kind, sample.subject]
