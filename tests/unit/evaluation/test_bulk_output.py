from pathlib import Path

import pytest

from bonaface import Settings
from bonaface.bulk.columns import Format
from bonaface.bulk.job import Job, Model, Request, make_job
from bonaface.bulk.listing import Listing
from bonaface.bulk.results import Results
from bonaface.bulk.shard_file import write_shard
from bonaface.errors import InvalidParameterError
from bonaface.evaluation.bulk_output import check_output, scoring_of
from bonaface.evaluation.dataset import Label
from bonaface.geometry import Box
from bonaface.types import Preset

FACE = {
    "log_odds": 2.0,
    "liveness_score": 0.75,
    **dict(zip(("x0", "y0", "x1", "y1"), (1.0, 2.0, 3.0, 4.0), strict=True)),
    "landmarks": [float(value) for value in range(10)],
    "confidence": 0.9,
}
LABELS = {"label": "attack", "attack_type": "print", "source": "a"}
ROWS = [
    {"image": 1, "path": "a.jpg", "verdict": "attack", "face": 1, **FACE, **LABELS},
    {"image": 1, "path": "a.jpg", "verdict": "attack", "face": 2, **FACE, **LABELS, "log_odds": 9.0},
    {"image": 2, "path": "s3://b/b.jpg", "verdict": "no_face", "label": "bona_fide"},
    {"image": 3, "path": "c.jpg", "verdict": "error", "error_message": "Broken.", **LABELS},
]
COLUMNS = ("label", "attack_type", "source")


@pytest.fixture
def job(settings: Settings) -> Job:
    return make_job(settings, Request(input="m.csv", preset=Preset.WEAK))


def _results(job: Job, folder: Path) -> Results:
    write_shard(folder / "faces-000000.parquet", ROWS, COLUMNS, Format.PARQUET)
    listing = Listing(folder / "listing.jsonl", "/set", COLUMNS, 3)
    return Results((job,), (listing,), ((folder / "faces-000000.parquet",),))


def test_the_largest_face_of_each_image_counts(job: Job, tmp_path: Path) -> None:
    scoring = scoring_of(_results(job, tmp_path), job.calibration, None, 1)
    (one,), (no_face,), (unreadable,) = scoring.scored, scoring.no_face, scoring.unreadable

    assert (one.log_odds, one.score, one.faces) == (2.0, 0.75, 2)
    assert one.face.box == Box(1, 2, 3, 4)
    assert [point.x for point in one.face.landmarks] == [0, 2, 4, 6, 8]
    assert (one.sample.path, one.sample.kind, one.sample.source) == (Path("/set/a.jpg"), "print", "a")
    assert (no_face.sample.label, no_face.sample.source) == (Label.BONA_FIDE, "all")
    assert unreadable.message == "Broken."


def test_other_presets_make_other_scores_of_the_log_odds(job: Job, tmp_path: Path) -> None:
    flat = job.calibration.model_copy(update={"slope": 1e-9, "offset": 0.0})
    assert scoring_of(_results(job, tmp_path), flat, None, 1).scored[0].score == pytest.approx(0.5)
    with pytest.raises(InvalidParameterError, match="clipped log-odds"):
        scoring_of(_results(job, tmp_path), flat.model_copy(update={"clip": 1.0}), None, 1)


def test_a_limit_is_spread_over_sources(job: Job, tmp_path: Path) -> None:
    scoring = scoring_of(_results(job, tmp_path), job.calibration, 2, 1)
    assert len((*scoring.scored, *scoring.no_face, *scoring.unreadable)) == 2


def test_what_cannot_be_evaluated_is_told(job: Job, tmp_path: Path) -> None:
    results = _results(job, tmp_path)
    check_output(results)
    frames = job.model_copy(update={"request": job.request.model_copy(update={"frames": "who"})})
    older = job.model_copy(update={"pad": Model(name="bonaface-pad", version="0", sha256=())})
    unlabelled = Results((job,), (Listing(tmp_path, "/", (), 0),), ((),))
    for one, told in (
        (Results((frames,), results.listings, results.files), "job with --frames"),
        (Results((older,), results.listings, results.files), "another version of bonaface-pad"),
        (unlabelled, "has no labels"),
    ):
        with pytest.raises(InvalidParameterError, match=told):
            check_output(one)
