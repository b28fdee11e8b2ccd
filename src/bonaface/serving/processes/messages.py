"""What goes between the pool and its workers. The pool's end needs none of the libraries of images for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bonaface.analysis import Analysis
from bonaface.geometry import Box
from bonaface.inspection import Inspection
from bonaface.serving.backend import Check
from bonaface.timings import Timing
from bonaface.types import HeatmapRequest, Preset


@dataclass(frozen=True, slots=True)
class Capture:
    """What is asked of the frames that follow, and what may end it before any of them."""

    frames: int
    preset: Preset
    check: Check
    heatmap: HeatmapRequest | None = None


@dataclass(frozen=True, slots=True)
class Faces:
    """Faces of a picture that another worker found, to be judged as `LivenessModel.log_odds` judges.

    shape: of the picture, H x W x 3 uint8 RGB; its pixels lie in the file whose descriptor is sent beside.
    """

    shape: tuple[int, ...]
    boxes: Sequence[Box]


@dataclass(frozen=True, slots=True)
class HelpWanted:
    """What a worker asks for at work: so many idle ones, at most. It is told how many there are (`int`).

    For each it then sends a descriptor and `Faces`, and gets a `Reply`.
    """

    most: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What was asked for, an error, or neither where nothing was; and what took how long.

    log_odds: of `Faces`, one a box.
    """

    result: Analysis | Inspection | None = None
    error: Exception | None = None
    timings: tuple[Timing, ...] = ()
    log_odds: tuple[float, ...] = ()

    def check(self) -> None:
        """Raises the error, if it is one."""
        if self.error is not None:
            raise self.error
