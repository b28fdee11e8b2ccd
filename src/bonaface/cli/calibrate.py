"""`bonaface calibrate`: score and presets fitted to labelled images, as a file that the settings can name."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bonaface.cli.evaluate import Limit, Manifest, Seed, show_tables
from bonaface.cli.measurement import measure
from bonaface.cli.terminal import messages, output
from bonaface.optional_dependencies import require_extra
from bonaface.settings import Settings, load_settings

if TYPE_CHECKING:
    from bonaface.evaluation.calibrate import Rules
    from bonaface.evaluation.calibration import CalibrationReport
    from bonaface.evaluation.scoring import Unscored
    from bonaface.evaluation.sources import Source
    from bonaface.models.catalog import Calibration

ROUNDS = 200
"""Resamples of every interval."""

Out = Annotated[Path, typer.Option(metavar="TOML", help="file for the presets", show_default=False)]
Report = Annotated[
    Path | None, typer.Option(metavar="DIR", help="folder for the report", show_default="beside the file")
]
WeakBpcer = Annotated[
    float, typer.Option(min=0, max=1, help="most bona fide faces that weak may refuse, as a share")
]
StrictApcer = Annotated[
    float, typer.Option(min=0, max=1, help="most attacks that strict may accept, as a share")
]
Cost = Annotated[
    float, typer.Option(min=0.001, max=1000, help="refused faces that an accepted attack is worth")
]
PolicyName = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="also write a decision policy: NAME.json beside the file", show_default=False
    ),
]
Kind = Annotated[
    list[str] | None, typer.Option(help="attack kind that counts; repeat for more", show_default="all")
]


def calibrate(  # noqa: PLR0913 - one argument an option
    manifest: Manifest,
    out: Out,
    report: Report = None,
    weak_bpcer: WeakBpcer = 0.01,
    strict_apcer: StrictApcer = 0.01,
    cost: Cost = 1.0,
    policy: PolicyName = None,
    kind: Kind = None,
    limit: Limit = None,
    seed: Seed = 1,
) -> None:
    """Fit the score and the presets weak, balanced and strict to your own captures.

    Use the file with the setting models.presets. The rates shown are cross-validated: of sources, or where
    there is one, of subjects that the fit did not see. A manifest with a column log_odds is not scored anew.
    """
    require_extra("evaluation")
    from bonaface.evaluation.calibrate import Rules
    from bonaface.evaluation.calibration import calibration_page, calibration_tables, notes
    from bonaface.evaluation.presets import as_policy
    from bonaface.evaluation.report_page import write_file, write_page
    from bonaface.evaluation.sources import of_kinds

    beside = None if policy is None else out.with_name(f"{_policy_name(policy)}.json")
    settings, every, unreadable = _sources(load_settings(), manifest, limit, seed)
    folder, model = report or out.with_suffix(".report"), settings.models.pad
    with messages().status("fitting"):
        rules = Rules(weak_bpcer, strict_apcer, cost)
        found = _fitted(of_kinds(every, kind) if kind else every, seed, rules)
        write_page(calibration_page(found, model, unreadable), folder)
        write_file(out, _presets(found, model).encode())
        if beside is not None:
            write_file(beside, as_policy(found.fit, _in_force(settings), model).encode())
    show_tables(calibration_tables(found), notes(found))
    made = [f"presets: {out}", *([] if beside is None else [f"policy: {beside}"])]
    output().print("\n".join([*made, f"report: {folder / 'report.html'}"]), markup=False, soft_wrap=True)


def _fitted(sources: "Sequence[Source]", seed: int, rules: "Rules") -> "CalibrationReport":
    """The fit, and what it comes to on sources that it did not see."""
    from bonaface.evaluation.calibrate import calibrate as fit_calibration
    from bonaface.evaluation.calibration import CalibrationReport
    from bonaface.evaluation.cross_validation import cross_validate

    fit, validation = fit_calibration(sources, ROUNDS, seed, rules), cross_validate(sources, seed, rules)
    return CalibrationReport(sources, fit, validation, validation.expected(ROUNDS, seed))


def _presets(found: "CalibrationReport", model: str) -> str:
    """The calibration file, with how the scores were spread that it was fitted to."""
    from bonaface.evaluation.calibrate import calibrated
    from bonaface.evaluation.presets import as_toml
    from bonaface.evaluation.score_reference import score_reference
    from bonaface.models.catalog import load_catalog

    clip, platt = load_catalog().pad(model).calibration.clip, found.fit.presets.platt
    reference = score_reference([calibrated(source.scores, platt) for source in found.sources])
    return as_toml(found.fit, found.expected, clip, model, reference)


def _sources(
    settings: Settings, manifest: str, limit: int | None, seed: int
) -> "tuple[Settings, Sequence[Source], Sequence[Unscored]]":
    """The settings with the model that scored, and the sources with their log-odds.

    Those of the manifest, or of a bulk job, where they have any, else of the PAD model.
    """
    from bonaface.bulk.results import is_output
    from bonaface.evaluation.dataset import limited, read_dataset
    from bonaface.evaluation.sources import by_source, from_samples

    if not is_output(manifest):
        samples = read_dataset(manifest)
        if any(sample.log_odds is not None for sample in samples):
            return settings, from_samples(limited(samples, limit, seed)), ()
    found = measure(_uncalibrated(settings), manifest, limit, seed)
    models = settings.models.model_copy(update={"pad": found.settings.models.pad})
    sources = by_source(found.scoring, lambda one: one.log_odds)
    return settings.model_copy(update={"models": models}), sources, found.scoring.unreadable


def _policy_name(name: str) -> str:
    """The name, if a policy may have it. Raises InvalidParameterError."""
    from bonaface.policies.decision_policy import checked_name

    return checked_name(name)


def _in_force(settings: Settings) -> "Calibration":
    """What makes scores where these settings hold."""
    from bonaface.models.calibration_file import load_calibration
    from bonaface.models.catalog import load_catalog

    chosen = settings.models
    return load_calibration(chosen.presets) if chosen.presets else load_catalog().pad(chosen.pad).calibration


def _uncalibrated(settings: Settings) -> Settings:
    """Without presets of the settings: the fit starts from the model's own log-odds and clip."""
    return settings.model_copy(update={"models": settings.models.model_copy(update={"presets": None})})
