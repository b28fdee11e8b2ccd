"""Frames that do not belong to the others."""

import numpy as np
import pytest

from bonaface.capture.consistency import FROZEN_UP_TO, LIKE_FROM, inconsistencies
from bonaface.capture.descriptor import Descriptor, Floats
from bonaface.types import Finding, Inconsistency

RANDOM = np.random.default_rng(1)


def standardized(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / values.std(), np.float64)


FACE = standardized(RANDOM.normal(size=(64, 64)))
OTHER = standardized(RANDOM.normal(size=(64, 64)))
PICTURE = RANDOM.uniform(20, 230, (64, 64))


def frame(levels: float, face: Floats | None = FACE) -> Descriptor:
    """A picture that many levels of luma from the first."""
    return Descriptor(PICTURE + levels, face)


def found(*frames: Descriptor, digests: str = "abcdefghij") -> tuple[Finding, ...]:
    return inconsistencies(list(digests[: len(frames)]), frames)


def test_frames_of_one_face_that_moves_are_consistent() -> None:
    assert found(*(frame(5.0 * index) for index in range(10))) == ()


def test_the_same_file_twice() -> None:
    expected = (Finding(2, Inconsistency.DUPLICATE, 0, 0.0),)
    assert found(frame(0), frame(5), frame(0), digests="aba") == expected


@pytest.mark.parametrize(("levels", "is_frozen"), [(FROZEN_UP_TO, True), (FROZEN_UP_TO + 0.01, False)])
def test_the_same_picture_in_another_file(levels: float, is_frozen: bool) -> None:
    findings = found(frame(0), frame(9), frame(9 + levels))
    assert [(one.index, one.kind, one.of) for one in findings] == (
        [(2, Inconsistency.FROZEN, 1)] if is_frozen else []
    )


def test_another_face_is_held_against_the_first_one() -> None:
    (finding,) = found(frame(0, None), frame(5), frame(10, OTHER))[1:]
    assert (finding.index, finding.kind, finding.of) == (2, Inconsistency.OTHER_FACE, 1)
    assert finding.value is not None
    assert finding.value < LIKE_FROM


def test_a_frame_without_a_face() -> None:
    assert found(frame(0), frame(5, None)) == (Finding(1, Inconsistency.NO_FACE),)
    assert {one.kind for one in found(frame(0, None), frame(5, None))} == {Inconsistency.NO_FACE}
