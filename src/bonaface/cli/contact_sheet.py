"""One HTML file with a small picture of each image that was checked: the most suspicious first.

It needs no other file and asks no other host for anything. It holds faces: keep it as the images are kept.
"""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType

import cv2

from bonaface.cli.report import ATTACK, BONA_FIDE, ERROR, NO_FACE, WORDS, FileReport
from bonaface.drawing import Drawing

SIDE = 320
"""Longer side of a picture, in pixels."""

_ORDER = (ATTACK, BONA_FIDE, NO_FACE, ERROR)
_COUNTED = MappingProxyType(
    {
        ATTACK: ("presentation attack", "presentation attacks"),
        BONA_FIDE: ("bona fide", "bona fide"),
        NO_FACE: ("without a face", "without a face"),
        ERROR: ("not read", "not read"),
    }
)
"""What so many images of a verdict are called: one, and more."""
_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.4 system-ui, sans-serif; margin: 1.5rem; }
ul {
  list-style: none; padding: 0; display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(220px, 1fr));
}
li { border: 1px solid #888; border-radius: 6px; padding: .5rem; overflow-wrap: anywhere; }
img { width: 100%; height: 200px; object-fit: contain; }
.attack, .error { color: light-dark(#b3261e, #ff8a80); }
.bona_fide { color: light-dark(#1b6e2a, #7bd88f); }
small { display: block; }
@media print { li { break-inside: avoid; } }
"""
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def thumbnail(drawing: Drawing) -> bytes:
    """The picture as a JPEG whose longer side has `SIDE` pixels at most."""
    height, width = drawing.pixels.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return Drawing(
        cv2.resize(drawing.pixels, size, interpolation=cv2.INTER_AREA)  # type: ignore[arg-type]
    ).encoded(".jpg")


def write_contact_sheet(pictures: Sequence[tuple[FileReport, bytes | None]], out: Path) -> None:
    """Writes the page: attacks first, each kind by its score. Raises OSError where it cannot be written.

    pictures: each report with its `thumbnail`; None where the image could not be read.
    """
    placed = sorted(
        pictures, key=lambda one: (_ORDER.index(one[0].verdict), one[0].score or 0.0, one[0].name)
    )
    items = "\n".join(_item(report, picture) for report, picture in placed)
    counts = ", ".join(
        _counted(sum(report.verdict == verdict for report, _ in pictures), verdict) for verdict in _ORDER
    )
    presets = sorted({report.analysis.preset.value for report, _ in pictures if report.analysis})
    made = (
        f"preset {', '.join(presets) or 'unknown'}; bonaface {version('bonaface')}, "
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    )
    out.write_text(
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>bonaface: contact sheet</title>\n'
        f"<style>{_STYLE}</style>\n<h1>Contact sheet</h1>\n"
        f"<p>{len(pictures):,} images: {counts}; {made}</p>\n<ul>\n{items}\n</ul>\n</html>\n",
        "utf-8",
    )


def _counted(count: int, verdict: str) -> str:
    one, more = _COUNTED[verdict]
    return f"{count:,} {one if count == 1 else more}"


def _place(report: FileReport) -> tuple[int, float, str]:
    return _ORDER.index(report.verdict), report.score or 0.0, report.name


def _item(report: FileReport, picture: bytes | None) -> str:
    name = escape(report.name)
    image = ""
    if picture is not None:
        image = (
            f'<img alt="" loading="lazy" src="data:image/jpeg;base64,{base64.b64encode(picture).decode()}">'
        )
    verdict = report.verdict
    score = "" if report.score is None else f" {report.score:.3f}"
    faces = report.analysis.faces if report.analysis else ()
    notes = escape(report.message or ", ".join(sorted({reason for face in faces for reason in face.reasons})))
    many = f"<small>{len(faces)} faces</small>" if len(faces) > 1 else ""
    return (
        f'<li>{image}<strong class="{verdict}">{WORDS[verdict]}{score}</strong>{many}'
        f"<small>{name}</small><small>{notes}</small></li>"
    )
