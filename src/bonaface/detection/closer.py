"""A finder that sees the whole picture, and an aligner that looks closer at each face that it found."""

from bonaface.detection.aligner import Aligner
from bonaface.detection.base import Detector
from bonaface.imaging.types import RgbImage
from bonaface.types import Detection


class CloserLook:
    """A `Detector` whose faces come from `finder` and whose boxes and landmarks come from `aligner`."""

    def __init__(self, finder: Detector, aligner: Aligner) -> None:
        self._finder = finder
        self._aligner = aligner

    def detect(self, image: RgbImage) -> tuple[Detection, ...]:
        """See `Detector.detect`."""
        return self._aligner.align(image, self._finder.detect(image))

    def warm_up(self) -> None:
        self._finder.warm_up()
        self._aligner.warm_up()
