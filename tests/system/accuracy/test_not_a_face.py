"""Pictures in which no person is: drawings, fruit, toys and animals, of which none trained anything.

The stamps are those of Debian's tuxpaint-stamps-default.
"""

from pathlib import Path

import pytest

from bonaface import Analysis, Analyzer
from bonaface.errors import ImageTooSmallError
from conftest import need_service

STAMPS = Path("/usr/share/tuxpaint/stamps")
MOST_WITH_FACE = 0.01
LEAST_STAMPS = 500


@pytest.fixture(scope="module")
def stamps(analyzer: Analyzer) -> list[Analysis]:
    """Of every stamp that is large enough to be analysed."""
    need_service(None if STAMPS.is_dir() else "needs Debian's package tuxpaint-stamps-default")
    found = []
    for path in sorted(STAMPS.rglob("*.png")):
        try:
            found.append(analyzer.analyze(path))
        except ImageTooSmallError:
            continue
    assert len(found) >= LEAST_STAMPS
    return found


def test_hardly_a_stamp_has_a_face(stamps: list[Analysis]) -> None:
    assert sum(bool(stamp.faces) for stamp in stamps) <= MOST_WITH_FACE * len(stamps)


def test_no_stamp_is_bona_fide(stamps: list[Analysis]) -> None:
    assert [stamp for stamp in stamps if not all(face.spoofing for face in stamp.faces)] == []
