"""Opens the detector that a catalog entry names: one line a family."""

from functools import partial

from bonaface.detection import centerface, refiner, yunet
from bonaface.detection.base import Detector
from bonaface.detection.centerface import CenterFaceDetector
from bonaface.detection.refiner import Refiner
from bonaface.detection.two_stage import TwoStageDetector
from bonaface.detection.upright import AnyOrientation
from bonaface.detection.yunet import YuNetDetector
from bonaface.models.catalog import DetectorEntry
from bonaface.models.store import ModelStore
from bonaface.runtime.session import ModelReader, SessionFactory, SessionOptions


def open_detector(entry: DetectorEntry, store: ModelStore, factory: SessionFactory, lanes: int) -> Detector:
    """A detector on verified weights.

    Raises ModelMissingError or ModelCorruptError when they are not the catalog's.
    """
    detector = _FAMILIES[entry.family](partial(store.read, entry, entry.file), factory, lanes)
    if entry.refiner is None:
        return detector
    options = SessionOptions(lanes=lanes, shapes=refiner.INPUT_SHAPES)
    session = factory(partial(store.read, entry, entry.refiner), options)
    return TwoStageDetector(AnyOrientation(detector), Refiner(session))


def _centerface(read: ModelReader, factory: SessionFactory, lanes: int) -> Detector:
    options = SessionOptions(lanes=lanes, shapes=centerface.INPUT_SHAPES)
    return CenterFaceDetector(factory(read, options))


def _yunet(read: ModelReader, factory: SessionFactory, lanes: int) -> Detector:
    return YuNetDetector(factory(read, SessionOptions(lanes=lanes, shapes=yunet.INPUT_SHAPES)))


_FAMILIES = {"centerface": _centerface, "yunet": _yunet}
