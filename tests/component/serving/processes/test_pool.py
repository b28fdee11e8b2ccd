"""Analyses in real processes: the same results, and what happens when one of them ends or hangs."""

import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from benchmarks import pictures
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bonaface import Analyzer, Settings
from bonaface.compiled import read_kept
from bonaface.errors import ModelError, ModelMissingError, UnsupportedImageFormatError
from bonaface.models.loaded_presets import load_presets
from bonaface.serving.processes import fork_server
from bonaface.serving.processes.pool import ATTEMPTS, WorkerPool
from bonaface.serving.processes.worker import (
    HANGS_LOADING,
    NO_MEMORY,
    WorkerHangsError,
    WorkerLostError,
    WorkerProcess,
)
from bonaface.settings import ModelSettings, ServingSettings
from bonaface.timings import Stage, Timings
from bonaface.types import Preset
from support.machine.workers import fork_servers_of, memory_of, workers_of
from support.models.presets_file import hang, write_presets
from support.waiting import wait_until

LONG = 120
"""Seconds: enough to load the models on a machine however busy."""

SHORT = 0.5


@contextmanager
def working(models: ModelSettings, count: int, **limits: float) -> Iterator[WorkerPool]:
    engine = ServingSettings.model_validate({"workers": count, "isolation": "processes", **limits})
    workers = WorkerPool(Settings(models=models, serving=engine))
    try:
        workers.start()
        yield workers
    finally:
        workers.close()


@pytest.fixture(scope="module")
def crowd() -> bytes:
    """1200 x 960 pixels, the portrait's head twenty times."""
    return pictures.crowd(20)


def children() -> list[int]:
    return workers_of(os.getpid())


def reasons(logs: list[EventDict]) -> list[str]:
    return [line["reason"] for line in logs if line["event"] == "worker.lost"]


def lose_one(workers: WorkerPool, image: bytes) -> None:
    """Kill an idle worker, and ask until a call came to it."""
    os.kill(children()[0], signal.SIGKILL)
    assert any(is_lost(workers, image) for _ in range(2))


def is_lost(workers: WorkerPool, image: bytes) -> bool:
    """Whether a call comes to a worker that has ended."""
    try:
        workers.analyze(image)
    except WorkerLostError:
        return True
    return False


@dataclass
class Hindered:
    """Settings whose file of presets can be one that hangs whoever opens it, as a dead network disk would."""

    models: ModelSettings
    presets: Path

    def settings(self, workers: int, load_timeout: float = LONG) -> Settings:
        models = self.models.model_copy(update={"presets": self.presets})
        return Settings(models=models, serving=ServingSettings(workers=workers, load_timeout=load_timeout))

    @staticmethod
    def limit(settings: Settings, seconds: float) -> None:
        """Change the limit under a pool: short for one that hangs, long for one that loads."""
        vars(settings.serving)["load_timeout"] = seconds

    def hang(self) -> None:
        hang(self.presets)

    def go_on(self) -> None:
        write_presets(self.presets)


@pytest.fixture
def hindered(model_settings: ModelSettings, tmp_path: Path) -> Hindered:
    made = Hindered(model_settings, tmp_path / "presets.toml")
    made.go_on()
    return made


def test_gives_what_an_analyzer_gives_side_by_side(
    model_settings: ModelSettings, analyzer: Analyzer, portrait: bytes
) -> None:
    expected, inspected = analyzer.analyze(portrait, Preset.BALANCED), analyzer.inspect([portrait])
    with working(model_settings, 2) as workers, ThreadPoolExecutor(4) as pool:
        workers.warm_up()
        assert len(children()) == 2
        timings = Timings()
        assert workers.analyze(portrait, timings=timings) == expected
        assert [timing.stage for timing in timings.entries] == [Stage.DECODE, Stage.DETECT, Stage.PAD]
        assert all(timing.seconds > 0 for timing in timings.entries)
        assert list(pool.map(workers.analyze, [portrait] * 6)) == [expected] * 6
        with pytest.raises(UnsupportedImageFormatError):
            workers.analyze(b"no image")
        assert workers.analyze(portrait, Preset.STRICT).preset is Preset.STRICT
        assert workers.inspect([portrait], timings=timings) == inspected
        assert len(timings.entries) == 6
    assert children() == []


def test_where_networks_are_kept_all_begin_at_once(model_settings: ModelSettings) -> None:
    assert read_kept(model_settings)
    workers = WorkerPool(Settings(models=model_settings, serving=ServingSettings(workers=2)))
    try:
        wait_until(lambda: len(children()) == 2)
        workers.start()
        assert len(children()) == 2
    finally:
        workers.close()


def test_every_worker_judges_by_what_it_is_told_also_one_that_is_begun_anew(
    model_settings: ModelSettings, portrait: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "presets.toml"
    old, new = (load_presets(write_presets(path, weak), "bonaface-pad").calibration for weak in (0.1, 0.2))
    hang(path)  # no worker is to read it
    models = model_settings.model_copy(update={"presets": path})
    serving = ServingSettings(workers=2, isolation="processes")
    workers = WorkerPool(Settings(models=models, serving=serving), old)
    try:
        workers.start()
        assert {workers.inspect([portrait]).policy.version for _ in range(4)} == {old.policy.version}
        workers.judge_by(new)
        assert {workers.inspect([portrait]).policy.version for _ in range(4)} == {new.policy.version}
        lose_one(workers, portrait)
        wait_until(lambda: len(children()) == 2)
        assert {workers.inspect([portrait]).policy.version for _ in range(4)} == {new.policy.version}
    finally:
        workers.close()


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Bytes of the faces that workers are given by others."""
    sizes: list[int] = []
    judging = WorkerProcess.begin_judging

    def counted(worker: WorkerProcess, faces: bytes, descriptor: int) -> None:
        sizes.append(len(faces))
        judging(worker, faces, descriptor)

    monkeypatch.setattr(WorkerProcess, "begin_judging", counted)
    return sizes


def test_idle_workers_help_with_many_faces(
    model_settings: ModelSettings, analyzer: Analyzer, crowd: bytes, handed: list[int]
) -> None:
    expected, inspected = analyzer.analyze(crowd), analyzer.inspect([crowd, crowd])
    assert len(expected.faces) == 20
    with working(model_settings, 3) as workers:
        assert workers.analyze(crowd) == expected
        assert len(handed) == 2
        assert workers.inspect([crowd, crowd]) == inspected
        assert len(handed) == 6
    with working(model_settings, 1) as workers:
        assert workers.analyze(crowd) == expected
    assert len(handed) == 6


def test_helpers_judge_by_the_calibration_of_the_one_they_help(
    model_settings: ModelSettings, analyzer: Analyzer, crowd: bytes, handed: list[int]
) -> None:
    """Its clip is so narrow that it tells in every score."""
    narrow = analyzer.calibration.model_copy(update={"clip": 0.5})
    expected = analyzer.with_calibration(narrow).analyze(crowd)
    assert expected != analyzer.analyze(crowd)
    with working(model_settings, 2) as workers:
        workers.judge_by(narrow)
        assert workers.analyze(crowd) == expected
    assert len(handed) == 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_helper_that_is_lost_costs_no_answer(
    model_settings: ModelSettings,
    analyzer: Analyzer,
    crowd: bytes,
    portrait: bytes,
    handed: list[int],
    how: signal.Signals,
) -> None:
    expected = analyzer.analyze(crowd)
    with working(model_settings, 2, stuck_after=5) as workers, capture_logs() as logs:
        os.kill(children()[1], how)  # the first is asked first
        assert workers.analyze(crowd) == expected
        assert len(handed) == 1
        assert len(reasons(logs)) == 1
        wait_until(lambda: len(children()) == 2)
        assert {workers.analyze(portrait).preset for _ in range(3)} == {Preset.BALANCED}


def test_helpers_of_one_that_is_lost_are_there_for_others(
    model_settings: ModelSettings,
    analyzer: Analyzer,
    crowd: bytes,
    portrait: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lost(_worker: WorkerProcess, _faces: bytes, _descriptor: int) -> None:
        raise MemoryError

    expected = analyzer.analyze(portrait)
    with working(model_settings, 2) as workers, capture_logs() as logs:
        with monkeypatch.context() as patch:
            patch.setattr(WorkerProcess, "begin_judging", lost)
            with pytest.raises(WorkerLostError):
                workers.analyze(crowd)
        assert reasons(logs) == [NO_MEMORY]
        assert [workers.analyze(portrait) for _ in range(4)] == [expected] * 4


def test_a_worker_gets_no_secret_of_the_server(
    model_settings: ModelSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BONAFACE_STORAGE__URL", "bonaface_storage__url", "PGPASSWORD", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "postgresql://user:hidden-word@127.0.0.1/bonaface")
    with working(model_settings, 1):
        for process in (*children(), *fork_servers_of(os.getpid())):
            assert b"hidden-word" not in memory_of(process)


def test_one_that_hangs_while_it_loads_is_replaced_at_the_start(hindered: Hindered) -> None:
    hindered.hang()
    settings = hindered.settings(1, SHORT)
    with ThreadPoolExecutor(1) as pool, capture_logs() as logs:
        workers = WorkerPool(settings)
        hindered.limit(settings, LONG)
        try:
            loading = pool.submit(workers.start)
            wait_until(lambda: bool(logs))
            assert not workers.ready
            hindered.go_on()
            loading.result()
            assert workers.ready
            workers.warm_up()
            assert len(children()) == 1  # the one that hung is no more
        finally:
            workers.close()
    assert reasons(logs) == [HANGS_LOADING.format(seconds=LONG)]


def test_where_each_hangs_while_it_loads_it_is_told(hindered: Hindered) -> None:
    hindered.hang()
    workers = WorkerPool(hindered.settings(1, SHORT))
    try:
        with capture_logs() as logs, pytest.raises(WorkerHangsError, match="did not load its models"):
            workers.start()
        assert len(logs) == ATTEMPTS - 1
    finally:
        workers.close()
    assert children() == []


def test_one_that_hangs_while_it_loads_anew_is_replaced_and_the_other_goes_on(
    hindered: Hindered, portrait: bytes
) -> None:
    settings = hindered.settings(2)
    workers = WorkerPool(settings)
    try:
        workers.start()
        hindered.hang()
        hindered.limit(settings, SHORT)
        with capture_logs() as logs:
            lose_one(workers, portrait)
            assert all(workers.analyze(portrait).faces for _ in range(4))
            wait_until(lambda: HANGS_LOADING.format(seconds=SHORT) in reasons(logs))
            assert workers.ready
            lose_one(workers, portrait)
            wait_until(lambda: not workers.ready)
            hindered.limit(settings, LONG)
            hindered.go_on()
            wait_until(lambda: workers.ready)
            assert workers.analyze(portrait).faces
    finally:
        workers.close()
    assert children() == []


def test_one_that_hangs_in_its_warm_up_is_replaced(hindered: Hindered) -> None:
    settings = hindered.settings(2)
    workers = WorkerPool(settings)
    try:
        workers.start()
        hanging, _ = children()
        os.kill(hanging, signal.SIGSTOP)
        hindered.limit(settings, SHORT)
        with ThreadPoolExecutor(1) as pool, capture_logs() as logs:
            warming = pool.submit(workers.warm_up)
            wait_until(lambda: bool(logs))
            hindered.limit(settings, LONG)
            warming.result()
        assert reasons(logs)[0] == HANGS_LOADING.format(seconds=SHORT)
        assert hanging not in children()
    finally:
        workers.close()


def test_one_that_ends_is_replaced(model_settings: ModelSettings, portrait: bytes) -> None:
    with working(model_settings, 1) as workers:
        expected = workers.analyze(portrait)
        (before,) = children()
        os.kill(before, signal.SIGKILL)
        with capture_logs() as logs, pytest.raises(ModelError, match="ended with exit status -9"):
            workers.analyze(portrait)
        assert [(line["event"], line["reason"]) for line in logs] == [
            ("worker.lost", "A worker ended with exit status -9.")
        ]
        assert workers.analyze(portrait) == expected
        (after,) = children()
        assert after != before


def test_one_that_hangs_is_replaced_and_the_other_goes_on(
    model_settings: ModelSettings, portrait: bytes
) -> None:
    with working(model_settings, 2, stuck_after=5) as workers, ThreadPoolExecutor(2) as pool:
        workers.warm_up()
        hanging, other = children()
        os.kill(hanging, signal.SIGSTOP)
        with capture_logs() as logs:
            ends = [pool.submit(workers.analyze, portrait) for _ in range(2)]
            lost = [end.exception() for end in ends]
        assert [type(error) for error in lost if error] == [WorkerHangsError]
        assert [line["reason"] for line in logs] == ["A worker gave no answer within 5 seconds."]
        assert all(workers.analyze(portrait).faces for _ in range(4))
        assert other in children()
        assert hanging not in children()


def test_where_no_process_can_be_had_the_next_call_tries_again(
    model_settings: ModelSettings, portrait: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with working(model_settings, 1) as workers:
        os.kill(children()[0], signal.SIGKILL)
        with monkeypatch.context() as change, capture_logs() as logs:
            os.kill(fork_servers_of(os.getpid())[0], signal.SIGKILL)
            change.setattr(fork_server, "COMMAND", (str(Path("nowhere") / "python"),))
            for expected in (2, 4):
                with pytest.raises(ModelError):
                    workers.analyze(portrait)
                wait_until(lambda: len(logs) == expected)  # noqa: B023 - called at once
        assert [line["event"] for line in logs] == ["worker.lost", "worker.not_renewed"] * 2
        with pytest.raises(ModelError):
            workers.analyze(portrait)
        assert workers.analyze(portrait).faces


def test_tells_what_keeps_it_from_loading_and_leaves_no_process(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError), working(ModelSettings(directory=tmp_path, pad="minifasnet"), 2):
        pass
    assert children() == []


def test_a_process_that_ends_while_it_loads_is_a_model_error(
    model_settings: ModelSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fork_server, "COMMAND", (sys.executable, "-c", "raise SystemExit(3)"))
    with pytest.raises(WorkerLostError, match="ended"), working(model_settings, 1):
        pass
    assert children() == []


def test_who_waits_when_it_closes_is_told(model_settings: ModelSettings, portrait: bytes) -> None:
    with working(model_settings, 1) as workers, ThreadPoolExecutor(1) as pool:
        os.kill(children()[0], signal.SIGSTOP)
        waiting = pool.submit(workers.analyze, portrait)
        while not waiting.running():
            pass
        with capture_logs() as logs:
            workers.close()
            assert isinstance(waiting.exception(), ModelError)
        assert logs == []
        assert children() == []
