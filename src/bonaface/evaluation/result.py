"""Everything that one run of `bonaface evaluate` found."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from bonaface.evaluation.fairness import BandErrors, errors_by_skin
from bonaface.evaluation.figures import Drawn, Figures, draw_figures, mean_figures
from bonaface.evaluation.robustness import Flips
from bonaface.evaluation.scoring import Scoring
from bonaface.evaluation.sources import Source, by_source
from bonaface.types import Preset

TRAINED = "train"
"""The use of sources that the weights may have been trained on."""

ROUNDS = 500
"""Resamples of every interval."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was run: models, engine, thresholds of the presets, default preset, seed."""

    model: str
    detector: str
    engine: str
    thresholds: Mapping[Preset, float]
    preset: Preset
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationResult:
    """Scores, figures by source and their means; flips is empty where robustness was not asked for."""

    run: Run
    scoring: Scoring
    sources: tuple[Source, ...]
    figures: tuple[Figures, ...]
    means: tuple[Figures, ...]
    skin: tuple[BandErrors, ...]
    flips: tuple[Flips, ...]
    notes: tuple[str, ...]


def find_result(
    run: Run, scoring: Scoring, flips: Sequence[Flips] = (), rounds: int = ROUNDS
) -> EvaluationResult:
    """The figures of scored images."""
    sources = by_source(scoring, lambda one: one.score)
    drawn = draw_figures(sources, run.thresholds, rounds, run.seed)
    return EvaluationResult(
        run,
        scoring,
        sources,
        tuple(one.figures for one in drawn),
        _means(drawn),
        errors_by_skin(scoring.scored, run.thresholds[run.preset]),
        tuple(flips),
        tuple(_notes(sources)),
    )


def as_dict(result: EvaluationResult) -> dict[str, Any]:
    """For JSON: shares as fractions, none where a figure cannot be told. No paths and no subjects."""
    thresholds = result.run.thresholds
    return {
        "run": asdict(result.run) | {"thresholds": {str(name): at for name, at in thresholds.items()}},
        "images": {
            "scored": len(result.scoring.scored),
            "no_face": len(result.scoring.no_face),
            "unreadable": len(result.scoring.unreadable),
        },
        "sources": {
            source.name: {"use": source.use, "scene": source.scene, "counts": asdict(source.counts)}
            | _figures(figures)
            for source, figures in zip(result.sources, result.figures, strict=True)
        },
        "means": {figures.name: _figures(figures) for figures in result.means},
        "skin": [_finite(asdict(one)) for one in result.skin],
        "robustness": [_finite(asdict(one)) for one in result.flips],
        "notes": list(result.notes),
    }


def _means(drawn: Sequence[Drawn]) -> tuple[Figures, ...]:
    """Over all sources, and over those of each use and each scene where there are several."""
    groups: dict[str, list[Drawn]] = {"all sources": list(drawn)}
    for kind in ("use", "scene"):
        words = sorted({getattr(one.source, kind) for one in drawn} - {""})
        for word in words if len(words) > 1 else ():
            groups[f"{kind} {word}"] = [one for one in drawn if getattr(one.source, kind) == word]
    return tuple(mean_figures(name, group) for name, group in groups.items())


def _notes(sources: Sequence[Source]) -> list[str]:
    """A sentence for everything that could not be told."""
    notes = []
    for source in sources:
        if not len(source.scores.values):
            notes.append(f"No face of {source.name} could be scored.")
        elif not source.scores.complete:
            missing = "attacks" if source.scores.bona_fide.any() else "bona fide images"
            notes.append(f"{source.name} has no {missing}; figures that need both classes are left out.")
    trained = ", ".join(source.name for source in sources if source.use == TRAINED)
    if trained:
        notes.append(
            f"The weights may have been trained on images of {trained} (use {TRAINED}); their rates, and "
            "means with them in it, say little about new captures."
        )
    if len(sources) == 1:
        notes.append("There is one source; HTER needs a threshold from another one and is left out.")
    return notes


def _figures(figures: Figures) -> dict[str, Any]:
    values = {
        name: _finite({"value": figure.value, "low": figure.interval.low, "high": figure.interval.high})
        for name, figure in figures.by_name.items()
    }
    carried = figures.carried if isfinite(figures.carried) else None
    return {"intervals_by": figures.unit, "carried_threshold": carried, "figures": values}


def _finite(value: Any) -> Any:  # noqa: ANN401 - whatever asdict gives
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, float):
        return round(value, 6) if isfinite(value) else None
    return value
