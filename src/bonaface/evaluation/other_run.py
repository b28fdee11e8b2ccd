"""What an evaluation is compared with: another one's report or scores, or another of its own presets."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.result import EvaluationResult
from bonaface.evaluation.scores_file import DIGITS, KnownScore, read_scores
from bonaface.types import Preset


@dataclass(frozen=True, slots=True)
class OtherRun:
    """name: as tables call it. scores: by the images' paths.

    thresholds: those of the presets that are compared, by the preset of this run that each stands beside.
    same_scores: it is this run under another preset. notes: what a reader must know.
    """

    name: str
    scores: Mapping[str, KnownScore]
    thresholds: Mapping[Preset, float]
    same_scores: bool = False
    notes: tuple[str, ...] = ()


class _Run(BaseModel):
    model: str
    thresholds: dict[Preset, Annotated[float, Field(ge=0, le=1)]] = Field(min_length=len(Preset))


class _Provenance(BaseModel):
    version: str
    files: dict[str, str]


class _Summary(BaseModel):
    """What is read of summary.json."""

    run: _Run
    provenance: _Provenance | None = None


def check_other_run(target: str, default: Preset) -> None:
    """Raises what `read_other_run` would, before an hour is spent on scores that it is compared with."""
    if target in set(Preset):
        if target == default:
            raise InvalidParameterError(f"{target} is the default preset; compare it with another one.")
        return
    file = _scores_file(target)
    read_scores(file)
    _summary(file.with_name("summary.json"))


def read_other_run(target: str, result: EvaluationResult) -> OtherRun:
    """target: a folder that `bonaface evaluate` wrote, its scores.csv, or the name of a preset.

    Raises InvalidParameterError when it is none of them, or cannot be read.
    """
    check_other_run(target, result.run.preset)
    if target in set(Preset):
        return _other_preset(Preset(target), result)
    file = _scores_file(target)
    scores, summary = read_scores(file), _summary(file.with_name("summary.json"))
    name = Path(target).resolve().name
    if summary is None:
        note = f"{name} tells no thresholds; those of this run are applied to its scores."
        return OtherRun(name, scores, result.run.thresholds, notes=(note,))
    made = f", version {summary.provenance.version}" if summary.provenance else ""
    note = f"{name} is of {summary.run.model}{made}, with the thresholds of its own presets."
    return OtherRun(name, scores, summary.run.thresholds, notes=(note,))


def _other_preset(preset: Preset, result: EvaluationResult) -> OtherRun:
    scores = {
        one.sample.name: KnownScore(one.sample.label.value, round(one.score, DIGITS))
        for one in result.scoring.scored
    }
    return OtherRun(
        preset.value, scores, {result.run.preset: result.run.thresholds[preset]}, same_scores=True
    )


def _scores_file(target: str) -> Path:
    path = Path(target)
    if not path.exists():
        raise InvalidParameterError(
            f"{target} is neither a report's folder, nor a scores.csv, nor one of {', '.join(Preset)}."
        )
    return path / "scores.csv" if path.is_dir() else path


def _summary(path: Path) -> _Summary | None:
    if not path.is_file():
        return None
    try:
        return _Summary.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        raise InvalidParameterError(f"{path} is not a summary of `bonaface evaluate`.") from None
