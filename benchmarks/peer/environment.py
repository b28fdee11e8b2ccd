"""Makes the peer's virtual environment and its folder of weights, once.

The weights are the upstream ones of ../shared/models, the very files that the peer would download. Its
ONNX engine wants graphs of its own making: channels last, the softmax inside. They are made here from the
upstream ONNX files by putting a transposition before and a softmax behind them.
"""

import shutil
import subprocess
import venv
from pathlib import Path

import onnx
from onnx import TensorProto, helper

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "peer"
MODELS = ROOT.parent / "shared" / "models"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
COPIED = (
    "yunet/face_detection_yunet_2023mar.onnx",
    "minifasnet/2.7_80x80_MiniFASNetV2.pth",
    "minifasnet/4_0_0_80x80_MiniFASNetV1SE.pth",
)
CONVERTED = ("minifasnet/2.7_80x80_MiniFASNetV2.onnx", "minifasnet/4_0_0_80x80_MiniFASNetV1SE.onnx")


class PeerMissingError(Exception):
    """The peer cannot be measured here; the message says why."""


def prepare() -> tuple[Path, Path]:
    """The peer's Python and its home, installed if they are not there. Raises PeerMissingError."""
    if not MODELS.is_dir():
        raise PeerMissingError("the peer needs the upstream weights in ../shared/models")
    python, home = FOLDER / "venv" / "bin" / "python", FOLDER / "home"
    _install(python, FOLDER / "installed.txt")
    _place_weights(home / ".deepface" / "weights")
    return python, home


def _install(python: Path, stamp: Path) -> None:
    wanted = REQUIREMENTS.read_text()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    try:
        venv.create(FOLDER / "venv", clear=True, with_pip=True)
        subprocess.run([*pip, "-r", str(REQUIREMENTS)], check=True)
    except subprocess.CalledProcessError as error:
        raise PeerMissingError("the peer could not be installed from the package index") from error
    stamp.write_text(wanted)


def _place_weights(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        shutil.copyfile(MODELS / name, folder / Path(name).name)
    for name in CONVERTED:
        (folder / Path(name).name).write_bytes(channels_last((MODELS / name).read_bytes()))


def channels_last(model: bytes) -> bytes:
    """The network with an input of N x H x W x 3 and class probabilities as its only output."""
    network = onnx.load_from_string(model)
    graph = network.graph
    constants = {tensor.name for tensor in graph.initializer}
    given = next(value for value in graph.input if value.name not in constants)
    batch, channels, height, width = (one.dim_value or None for one in given.type.tensor_type.shape.dim)
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [batch, height, width, channels])
    odds = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [batch, 3])
    transposed = helper.make_node("Transpose", ["image"], [given.name], perm=[0, 3, 1, 2])
    softmax = helper.make_node("Softmax", [graph.output[0].name], ["probabilities"], axis=1)
    graph.node.insert(0, transposed)
    graph.node.append(softmax)
    graph.input.remove(given)
    graph.input.insert(0, image)
    del graph.output[:]
    graph.output.append(odds)
    return bytes(network.SerializeToString())
