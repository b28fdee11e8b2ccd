"""The whole pipeline, real models, real files."""

import asyncio
import hashlib
import io
import itertools
import math
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from bonaface import Analyzer, Settings
from bonaface.analysis import Analysis
from bonaface.errors import (
    ConfigurationError,
    ImageTooLargeError,
    ImageTooSmallError,
    InvalidImageError,
    InvalidParameterError,
    ModelCorruptError,
    ModelMissingError,
    UnsupportedImageFormatError,
)
from bonaface.imaging.decode import decode
from bonaface.imaging.picture import LEAST_FACE
from bonaface.imaging.types import RgbImage
from bonaface.models.loaded_presets import load_presets
from bonaface.settings import FaceSettings, ImageLimits, ModelSettings
from bonaface.timings import Stage, Timings
from bonaface.types import Finding, HeatmapRequest, Inconsistency, Preset, Reason
from support.models.presets_file import write_presets
from support.pictures.large import InFull, enlarged, jpeg_of, on_grey
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


@pytest.fixture
def own_models(centerface: Path, model_settings: ModelSettings, tmp_path: Path) -> ModelSettings:
    """A detector that is not part of the package, in a folder that the test may spoil."""
    folder = tmp_path / "models"
    folder.mkdir()
    shutil.copy(centerface, folder)
    return model_settings.model_copy(update={"detector": "centerface", "directory": folder})


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


def test_the_steps_one_by_one_come_to_the_same(analyzer: Analyzer, portrait: bytes) -> None:
    pixels = analyzer.decode(portrait)
    found = analyzer.detect(pixels)
    (odds,) = analyzer.log_odds(pixels, [face.box for face in found])
    (face,) = analyzer.analyze(portrait).faces
    assert (found[0].box, found[0].landmarks) == (face.box, face.landmarks)
    assert analyzer.score(float(odds)) == face.liveness_score


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


def test_another_calibration_on_the_same_networks(
    model_settings: ModelSettings, portrait: bytes, tmp_path: Path
) -> None:
    loaded = load_presets(write_presets(tmp_path / "presets.toml", 0.1, 0.2, 0.99, clip=0.5), "bonaface-pad")
    own = Settings(models=model_settings.model_copy(update={"presets": tmp_path / "presets.toml"}))
    first = Analyzer(Settings(models=model_settings))
    before = first.analyze(portrait, STRICT)
    other = first.with_calibration(loaded.calibration)
    assert other.analyze(portrait, STRICT) == Analyzer(own).analyze(portrait, STRICT)
    assert other.policy == loaded.calibration.policy
    assert first.analyze(portrait, STRICT) == before
    (face,) = before.faces
    assert face.liveness_score > 0.65  # beyond what a clip of 0.5 lets through


def test_a_presets_file_that_is_missing(model_settings: ModelSettings, tmp_path: Path) -> None:
    own = model_settings.model_copy(update={"presets": tmp_path / "none.toml"})
    with pytest.raises(ConfigurationError, match="cannot be read"):
        Analyzer(Settings(models=own))


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


@pytest.fixture(scope="module")
def phone_photo(portrait_pixels: RgbImage) -> bytes:
    """4000 x 3000, one large face."""
    return jpeg_of(on_grey(enlarged(portrait_pixels, 3000), 4000, 3000))


def test_a_large_jpeg_is_judged_without_decoding_all_of_it(analyzer: Analyzer, phone_photo: bytes) -> None:
    picture = analyzer.decode(phone_photo)
    timings = Timings()
    analysis = analyzer.analyze(phone_photo, timings=timings)
    (face,) = analysis.faces
    (odds,) = analyzer.log_odds(picture, [face.box])
    assert (analysis.width, analysis.height) == (picture.width, picture.height) == (4000, 3000)
    assert picture.finest == 2
    assert analyzer.score(float(odds)) == face.liveness_score
    assert [timing.stage for timing in timings.entries] == [Stage.DECODE, Stage.DETECT, Stage.PAD]


def test_a_large_image_is_judged_alike_in_every_form(analyzer: Analyzer, phone_photo: bytes) -> None:
    pixels = decode(phone_photo, ImageLimits())
    (face,), (other,) = analyzer.analyze(phone_photo).faces, analyzer.analyze(pixels).faces
    (full,) = analyzer.detect(InFull(pixels))
    odds = analyzer.log_odds(InFull(pixels), [full.box])[0]
    for box in (other.box, full.box):
        assert astuple(face.box) == pytest.approx(astuple(box), abs=12)
    for point, same in zip(face.landmarks, full.landmarks, strict=True):
        assert math.dist((point.x, point.y), (same.x, same.y)) < 12
    assert face.liveness_score == pytest.approx(other.liveness_score, abs=0.02)
    assert face.liveness_score == pytest.approx(analyzer.score(float(odds)), abs=0.05)
    assert face.reasons == other.reasons == ()


def test_a_small_face_of_a_large_jpeg_is_judged_by_all_pixels(
    analyzer: Analyzer, portrait_pixels: RgbImage
) -> None:
    data = jpeg_of(on_grey(enlarged(portrait_pixels, 1400), 3600, 2000))
    timings = Timings()
    (face,) = analyzer.analyze(data, timings=timings).faces
    assert min(face.box.width, face.box.height) < 2 * LEAST_FACE
    assert [timing.stage for timing in timings.entries] == [
        Stage.DECODE,
        Stage.DETECT,
        Stage.DECODE,
        Stage.PAD,
    ]
    picture = InFull(decode(data, ImageLimits()))
    assert analyzer.score(float(analyzer.log_odds(picture, [face.box])[0])) == face.liveness_score


def test_a_face_is_judged_alike_whoever_else_is_there(analyzer: Analyzer, portrait_pixels: RgbImage) -> None:
    canvas = on_grey(enlarged(portrait_pixels, 2400), 4800, 2400)
    alone = analyzer.analyze(jpeg_of(canvas, 100)).faces[0]
    canvas[800:1600, 100:900] = enlarged(portrait_pixels, 800)
    picture = analyzer.decode(jpeg_of(canvas, 100))
    boxes = [face.box for face in analyzer.detect(picture)]
    assert len(boxes) == 2
    assert picture.lacks_pixels(boxes)
    expected = analyzer.log_odds(analyzer.decode(jpeg_of(canvas, 100)), [alone.box])[0]
    assert analyzer.log_odds(picture, [boxes[1], alone.box])[1] == expected


@pytest.mark.parametrize("orientation", [3, 6])
def test_boxes_are_in_pixels_of_the_upright_image(
    analyzer: Analyzer, phone_photo: bytes, orientation: int
) -> None:
    (upright,) = analyzer.analyze(phone_photo).faces
    turns = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90}
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.open(io.BytesIO(phone_photo)).transpose(turns[orientation])
    analysis = analyzer.analyze(encoded(stored, "JPEG", quality=85, exif=exif))
    (face,) = analysis.faces
    assert (analysis.width, analysis.height) == (4000, 3000)
    assert astuple(face.box) == pytest.approx(astuple(upright.box), abs=12)
    assert face.liveness_score == pytest.approx(upright.liveness_score, abs=0.05)


def test_a_face_at_the_border_of_a_large_image_is_marked(
    analyzer: Analyzer, portrait_pixels: RgbImage
) -> None:
    cut = enlarged(portrait_pixels[:, 200:], 3203)
    analysis = analyzer.analyze(jpeg_of(cut))
    assert analysis.faces
    for face in analysis.faces:
        assert face.box.x1 <= analysis.width
        assert face.box.y1 <= analysis.height
    assert Reason.AT_IMAGE_BORDER in analysis.faces[0].reasons


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


def test_no_lane(model_settings: ModelSettings) -> None:
    with pytest.raises(ConfigurationError, match="at least one lane"):
        Analyzer(Settings(models=model_settings), lanes=0)


@pytest.mark.parametrize("field", ["detector", "pad"])
def test_a_model_that_the_catalog_lacks(model_settings: ModelSettings, field: str) -> None:
    with pytest.raises(ModelMissingError, match="No model is called nope"):
        Analyzer(Settings(models=model_settings.model_copy(update={field: "nope"})))


def test_models_that_are_not_installed(model_settings: ModelSettings, tmp_path: Path) -> None:
    chosen = model_settings.model_copy(update={"directory": tmp_path, "detector": "centerface"})
    with pytest.raises(ModelMissingError, match="bonaface models pull centerface"):
        Analyzer(Settings(models=chosen))


def test_one_changed_byte_of_a_model_is_refused(own_models: ModelSettings) -> None:
    Analyzer(Settings(models=own_models))
    path = own_models.directory / "centerface.onnx"
    with path.open("r+b") as file:
        file.seek(1000)
        byte = file.read(1)[0]
        file.seek(1000)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(ModelCorruptError, match=r"centerface\.onnx is not the file"):
        Analyzer(Settings(models=own_models))


def test_settings_are_read_from_the_environment_when_left_out(
    model_settings: ModelSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BONAFACE_MODELS__DIRECTORY", os.fspath(model_settings.directory))
    monkeypatch.setenv("BONAFACE_MODELS__PAD", model_settings.pad)
    monkeypatch.setenv("BONAFACE_FACES__MAX_FACES", "7")
    assert Analyzer().settings.faces.max_faces == 7
