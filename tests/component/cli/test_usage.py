import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.machinery import ModuleSpec
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bonaface.accounts.repository import ApplicationRepository
from bonaface.cli import usage as module
from bonaface.feedback.judged_answer import JudgedAnswer
from bonaface.feedback.repository import FeedbackRepository
from bonaface.policies.decision_policy import Decision
from bonaface.storage.database import Database
from bonaface.usage.types import Reply, ReplyLabel
from bonaface.usage.upserts import UsageWriter
from support.command import Finished, run
from support.storage.accounts import ACTOR, database_in

DAYS = 120
HEAD = "at,app_key,outcome,requests,bona_fide,attacks,duration_ms,slowest_ms"


@pytest.fixture
def now() -> datetime:
    """The moment of the test, not of its import: an hour may begin between them."""
    return datetime.now(UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with database_in(tmp_path / "store") as database:
        database.migrate()
        yield database


@pytest.fixture
def app_key(database: Database, now: datetime) -> str:
    """An application that was answered twice on each of the last 120 days, once with a face."""
    made = ApplicationRepository(database).create_application("shop", actor=ACTOR)[0]
    replies = [
        Reply(whose, None, outcome, faces, 0, 10, now - timedelta(days=days))
        for days in range(DAYS)
        for whose, outcome, faces in (
            (made.id, ReplyLabel.FACES, 1),
            (made.id, "-40000", 0),
            (0, "-41005", 0),
        )
    ]
    with database.writing() as connection:
        UsageWriter(database.dialect).write(connection, replies)
    return made.app_key


def _run(*arguments: str) -> Finished:
    return run("usage", *arguments)


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_show_tells_all_callers_of_the_last_month(app_key: str, now: datetime) -> None:
    shown = _run("show")
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert f"{now:%Y-%m-%d}" in shown.stdout
    assert "-40000 1, -41005 1, faces 1" in shown.stdout
    assert f"{now - timedelta(days=40):%Y-%m-%d}" not in shown.stdout


@pytest.mark.parametrize(("by", "form"), [("hour", "%Y-%m-%d %H:00"), ("month", "%Y-%m")])
def test_show_by_other_periods(app_key: str, by: str, form: str, now: datetime) -> None:
    assert now.strftime(form) in _run("show", "--by", by, "--app-key", app_key).stdout


def test_show_as_json_speaks_the_admin_api_s_language(app_key: str, now: datetime) -> None:
    rows = json.loads(_run("show", "--json", "--app-key", app_key, "--from", "2d").stdout)
    assert rows[-1] == {
        "at": f"{now:%Y-%m-%d}T00:00:00Z",
        "requests": 2,
        "bonaFide": 1,
        "attacks": 0,
        "meanMilliseconds": 10.0,
        "slowestMilliseconds": 10,
        "outcomes": {"-40000": 1, "faces": 1},
    }


def test_show_of_nothing_says_so(database: Database) -> None:
    assert "No request" in _run("show").stdout
    assert json.loads(_run("show", "--json").stdout) == []


def test_feedback_tells_error_rates(app_key: str, database: Database, now: datetime) -> None:
    reports = FeedbackRepository(database)
    for number, (kind, decision) in enumerate(
        [("", Decision.ACCEPT), ("", Decision.REJECT), ("print", Decision.UNDECIDABLE)]
    ):
        reports.record(1, JudgedAnswer(bytes([number]) * 32, now, "onboarding", "3", decision), kind)
    (found,) = json.loads(_run("feedback", "--json", "--app-key", app_key).stdout)
    assert (found["appKey"], found["policy"], found["version"]) == (app_key, "onboarding", "3")
    assert (found["bonaFide"]["bpcer"]["rate"], found["worstKind"]) == (0.5, None)
    shown = _run("feedback").stdout
    assert "50.0%" in shown
    assert "0 of 0" in shown
    assert "No answer" in _run("feedback", "--to", "1d").stdout


def test_export_writes_csv_to_standard_output(app_key: str, now: datetime) -> None:
    done = _run("export", "--from", "400d", "--by", "hour")
    assert done.stdout.splitlines()[0] == HEAD
    rows = _rows(done.stdout)
    assert len(rows) == 3 * DAYS
    assert {row["app_key"] for row in rows} == {"", app_key}
    assert rows[-1]["at"] == f"{now:%Y-%m-%dT%H}:00:00Z"
    assert sum(int(row["requests"]) for row in rows) == 3 * DAYS


def test_export_of_one_application_between_two_days(app_key: str, now: datetime) -> None:
    begin, end = now - timedelta(days=9), now - timedelta(days=5)
    done = _run("export", "--from", f"{begin:%Y-%m-%d}", "--to", f"{end:%Y-%m-%d}", "--app-key", app_key)
    rows = _rows(done.stdout)
    days = [f"{begin + timedelta(days=number):%Y-%m-%d}T00:00:00Z" for number in range(4)]
    assert [row["at"] for row in rows] == [day for day in days for _ in range(2)]
    assert {row["app_key"] for row in rows} == {app_key}


def test_parquet_holds_what_csv_holds(app_key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 50)
    arguments = ("export", "--from", "400d", "--by", "month")
    as_csv, as_parquet = tmp_path / "usage.csv", tmp_path / "usage.parquet"
    assert _run(*arguments, "--out", str(as_csv)).stdout == ""
    assert _run(*arguments, "--out", str(as_parquet), "--format", "parquet").exit_code == 0
    table = pq.read_table(as_parquet)
    assert table.column_names == HEAD.split(",")
    told = [
        {name: f"{value:%Y-%m-%dT%H:%M:%SZ}" if name == "at" else str(value) for name, value in row.items()}
        for row in table.to_pylist()
    ]
    assert told == _rows(as_csv.read_text("utf-8"))


def test_parquet_needs_a_file_and_its_library(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = _run("export", "--from", "1d", "--format", "parquet")
    assert (done.exit_code, "--out" in done.stderr) == (2, True)

    def find(_name: str) -> ModuleSpec | None:
        return None

    monkeypatch.setattr("bonaface.optional_dependencies.find_spec", find)
    done = _run("export", "--from", "1d", "--format", "parquet", "--out", str(tmp_path / "x"))
    assert (done.exit_code, "bonaface[parquet]" in done.stderr) == (2, True)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "--from", "yesterday"), "is not a time"),
        (("show", "--from", "1d", "--to", "2d"), "before --to"),
        (("show", "--from", "99999999w"), "year 1"),
        (("show", "--app-key", "nobody"), "No application"),
        (("export", "--from", "1d", "--out", "/nowhere/x.csv"), "cannot be written"),
        (("export", "--from", "1d", "--format", "parquet", "--out", "/nowhere/x"), "cannot be written"),
    ],
)
def test_what_does_not_hold_is_one_sentence(
    database: Database, arguments: tuple[str, ...], words: str
) -> None:
    done = _run(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_compact_removes_old_hours_and_no_day(app_key: str) -> None:
    before = _run("export", "--from", "400d").stdout
    done = _run("compact")
    assert done.stdout.startswith("87 rows of hours before ")  # 29 days over 90, 3 rows an hour
    assert len(_rows(_run("export", "--from", "400d", "--by", "hour").stdout)) == 3 * 91
    assert _run("export", "--from", "400d").stdout == before
    assert _run("compact").stdout.startswith("0 rows")
