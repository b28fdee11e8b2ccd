"""A JPEG without what libjpeg warns about though no pixel is lost.

The file is rewritten, to be decoded strictly again, so that a warning that counts is never masked by one that
does not. Which is which: docs/imaging.md. Sources: ITU-T T.81, annex B; JFIF 1.02; Adobe technical note 5116;
libjpeg-turbo 3.1, jerror.h and jdmarker.c.
"""

import numpy as np

from bonaface.imaging.segments import (
    APP0,
    APP2,
    APP14,
    RST0,
    SEQUENTIAL_FRAMES,
    SOS,
    next_marker,
    scan_end,
    segments,
)

_JFIF, _ADOBE, _ICC = b"JFIF\x00", b"Adobe", b"ICC_PROFILE\x00"
_MAJOR_AT, _TRANSFORM_AT = 5, 11
_TRANSFORMS = {3: b"\x00\x01", 4: b"\x00\x02"}
"""Adobe's codes by number of components; any other is read as the last one."""
_SEQUENTIAL_SCAN = bytes([0, 63, 0])
"""First and last coefficient, and bits of precision, of a scan that holds all of its block."""
_NEAREST_ASTRAY, _FARTHEST_ASTRAY = 3, 5
"""How far, modulo 8, a restart marker is off that decoders take for the one that is due; one that is nearer
tells them that coded data was lost."""


def repaired(data: bytes, channels: int, *, padding: bool = False) -> bytes | None:
    """The JPEG rewritten; None where there is nothing to repair. channels: of its frame.

    Left out: bytes between segments that belong to none, ICC profiles (not applied), with `padding` zeros
    behind the coded data of a scan. Set right: the JFIF version, an unknown Adobe transform, the coefficients
    of a scan in a sequential frame, restart markers with numbers that decoders pass over. Coded data may end
    with a zero of its own: ask for `padding` only where a decoder found bytes left over.
    """
    parts, position, is_sequential = [data[:2]], 2, False
    for marker, start, end in segments(data):
        is_sequential = is_sequential or marker in SEQUENTIAL_FRAMES
        position = scan_end(data, end) if marker == SOS else end
        if start <= end and not (marker == APP2 and data.startswith(_ICC, start, end)):
            payload = _corrected(marker, data[start:end], channels, is_sequential)
            parts += [bytes([0xFF, marker]), data[start - 2 : start], payload]
        if marker == SOS:
            coded = _in_step(data[end:position])
            parts.append(_without_padding(coded) if padding else coded)
    rewritten = b"".join([*parts, data[next_marker(data, position) :]])
    return rewritten if rewritten != data else None


def _corrected(marker: int, payload: bytes, channels: int, is_sequential: bool) -> bytes:
    """The payload of a segment, as long as before, with the values that decoders assume."""
    if marker == APP0 and payload.startswith(_JFIF) and len(payload) > _MAJOR_AT:
        return _with(payload, _MAJOR_AT, 1)
    if marker == APP14 and payload.startswith(_ADOBE) and len(payload) > _TRANSFORM_AT:
        known = _TRANSFORMS.get(channels, b"")
        is_odd = known and payload[_TRANSFORM_AT] not in known
        return _with(payload, _TRANSFORM_AT, known[-1]) if is_odd else payload
    if marker == SOS and is_sequential and len(payload) > len(_SEQUENTIAL_SCAN):
        return payload[: -len(_SEQUENTIAL_SCAN)] + _SEQUENTIAL_SCAN
    return payload


def _with(payload: bytes, at: int, value: int) -> bytes:
    return payload[:at] + bytes([value]) + payload[at + 1 :]


def _in_step(coded: bytes) -> bytes:
    """Coded data whose restart markers have the numbers that are due, but for those that tell of a loss."""
    raw = np.frombuffer(coded, np.uint8).copy()
    markers = np.flatnonzero((raw[:-1] == 0xFF) & (raw[1:] & 0xF8 == RST0)) + 1
    due = np.arange(len(markers)) % 8
    astray = (raw[markers] - due) % 8
    passed_over = (astray >= _NEAREST_ASTRAY) & (astray <= _FARTHEST_ASTRAY)
    raw[markers[passed_over]] = RST0 + due[passed_over]
    return raw.tobytes()


def _without_padding(coded: bytes) -> bytes:
    """Coded data without zeros and fill bytes at its end, but for the zero that belongs to a byte of ones."""
    bare = coded.rstrip(b"\xff").rstrip(b"\x00")
    return bare + b"\x00" if bare.endswith(b"\xff") and len(bare) < len(coded) else bare
