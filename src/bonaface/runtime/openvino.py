"""Sessions on OpenVINO: the default where it is installed.

Precision is pinned to f32: on machines with AMX the engine would take bf16 by itself and scores would
differ from machine to machine. Each lane is a compilation of its own, with one stream of one thread.
"""

import hashlib
import logging
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from queue import LifoQueue

import numpy as np

from bonaface.errors import ModelError
from bonaface.runtime.instruction_sets import amx_left_alone
from bonaface.runtime.session import CompiledNetworks, ModelReader, SessionOptions, Tensor
from bonaface.runtime.sigstack import signal_stack_kept
from bonaface.runtime.telemetry import reports_blocked

with reports_blocked():
    import openvino

# Its table of types is made at the first use. Two threads that come to it at once wait for each other for
# ever, one with the interpreter's lock. An import has one thread.
openvino.Type.f32.to_dtype()

log = logging.getLogger(__name__)


class OpenVinoSession:
    """A compiled network with one infer request a lane; compiled anew when it breaks."""

    engine = f"OpenVINO {openvino.__version__.split('-')[0]}"

    def __init__(
        self, read: ModelReader, options: SessionOptions, compiled: CompiledNetworks | None = None
    ) -> None:
        """compiled: as of `session_factory`.

        Raises ModelError when the bytes are no network that OpenVINO can compile; and what `read` raises.
        """
        self._read = read
        self._options = options
        self._compiled = compiled
        self._replacing = threading.Lock()
        try:
            self._network = _Network(read(), options, compiled)
        except RuntimeError as error:
            raise ModelError("OpenVINO cannot load this model file.") from error

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        network = self._network
        if inputs.keys() != network.inputs:  # OpenVINO would run on what an earlier call left there
            raise ModelError("The inputs are not those that the model names.")
        try:
            return self._run(network, inputs)
        except RuntimeError as error:
            raise ModelError("OpenVINO cannot run this model on these inputs.") from error

    def _run(self, network: "_Network", inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """A run that finds no memory for a kernel leaves a promise broken on which all later ones fail."""
        try:
            return network.run(inputs)
        except RuntimeError:
            return self._replaced(network).run(inputs)

    def _replaced(self, broken: "_Network") -> "_Network":
        """The network in place of `broken`, which several threads may have found.

        Raises RuntimeError; ModelError when the file is no longer what it was.
        """
        with self._replacing:
            if self._network is broken:
                self._network = _Network(self._read(), self._options, self._compiled)
                log.warning("a network of OpenVINO failed and was compiled anew")
            return self._network


class SharedCompilation:
    """Opens sessions whose networks are compiled once for all processes that have the same `compiled`."""

    engine = OpenVinoSession.engine

    def __init__(self, compiled: CompiledNetworks) -> None:
        self._compiled = compiled

    def __call__(self, read: ModelReader, options: SessionOptions) -> OpenVinoSession:
        return OpenVinoSession(read, options, self._compiled)


class _Network:
    """The network, compiled once a lane: two lanes of one compilation keep one and a half cores busy."""

    def __init__(self, model: bytes, options: SessionOptions, compiled: CompiledNetworks | None) -> None:
        """Raises RuntimeError of OpenVINO's."""
        lanes = compile_network(model, options, compiled)
        self.inputs = {value.get_any_name() for value in lanes[0].inputs}
        self._names = [output.get_any_name() for output in lanes[0].outputs]
        self._requests: LifoQueue[openvino.InferRequest] = LifoQueue()
        for lane in lanes:
            self._requests.put(lane.create_infer_request())

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Raises RuntimeError of OpenVINO's."""
        request = self._requests.get()
        try:
            result = request.infer(dict(inputs), share_inputs=True)
            return {name: np.array(result[name], dtype=np.float32) for name in self._names}
        finally:
            self._requests.put(request)


def compile_network(
    model: bytes, options: SessionOptions, compiled: CompiledNetworks | None = None
) -> list[openvino.CompiledModel]:
    """The network ready to run on the CPU, in f32, once for each lane, on one thread each.

    Compiled once at most: what was compiled is brought back in a fifth of the time, and computes the same.
    compiled: as of `session_factory`. Raises RuntimeError of OpenVINO's.
    """
    known = {} if compiled is None else compiled
    key = _digest(model, options)
    core = openvino.Core()
    with amx_left_alone():
        first = _known(core, known.get(key))
        if first is None:
            first = _compiled(core, model, options)
            if options.lanes > 1 or compiled is not None:
                known[key] = first.export_model().getvalue()
        with ThreadPoolExecutor(options.lanes) as pool:
            jobs = [pool.submit(_brought_back, core, known[key]) for _ in range(options.lanes - 1)]
        return [first, *(job.result() for job in jobs)]


def _known(core: openvino.Core, compiled: bytes | None) -> openvino.CompiledModel | None:
    """What was compiled, or None where nothing was, or by an engine that this one cannot read."""
    try:
        return compiled and _brought_back(core, compiled)
    except RuntimeError:
        log.warning("a compiled network is not used: the engine cannot read it")
        return None


def _digest(model: bytes, options: SessionOptions) -> str:
    """Of all that a compilation depends on."""
    return hashlib.sha256(model + repr(sorted((options.shapes or {}).items())).encode()).hexdigest()


def _compiled(core: openvino.Core, model: bytes, options: SessionOptions) -> openvino.CompiledModel:
    with signal_stack_kept():
        network = core.read_model(model, b"")
        if options.shapes:
            network.reshape({name: list(shape) for name, shape in options.shapes.items()})
        return core.compile_model(network, "CPU", _ONE_THREAD)


def _brought_back(core: openvino.Core, compiled: bytes) -> openvino.CompiledModel:
    with signal_stack_kept():
        return core.import_model(compiled, "CPU", _ONE_THREAD)


_ONE_THREAD = {
    "INFERENCE_PRECISION_HINT": "f32",
    "NUM_STREAMS": 1,
    "INFERENCE_NUM_THREADS": 1,
    "ENABLE_CPU_PINNING": False,
}
