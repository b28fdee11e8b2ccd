"""What a worker answers, asked over a pipe from this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib.resources import files
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from pathlib import Path
from typing import BinaryIO

import pytest

from bonaface import Analyzer, Settings
from bonaface.errors import ImageTooLargeError, InvalidImageError, ModelMissingError, OverloadedError
from bonaface.inspection import Inspection
from bonaface.models.loaded_presets import load_presets
from bonaface.serving.deadline import Deadline
from bonaface.serving.processes import child
from bonaface.serving.processes.child import portable, send_settings, work
from bonaface.serving.processes.messages import Capture, Faces, Reply
from bonaface.serving.processes.networks import open_networks, read_networks
from bonaface.serving.processes.unnamed_file import unnamed_file
from bonaface.settings import ModelSettings
from bonaface.timings import Stage
from bonaface.types import Preset
from support.models.presets_file import write_presets

LATER = 60
FILES = [file for file in (files("bonaface.models") / "weights").iterdir() if file.name.endswith(".onnx")]


@pytest.fixture(autouse=True)
def _log_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be set up for a process of its own."""
    monkeypatch.setattr(child, "configure", lambda _: None)


@contextmanager
def working(settings: Settings, networks: BinaryIO | None = None) -> Iterator[Connection]:
    ours, theirs = Pipe()

    def run() -> None:
        with theirs:
            work(theirs)

    thread = threading.Thread(target=run)
    thread.start()
    with ours:
        with nullcontext(networks) if networks else open_networks() as file:
            send_settings(ours, settings, file)
        yield ours
    thread.join(LATER)
    assert not thread.is_alive()


def answer(channel: Connection) -> Reply:
    assert channel.poll(LATER)
    reply = channel.recv()
    assert isinstance(reply, Reply)
    return reply


def test_answers_with_what_the_analyzer_gives(
    model_settings: ModelSettings, analyzer: Analyzer, portrait: bytes
) -> None:
    settings = Settings(models=model_settings)
    with working(settings) as channel:
        assert answer(channel) == Reply()
        channel.send(None)
        assert answer(channel) == Reply()
        channel.send(Preset.STRICT)
        channel.send_bytes(portrait)
        reply = answer(channel)
        assert reply.result == analyzer.analyze(portrait, Preset.STRICT)
        assert [timing.stage for timing in reply.timings] == [Stage.DECODE, Stage.DETECT, Stage.PAD]


def test_inspects_the_frames_of_a_capture_until_its_deadline(
    model_settings: ModelSettings, analyzer: Analyzer, portrait: bytes
) -> None:
    settings = Settings(models=model_settings)
    with working(settings) as channel:
        assert answer(channel) == Reply()
        for deadline in (Deadline.after(600), Deadline.after(0)):
            channel.send(Capture(2, Preset.STRICT, deadline.check))
            for _ in range(2):
                channel.send_bytes(portrait)
        reply = answer(channel)
        assert reply.result == analyzer.inspect([portrait, portrait], Preset.STRICT)
        assert [timing.stage for timing in reply.timings] == [Stage.DECODE, Stage.DETECT, Stage.PAD] * 2
        with pytest.raises(OverloadedError):
            answer(channel).check()


def test_judges_faces_that_another_worker_found(
    model_settings: ModelSettings, analyzer: Analyzer, portrait: bytes
) -> None:
    image = analyzer.decode(portrait).decode()
    boxes = [face.box.rounded() for face in analyzer.detect(analyzer.decode(portrait))]
    with working(Settings(models=model_settings)) as channel:
        assert answer(channel) == Reply()
        with unnamed_file("picture") as file:
            file.write(image.tobytes())
            file.flush()
            channel.send(Faces(image.shape, boxes))
            send_handle(channel, file.fileno(), None)
        assert answer(channel).log_odds == tuple(analyzer.judge(image, boxes).tolist())


def test_an_error_comes_as_it_was_with_its_traceback_and_the_next_image_goes_well(
    model_settings: ModelSettings, portrait: bytes
) -> None:
    with working(Settings(models=model_settings)) as channel:
        answer(channel)
        channel.send(Preset.WEAK)
        channel.send_bytes(portrait[:5000])
        reply = answer(channel)
        with pytest.raises(InvalidImageError) as raised:
            reply.check()
        assert "in analyze" in raised.value.__notes__[-1]
        channel.send(Preset.WEAK)
        channel.send_bytes(portrait)
        assert answer(channel).result is not None


def test_what_it_compiled_another_one_need_not(analyzer: Analyzer, tmp_path: Path, portrait: bytes) -> None:
    pytest.importorskip("openvino", reason="of OpenVINO alone")
    settings = Settings(models=ModelSettings(directory=tmp_path))
    with open_networks() as networks:
        for _ in range(2):
            with working(settings, networks) as channel:
                assert answer(channel) == Reply()
                channel.send(Preset.STRICT)
                channel.send_bytes(portrait)
                assert answer(channel).result == analyzer.analyze(portrait, Preset.STRICT)
        assert len(read_networks(networks)) == len(FILES)


def test_tells_what_keeps_it_from_loading(tmp_path: Path) -> None:
    with working(Settings(models=ModelSettings(directory=tmp_path, pad="minifasnet"))) as channel:
        with pytest.raises(ModelMissingError):
            answer(channel).check()
        with pytest.raises(EOFError):
            channel.recv()


def test_ends_when_nobody_waits_for_its_answer(model_settings: ModelSettings) -> None:
    with working(Settings(models=model_settings)):
        pass


class DemandingError(Exception):
    """Pickle cannot make one anew."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one + other)


def test_an_error_that_pickle_brings_back_stays_what_it_is() -> None:
    error = ImageTooLargeError("Too large.")
    assert portable(error) is error


def test_one_that_pickle_does_not_bring_back_keeps_name_and_traceback() -> None:
    told = portable(DemandingError("a", "b"))
    assert type(told) is RuntimeError
    assert str(told) == "DemandingError"
    assert "DemandingError: ab" in told.__notes__[-1]


def test_another_calibration_judges_what_comes_after_it(
    model_settings: ModelSettings, portrait: bytes, tmp_path: Path
) -> None:
    loaded = load_presets(write_presets(tmp_path / "presets.toml", clip=0.5), "bonaface-pad")
    with working(Settings(models=model_settings)) as channel:
        answer(channel)
        channel.send(loaded.calibration)
        channel.send(Capture(1, Preset.STRICT, Deadline.after(600).check))
        channel.send_bytes(portrait)
        result = answer(channel).result
        assert isinstance(result, Inspection)
        assert result.policy == loaded.calibration.policy
