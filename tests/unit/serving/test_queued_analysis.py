"""One analysis from its place in the queue to its end."""

import asyncio
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from bonaface.analysis import Analysis
from bonaface.errors import InvalidImageError, Overload, OverloadedError
from bonaface.serving.admission import Admission
from bonaface.serving.backend import ImageAnalyzer
from bonaface.serving.deadline import Deadline
from bonaface.serving.queued_analysis import QueuedAnalysis
from bonaface.serving.running import Running
from bonaface.timings import Stage, Timings
from support.models.analyses import SteadyAnalyzer

LATER = 60


class Asked:
    """An analysis that waits in a queue of one place."""

    def __init__(self, work: Callable[[ImageAnalyzer], Analysis], seconds: float = LATER) -> None:
        self.admission, self.timings = Admission(1), Timings()
        self.queued = QueuedAnalysis(work, Deadline.after(seconds), self.admission.admit(), self.timings)

    def run(self) -> Analysis:
        return self.queued.run(SteadyAnalyzer(), Running())


def analyze(analyzer: ImageAnalyzer) -> Analysis:
    return analyzer.analyze(b"image")


def never(_: ImageAnalyzer) -> Analysis:
    raise AssertionError


def test_it_tells_how_long_it_waited_and_gives_its_place_back() -> None:
    asked = Asked(analyze)
    assert asked.admission.is_full
    assert asked.run() == SteadyAnalyzer().analyze(b"image")
    assert [timing.stage for timing in asked.timings.entries] == [Stage.QUEUE]
    assert asked.admission.taken == 0


def test_too_late_it_is_not_run() -> None:
    asked = Asked(never, seconds=-1)
    with pytest.raises(OverloadedError) as refused:
        asked.run()
    assert refused.value.overload is Overload.DEADLINE
    assert asked.admission.taken == 0


def test_nor_when_nobody_waits_any_more() -> None:
    asked = Asked(never)

    async def leave(executor: ThreadPoolExecutor) -> None:
        gate = threading.Event()
        executor.submit(gate.wait, LATER)
        waiting = asyncio.create_task(asked.queued.result(executor.submit(asked.run)))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        gate.set()
        await asyncio.wrap_future(executor.submit(int))  # the only thread has come to it

    with ThreadPoolExecutor(1) as executor:
        asyncio.run(leave(executor))
    assert asked.admission.taken == 0


def test_a_failure_holds_no_image() -> None:
    hoard = Hoard()
    with pytest.raises(InvalidImageError) as caught:
        Asked(hoard.fail).run()
    assert caught.value.__cause__ is not None
    assert [pixels() for pixels in hoard.pixels] == [None, None]


class Pixels:
    """What a frame may hold."""


class Hoard:
    """Fails with pixels in two frames, one of the error and one of its cause."""

    def __init__(self) -> None:
        self.pixels: list[weakref.ref[Pixels]] = []

    def fail(self, _: ImageAnalyzer) -> Analysis:
        pixels = self._made()
        try:
            self._fail()
        except ValueError as error:
            raise InvalidImageError(str(type(pixels))) from error
        raise AssertionError

    def _fail(self) -> None:
        pixels = self._made()
        raise ValueError(pixels.__class__)

    def _made(self) -> Pixels:
        made = Pixels()
        self.pixels.append(weakref.ref(made))
        return made
