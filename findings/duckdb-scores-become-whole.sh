#!/usr/bin/env bash
# DuckDB 2.0.1 over Parquet parts of PAD scores, written by pyarrow 26.0.1: the first file's types rule. Where the scores
# of the first part happen to be whole (0 and 1 become int64 in Python lists), a later part's 0.7 is read as 1 and 0.4 as
# 0, without an error: attacks and bona fide at every threshold alike. A column that only later parts have is left out.
# Seen: [('a', 1), ('b', 1), ('c', 0)]. pyarrow's own reader refuses the same folder (ArrowInvalid: truncated), DuckDB with
# union_by_name=true reads 0.7. So write parts with a schema of their own, never with inferred types.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check duckdb==2.0.1 pyarrow==26.0.1
venv/bin/python - <<'PY'
import duckdb
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq

pq.write_table(pa.table({"path": ["a"], "score": [1]}), "part-000.parquet")
later = {"path": ["b", "c"], "score": [0.7, 0.4], "reason": ["dark", "blurred"]}
pq.write_table(pa.table(later), "part-001.parquet")

read = duckdb.sql("SELECT * FROM read_parquet('part-*.parquet') ORDER BY path")
assert read.columns == ["path", "score"], read.columns
assert read.fetchall() == [("a", 1), ("b", 1), ("c", 0)], read.fetchall()

united = duckdb.sql("SELECT score, reason FROM read_parquet('part-*.parquet', union_by_name=true) ORDER BY path")
assert united.fetchall() == [(1.0, None), (0.7, "dark"), (0.4, "blurred")], united.fetchall()

try:
    pyarrow.dataset.dataset(["part-000.parquet", "part-001.parquet"]).to_table()
except pa.ArrowInvalid as error:
    assert "truncated" in str(error), error
else:
    raise AssertionError("pyarrow read it")
PY
echo "as told"
