"""Fuzzing target: PNG with damage that loses no pixel, which is read alike, and with damage that does."""

from fuzz import harness
from fuzz.damage import Damaged, never_an_answer, number
from support.pictures import animated
from support.pictures import png as pngs
from support.pictures.bombs import with_chunks
from support.pictures.picture import picture, png

KINDS = (b"tEXt", b"iCCP", b"eXIf", b"tRNS", b"gAMA", b"acTL", b"fcTL", b"fdAT", b"prVt")
NEVER_MEANT = (b"tEXt", b"zTXt", b"iCCP", b"prVt", b"caBX")
IDAT_HEAD = 8
FILES = (
    png(),
    pngs.encode(picture(96, 80) % 16, pngs.COLOUR, 16, interlaced=True),
    animated.SHOW_FIRST["still is hidden"],
    animated.SHOW_STILL["still is the first frame"],
)


def picture_data(file: bytes) -> tuple[int, int]:
    """Where the first chunk of the picture's data begins, and the length of its payload."""
    start = len(pngs.SIGNATURE)
    while file[start + 4 : start + IDAT_HEAD] != b"IDAT":
        start += 12 + int.from_bytes(file[start : start + 4], "big")
    return start, int.from_bytes(file[start : start + 4], "big")


def wrong_checksum(file: bytes, noise: bytes) -> bytes:
    """An ancillary chunk that is left out, whatever it would say."""
    return with_chunks(file, animated.damaged(pngs.chunk(KINDS[len(noise) % len(KINDS)], noise)))


def note(file: bytes, noise: bytes) -> bytes:
    """A sound chunk that has no part in the picture."""
    return with_chunks(file, pngs.chunk(NEVER_MEANT[len(noise) % len(NEVER_MEANT)], noise))


def parted(file: bytes, noise: bytes) -> bytes:
    """The first chunk of the picture's data in two."""
    start, length = picture_data(file)
    payload = file[start + IDAT_HEAD : start + IDAT_HEAD + length]
    at = number(noise, length)
    parts = (pngs.chunk(b"IDAT", payload[:at]), pngs.chunk(b"IDAT", payload[at:]))
    return file[:start] + b"".join(parts) + file[start + IDAT_HEAD + length + 4 :]


def trailer(file: bytes, noise: bytes) -> bytes:
    return file + noise


def cut(file: bytes, noise: bytes) -> bytes:
    """Without its end, or more."""
    return file[: -1 - number(noise, len(file) - 34)]


def flipped(file: bytes, noise: bytes) -> bytes:
    """A bit of the picture's first chunk of data, or of its checksum."""
    start, length = picture_data(file)
    at = start + IDAT_HEAD + number(noise, length + 3)
    return file[:at] + bytes([file[at] ^ 1 << len(noise) % 8]) + file[at + 1 :]


HARMLESS = (wrong_checksum, note, parted, trailer)
HARMFUL = (cut, flipped)

if __name__ == "__main__":
    harness.main(harness.Target(Damaged(FILES, HARMLESS, HARMFUL), never_an_answer))
