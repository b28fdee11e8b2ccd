"""All that a verdict on a face depends on, measured, each with its limit: the reasons, and what is near one.

The first six are those of `bonaface.quality.reasons`, by the same limits. The others tell of the picture, or
take longer; they are measured for an inspection alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bonaface.geometry import Box
from bonaface.imaging.bars import Content
from bonaface.imaging.chroma import MOST_COLOURED, coloured_share
from bonaface.imaging.picture import Picture, View
from bonaface.imaging.types import RgbImage
from bonaface.quality.backlight import BACK_LIT_ABOVE, backlight
from bonaface.quality.contrast import LOW_CONTRAST_BELOW, contrast
from bonaface.quality.exposure import TOO_BRIGHT_ABOVE, TOO_DARK_BELOW, mean_luma
from bonaface.quality.pose import ESTIMATE_ERROR
from bonaface.quality.reasons import face_pixels, surely_turned, touches_border
from bonaface.quality.sharpness import BLURRED_BELOW, sharpness
from bonaface.settings import FaceSettings
from bonaface.types import Detection, Measure, Pose, Reason

Measures = tuple[Measure, ...]

COMPRESSED_BELOW = 40.0
"""Quality on libjpeg's scale: the lowest at which it was measured how verdicts hold."""
ALONE = 1
LEAST_PERSON = 2.0
"""Log-odds; 0.4 % of the bona fide faces measured are below."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of the image around a face.

    faces: how many of it count; quality: of its compression, 1..100 (`bonaface.imaging.compression`).
    """

    faces: int
    quality: float


def measure(
    picture: Picture, face: Detection, pose: Pose, around: Surroundings, settings: FaceSettings
) -> Measures:
    """One measure for each reason, in the order of `Reason`; the last where the detector tells it."""
    view = picture.view_of(face.box)
    pixels = face_pixels(view, face.box)
    return (
        *_of_place(picture, face.box, pose, settings),
        *_of_light(view, face.box, pixels),
        *_of_picture(picture, view, pixels, around),
        *_of_person(face.person),
    )


def unmet(measures: Iterable[Measure]) -> tuple[Reason, ...]:
    """The reasons that hold."""
    return tuple(measure.reason for measure in measures if not measure.is_met)


def _of_place(picture: Picture, box: Box, pose: Pose, settings: FaceSettings) -> Measures:
    side, content = min(box.width, box.height), picture.content
    turned, angle = max(abs(pose.yaw), abs(pose.pitch)), settings.max_angle
    return (
        Measure(Reason.TOO_SMALL, side, settings.min_side, side >= settings.min_side),
        Measure(Reason.TURNED_AWAY, turned, angle + ESTIMATE_ERROR, not surely_turned(pose, angle)),
        Measure(Reason.AT_IMAGE_BORDER, _margin(box, content), 0.0, not touches_border(box, content)),
    )


def _margin(box: Box, content: Content) -> float:
    """From the box to the nearest edge of the picture, in longer sides of the box."""
    margins = (box.x0 - content.x0, box.y0 - content.y0, content.x1 - box.x1, content.y1 - box.y1)
    return min(margins) / max(box.width, box.height)


def _of_light(view: View, box: Box, pixels: RgbImage) -> Measures:
    sharp, luma, apart = sharpness(pixels), mean_luma(pixels), contrast(pixels)
    behind = backlight(view.pixels, view.box_in(box))
    return (
        Measure(Reason.BLURRED, sharp, BLURRED_BELOW, sharp >= BLURRED_BELOW),
        Measure(Reason.TOO_DARK, luma, TOO_DARK_BELOW, luma >= TOO_DARK_BELOW),
        Measure(Reason.TOO_BRIGHT, luma, TOO_BRIGHT_ABOVE, luma <= TOO_BRIGHT_ABOVE),
        Measure(Reason.BACK_LIT, behind, BACK_LIT_ABOVE, behind <= BACK_LIT_ABOVE),
        Measure(Reason.LOW_CONTRAST, apart, LOW_CONTRAST_BELOW, apart >= LOW_CONTRAST_BELOW),
    )


def _of_picture(picture: Picture, view: View, pixels: RgbImage, around: Surroundings) -> Measures:
    coloured = max(coloured_share(view.pixels), coloured_share(pixels))
    content = picture.content
    inside = (content.x1 - content.x0) * (content.y1 - content.y0)
    bars = 1 - inside / (picture.width * picture.height)
    quality, faces = around.quality, around.faces
    return (
        Measure(Reason.GREY, coloured, MOST_COLOURED, coloured > MOST_COLOURED),
        Measure(Reason.COMPRESSED, quality, COMPRESSED_BELOW, quality >= COMPRESSED_BELOW),
        Measure(Reason.LETTERBOXED, bars, 0.0, bars <= 0),
        Measure(Reason.SEVERAL_FACES, faces, ALONE, faces <= ALONE),
    )


def _of_person(log_odds: float | None) -> Measures:
    if log_odds is None:
        return ()
    return (Measure(Reason.NOT_A_PERSON, log_odds, LEAST_PERSON, log_odds >= LEAST_PERSON),)
