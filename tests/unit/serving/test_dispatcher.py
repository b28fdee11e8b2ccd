"""The engine: readiness, capacity, deadlines, dropped work, draining."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from bonaface.errors import InvalidImageError, Overload, OverloadedError
from bonaface.serving.deadline import Deadline
from bonaface.serving.dispatcher import Engine, ImageAnalyzer, Warmth
from bonaface.settings import EngineSettings
from bonaface.stopwatch import Stage, Stages
from bonaface.types import Analysis, Preset
from support.analyses import BrokenAnalyzer, GatedAnalyzer, SteadyAnalyzer, a_face
from support.server import wait_until

LATER = 60


@asynccontextmanager
async def engine_of(analyzer: ImageAnalyzer, **limits: float) -> AsyncIterator[Engine]:
    settings = EngineSettings.model_validate({"workers": 1, "queue": 1, "deadline": LATER, **limits})
    engine = Engine(analyzer, settings)
    try:
        await asyncio.wrap_future(engine.start())
        yield engine
    finally:
        if isinstance(analyzer, GatedAnalyzer):
            analyzer.open()
        await engine.close()


async def begun(analyzer: GatedAnalyzer) -> None:
    """Return when the next analysis runs."""
    assert await asyncio.to_thread(analyzer.began.acquire, timeout=LATER)


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await test()

    asyncio.run(main())


def test_gives_the_analysis_and_passes_the_preset() -> None:
    async def test() -> None:
        analyzer = SteadyAnalyzer()
        async with engine_of(analyzer) as engine:
            analysis = await engine.analyze(b"image", Preset.STRICT)
        assert analysis.faces == (a_face(),)
        assert analyzer.presets == [Preset.STRICT]

    run(test)


def test_passes_on_what_the_analyzer_raises() -> None:
    async def test() -> None:
        for error in (InvalidImageError("no image"), TimeoutError("of its own")):
            async with engine_of(BrokenAnalyzer(error)) as engine:
                with pytest.raises(type(error), match=str(error)):
                    await engine.analyze(b"image")

    run(test)


def test_refuses_until_it_is_warm() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer(cold=True)
        engine = Engine(analyzer, EngineSettings(workers=1))
        assert engine.warmth.value == "cold"
        warming = engine.start()
        assert engine.warmth.value == "warming"
        with pytest.raises(OverloadedError) as refused:
            await engine.analyze(b"image")
        assert refused.value.overload is Overload.STARTING
        analyzer.open()
        assert await asyncio.wrap_future(warming)
        assert engine.is_ready
        await engine.analyze(b"image")
        await engine.close()

    run(test)


def test_what_would_be_refused_is_told_before_the_image_is_there() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        async with engine_of(analyzer, queue=0) as engine:
            engine.check()
            running = asyncio.create_task(engine.analyze(b"image"))
            await begun(analyzer)
            with pytest.raises(OverloadedError) as refused:
                engine.check()
            assert refused.value.overload is Overload.QUEUE
            analyzer.open()
            await running
            engine.check()
        cold = Engine(SteadyAnalyzer(), EngineSettings(workers=1))
        with pytest.raises(OverloadedError) as refused:
            cold.check()
        assert refused.value.overload is Overload.STARTING

    run(test)


def test_a_failed_warm_up_leaves_it_refusing() -> None:
    async def test() -> None:
        async with engine_of(BrokenAnalyzer(RuntimeError("no model"), in_warm_up=True)) as engine:
            assert engine.warmth is Warmth.FAILED
            assert engine.warmed.result() is False
            with pytest.raises(OverloadedError):
                await engine.analyze(b"image")

    run(test)


def test_takes_on_workers_and_queue_and_refuses_the_next_at_once() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        async with engine_of(analyzer, workers=2, queue=3) as engine:
            tasks = [asyncio.create_task(engine.analyze(b"%d" % i)) for i in range(5)]
            await begun(analyzer)
            await begun(analyzer)
            with pytest.raises(OverloadedError) as refused:
                await engine.analyze(b"too many")
            assert refused.value.overload is Overload.QUEUE
            assert engine.admission.taken == 5
            analyzer.open()
            await asyncio.gather(*tasks)
            assert sorted(analyzer.images) == [b"0", b"1", b"2", b"3", b"4"]
            assert engine.admission.taken == 0

    run(test)


def test_cancelled_work_is_dropped_when_it_is_dequeued() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        async with engine_of(analyzer, queue=2) as engine:
            first = asyncio.create_task(engine.analyze(b"first"))
            await begun(analyzer)
            second = asyncio.create_task(engine.analyze(b"second"))
            third = asyncio.create_task(engine.analyze(b"third"))
            await asyncio.sleep(0)
            second.cancel()
            with pytest.raises(asyncio.CancelledError):
                await second
            assert engine.admission.taken == 3  # its place is held until a worker comes by
            analyzer.open()
            await asyncio.gather(first, third)
        assert analyzer.images == [b"first", b"third"]
        assert engine.admission.taken == 0

    run(test)


def test_how_dropped_work_ends_is_nobodys_concern() -> None:
    complaints: list[dict[str, object]] = []

    async def test() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, complaint: complaints.append(complaint))
        analyzer = GatedAnalyzer()
        async with engine_of(analyzer) as engine:
            running = asyncio.create_task(engine.analyze(b"first"))
            await begun(analyzer)
            waiting = asyncio.create_task(engine.analyze(b"second"))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            del waiting
            analyzer.open()
            await running
        await asyncio.sleep(0)
        gc.collect()

    run(test)
    assert complaints == []


def test_expired_work_is_not_run() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        async with engine_of(analyzer) as engine:
            running = asyncio.create_task(engine.analyze(b"running"))
            await begun(analyzer)
            with pytest.raises(OverloadedError):
                await engine.analyze(b"late", deadline=Deadline.after(0.02))
            analyzer.open()
            await running
        assert analyzer.images == [b"running"]

    run(test)


def test_a_deadline_that_is_over_when_dequeued_is_an_overload() -> None:
    async def test() -> None:
        analyzer = SteadyAnalyzer()
        async with engine_of(analyzer) as engine:
            with pytest.raises(OverloadedError) as refused:
                await engine.analyze(b"late", deadline=Deadline.after(-1))
            assert refused.value.overload is Overload.DEADLINE
        assert analyzer.presets == []

    run(test)


def test_work_that_outruns_its_deadline_keeps_its_place_until_it_ends() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        async with engine_of(analyzer, deadline=0.05) as engine:
            with pytest.raises(OverloadedError) as refused:
                await engine.analyze(b"slow")
            assert refused.value.overload is Overload.DEADLINE
            assert engine.admission.taken == 1
        assert engine.admission.taken == 0

    run(test)


def test_closing_drains_what_was_admitted_and_refuses_more() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        async with engine_of(analyzer) as engine:
            tasks = [asyncio.create_task(engine.analyze(b"%d" % i)) for i in range(2)]
            await begun(analyzer)
            closing = asyncio.create_task(engine.close())
            await asyncio.sleep(0.01)
            assert not closing.done()
            analyzer.open()
            await closing
            assert len(await asyncio.gather(*tasks)) == 2
            with pytest.raises(OverloadedError) as refused:
                await engine.analyze(b"after")
            assert refused.value.overload is Overload.STOPPING
            assert engine.admission.taken == 0

    run(test)


def test_running_and_waiting_work_is_told_and_how_long_it_waited() -> None:
    async def test() -> None:
        analyzer, stages = GatedAnalyzer(), Stages()
        async with engine_of(analyzer, queue=2) as engine:
            assert (engine.running, engine.waiting) == (0, 0)
            first = asyncio.create_task(engine.analyze(b"first"))
            await begun(analyzer)
            second = asyncio.create_task(engine.analyze(b"second", stages=stages))
            await asyncio.sleep(0)
            assert (engine.running, engine.waiting) == (1, 1)
            analyzer.open()
            await asyncio.gather(first, second)
            assert [lap.stage for lap in stages.laps] == [Stage.QUEUE]
            assert stages.laps[0].seconds > 0
            assert (engine.running, engine.waiting) == (0, 0)

    run(test)


def test_hanging_work_is_told_and_counted_until_it_returns() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        with capture_logs() as logs:
            async with engine_of(analyzer, workers=2, stuck_after=0.05) as engine:
                tasks = [asyncio.create_task(engine.analyze(b"hangs"))]
                await wait_for(lambda: events(logs) == [("engine.stuck", 1)])
                assert (engine.stuck, engine.is_stuck) == (1, False)
                tasks.append(asyncio.create_task(engine.analyze(b"hangs too")))
                await wait_for(lambda: events(logs)[1:] == [("engine.stuck", 2)])
                assert (engine.stuck, engine.is_stuck) == (2, True)
                analyzer.open()
                await asyncio.gather(*tasks)
                assert not engine.is_stuck
                await wait_for(lambda: events(logs)[2:] == [("engine.recovered", 0)])
        assert [log["log_level"] for log in logs if log["event"] == "engine.stuck"] == ["error"] * 2

    run(test)


def test_a_warm_up_that_hangs_is_all_that_an_engine_has() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer(cold=True)
        engine = Engine(analyzer, EngineSettings(workers=2, stuck_after=0.05))
        warming = engine.start()
        await wait_for(lambda: engine.is_stuck)
        analyzer.open()
        assert await asyncio.wrap_future(warming)
        await wait_for(lambda: not engine.is_stuck)
        assert await engine.close()

    run(test)


def test_closing_leaves_what_hangs() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        async with engine_of(analyzer, deadline=0.05) as engine:
            with pytest.raises(OverloadedError):
                await engine.analyze(b"hangs")
            assert not await engine.close(seconds=0.05)
            analyzer.open()
            assert await engine.close()

    run(test)


def test_a_failure_holds_no_image() -> None:
    async def test() -> None:
        analyzer = HoardingAnalyzer()
        async with engine_of(analyzer) as engine:
            with pytest.raises(InvalidImageError) as caught:
                await engine.analyze(b"image")
            assert caught.value.__cause__ is not None
            assert [pixels() for pixels in analyzer.pixels] == [None, None]

    run(test)


class Pixels:
    """What a frame may hold."""


class HoardingAnalyzer(SteadyAnalyzer):
    """Fails with pixels in two frames, one of the error and one of its cause."""

    def __init__(self) -> None:
        super().__init__()
        self.pixels: list[weakref.ref[Pixels]] = []

    def analyze(self, image: bytes, preset: Preset | None = None, stages: Stages | None = None) -> Analysis:
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


def events(logs: Sequence[MutableMapping[str, object]]) -> list[tuple[object, object]]:
    return [(log["event"], log["stuck"]) for log in logs if "stuck" in log]


async def wait_for(is_so: Callable[[], bool]) -> None:
    await asyncio.to_thread(wait_until, is_so)
