"""Tables of figures, written once and shown as HTML, Markdown and CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from bonaface.evaluation.error_counts import CountedFigure
from bonaface.interval import Figure

Cell = str | int | float | Figure | CountedFigure
"""A float is a share; NaN shows as an empty place."""


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, a sentence or two on how to read it, column names and rows."""

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def texts(self) -> list[list[str]]:
        """The cells as a reader sees them."""
        return [[shown(cell) for cell in row] for row in self.rows]

    @property
    def parts(self) -> list[list[tuple[str, ...]]]:
        """The same, in the parts that may each have a line: a rate, its interval, its count."""
        return [[_parts(cell) for cell in row] for row in self.rows]

    @property
    def markdown(self) -> str:
        """A pipe table, with no heading."""
        lines = [self.header, ["---"] * len(self.header), *self.texts]
        return "\n".join("| " + " | ".join(_escaped(cell) for cell in line) + " |" for line in lines)


def shown(cell: Cell) -> str:
    """Shares as per cent with one digit, an interval in brackets, errors as `8 of 50`."""
    if isinstance(cell, CountedFigure):
        return f"{shown(cell.figure)}, {_parts(cell)[-1]}"
    return " ".join(_parts(cell))


def _parts(cell: Cell) -> tuple[str, ...]:
    if isinstance(cell, CountedFigure):
        return (*_parts(cell.figure), f"{cell.count.errors} of {cell.count.of}")
    if isinstance(cell, Figure):
        return (percent(cell.value), *_range(cell))
    return (percent(cell) if isinstance(cell, float) else str(cell),)


def percent(share: float) -> str:
    return "–" if isnan(share) else f"{100 * share:.1f}"


def as_csv(table: Table) -> str:
    """Shares as fractions; a column with intervals is followed by its low and high ends."""
    rows = [[_figure_of(cell) for cell in row] for row in table.rows]
    wide = [any(isinstance(row[place], Figure) for row in rows) for place in range(len(table.header))]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    names = [
        column
        for name, is_wide in zip(table.header, wide, strict=True)
        for column in ([name, f"{name} low", f"{name} high"] if is_wide else [name])
    ]
    writer.writerow(names)
    for row in rows:
        writer.writerow(_flat(row, wide))
    return file.getvalue()


def _figure_of(cell: Cell) -> Cell:
    return cell.figure if isinstance(cell, CountedFigure) else cell


def _flat(row: Sequence[Cell], wide: Sequence[bool]) -> list[str]:
    cells: list[str] = []
    for cell, is_wide in zip(row, wide, strict=True):
        if isinstance(cell, Figure):
            cells += [_number(value) for value in (cell.value, cell.interval.low, cell.interval.high)]
        else:
            cells += [_number(cell) if isinstance(cell, float) else str(cell)] + [""] * (2 * is_wide)
    return cells


def _number(value: float) -> str:
    return "" if isnan(value) else f"{value:.6f}"


def _range(figure: Figure) -> tuple[str, ...]:
    if isnan(figure.value) or isnan(figure.interval.low):
        return ()
    return (f"[{percent(figure.interval.low)}, {percent(figure.interval.high)}]",)


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")
