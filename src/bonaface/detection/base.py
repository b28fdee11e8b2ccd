"""What the pipeline needs of a face detector."""

from typing import Protocol

from bonaface.imaging.types import RgbImage
from bonaface.types import Detection


class Detector(Protocol):
    """Finds faces. May be called from several threads at once."""

    def detect(self, image: RgbImage) -> tuple[Detection, ...]:
        """Every face of an H x W x 3 uint8 RGB image, largest box first, boxes clipped to the image."""
        ...

    def warm_up(self) -> None:
        """Run once on a blank image, so that the first request pays for nothing."""
        ...
