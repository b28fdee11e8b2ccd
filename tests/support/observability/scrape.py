"""A scrape of a server's metrics, as Prometheus would make it."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx2
from prometheus_client.parser import text_string_to_metric_families

Labels = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Scrape:
    """The samples of one scrape, by name and labels."""

    text: str
    samples: Mapping[tuple[str, Labels], float]

    @classmethod
    def of(cls, text: str) -> "Scrape":
        """Read the text format."""
        families = text_string_to_metric_families(text)
        samples = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in families
            for sample in family.samples
        }
        return cls(text, samples)

    @property
    def names(self) -> set[str]:
        """The names of all series, `_bucket` and the like included."""
        return {name for name, _ in self.samples}

    def value(self, name: str, **labels: str) -> float:
        """The sum of the series of `name` that have `labels`, and maybe others; 0 where there is none."""
        wanted = set(labels.items())
        return sum(value for (each, has), value in self.samples.items() if each == name and wanted <= has)

    def labels(self, name: str) -> set[Labels]:
        """The labels of every series of `name`."""
        return {labels for each, labels in self.samples if each == name}

    def values_of(self, label: str) -> set[str]:
        """Every value that a label has."""
        return {value for _, labels in self.samples for name, value in labels if name == label}


def scrape(url: str | None) -> Scrape:
    """Ask a metrics port now."""
    assert url is not None
    with httpx2.Client(trust_env=False, timeout=60) as client:
        answer = client.get(url)
    assert answer.status_code == 200
    return Scrape.of(answer.text)
