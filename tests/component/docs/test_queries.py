"""docs/queries.md: each query runs on a real job, and the figures are those of its rows."""

import re
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from bonaface import Analyzer
from bonaface.imaging.types import RgbImage
from conftest import ROOT
from support.bulk.jobs import rows_of
from support.command import run_with
from support.pictures.variants import COUNT, write_set

PAGE = (ROOT / "docs" / "queries.md").read_text("utf-8")
QUERIES = re.findall(r"^```sql\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, portrait_pixels: RgbImage, analyzer: Analyzer) -> Path:
    """With the job `labelled`."""
    folder = tmp_path_factory.mktemp("queries")
    manifest = write_set(folder, portrait_pixels, analyzer)
    options = ("--out", str(folder / "labelled"), "--shard", "5", "--jobs", "1")
    done = run_with({"MODELS__RUNTIME": "onnxruntime"}, "bulk", str(manifest), *options)
    assert done.exit_code == 0, done.stderr
    return folder


@pytest.fixture(autouse=True)
def _inside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


@pytest.mark.parametrize("query", QUERIES)
def test_each_query_runs(query: str) -> None:
    assert duckdb.connect().execute(query).fetchall()


def test_verdicts_are_counted_as_they_are(folder: Path) -> None:
    counted = duckdb.connect().execute(QUERIES[0]).fetchall()
    rows = Counter(row["verdict"] for row in rows_of(folder / "labelled"))
    assert {verdict: number for verdict, number, _ in counted} == rows
    assert rows.total() == COUNT + 2


def test_the_last_one_writes_a_file(folder: Path) -> None:
    duckdb.connect().execute(QUERIES[-1])
    assert len((folder / "largest-faces.csv").read_text("utf-8").splitlines()) == COUNT + 1
