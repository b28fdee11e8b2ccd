from pathlib import Path

import pytest

from bonaface.bulk.columns import Format
from bonaface.bulk.shard_file import shard_name, write_shard
from bonaface.bulk.shard_list import Shard, ShardList, described
from bonaface.errors import InvalidParameterError

ROWS = [
    {"image": image, "verdict": verdict} for image, verdict in ((1, "attack"), (1, "attack"), (2, "no_face"))
]


def _written(folder: Path, number: int) -> Shard:
    file = folder / shard_name(number, Format.JSONL)
    return described(number, file, ROWS, 2, write_shard(file, ROWS, [], Format.JSONL))


def _reconciled(folder: Path, count: int = 3) -> ShardList:
    shards = ShardList(folder / "shards.jsonl", Format.JSONL)
    shards.reconcile(count)
    return shards


def test_what_was_added_is_there_again(tmp_path: Path) -> None:
    shard = _written(tmp_path, 1)
    _reconciled(tmp_path).add(shard)

    assert _reconciled(tmp_path).shards == {1: shard}
    assert (shard.items, shard.rows, shard.verdicts) == (2, 3, {"attack": 2, "no_face": 1})


def test_a_shard_whose_line_was_not_written_any_more_is_finished(tmp_path: Path) -> None:
    _reconciled(tmp_path).add(_written(tmp_path, 0))
    second = _written(tmp_path, 2)
    with (tmp_path / "shards.jsonl").open("a") as file:
        file.write('{"number": 2, "fi')

    assert _reconciled(tmp_path).shards[2] == second
    assert len((tmp_path / "shards.jsonl").read_text().splitlines()) == 2


def test_one_whose_file_is_gone_is_not(tmp_path: Path) -> None:
    _reconciled(tmp_path).add(_written(tmp_path, 0))
    (tmp_path / shard_name(0, Format.JSONL)).unlink()
    assert _reconciled(tmp_path).shards == {}


def test_one_that_was_changed_is_told(tmp_path: Path) -> None:
    _reconciled(tmp_path).add(_written(tmp_path, 0))
    with (tmp_path / shard_name(0, Format.JSONL)).open("a") as file:
        file.write("{}\n")
    with pytest.raises(InvalidParameterError, match="is not as it was written"):
        _reconciled(tmp_path)
