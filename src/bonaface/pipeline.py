"""The steps of an analysis, on models that are opened once: decode, detect, PAD, reasons and verdicts."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bonaface.analysis import Analysis
from bonaface.compiled import read_kept
from bonaface.detection.base import Detector
from bonaface.detection.registry import open_detector
from bonaface.geometry import Box
from bonaface.imaging.decode import open_picture
from bonaface.imaging.image_input import Color, ImageInput, known_color, read_input
from bonaface.imaging.picture import Picture
from bonaface.imaging.turn import turned
from bonaface.imaging.types import RgbImage
from bonaface.liveness.base import ClippingModel, LivenessModel
from bonaface.liveness.presets import Decision
from bonaface.liveness.registry import open_liveness_model
from bonaface.memory_errors import require_memory
from bonaface.models.calibration_file import load_calibration
from bonaface.models.catalog import Calibration, load_catalog
from bonaface.models.store import ModelStore
from bonaface.quality.measures import Measures, Surroundings, measure, unmet
from bonaface.quality.pose import estimate_pose
from bonaface.quality.reasons import find_reasons
from bonaface.runtime.engines import session_factory
from bonaface.runtime.helper_pool import HelperPool
from bonaface.runtime.session import CompiledNetworks
from bonaface.settings import Settings, load_settings
from bonaface.timings import Stage, Timings
from bonaface.types import Detection, Face, Pose, Preset


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """An image with its faces and their bona-fide log-odds, before calibration."""

    picture: Picture
    found: Sequence[Detection]
    log_odds: Sequence[float]


class Pipeline:
    """Opens models, and takes the steps of an analysis with them, on `lanes` threads at once."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        lanes: int = 1,
        color: Color = "rgb",
        compiled: CompiledNetworks | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        """settings: as `load_settings()` gives them when left out; lanes: analyses side by side.

        color: order of the colours of arrays, where a call does not say: `rgb`, or `bgr` as OpenCV has it.
        compiled: of processes that load the same models, see `session_factory`; what `bonaface models pull`
            kept when left out.
        calibration: in place of the one that the settings name.
        Raises ModelMissingError, ModelCorruptError, ConfigurationError or InvalidParameterError (`color`).
        """
        self.settings = settings or load_settings()
        self.lanes = lanes
        self.color = known_color(color)
        models = self.settings.models
        catalog, store = load_catalog(), ModelStore(models.directory)
        kept = read_kept(models) if compiled is None else compiled
        factory, pad = session_factory(models.runtime, kept or compiled), catalog.pad(models.pad)
        self.engine = factory.engine
        detector = catalog.detector(models.detector)
        self._detector: Detector = open_detector(detector, store, factory, lanes)
        if calibration is None:
            calibration = load_calibration(models.presets) if models.presets else pad.calibration
        pad = pad.model_copy(update={"calibration": calibration})
        self._helpers = HelperPool(lanes)
        self._share: Callable[[ClippingModel], LivenessModel] = lambda model: model
        self._judge_with(open_liveness_model(pad, store, factory, lanes, self._helpers))
        if compiled is None:
            kept.clear()  # the engine has its own
        self._decide_by(calibration)
        self.models = (detector.identity, pad.identity)

    def with_calibration(self, calibration: Calibration) -> Self:
        """One that shares all networks with this one and judges by another calibration. Thread-safe."""
        other = copy(self)
        other._judge_with(self._alone.with_clip(calibration.clip))
        other._decide_by(calibration)
        return other

    def share_faces(self, shared: Callable[[ClippingModel], LivenessModel]) -> None:
        """Have what `shared` makes of the PAD model judge: it may hand faces to others, who `judge` them."""
        self._share = shared
        self._judge_with(self._alone)

    def judge(self, image: RgbImage, boxes: Sequence[Box]) -> NDArray[np.float64]:
        """Log-odds of faces that another analyzer shares, as `LivenessModel.log_odds`."""
        with self._helpers.lane():
            return self._alone.log_odds(image, boxes)

    def warm_up(self) -> None:
        """Runs every session once, so that the first image pays for nothing."""
        self._detector.warm_up()
        self._liveness.warm_up()

    def see(self, image: ImageInput, timings: Timings, color: Color, most: int) -> Seen:
        """The first three steps, timed, on one lane; most: faces that are judged, the largest ones.

        Raises what `decode` does; MemoryError when there is no memory left for it.
        """
        with timings.of(Stage.DECODE):
            picture = self.decode(image, color)
        require_memory()
        with timings.of(Stage.DETECT):
            found = self.detect(picture)[:most]
        boxes = [face.box for face in found]
        if picture.lacks_pixels(boxes):
            with timings.of(Stage.DECODE):
                picture.decode()
            require_memory()
        with timings.of(Stage.PAD):
            log_odds = self._log_odds(picture, boxes, [face.landmarks.quarters for face in found])
        return Seen(picture, found, log_odds.tolist())

    def analysis_of(self, seen: Seen, preset: Preset, quality: float | None = None) -> Analysis:
        """What is said of it; quality: of the file's compression, where faces are to be measured."""
        picture, found = seen.picture, seen.found
        judged = list(zip(found, seen.log_odds, strict=True))
        around = None if quality is None else self._around(found, quality)
        faces = self._helpers.map(partial(self._face, picture, preset, around), judged)
        return Analysis(width=picture.width, height=picture.height, preset=preset, faces=tuple(faces))

    def decode(self, image: ImageInput, color: Color | None = None) -> Picture:
        """The first step of `analyze` by itself: the upright image. Raises what `analyze` does."""
        limits = self.settings.images
        given = read_input(image, color or self.color, limits)
        return open_picture(given, limits) if isinstance(given, bytes) else Picture.of(given)

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

    def measure(self, picture: Picture, found: Sequence[Detection], quality: float) -> list[Measures]:
        """What each reason goes by, for each face of what `detect` gave.

        quality: of the file's compression (`bonaface.imaging.compression`).
        """
        around = self._around(found, quality)
        return [self._measure(picture, face, estimate_pose(face.landmarks), around) for face in found]

    def _decide_by(self, calibration: Calibration) -> None:
        self.calibration = calibration
        self._decision = Decision(calibration)
        self.policy = calibration.policy

    def _judge_with(self, model: ClippingModel) -> None:
        self._alone = model
        self._liveness = self._share(model)

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

    def _around(self, found: Sequence[Detection], quality: float) -> Surroundings:
        least = self.settings.faces.min_side
        return Surroundings(sum(min(face.box.width, face.box.height) >= least for face in found), quality)

    def _measure(self, picture: Picture, face: Detection, pose: Pose, around: Surroundings) -> Measures:
        return measure(picture, face, pose, around, self.settings.faces)

    def _face(
        self,
        picture: Picture,
        preset: Preset,
        around: Surroundings | None,
        judged: tuple[Detection, float],
    ) -> Face:
        """Of a picture whose views are there already: lanes share it."""
        found, log_odds = judged
        pose = estimate_pose(found.landmarks)
        measures = () if around is None else self._measure(picture, found, pose, around)
        return Face(
            box=found.box,
            landmarks=found.landmarks,
            confidence=found.confidence,
            pose=pose,
            verdict=self._decision.verdict(log_odds, preset),
            reasons=unmet(measures)
            if measures
            else find_reasons(picture, found.box, pose, self.settings.faces),
            measures=measures,
        )
