"""A long-lived process of the peer, so that its calls can be timed between those of bonaface."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.peer.environment import PeerMissingError, prepare

ANSWER = Path(__file__).with_name("answer.py")
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Checked:
    """One call: seconds by both clocks, and whether each face is genuine."""

    wall: float
    processor: float
    genuine: list[bool]


class Peer:
    """DeepFace on one engine. Each call is timed in its own process."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self._process = process
        self._log = log
        self.version = str(self._read()["version"])

    def check(self, image: Path) -> Checked:
        """What `extract_faces(anti_spoofing=True)` took and found."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{image}\n".encode())
        self._process.stdin.flush()
        return Checked(**self._read())

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise PeerMissingError(f"the peer ended; {self._log} tells why")
        told: dict[str, Any] = orjson.loads(line)
        return told


@contextmanager
def peer(engine: str) -> Iterator[Peer]:
    """DeepFace on `engine`, `pytorch` or `onnx`, installed first if need be. Raises PeerMissingError."""
    python, home = prepare()
    log = home / f"{engine}.log"
    environment = os.environ | {
        **dict.fromkeys(ONE_THREAD, "1"),
        "DEEPFACE_HOME": str(home),
        "DEEPFACE_BACKEND_ENGINE": engine,
        "PYTHONPATH": "",
    }
    with (
        log.open("wb") as written,
        subprocess.Popen(
            [python, ANSWER, engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=written,
            env=environment,
        ) as process,
    ):
        try:
            yield Peer(process, log)
        finally:
            process.kill()
