"""What callers of the library have, made what the pipeline takes: a file's bytes, or pixels.

What cannot be what its caller means is refused with a sentence that says what to do.
"""

import sys
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, NoReturn, TypeAlias, TypeGuard, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from bonaface.errors import ImageTooLargeError, ImageTooSmallError, InvalidImageError, InvalidParameterError
from bonaface.imaging.alpha import lay_over_white, to_eight_bits
from bonaface.imaging.types import RgbImage
from bonaface.settings import ImageLimits

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

Color: TypeAlias = Literal["rgb", "bgr"]
"""Order of the colours of an array: `rgb` as Pillow and scikit-image have it, `bgr` as OpenCV has it."""
FileInput: TypeAlias = str | PathLike[str] | bytes | bytearray | memoryview | IO[bytes]
"""A path; the bytes of a PNG or JPEG file; a binary file object, which is read from where it stands."""
ImageInput: TypeAlias = "FileInput | NDArray[Any] | PillowImage"
"""A file; or an array, uint8, upright: H x W or H x W x 1 (grey), H x W x 3 (colour), H x W x 4 (colour and
alpha); or a Pillow image."""

COLORS: tuple[Color, ...] = get_args(Color)

_CHANNELS = (1, 3, 4)
_TO_RGB = {"rgb": None, "bgr": cv2.COLOR_BGR2RGB}
_FLATTENED = {"rgb": cv2.COLOR_RGBA2RGB, "bgr": cv2.COLOR_BGRA2RGB}
_KINDS = "Give a path, bytes, a binary file object, a Pillow image or a NumPy array"
_MODES = {
    "I": 'which has no white; convert it to "RGB" or "L"',
    "F": 'which has no white; convert it to "RGB" or "L"',
    "La": 'whose grey is multiplied by its alpha; convert it to "LA"',
    "LAB": 'which Pillow converts by a profile alone; convert it to "RGB" by PIL.ImageCms',
}
"""Modes of Pillow that are not taken, each with why, and what to do."""
_SHAPES = (
    "An image array is H x W (grey), H x W x 3 (colour) or H x W x 4 (colour and alpha), uint8; this one is "
)


def known_color(color: str) -> Color:
    """`color`, if it is one; raises InvalidParameterError."""
    if color not in COLORS:
        raise InvalidParameterError('color is "rgb", or "bgr" for arrays of OpenCV.')
    return color


def read_input(image: ImageInput, color: Color, limits: ImageLimits) -> bytes | RgbImage:
    """The bytes of an image file, not decoded yet, or pixels: H x W x 3, uint8, RGB, contiguous.

    color: order of the colours where `image` is an array, which does not tell; of no account elsewhere.
    Of a file, one byte more than `limits.max_bytes` at most: enough to refuse it.
    Raises InvalidParameterError for what is no image; ImageTooLargeError and ImageTooSmallError for pixels
    outside the limits; InvalidImageError for a Pillow image whose file is broken, and for a file object that
    has nothing left; OSError, as `open` does, where the path cannot be read.
    """
    if isinstance(image, np.ndarray):
        return _pixels(image, color, limits)
    if isinstance(image, bytes):
        return image
    if isinstance(image, bytearray | memoryview):
        return bytes(image)
    if isinstance(image, str | PathLike):
        return _read_path(image, limits)
    if _is_pillow(image):
        return _pillow_pixels(image, limits)
    read = getattr(image, "read", None)
    return _read_file(read, limits) if callable(read) else _refuse(image)


def _read_path(path: str | PathLike[str], limits: ImageLimits) -> bytes:
    text = str(path)
    if text.startswith(("http://", "https://")):
        raise InvalidParameterError("The library fetches no URL; download the image and give its bytes.")
    if text.startswith("data:"):
        raise InvalidParameterError("A data: URL is no path; decode its Base64 and give the bytes.")
    if not text or "\0" in text:
        raise InvalidParameterError("This text is no path; give the path of an image file, or its bytes.")
    with Path(path).open("rb") as file:
        return file.read(limits.max_bytes + 1)


def _read_file(read: Callable[[int], Any], limits: ImageLimits) -> bytes:
    """All that `read` gives, up to a byte over the limit: a pipe or a socket may give it in parts."""
    parts: list[bytes] = []
    left = limits.max_bytes + 1
    while left > 0:
        try:
            part = read(left)
        except ValueError:  # closed, for writing only, or text that the bytes of an image are not
            raise InvalidParameterError(
                'The file object cannot be read; open it with mode "rb", and keep it open.'
            ) from None
        if not isinstance(part, bytes):
            _refuse_part(part)
        if not part:
            break
        parts.append(part)
        left -= len(part)
    if not parts:
        raise InvalidImageError("The file object has nothing left to read; call its seek(0) first.")
    return b"".join(parts)


def _refuse_part(part: object) -> NoReturn:
    if hasattr(part, "close") and hasattr(part, "__await__"):
        part.close()  # a coroutine that nobody awaits is warned of
        raise InvalidParameterError("The file object is asynchronous; give `await file.read()` instead.")
    if isinstance(part, str):
        raise InvalidParameterError('The file object gives text; open it with mode "rb".')
    raise InvalidParameterError("The file object does not give bytes; read it and give the bytes.")


def _pixels(image: NDArray[Any], color: Color, limits: ImageLimits) -> RgbImage:
    _check_shape(image)
    _check_kind(image)
    _check_size(image.shape[1], image.shape[0], limits)
    return _as_rgb(image, color)


def _as_rgb(image: NDArray[np.uint8], color: Color) -> RgbImage:
    """Of an array that was checked."""
    channels = 1 if image.ndim == 2 else image.shape[2]
    if channels == 4:
        return lay_over_white(image, _FLATTENED[color])
    if channels == 1:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2RGB), np.uint8)
    conversion = _TO_RGB[color]
    return np.ascontiguousarray(image if conversion is None else cv2.cvtColor(image, conversion))


def _check_shape(image: NDArray[Any]) -> None:
    shape = " x ".join(map(str, image.shape)) or "a single number"
    if image.ndim == 4:
        raise InvalidParameterError(
            f"The array is a batch ({shape}); give its images one by one, or to `analyze_many`."
        )
    if image.ndim == 3 and image.shape[0] in _CHANNELS and image.shape[2] not in _CHANNELS:
        raise InvalidParameterError(
            f"The array has its channels first ({shape}); give np.moveaxis(image, 0, -1) instead."
        )
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in _CHANNELS):
        raise InvalidParameterError(f"{_SHAPES}{shape}.")


def _check_kind(image: NDArray[Any]) -> None:
    """Raises InvalidParameterError unless it is uint8: its owner alone knows the range of other values."""
    if image.dtype == np.uint8:
        return
    if image.size and image.dtype.kind == "f" and not np.isfinite(image).all():
        raise InvalidParameterError("The array holds NaN or infinity; give uint8 values of 0 to 255.")
    if image.dtype.kind == "f":
        change = "(image * 255).round().astype(np.uint8) if its values are 0 to 1"
    elif image.dtype == np.uint16:
        change = "(image // 257).astype(np.uint8) if it uses all 16 bits"
    else:
        change = "image.astype(np.uint8) if its values are 0 to 255"
    raise InvalidParameterError(f"The array is {image.dtype}, not uint8; give {change}.")


def _check_size(width: int, height: int, limits: ImageLimits) -> None:
    if width * height > limits.max_pixels:
        raise ImageTooLargeError(f"The image has more than {limits.max_pixels:,} pixels; send a smaller one.")
    if min(width, height) < limits.min_side:
        raise ImageTooSmallError(f"Both sides of the image must be at least {limits.min_side} pixels.")


def _is_pillow(image: object) -> "TypeGuard[PillowImage]":
    """Whether it is an image of Pillow, which is only looked for where somebody has imported it."""
    pillow = sys.modules.get("PIL.Image")
    return pillow is not None and isinstance(image, pillow.Image)


def _pillow_pixels(image: "PillowImage", limits: ImageLimits) -> RgbImage:
    """Upright by its EXIF tag, if it still has one; the frame it stands at; alpha over white."""
    from PIL.ImageOps import exif_transpose

    _check_size(*image.size, limits)
    try:
        upright = exif_transpose(image)
        if upright.mode.startswith("I;16"):
            return _as_rgb(np.asarray(to_eight_bits(np.asarray(upright, np.uint16)), np.uint8), "rgb")
        if upright.mode in _MODES:
            raise InvalidParameterError(f"The Pillow image has mode {upright.mode}, {_MODES[upright.mode]}.")
        return _as_rgb(np.asarray(upright.convert("RGBA" if upright.has_transparency_data else "RGB")), "rgb")
    except (OSError, SyntaxError, ValueError) as error:  # the file is read only now
        raise InvalidImageError(
            "Pillow cannot read the image to its end; give an open and whole one."
        ) from error


def _refuse(image: object) -> NoReturn:
    if image is None:
        raise InvalidParameterError(
            "There is no image: cv2.imread gives None for a file that it cannot read; give the path itself."
        )
    if hasattr(image, "detach") and hasattr(image, "numpy"):
        raise InvalidParameterError(
            "A tensor is no image; give an H x W x 3 uint8 array, as by image.permute(1, 2, 0).cpu().numpy()."
        )
    raise InvalidParameterError(f"{_KINDS}; this is a {type(image).__name__}.")
