"""Where analyses run: what the server needs of threads of its own and of processes alike.

Which of the two it is, is chosen once, by `bonaface.serving.registry`.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from bonaface.analysis import Analysis
from bonaface.inspection import Inspection
from bonaface.models.catalog import Calibration
from bonaface.timings import Timings
from bonaface.types import HeatmapRequest, Preset

Check = Callable[[], None]
"""Raises what ends an inspection before its next frame, or its next row of a heatmap. It is sent to workers,
so it can be pickled."""


def never() -> None:
    """A check that ends nothing."""


class ImageAnalyzer(Protocol):
    """The part of `bonaface.analyzer.Analyzer` that is used here."""

    def analyze(self, image: bytes, preset: Preset | None = None, timings: Timings | None = None) -> Analysis:
        """The faces of an encoded image and a verdict for each; `timings` is told what took how long."""
        ...

    def inspect(
        self,
        frames: Sequence[bytes],
        preset: Preset | None = None,
        timings: Timings | None = None,
        check: Check = never,
        heatmap: HeatmapRequest | None = None,
    ) -> Inspection:
        """The same of every frame of one capture, with heatmaps if asked for; `check` may end it."""
        ...

    def warm_up(self) -> None:
        """Run every session once."""
        ...


class CalibratedAnalyzer(ImageAnalyzer, Protocol):
    """An analyzer that can judge by another calibration."""

    def with_calibration(self, calibration: Calibration) -> "CalibratedAnalyzer":
        """One with the same networks that judges by `calibration`."""
        ...


class Backend(ImageAnalyzer, Protocol):
    """Runs analyses side by side, as many as `settings.serving.workers`. Thread-safe."""

    @property
    def ready(self) -> bool:
        """Whether there is a worker that has loaded the models, as far as is known."""
        ...

    def start(self) -> None:
        """Return when every worker has loaded the models. Raises ModelError. Before `warm_up`."""
        ...

    def judge_by(self, calibration: Calibration) -> None:
        """Have every analysis that begins from now on judged by `calibration`; those that run go on."""
        ...

    def close(self) -> None:
        """End what there is to end; analyses that still run may be cut off."""
        ...
