"""What the report's threshold slider works on: every score by source and kind, and the tables that it moves.

The tables are written for the default preset; `templates/explorer.js` writes the same cells for any other
threshold, with the same definitions.
"""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

import numpy as np
import orjson

from bonaface.evaluation.error_counts import CountedFigure, ErrorCount, accepted, refused, worst_kind
from bonaface.evaluation.metrics import ScoreSet
from bonaface.evaluation.other_run import OtherRun
from bonaface.evaluation.result import EvaluationResult
from bonaface.evaluation.scoring import Scored
from bonaface.evaluation.sources import Source
from bonaface.evaluation.tables import Cell, Table, percent
from bonaface.interval import UNTOLD, Figure


def explorer_data(result: EvaluationResult, other: OtherRun | None = None) -> str:
    """JSON for a script element: scores rising, full precision; no `<`, so that no name ends the element."""
    data: dict[str, Any] = {
        "presets": [{"name": name, "threshold": at} for name, at in result.run.thresholds.items()],
        "preset": result.run.preset,
        "sources": [_scores(source.name, source.scores) for source in result.sources],
    }
    if other is not None and not other.same_scores:
        data["other"] = {
            "name": other.name,
            "sources": [_other_scores(one, result, other) for one in result.sources],
        }
    return orjson.dumps(data).decode().replace("<", "\\u003c")


def pooled(sources: Sequence[Source]) -> ScoreSet:
    """The presentations of all sources as one set."""
    return ScoreSet(
        np.concatenate([one.scores.values for one in sources]),
        np.concatenate([one.scores.bona_fide for one in sources]),
        np.concatenate([one.scores.kinds for one in sources]),
    )


def kinds_at(scores: ScoreSet, threshold: float) -> Table:
    """Bona fide presentations, attacks of each kind, and all attacks: how many are judged wrong."""
    by_kind = accepted(scores, threshold)
    every = ErrorCount(sum(one.errors for one in by_kind.values()), len(scores.attacks))
    rows = [("bona fide", refused(scores, threshold)), *by_kind.items()]
    if len(by_kind) > 1:
        rows.append(("all attacks", every))
    return Table(
        "Errors by kind",
        "Per cent, with 95 % intervals of Wilson, which take images as independent: those of the tables "
        "below, over subjects, are wider where people appear in several images.",
        ("presentations", "judged wrong", "rate", "95 % interval"),
        tuple(_kind_row(name, count) for name, count in rows),
    )


def sources_at(result: EvaluationResult, threshold: float) -> Table:
    """APCER of the worst kind, BPCER and ACER of each source, and of several their means."""
    rows = [_source_row(source, threshold) for source in result.sources]
    if len(rows) > 1:
        rows.append(("mean, all sources", *_means(rows)))
    return Table(
        "Errors by source",
        "Per cent. APCER: of the worst kind, which is named.",
        ("source", "APCER", "worst kind", "BPCER", "ACER"),
        tuple(rows),
    )


def _kind_row(name: str, count: ErrorCount) -> tuple[Cell, ...]:
    ends = count.figure.interval
    interval = "–" if isnan(ends.low) else f"{percent(ends.low)} to {percent(ends.high)}"
    return name, f"{count.errors} of {count.of}", count.rate, interval


def _source_row(source: Source, threshold: float) -> tuple[Cell, ...]:
    kind, attacks = worst_kind(source.scores, threshold)
    live = refused(source.scores, threshold)
    acer = (attacks.rate + live.rate) / 2
    return source.name, _counted(attacks), kind or "–", _counted(live), acer


def _counted(count: ErrorCount) -> Cell:
    figure = Figure(count.rate, UNTOLD)
    return CountedFigure(figure, count) if count.of else figure


def _means(rows: Sequence[tuple[Cell, ...]]) -> tuple[Cell, ...]:
    return _mean(rows, 1), "", _mean(rows, 3), _mean(rows, 4)


def _mean(rows: Sequence[tuple[Cell, ...]], place: int) -> float:
    cells = [row[place] for row in rows]
    rates = [cell.figure.value if isinstance(cell, CountedFigure) else cell for cell in cells]
    known = [rate for rate in rates if isinstance(rate, float) and not np.isnan(rate)]
    return float(np.mean(known)) if known else float("nan")


def _scores(name: str, scores: ScoreSet) -> dict[str, Any]:
    return {
        "name": name,
        "live": sorted(scores.live.tolist()),
        "attacks": {kind: sorted(values.tolist()) for kind, values in scores.by_kind().items()},
    }


def _other_scores(source: Source, result: EvaluationResult, other: OtherRun) -> dict[str, Any]:
    """Of the images that both scored, under the labels of this run."""
    known = [one for one in result.scoring.scored if one.sample.source == source.name]
    live: list[float] = []
    attacks: dict[str, list[float]] = {}
    for score, one in _known(known, other.scores):
        (attacks.setdefault(one.sample.kind, []) if one.sample.kind else live).append(score)
    return {
        "name": source.name,
        "live": sorted(live),
        "attacks": {kind: sorted(values) for kind, values in sorted(attacks.items())},
    }


def _known(scored: Sequence[Scored], scores: Mapping[str, Any]) -> list[tuple[float, Scored]]:
    return [(scores[one.sample.name].score, one) for one in scored if one.sample.name in scores]
