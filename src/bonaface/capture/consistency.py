"""Whether frames belong together: one face, and each frame a picture of its own."""

from collections.abc import Iterator, Sequence

from bonaface.capture.descriptor import Descriptor, face_likeness, picture_distance
from bonaface.types import Finding, Inconsistency

FROZEN_UP_TO = 0.6
"""Mean levels of luma. Of 4,193 pairs of frames of one person none differs by less (0.88); the same picture
saved anew at quality 75 differs by 0.65 or less in 95 of 100 cases (`benchmarks/consistency.py`)."""
LIKE_FROM = 0.2
"""Correlation; docs/liveness.md tells what lies below."""


def inconsistencies(digests: Sequence[str], frames: Sequence[Descriptor]) -> tuple[Finding, ...]:
    """What does not fit, by the index of a frame.

    digests: SHA-256 of the files. A frame is held against those before it, a face against the first one.
    """
    return tuple(_findings(digests, frames))


def _findings(digests: Sequence[str], frames: Sequence[Descriptor]) -> Iterator[Finding]:
    first = next((index for index, frame in enumerate(frames) if frame.face is not None), None)
    for index, frame in enumerate(frames):
        repeated = _repeated(index, digests, frames)
        if repeated is not None:
            yield repeated
        if frame.face is None:
            yield Finding(index, Inconsistency.NO_FACE)
        elif first is not None and first < index:
            reference = frames[first].face
            likeness = 1.0 if reference is None else face_likeness(reference, frame.face)
            if likeness < LIKE_FROM:
                yield Finding(index, Inconsistency.OTHER_FACE, first, likeness)


def _repeated(index: int, digests: Sequence[str], frames: Sequence[Descriptor]) -> Finding | None:
    """The first frame before that this one repeats, by its file or by its picture."""
    for before in range(index):
        if digests[before] == digests[index]:
            return Finding(index, Inconsistency.DUPLICATE, before, 0.0)
        distance = picture_distance(frames[before], frames[index])
        if distance <= FROZEN_UP_TO:
            return Finding(index, Inconsistency.FROZEN, before, distance)
    return None
