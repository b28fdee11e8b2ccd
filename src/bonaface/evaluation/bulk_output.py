"""The output of `bonaface bulk` as scored images: what was judged there need not be judged again."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bonaface.bulk.columns import ERROR, NO_FACE, Row
from bonaface.bulk.job import Job
from bonaface.bulk.results import Results
from bonaface.errors import InvalidParameterError
from bonaface.evaluation.dataset import Sample, limited, sample_of
from bonaface.evaluation.scoring import Scored, Scoring, Unscored, sorted_out
from bonaface.geometry import Box, Landmarks, Point
from bonaface.liveness.presets import Decision
from bonaface.models.catalog import Calibration, load_catalog
from bonaface.types import Detection

LABELS = ("label", "source", "attack_type", "subject", "use", "scene")
_SIDES = ("x0", "y0", "x1", "y1")
_COLUMNS = (
    "path",
    "verdict",
    "log_odds",
    "liveness_score",
    *_SIDES,
    "landmarks",
    "confidence",
    "error_message",
    *LABELS,
)


def check_output(results: Results) -> None:
    """Raises InvalidParameterError where there are no labels, or captures, or models of another version."""
    job = results.job
    if any("label" not in listing.columns for listing in results.listings):
        raise InvalidParameterError(
            "The job has no labels; begin it with a manifest that has a column label: bona_fide or attack."
        )
    if job.request.frames is not None:
        raise InvalidParameterError("Of a job with --frames no error rates are told; judge single images.")
    catalog = load_catalog()
    for kept, entry in ((job.detector, catalog.detector), (job.pad, catalog.pad)):
        known = entry(kept.name).identity
        if (known.version, known.sha256) != (kept.version, kept.sha256):
            raise InvalidParameterError(f"The job was judged by another version of {kept.name}.")


def scoring_of(results: Results, calibration: Calibration, limit: int | None, seed: int) -> Scoring:
    """The largest face of each image. Skin is not told: it takes the image.

    calibration: by which scores are made of the log-odds.
    Raises InvalidParameterError for a label that is none, and where log-odds were clipped otherwise.
    """
    _check_clip(results.job, calibration)
    decision = None if calibration == results.job.calibration else Decision(calibration)
    found = [_told(root, rows, decision) for root, rows in results.images(_COLUMNS)]
    if limit is None:
        return sorted_out(found)
    chosen = {id(sample) for sample in limited([one.sample for one in found], limit, seed)}
    return sorted_out(one for one in found if id(one.sample) in chosen)


def _check_clip(job: Job, calibration: Calibration) -> None:
    if calibration.clip != job.calibration.clip:
        raise InvalidParameterError(
            f"The job clipped log-odds at {job.calibration.clip:g}, these presets at {calibration.clip:g}: "
            "judge the images again with them."
        )


def _told(root: str, rows: Sequence[Row], decision: Decision | None) -> Scored | Unscored:
    row = rows[0]
    sample = _sample(root, row)
    if row["verdict"] == ERROR:
        return Unscored(sample, False, str(row["error_message"]))
    if row["verdict"] == NO_FACE:
        return Unscored(sample, True, "No face was found.")
    log_odds = float(row["log_odds"])
    score = float(row["liveness_score"]) if decision is None else decision.score(log_odds)
    return Scored(sample, _face(row), len(rows), log_odds, score, float("nan"))


def _sample(root: str, row: Row) -> Sample:
    """Texts that many rows have are there once."""
    labels = {name: sys.intern(row.get(name) or "") for name in LABELS}
    sample = sample_of({"path": row["path"], **labels}, Path(root), row["image"])
    return replace(sample, path=Path(row["path"])) if "://" in row["path"] else sample


def _face(row: Row) -> Detection:
    values: Sequence[Any] = row["landmarks"]
    points: Iterator[Point] = (Point(x, y) for x, y in zip(values[::2], values[1::2], strict=True))
    return Detection(Box(*(row[side] for side in _SIDES)), Landmarks(*points), row["confidence"])
