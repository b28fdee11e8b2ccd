"""What the attack kind is learnt from and how it is counted."""

from pathlib import Path

import numpy as np
import pytest
from training import crops
from training.attack_kind import balanced, confusion, features, fit_head, kind_of
from training.crops import Row, face_sample_of
from training.data import Sample
from training.face_sample import FaceSample
from training.recapture import drawn_kind

from bonaface.imaging.crop import RgbImage

WEIGHTS = Path(__file__).parents[2] / "src" / "bonaface" / "models" / "weights"


def made(face_sample: FaceSample, recapture: bool, attack_type: str = "", seed: int = 0) -> Row:
    sample = Sample(Path(), "x.jpg", "train", "x", not attack_type, attack_type, "", True)
    return Row(sample, face_sample.box, recapture, sample, seed)


def test_a_simulated_attack_is_of_the_kind_that_its_row_says(
    face_sample: FaceSample, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []

    def noted(face_sample: FaceSample, scene: RgbImage, rng: np.random.Generator) -> FaceSample:
        shown.append(drawn_kind(rng))
        return face_sample

    monkeypatch.setattr(crops, "recaptured", noted)
    monkeypatch.setattr(crops, "read_image", lambda sample: face_sample.image)
    rows = [made(face_sample, recapture=True, seed=seed) for seed in range(12)]
    for row in rows:
        face_sample_of(row)
    assert shown == [kind_of(row) for row in rows]
    assert len(set(shown)) == 3


def test_a_real_attack_is_of_the_kind_in_the_manifest(face_sample: FaceSample) -> None:
    assert kind_of(made(face_sample, recapture=False, attack_type="print")) == "print"


def test_hand_worked_confusion() -> None:
    table = confusion(["print", "print", "replay", "replay"], ["print", "mask", "replay", "print"])
    assert table["print"] == {"replay": 0, "print": 1, "mask": 1}
    assert balanced(table) == 0.5
    assert balanced(table, ("print", "replay")) == 0.75


def test_a_head_learns_what_tells_the_kinds_apart() -> None:
    rng = np.random.default_rng(0)
    kinds = ["print", "replay"] * 30
    given = rng.normal(0, 1, (60, 4)).astype(np.float32)
    given[::2, 0] += 6
    head = fit_head(given, kinds, ["one"] * 60)
    assert list(head.predict(given)) == kinds


def test_features_are_those_of_the_last_layer() -> None:
    blank = np.zeros((3, 80, 80, 3), np.uint8)
    assert features(WEIGHTS / "bonaface-pad-near.onnx", blank).shape == (3, 512)
