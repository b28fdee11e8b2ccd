"""A row of the table: what was measured, what was asked for, and whether it is reached."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson
import typer


@dataclass(frozen=True, slots=True)
class Row:
    """`value` is to be `limit` at most, or at least where it `is_floor`; both are in `unit`.

    `figures` are what it was computed from: milliseconds unless their names say otherwise.
    """

    measure: str
    target: str
    value: float
    limit: float
    unit: str = ""
    is_floor: bool = False
    figures: Mapping[str, float | int | str] = field(default_factory=dict)

    @property
    def reached(self) -> bool:
        """Whether the value keeps to the limit."""
        return self.value >= self.limit if self.is_floor else self.value <= self.limit

    @property
    def used(self) -> float:
        """The value over the limit, the other way round for a floor: up to 1 it is reached. 0.05 to 100."""
        over, under = (self.limit, self.value) if self.is_floor else (self.value, self.limit)
        return min(max(over / max(under, 1e-9), 0.05), 100.0)

    @property
    def measured(self) -> str:
        """The value as it is shown."""
        return f"{self.value:.3g}{self.unit and ' '}{self.unit}"

    def as_dict(self) -> dict[str, Any]:
        """It as JSON."""
        return {**asdict(self), "reached": self.reached}


def row_of(told: Mapping[str, Any]) -> Row:
    """The row that `as_dict` gave."""
    return Row(**{name: value for name, value in told.items() if name != "reached"})


def tell(rows: Sequence[Row], out: Path | None) -> None:
    """Print the rows with their figures; write them to the JSON file `out` where one is named."""
    for row in rows:
        typer.echo(
            f"{row.measure}: {row.measured}; {row.target}: {'reached' if row.reached else 'NOT REACHED'}"
        )
        for name, value in row.figures.items():
            typer.echo(
                f"    {name:<44} {value:.2f}" if isinstance(value, float) else f"    {name:<44} {value}"
            )
    if out is not None:
        out.write_bytes(orjson.dumps([row.as_dict() for row in rows]))
