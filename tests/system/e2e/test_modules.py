"""What the pages compute, by the modules that compute it, in the browser that runs them."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from support.http.browser import Watched, watched
from support.servers.thread import RunningServer


def called(page: Watched, module: str, expression: str, given: object = None) -> Any:  # noqa: ANN401 - JSON
    """The value of `expression`, in which `m` holds the functions of a module and `g` is `given`."""
    address = f"{page.server.url}/console/script/{module}.js"
    script = f"async (g) => {{ const m = await import('{address}'); return {expression}; }}"
    return page.page.evaluate(script, given)


@pytest.fixture(scope="module")
def page(browser: Browser, server: RunningServer) -> Iterator[Watched]:
    """One page for all: what is called here keeps nothing."""
    with watched(browser, server) as page:
        page.open()
        yield page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"a":1.0,"b":[]}', '{\n  "a": 1.0,\n  "b": []\n}'),
        ("[1e-7,-0.30000000000000004,{}]", "[\n  1e-7,\n  -0.30000000000000004,\n  {}\n]"),
        ('{"a\\"{,:":"\\\\","b":null}', '{\n  "a\\"{,:": "\\\\",\n  "b": null\n}'),
        ("<html>no JSON</html>", "<html>no JSON</html>"),
        ("", ""),
    ],
)
def test_json_is_set_out_and_not_rewritten(page: Watched, text: str, shown: str) -> None:
    assert called(page, "json", "m.setOut(g).map((piece) => piece.text).join('')", text) == shown


@pytest.mark.parametrize(
    ("largest", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (7, [0, 2, 4, 6, 8]),
        (100, [0, 50, 100]),
        (243, [0, 100, 200, 300]),
        (1_000_001, [0, 500_000, 1_000_000, 1_500_000]),
    ],
)
def test_an_axis_has_round_whole_numbers(page: Watched, largest: int, ticks: list[int]) -> None:
    assert called(page, "scale", f"m.ticksFor({largest}, 4)") == ticks


def test_periods_are_those_of_utc_whatever_the_month(page: Watched) -> None:
    last = "m.lastPeriods('{by}', {count}, new Date('2026-03-01T00:30:00+09:00'))"
    names = "m.periodsOf('{by}', {last}).map((at) => at.toISOString().slice(0, 13))"

    def periods(by: str, count: int) -> Any:  # noqa: ANN401
        return called(page, "periods", names.format(by=by, last=last.format(by=by, count=count)))

    assert periods("hour", 2) == ["2026-02-28T14", "2026-02-28T15"]
    assert periods("day", 29)[::28] == ["2026-01-31T00", "2026-02-28T00"]
    assert periods("month", 3) == ["2025-12-01T00", "2026-01-01T00", "2026-02-01T00"]


def test_labels_of_hours_are_round(page: Watched) -> None:
    hours = "m.periodsOf('hour', m.lastPeriods('hour', 48, new Date('2026-03-01T17:30:00Z')))"
    named = called(
        page, "periods", f"m.labelledPeriods('hour', {hours}, 4).map((at) => {hours}[at].getUTCHours())"
    )
    assert named == [18, 0, 6, 12, 18, 0, 6, 12]
    days = "m.periodsOf('day', m.lastPeriods('day', 7, new Date()))"
    assert called(page, "periods", f"m.labelledPeriods('day', {days}, 3)") == [0, 3, 6]


def test_dates_that_do_not_hold(page: Watched) -> None:
    dates = [["", ""], ["2026-02-02", "2026-02-01"], ["2026-02-01", "2026-02-01"]]
    found = called(
        page, "periods", "g.map((each) => m.spanOfDates(...each)?.to.toISOString() ?? null)", dates
    )
    assert found == [None, None, "2026-02-02T00:00:00.000Z"]


def test_cells_of_a_file_are_no_formulas_and_keep_their_quotes(page: Watched) -> None:
    entry = {
        "id": 1,
        "at": "t",
        "actor": "=1",
        "action": "a",
        "target": '"',
        "detail": {"n": '"'},
        "origin": "-",
    }
    rows = called(page, "audit-words", "m.csvOf([g])", entry)
    header, row, end = rows.split("\r\n")
    assert (header, end) == ("id,at,actor,action,target,detail,origin", "")
    assert row == r'''"1","t","'=1","a","""","{""n"":""\""""}","'-"'''


def test_what_an_entry_tells_is_in_words(page: Watched) -> None:
    def told(action: str, **detail: object) -> Any:  # noqa: ANN401
        return called(page, "audit-words", "m.detailOf(g)", {"action": action, "detail": detail})

    assert (
        told("quota.set", requestsPerSecond=None, burst=1000)
        == "Requests per second: No limit · Burst: 1,000"
    )
    assert told("secret.add", secretId=1000, secretExpiresAt=None) == "Secret: 1000"
    assert told("secret.add", overlapSeconds=90) == "Other secret kept for: 90 seconds"
    assert told("secret.add", overlapSeconds=0) == "Other secret kept for: 0 days"
    assert told("x.y", note="", other=1) == "Note: – · other: 1"


OUTCOMES = {
    "faces": 5,
    "no_face": 1,
    "-41005": 2,
    "-40000": 3,
    "-45030": 4,
    "-50000": 6,
    "refused_rate": 7,
    "refused_overload": 8,
}
DAY = {
    "at": "2026-01-01T00:00:00Z",
    "requests": 36,
    "bonaFide": 4,
    "attacks": 1,
    "meanMilliseconds": 10,
    "slowestMilliseconds": 90,
    "outcomes": OUTCOMES,
}
TWO_DAYS = "m.figuresOf(['2026-01-01', '2026-01-02'].map((day) => new Date(day)), g)"


def test_outcomes_are_sorted_into_kinds(page: Watched) -> None:
    figures = called(page, "figures", TWO_DAYS, [DAY])
    kinds = {name: figures[name] for name in ("wrongKeys", "badRequests", "refusals", "serverErrors")}
    assert kinds == {"wrongKeys": [2, 0], "badRequests": [7, 0], "refusals": [15, 0], "serverErrors": [6, 0]}
    assert (figures["mean"], figures["slowest"]) == ([10, None], [90, None])


def test_the_sums_of_all_periods(page: Watched) -> None:
    totals = called(page, "figures", f"m.totalsOf({TWO_DAYS})", [DAY])
    assert totals == {"requests": 36, "bonaFide": 4, "attacks": 1, "failed": 30, "mean": 10, "slowest": 90}
    nothing = called(page, "figures", f"m.totalsOf({TWO_DAYS})", [])
    assert (nothing["mean"], nothing["slowest"]) == (None, None)
