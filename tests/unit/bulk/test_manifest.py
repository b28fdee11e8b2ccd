import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bonaface.bulk.manifest import is_manifest, read_manifest
from bonaface.errors import InvalidParameterError


def _parquet(**columns: list[object]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def test_the_other_columns_go_with_each_image() -> None:
    text = "label,path,subject\nattack,a.jpg,Ann\nbona_fide, b.jpg ,\n"
    with read_manifest("m.csv", io.BytesIO(text.encode("utf-8-sig"))) as (columns, rows):
        assert columns == ("label", "subject")
        assert list(rows) == [
            ("a.jpg", {"label": "attack", "subject": "Ann"}),
            ("b.jpg", {"label": "bona_fide", "subject": ""}),
        ]


def test_parquet_is_read_as_text() -> None:
    data = _parquet(url=["s3://b/a.jpg", "s3://b/b.jpg"], age=[31, None])
    with read_manifest("m.PARQUET", io.BytesIO(data)) as (columns, rows):
        assert columns == ("age",)
        assert list(rows) == [("s3://b/a.jpg", {"age": "31"}), ("s3://b/b.jpg", {"age": ""})]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("m.csv", b"file,label\na.jpg,attack\n", "no column called path or url"),
        ("m.csv", b"path\n\xff\xfe\n", "not a CSV file in UTF-8"),
        ("m.csv", b"path,label\na.jpg,attack\n ,attack\n", "Row 2 of m.csv has no path"),
        ("m.parquet", b"path\na.jpg\n", "not a Parquet file"),
    ],
)
def test_what_is_no_manifest_is_one_sentence(name: str, data: bytes, sentence: str) -> None:
    with (
        pytest.raises(InvalidParameterError, match=sentence),
        read_manifest(name, io.BytesIO(data)) as (_, rows),
    ):
        list(rows)


def test_it_is_known_by_its_ending() -> None:
    assert is_manifest("s3://b/M.CSV")
    assert not is_manifest("a.jpg")
