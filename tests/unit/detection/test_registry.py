from pathlib import Path

import numpy as np
import pytest

from bonaface.detection.centerface import CenterFaceDetector
from bonaface.detection.registry import open_detector
from bonaface.errors import ModelMissingError
from bonaface.models.catalog import load_catalog
from bonaface.models.store import ModelStore
from bonaface.runtime.engines import session_factory


def test_opens_the_detector_of_the_catalog(models_directory: Path) -> None:
    entry = load_catalog().detector("centerface")
    detector = open_detector(entry, ModelStore(models_directory), session_factory(), lanes=1)
    assert isinstance(detector, CenterFaceDetector)
    assert detector.detect(np.zeros((96, 96, 3), np.uint8)) == ()


def test_weights_that_are_not_installed(tmp_path: Path) -> None:
    entry = load_catalog().detector("centerface")
    with pytest.raises(ModelMissingError, match="bonaface models pull centerface"):
        open_detector(entry, ModelStore(tmp_path), session_factory(), lanes=1)
