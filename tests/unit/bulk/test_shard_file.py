import hashlib
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bonaface.bulk.columns import OWN, Format
from bonaface.bulk.shard_file import read_shard, remove_unfinished, shard_name, write_shard

ROWS = [
    {"image": 1, "path": "a.jpg", "verdict": "bona_fide", "landmarks": [1.5, 2], "label": "x"},
    {"image": 2, "path": "é.jpg", "verdict": "error"},
]


@pytest.mark.parametrize("format_", Format)
def test_rows_come_back(format_: Format, tmp_path: Path) -> None:
    file = tmp_path / shard_name(3, format_)
    digest = write_shard(file, ROWS, ["label"], format_)

    assert file.name == f"faces-000003.{format_}"
    assert [row["path"] for row in read_shard(file, ["path"])] == ["a.jpg", "é.jpg"]
    assert [row["landmarks"] for row in read_shard(file, ["landmarks", "label"])] == [[1.5, 2], None]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == digest
    assert list(tmp_path.iterdir()) == [file]


def test_every_shard_of_parquet_has_the_same_columns(tmp_path: Path) -> None:
    write_shard(tmp_path / "a.parquet", ROWS[1:], ["label", "width"], Format.PARQUET)
    schema = pq.read_schema(tmp_path / "a.parquet")
    assert schema.names == [*OWN, "label", "given_width"]


def test_one_that_was_not_finished_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_shard(tmp_path / "faces-000000.jsonl", ROWS, [], Format.JSONL)
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".faces-")
    remove_unfinished(tmp_path)
    assert list(tmp_path.iterdir()) == []
