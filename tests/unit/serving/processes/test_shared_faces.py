"""Which faces are handed over, and that each is judged once, whatever becomes of the helpers."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from typing import BinaryIO

import numpy as np
import pytest
from numpy.typing import NDArray

from bonaface.geometry import Box
from bonaface.imaging.types import RgbImage
from bonaface.serving.processes import shared_faces
from bonaface.serving.processes.messages import Faces, HelpWanted, Reply
from bonaface.serving.processes.shared_faces import LEAST_FACES, SharedFaces, picture_of

IMAGE = np.arange(40 * 400 * 3, dtype=np.uint8).reshape(40, 400, 3)[:, ::-1]
"""Not as it would lie in a file."""


def boxes(count: int) -> list[Box]:
    return [Box(number, 0, number + 10, 10) for number in range(count)]


class ByPlace:
    """A model whose opinion on a face is where it begins, and which remembers what it judged."""

    def __init__(self) -> None:
        self.judged: list[Box] = []

    def log_odds(self, image: RgbImage, boxes: Sequence[Box]) -> NDArray[np.float64]:
        self.judged.extend(boxes)
        return np.array([box.x0 for box in boxes])

    def warm_up(self) -> None:
        raise AssertionError("no test asks for it")


class Pool(threading.Thread):
    """The other end: lends up to `idle` helpers, the first of which fails if it is to."""

    def __init__(self, channel: Connection, idle: int, first_fails: bool) -> None:
        super().__init__()
        self._channel = channel
        self._idle = idle
        self._first_fails = first_fails
        self.wanted: list[int] = []
        self.handed: list[Faces] = []

    def run(self) -> None:
        try:
            while isinstance(asked := self._channel.recv(), HelpWanted):
                self.wanted.append(asked.most)
                helpers = min(self._idle, asked.most)
                self._channel.send(helpers)
                handed = [(recv_handle(self._channel), self._channel.recv()) for _ in range(helpers)]
                for number, (descriptor, faces) in enumerate(handed):
                    fails = self._first_fails and number == 0
                    self.handed.append(faces)
                    image = picture_of(faces, descriptor)
                    assert np.array_equal(image, IMAGE)
                    told = tuple(ByPlace().log_odds(image, faces.boxes).tolist())
                    self._channel.send(Reply(error=MemoryError("no")) if fails else Reply(log_odds=told))
        except EOFError:
            return


@contextmanager
def pool(idle: int, *, first_fails: bool = False) -> Iterator[tuple[SharedFaces, ByPlace, Pool]]:
    ours, theirs = Pipe()
    model, other = ByPlace(), Pool(theirs, idle, first_fails)
    other.start()
    with ours:
        yield SharedFaces(model, ours), model, other
    other.join()
    theirs.close()


@pytest.mark.parametrize(("idle", "mine", "parts"), [(0, 20, []), (1, 10, [10]), (9, 3, [3, 4, 3, 3, 4])])
def test_faces_are_shared_alike_with_those_who_are_idle(idle: int, mine: int, parts: list[int]) -> None:
    with pool(idle) as (shared, model, other):
        assert shared.log_odds(IMAGE, boxes(20)).tolist() == list(range(20))
        assert len(model.judged) == mine
        assert [len(faces.boxes) for faces in other.handed] == parts
        assert other.wanted == [20 // LEAST_FACES - 1]


def test_few_faces_are_nobody_elses_business() -> None:
    with pool(4) as (shared, model, other):
        shared.log_odds(IMAGE, boxes(2 * LEAST_FACES - 1))
        assert (len(model.judged), other.wanted) == (5, [])
        shared.log_odds(IMAGE, boxes(2 * LEAST_FACES))
        assert other.wanted == [1]


def test_what_a_helper_cannot_judge_is_judged_here() -> None:
    with pool(2, first_fails=True) as (shared, model, other):
        assert shared.log_odds(IMAGE, boxes(9)).tolist() == list(range(9))
        assert model.judged == boxes(9)[:3] + boxes(9)[3:6]
        assert other.handed[1].boxes == boxes(9)[6:]


def test_without_memory_for_the_picture_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_purpose: str) -> BinaryIO:
        raise OSError

    monkeypatch.setattr(shared_faces, "unnamed_file", fails)
    with pool(4) as (shared, model, other):
        assert shared.log_odds(IMAGE, boxes(8)).tolist() == list(range(8))
        assert (model.judged, other.wanted) == (boxes(8), [])


def test_replies_are_read_also_when_this_one_fails() -> None:
    class Failing(ByPlace):
        def log_odds(self, image: RgbImage, boxes: Sequence[Box]) -> NDArray[np.float64]:
            raise MemoryError

    ours, theirs = Pipe()
    other = Pool(theirs, 1, False)
    other.start()
    with ours:
        with pytest.raises(MemoryError):
            SharedFaces(Failing(), ours).log_odds(IMAGE, boxes(8))
        assert not ours.poll(0.2)
    other.join()
    theirs.close()
