"""Real processes: what one of them is lost at is judged again, or told; nothing else is touched."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bonaface import Settings
from bonaface.bulk import worker
from bonaface.bulk.item import Item, Place
from bonaface.bulk.process_pool import ProcessPool
from bonaface.bulk.work import Work
from bonaface.errors import ModelError
from bonaface.settings import ModelSettings, ServingSettings
from bonaface.types import Preset
from support.pictures.picture import picture, png

COUNT = 12


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(COUNT):
        (tmp_path / f"{number}.png").write_bytes(png(picture(96, 96)))
    return tmp_path


def _items(names: list[str]) -> Iterator[Item]:
    for index, name in enumerate(names):
        yield Item(index, index + 1, (Place(name),))


NAMES = [f"{number}.png" for number in range(COUNT)]


def _pool(models: ModelSettings, folder: Path, workers: int = 2, stuck_after: float = 60) -> ProcessPool:
    settings = Settings(models=models, serving=ServingSettings(stuck_after=stuck_after))
    return ProcessPool(Work(settings, Preset.BALANCED, str(folder)), workers)


def test_each_item_has_its_rows_once_also_when_workers_are_killed(
    quick_models: ModelSettings, folder: Path
) -> None:
    seen: list[int] = []
    with closing(_pool(quick_models, folder)) as pool:
        for item, rows in pool.judged(_items(NAMES)):
            if len(seen) in (2, 5):
                os.kill(pool.pids[len(seen) % 2], signal.SIGKILL)
            assert [row["verdict"] for row in rows] == ["no_face"]
            seen.append(item.index)
    assert sorted(seen) == list(range(COUNT))


def test_one_that_is_killed_while_it_loads_is_replaced(quick_models: ModelSettings, folder: Path) -> None:
    with closing(_pool(quick_models, folder)) as pool:
        os.kill(pool.pids[0], signal.SIGKILL)
        assert sorted(item.index for item, _ in pool.judged(_items(NAMES))) == list(range(COUNT))


def test_where_none_can_load_that_is_told(
    quick_models: ModelSettings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "serve", die)
    told = r"^3 processes in a row ended .* \(exit status 7\)\.$"
    with closing(_pool(quick_models, folder)) as pool, pytest.raises(ModelError, match=told):
        list(pool.judged(_items(NAMES)))


def die(*_given: object) -> None:
    """What a process does that cannot load."""
    os._exit(7)


def test_an_image_that_hangs_twice_is_told_and_the_others_are_judged(
    quick_models: ModelSettings, folder: Path
) -> None:
    os.mkfifo(folder / "hangs.png")
    with closing(_pool(quick_models, folder, workers=1, stuck_after=0.2)) as pool:
        verdicts = {item.index: rows[0] for item, rows in pool.judged(_items(["hangs.png", *NAMES[:3]]))}
    assert [verdicts[index]["verdict"] for index in range(4)] == ["error", "no_face", "no_face", "no_face"]
    assert verdicts[0]["error_code"] == "worker_lost"


def test_few_items_are_taken_ahead(quick_models: ModelSettings, folder: Path) -> None:
    taken: list[int] = []

    def items() -> Iterator[Item]:
        for item in _items(NAMES):
            taken.append(item.index)
            yield item

    with closing(_pool(quick_models, folder, workers=1)) as pool:
        for done, _ in enumerate(pool.judged(items()), 1):
            assert len(taken) - done <= 4
