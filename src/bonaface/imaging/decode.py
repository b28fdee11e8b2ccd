"""From the bytes of an image file to upright pixels, within limits."""

from collections.abc import Sequence
from functools import partial

from bonaface.errors import ImageTooLargeError, ImageTooSmallError
from bonaface.imaging import jpeg, png
from bonaface.imaging.picture import LEAST_DECODED, Picture, View, reduction_of
from bonaface.imaging.sniff import sniff
from bonaface.imaging.turn import turn_upright
from bonaface.imaging.types import ImageFormat, ImageHeader, RgbImage
from bonaface.settings import ImageLimits

TOGETHER = "The frames have over {most:,} pixels together; send smaller or fewer ones."

_DECODERS = {ImageFormat.JPEG: jpeg.decode, ImageFormat.PNG: png.decode}


def decode(data: bytes, limits: ImageLimits) -> RgbImage:
    """The image as a viewer shows it: H x W x 3, uint8, RGB, upright, contiguous.

    Checks in this order, each before the next costs anything:
    ImageTooLargeError over `limits.max_bytes`; InvalidImageError where empty, or the header is broken;
    UnsupportedImageFormatError where neither PNG nor JPEG; ImageTooLargeError over `limits.max_pixels`,
    read from the header; ImageTooSmallError for a side under `limits.min_side`; InvalidImageError where
    the picture is truncated or corrupt.
    """
    return _decoded(data, _checked(data, limits))


def open_picture(data: bytes, limits: ImageLimits) -> Picture:
    """The same image in views that are as small as will do; raises what `decode` does, before it returns.

    A large JPEG is decoded at a part of its size, which finds every fault of the file. Anything else is
    decoded in full: a PNG has no other way, and a progressive JPEG would cost hardly less, perhaps twice.
    """
    header = _checked(data, limits)
    width, height = header.upright_size
    reduction = reduction_of(width, height, LEAST_DECODED)
    if reduction == 1 or header.format is ImageFormat.PNG or header.progressive:
        return Picture.of(_decoded(data, header))
    least = -(-header.width // reduction), -(-header.height // reduction)
    smaller = turn_upright(jpeg.decode(data, least), header.orientation)
    return Picture(width, height, partial(_decoded, data, header), View(smaller, reduction))


def check_together(frames: Sequence[bytes], limits: ImageLimits) -> None:
    """Raises ImageTooLargeError where the files have more bytes or pixels together than one image may have.

    And for each what `decode` raises of its header. No pixel is decoded.
    """
    check_bytes(sum(map(len, frames)), limits)
    headers = [sniff(data) for data in frames]
    for header in headers:
        check_size(header, limits)
    if sum(header.counted_pixels for header in headers) > limits.max_pixels:
        raise ImageTooLargeError(TOGETHER.format(most=limits.max_pixels))


def _checked(data: bytes, limits: ImageLimits) -> ImageHeader:
    check_bytes(len(data), limits)
    header = sniff(data)
    check_size(header, limits)
    return header


def _decoded(data: bytes, header: ImageHeader) -> RgbImage:
    return turn_upright(_DECODERS[header.format](data), header.orientation)


def check_bytes(size: int, limits: ImageLimits) -> None:
    """Raises ImageTooLargeError for a file of more than `limits.max_bytes` bytes."""
    if size > limits.max_bytes:
        raise ImageTooLargeError(f"The image is over {limits.max_bytes:,} bytes; send a smaller file.")


def check_size(header: ImageHeader, limits: ImageLimits) -> None:
    """Raises ImageTooLargeError or ImageTooSmallError for sides, in pixels, outside the limits."""
    if header.counted_pixels > limits.max_pixels:
        most = limits.max_pixels * header.pixels // header.counted_pixels
        raise ImageTooLargeError(f"The image has over {most:,} pixels; send a smaller one.")
    if min(header.width, header.height) < limits.min_side:
        raise ImageTooSmallError(
            f"Width and height must be at least {limits.min_side} pixels; send a larger image."
        )
