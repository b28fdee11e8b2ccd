import pytest

from bonaface.evaluation.dataset import Label
from bonaface.evaluation.fairness import FEW, errors_by_skin
from bonaface.interval import share
from support.models.scores import a_sample, scored


def test_live_faces_by_band_with_their_counts() -> None:
    one, two = (a_sample(Label.BONA_FIDE, subject=name) for name in ("p1", "p2"))
    other = a_sample(Label.BONA_FIDE, "other")
    images = [
        *(scored(0.9, one, skin=60.0) for _ in range(3)),
        scored(0.4, two, skin=60.0),
        scored(0.1, other, skin=60.0),
        scored(0.9, other, skin=-50.0),
        scored(0.1, a_sample(Label.ATTACK), skin=60.0),
        scored(0.3, other, skin=float("nan")),
    ]
    light, dark, untold = errors_by_skin(images, 0.5)

    assert (light.band, light.faces, light.subjects, light.sources, light.refused) == (
        "very light",
        5,
        2,
        2,
        2,
    )
    assert light.bpcer == share(2, 5)
    assert (dark.band, dark.faces, dark.refused) == ("dark", 1, 0)
    assert (untold.band, untold.faces, untold.refused) == ("not told", 1, 1)


@pytest.mark.parametrize("count", [FEW - 1, FEW])
def test_small_bands_are_marked(count: int) -> None:
    (band,) = errors_by_skin([scored(0.9)] * count, 0.5)
    assert band.few is (count < FEW)


def test_no_live_face_no_band() -> None:
    assert errors_by_skin([scored(0.9, a_sample(Label.ATTACK))], 0.5) == ()
