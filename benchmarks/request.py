"""What handling a request costs beside its analysis: form requests through the whole application in this
process."""

import asyncio
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from starlette.types import Message

from benchmarks.metering import a_face
from bonaface.accounts.audit import Actor
from bonaface.analysis import Analysis
from bonaface.api.app import create_app, run_services
from bonaface.inspection import Inspection
from bonaface.models.catalog import Calibration
from bonaface.observability.logging import configure
from bonaface.server.wiring import services_around
from bonaface.serving.backend import Check, never
from bonaface.serving.threads import ThreadBackend
from bonaface.settings import LogSettings, Settings, StorageSettings
from bonaface.speed.client import upload
from bonaface.timings import Timings
from bonaface.types import HeatmapRequest, Policy, Preset

SIDE_BY_SIDE = 10
WAIT_SECONDS = 30


class Steady:
    """An `ImageAnalyzer` that finds one face at once, whatever it is given."""

    def analyze(self, image: bytes, preset: Preset | None = None, timings: Timings | None = None) -> Analysis:
        """One face."""
        return Analysis(width=640, height=480, preset=preset or Preset.BALANCED, faces=(a_face(),))

    def inspect(
        self,
        frames: Sequence[bytes],
        preset: Preset | None = None,
        timings: Timings | None = None,
        check: Check = never,
        heatmap: HeatmapRequest | None = None,
    ) -> Inspection:
        """One face in each frame."""
        analyses = tuple(self.analyze(frame, preset, timings) for frame in frames)
        policy = Policy("presets", "0", dict.fromkeys(Preset, 0.5))
        return Inspection(analyses, ("",) * len(frames), policy, ())

    def with_calibration(self, _calibration: Calibration) -> "Steady":
        """It goes by none."""
        return self

    def warm_up(self) -> None:
        """Nothing to warm."""


class Requests:
    """Ten requests side by side with every call, between `with` and its end. Lines of the log go
    nowhere."""

    def __init__(self, settings: Settings, folder: Path, image: bytes) -> None:
        self._nowhere = Path(os.devnull).open("w")  # noqa: SIM115 - closed at the end of the block
        configure(LogSettings(format="json"), self._nowhere)
        own = settings.model_copy(update={"storage": StorageSettings(directory=folder)})
        self._services = services_around(ThreadBackend(Steady()), own)
        made, _, secret = self._services.applications.create_application(
            "bench", actor=Actor("bench", "local")
        )
        self._app = create_app(self._services)
        head, _, self._body = upload(made.app_key, secret, image).partition(b"\r\n\r\n")
        lines = (line.partition(b": ") for line in head.split(b"\r\n")[1:])
        self._headers = [(name.lower(), value) for name, _, value in lines]
        self._path = head.split(b" ")[1].decode()
        self._runner = asyncio.Runner()
        self._lifespan = run_services(self._app)

    def __enter__(self) -> Self:
        self._runner.run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._stop())
        self._runner.close()
        self._nowhere.close()

    def __call__(self) -> None:
        self._runner.run(self._ask_all())

    async def _start(self) -> None:
        await self._lifespan.__aenter__()
        ends = time.monotonic() + WAIT_SECONDS
        while not self._services.dispatcher.is_ready and time.monotonic() < ends:  # noqa: ASYNC110 - set by a thread
            await asyncio.sleep(0.001)

    async def _stop(self) -> None:
        await self._lifespan.__aexit__(None, None, None)

    async def _ask_all(self) -> None:
        await asyncio.gather(*(self._ask() for _ in range(SIDE_BY_SIDE)))

    async def _ask(self) -> None:
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "path": self._path,
            "raw_path": self._path.encode(),
            "query_string": b"",
            "headers": self._headers,
            "client": ("127.0.0.1", 1),
            "state": {},
        }
        exchange = _Exchange(self._body)
        await self._app(scope, exchange.receive, exchange.send)
        assert exchange.status == 200
        assert exchange.result_code == b"0"


class _Exchange:
    """The body at once, then nothing: the caller waits for the answer."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self.status = 0
        self.result_code = b""

    async def receive(self) -> Message:
        if self._body is None:
            await asyncio.Event().wait()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.result_code = dict(message["headers"]).get(b"x-result-code", b"")
