"""Where something is in an image: points, boxes and landmarks, in pixels of the upright image.

Coordinates have their origin at the top-left corner of the image after its EXIF orientation was
applied; x grows to the right, y downwards. *Left* and *right* are the image's, not the person's.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A position in pixels."""

    x: float
    y: float

    def scaled(self, factor: float) -> "Point":
        """The same place where the image is `factor` times as large."""
        return Point(self.x * factor, self.y * factor)

    def moved(self, right: float, down: float) -> "Point":
        """The point so many pixels further."""
        return Point(self.x + right, self.y + down)

    def turned(self, quarters: int, width: float, height: float) -> "Point":
        """Where it is once its image of that size was turned clockwise by so many quarters."""
        turned = (
            (self.x, self.y),
            (height - self.y, self.x),
            (width - self.x, height - self.y),
            (self.y, width - self.x),
        )
        return Point(*turned[quarters % 4])

    def within(self, width: int, height: int) -> "Point":
        """The point, or the nearest one of an image of that size."""
        return Point(min(self.x, width), min(self.y, height))


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-parallel rectangle in pixels, x0 < x1 and y0 < y1."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        return self.width * self.height

    def rounded(self) -> "Box":
        """The box on whole pixels."""
        return Box(round(self.x0), round(self.y0), round(self.x1), round(self.y1))

    def scaled(self, factor: float) -> "Box":
        """The same box where the image is `factor` times as large."""
        return Box(self.x0 * factor, self.y0 * factor, self.x1 * factor, self.y1 * factor)

    def moved(self, right: float, down: float) -> "Box":
        """The box so many pixels further."""
        return Box(self.x0 + right, self.y0 + down, self.x1 + right, self.y1 + down)

    def turned(self, quarters: int, width: float, height: float) -> "Box":
        """Where it is once its image of that size was turned clockwise by so many quarters."""
        corners = [
            Point(x, y).turned(quarters, width, height) for x, y in ((self.x0, self.y0), (self.x1, self.y1))
        ]
        (x0, x1), (y0, y1) = sorted(corner.x for corner in corners), sorted(corner.y for corner in corners)
        return Box(x0, y0, x1, y1)

    def within(self, width: int, height: int) -> "Box":
        """The box without what lies right of, or under, an image of that size."""
        return Box(self.x0, self.y0, min(self.x1, width), min(self.y1, height))


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Five points of a face; left and right as seen when the image is turned so that the head is upright."""

    left_eye: Point
    right_eye: Point
    nose: Point
    left_lip: Point
    right_lip: Point

    def __iter__(self) -> Iterator[Point]:
        return iter((self.left_eye, self.right_eye, self.nose, self.left_lip, self.right_lip))

    @property
    def quarters(self) -> int:
        """Clockwise quarter-turns, 0..3, nearest to how the head lies: 0 = upright, 2 = upside down.

        Told by the way from the eyes to the mouth, which a head that looks aside keeps.
        """
        right = self.left_lip.x + self.right_lip.x - self.left_eye.x - self.right_eye.x
        down = self.left_lip.y + self.right_lip.y - self.left_eye.y - self.right_eye.y
        if abs(down) >= abs(right):
            return 0 if down >= 0 else 2
        return 1 if right < 0 else 3
