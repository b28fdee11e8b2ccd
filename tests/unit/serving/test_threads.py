"""Analyses on threads of the process."""

from bonaface.models.loaded_presets import load_presets
from bonaface.serving.threads import ThreadBackend
from bonaface.timings import Timings
from bonaface.types import Preset
from support.models.analyses import SteadyAnalyzer


def test_it_is_ready_and_asks_its_analyzer() -> None:
    analyzer = SteadyAnalyzer()
    backend = ThreadBackend(analyzer)
    backend.start()
    assert backend.ready
    backend.warm_up()
    assert len(backend.analyze(b"image", Preset.WEAK, Timings()).faces) == 1
    assert analyzer.presets == [Preset.WEAK]
    assert len(backend.inspect([b"first", b"second"], Preset.WEAK).analyses) == 2
    backend.close()


def test_another_calibration_is_for_what_begins_after_it() -> None:
    first, second = SteadyAnalyzer(), SteadyAnalyzer()
    first.with_calibration = lambda calibration: second  # type: ignore[method-assign]
    backend = ThreadBackend(first)
    backend.judge_by(load_presets(None, "bonaface-pad").calibration)
    backend.analyze(b"image", Preset.WEAK)
    assert (first.presets, second.presets) == ([], [Preset.WEAK])
