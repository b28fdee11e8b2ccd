"""Opens the detector that a catalog entry names: one line a family."""

from bonaface.detection.base import Detector
from bonaface.detection.centerface import INPUT_SHAPES, CenterFaceDetector
from bonaface.models.catalog import DetectorEntry
from bonaface.models.store import ModelStore
from bonaface.runtime.session import SessionFactory, SessionOptions


def open_detector(entry: DetectorEntry, store: ModelStore, factory: SessionFactory, lanes: int) -> Detector:
    """A detector on verified weights.

    Raises ModelMissingError or ModelCorruptError when they are not the catalog's.
    """
    return _FAMILIES[entry.family](store.read(entry, entry.file), factory, lanes)


def _centerface(weights: bytes, factory: SessionFactory, lanes: int) -> Detector:
    return CenterFaceDetector(factory(weights, SessionOptions(lanes=lanes, shapes=INPUT_SHAPES)))


_FAMILIES = {"centerface": _centerface}
