import pytest

from bonaface import Settings
from bonaface.bulk.item import Item, Place
from bonaface.bulk.judge import Judge, ReadError, contents_of
from bonaface.bulk.work import Work
from bonaface.errors import InvalidImageError
from bonaface.settings import ModelSettings
from bonaface.types import Preset
from support.pictures.picture import picture, png

IMAGE = Item(0, 1, (Place("a.png"),))
CAPTURE = Item(0, 1, (Place("1.png"), Place("2.png")), "ann")


@pytest.fixture(scope="module")
def work(model_settings: ModelSettings) -> Work:
    return Work(Settings(models=model_settings), Preset.BALANCED, "/nowhere")


@pytest.fixture(scope="module")
def judge(work: Work) -> Judge:
    return Judge(work)


def test_a_portrait_has_a_face(judge: Judge, portrait: bytes) -> None:
    (row,) = judge.rows(IMAGE, lambda: [portrait])
    assert (row["verdict"], row["face"], row["width"]) == ("bona_fide", 1, 512)


def test_frames_of_a_capture_are_judged_together(judge: Judge, portrait: bytes) -> None:
    rows = judge.rows(CAPTURE, lambda: [portrait, portrait])
    assert [row["frame"] for row in rows] == [1, 2]
    assert {row["findings"] for row in rows} == {"duplicate"}
    assert rows[0]["capture_score"] == pytest.approx(rows[0]["liveness_score"])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidImageError("Broken."), "invalid_image"),
        (ReadError("No such file or directory."), "unreadable_file"),
        (MemoryError(), "out_of_memory"),
        (ZeroDivisionError(), "internal_error"),
    ],
)
def test_whatever_goes_wrong_is_a_row(judge: Judge, error: Exception, code: str) -> None:
    def contents() -> list[bytes]:
        raise error

    (row,) = judge.rows(IMAGE, contents)
    assert (row["verdict"], row["error_code"]) == ("error", code)


def test_an_image_that_is_none_is_a_row(judge: Judge) -> None:
    (row,) = judge.rows(IMAGE, lambda: [b"no image"])
    assert row["error_code"] == "unsupported_format"


def test_too_many_frames_are_told(judge: Judge) -> None:
    frames = Item(0, 1, [Place("1.png")] * 11, "ann")
    (row,) = judge.rows(frames, lambda: [png(picture(80, 80))] * 11)
    assert row["error_message"] == "A capture has 10 frames at most."


def test_a_file_that_is_not_there_cannot_be_read(work: Work) -> None:
    with pytest.raises(ReadError, match="No such file or directory"):
        contents_of(IMAGE, work)
