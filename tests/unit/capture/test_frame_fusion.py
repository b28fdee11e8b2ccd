import pytest

from bonaface.capture.frame_fusion import fused_score


@pytest.mark.parametrize(("scores", "fused"), [([0.3], 0.3), ([0.2, 0.4, 0.9], 0.5)])
def test_it_is_the_mean(scores: list[float], fused: float) -> None:
    assert fused_score(scores) == pytest.approx(fused)
