"""What evaluations go by: images that are scored now, or that `bonaface bulk` has judged."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import Progress

from bonaface.cli.terminal import messages, progress
from bonaface.errors import InvalidParameterError
from bonaface.settings import Settings

if TYPE_CHECKING:
    from bonaface.analyzer import Analyzer
    from bonaface.bulk.results import Results
    from bonaface.evaluation.result import Run
    from bonaface.evaluation.scoring import Scoring
    from bonaface.models.catalog import Calibration

OTHER_PRESETS = "The job was judged with presets of its own; name their file with --preset-file."


@dataclass(frozen=True)
class Measurement:
    """Scored images, and what scored them. sha256: of the manifest, or of the output of a bulk job."""

    settings: Settings
    run: "Run"
    scoring: "Scoring"
    sha256: str
    given: "Analyzer | None" = None

    @cached_property
    def analyzer(self) -> "Analyzer":
        """What scores images as these were. Raises InvalidParameterError where there is none."""
        from bonaface.analyzer import Analyzer

        if self.given is not None:
            return self.given
        with messages().status("loading the models"):
            analyzer = Analyzer(self.settings, lanes=self.settings.serving.workers)
        if dict(analyzer.calibration.thresholds) != dict(self.run.thresholds):
            raise InvalidParameterError(OTHER_PRESETS)
        return analyzer


def with_presets(settings: Settings, path: Path | None) -> Settings:
    """The settings with another presets file where one is given."""
    return settings if path is None else _changed(settings, presets=path)


def measure(settings: Settings, manifest: str, limit: int | None, seed: int) -> Measurement:
    """The images of a manifest, scored with a progress bar; or what a bulk job made of them.

    Raises InvalidParameterError when no face could be scored, or the job cannot be evaluated.
    """
    from bonaface.bulk.results import is_output, read_results

    if is_output(manifest):
        with messages().status("reading the job"):
            return _of_output(settings, read_results(manifest), limit, seed)
    return _of_manifest(settings, manifest, limit, seed)


def counter(bar: Progress, description: str, total: int) -> Callable[[], None]:
    """What moves a progress bar by one, from any thread."""
    task = bar.add_task(description, total=total)
    return lambda: bar.advance(task)


def _of_output(settings: Settings, results: "Results", limit: int | None, seed: int) -> Measurement:
    from bonaface.evaluation.bulk_output import check_output, scoring_of
    from bonaface.evaluation.result import Run

    check_output(results)
    job, calibration = results.job, _calibration(settings, results)
    scoring = _checked(scoring_of(results, calibration, limit, seed))
    preset = job.request.preset
    run = Run(job.pad.name, job.detector.name, job.engine, calibration.thresholds, preset, seed)
    names = {"detector": job.detector.name, "pad": job.pad.name, "default_preset": preset}
    return Measurement(_changed(settings, **names), run, scoring, results.sha256)


def _calibration(settings: Settings, results: "Results") -> "Calibration":
    from bonaface.models.calibration_file import load_calibration

    presets = settings.models.presets
    return results.job.calibration if presets is None else load_calibration(presets)


def _of_manifest(settings: Settings, manifest: str, limit: int | None, seed: int) -> Measurement:
    from bonaface.analyzer import Analyzer
    from bonaface.evaluation.dataset import limited, read_dataset
    from bonaface.evaluation.provenance import hash_of_samples
    from bonaface.evaluation.result import Run
    from bonaface.evaluation.scoring import score_dataset

    samples = limited(read_dataset(manifest), limit, seed)
    workers, models = settings.serving.workers, settings.models
    with messages().status("loading the models"):
        analyzer = Analyzer(settings, lanes=workers)
    with progress() as bar:
        scoring = score_dataset(analyzer, samples, workers, counter(bar, "scoring", len(samples)))
    thresholds = analyzer.calibration.thresholds
    run = Run(models.pad, models.detector, analyzer.engine, thresholds, models.default_preset, seed)
    digest = hash_of_samples(manifest, samples)
    return Measurement(settings, run, _checked(scoring), digest, analyzer)


def _checked(scoring: "Scoring") -> "Scoring":
    if scoring.scored:
        return scoring
    first = (*scoring.unreadable, *scoring.no_face)[0]
    raise InvalidParameterError(f"No image could be scored; the first, {first.sample.name}: {first.message}")


def _changed(settings: Settings, **models: object) -> Settings:
    return settings.model_copy(update={"models": settings.models.model_copy(update=models)})
