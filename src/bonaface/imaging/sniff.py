"""Which of the two formats a file is, and its header, by content alone and without decoding a pixel."""

from bonaface.errors import InvalidImageError, UnsupportedImageFormatError
from bonaface.imaging import jpeg, png
from bonaface.imaging.types import ImageHeader

_READERS = {jpeg.SIGNATURE: jpeg.read_header, png.SIGNATURE: png.read_header}


def sniff(data: bytes) -> ImageHeader:
    """The header of an image file; the work is linear in its length and small.

    An MPO counts as the JPEG that it starts with. Raises InvalidImageError where the file is empty or
    its PNG or JPEG header is truncated or corrupt, UnsupportedImageFormatError for anything else.
    """
    if not data:
        raise InvalidImageError("The image is empty; send the bytes of a PNG or JPEG file.")
    for signature, read_header in _READERS.items():
        if data.startswith(signature):
            return read_header(data)
        if signature.startswith(data):
            raise InvalidImageError("The image breaks off within its first bytes; send the whole file.")
    raise UnsupportedImageFormatError("The image is neither PNG nor JPEG; save it as one of them.")
