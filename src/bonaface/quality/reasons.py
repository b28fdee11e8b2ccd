"""The circumstances that make a verdict on a face less certain."""

from collections.abc import Iterator

from bonaface.geometry import Box
from bonaface.imaging.bars import Content
from bonaface.imaging.crop import pixels_under
from bonaface.imaging.picture import Picture, View
from bonaface.imaging.types import RgbImage
from bonaface.quality.exposure import TOO_BRIGHT_ABOVE, TOO_DARK_BELOW, mean_luma
from bonaface.quality.pose import ESTIMATE_ERROR
from bonaface.quality.sharpness import BLURRED_BELOW, sharpness
from bonaface.settings import FaceSettings
from bonaface.types import Pose, Reason


def find_reasons(picture: Picture, box: Box, pose: Pose, settings: FaceSettings) -> tuple[Reason, ...]:
    """Every reason that holds, in the order of `Reason`. box: the face, clipped to the image."""
    return tuple(sorted(_reasons(picture, box, pose, settings), key=list(Reason).index))


def _reasons(picture: Picture, box: Box, pose: Pose, settings: FaceSettings) -> Iterator[Reason]:
    if min(box.width, box.height) < settings.min_side:
        yield Reason.TOO_SMALL
    if surely_turned(pose, settings.max_angle):
        yield Reason.TURNED_AWAY
    if touches_border(box, picture.content):
        yield Reason.AT_IMAGE_BORDER
    face = face_pixels(picture.view_of(box), box)
    if sharpness(face) < BLURRED_BELOW:
        yield Reason.BLURRED
    luma = mean_luma(face)
    if luma < TOO_DARK_BELOW:
        yield Reason.TOO_DARK
    if luma > TOO_BRIGHT_ABOVE:
        yield Reason.TOO_BRIGHT


def surely_turned(pose: Pose, limit: float) -> bool:
    """True when yaw or pitch is past `limit` degrees by more than the error of the estimate."""
    return max(abs(pose.yaw), abs(pose.pitch)) > limit + ESTIMATE_ERROR


def touches_border(box: Box, content: Content) -> bool:
    """True when the box was cut off by a side of the image, or by a flat bar along it."""
    return box.x0 <= content.x0 or box.y0 <= content.y0 or box.x1 >= content.x1 or box.y1 >= content.y1


def face_pixels(view: View, box: Box) -> RgbImage:
    """The view's pixels under the box, which is given in pixels of the full image; at least one."""
    return pixels_under(view.pixels, view.box_in(box))
