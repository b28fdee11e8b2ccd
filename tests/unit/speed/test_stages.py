import time

import pytest

from bonaface.analyzer import Analyzer
from bonaface.errors import InvalidImageError
from bonaface.imaging.picture import Picture
from bonaface.speed.sample import on_canvas
from bonaface.speed.stages import time_stages
from support.pictures import images


def test_the_stages_of_a_face(analyzer: Analyzer, portrait: bytes) -> None:
    times = time_stages(analyzer, on_canvas(portrait), runs=3)

    assert (times.width, times.height, times.faces, times.runs) == (640, 480, 1, 3)
    assert times.pad is not None
    assert min(times.decode, times.detect, times.pad) > 0
    assert times.whole > max(times.decode, times.detect, times.pad)


def test_pad_is_for_one_face_and_none_without(analyzer: Analyzer) -> None:
    times = time_stages(analyzer, images.jpeg(200, 200), runs=1)
    assert times.faces == 0
    assert times.pad is None


def test_a_stage_that_takes_longer_is_told(
    analyzer: Analyzer, portrait: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    detect = analyzer.detect

    def slow(picture: Picture) -> object:
        time.sleep(0.2)
        return detect(picture)

    monkeypatch.setattr(analyzer, "detect", slow)
    times = time_stages(analyzer, portrait, runs=1)
    assert times.detect > 200
    assert times.whole > 200


def test_what_cannot_be_analysed_is_refused(analyzer: Analyzer, portrait: bytes) -> None:
    with pytest.raises(InvalidImageError):
        time_stages(analyzer, portrait[:1000], runs=1)
