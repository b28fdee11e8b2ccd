"""Fuzzing target: JPEG with damage that loses no pixel, which is read alike, and with damage that does."""

from fuzz import harness
from fuzz.damage import Damaged, never_an_answer, number
from support.pictures import odd_files
from support.pictures.bombs import segment, with_segments
from support.pictures.odd_files import EOI, INK, PLAIN, RESTARTS, SOS
from support.pictures.picture import picture
from support.pictures.sampled import sampled_jpeg

RARE = sampled_jpeg(picture(96, 80), [(3, 1), (1, 1), (1, 1)], restart=7)
MOST_ZEROS = 5_000
SEQUENTIAL_SCAN = 3
FILES = (PLAIN, RESTARTS, INK, RARE)
"""Sequential: a progressive file that lost its last scan is whole by its own account."""


def junk(file: bytes, noise: bytes) -> bytes:
    """Bytes before the frame header; a marker among them would be one."""
    at = file.index(b"\xff\xc0")
    return file[:at] + noise.replace(b"\xff", b"\x00") + file[at:]


def comment(file: bytes, noise: bytes) -> bytes:
    return with_segments(file, segment(0xFE, noise))


def profile(file: bytes, noise: bytes) -> bytes:
    return odd_files.with_profile(file, noise)


def version(file: bytes, noise: bytes) -> bytes:
    return odd_files.with_jfif_version(file, number(noise, 255)) if b"JFIF\0" in file else file


def scan_values(file: bytes, noise: bytes) -> bytes:
    return odd_files.with_scan_values(file, *noise[:SEQUENTIAL_SCAN].ljust(SEQUENTIAL_SCAN, b"\0"))


def zeros(file: bytes, noise: bytes) -> bytes:
    end = file.rindex(EOI)
    return file[:end] + bytes(number(noise, MOST_ZEROS)) + file[end:]


def fill(file: bytes, noise: bytes) -> bytes:
    end = file.rindex(EOI)
    return file[:end] + b"\xff" * number(noise, MOST_ZEROS) + file[end:]


def cut(file: bytes, noise: bytes) -> bytes:
    """Without its end, or more."""
    return file[: -1 - number(noise, len(file) - 21)]


def cut_and_ended(file: bytes, noise: bytes) -> bytes:
    """Coded data missing, an end marker put behind."""
    start = file.rindex(SOS)
    return file[: -3 - number(noise, len(file) - start - 23)] + EOI


HARMLESS = (scan_values, version, junk, profile, comment, zeros, fill)
"""What puts noise at the start comes after what looks for its place."""
HARMFUL = (cut, cut_and_ended)

if __name__ == "__main__":
    harness.main(harness.Target(Damaged(FILES, HARMLESS, HARMFUL), never_an_answer))
