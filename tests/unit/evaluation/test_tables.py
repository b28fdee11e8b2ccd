import csv
import io

import pytest

from bonaface.evaluation.error_counts import CountedFigure, ErrorCount
from bonaface.evaluation.tables import Cell, Table, as_csv, shown
from bonaface.interval import UNTOLD, Figure, Interval

NAN = float("nan")
TABLE = Table(
    "Title",
    "Note.",
    ("source", "EER", "share", "count"),
    (("a|b", Figure(0.0512, Interval(0.01, 0.1)), 0.25, 3), ("c, d", Figure(NAN, UNTOLD), NAN, 0)),
)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("word", "word"),
        (7, "7"),
        (0.0512, "5.1"),
        (NAN, "–"),
        (Figure(0.5, Interval(0.4, 0.625)), "50.0 [40.0, 62.5]"),
        (Figure(0.5, UNTOLD), "50.0"),
        (Figure(NAN, UNTOLD), "–"),
        (CountedFigure(Figure(0.16, Interval(0.08, 0.29)), ErrorCount(8, 50)), "16.0 [8.0, 29.0], 8 of 50"),
        (CountedFigure(Figure(0.16, UNTOLD), ErrorCount(8, 50)), "16.0, 8 of 50"),
    ],
)
def test_cells(cell: Cell, text: str) -> None:
    assert shown(cell) == text


def test_markdown() -> None:
    assert TABLE.markdown.splitlines() == [
        "| source | EER | share | count |",
        "| --- | --- | --- | --- |",
        "| a\\|b | 5.1 [1.0, 10.0] | 25.0 | 3 |",
        "| c, d | – | – | 0 |",
    ]


def test_csv_has_fractions_and_the_ends_of_intervals() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(TABLE))))

    assert rows[0] == {
        "source": "a|b",
        "EER": "0.051200",
        "EER low": "0.010000",
        "EER high": "0.100000",
        "share": "0.250000",
        "count": "3",
    }
    assert rows[1] == dict.fromkeys(rows[0], "") | {"source": "c, d", "count": "0"}


def test_a_column_of_figures_may_have_a_cell_without_one() -> None:
    table = Table("", "", ("kind", "APCER"), (("print", Figure(0.5, UNTOLD)), ("mask", "")))
    assert as_csv(table).splitlines() == ["kind,APCER,APCER low,APCER high", "print,0.500000,,", "mask,,,"]


def test_a_cell_has_a_part_for_each_line() -> None:
    counted = CountedFigure(Figure(0.16, Interval(0.08, 0.29)), ErrorCount(8, 50))
    table = Table("", "", ("kind", "APCER"), (("print", counted),))

    assert table.parts == [[("print",), ("16.0", "[8.0, 29.0]", "8 of 50")]]
    assert as_csv(table).splitlines() == [
        "kind,APCER,APCER low,APCER high",
        "print,0.160000,0.080000,0.290000",
    ]
