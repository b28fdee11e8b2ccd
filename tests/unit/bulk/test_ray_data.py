"""What tasks and actors of Ray do with a block, without Ray (with it: `system/bulk/test_ray.py`)."""

import json
from pathlib import Path

import pytest

from bonaface import Settings
from bonaface.bulk.item import Item, Place
from bonaface.bulk.ray_data import BLOCK, JudgeActor, read_block, tables
from bonaface.bulk.work import Work
from bonaface.settings import ModelSettings
from bonaface.types import Preset


@pytest.fixture
def work(model_settings: ModelSettings, tmp_path: Path, portrait: bytes) -> Work:
    (tmp_path / "a.png").write_bytes(portrait)
    (tmp_path / "b.png").write_bytes(b"no image")
    return Work(Settings(models=model_settings), Preset.BALANCED, str(tmp_path))


def _items(*names: str) -> list[Item]:
    return [Item(index, index + 1, (Place(name),)) for index, name in enumerate(names)]


def test_a_block_is_read_and_judged_whatever_is_in_it(work: Work) -> None:
    (block,) = tables(_items("a.png", "b.png", "nowhere.png"))
    told = JudgeActor(work)(read_block(block, work)).to_pylist()
    rows = [json.loads(row["rows"])[0] for row in told]

    assert [row["index"] for row in told] == [0, 1, 2]
    assert [row["verdict"] for row in rows] == ["bona_fide", "error", "error"]
    assert [row.get("error_code") for row in rows] == [None, "unsupported_format", "unreadable_file"]
    assert rows[2]["error_message"] == "No such file or directory."


def test_blocks_are_small() -> None:
    assert [table.num_rows for table in tables(_items(*["a.png"] * (BLOCK + 1)))] == [BLOCK, 1]
    assert [table.num_rows for table in tables(_items(*["a.png"] * 5), 2)] == [2, 2, 1]
