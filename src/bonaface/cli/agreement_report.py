"""How a comparison with NHN Cloud is written: tables, one JSON object, or CSV with a row an image."""

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import orjson

from bonaface.cli.accounts import shown_table
from bonaface.cli.output_file import text_output
from bonaface.cli.report import longest, printable, shortened
from bonaface.cli.terminal import output
from bonaface.interval import share

if TYPE_CHECKING:
    from rich.table import Table

    from bonaface.side_by_side.agreement import Agreement, Compared, Share
    from bonaface.side_by_side.record import RunIdentity
    from bonaface.side_by_side.service_answer import ServiceAnswer

SHOWN = 20
"""Images with a difference that a table shows."""
_ROOM = 40
COLUMNS = (
    "path",
    "difference",
    "nhn_code",
    "nhn_message",
    "nhn_verdict",
    "nhn_faces",
    "own_code",
    "own_message",
    "own_verdict",
    "own_faces",
    "faces_of_both",
    "nhn_seconds",
    "own_seconds",
)
ERROR, NO_FACE, ATTACK, BONA_FIDE = "", "no_face", "attack", "bona_fide"
WORDS = (
    ("answered", "answered by both"),
    ("same_code", "same result code"),
    ("same_faces", "same faces, where both analysed"),
    ("same_verdict", "same verdict, of faces that both found"),
    ("attack_by_nhn_alone", "attack by NHN Cloud alone"),
    ("attack_by_own_alone", "attack by bonaface alone"),
)


class Format(StrEnum):
    """How the comparison is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def write_agreement(
    run: "RunIdentity",
    agreement: "Agreement",
    compared: "Sequence[Compared]",
    format_: Format,
    out: Path | None,
) -> None:
    """Write it to `out` or standard output. Raises InvalidParameterError where `out` cannot be written."""
    with text_output(out) as file:
        if format_ is Format.JSON:
            file.write(as_json(run, agreement, compared))
        elif format_ is Format.CSV:
            _write_csv(compared, file)
        else:
            _write_tables(agreement, compared, file)


def verdict_of(answer: "ServiceAnswer") -> str:
    """`attack` if any face is one, `bona_fide` if none is, `no_face`; empty where it was not analysed."""
    if not answer.is_success:
        return ERROR
    if not answer.faces:
        return NO_FACE
    return ATTACK if any(face.spoofing for face in answer.faces) else BONA_FIDE


def as_row(one: "Compared") -> dict[str, Any]:
    """The cells of one image by the names of `COLUMNS`."""
    sides = {
        f"{name}_{cell}": value
        for name, answer in (("nhn", one.nhn), ("own", one.own))
        for cell, value in _cells(answer).items()
    }
    return {
        "path": one.name,
        "difference": one.difference.value if one.difference else "",
        **sides,
        "faces_of_both": len(one.pairs) if one.is_analysed else None,
    }


def as_json(run: "RunIdentity", agreement: "Agreement", compared: "Iterable[Compared]") -> str:
    """One object: what was compared, the figures with their intervals, and each image."""
    figures = asdict(agreement)
    figures |= {name: _share_of(getattr(agreement, name)) for name, _ in WORDS}
    figures["codes"] = [
        {"nhn": nhn, "own": own, "images": count} for (nhn, own), count in agreement.codes.items()
    ]
    told = {"run": run.model_dump(), "agreement": figures, "images": [as_row(one) for one in compared]}
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _cells(answer: "ServiceAnswer") -> dict[str, Any]:
    return {
        "code": answer.code,
        "message": answer.message,
        "verdict": verdict_of(answer),
        "faces": len(answer.faces) if answer.is_success else None,
        "seconds": round(answer.seconds, 3),
    }


def _share_of(counted: "Share") -> dict[str, Any]:
    figure = share(counted.part, counted.of)  # NaN becomes null in JSON
    return {
        "part": counted.part,
        "of": counted.of,
        "share": figure.value,
        "interval": [figure.interval.low, figure.interval.high],
    }


def _write_csv(compared: "Iterable[Compared]", file: TextIO) -> None:
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(as_row, compared))


def _write_tables(agreement: "Agreement", compared: "Sequence[Compared]", file: TextIO) -> None:
    from rich.console import Console

    console = output() if file is sys.stdout else Console(file=file, highlight=False)
    different = [one for one in compared if one.difference]
    console.print(shown_table(("answers", "images", "share", "95 %"), _figures(agreement)))
    for line in _notes(agreement):
        console.print(line, markup=False)
    if len(agreement.codes) > 1 or agreement.same_code.part < agreement.same_code.of:
        console.print(shown_table(("NHN Cloud", "bonaface", "images"), _codes(agreement)))
    if different:
        console.print(_differences(different[:SHOWN]))
    if len(different) > SHOWN:
        console.print(f"{len(different) - SHOWN:,} more differ: --format csv tells all.", markup=False)


def _figures(agreement: "Agreement") -> Iterator[tuple[str, str, str, str]]:
    for name, words in WORDS:
        counted: Share = getattr(agreement, name)
        figure = share(counted.part, counted.of)
        rate = f"{figure.value:.1%}" if counted.of else ""
        low, high = figure.interval.low, figure.interval.high
        interval = f"{low * 100:.1f} to {high * 100:.1f}" if counted.of else ""
        yield words, f"{counted.part:,} of {counted.of:,}", rate, interval


def _notes(agreement: "Agreement") -> Iterator[str]:
    alone = agreement.faces_by_nhn_alone, agreement.faces_by_own_alone
    if any(alone):
        yield f"faces that one alone found: NHN Cloud {alone[0]:,}, bonaface {alone[1]:,}"
    if agreement.overlap is not None:
        yield f"boxes of one face overlap by {agreement.overlap:.2f} (median of intersection over union)"
    if agreement.nhn_seconds is not None and agreement.own_seconds is not None:
        yield (
            f"seconds to an answer (median): NHN Cloud {agreement.nhn_seconds:.2f}, "
            f"bonaface {agreement.own_seconds:.2f}"
        )


def _codes(agreement: "Agreement") -> Iterator[tuple[str, str, str]]:
    for (nhn, own), count in agreement.codes.items():
        yield str(nhn), str(own), f"{count:,}"


def _differences(different: "Sequence[Compared]") -> "Table":
    room = min(_ROOM, longest([one.name for one in different]))
    rows = (
        (shortened(printable(one.name), room), str(one.difference), _said(one.nhn), _said(one.own))
        for one in different
    )
    return shown_table(("image", "difference", "NHN Cloud", "bonaface"), rows)


def _said(answer: "ServiceAnswer") -> str:
    if not answer.is_success:
        return answer.message if answer.code is None else str(answer.code)
    faces = len(answer.faces)
    verdict = verdict_of(answer).replace("_", " ")
    return f"{verdict}, {faces} faces" if faces > 1 else verdict
