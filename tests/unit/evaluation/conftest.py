"""The labelled set of real files that several tests here score."""

from pathlib import Path

import pytest

from bonaface import Analyzer
from bonaface.evaluation.dataset import read_dataset
from bonaface.evaluation.scoring import Scoring, score_dataset
from bonaface.imaging.types import RgbImage
from support.pictures.variants import write_set


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory, portrait_pixels: RgbImage, analyzer: Analyzer) -> Path:
    return write_set(tmp_path_factory.mktemp("set"), portrait_pixels, analyzer)


@pytest.fixture(scope="session")
def scoring(manifest: Path, analyzer: Analyzer) -> Scoring:
    return score_dataset(analyzer, read_dataset(str(manifest)), 2)
