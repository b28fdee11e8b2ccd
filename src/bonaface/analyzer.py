"""What is asked of the library: an image, many of them, a capture of several frames."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from typing import Literal, overload

from bonaface.analysis import Analysis
from bonaface.capture.consistency import inconsistencies
from bonaface.capture.descriptor import Descriptor, describe
from bonaface.errors import BonafaceError, InvalidParameterError
from bonaface.heatmaps import Heatmaps
from bonaface.imaging.compression import compression_quality
from bonaface.imaging.decode import check_together
from bonaface.imaging.image_input import Color, ImageInput, known_color
from bonaface.inspection import Inspection
from bonaface.memory_errors import memory_errors_told
from bonaface.pipeline import Pipeline
from bonaface.runtime.ordered_map import ordered_map
from bonaface.timings import Timings
from bonaface.types import HeatmapRequest, Preset, PresetName

Check = Callable[[], None]
"""Raises what ends an inspection before its next frame."""

OnError = Literal["raise", "return"]
"""What `analyze_many` does of an image that cannot be analysed: end there, or give its error in its place."""


class Analyzer(Pipeline):
    """Tells, for each face of an image, whether it is bona fide or a presentation attack.

    Loads and verifies the models once; `analyze` may then be called from `lanes` threads at once. Lanes that
    have nothing to do help with the faces of an image that another one is at; the results are the same.
    """

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
            seen = self.see(image, timings, color, self.settings.faces.max_faces)
            analysis = self.analysis_of(seen, preset)
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
                seen = self.see(frame, timings, self.color, most)
                analysis = self.analysis_of(seen, preset, compression_quality(frame))
                analyses.append(maps.added(analysis, seen.picture, seen.found, timings))
                descriptors.append(describe(seen.picture.overview, next(iter(seen.found), None)))
        digests = tuple(hashlib.sha256(frame).hexdigest() for frame in frames)
        findings = inconsistencies(digests, descriptors) if len(frames) > 1 else ()
        return Inspection(tuple(analyses), digests, self.policy, self.models, findings)

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
