"""The dispatcher: readiness, capacity, deadlines, dropped work, draining."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from bonaface.errors import InvalidImageError, Overload, OverloadedError
from bonaface.serving.backend import ImageAnalyzer
from bonaface.serving.deadline import Deadline
from bonaface.serving.dispatcher import Dispatcher, Warmth
from bonaface.settings import ServingSettings
from bonaface.timings import Stage, Timings
from bonaface.types import HeatmapRequest, Preset
from support.models.analyses import BrokenAnalyzer, GatedAnalyzer, SteadyAnalyzer, a_face
from support.waiting import wait_until

LATER = 60


@asynccontextmanager
async def dispatcher_of(analyzer: ImageAnalyzer, **limits: float) -> AsyncIterator[Dispatcher]:
    settings = ServingSettings.model_validate({"workers": 1, "queue": 1, "deadline": LATER, **limits})
    dispatcher = Dispatcher(analyzer, settings)
    try:
        await asyncio.wrap_future(dispatcher.start())
        yield dispatcher
    finally:
        if isinstance(analyzer, GatedAnalyzer):
            analyzer.open()
        await dispatcher.close()


async def begun(analyzer: GatedAnalyzer) -> None:
    """Return when the next analysis runs."""
    assert await asyncio.to_thread(analyzer.began.acquire, timeout=LATER)


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await test()

    asyncio.run(main())


def test_an_inspection_takes_one_place_for_all_frames() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        async with dispatcher_of(analyzer) as dispatcher:
            asked = asyncio.create_task(dispatcher.inspect([b"first", b"second"], Preset.STRICT))
            await begun(analyzer)
            assert (dispatcher.admission.taken, dispatcher.running) == (1, 1)
            analyzer.open()
            assert len((await asked).analyses) == 2
        assert analyzer.images == [b"first", b"second"]

    run(test)


def test_inspections_with_heatmaps_have_half_of_the_workers() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        async with dispatcher_of(analyzer, workers=3) as dispatcher:
            asked = asyncio.create_task(dispatcher.inspect([b"first"], heatmap=HeatmapRequest()))
            await begun(analyzer)
            with pytest.raises(OverloadedError):
                await dispatcher.inspect([b"second"], heatmap=HeatmapRequest())
            assert dispatcher.admission.taken == 1
            plain = asyncio.create_task(dispatcher.inspect([b"third"]))
            await begun(analyzer)
            analyzer.open()
            assert len((await asked).analyses) == len((await plain).analyses) == 1
            assert len((await dispatcher.inspect([b"fourth"], heatmap=HeatmapRequest())).analyses) == 1

    run(test)


def test_the_deadline_of_an_inspection_is_for_all_frames() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        async with dispatcher_of(analyzer, deadline=0.05) as dispatcher:
            with pytest.raises(OverloadedError):
                await dispatcher.inspect([b"first", b"second"])
            analyzer.open()
            assert await dispatcher.close(LATER)
        assert b"second" not in analyzer.images  # its worker gave up as well

    run(test)


def test_gives_the_analysis_and_passes_the_preset() -> None:
    async def test() -> None:
        analyzer = SteadyAnalyzer()
        async with dispatcher_of(analyzer) as dispatcher:
            analysis = await dispatcher.analyze(b"image", Preset.STRICT)
        assert analysis.faces == (a_face(),)
        assert analyzer.presets == [Preset.STRICT]

    run(test)


def test_passes_on_what_the_analyzer_raises() -> None:
    async def test() -> None:
        for error in (InvalidImageError("no image"), TimeoutError("of its own")):
            async with dispatcher_of(BrokenAnalyzer(error)) as dispatcher:
                with pytest.raises(type(error), match=str(error)):
                    await dispatcher.analyze(b"image")

    run(test)


def test_refuses_until_it_is_warm() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer(cold=True)
        dispatcher = Dispatcher(analyzer, ServingSettings(workers=1))
        assert dispatcher.warmth.value == "cold"
        warming = dispatcher.start()
        assert dispatcher.warmth.value == "warming"
        with pytest.raises(OverloadedError) as refused:
            await dispatcher.analyze(b"image")
        assert refused.value.overload is Overload.STARTING
        analyzer.open()
        assert await asyncio.wrap_future(warming)
        assert dispatcher.is_ready
        await dispatcher.analyze(b"image")
        await dispatcher.close()

    run(test)


def test_what_would_be_refused_is_told_before_the_image_is_there() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        async with dispatcher_of(analyzer, queue=0) as dispatcher:
            dispatcher.check()
            running = asyncio.create_task(dispatcher.analyze(b"image"))
            await begun(analyzer)
            with pytest.raises(OverloadedError) as refused:
                dispatcher.check()
            assert refused.value.overload is Overload.QUEUE
            analyzer.open()
            await running
            dispatcher.check()
        cold = Dispatcher(SteadyAnalyzer(), ServingSettings(workers=1))
        with pytest.raises(OverloadedError) as refused:
            cold.check()
        assert refused.value.overload is Overload.STARTING

    run(test)


def test_a_failed_warm_up_leaves_it_refusing() -> None:
    async def test() -> None:
        async with dispatcher_of(BrokenAnalyzer(RuntimeError("no model"), in_warm_up=True)) as dispatcher:
            assert dispatcher.warmth is Warmth.FAILED
            assert dispatcher.warmed.result() is False
            with pytest.raises(OverloadedError):
                await dispatcher.analyze(b"image")

    run(test)


def test_takes_on_workers_and_queue_and_refuses_the_next_at_once() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        async with dispatcher_of(analyzer, workers=2, queue=3) as dispatcher:
            tasks = [asyncio.create_task(dispatcher.analyze(b"%d" % i)) for i in range(5)]
            await begun(analyzer)
            await begun(analyzer)
            with pytest.raises(OverloadedError) as refused:
                await dispatcher.analyze(b"too many")
            assert refused.value.overload is Overload.QUEUE
            assert dispatcher.admission.taken == 5
            analyzer.open()
            await asyncio.gather(*tasks)
            assert sorted(analyzer.images) == [b"0", b"1", b"2", b"3", b"4"]
            assert dispatcher.admission.taken == 0

    run(test)


def test_cancelled_work_is_dropped_when_it_is_dequeued() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        async with dispatcher_of(analyzer, queue=2) as dispatcher:
            first = asyncio.create_task(dispatcher.analyze(b"first"))
            await begun(analyzer)
            second = asyncio.create_task(dispatcher.analyze(b"second"))
            third = asyncio.create_task(dispatcher.analyze(b"third"))
            await asyncio.sleep(0)
            second.cancel()
            with pytest.raises(asyncio.CancelledError):
                await second
            assert dispatcher.admission.taken == 3  # its place is held until a worker comes by
            analyzer.open()
            await asyncio.gather(first, third)
        assert analyzer.images == [b"first", b"third"]
        assert dispatcher.admission.taken == 0

    run(test)


def test_how_dropped_work_ends_is_nobodys_concern() -> None:
    complaints: list[dict[str, object]] = []

    async def test() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, complaint: complaints.append(complaint))
        analyzer = GatedAnalyzer()
        async with dispatcher_of(analyzer) as dispatcher:
            running = asyncio.create_task(dispatcher.analyze(b"first"))
            await begun(analyzer)
            waiting = asyncio.create_task(dispatcher.analyze(b"second"))
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
        async with dispatcher_of(analyzer) as dispatcher:
            running = asyncio.create_task(dispatcher.analyze(b"running"))
            await begun(analyzer)
            with pytest.raises(OverloadedError):
                await dispatcher.analyze(b"late", deadline=Deadline.after(0.02))
            analyzer.open()
            await running
        assert analyzer.images == [b"running"]

    run(test)


def test_a_deadline_that_is_over_when_dequeued_is_an_overload() -> None:
    async def test() -> None:
        analyzer = SteadyAnalyzer()
        async with dispatcher_of(analyzer) as dispatcher:
            with pytest.raises(OverloadedError) as refused:
                await dispatcher.analyze(b"late", deadline=Deadline.after(-1))
            assert refused.value.overload is Overload.DEADLINE
        assert analyzer.presets == []

    run(test)


def test_work_that_outruns_its_deadline_keeps_its_place_until_it_ends() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        async with dispatcher_of(analyzer, deadline=0.05) as dispatcher:
            with pytest.raises(OverloadedError) as refused:
                await dispatcher.analyze(b"slow")
            assert refused.value.overload is Overload.DEADLINE
            assert dispatcher.admission.taken == 1
        assert dispatcher.admission.taken == 0

    run(test)


def test_closing_drains_what_was_admitted_and_refuses_more() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        async with dispatcher_of(analyzer) as dispatcher:
            tasks = [asyncio.create_task(dispatcher.analyze(b"%d" % i)) for i in range(2)]
            await begun(analyzer)
            closing = asyncio.create_task(dispatcher.close())
            await asyncio.sleep(0.01)
            assert not closing.done()
            analyzer.open()
            await closing
            assert len(await asyncio.gather(*tasks)) == 2
            with pytest.raises(OverloadedError) as refused:
                await dispatcher.analyze(b"after")
            assert refused.value.overload is Overload.STOPPING
            assert dispatcher.admission.taken == 0

    run(test)


def test_running_and_waiting_work_is_told_and_how_long_it_waited() -> None:
    async def test() -> None:
        analyzer, timings = GatedAnalyzer(), Timings()
        async with dispatcher_of(analyzer, queue=2) as dispatcher:
            assert (dispatcher.running, dispatcher.waiting) == (0, 0)
            first = asyncio.create_task(dispatcher.analyze(b"first"))
            await begun(analyzer)
            second = asyncio.create_task(dispatcher.analyze(b"second", timings=timings))
            await asyncio.sleep(0)
            assert (dispatcher.running, dispatcher.waiting) == (1, 1)
            analyzer.open()
            await asyncio.gather(first, second)
            assert [timing.stage for timing in timings.entries] == [Stage.QUEUE]
            assert timings.entries[0].seconds > 0
            assert (dispatcher.running, dispatcher.waiting) == (0, 0)

    run(test)


def test_hanging_work_is_told_and_counted_until_it_returns() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        with capture_logs() as logs:
            async with dispatcher_of(analyzer, workers=2, stuck_after=0.05) as dispatcher:
                tasks = [asyncio.create_task(dispatcher.analyze(b"hangs"))]
                await wait_for(lambda: events(logs) == [("serving.stuck", 1)])
                assert (dispatcher.stuck, dispatcher.is_stuck) == (1, False)
                tasks.append(asyncio.create_task(dispatcher.analyze(b"hangs too")))
                await wait_for(lambda: events(logs)[1:] == [("serving.stuck", 2)])
                assert (dispatcher.stuck, dispatcher.is_stuck) == (2, True)
                analyzer.open()
                await asyncio.gather(*tasks)
                assert not dispatcher.is_stuck
                await wait_for(lambda: events(logs)[2:] == [("serving.recovered", 0)])
        assert [log["log_level"] for log in logs if log["event"] == "serving.stuck"] == ["error"] * 2

    run(test)


def test_a_warm_up_that_hangs_is_all_that_an_engine_has() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer(cold=True)
        dispatcher = Dispatcher(analyzer, ServingSettings(workers=2, stuck_after=0.05))
        warming = dispatcher.start()
        await wait_for(lambda: dispatcher.is_stuck)
        analyzer.open()
        assert await asyncio.wrap_future(warming)
        await wait_for(lambda: not dispatcher.is_stuck)
        assert await dispatcher.close()

    run(test)


def test_closing_leaves_what_hangs() -> None:
    async def test() -> None:
        analyzer = GatedAnalyzer()
        async with dispatcher_of(analyzer, deadline=0.05) as dispatcher:
            with pytest.raises(OverloadedError):
                await dispatcher.analyze(b"hangs")
            assert not await dispatcher.close(seconds=0.05)
            analyzer.open()
            assert await dispatcher.close()

    run(test)


def events(logs: Sequence[MutableMapping[str, object]]) -> list[tuple[object, object]]:
    return [(log["event"], log["stuck"]) for log in logs if "stuck" in log]


async def wait_for(is_so: Callable[[], bool]) -> None:
    await asyncio.to_thread(wait_until, is_so)
