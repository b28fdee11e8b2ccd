"""How the command line shows what it found in a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from rich.markup import escape
from rich.table import Table

from bonaface.types import Analysis, Face


@dataclass(frozen=True, slots=True)
class Outcome:
    """One file: its analysis, or the code and sentence of what kept it from being analysed."""

    path: Path
    analysis: Analysis | None = None
    code: str = ""
    message: str = ""


def as_json(outcome: Outcome) -> str:
    """One line of JSON."""
    return orjson.dumps(_as_dict(outcome)).decode()


def as_table(outcomes: Iterable[Outcome]) -> Table:
    """A table with one row a face."""
    table = Table("image", "face", "verdict", "liveness", "confidence", "yaw / pitch / roll", "reasons")
    for outcome in outcomes:
        for row in _rows(outcome):
            table.add_row(*row)
    return table


def _as_dict(outcome: Outcome) -> dict[str, Any]:
    if outcome.analysis is None:
        return {"path": str(outcome.path), "error": {"code": outcome.code, "message": outcome.message}}
    found = outcome.analysis
    return {
        "path": str(outcome.path),
        "width": found.width,
        "height": found.height,
        "faces": [_face_dict(face) for face in found.faces],
    }


def _face_dict(face: Face) -> dict[str, Any]:
    return {
        "bbox": [round(side, 2) for side in (face.box.x0, face.box.y0, face.box.x1, face.box.y1)],
        "confidence": round(face.confidence, 6),
        "livenessScore": round(face.liveness_score, 6),
        "spoofing": face.spoofing,
        "pose": {
            "yaw": round(face.pose.yaw, 1),
            "pitch": round(face.pose.pitch, 1),
            "roll": round(face.pose.roll, 1),
        },
        "reasons": list(face.reasons),
    }


def _rows(outcome: Outcome) -> Iterable[tuple[str, ...]]:
    name = escape(str(outcome.path))
    if outcome.analysis is None:
        return [(name, "", f"[red]error[/red] {outcome.code}", "", "", "", "")]
    if not outcome.analysis.faces:
        return [(name, "none", "no face found", "", "", "", "")]
    return [(name, *_face_cells(face)) for face in outcome.analysis.faces]


def _face_cells(face: Face) -> tuple[str, ...]:
    box, pose = face.box, face.pose
    verdict = "[red]presentation attack[/red]" if face.spoofing else "[green]bona fide[/green]"
    return (
        f"{box.width:.0f} x {box.height:.0f} at {box.x0:.0f}, {box.y0:.0f}",
        verdict,
        f"{face.liveness_score:.3f}",
        f"{face.confidence:.3f}",
        f"{pose.yaw:.0f} / {pose.pitch:.0f} / {pose.roll:.0f}",
        ", ".join(face.reasons),
    )
