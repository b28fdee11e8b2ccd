"""The figures as they stand in docs/performance.md, between two marks."""

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.row import Row

BEGIN, END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"
HARDWARE = ("processor", "cores", "load average before", "system")
WHEN = ("date", "commit")


def filled(page: str, machine: Mapping[str, str | int], rows: Sequence[Row]) -> str:
    """The page with these figures in place of those between the marks. Raises ValueError without marks."""
    before, mark, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError("the page has no place for figures")
    return f"{before}{BEGIN}\n{figures(machine, rows)}\n{END}{after}"


def figures(machine: Mapping[str, str | int], rows: Sequence[Row]) -> str:
    """Machine and versions, the table, and what its ratios were computed from."""
    processor, cores, load, system = (machine[name] for name in HARDWARE)
    date, commit = (machine[name] for name in WHEN)
    versions = ", ".join(f"{name} {value}" for name, value in machine.items() if name not in HARDWARE + WHEN)
    return "\n".join(
        (
            f"{date}, commit `{commit}`, {cores} cores of {processor}, {system}; "
            f"load average before: {load}. {versions}.",
            "",
            "| measure | target | measured | reached |",
            "|---|---|---:|---|",
            *(
                _line(row.measure, row.target, row.measured, "yes" if row.reached else "**no**")
                for row in rows
            ),
            "",
            "What they were computed from, in milliseconds unless it says otherwise:",
            "",
            "| measure | figure | |",
            "|---|---|---:|",
            *_details(rows),
        )
    )


def _details(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        for place, (name, value) in enumerate(row.figures.items()):
            shown = f"{value:.2f}" if isinstance(value, float) else str(value)
            yield _line("" if place else row.measure, name, shown)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
