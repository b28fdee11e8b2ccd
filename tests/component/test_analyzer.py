"""The whole pipeline, real models, real files."""

import asyncio
import hashlib
import io
import itertools
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from bonaface import Analyzer, Settings
from bonaface.analysis import Analysis
from bonaface.errors import (
    ImageTooLargeError,
    ImageTooSmallError,
    InvalidImageError,
    InvalidParameterError,
    UnsupportedImageFormatError,
)
from bonaface.imaging.types import RgbImage
from bonaface.settings import FaceSettings, ImageLimits, ModelSettings
from bonaface.timings import Stage, Timings
from bonaface.types import Finding, HeatmapRequest, Inconsistency, Preset, Reason
from support.pictures.picture import encoded

WEAK, STRICT = Preset.WEAK, Preset.STRICT


@pytest.fixture
def portrait_file(portrait: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "portrait.png"
    path.write_bytes(portrait)
    return path


@pytest.fixture(scope="module")
def faceless() -> bytes:
    return encoded(Image.new("RGB", (120, 100), (127, 127, 127)), "PNG")


def _tiled(portrait: RgbImage, rows: int, columns: int) -> RgbImage:
    tile = np.asarray(cv2.resize(portrait[0:240, 110:350], (160, 160)), np.uint8)
    return np.tile(tile, (rows, columns, 1))


def _scores(analysis: Analysis) -> list[float]:
    return [face.liveness_score for face in analysis.faces]


def test_the_portrait_is_bona_fide(analyzer: Analyzer, portrait: bytes) -> None:
    analysis = analyzer.analyze(portrait)
    assert (analysis.width, analysis.height, analysis.preset) == (512, 512, Preset.BALANCED)
    (face,) = analysis.faces
    assert not face.spoofing
    assert 0.5 < face.liveness_score <= 1
    assert face.box.x0 < face.landmarks.nose.x < face.box.x1
    assert face.reasons == ()


def test_an_inspection_is_an_analysis_of_each_frame_and_what_judged(
    analyzer: Analyzer, portrait: bytes
) -> None:
    lighter = Image.open(io.BytesIO(portrait)).convert("RGB").point(lambda level: min(level + 6, 255))
    small = encoded(lighter.resize((256, 256)), "JPEG")
    found = analyzer.inspect([portrait, small], STRICT)
    for analysis, image in zip(found.analyses, (portrait, small), strict=True):
        (face,), (expected,) = analysis.faces, analyzer.analyze(image, STRICT).faces
        assert replace(face, measures=(), reasons=expected.reasons) == expected
        assert [measure.reason for measure in face.measures] == list(Reason)
        assert set(expected.reasons) <= set(face.reasons)
    assert found.sha256 == tuple(hashlib.sha256(frame).hexdigest() for frame in (portrait, small))
    assert found.policy == analyzer.calibration.policy
    assert [model.name for model in found.models] == ["bonaface-face", "bonaface-pad"]
    assert found.findings == ()
    repeated = analyzer.inspect([portrait, small, portrait])
    assert repeated.findings == (Finding(2, Inconsistency.DUPLICATE, 0, 0.0),)


def test_a_heatmap_changes_nothing_else_and_is_the_same_either_way(
    analyzer: Analyzer, portrait: bytes
) -> None:
    timings, checks = Timings(), list[None]()
    found = analyzer.inspect(
        [portrait], timings=timings, check=lambda: checks.append(None), heatmap=HeatmapRequest()
    )
    (plain,), (mapped,) = analyzer.inspect([portrait]).analyses, found.analyses
    assert replace(mapped, faces=(replace(mapped.faces[0], heatmap=None),)) == plain
    heatmap = mapped.faces[0].heatmap
    assert heatmap == analyzer.analyze(portrait, heatmap=True).faces[0].heatmap
    assert heatmap is not None
    assert (len(heatmap.cells), {len(row) for row in heatmap.cells}) == (8, {8})
    assert [timing.stage for timing in timings.entries][-1] is Stage.HEATMAP
    assert len(checks) == 9  # once before the frame, and before each row


def test_an_inspection_may_be_ended_before_each_frame(analyzer: Analyzer, portrait: bytes) -> None:
    checks = iter([None, None])
    with pytest.raises(StopIteration):
        analyzer.inspect([portrait] * 3, check=lambda: next(checks))


def test_frames_together_are_no_larger_than_one_image_may_be(
    model_settings: ModelSettings, portrait: bytes
) -> None:
    pixels = ImageLimits(max_pixels=2 * 512 * 512)
    limited = Analyzer(Settings(models=model_settings, images=pixels))
    assert len(limited.inspect([portrait] * 2).analyses) == 2
    with pytest.raises(ImageTooLargeError, match="together"):
        limited.inspect([portrait] * 3)


def test_the_faces_of_frames_together_are_limited(
    model_settings: ModelSettings, portrait: bytes, portrait_pixels: RgbImage
) -> None:
    limited = Analyzer(Settings(models=model_settings, faces=FaceSettings(max_together=3)))
    pair = encoded(Image.fromarray(_tiled(portrait_pixels, 1, 2)), "PNG")
    assert [len(one.faces) for one in limited.inspect([pair]).analyses] == [2]
    found = limited.inspect([pair, portrait]).analyses
    assert [len(one.faces) for one in found] == [1, 1]
    assert found[0].faces[0].box == limited.analyze(pair).faces[0].box


def test_path_text_bytes_and_pixels_give_the_same(
    analyzer: Analyzer, portrait: bytes, portrait_file: Path, portrait_pixels: RgbImage
) -> None:
    expected = analyzer.analyze(portrait)
    assert analyzer.analyze(portrait_file) == expected
    assert analyzer.analyze(str(portrait_file)) == expected
    assert analyzer.analyze(portrait_pixels) == expected


def test_pixels_may_be_a_view_and_are_not_written_to(analyzer: Analyzer, portrait_pixels: RgbImage) -> None:
    expected = analyzer.analyze(portrait_pixels)
    view = np.repeat(portrait_pixels, 2, axis=1)[:, ::2]
    view.setflags(write=False)
    before = view.copy()
    assert not view.flags.c_contiguous
    assert analyzer.analyze(view) == expected
    assert analyzer.analyze(np.asfortranarray(portrait_pixels)) == expected
    assert np.array_equal(view, before)


def test_every_way_in_gives_the_same(
    analyzer: Analyzer, portrait: bytes, portrait_file: Path, portrait_pixels: RgbImage
) -> None:
    expected = analyzer.analyze(portrait)
    bgr = np.ascontiguousarray(portrait_pixels[..., ::-1])
    with portrait_file.open("rb") as file:
        assert analyzer.analyze(file) == expected
    assert analyzer.analyze(io.BytesIO(portrait)) == expected
    assert analyzer.analyze(Image.open(portrait_file)) == expected
    assert analyzer.analyze(bgr, color="bgr") == expected
    assert analyzer.analyze(np.dstack([portrait_pixels, np.full((512, 512), 255, np.uint8)])) == expected
    assert analyzer.analyze(bgr) != expected  # an order that is wrong shows in the scores alone


def test_the_order_of_colours_may_be_the_analyzers(
    model_settings: ModelSettings, portrait: bytes, portrait_pixels: RgbImage
) -> None:
    bgr = Analyzer(Settings(models=model_settings), color="bgr")
    expected = bgr.analyze(portrait)  # a file tells its colours
    assert not expected.faces[0].spoofing
    assert bgr.analyze(portrait_pixels[..., ::-1]) == expected
    assert bgr.analyze(portrait_pixels, color="rgb") == expected


def test_grey_arrays_are_judged_as_grey_files_are(analyzer: Analyzer, portrait_pixels: RgbImage) -> None:
    grey = np.asarray(Image.fromarray(portrait_pixels).convert("L"))
    assert analyzer.analyze(grey) == analyzer.analyze(encoded(Image.fromarray(grey), "PNG"))


def test_what_is_no_image_is_refused_before_any_work(analyzer: Analyzer) -> None:
    with pytest.raises(InvalidParameterError, match=r"cv2\.imread"):
        analyzer.analyze(None)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="color is"):
        analyzer.analyze(b"no image", color="gbr")  # type: ignore[arg-type]


def test_many_images_in_their_order_with_progress(
    analyzer: Analyzer, portrait: bytes, faceless: bytes
) -> None:
    done: list[int] = []
    images = [portrait, faceless, portrait, faceless, faceless]
    many = list(analyzer.analyze_many(iter(images), "strict", progress=done.append))
    assert many == [analyzer.analyze(image, STRICT) for image in images]
    assert done == [1, 2, 3, 4, 5]


def test_an_error_among_many_ends_them_or_stands_in_its_place(analyzer: Analyzer, faceless: bytes) -> None:
    images: list[bytes | str] = [faceless, b"GIF89a", "/none.png", faceless]
    first, gif, none, last = analyzer.analyze_many(images, on_error="return")
    assert isinstance(gif, UnsupportedImageFormatError)
    assert isinstance(none, FileNotFoundError)
    assert first == last == analyzer.analyze(faceless)
    many = analyzer.analyze_many(images)
    assert next(many) == first
    with pytest.raises(UnsupportedImageFormatError):
        next(many)


def test_of_an_endless_source_little_is_held(analyzer: Analyzer, faceless: bytes) -> None:
    source = itertools.count()
    many = analyzer.analyze_many(faceless for _ in source)
    for _ in range(5):
        next(many)
    assert next(source) <= 5 + 2 * analyzer.lanes


@pytest.mark.parametrize("workers", [0, 3])
def test_more_workers_than_lanes_are_refused_at_once(analyzer: Analyzer, workers: int) -> None:
    with pytest.raises(InvalidParameterError, match="Analyzer\\(lanes="):
        analyzer.analyze_many([], workers=workers)
    with pytest.raises(InvalidParameterError, match="on_error"):
        analyzer.analyze_many([], on_error="skip")  # type: ignore[call-overload]


def test_an_event_loop_goes_on_meanwhile(analyzer: Analyzer, portrait: bytes) -> None:
    async def analyses() -> tuple[list[Analysis], int]:
        jobs = asyncio.gather(*(analyzer.aanalyze(portrait, "weak") for _ in range(5)))
        turns = 0
        while not jobs.done():
            await asyncio.sleep(0)
            turns += 1
        return await jobs, turns

    found, turns = asyncio.run(analyses())
    assert found == [analyzer.analyze(portrait, WEAK)] * 5
    assert turns > 5


def test_an_error_is_raised_where_it_is_awaited(analyzer: Analyzer) -> None:
    with pytest.raises(UnsupportedImageFormatError):
        asyncio.run(analyzer.aanalyze(b"GIF89a" + bytes(200)))
    with pytest.raises(InvalidParameterError):
        asyncio.run(analyzer.aanalyze(b"", "harsh"))  # type: ignore[arg-type]


def test_limits_hold_for_pixels_too(models_directory: Path, model_settings: ModelSettings) -> None:
    limits = ImageLimits(max_pixels=100 * 120, min_side=90)
    small = Analyzer(Settings(models=model_settings, images=limits))
    assert small.analyze(np.zeros((100, 120, 3), np.uint8)).faces == ()
    with pytest.raises(ImageTooLargeError, match="12,000 pixels"):
        small.analyze(np.zeros((101, 120, 3), np.uint8))
    with pytest.raises(ImageTooSmallError, match="at least 90 pixels"):
        small.analyze(np.zeros((89, 120, 3), np.uint8))
    with pytest.raises(ImageTooSmallError):
        small.analyze(np.zeros((0, 120, 3), np.uint8))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", InvalidImageError),
        (b"GIF89a" + bytes(200), UnsupportedImageFormatError),
        (b"\x89PNG\r\n\x1a\n", InvalidImageError),
    ],
)
def test_bytes_that_are_no_image(analyzer: Analyzer, data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        analyzer.analyze(data)


def test_a_path_that_cannot_be_read(analyzer: Analyzer, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        analyzer.analyze(tmp_path / "none.png")
    with pytest.raises(IsADirectoryError):
        analyzer.analyze(tmp_path)


def test_of_a_huge_file_only_what_refuses_it_is_read(analyzer: Analyzer, tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(10 * 2**30)
    before = _bytes_read()
    with pytest.raises(ImageTooLargeError):
        analyzer.analyze(path)
    assert _bytes_read() - before < 2 * analyzer.settings.images.max_bytes


def _bytes_read() -> int:
    """Bytes that this process has asked the kernel for so far."""
    lines = Path("/proc/self/io").read_text("ascii").splitlines()
    return int(dict(line.split(": ") for line in lines)["rchar"])


@pytest.mark.parametrize("preset", list(Preset))
def test_preset_asked_for(analyzer: Analyzer, portrait: bytes, preset: Preset) -> None:
    analysis = analyzer.analyze(portrait, preset)
    assert analysis.preset is preset
    assert _scores(analysis) == _scores(analyzer.analyze(portrait))
    assert analyzer.analyze(portrait, preset.value) == analysis


def test_a_preset_that_there_is_not(analyzer: Analyzer, portrait: bytes) -> None:
    with pytest.raises(InvalidParameterError, match="weak, balanced, strict"):
        analyzer.analyze(portrait, "harsh")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError):  # before any work on the image
        analyzer.analyze(b"no image", "harsh")  # type: ignore[arg-type]


def test_presets_and_default_of_the_settings(
    model_settings: ModelSettings, portrait: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "presets.toml"
    path.write_text("clip=9\nslope=1e-9\noffset=0\nthresholds={weak=0.1,balanced=0.4,strict=0.6}\n", "utf-8")
    own = model_settings.model_copy(update={"presets": path, "default_preset": STRICT})
    strict = Analyzer(Settings(models=own))
    assert strict.analyze(portrait).preset is STRICT
    assert _scores(strict.analyze(portrait)) == pytest.approx([0.5])
    assert strict.analyze(portrait).faces[0].spoofing
    assert not strict.analyze(portrait, WEAK).faces[0].spoofing


def test_presets_replace_the_clip_too(model_settings: ModelSettings, portrait: bytes, tmp_path: Path) -> None:
    path = tmp_path / "presets.toml"
    path.write_text("clip=0.001\nslope=1\noffset=0\nthresholds={weak=0.1,balanced=0.4,strict=0.6}\n", "utf-8")
    flat = Analyzer(Settings(models=model_settings.model_copy(update={"presets": path})))
    assert _scores(flat.analyze(portrait)) == pytest.approx([1 / (1 + math.exp(-0.001))])


@pytest.mark.parametrize(("rows", "columns", "expected"), [(1, 2, 2), (1, 3, 3), (5, 5, 20)])
def test_faces_largest_first_and_twenty_at_most(
    analyzer: Analyzer, portrait_pixels: RgbImage, rows: int, columns: int, expected: int
) -> None:
    faces = analyzer.analyze(_tiled(portrait_pixels, rows, columns)).faces
    areas = [face.box.area for face in faces]
    assert len(faces) == expected
    assert areas == sorted(areas, reverse=True)


def test_a_marked_face_is_still_returned(
    model_settings: ModelSettings, analyzer: Analyzer, portrait: bytes
) -> None:
    picky = Analyzer(Settings(models=model_settings, faces=FaceSettings(min_side=500, max_faces=1)))
    (marked,), (plain,) = picky.analyze(portrait).faces, analyzer.analyze(portrait).faces
    assert marked.reasons == (Reason.TOO_SMALL,)
    assert marked.verdict == plain.verdict


def test_no_face_is_no_error(analyzer: Analyzer) -> None:
    analysis = analyzer.analyze(np.full((200, 300, 3), 127, np.uint8))
    assert (analysis.width, analysis.height, analysis.faces) == (300, 200, ())


def test_eight_threads_on_two_lanes_get_what_one_gets(analyzer: Analyzer, portrait_pixels: RgbImage) -> None:
    images = [portrait_pixels, _tiled(portrait_pixels, 1, 2), _tiled(portrait_pixels, 2, 2)] * 4
    images += [np.zeros((100, 100, 3), np.uint8)] * 4
    expected = [analyzer.analyze(image) for image in images]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(analyzer.analyze, images)) == expected


def test_a_lane_that_helps_changes_nothing(
    model_settings: ModelSettings, analyzer: Analyzer, portrait_pixels: RgbImage
) -> None:
    image, alone = _tiled(portrait_pixels, 2, 2), Analyzer(Settings(models=model_settings))
    assert analyzer.analyze(image) == alone.analyze(image)
    picture = alone.decode(image)
    boxes = [face.box for face in alone.detect(picture)]
    assert analyzer.log_odds(picture, boxes).tobytes() == alone.log_odds(picture, boxes).tobytes()


def test_both_runtimes_by_name(model_settings: ModelSettings, portrait: bytes, analyzer: Analyzer) -> None:
    other = Analyzer(Settings(models=model_settings.model_copy(update={"runtime": "onnxruntime"})))
    assert other.engine.startswith("ONNX Runtime")
    assert analyzer.engine != other.engine or not analyzer.engine.startswith("OpenVINO")
    assert _scores(other.analyze(portrait)) == pytest.approx(_scores(analyzer.analyze(portrait)), abs=2e-2)
