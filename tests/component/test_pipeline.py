"""The steps of an analysis, and opening its models: real models, real files."""

import io
import math
import os
import shutil
from dataclasses import astuple
from pathlib import Path

import pytest
from PIL import Image

from bonaface import Analyzer, Settings
from bonaface.errors import (
    ConfigurationError,
    ModelCorruptError,
    ModelMissingError,
)
from bonaface.imaging.decode import decode
from bonaface.imaging.picture import LEAST_FACE
from bonaface.imaging.types import RgbImage
from bonaface.models.loaded_presets import load_presets
from bonaface.settings import ImageLimits, ModelSettings
from bonaface.timings import Stage, Timings
from bonaface.types import Preset, Reason
from support.models.presets_file import write_presets
from support.pictures.large import InFull, enlarged, jpeg_of, on_grey
from support.pictures.picture import encoded


@pytest.fixture
def own_models(centerface: Path, model_settings: ModelSettings, tmp_path: Path) -> ModelSettings:
    """A detector that is not part of the package, in a folder that the test may spoil."""
    folder = tmp_path / "models"
    folder.mkdir()
    shutil.copy(centerface, folder)
    return model_settings.model_copy(update={"detector": "centerface", "directory": folder})


def test_the_steps_one_by_one_come_to_the_same(analyzer: Analyzer, portrait: bytes) -> None:
    pixels = analyzer.decode(portrait)
    found = analyzer.detect(pixels)
    (odds,) = analyzer.log_odds(pixels, [face.box for face in found])
    (face,) = analyzer.analyze(portrait).faces
    assert (found[0].box, found[0].landmarks) == (face.box, face.landmarks)
    assert analyzer.score(float(odds)) == face.liveness_score


def test_another_calibration_on_the_same_networks(
    model_settings: ModelSettings, portrait: bytes, tmp_path: Path
) -> None:
    loaded = load_presets(write_presets(tmp_path / "presets.toml", 0.1, 0.2, 0.99, clip=0.5), "bonaface-pad")
    own = Settings(models=model_settings.model_copy(update={"presets": tmp_path / "presets.toml"}))
    first = Analyzer(Settings(models=model_settings))
    before = first.analyze(portrait, Preset.STRICT)
    other = first.with_calibration(loaded.calibration)
    assert other.analyze(portrait, Preset.STRICT) == Analyzer(own).analyze(portrait, Preset.STRICT)
    assert other.policy == loaded.calibration.policy
    assert first.analyze(portrait, Preset.STRICT) == before
    (face,) = before.faces
    assert face.liveness_score > 0.65  # beyond what a clip of 0.5 lets through


def test_a_presets_file_that_is_missing(model_settings: ModelSettings, tmp_path: Path) -> None:
    own = model_settings.model_copy(update={"presets": tmp_path / "none.toml"})
    with pytest.raises(ConfigurationError, match="cannot be read"):
        Analyzer(Settings(models=own))


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
