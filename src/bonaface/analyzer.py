"""The whole pipeline: bytes -> decode -> detect -> PAD -> pose and reasons -> verdicts."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bonaface.detection.base import Detector
from bonaface.detection.registry import open_detector
from bonaface.errors import ImageTooLargeError, ImageTooSmallError, InvalidParameterError
from bonaface.imaging.decode import open_picture
from bonaface.imaging.picture import Picture
from bonaface.imaging.turn import turned
from bonaface.liveness.base import LivenessModel
from bonaface.liveness.presets import Decision, load_calibration
from bonaface.liveness.registry import open_liveness_model
from bonaface.memory_errors import memory_errors_told, require_memory
from bonaface.models.catalog import load_catalog
from bonaface.models.store import ModelStore
from bonaface.quality.pose import estimate_pose
from bonaface.quality.reasons import find_reasons
from bonaface.runtime.engines import session_factory
from bonaface.runtime.helper_pool import HelperPool
from bonaface.runtime.session import CompiledNetworks
from bonaface.settings import ImageLimits, Settings, load_settings
from bonaface.timings import Stage, Timings
from bonaface.types import Analysis, Box, Detection, Face, Preset

ImageInput = str | Path | bytes | NDArray[np.uint8]
"""A path, the bytes of a PNG or JPEG file, or an H x W x 3 uint8 RGB array that is upright."""


class Analyzer:
    """Tells, for each face of an image, whether it is bona fide or a presentation attack.

    Loads and verifies the models once; `analyze` may then be called from `lanes` threads at once. Lanes that
    have nothing to do help with the faces of an image that another one is at; the results are the same.
    """

    def __init__(
        self, settings: Settings | None = None, *, lanes: int = 1, compiled: CompiledNetworks | None = None
    ) -> None:
        """settings: as `load_settings()` gives them when left out; lanes: analyses side by side.

        compiled: of processes that load the same models, see `session_factory`.
        Raises ModelMissingError, ModelCorruptError or ConfigurationError.
        """
        self.settings = settings or load_settings()
        models = self.settings.models
        catalog, store = load_catalog(), ModelStore(models.directory)
        factory, pad = session_factory(models.runtime, compiled), catalog.pad(models.pad)
        self.engine = factory.engine
        self._detector: Detector = open_detector(catalog.detector(models.detector), store, factory, lanes)
        self.calibration = load_calibration(models.presets) if models.presets else pad.calibration
        pad = pad.model_copy(update={"calibration": self.calibration})
        self._helpers = HelperPool(lanes)
        self._liveness: LivenessModel = open_liveness_model(pad, store, factory, lanes, self._helpers)
        self._decision = Decision(self.calibration)

    @memory_errors_told()
    def analyze(
        self, image: ImageInput, preset: Preset | None = None, timings: Timings | None = None
    ) -> Analysis:
        """Every face of the image, largest first, at most `settings.faces.max_faces`.

        image: see `ImageInput`.
        preset: sensitivity of the verdicts; the settings' default preset when left out.
        timings: is told how long decoding, detection and PAD took.
        Raises InvalidParameterError, ImageTooSmallError, ImageTooLargeError, InvalidImageError or
        UnsupportedImageFormatError; OSError when the path cannot be read; MemoryError when there is no
        memory left for it.
        """
        preset = _known(preset or self.settings.models.default_preset)
        with self._helpers.lane():
            return self._analyze(image, preset, timings or Timings())

    def _analyze(self, image: ImageInput, preset: Preset, timings: Timings) -> Analysis:
        with timings.of(Stage.DECODE):
            picture = self.decode(image)
        require_memory()
        with timings.of(Stage.DETECT):
            found = self.detect(picture)[: self.settings.faces.max_faces]
        boxes = [face.box for face in found]
        if picture.lacks_pixels(boxes):
            with timings.of(Stage.DECODE):
                picture.decode()
            require_memory()
        with timings.of(Stage.PAD):
            log_odds = self._log_odds(picture, boxes, [face.landmarks.quarters for face in found])
        judged = list(zip(found, log_odds.tolist(), strict=True))
        faces = self._helpers.map(partial(self._face, picture, preset), judged)
        return Analysis(width=picture.width, height=picture.height, preset=preset, faces=tuple(faces))

    def warm_up(self) -> None:
        """Runs every session once, so that the first image pays for nothing."""
        self._detector.warm_up()
        self._liveness.warm_up()

    def decode(self, image: ImageInput) -> Picture:
        """The first step of `analyze` by itself: the upright image. Raises what `analyze` does."""
        if isinstance(image, np.ndarray):
            return Picture.of(_checked(image, self.settings.images))
        data = image if isinstance(image, bytes) else _read(Path(image), self.settings.images)
        return open_picture(data, self.settings.images)

    def detect(self, picture: Picture) -> tuple[Detection, ...]:
        """The second step: every face of what `decode` gave, in its pixels, largest first."""
        view = picture.overview
        found = self._detector.detect(view.pixels)
        return tuple(view.face_of(face).within(picture.width, picture.height) for face in found)

    def log_odds(
        self, picture: Picture, boxes: Sequence[Box], quarters: Sequence[int] | None = None
    ) -> NDArray[np.float64]:
        """The third step: bona-fide log-odds before calibration, one float64 a box; see `LivenessModel`.

        quarters: how each face lies (`Landmarks.quarters`), upright where left out; it is judged upright.

        Each face is looked at in the smallest view that will do. There, boxes are put on whole pixels first:
        engines differ by millionths of a pixel, and a crop whose corner falls between two pixels would turn
        that into another crop.
        """
        with self._helpers.lane():
            return self._log_odds(picture, boxes, quarters or [0] * len(boxes))

    def score(self, log_odds: float) -> float:
        """The fourth: the calibrated liveness score, 0..1, high = bona fide."""
        return self._decision.score(log_odds)

    def _log_odds(
        self, picture: Picture, boxes: Sequence[Box], quarters: Sequence[int]
    ) -> NDArray[np.float64]:
        log_odds = np.zeros(len(boxes))
        for view, places in picture.views_of(boxes):
            height, width = view.pixels.shape[:2]
            for turn in sorted({quarters[place] for place in places}):
                some = [place for place in places if quarters[place] == turn]
                seen = [view.box_in(boxes[place]).rounded().turned(-turn, width, height) for place in some]
                log_odds[some] = self._liveness.log_odds(turned(view.pixels, -turn), seen)
        return log_odds

    def _face(self, picture: Picture, preset: Preset, judged: tuple[Detection, float]) -> Face:
        """Of a picture whose views are there already: lanes share it."""
        found, log_odds = judged
        pose = estimate_pose(found.landmarks)
        return Face(
            box=found.box,
            landmarks=found.landmarks,
            confidence=found.confidence,
            pose=pose,
            verdict=self._decision.verdict(log_odds, preset),
            reasons=find_reasons(picture, found.box, pose, self.settings.faces),
        )


def _known(preset: str) -> Preset:
    try:
        return Preset(preset)
    except ValueError:
        raise InvalidParameterError(f"A preset is one of {', '.join(Preset)}.") from None


def _read(path: Path, limits: ImageLimits) -> bytes:
    """The file's bytes, one more than the limit at most: enough for `decode` to refuse it."""
    with path.open("rb") as file:
        return file.read(limits.max_bytes + 1)


def _checked(image: NDArray[np.uint8], limits: ImageLimits) -> NDArray[np.uint8]:
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise InvalidParameterError("An image array must be H x W x 3, uint8, RGB.")
    height, width = image.shape[:2]
    if height * width > limits.max_pixels:
        raise ImageTooLargeError(f"The image has more than {limits.max_pixels:,} pixels; send a smaller one.")
    if min(height, width) < limits.min_side:
        raise ImageTooSmallError(f"Both sides of the image must be at least {limits.min_side} pixels.")
    return np.ascontiguousarray(image)
