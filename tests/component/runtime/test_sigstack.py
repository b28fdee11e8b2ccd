"""Signals after networks came and went."""

import ctypes
import os
import signal
import subprocess
import sys

import pytest

from bonaface.runtime.session import SessionOptions
from bonaface.runtime.sigstack import SignalStack, signal_stack_kept
from conftest import ROOT
from support.models.networks import convolution

pytest.importorskip("bonaface.runtime.openvino", reason="OpenVINO has no build for this machine")

from bonaface.runtime.openvino import OpenVinoSession

PROGRAM = """
import signal
from bonaface.runtime.openvino import OpenVinoSession
from bonaface.runtime.session import SessionOptions
from support.models.networks import convolution

model = convolution()[0]
first, second, third = (OpenVinoSession(lambda: model, SessionOptions()) for _ in range(3))
del first, third, second  # not the last one first
signal.signal(signal.SIGTERM, lambda number, frame: print("handled"))
signal.raise_signal(signal.SIGTERM)
"""


def test_a_signal_is_handled_after_networks_went_in_any_order() -> None:
    places = os.pathsep.join([str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": places},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != -signal.SIGSEGV
    assert done.stdout == "handled\n", done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the stack of Linux")
def test_a_stack_that_was_there_is_there_again() -> None:
    place = ctypes.create_string_buffer(64_000)
    with signal_stack_kept():  # whatever this process has
        before = SignalStack(ctypes.addressof(place), 0, len(place))
        before.use()
        session = OpenVinoSession(lambda: convolution()[0], SessionOptions())
        assert SignalStack.now().address == before.address
        del session
        assert SignalStack.now().address == before.address
