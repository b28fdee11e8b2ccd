import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonaface.errors import ConfigurationError
from bonaface.liveness.presets import Decision
from bonaface.models.calibration_file import load_calibration
from bonaface.models.catalog import Calibration, load_catalog
from bonaface.types import Preset

TEXT = """
clip = 8.0
slope = 0.5
offset = -1.0
[thresholds]
weak = 0.2
balanced = 0.5
strict = 0.9
"""
CALIBRATION = Calibration(
    clip=8.0,
    slope=0.5,
    offset=-1.0,
    thresholds={Preset.WEAK: 0.2, Preset.BALANCED: 0.5, Preset.STRICT: 0.9},
)


@pytest.fixture
def presets(tmp_path: Path) -> Path:
    return tmp_path / "presets.toml"


@pytest.mark.parametrize("log_odds", [-8.0, -1.0, 0.0, 2.0, 3.7, 8.0])
def test_score_is_the_scaled_sigmoid(log_odds: float) -> None:
    expected = 1 / (1 + math.exp(-(0.5 * log_odds - 1.0)))
    assert Decision(CALIBRATION).score(log_odds) == pytest.approx(expected)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_score_is_a_share_that_never_falls(one: float, other: float) -> None:
    low, high = sorted([one, other])
    decision = Decision(CALIBRATION)
    assert 0 <= decision.score(low) <= decision.score(high) <= 1


@given(st.floats(-20, 20))
def test_what_a_laxer_preset_refuses_a_stricter_one_refuses_too(log_odds: float) -> None:
    decision = Decision(CALIBRATION)
    weak, balanced, strict = (decision.verdict(log_odds, preset).spoofing for preset in Preset)
    assert weak <= balanced <= strict


def test_each_preset_has_its_own_threshold() -> None:
    decision = Decision(CALIBRATION)
    scores = {score: 2 * (math.log(score / (1 - score)) + 1) for score in (0.1, 0.3, 0.6, 0.95)}
    verdicts = {
        score: [decision.verdict(odds, preset).spoofing for preset in Preset]
        for score, odds in scores.items()
    }
    assert verdicts == {
        0.1: [True, True, True],
        0.3: [False, True, True],
        0.6: [False, False, True],
        0.95: [False, False, False],
    }


def test_a_score_on_the_threshold_is_bona_fide() -> None:
    """Log-odds 2 scale to 0, whose score is 0.5 without any rounding."""
    assert Decision(CALIBRATION).verdict(2.0, Preset.BALANCED).liveness_score == 0.5
    assert not Decision(CALIBRATION).verdict(2.0, Preset.BALANCED).spoofing
    assert Decision(CALIBRATION).verdict(math.nextafter(2.0, 0) - 1e-12, Preset.BALANCED).spoofing


def test_log_odds_that_are_no_number_never_pass() -> None:
    assert all(Decision(CALIBRATION).verdict(math.nan, preset).spoofing for preset in Preset)


def test_reads_a_file(presets: Path) -> None:
    presets.write_text(TEXT, "utf-8")
    assert load_calibration(presets) == CALIBRATION


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("clip = 8.0", ""),
        ("clip = 8.0", "clip = 0"),
        ("clip = 8.0", "clip = inf"),
        ("slope = 0.5", "slope = -1"),
        ("slope = 0.5", "slope = nan"),
        ("offset = -1.0", "offset = nan"),
        ("offset = -1.0", "offset = -inf"),
        ("offset = -1.0", "offset = 'a'"),
        ("weak = 0.2", ""),
        ("weak = 0.2", "weak = 0.6"),
        ("weak = 0.2", "weak = nan"),
        ("strict = 0.9", "strict = 1.1"),
        ("strict = 0.9", "strict = 0.4"),
        ("strict = 0.9", "strict = 0.9\nharsh = 1.0"),
        ("slope = 0.5", "slope = 0.5\nslop = 0.5"),
        ("[thresholds]", "[thresholds"),
    ],
)
def test_a_file_that_does_not_hold(presets: Path, old: str, new: str) -> None:
    presets.write_text(TEXT.replace(old, new), "utf-8")
    with pytest.raises(ConfigurationError, match="does not hold"):
        load_calibration(presets)


def test_a_file_that_is_not_utf_8(presets: Path) -> None:
    presets.write_bytes(b"clip = '\xff\xfe'")
    with pytest.raises(ConfigurationError, match="does not hold"):
        load_calibration(presets)


def test_no_file(presets: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_calibration(presets)


@pytest.mark.parametrize("log_odds", [-7.9, -0.25, 0.0, 3.5, 7.9])
def test_log_odds_come_back_from_their_score(log_odds: float) -> None:
    decision = Decision(load_catalog().pad("bonaface-pad").calibration)
    assert decision.log_odds(decision.score(log_odds)) == pytest.approx(log_odds, abs=1e-9)
    assert decision.log_odds(0.0) == float("-inf")
