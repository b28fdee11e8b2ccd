"""A finder that sees the whole picture, and a refiner that looks closer at each face that it found."""

from bonaface.detection.base import Detector
from bonaface.detection.refiner import Refiner
from bonaface.imaging.types import RgbImage
from bonaface.types import Detection


class TwoStageDetector:
    """A `Detector` whose faces come from `finder` and whose boxes and landmarks come from `refiner`."""

    def __init__(self, finder: Detector, refiner: Refiner) -> None:
        self._finder = finder
        self._refiner = refiner

    def detect(self, image: RgbImage) -> tuple[Detection, ...]:
        """See `Detector.detect`."""
        return self._refiner.refine(image, self._finder.detect(image))

    def warm_up(self) -> None:
        self._finder.warm_up()
        self._refiner.warm_up()
