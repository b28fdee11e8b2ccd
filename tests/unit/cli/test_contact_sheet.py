"""One page, whole by itself: the most suspicious first, whatever files are called."""

import base64
import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from bonaface.analysis import Analysis
from bonaface.cli.contact_sheet import SIDE, thumbnail, write_contact_sheet
from bonaface.cli.report import FileReport
from bonaface.drawing import Drawing
from bonaface.types import Preset, Verdict
from support.pictures.picture import picture, read_by_pillow
from unit.test_analysis import FACE


def _report(name: str, score: float, is_attack: bool) -> FileReport:
    face = replace(FACE, verdict=Verdict(score, is_attack))
    return FileReport(Path(name), analysis=Analysis(100, 90, Preset.STRICT, (face,)))


PICTURE = thumbnail(Drawing(picture()))
REPORTS = [
    (FileReport(Path("broken.png"), code="invalid_image", message="Send <it> whole."), None),
    (_report("sure.png", 0.99, False), PICTURE),
    (FileReport(Path("wall.png"), analysis=Analysis(100, 90, Preset.STRICT, ())), PICTURE),
    (_report("doubt.png", 0.7, False), PICTURE),
    (_report("<script>.png", 0.3, True), PICTURE),
    (_report("worst.png", 0.1, True), PICTURE),
]


def test_the_most_suspicious_comes_first_and_what_has_no_score_last(tmp_path: Path) -> None:
    write_contact_sheet(REPORTS, tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text("utf-8")
    assert re.findall(r"<small>([^<]+png)</small>", page) == [
        "worst.png", "&lt;script&gt;.png", "doubt.png", "sure.png", "wall.png", "broken.png",
    ]  # fmt: skip
    assert (
        "6 images: 2 presentation attacks, 2 bona fide, 1 without a face, 1 not read; preset strict" in page
    )
    assert "Send &lt;it&gt; whole." in page


def test_the_page_holds_its_pictures_and_asks_nobody(tmp_path: Path) -> None:
    write_contact_sheet(REPORTS, tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text("utf-8")
    (data, *others) = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page)
    assert base64.b64decode(data) == PICTURE
    assert len(others) == 4
    assert not re.search(r"https?:|<script|<link", page)
    assert "default-src 'none'" in page


def test_pictures_are_small_and_never_enlarged() -> None:
    large = Drawing(np.zeros((900, 1600, 3), np.uint8))
    assert read_by_pillow(thumbnail(large)).shape == (SIDE * 9 // 16, SIDE, 3)
    assert read_by_pillow(PICTURE).shape == picture().shape
