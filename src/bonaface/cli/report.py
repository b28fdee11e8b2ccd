"""How the command line shows what it found in a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from rich.markup import escape
from rich.table import Table

from bonaface.analysis import Analysis
from bonaface.types import Face


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file: its analysis, or the code and sentence of what kept it from being analysed."""

    path: Path
    analysis: Analysis | None = None
    code: str = ""
    message: str = ""


def as_json(report: FileReport) -> str:
    """One line of JSON."""
    return orjson.dumps(_as_dict(report)).decode()


def as_table(reports: Iterable[FileReport]) -> Table:
    """A table with one row a face."""
    table = Table("image", "face", "verdict", "liveness", "confidence", "yaw / pitch / roll", "reasons")
    for report in reports:
        for row in _rows(report):
            table.add_row(*row)
    return table


def _as_dict(report: FileReport) -> dict[str, Any]:
    if report.analysis is None:
        return {"path": str(report.path), "error": {"code": report.code, "message": report.message}}
    return {"path": str(report.path), **report.analysis.to_dict()}


def _rows(report: FileReport) -> Iterable[tuple[str, ...]]:
    name = escape(str(report.path))
    if report.analysis is None:
        return [(name, "", f"[red]error[/red] {report.code}", "", "", "", "")]
    if not report.analysis.faces:
        return [(name, "none", "no face found", "", "", "", "")]
    return [(name, *_face_cells(face)) for face in report.analysis.faces]


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
