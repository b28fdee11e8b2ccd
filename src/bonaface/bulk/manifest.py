"""A manifest: a table of images in CSV or Parquet, whose other columns go with them into the output."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

from bonaface.errors import InvalidParameterError
from bonaface.optional_dependencies import require_extra

NAMES = ("path", "url")
"""What the column of the images may be called."""
SUFFIXES = (".csv", ".parquet")
ROWS = 10_000
"""Of Parquet that are in memory at once."""

Row = tuple[str, dict[str, str]]
"""Path or URL of an image, and what the other columns say of it, as text."""
Table = tuple[Sequence[str], Iterator[dict[str, Any]]]
"""Columns and rows."""


def is_manifest(name: str) -> bool:
    """By its ending."""
    return name.lower().endswith(SUFFIXES)


@contextmanager
def read_manifest(name: str, file: IO[bytes]) -> Iterator[tuple[tuple[str, ...], Iterator[Row]]]:
    """The columns besides that of the images, and the rows.

    Raises InvalidParameterError where it cannot be read, or has no column `path` or `url`; a row without one
    is told when it comes.
    """
    with (_parquet if name.lower().endswith(".parquet") else _csv)(name, file) as (columns, rows):
        column = next((one for one in NAMES if one in columns), None)
        if column is None:
            raise InvalidParameterError(f"{name} has no column called {' or '.join(NAMES)}.")
        others = tuple(one for one in columns if one != column)
        yield others, _rows(name, column, others, rows)


def _rows(name: str, column: str, others: Sequence[str], rows: Iterator[dict[str, Any]]) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        image = _text(row.get(column))
        if not image:
            raise InvalidParameterError(f"Row {number} of {name} has no {column}.")
        yield image, {one: _text(row.get(one)) for one in others}


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


@contextmanager
def _csv(name: str, file: IO[bytes]) -> Iterator[Table]:
    with io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        rows = csv.DictReader(text)
        yield _told(name, lambda: rows.fieldnames or ()), _told_rows(name, rows)


def _told_rows(name: str, rows: "csv.DictReader[str]") -> Iterator[dict[str, Any]]:
    while (row := _told(name, lambda: next(rows, None))) is not None:
        yield row


def _told(name: str, read: Any) -> Any:  # noqa: ANN401 - what it reads
    try:
        return read()
    except (UnicodeDecodeError, csv.Error):
        raise InvalidParameterError(f"{name} is not a CSV file in UTF-8.") from None


@contextmanager
def _parquet(name: str, file: IO[bytes]) -> Iterator[Table]:
    require_extra("parquet", "A manifest in Parquet")
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(file)
    except (pa.ArrowInvalid, OSError) as error:
        raise InvalidParameterError(f"{name} is not a Parquet file.") from error
    batches = table.iter_batches(batch_size=ROWS)
    yield table.schema_arrow.names, (row for batch in batches for row in batch.to_pylist())
