"""What is said of one image: plain data, that tells itself as JSON, as a drawing and to a notebook."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bonaface.types import Face, Preset

if TYPE_CHECKING:
    from bonaface.drawing import Drawing
    from bonaface.imaging.image_input import Color, ImageInput


@dataclass(frozen=True, slots=True)
class Analysis:
    """All faces of one image, largest first. It holds no pixels."""

    width: int
    height: int
    preset: Preset
    faces: tuple[Face, ...]

    def off_centre(self, face: Face) -> float:
        """Pixels from the middle of the face's box to the middle of the image."""
        box = face.box
        return math.hypot(box.x0 + box.x1 - self.width, box.y0 + box.y1 - self.height) / 2

    def to_dict(self) -> dict[str, Any]:
        """What `json.dumps` takes: the object that `bonaface check --json` prints, without its path.

        Coordinates are rounded to hundredths of a pixel, scores to millionths, angles to tenths of a degree.
        """
        return {
            "width": self.width,
            "height": self.height,
            "preset": self.preset.value,
            "faces": [face.to_dict() for face in self.faces],
        }

    def draw(self, image: "ImageInput", *, color: "Color" = "rgb") -> "Drawing":
        """The image with box, landmarks, verdict and liveness score of each face.

        image: the one that was analysed, given again; color: order of the colours of an array.
        Raises what reading it raises; InvalidParameterError where it has another size.
        """
        from bonaface.drawing import draw  # not before: it needs the libraries of images

        return draw(image, self.faces, (self.width, self.height), color)

    def _repr_html_(self) -> str:
        """A table of the faces beside a sketch of where they are."""
        if not self.faces:
            return f"<p>No face in {self.width} x {self.height} pixels.</p>"
        cells = ("face", "verdict", "liveness score", "box", "reasons")
        head = "".join(f"<th>{cell}</th>" for cell in cells)
        rows = "".join(_row(number, face) for number, face in enumerate(self.faces, 1))
        table = f"<table><caption>preset: {self.preset}</caption><tr>{head}</tr>{rows}</table>"
        return f'<div style="display:flex;gap:1em;align-items:flex-start">{self._sketch()}{table}</div>'

    def _sketch(self) -> str:
        boxes = "".join(
            f'<rect x="{face.box.x0:.0f}" y="{face.box.y0:.0f}" width="{face.box.width:.0f}" '
            f'height="{face.box.height:.0f}" fill="none" stroke="{_colour(face)}" stroke-width="3" '
            'vector-effect="non-scaling-stroke"/>'
            for face in self.faces
        )
        return (
            f'<svg viewBox="0 0 {self.width} {self.height}" width="160" role="img" '
            f'aria-label="where the faces are" style="border:1px solid grey">{boxes}</svg>'
        )


def _colour(face: Face) -> str:
    return "#dc2828" if face.spoofing else "#28a028"


def _row(number: int, face: Face) -> str:
    box = face.box
    cells = (
        str(number),
        "presentation attack" if face.spoofing else "bona fide",
        f"{face.liveness_score:.3f}",
        f"{box.width:.0f} x {box.height:.0f} at {box.x0:.0f}, {box.y0:.0f}",
        ", ".join(face.reasons),
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
