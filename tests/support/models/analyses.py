"""Analyses that a test decides on, and analyzers that wait, fail or stay cold when a test says so.

They stand where a test is about queues, deadlines or presentation; what is about images uses the real one.
"""

import hashlib
import threading
from collections.abc import Sequence
from typing import Self

from bonaface.analysis import Analysis
from bonaface.geometry import Box, Landmarks, Point
from bonaface.inspection import Inspection
from bonaface.models.catalog import Calibration
from bonaface.policies.decision_policy import DecisionPolicy
from bonaface.serving.backend import CalibratedAnalyzer, Check, never
from bonaface.timings import Timings
from bonaface.types import Face, HeatmapRequest, Measure, ModelIdentity, Policy, Pose, Preset, Reason, Verdict

POLICY = Policy("presets", "0123456789abcdef", {Preset.WEAK: 0.05, Preset.BALANCED: 0.5, Preset.STRICT: 0.95})
DECIDER = DecisionPolicy("onboarding", 3, 0.2, 0.85)
"""Makes accept of the faces of `a_face`, and reject of its attacks."""
MODEL = ModelIdentity("steady", "1", ("ab" * 32,))


def measures_of(*unmet: Reason) -> tuple[Measure, ...]:
    """One for each reason, of which these are not met."""
    return tuple(Measure(reason, 1.5, 2.5, reason not in unmet) for reason in Reason)


def a_face(*reasons: Reason, spoofing: bool = False, box: Box | None = None) -> Face:
    """The face of the guide's sample: 550 x 375 pixels, box 48,110,134,233."""
    return Face(
        box=box or Box(48, 110, 134, 233),
        landmarks=Landmarks(Point(71, 160), Point(111, 162), Point(91, 185), Point(76, 208), Point(106, 210)),
        confidence=0.997854,
        pose=Pose(0, 0, 0),
        verdict=Verdict(liveness_score=0.1 if spoofing else 0.9, spoofing=spoofing),
        reasons=reasons,
        measures=measures_of(*reasons),
    )


def an_analysis(*faces: Face, preset: Preset = Preset.BALANCED) -> Analysis:
    return Analysis(width=550, height=375, preset=preset, faces=faces)


def an_inspection(*analyses: Analysis, frames: Sequence[bytes] | None = None) -> Inspection:
    """Of these frames, or of some that nobody has the bytes of."""
    if frames is None:
        digests = [f"{number:064x}" for number in range(len(analyses))]
    else:
        digests = [hashlib.sha256(frame).hexdigest() for frame in frames]
    return Inspection(analyses, tuple(digests), POLICY, (MODEL,))


class Inspecting(CalibratedAnalyzer):
    """Inspects a capture by analysing each of its frames, before which it asks whether to go on."""

    def with_calibration(self, calibration: Calibration) -> Self:
        return self

    def inspect(
        self,
        frames: Sequence[bytes],
        preset: Preset | None = None,
        timings: Timings | None = None,
        check: Check = never,
        heatmap: HeatmapRequest | None = None,
    ) -> Inspection:
        analyses = []
        for frame in frames:
            check()
            analyses.append(self.analyze(frame, preset, timings))
        return an_inspection(*analyses, frames=frames)


class SteadyAnalyzer(Inspecting):
    """Answers with one face at once and remembers the presets it was asked for."""

    def __init__(self) -> None:
        self.presets: list[Preset | None] = []

    def analyze(self, image: bytes, preset: Preset | None = None, timings: Timings | None = None) -> Analysis:
        self.presets.append(preset)
        return an_analysis(a_face())

    def warm_up(self) -> None:
        return


class GatedAnalyzer(Inspecting):
    """Every analysis says that it began and waits for `open`; so does the warm-up if it is `cold`."""

    def __init__(self, *, cold: bool = False) -> None:
        self.began = threading.Semaphore(0)
        self.images: list[bytes] = []
        self._gate = threading.Event()
        self._is_cold = cold

    def open(self) -> None:
        self._gate.set()

    def analyze(self, image: bytes, preset: Preset | None = None, timings: Timings | None = None) -> Analysis:
        self.images.append(image)
        self.began.release()
        if not self._gate.wait(20):
            raise AssertionError("the test never opened the gate")
        return an_analysis(a_face())

    def warm_up(self) -> None:
        if self._is_cold:
            self._gate.wait(20)


class BrokenAnalyzer(Inspecting):
    """Raises what it was given, in the analysis or in the warm-up."""

    def __init__(self, error: Exception, *, in_warm_up: bool = False) -> None:
        self._error = error
        self._in_warm_up = in_warm_up

    def analyze(self, image: bytes, preset: Preset | None = None, timings: Timings | None = None) -> Analysis:
        raise self._error

    def warm_up(self) -> None:
        if self._in_warm_up:
            raise self._error
