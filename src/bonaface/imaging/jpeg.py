"""JPEG: the header without decoding, and the pixels as stored.

Sources: ITU-T T.81 (markers), Exif 2.32 (APP1), CIPA DC-007 (MPO: further images after the first EOI).
"""

from collections import Counter
from zlib import crc32

import cv2
import numpy as np
import simplejpeg

from bonaface.errors import InvalidImageError, UnsupportedImageFormatError
from bonaface.imaging import entropy
from bonaface.imaging.arithmetic import followed, is_arithmetic
from bonaface.imaging.exif import EXIF_PREFIX, UPRIGHT, read_orientation
from bonaface.imaging.huffman import NotWholeError
from bonaface.imaging.repair import repaired
from bonaface.imaging.segments import APP1, FRAMES, PROGRESSIVE_FRAMES, SOS, segments
from bonaface.imaging.shrink import halved
from bonaface.imaging.types import ImageFormat, ImageHeader, RgbImage
from bonaface.memory_errors import NO_MEMORY, is_memory_error, require_memory

SIGNATURE = b"\xff\xd8\xff"

MAX_SCANS = 64
"""Encoders write about ten. Every scan may cost a pass over all pixels, however few bytes it has."""
FEW_SCANS = 20
"""Taken whatever the number of pixels: the usual progressive CMYK has 18."""
MAX_SCANNED = 400_000_000
"""Pixels times scans, where there are more than a few: about a second of work."""

_PAIR = np.dtype(np.uint16)
_SOS_PAIR = np.frombuffer(b"\xff\xda", _PAIR)[0]
_READABLE_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})
_UNKNOWN_SAMPLING = "Could not determine subsampling level"
"""What TurboJPEG says of sampling factors that it has no name for, though libjpeg reads them."""

_BEHIND_SCAN = "extraneous bytes before marker"
"""What libjpeg says where the coded data of a scan goes on behind the last block."""
_BEHIND_DATA = f"{_BEHIND_SCAN} 0xd9"
"""The same of the last scan."""

_PIXEL, _COEFFICIENTS = 3, 6
"""Bytes a pixel: as decoded, and as libjpeg keeps them until the last scan of a progressive file is read."""

_BROKEN_HEADER = "The JPEG's header is truncated or corrupt; send the whole file."
_BROKEN = (
    "The JPEG is truncated, corrupt or of a rare kind; send the whole file, or save it anew as PNG or JPEG."
)


def read_header(data: bytes) -> ImageHeader:
    """What the JPEG `data` (it starts with SIGNATURE) says about its first image.

    Raises InvalidImageError where the header breaks off before the frame's size or makes no sense,
    UnsupportedImageFormatError for lossless and hierarchical JPEG.
    """
    frame: tuple[int, bytes] | None = None
    exif = b""
    for marker, start, end in segments(data):
        if marker in FRAMES and frame is None:
            frame = marker, data[start:end]
        elif marker == APP1 and not exif and data.startswith(EXIF_PREFIX, start, end):
            exif = data[start:end]
        elif marker == SOS:
            break
    if frame is None:
        raise InvalidImageError(_BROKEN_HEADER)
    return _header(*frame, read_orientation(exif) if exif else UPRIGHT)


def decode(data: bytes, least: tuple[int, int] = (0, 0)) -> RgbImage:
    """The first image of a JPEG as stored, H x W x 3, uint8, RGB; ICC profiles are not applied.

    Grey, YCbCr, RGB, CMYK and YCCK (inverted, as Adobe writes and viewers assume), sequential and
    progressive, Huffman and arithmetic. Whatever follows the first image is ignored.
    least: width and height; the smallest size, in eighths of the stored one, that reaches both. Zeros give
    the stored size. All of the file is read whatever the size, so that every size finds the same faults.
    Raises InvalidImageError for what a decoder would only warn about, or not even that, though pixels are
    lost: a missing end or component, damaged data. What loses none is repaired first.
    """
    if _may_have_more_scans(data, FEW_SCANS) and _count_scans(data) > _most_scans(read_header(data).pixels):
        raise InvalidImageError("The JPEG has too many scans; save it anew as a baseline JPEG.")
    if _lacks_component(data):
        raise InvalidImageError(_BROKEN)
    try:
        return _decoded(data, least)
    except ValueError as error:
        return _decoded_after_repair(data, least, error)


def _decoded_after_repair(data: bytes, least: tuple[int, int], error: ValueError) -> RgbImage:
    """What is left to try where decoding raised `error`."""
    sound, channels = data, read_header(data).channels
    for padding in (False, True):
        candidate = repaired(data, channels, padding=padding)
        if candidate is None or (padding and not _may_be_padded(error)):
            continue
        try:
            return _decoded(candidate, least)
        except ValueError as found:
            sound, error = candidate, found
    trimmed = entropy.trimmed(sound) if _BEHIND_DATA in str(error) else None
    if trimmed is None:
        raise InvalidImageError(_BROKEN) from error
    try:
        return _decoded(trimmed, least)
    except ValueError as found:
        raise InvalidImageError(_BROKEN) from found


def _lacks_component(data: bytes) -> bool:
    """Whether a component of the frame is in no scan (of a progressive file: none with its DC coefficients).

    Decoders make it zeros without a warning. As a rule the first scan has all of them, and nothing is read
    beyond its header.
    """
    missing, is_progressive = Counter[int](), False
    for marker, start, end in segments(data):
        payload = data[start:end]
        if marker in FRAMES:
            missing, is_progressive = Counter(payload[6::3]), marker in PROGRESSIVE_FRAMES
        elif marker == SOS:
            coefficients = 1 + 2 * payload[0] if payload else 1
            if not is_progressive or payload[coefficients : coefficients + 1] == b"\x00":
                missing -= Counter(payload[1:coefficients:2])
            if not missing:
                return False
    return bool(missing)


def _may_be_padded(error: ValueError) -> bool:
    """Whether bytes were left over behind a scan, or the walk through its data cannot tell."""
    return isinstance(error, NotWholeError) or _BEHIND_SCAN in str(error)


def _decoded(data: bytes, least: tuple[int, int]) -> RgbImage:
    """Raises ValueError for whatever libjpeg warns about, MemoryError where it finds no memory."""
    try:
        if is_arithmetic(data):
            _check_arithmetic(data)
        return _decoded_by_turbojpeg(data, least)
    except ValueError as error:
        if _UNKNOWN_SAMPLING not in str(error):
            raise
        return _decoded_by_opencv(data, least)


def _decoded_by_turbojpeg(data: bytes, least: tuple[int, int] = (0, 0), *, strict: bool = True) -> RgbImage:
    """Raises ValueError for what it cannot read and, if `strict`, for warnings; MemoryError as `_decoded`."""
    width, height = least
    try:
        image = simplejpeg.decode_jpeg(
            data, colorspace="RGB", min_width=width, min_height=height, strict=strict
        )
    except ValueError as error:
        if is_memory_error(error):  # no fault of the file: what repairs one would hide it
            raise MemoryError(NO_MEMORY) from error
        raise
    return np.asarray(image, dtype=np.uint8)


def _check_arithmetic(data: bytes) -> None:
    """Raise NotWholeError where pixels depend on what follows the data; a picture at a time is kept."""
    own = crc32(_decoded_by_turbojpeg(data).data)
    if crc32(_decoded_by_turbojpeg(followed(data), strict=False).data) != own:
        raise NotWholeError


def _decoded_by_opencv(data: bytes, least: tuple[int, int]) -> RgbImage:
    """The same with any sampling factors; OpenCV swallows warnings, so the data is walked before.

    It swallows a want of memory, too: asked for before.
    """
    entropy.check(data)
    header = read_header(data)
    require_memory(header.pixels * (_COEFFICIENTS + _PIXEL if header.progressive else _PIXEL))
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION)
    if image is None:
        raise ValueError(_BROKEN)
    pixels = np.asarray(image, dtype=np.uint8)
    while min(least) and -(-pixels.shape[1] // 2) >= least[0] and -(-pixels.shape[0] // 2) >= least[1]:
        pixels = halved(pixels)
    return pixels


def _header(marker: int, payload: bytes, orientation: int) -> ImageHeader:
    if marker not in _READABLE_FRAMES:
        raise UnsupportedImageFormatError(
            "Lossless and hierarchical JPEG is not supported; send PNG or JPEG."
        )
    width, height = int.from_bytes(payload[3:5], "big"), int.from_bytes(payload[1:3], "big")
    if len(payload) < 6 or not width or not height:
        raise InvalidImageError(_BROKEN_HEADER)
    return ImageHeader(
        format=ImageFormat.JPEG,
        width=width,
        height=height,
        orientation=orientation,
        bits=payload[0],
        channels=payload[5],
        progressive=marker in PROGRESSIVE_FRAMES,
    )


def _most_scans(pixels: int) -> int:
    return max(FEW_SCANS, min(MAX_SCANS, MAX_SCANNED // pixels))


def _may_have_more_scans(data: bytes, most: int) -> bool:
    """Whether the bytes of a scan's marker come more than `most` times, by way of metadata or not.

    Two bytes at a time from both parities: an eighth of what `bytes.count` takes.
    """
    even, odd = (np.frombuffer(data, _PAIR, (len(data) - start) // 2, start) for start in (0, 1))
    return int(np.count_nonzero(even == _SOS_PAIR) + np.count_nonzero(odd == _SOS_PAIR)) > most


def _count_scans(data: bytes) -> int:
    return sum(marker == SOS for marker, _, _ in segments(data))
