from pathlib import Path

from bonaface import Analyzer
from bonaface.evaluation.dataset import Label, read_dataset
from bonaface.evaluation.scoring import Scored, Scoring, Unscored, score_dataset, score_sample
from support.models.scores import a_sample


def test_scores_are_those_of_the_analysis(scoring: Scoring, analyzer: Analyzer) -> None:
    assert len(scoring.scored) == 12
    for one in scoring.scored:
        face = analyzer.analyze(one.sample.path).faces[0]
        assert (one.score, one.face.box, one.faces) == (face.liveness_score, face.box, 1)
        assert analyzer.score(one.log_odds) == one.score


def test_the_order_is_that_of_the_data_set(scoring: Scoring, manifest: Path) -> None:
    samples = read_dataset(str(manifest))
    assert [one.sample for one in scoring.scored] == list(samples[:12])


def test_what_has_no_face_and_what_cannot_be_read_are_told_apart(scoring: Scoring) -> None:
    (without,), (broken,) = scoring.no_face, scoring.unreadable

    assert (without.sample.name, without.readable, without.message) == (
        "scenery.png",
        True,
        "No face was found.",
    )
    assert (broken.sample.name, broken.readable) == ("broken.jpg", False)
    assert broken.message.endswith(".")


def test_a_file_that_is_not_there(analyzer: Analyzer) -> None:
    found = score_sample(analyzer, a_sample(Label.ATTACK))
    assert isinstance(found, Unscored)
    assert found.message == "The file cannot be read: No such file or directory."


def test_every_image_advances_the_bar_and_threads_change_nothing(
    manifest: Path, analyzer: Analyzer, scoring: Scoring
) -> None:
    ticks: list[None] = []
    again = score_dataset(analyzer, read_dataset(str(manifest)), 1, lambda: ticks.append(None))

    assert len(ticks) == 14
    assert [one.score for one in again.scored] == [one.score for one in scoring.scored]


def test_the_largest_face_is_the_one(analyzer: Analyzer, tmp_path: Path, scoring: Scoring) -> None:
    import cv2
    import numpy as np

    large = cv2.imread(str(scoring.scored[0].sample.path))
    assert large is not None
    small = cv2.resize(large, None, fx=0.7, fy=0.7)
    canvas = np.full((large.shape[0], large.shape[1] + small.shape[1], 3), 90, np.uint8)
    canvas[: small.shape[0], : small.shape[1]] = small
    canvas[:, small.shape[1] :] = large
    path = tmp_path / "two.png"
    cv2.imwrite(str(path), canvas)
    sample = read_dataset(_manifest(path))[0]
    found = score_sample(analyzer, sample)

    assert isinstance(found, Scored)
    assert found.faces == 2
    assert found.face.box.x0 > small.shape[1]


def _manifest(path: Path) -> str:
    manifest = path.with_suffix(".csv")
    manifest.write_text(f"path,label\n{path.name},bona_fide\n", "utf-8")
    return str(manifest)
