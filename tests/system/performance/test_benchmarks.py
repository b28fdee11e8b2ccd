"""The parts of the benchmarks that are more than a clock around a call."""

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import onnx
import orjson
import pytest
from benchmarks import growth, pictures, serving
from benchmarks.__main__ import draw
from benchmarks.closed import read_wrk
from benchmarks.installed_size import sizes, weight, without_hashes
from benchmarks.kernels import kernels_of
from benchmarks.machine import machine
from benchmarks.memory import memory_of
from benchmarks.offered import percentile
from benchmarks.page import BEGIN, END, figures, filled
from benchmarks.peer.environment import channels_last
from benchmarks.queueing import tail
from benchmarks.row import Row, row_of
from benchmarks.timing import interleaved
from benchmarks.work import multiply_adds, multiply_adds_of
from onnx import TensorProto, helper, numpy_helper

from bonaface.analyzer import Analyzer
from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import SessionOptions
from bonaface.settings import Settings
from conftest import ROOT

WRK = """Running 1s test @ http://127.0.0.1:1/
  1 threads and 8 connections
Requests/sec:     43.21
Transfer/sec:     29.34KB
"""


@pytest.mark.parametrize(
    ("is_floor", "value", "reached"), [(False, 1.0, True), (False, 1.01, False), (True, 0.9, False)]
)
def test_a_row_is_reached_at_its_limit(is_floor: bool, value: float, reached: bool) -> None:
    row = Row("measure", "target", value, 1.0, "x", is_floor, {"figure": 2.0})
    assert row.reached is reached
    assert row_of(orjson.loads(orjson.dumps(row.as_dict()))) == row


@pytest.mark.parametrize(
    ("is_floor", "value", "used"),
    [(False, 2.0, 0.5), (True, 2.0, 2.0), (True, 0.0, 100.0), (False, -1.0, 0.05)],
)
def test_a_row_tells_how_much_of_its_target_it_uses(is_floor: bool, value: float, used: float) -> None:
    assert Row("measure", "target", value, 4.0, "x", is_floor).used == used


def test_the_memory_of_a_process_is_told_with_that_of_its_children() -> None:
    before = memory_of(os.getpid())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.stdin is not None
        after = memory_of(os.getpid())
        child.stdin.close()
    assert len(after) == len(before) + 1
    assert all(size > 0 for size in after)
    assert memory_of(child.pid) == [0.0]


def test_calls_take_turns() -> None:
    order: list[str] = []
    times = interleaved({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 2)
    assert "".join(order) == "ab" * 5
    assert set(times) == {"a", "b"}


def test_kernels_are_what_the_analysis_runs(settings: Settings) -> None:
    kernels = kernels_of(pictures.crowd(3), settings)
    assert kernels.faces == 3
    assert len(kernels.detector.sessions) >= 1
    seen = [len(inputs) for session in kernels.liveness.sessions for inputs in session.seen]
    assert len(seen) >= 3
    for run in (kernels.decode, kernels.detect, kernels.pad):
        run()
    assert kernels_of(pictures.crowd(3), settings, most_faces=1).faces == 1
    one = kernels_of(pictures.crowd(3), settings, most_faces=1)
    assert multiply_adds(kernels.liveness) == 3 * multiply_adds(one.liveness) > 0


def test_the_work_of_a_network_is_counted() -> None:
    """2 channels to 4, 3 x 3, on 5 x 6 pixels; each enlarged by 2 x 2; 480 numbers to 7, and those to 3."""
    shapes = {"c": (4, 2, 3, 3), "t": (4, 1, 2, 2), "m": (480, 7), "g": (3, 7), "b": (3,)}
    weights = [numpy_helper.from_array(np.zeros(shape, np.float32), name) for name, shape in shapes.items()]
    nodes = [
        helper.make_node("Conv", ["x", "c"], ["y"], pads=[1, 1, 1, 1]),
        helper.make_node("ConvTranspose", ["y", "t"], ["u"], strides=[2, 2], group=4),
        helper.make_node("Flatten", ["u"], ["f"]),
        helper.make_node("MatMul", ["f", "m"], ["z"]),
        helper.make_node("Gemm", ["z", "g", "b"], ["r"], transB=1),
    ]
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2, "h", "w"])
    told = helper.make_tensor_value_info("r", TensorProto.FLOAT, ["n", 3])
    graph = helper.make_graph(nodes, "g", [given], [told], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    inputs = {"x": np.zeros((1, 2, 5, 6), np.float32)}
    parts = (4 * 5 * 6 * 2 * 9, 4 * 5 * 6 * 4, 480 * 7, 7 * 3)
    assert multiply_adds_of(model.SerializeToString(), inputs) == sum(parts)


def test_channels_last_says_the_same() -> None:
    """A network of the upstream kind: channels first, logits; an input beside it repeats its weights."""
    weight = numpy_helper.from_array(np.arange(9, dtype=np.float32).reshape(3, 3) / 9, "m")
    nodes = [helper.make_node("GlobalAveragePool", ["x"], ["p"]), helper.make_node("Flatten", ["p"], ["f"])]
    nodes.append(helper.make_node("MatMul", ["f", "m"], ["z"]))
    inputs = [
        helper.make_tensor_value_info("m", TensorProto.FLOAT, [3, 3]),
        helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 4, 4]),
    ]
    graph = helper.make_graph(
        nodes, "g", inputs, [helper.make_tensor_value_info("z", TensorProto.FLOAT, [1, 3])], [weight]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    image = np.random.default_rng(1).random((1, 4, 4, 3), dtype=np.float32)
    logits = image.mean(axis=(1, 2)) @ numpy_helper.to_array(weight)
    changed = channels_last(model.SerializeToString())
    onnx.checker.check_model(onnx.load_from_string(changed))
    session = session_factory("onnxruntime")(lambda: changed, SessionOptions())
    found = session.run({"image": image})["probabilities"]
    assert found == pytest.approx(np.exp(logits) / np.exp(logits).sum(), rel=1e-4)


def test_images_are_what_they_say(analyzer: Analyzer) -> None:
    photo = analyzer.analyze(pictures.photo())
    assert (photo.width, photo.height, len(photo.faces)) == (640, 480, 1)
    large = pictures.large(2)
    assert len(large) < 3_000_000
    found = analyzer.analyze(large)
    assert found.width * found.height == pytest.approx(2e6, rel=0.02)
    assert len(found.faces) == 1
    assert len(analyzer.analyze(pictures.crowd(20)).faces) == 20


def test_a_straight_line_has_its_slope() -> None:
    assert growth.slope({1.0: 3.0, 2.0: 6.0, 4.0: 12.0}) == pytest.approx(1)
    assert growth.slope({1.0: 1.0, 2.0: 4.0, 4.0: 16.0}) == pytest.approx(2)


def test_the_report_of_wrk_is_read() -> None:
    assert read_wrk(WRK) == 43.21
    for fault in (
        "  Non-2xx or 3xx responses: 3\n",
        "  Socket errors: connect 0, read 1, write 0, timeout 0\n",
    ):
        with pytest.raises(ValueError, match="did not go well"):
            read_wrk(WRK + fault)


def test_percentiles_of_none_are_not_a_number() -> None:
    assert np.isnan(percentile([], 50))


def test_charts_are_drawn(tmp_path: Path) -> None:
    growth.draw({1.0: 2.0, 2.0: 3.0}, {1.0: 2.0, 20.0: 30.0}, tmp_path / "growth.png")
    draw(
        [Row("a", "b", 1.0, 2.0), Row("c", "none", 0, 0), Row("d", "e", 1.0, 2.0, is_floor=True)],
        tmp_path / "r.png",
    )
    for name in ("growth.png", "r.png"):
        assert cv2.imread(str(tmp_path / name)) is not None


MACHINE: dict[str, str | int] = {
    "date": "2026-01-02",
    "commit": "abc",
    "processor": "P",
    "cores": 2,
    "load average before": "0.1",
    "system": "S",
    "numpy": "2.0",
}


def test_figures_take_the_place_of_older_ones() -> None:
    rows = [Row("a", "at most 1", 2.0, 1.0, "x", figures={"b": 1.234, "c": 5})]
    page = filled(f"# Title\n{BEGIN}\nold\n{END}\nmore", MACHINE, rows)

    assert page == f"# Title\n{BEGIN}\n{figures(MACHINE, rows)}\n{END}\nmore"
    assert "2026-01-02, commit `abc`, 2 cores of P, S; load average before: 0.1. numpy 2.0." in page
    assert "| a | at most 1 | 2 x | **no** |" in page
    assert "| a | b | 1.23 |\n|  | c | 5 |" in page
    assert filled(page, MACHINE, rows) == page
    with pytest.raises(ValueError, match="no place"):
        filled("# Title", MACHINE, rows)


def test_the_page_shows_the_figures_that_are_kept() -> None:
    told = orjson.loads((ROOT / "docs" / "performance" / "bench.json").read_bytes())
    page = (ROOT / "docs" / "performance.md").read_text("utf-8")
    assert figures(told["machine"], [row_of(row) for row in told["rows"]]) in page


def test_the_machine_is_told(settings: Settings) -> None:
    told = machine(settings)
    assert told["cores"] == len(os.sched_getaffinity(0))
    assert told["detector"] == settings.models.detector
    assert "family" in str(told["processor"])


@pytest.mark.alone
def test_a_server_under_every_load(
    models_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole of it, short: every row is there and nothing but verdicts and refusals came."""
    monkeypatch.setenv("BONAFACE_MODELS__DIRECTORY", str(models_directory))
    serving.main(seconds=1, steady=1, overload=2, json=tmp_path / "rows.json")
    rows = {row.measure: row for row in map(row_of, orjson.loads((tmp_path / "rows.json").read_bytes()))}

    assert len(rows) == 8
    (other,) = (row for name, row in rows.items() if "neither verdict" in name)
    assert other.value == 0
    (latency,) = (row for name, row in rows.items() if "60 %" in name)
    assert latency.figures["without a verdict"] == 0


def test_waiting_alone_makes_a_tail_that_grows_with_the_load() -> None:
    assert tail(0.01, 2, 20_000) == pytest.approx(1, abs=0.05)
    assert 3 < tail(0.6, 2, 100_000) < 3.3 < tail(0.7, 2, 100_000)


def test_what_is_installed_has_its_size() -> None:
    prefix = Path(sys.prefix)
    found = sizes(prefix)
    assert 100 < found["openvino"] < weight(prefix)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_a_lock_without_its_hashes_is_a_list_of_versions() -> None:
    hashes = " \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n"
    lock = f"# made\none==1.0 ; python_version < '4'{hashes}two==2.0{hashes}"
    assert without_hashes(lock) == "# made\none==1.0 ; python_version < '4'\ntwo==2.0\n"
