"""A shard: the rows of consecutive items in one file, which is there whole or not at all."""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import orjson

from bonaface.bulk.columns import OWN, Format, Row, carried

STEM = "faces-"
UNFINISHED = ".unfinished"

Write = Callable[[Sequence[Row], Sequence[str], IO[bytes]], None]


def shard_name(number: int, format_: Format) -> str:
    """Of the shard with this number, from 0."""
    return f"{STEM}{number:06}.{format_.value}"


def write_shard(file: Path, rows: Sequence[Row], columns: Sequence[str], format_: Format) -> str:
    """The file, on disk when this returns; its SHA-256. columns: of the manifest, by their names there.

    Raises OSError.
    """
    unfinished = file.with_name(f".{file.name}{UNFINISHED}")
    with unfinished.open("w+b") as opened:
        WRITERS[format_](rows, columns, opened)
        opened.flush()
        os.fsync(opened.fileno())
        opened.seek(0)
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    unfinished.replace(file)
    sync_folder(file.parent)
    return digest


def remove_unfinished(folder: Path) -> None:
    """What a job that was killed was writing."""
    for file in folder.glob(f".{STEM}*{UNFINISHED}"):
        file.unlink()


def read_shard(file: Path, columns: Sequence[str]) -> Iterable[Row]:
    """The rows with these columns; what a row does not have is None, or absent. Raises OSError."""
    if file.suffix == ".jsonl":
        with file.open("rb") as lines:
            for line in lines:
                row = orjson.loads(line)
                yield {name: row.get(name) for name in columns}
        return
    import pyarrow.parquet as pq

    yield from pq.read_table(file, columns=list(columns)).to_pylist()


def sync_folder(folder: Path) -> None:
    """Have the names in it on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_parquet(rows: Sequence[Row], columns: Sequence[str], file: IO[bytes]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), list: pa.list_(pa.float64())}
    own = [(name, kinds[kind]) for name, kind in OWN.items()]
    schema = pa.schema([*own, *((name, pa.string()) for name in carried(columns).values())])
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), file, compression="zstd")


def _write_jsonl(rows: Sequence[Row], columns: Sequence[str], file: IO[bytes]) -> None:
    names = [*OWN, *carried(columns).values()]
    for row in rows:
        told: dict[str, Any] = {name: row[name] for name in names if row.get(name) is not None}
        file.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE))


WRITERS: Mapping[Format, Write] = MappingProxyType(
    {Format.PARQUET: _write_parquet, Format.JSONL: _write_jsonl}
)
