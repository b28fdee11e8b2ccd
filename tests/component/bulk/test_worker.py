import os
import signal
from multiprocessing.connection import wait
from pathlib import Path

import pytest

from bonaface import Settings
from bonaface.bulk.item import Item, Place
from bonaface.bulk.work import Work
from bonaface.bulk.worker import Worker, WorkerLostError
from bonaface.errors import ModelError
from bonaface.settings import ModelSettings
from bonaface.types import Preset
from support.waiting import LONGEST, wait_until


def _work(models: ModelSettings, folder: Path) -> Work:
    return Work(Settings(models=models), Preset.BALANCED, str(folder))


def _result(worker: Worker) -> object:
    assert wait([worker.connection], LONGEST)
    return worker.result()


def test_it_answers_in_the_order_of_the_items_and_ends(
    quick_models: ModelSettings, tmp_path: Path, portrait: bytes
) -> None:
    (tmp_path / "a.png").write_bytes(portrait)
    worker = Worker(_work(quick_models, tmp_path))
    for index, name in enumerate(("a.png", "nowhere.png")):
        worker.give(Item(index, index + 1, (Place(name),)))

    assert _result(worker) is None
    first, second = _result(worker), _result(worker)
    assert [row["verdict"] for rows in (first, second) for row in rows] == ["bona_fide", "error"]  # type: ignore[attr-defined] # rows
    assert not worker.is_stuck
    worker.end()


def test_models_that_cannot_be_loaded_are_told(tmp_path: Path) -> None:
    worker = Worker(_work(ModelSettings(directory=tmp_path, pad="minifasnet-v2"), tmp_path))
    with pytest.raises(ModelError):
        _result(worker)
    worker.end()


def test_one_that_ends_is_lost(quick_models: ModelSettings, tmp_path: Path) -> None:
    worker = Worker(_work(quick_models, tmp_path))
    assert _result(worker) is None
    os.kill(worker.pid, signal.SIGKILL)
    with pytest.raises(WorkerLostError):
        _result(worker)
    worker.give(Item(0, 1, (Place("a"),)))


def test_it_ends_when_nobody_is_there_any_more(quick_models: ModelSettings, tmp_path: Path) -> None:
    worker = Worker(_work(quick_models, tmp_path))
    worker.connection.close()
    wait_until(lambda: not worker.is_alive)
