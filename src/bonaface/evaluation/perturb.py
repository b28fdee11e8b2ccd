"""Changes that a capture may suffer and that ought not to change its verdict."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from bonaface.geometry import Box
from bonaface.imaging.turn import turned
from bonaface.imaging.types import RgbImage

Change = Callable[[RgbImage, Box], tuple[RgbImage, Box] | None]
"""The changed image and where the face is in it, or none where the change does not apply."""


BOX_PERCENT = (5, 10, 20)
"""By how much boxes grow, shrink and move."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A change with its family and level; is_found_anew: the detector is asked again too."""

    family: str
    level: str
    change: Change
    is_found_anew: bool = False


def conditions() -> tuple[Condition, ...]:
    """The whole suite, in the order of the report."""
    made: list[Condition] = []
    for percent in BOX_PERCENT:
        share = percent / 100
        made.append(Condition("box size", f"+{percent} %", BoxChange(scale=1 + share)))
        made.append(Condition("box size", f"-{percent} %", BoxChange(scale=1 - share)))
        made += [
            Condition("box shift", f"{word} {percent} %", BoxChange(right=x * share, down=y * share))
            for word, x, y in (("left", -1, 0), ("right", 1, 0), ("up", 0, -1), ("down", 0, 1))
        ]
    made += [Condition("face width", f"{side} px", Resolution(side)) for side in (60, 80, 100, 150, 200, 400)]
    made += [Condition("JPEG quality", str(quality), Jpeg(quality)) for quality in (40, 60, 75, 85, 95)]
    made += [Condition("brightness", f"x {gain}", Brightness(gain)) for gain in (0.5, 0.7, 1.3, 1.6)]
    made += [Condition("blur", f"{sigma} % of the face", Blur(sigma / 100)) for sigma in (0.5, 1.0, 2.0)]
    made += [Condition("rotation", f"{angle:+d}°", Rotation(angle)) for angle in (-15, -5, 5, 15)]
    made.append(Condition("colour", "grey", grey))
    made += [
        Condition("flat bars", f"{colour}, {where}", Bars(across, down, level))
        for colour, level in (("black", 0), ("white", 255))
        for where, across, down in (
            ("all round", 0.1, 0.1),
            ("left and right", 0.3, 0.0),
            ("above and below", 0.0, 0.3),
        )
    ]
    made += [Condition("turned", f"{90 * quarters}°", Turn(quarters), True) for quarters in (1, 2, 3)]
    return tuple(made)


@dataclass(frozen=True, slots=True)
class BoxChange:
    """Another box on the same image: sides x scale about its middle, moved by shares of its sides."""

    scale: float = 1.0
    right: float = 0.0
    down: float = 0.0

    def __call__(self, image: RgbImage, box: Box) -> tuple[RgbImage, Box]:
        x = (box.x0 + box.x1) / 2 + self.right * box.width
        y = (box.y0 + box.y1) / 2 + self.down * box.height
        half_width, half_height = box.width * self.scale / 2, box.height * self.scale / 2
        return image, Box(x - half_width, y - half_height, x + half_width, y + half_height)


@dataclass(frozen=True, slots=True)
class Resolution:
    """The whole image shrunk until the face is `width` pixels wide; faces that are smaller are left out."""

    width: int

    def __call__(self, image: RgbImage, box: Box) -> tuple[RgbImage, Box] | None:
        ratio = self.width / box.width
        height, width = image.shape[:2]
        size = (max(round(width * ratio), 1), max(round(height * ratio), 1))
        if ratio >= 1:
            return None
        shrunk = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        across, down = size[0] / width, size[1] / height
        return shrunk, Box(box.x0 * across, box.y0 * down, box.x1 * across, box.y1 * down)


@dataclass(frozen=True, slots=True)
class Jpeg:
    """Compressed once more, quality of libjpeg, colour at half resolution."""

    quality: int

    def __call__(self, image: RgbImage, box: Box) -> tuple[RgbImage, Box]:
        _, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, self.quality])
        decoded = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)
        return np.asarray(decoded, dtype=np.uint8), box


@dataclass(frozen=True, slots=True)
class Brightness:
    """Every sample multiplied and cut at 255."""

    gain: float

    def __call__(self, image: RgbImage, box: Box) -> tuple[RgbImage, Box]:
        table = np.clip(np.arange(256) * self.gain, 0, 255).round().astype(np.uint8)
        return table[image], box


@dataclass(frozen=True, slots=True)
class Blur:
    """Gaussian, sigma as a share of the width of the face."""

    sigma: float

    def __call__(self, image: RgbImage, box: Box) -> tuple[RgbImage, Box]:
        blurred = cv2.GaussianBlur(image, (0, 0), max(self.sigma * box.width, 0.3))
        return np.asarray(blurred, dtype=np.uint8), box


@dataclass(frozen=True, slots=True)
class Rotation:
    """Turned about the middle of the face, anticlockwise, degrees; the edge is repeated outside."""

    angle: float

    def __call__(self, image: RgbImage, box: Box) -> tuple[RgbImage, Box]:
        height, width = image.shape[:2]
        centre = ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
        matrix = cv2.getRotationMatrix2D(centre, self.angle, 1.0)
        turned = cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(turned, dtype=np.uint8), box


@dataclass(frozen=True, slots=True)
class Bars:
    """A flat bar on each side, `across` and `down` shares of width and height, compressed with the image."""

    across: float
    down: float
    level: int

    def __call__(self, image: RgbImage, box: Box) -> tuple[RgbImage, Box]:
        rows, columns = round(image.shape[0] * self.down), round(image.shape[1] * self.across)
        sides = ((rows, rows), (columns, columns), (0, 0))
        barred = np.pad(image, sides, constant_values=self.level)
        return Jpeg(92)(barred, box.moved(columns, rows))


@dataclass(frozen=True, slots=True)
class Turn:
    """The whole image turned clockwise by quarters."""

    quarters: int

    def __call__(self, image: RgbImage, box: Box) -> tuple[RgbImage, Box]:
        height, width = image.shape[:2]
        return turned(image, self.quarters), box.turned(self.quarters, width, height)


def grey(image: RgbImage, box: Box) -> tuple[RgbImage, Box]:
    """Luma in all three planes."""
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.cvtColor(luma, cv2.COLOR_GRAY2RGB), dtype=np.uint8), box
