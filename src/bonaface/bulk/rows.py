"""The rows of one item: what was found on it, or why it failed."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bonaface.analysis import Analysis
from bonaface.bulk.columns import ATTACK, BONA_FIDE, ERROR, NO_FACE, Row
from bonaface.bulk.item import Item
from bonaface.capture.frame_fusion import fused_score
from bonaface.inspection import Inspection
from bonaface.types import Face

if TYPE_CHECKING:
    from bonaface.liveness.presets import Decision


def failed(item: Item, code: str, message: str) -> list[Row]:
    """The one row of an item that could not be judged."""
    return [{**_named(item, 0), "verdict": ERROR, "error_code": code, "error_message": message}]


def of_image(item: Item, analysis: Analysis, decision: "Decision") -> list[Row]:
    """A row for each face, largest first, or one."""
    return list(_of_frame(item, 0, analysis, decision))


def of_capture(item: Item, inspection: Inspection, decision: "Decision") -> list[Row]:
    """The same for each frame; each row tells the capture's score and verdict, too.

    The score is the mean over frames with a face, of the largest one, as on /v2.
    """
    largest = [analysis.faces[0].liveness_score for analysis in inspection.analyses if analysis.faces]
    told: dict[str, Any] = {
        "findings": " ".join(dict.fromkeys(one.kind.value for one in inspection.findings))
    }
    if largest:
        score = fused_score(largest)
        passes = inspection.policy.accepts(score, inspection.analyses[0].preset)
        told |= {"capture_score": score, "capture_verdict": BONA_FIDE if passes else ATTACK}
    return [
        {**row, **told}
        for frame, analysis in enumerate(inspection.analyses)
        for row in _of_frame(item, frame, analysis, decision)
    ]


def _of_frame(item: Item, frame: int, analysis: Analysis, decision: "Decision") -> Iterator[Row]:
    common = {**_named(item, frame), "width": analysis.width, "height": analysis.height}
    if not analysis.faces:
        yield {**common, "verdict": NO_FACE}
    for number, face in enumerate(analysis.faces, 1):
        yield {**common, "face": number, **_of_face(face, decision)}


def _of_face(face: Face, decision: "Decision") -> Row:
    told = face.to_dict()
    log_odds = decision.log_odds(face.liveness_score)
    return {
        "verdict": ATTACK if face.spoofing else BONA_FIDE,
        "liveness_score": face.liveness_score,
        "log_odds": log_odds if math.isfinite(log_odds) else None,
        **dict(zip(("x0", "y0", "x1", "y1"), told["bbox"], strict=True)),
        "landmarks": [value for point in told["landmarks"].values() for value in point],
        "confidence": told["confidence"],
        **told["pose"],
        "reasons": " ".join(told["reasons"]),
    }


def _named(item: Item, frame: int) -> dict[str, Any]:
    named: dict[str, Any] = {"image": item.number, "path": item.places[frame].name}
    return {**named, "capture": item.capture, "frame": frame + 1} if item.capture else named
