import base64
from dataclasses import replace

import cv2
import numpy as np
import pytest

from bonaface import Analyzer
from bonaface.evaluation.dataset import Label
from bonaface.evaluation.gallery import SIDE, cut_out, open_gallery, worst_mistakes
from bonaface.evaluation.scoring import Scoring
from bonaface.geometry import Box
from bonaface.types import Preset
from support.models.scores import a_source, whole

THRESHOLDS = {Preset.WEAK: 0.2, Preset.BALANCED: 0.5, Preset.STRICT: 0.8}


def test_the_worst_of_each_kind_come_first() -> None:
    scored = whole(a_source([0.9, 0.1, 0.7], print=[0.9, 0.1, 0.3, 0.6], mask=[0.19])).scored
    found = {
        kind: ([one.score for one in worst], count)
        for kind, worst, count in worst_mistakes(scored, THRESHOLDS, 2)
    }

    assert found == {"": ([0.1, 0.7], 2), "print": ([0.9, 0.6], 3)}


def test_without_a_mistake_there_is_no_picture() -> None:
    assert worst_mistakes(whole(a_source([0.9], print=[0.1])).scored, THRESHOLDS) == ()


def test_pictures_are_of_the_faces(scoring: Scoring, analyzer: Analyzer) -> None:
    live = next(one for one in scoring.scored if one.sample.label is Label.BONA_FIDE)
    wrong = replace(live, score=0.3)
    (mistakes,) = open_gallery(analyzer, [wrong], THRESHOLDS)
    (shown,) = mistakes.shown
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(shown.picture), np.uint8), cv2.IMREAD_COLOR)

    assert (mistakes.kind, mistakes.attack, mistakes.found) == ("bona fide", False, 1)
    assert shown.name == live.sample.name
    assert picture is not None
    assert max(picture.shape[:2]) == SIDE


@pytest.mark.parametrize(
    ("box", "shape"), [(Box(0, 0, 400, 300), (150, 200, 3)), (Box(300, 200, 310, 230), (67, 23, 3))]
)
def test_what_is_around_a_face_is_within_the_image(box: Box, shape: tuple[int, int, int]) -> None:
    assert cut_out(np.zeros((300, 400, 3), np.uint8), box).shape == shape
