"""`bonaface calibrate`: score and presets fitted to labelled images, as a file that the settings can name."""

from pathlib import Path
from typing import Annotated

import typer

from bonaface.cli.console import messages, output
from bonaface.cli.evaluate import Limit, Manifest, Seed, score, show_tables
from bonaface.settings import Settings, load_settings

ROUNDS = 200
"""Resamples of every threshold's interval."""


def calibrate(
    manifest: Manifest,
    out: Annotated[Path, typer.Option(metavar="TOML", help="file for the presets", show_default=False)],
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="folder for the report", show_default="beside the file")
    ] = None,
    limit: Limit = None,
    seed: Seed = 1,
) -> None:
    """Fit the score and the presets weak, balanced and strict to your own captures.

    Use the file with the setting models.presets. The report says what the presets do on sources left out.
    """
    from bonaface.evaluation.extra import require_extra

    require_extra()
    from bonaface.evaluation.calibrate import calibrate as fit_calibration
    from bonaface.evaluation.calibration import calibration_page, calibration_tables, notes
    from bonaface.evaluation.presets import as_toml
    from bonaface.evaluation.report import write_file, write_page
    from bonaface.evaluation.sources import by_source

    settings = _uncalibrated(load_settings())
    analyzer, scoring = score(settings, manifest, limit, seed)
    with messages().status("fitting"):
        fit = fit_calibration(by_source(scoring, lambda one: one.log_odds), ROUNDS, seed)
        folder = report or out.with_suffix(".report")
        write_page(calibration_page(fit, scoring, settings.models.pad), folder)
        write_file(out, as_toml(fit, analyzer.calibration.clip, settings.models.pad).encode())
    show_tables(calibration_tables(fit), notes(fit))
    output().print(f"presets: {out}\nreport: {folder / 'report.html'}", markup=False, soft_wrap=True)


def _uncalibrated(settings: Settings) -> Settings:
    """Without presets of the settings: the fit starts from the model's own log-odds and clip."""
    return settings.model_copy(update={"models": settings.models.model_copy(update={"presets": None})})
