"""The one EXIF tag that matters here: orientation.

Sources: Exif 2.32 (CIPA DC-008), TIFF 6.0. Whatever is broken reads as *not turned*, as viewers do.
"""

import struct

UPRIGHT = 1
EXIF_PREFIX = b"Exif\x00\x00"

_BYTE_ORDERS = {b"II*\x00": "<", b"MM\x00*": ">"}
_ORIENTATION = 0x0112
_SHORT = 3
_ENTRY = 12


def read_orientation(block: bytes) -> int:
    """The orientation, 1..8, of an EXIF block (a TIFF file, with or without `Exif\\0\\0` before it).

    Only the first directory counts; anything missing, broken or out of range is 1.
    """
    tiff = block.removeprefix(EXIF_PREFIX)
    order = _BYTE_ORDERS.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        return _from_directory(tiff, order)
    except struct.error:
        return UPRIGHT


def _from_directory(tiff: bytes, order: str) -> int:
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    entry = struct.Struct(f"{order}HHIH")
    for offset in range(start + 2, start + 2 + count * _ENTRY, _ENTRY):
        tag, kind, values, value = entry.unpack_from(tiff, offset)
        if tag == _ORIENTATION:
            valid = kind == _SHORT and values == 1 and 1 <= value <= 8
            return int(value) if valid else UPRIGHT
    return UPRIGHT
