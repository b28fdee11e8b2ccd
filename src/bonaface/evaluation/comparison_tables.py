"""The tables of a comparison."""

from math import isnan

from bonaface.evaluation.comparison import Comparison, Difference, SourceComparison
from bonaface.evaluation.tables import Cell, Table, percent
from bonaface.types import Preset


def comparison_tables(found: Comparison, preset: Preset) -> tuple[Table, ...]:
    """Figures of the mean (or of the one source), and where there are several sources, each of them."""
    if not found.sources:
        return ()
    tables = (_figures(found),)
    return (*tables, _by_source(found, preset)) if len(found.sources) > 1 else tables


def _figures(found: Comparison) -> Table:
    mean, other = found.mean, found.other.name
    rows: list[tuple[Cell, ...]] = [
        (_label(one.name, found), one.here, one.there, signed(one)) for one in mean.differences
    ]
    return Table(
        f"This run beside {other}",
        f"{mean.name}, {mean.images} images that both scored. Per cent; the difference is this run minus "
        f"{other}, with its 95 % interval by a paired bootstrap ({found.rounds} resamples of the same "
        f"images for both, seed {found.seed}). An interval that holds 0 tells of no difference. With the "
        f"default preset {mean.better} images are right here and wrong there, {mean.worse} the other way "
        "round.",
        ("figure", "this run", other, "difference"),
        tuple(rows),
    )


def _by_source(found: Comparison, preset: Preset) -> Table:
    keys = [f"{preset}.{rate}" for rate in ("apcer", "bpcer", "acer")]
    rows: list[tuple[Cell, ...]] = [_row(one, keys) for one in found.sources]
    return Table(
        f"Each source beside {found.other.name}",
        "Differences as above, in percentage points, with the default preset. Better, worse: images that "
        "are right here and wrong there, and the other way round.",
        ("source", "images", "APCER", "BPCER", "ACER", "better", "worse"),
        tuple(rows),
    )


def _row(one: SourceComparison, keys: list[str]) -> tuple[Cell, ...]:
    by_name = {each.name: each for each in one.differences}
    return (one.name, one.images, *(signed(by_name[key]) for key in keys), one.better, one.worse)


def signed(one: Difference) -> str:
    """`+1.2 [-0.3, +2.5]`, in percentage points."""
    value, interval = one.change.value, one.change.interval
    if isnan(value):
        return percent(value)
    ends = "" if isnan(interval.low) else f" [{_signed(interval.low)}, {_signed(interval.high)}]"
    return _signed(value) + ends


def _signed(share: float) -> str:
    """Zero has no sign."""
    text = f"{100 * share:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text


def _label(name: str, found: Comparison) -> str:
    preset, dot, rate = name.partition(".")
    if not dot:
        return name.upper()
    if found.other.same_scores:
        return f"{rate.upper()}, {preset} beside {found.other.name}"
    return f"{rate.upper()}, {preset}"
