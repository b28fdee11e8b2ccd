"""What was found in one file, and how it is written: a table, plain lines, JSON, CSV, parquet."""

import csv
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO

import orjson
import rich.box
from rich.table import Table
from rich.text import Text

from bonaface.analysis import Analysis
from bonaface.types import Face

BONA_FIDE, ATTACK, NO_FACE, ERROR = "bona_fide", "attack", "no_face", "error"
WORDS: Mapping[str, str] = MappingProxyType(
    {BONA_FIDE: "bona fide", ATTACK: "presentation attack", NO_FACE: "no face", ERROR: "error"}
)
STYLES: Mapping[str, str] = MappingProxyType({BONA_FIDE: "green", ATTACK: "red", NO_FACE: "", ERROR: "red"})

TYPES: Mapping[str, type] = MappingProxyType(
    {
        "path": str,
        "verdict": str,
        "face": int,
        "liveness_score": float,
        "preset": str,
        "x0": float,
        "y0": float,
        "x1": float,
        "y1": float,
        "confidence": float,
        "yaw": float,
        "pitch": float,
        "roll": float,
        "reasons": str,
        "width": int,
        "height": int,
        "error_code": str,
        "error_message": str,
    }
)
"""Columns of CSV and parquet, in their order."""
ROW_GROUP = 10_000
"""Rows of parquet that are written at once."""
ELLIPSIS = "…"

_SPACE = 22
"""Characters of a table between columns, and of the score."""
_LEAST_REASON = 12
"""The longest word of a reason, or of an error, has 11."""
_LEAST_NAME = 12
REASONS = "reasons"
"""Heading of a table's last column."""


class Format(StrEnum):
    """How results are written."""

    TABLE = "table"
    PLAIN = "plain"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file: its analysis, or the code and sentence of what kept it from being analysed."""

    path: Path
    analysis: Analysis | None = None
    code: str = ""
    message: str = ""

    @property
    def name(self) -> str:
        """The path as text; bytes that are none are told in hexadecimal."""
        return os.fsencode(self.path).decode("utf-8", "backslashreplace")

    @property
    def verdict(self) -> str:
        """`attack` if any face is one, `bona_fide` if all are, `no_face`, or `error`."""
        if self.analysis is None:
            return ERROR
        if not self.analysis.faces:
            return NO_FACE
        return ATTACK if any(face.spoofing for face in self.analysis.faces) else BONA_FIDE

    @property
    def score(self) -> float | None:
        """The lowest liveness score of its faces; None without a face."""
        faces = self.analysis.faces if self.analysis else ()
        return min((face.liveness_score for face in faces), default=None)


def as_json(report: FileReport) -> str:
    """One line of JSON."""
    return orjson.dumps(_as_dict(report)).decode()


def as_plain(report: FileReport) -> Iterator[str]:
    """A line for each face: path, verdict, liveness score, reasons, with tabs between them."""
    path = _escaped(report.name)
    if report.analysis is None:
        yield f"{path}\terror\t\t{report.code}"
    elif not report.analysis.faces:
        yield f"{path}\tno face\t\t"
    else:
        for face in report.analysis.faces:
            yield f"{path}\t{WORDS[_verdict(face)]}\t{face.liveness_score:.3f}\t{','.join(face.reasons)}"


def as_table(reports: Sequence[FileReport], width: int) -> Table:
    """A table with one row a face, `width` characters wide at most; long names keep their ends."""
    table = Table(box=rich.box.SIMPLE_HEAD, pad_edge=False)
    rows = [row for report in reports for row in _cells(report)]
    names, sizes, verdicts, _, notes = ([row[at] for row in rows] for at in range(5))
    others = longest(sizes) + longest([WORDS[verdict] for verdict in verdicts]) + _SPACE
    others += max(len(REASONS), min(longest(notes), max(_LEAST_REASON, (width - 60) // 2)))
    room = max(_LEAST_NAME, min(longest(names), width - others))
    table.add_column("image", no_wrap=True)
    table.add_column("face", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("liveness", no_wrap=True, justify="right")
    table.add_column(REASONS, overflow="fold")
    for name, face, verdict, score, reasons in rows:
        shown = Text(WORDS[verdict], style=STYLES[verdict])
        table.add_row(Text(shortened(name, room)), face, shown, score, Text(reasons))
    return table


def longest(texts: Sequence[str]) -> int:
    """Characters of the longest one."""
    return max(map(len, texts), default=0)


def shortened(name: str, room: int) -> str:
    """The name in `room` characters: its end, which tells files of one folder apart."""
    return name if len(name) <= room else ELLIPSIS + name[len(name) - room + 1 :]


def write_csv(reports: Iterable[FileReport], file: TextIO) -> None:
    """One row a face, and one for a file without."""
    writer = csv.DictWriter(file, TYPES, lineterminator="\n")
    writer.writeheader()
    for report in reports:
        writer.writerows(as_rows(report))


def write_parquet(reports: Iterable[FileReport], out: Path) -> None:
    """The same rows, with types. Needs pyarrow; raises OSError where the file cannot be written."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in TYPES.items()])
    rows = (row for report in reports for row in as_rows(report))
    with pq.ParquetWriter(out, schema) as writer:
        while chunk := list(islice(rows, ROW_GROUP)):
            writer.write_table(pa.Table.from_pylist(chunk, schema=schema))


def as_rows(report: FileReport) -> list[dict[str, Any]]:
    """The rows of one file by the names of `TYPES`; what it does not have is left out."""
    path = report.name
    found = report.analysis
    if found is None:
        return [{"path": path, "verdict": ERROR, "error_code": report.code, "error_message": report.message}]
    common = {"path": path, "preset": found.preset.value, "width": found.width, "height": found.height}
    if not found.faces:
        return [{**common, "verdict": NO_FACE}]
    return [{**common, "face": number, **_row(face)} for number, face in enumerate(found.faces, 1)]


def _row(face: Face) -> dict[str, Any]:
    told = face.to_dict()
    return {
        "verdict": _verdict(face),
        "liveness_score": told["livenessScore"],
        **dict(zip(("x0", "y0", "x1", "y1"), told["bbox"], strict=True)),
        "confidence": told["confidence"],
        **told["pose"],
        "reasons": " ".join(told["reasons"]),
    }


def _verdict(face: Face) -> str:
    return ATTACK if face.spoofing else BONA_FIDE


def _as_dict(report: FileReport) -> dict[str, Any]:
    if report.analysis is None:
        return {"path": report.name, "error": {"code": report.code, "message": report.message}}
    return {"path": report.name, **report.analysis.to_dict()}


def _escaped(text: str) -> str:
    """Without what would end a field or a line."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _cells(report: FileReport) -> list[tuple[str, str, str, str, str]]:
    """Name, size of the face, verdict, score and reasons, one row a face."""
    name = printable(report.name)
    if report.analysis is None:
        return [(name, "", ERROR, "", report.code.replace("_", " "))]
    if not report.analysis.faces:
        return [(name, "", NO_FACE, "", "")]
    return [
        (
            name,
            f"{face.box.width:.0f} x {face.box.height:.0f}",
            _verdict(face),
            f"{face.liveness_score:.3f}",
            ", ".join(face.reasons).replace("_", " "),
        )
        for face in report.analysis.faces
    ]


def printable(name: str) -> str:
    """Without control characters, which would move the terminal's cursor."""
    return "".join(character if character.isprintable() else "?" for character in name)
