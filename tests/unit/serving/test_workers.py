"""Analyses in real processes: the same results, and what happens when one of them ends or hangs."""

import os
import pickle
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bonaface import Analyzer, Settings
from bonaface.errors import ModelError, ModelMissingError, UnsupportedImageFormatError
from bonaface.serving import nursery
from bonaface.serving.workers import WorkerLostError, Workers, needed
from bonaface.settings import EngineSettings, FaceSettings, ModelSettings, StorageSettings
from bonaface.stopwatch import Stage, Stages
from bonaface.types import Preset
from support.workers import nurseries_of, workers_of


@contextmanager
def working(models: ModelSettings, count: int, stuck_after: float = 60) -> Iterator[Workers]:
    engine = EngineSettings(workers=count, stuck_after=stuck_after, isolation="processes")
    workers = Workers(Settings(models=models, engine=engine))
    try:
        workers.ready()
        yield workers
    finally:
        workers.close()


def children() -> list[int]:
    return workers_of(os.getpid())


def test_gives_what_an_analyzer_gives_side_by_side(model_settings: ModelSettings, portrait: bytes) -> None:
    expected = Analyzer(Settings(models=model_settings)).analyze(portrait, Preset.BALANCED)
    with working(model_settings, 2) as workers, ThreadPoolExecutor(4) as pool:
        workers.warm_up()
        assert len(children()) == 2
        stages = Stages()
        assert workers.analyze(portrait, stages=stages) == expected
        assert [lap.stage for lap in stages.laps] == [Stage.DECODE, Stage.DETECT, Stage.PAD]
        assert all(lap.seconds > 0 for lap in stages.laps)
        assert list(pool.map(workers.analyze, [portrait] * 6)) == [expected] * 6
        with pytest.raises(UnsupportedImageFormatError):
            workers.analyze(b"no image")
        assert workers.analyze(portrait, Preset.STRICT).preset is Preset.STRICT
    assert children() == []


def test_a_worker_gets_no_secret_of_the_server(
    model_settings: ModelSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = StorageSettings(url="postgresql://user:hidden-word@127.0.0.1/bonaface")
    settings = Settings(models=model_settings, faces=FaceSettings(max_faces=3), storage=storage)
    assert b"hidden-word" in pickle.dumps(settings)
    sent = needed(settings)
    assert b"hidden-word" not in pickle.dumps(sent)
    assert (sent.models, sent.faces, sent.engine) == (settings.models, settings.faces, settings.engine)
    monkeypatch.setenv("BONAFACE_STORAGE__URL", str(storage.url))
    with working(model_settings, 1):
        assert b"hidden-word" not in Path(f"/proc/{children()[0]}/environ").read_bytes()


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
    with working(model_settings, 2, stuck_after=1) as workers, ThreadPoolExecutor(2) as pool:
        workers.warm_up()
        hanging, other = children()
        os.kill(hanging, signal.SIGSTOP)
        with capture_logs() as logs:
            ends = [pool.submit(workers.analyze, portrait) for _ in range(2)]
            lost = [end.exception() for end in ends]
        assert [type(error) for error in lost if error] == [WorkerLostError]
        assert [line["reason"] for line in logs] == ["A worker gave no answer within 1 seconds."]
        assert all(workers.analyze(portrait).faces for _ in range(4))
        assert other in children()
        assert hanging not in children()


def test_where_no_process_can_be_had_the_next_call_tries_again(
    model_settings: ModelSettings, portrait: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with working(model_settings, 1) as workers:
        os.kill(children()[0], signal.SIGKILL)
        with monkeypatch.context() as change, capture_logs() as logs:
            os.kill(nurseries_of(os.getpid())[0], signal.SIGKILL)
            change.setattr(nursery, "COMMAND", (str(Path("nowhere") / "python"),))
            for _ in range(2):
                with pytest.raises(ModelError):
                    workers.analyze(portrait)
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
    monkeypatch.setattr(nursery, "COMMAND", (sys.executable, "-c", "raise SystemExit(3)"))
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
