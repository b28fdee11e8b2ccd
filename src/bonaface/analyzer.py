"""The whole pipeline: bytes -> decode -> detect -> PAD -> pose and reasons -> verdicts."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Literal, Self, overload

import numpy as np
from numpy.typing import NDArray

from bonaface.analysis import Analysis
from bonaface.capture.consistency import inconsistencies
from bonaface.capture.descriptor import Descriptor, describe
from bonaface.compiled import read_kept
from bonaface.detection.base import Detector
from bonaface.detection.registry import open_detector
from bonaface.errors import BonafaceError, InvalidParameterError
from bonaface.heatmaps import Heatmaps
from bonaface.imaging.compression import compression_quality
from bonaface.imaging.decode import check_together, open_picture
from bonaface.imaging.image_input import Color, ImageInput, known_color, read_input
from bonaface.imaging.picture import Picture
from bonaface.imaging.turn import turned
from bonaface.imaging.types import RgbImage
from bonaface.inspection import Inspection
from bonaface.liveness.base import ClippingModel, LivenessModel
from bonaface.liveness.presets import Decision
from bonaface.liveness.registry import open_liveness_model
from bonaface.memory_errors import memory_errors_told, require_memory
from bonaface.models.calibration_file import load_calibration
from bonaface.models.catalog import Calibration, load_catalog
from bonaface.models.store import ModelStore
from bonaface.quality.measures import Measures, Surroundings, measure, unmet
from bonaface.quality.pose import estimate_pose
from bonaface.quality.reasons import find_reasons
from bonaface.runtime.engines import session_factory
from bonaface.runtime.helper_pool import HelperPool
from bonaface.runtime.ordered_map import ordered_map
from bonaface.runtime.session import CompiledNetworks
from bonaface.settings import Settings, load_settings
from bonaface.timings import Stage, Timings
from bonaface.types import Box, Detection, Face, HeatmapRequest, Pose, Preset, PresetName

Check = Callable[[], None]
"""Raises what ends an inspection before its next frame."""

OnError = Literal["raise", "return"]
"""What `analyze_many` does of an image that cannot be analysed: end there, or give its error in its place."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """An image with its faces and their bona-fide log-odds, before calibration."""

    picture: Picture
    found: Sequence[Detection]
    log_odds: Sequence[float]


class Analyzer:
    """Tells, for each face of an image, whether it is bona fide or a presentation attack.

    Loads and verifies the models once; `analyze` may then be called from `lanes` threads at once. Lanes that
    have nothing to do help with the faces of an image that another one is at; the results are the same.
    """

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

    @memory_errors_told()
    def analyze(
        self,
        image: ImageInput,
        preset: PresetName | None = None,
        timings: Timings | None = None,
        *,
        color: Color | None = None,
        heatmap: bool = False,
    ) -> Analysis:
        """Every face of the image, largest first, at most `settings.faces.max_faces`.

        image: see `ImageInput`. An array does not tell the order of its colours, and a wrong one gives wrong
        verdicts without an error.
        preset: sensitivity of the verdicts; the settings' default preset when left out.
        timings: is told how long decoding, detection and PAD took.
        color: order of the colours of an array; the analyzer's when left out.
        heatmap: tell on the largest faces, `settings.faces.max_heatmaps` of them, what their score goes by;
        each takes as long as 65 faces.
        Raises InvalidParameterError, ImageTooSmallError, ImageTooLargeError, InvalidImageError or
        UnsupportedImageFormatError; OSError when the path cannot be read; MemoryError when there is no
        memory left for it.
        """
        preset, color = self._known(preset, color)
        timings = timings or Timings()
        with self._helpers.lane():
            seen = self._see(image, timings, color, self.settings.faces.max_faces)
            analysis = self._told_of(seen, preset)
            maps = self._heatmaps(HeatmapRequest() if heatmap else None)
            return maps.added(analysis, seen.picture, seen.found, timings)

    @overload
    def analyze_many(
        self,
        images: Iterable[ImageInput],
        preset: PresetName | None = ...,
        *,
        color: Color | None = ...,
        workers: int | None = ...,
        progress: Callable[[int], object] | None = ...,
        on_error: Literal["raise"] = ...,
    ) -> Iterator[Analysis]: ...

    @overload
    def analyze_many(
        self,
        images: Iterable[ImageInput],
        preset: PresetName | None = ...,
        *,
        color: Color | None = ...,
        workers: int | None = ...,
        progress: Callable[[int], object] | None = ...,
        on_error: Literal["return"],
    ) -> Iterator[Analysis | BonafaceError | OSError]: ...

    def analyze_many(
        self,
        images: Iterable[ImageInput],
        preset: PresetName | None = None,
        *,
        color: Color | None = None,
        workers: int | None = None,
        progress: Callable[[int], object] | None = None,
        on_error: OnError = "raise",
    ) -> Iterator[Analysis | BonafaceError | OSError]:
        """The analysis of each image, in their order, on `workers` threads.

        images: any iterable, also one that does not end: two a worker are held, whatever comes after.
        workers: at most the analyzer's `lanes`, which it is when left out.
        progress: called with how many are done, before each result, by the thread that asks for it.
        on_error: `raise` ends with the error of the first image that cannot be analysed, in its turn;
        `return` gives the error (a BonafaceError, or OSError of a path) in its place, and goes on.
        Raises InvalidParameterError at once for a wrong argument; later what `analyze`, or `images`, raises.
        """
        preset, color = self._known(preset, color)
        workers = self.lanes if workers is None else workers
        if not 1 <= workers <= self.lanes:
            raise InvalidParameterError(
                f"workers is 1 to {self.lanes} here; make Analyzer(lanes={max(workers, 1)})."
            )
        if on_error not in ("raise", "return"):
            raise InvalidParameterError('on_error is "raise" or "return".')
        work = partial(self._told if on_error == "return" else self.analyze, preset=preset, color=color)
        return _counted(ordered_map(work, images, workers), progress)

    async def aanalyze(
        self, image: ImageInput, preset: PresetName | None = None, *, color: Color | None = None
    ) -> Analysis:
        """What `analyze` does, on a thread of the analyzer's own: the event loop goes on meanwhile.

        As many at once as there are lanes; the rest wait their turn. A call that is cancelled before it has
        begun is never begun; one that has begun goes on unheard. Raises what `analyze` raises.
        """
        preset, color = self._known(preset, color)
        work = partial(self.analyze, image, preset, color=color)
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        """What `aanalyze` runs on."""
        return ThreadPoolExecutor(self.lanes, thread_name_prefix="analyzer")

    @memory_errors_told()
    def inspect(
        self,
        frames: Sequence[bytes],
        preset: Preset | None = None,
        timings: Timings | None = None,
        check: Check = lambda: None,
        heatmap: HeatmapRequest | None = None,
    ) -> Inspection:
        """An analysis of every frame of one capture with all measures, and which models and policy judged.

        frames: the bytes of PNG or JPEG files, in the order in which they were taken; together they may be no
        larger than one image, and each has `settings.faces.most_in(frames)` faces at most.
        check: is called before each frame is decoded, and may raise.
        heatmap: of which faces, if of any; `check` is called before each row of one, too.
        Raises what `analyze` does.
        """
        check_together(frames, self.settings.images)
        preset = _known_preset(preset or self.settings.models.default_preset)
        most = self.settings.faces.most_in(len(frames))
        analyses: list[Analysis] = []
        descriptors: list[Descriptor] = []
        timings, maps = timings or Timings(), self._heatmaps(heatmap, check)
        with self._helpers.lane():
            for frame in frames:
                check()
                seen = self._see(frame, timings, self.color, most)
                analysis = self._told_of(seen, preset, compression_quality(frame))
                analyses.append(maps.added(analysis, seen.picture, seen.found, timings))
                descriptors.append(describe(seen.picture.overview, next(iter(seen.found), None)))
        digests = tuple(hashlib.sha256(frame).hexdigest() for frame in frames)
        findings = inconsistencies(digests, descriptors) if len(frames) > 1 else ()
        return Inspection(tuple(analyses), digests, self.policy, self.models, findings)

    def _decide_by(self, calibration: Calibration) -> None:
        self.calibration = calibration
        self._decision = Decision(calibration)
        self.policy = calibration.policy

    def _told(self, image: ImageInput, preset: Preset, color: Color) -> Analysis | BonafaceError | OSError:
        try:
            return self.analyze(image, preset, color=color)
        except (BonafaceError, OSError) as error:
            return error

    def _known(self, preset: str | None, color: str | None) -> tuple[Preset, Color]:
        """Both as they are to be; raises InvalidParameterError before any work on an image."""
        return (
            _known_preset(preset or self.settings.models.default_preset),
            known_color(color or self.color),
        )

    def _heatmaps(self, request: HeatmapRequest | None, check: Check = lambda: None) -> Heatmaps:
        most = 0 if request is None else self.settings.faces.max_heatmaps
        return Heatmaps(self._liveness, request or HeatmapRequest(), most, check)

    def _see(self, image: ImageInput, timings: Timings, color: Color, most: int) -> Seen:
        """most: faces that are judged, the largest ones."""
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

    def _told_of(self, seen: Seen, preset: Preset, quality: float | None = None) -> Analysis:
        """quality: of the file's compression, where faces are to be measured."""
        picture, found = seen.picture, seen.found
        judged = list(zip(found, seen.log_odds, strict=True))
        around = None if quality is None else self._around(found, quality)
        faces = self._helpers.map(partial(self._face, picture, preset, around), judged)
        return Analysis(width=picture.width, height=picture.height, preset=preset, faces=tuple(faces))

    def share_faces(self, shared: Callable[[ClippingModel], LivenessModel]) -> None:
        """Have what `shared` makes of the PAD model judge: it may hand faces to others, who `judge` them."""
        self._share = shared
        self._judge_with(self._alone)

    def _judge_with(self, model: ClippingModel) -> None:
        self._alone = model
        self._liveness = self._share(model)

    def judge(self, image: RgbImage, boxes: Sequence[Box]) -> NDArray[np.float64]:
        """Log-odds of faces that another analyzer shares, as `LivenessModel.log_odds`."""
        with self._helpers.lane():
            return self._alone.log_odds(image, boxes)

    def warm_up(self) -> None:
        """Runs every session once, so that the first image pays for nothing."""
        self._detector.warm_up()
        self._liveness.warm_up()

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

    def measure(self, picture: Picture, found: Sequence[Detection], quality: float) -> list[Measures]:
        """What each reason goes by, for each face of what `detect` gave.

        quality: of the file's compression (`bonaface.imaging.compression`).
        """
        around = self._around(found, quality)
        return [self._measure(picture, face, estimate_pose(face.landmarks), around) for face in found]

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


def _known_preset(preset: str) -> Preset:
    try:
        return Preset(preset)
    except ValueError:
        raise InvalidParameterError(f"A preset is one of {', '.join(Preset)}.") from None


def _counted(
    results: Iterator[Analysis | BonafaceError | OSError], progress: Callable[[int], object] | None
) -> Iterator[Analysis | BonafaceError | OSError]:
    """The results; `progress` is told how many there are by now."""
    for done, result in enumerate(results, 1):
        if progress is not None:
            progress(done)
        yield result
