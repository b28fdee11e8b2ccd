"""Metrics that tell which models run: one series a file, always 1."""

from collections.abc import Iterable
from functools import cached_property

from prometheus_client import Metric
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bonaface.models.catalog import ModelFile, load_catalog
from bonaface.settings import ModelSettings

HASH_DIGITS = 16
"""Of a file's SHA-256: enough to tell two files apart."""


class ModelInfo(Collector):
    """`bonaface_model_info` for the models that `settings` name; looked up when somebody first asks."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings

    def describe(self) -> Iterable[Metric]:
        """The metric without its samples."""
        yield self._family()

    def collect(self) -> Iterable[Metric]:
        """The metric."""
        family = self._family()
        for labels in self._labels:
            family.add_metric(labels, 1)
        yield family

    @cached_property
    def _labels(self) -> list[tuple[str, ...]]:
        from bonaface.runtime.engines import session_factory  # it takes numpy, and a server may need none

        catalog, engine = load_catalog(), session_factory(self._settings.runtime).engine
        entries = (catalog.detector(self._settings.detector), catalog.pad(self._settings.pad))
        return [
            (entry.task.value, entry.name, *_named(file), engine)
            for entry in entries
            for file in entry.all_files
        ]

    def _family(self) -> GaugeMetricFamily:
        labels = ("task", "model", "file", "sha256", "engine")
        return GaugeMetricFamily("bonaface_model_info", "Model files that run; always 1.", labels=labels)


def _named(file: ModelFile) -> tuple[str, str]:
    return file.name, file.sha256[:HASH_DIGITS]
