"""Images that fail each in one way, made by an encoder other than the product's."""

import io
import struct
import zlib

from PIL import Image


def png(width: int = 100, height: int = 100, colour: tuple[int, int, int] = (120, 130, 140)) -> bytes:
    return _encoded(Image.new("RGB", (width, height), colour), "PNG")


def jpeg(width: int = 100, height: int = 100) -> bytes:
    return _encoded(Image.radial_gradient("L").resize((width, height)).convert("RGB"), "JPEG")


def gif() -> bytes:
    return _encoded(Image.new("P", (100, 100)), "GIF")


def webp() -> bytes:
    return _encoded(Image.new("RGB", (100, 100)), "WEBP")


def png_header_of(width: int, height: int) -> bytes:
    """A PNG that says it is this large and holds next to nothing."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = _chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + _chunk(b"IEND", b"")


def padded(image: bytes, size: int) -> bytes:
    """A PNG grown to `size` bytes by what stands after its end, which viewers ignore."""
    return image + bytes(size - len(image))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _encoded(image: Image.Image, form: str) -> bytes:
    target = io.BytesIO()
    image.save(target, form)
    return target.getvalue()
