"""Analyses on threads of the server's own process: one copy of the models, and the interpreter's lock."""

from collections.abc import Sequence

from bonaface.analysis import Analysis
from bonaface.inspection import Inspection
from bonaface.models.catalog import Calibration
from bonaface.serving.backend import CalibratedAnalyzer, Check, never
from bonaface.timings import Timings
from bonaface.types import HeatmapRequest, Preset


class ThreadBackend:
    """A backend around one analyzer, which the threads of the dispatcher share. It has loaded its models."""

    ready = True

    def __init__(self, analyzer: CalibratedAnalyzer) -> None:
        self._analyzer = analyzer

    def start(self) -> None:
        """Nothing is left to load."""

    def warm_up(self) -> None:
        """Run every session once."""
        self._analyzer.warm_up()

    def analyze(self, image: bytes, preset: Preset | None = None, timings: Timings | None = None) -> Analysis:
        """As `Analyzer.analyze`, on the thread that calls."""
        return self._analyzer.analyze(image, preset, timings)

    def inspect(
        self,
        frames: Sequence[bytes],
        preset: Preset | None = None,
        timings: Timings | None = None,
        check: Check = never,
        heatmap: HeatmapRequest | None = None,
    ) -> Inspection:
        """As `Analyzer.inspect`, on the thread that calls."""
        return self._analyzer.inspect(frames, preset, timings, check, heatmap)

    def judge_by(self, calibration: Calibration) -> None:
        """Analyses that run go on with the analyzer that they have."""
        self._analyzer = self._analyzer.with_calibration(calibration)

    def close(self) -> None:
        """Threads end with the dispatcher, and cannot be ended by anybody else."""
