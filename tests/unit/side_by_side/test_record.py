"""The record: what a run that ended leaves to the next."""

from pathlib import Path

import pytest

from bonaface.errors import InvalidParameterError
from bonaface.side_by_side.record import Answers, Record, RunIdentity
from bonaface.side_by_side.service_answer import Corners, FaceAnswer, ServiceAnswer

RUN = RunIdentity(nhn="https://nhn.example", own="bonaface 1", preset="balanced")
FACE = FaceAnswer(bbox=Corners(x0=0.1, y0=0.2, x1=1 / 3, y1=0.4), spoofing=True, confidence=0.9)


def answers(sha256: str, code: int | None = 0) -> Answers:
    nhn = ServiceAnswer(code=code, message="m", faces=(FACE,), seconds=0.25)
    return Answers(sha256=sha256, nhn=nhn, own=ServiceAnswer(code=0, message="Success"))


def test_what_was_answered_is_known_to_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "record"
    with Record(path, RUN) as record:
        assert record.known("a") is None
        record.add(answers("a"))
        assert record.known("a") == answers("a")
    with Record(path, RUN) as record:
        assert record.known("a") == answers("a")
        record.add(answers("b"))
    with Record(path, RUN) as record:
        assert record.known("b") == answers("b")
    assert path.stat().st_mode & 0o777 == 0o600


def test_without_a_file_it_lasts_as_long_as_the_run() -> None:
    with Record(None, RUN) as record:
        record.add(answers("a"))
        assert record.known("a") == answers("a")


def test_no_answer_is_asked_for_again(tmp_path: Path) -> None:
    for path in (None, tmp_path / "record"):
        with Record(path, RUN) as record:
            record.add(answers("a", code=None))
            assert record.known("a") is None
    assert (tmp_path / "record").read_bytes().count(b"\n") == 1


def test_a_line_that_was_cut_off_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "record"
    with Record(path, RUN) as record:
        record.add(answers("a"))
        record.add(answers("b"))
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    with Record(path, RUN) as record:
        assert record.known("a") == answers("a")
        assert record.known("b") is None
        record.add(answers("b"))
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    "other", [{"preset": "strict"}, {"own": "bonaface 2"}, {"nhn": "https://other.example"}]
)
def test_the_record_of_another_run_is_refused_and_left(tmp_path: Path, other: dict[str, str]) -> None:
    path = tmp_path / "record"
    with Record(path, RUN.model_copy(update=other)) as record:
        record.add(answers("a"))
    before = path.read_bytes()
    with pytest.raises(InvalidParameterError, match="another comparison"):
        Record(path, RUN)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"text", b"text\n", b"\n", b"{}\n", RUN.model_dump_json().encode() + b"\n{}\n"]
)
def test_another_file_is_refused_and_left(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(InvalidParameterError, match="not a record"):
        Record(path, RUN)
    assert path.read_bytes() == content


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterError, match="No such file or directory"):
        Record(tmp_path / "none" / "record", RUN)
