"""Which face of one answer is which of the other's."""

from collections.abc import Sequence

from bonaface.side_by_side.service_answer import FaceAnswer

LEAST_OVERLAP = 0.3
"""Intersection over union of the boxes of one face: services draw them differently large."""

FacePair = tuple[FaceAnswer, FaceAnswer]


def pair_faces(some: Sequence[FaceAnswer], others: Sequence[FaceAnswer]) -> list[FacePair]:
    """Each face with the one of the others that it overlaps most, each once, the nearest pairs first."""
    overlaps = [
        (one.bbox.overlap(other.bbox), left, right)
        for left, one in enumerate(some)
        for right, other in enumerate(others)
    ]
    pairs: dict[int, int] = {}
    for overlap, left, right in sorted(overlaps, key=lambda found: -found[0]):
        if overlap >= LEAST_OVERLAP and left not in pairs and right not in pairs.values():
            pairs[left] = right
    return [(some[left], others[right]) for left, right in sorted(pairs.items())]
