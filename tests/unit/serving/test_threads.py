"""Analyses on threads of the process."""

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
