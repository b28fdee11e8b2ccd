"""The verdict on the person whom a capture is of: of one image its face, of several frames all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bonaface.api.v2.chosen_faces import person_of
from bonaface.api.v2.options import Options
from bonaface.api.v2.schemas import Quality
from bonaface.api.v2.verdicts import is_decidable
from bonaface.capture.frame_fusion import fused_score
from bonaface.inspection import Inspection
from bonaface.types import Face, Reason


@dataclass(frozen=True, slots=True)
class Person:
    """score: of the frames with these indices; reasons: those of any frame, in their order."""

    score: float
    frames: tuple[int, ...]
    is_decidable: bool
    reasons: tuple[Reason, ...]


def person_in(inspection: Inspection, options: Options) -> Person | None:
    """None where no frame has a face.

    Where quality is required, faces that do not meet a limit do not count; it is decidable when at least half
    of the frames count, and nothing is wrong between them.
    """
    faces = [person_of(analysis, options.faces) for analysis in inspection.analyses]
    found = {index: face for index, face in enumerate(faces) if face is not None}
    if not found:
        return None
    counted = {index: face for index, face in found.items() if is_decidable(face, options.quality)}
    is_enough = 2 * len(counted) >= len(faces) and bool(counted)
    is_sound = options.quality is Quality.INFORM or not inspection.findings
    used = counted or found
    return Person(
        fused_score([face.liveness_score for face in used.values()]),
        tuple(used),
        is_enough and is_sound,
        _reasons(list(found.values())),
    )


def _reasons(faces: Sequence[Face]) -> tuple[Reason, ...]:
    """Those of any frame, in their order."""
    every = {reason for face in faces for reason in face.reasons}
    return tuple(reason for reason in Reason if reason in every)
