"""The client for asyncio and trio."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self, TypeVar

import anyio
import anyio.to_thread
import httpx2

from bonaface_client import calls, images
from bonaface_client.answers import (
    CaptureTokenAnswer,
    Condition,
    Faces,
    FeedbackAnswer,
    LivenessAnswer,
    Presentation,
    Quality,
    SpoofingData,
)
from bonaface_client.errors import BonafaceClientError
from bonaface_client.retry import Retry

T = TypeVar("T")


class AsyncClient:
    """As `Client`, to be awaited. Close it by `aclose`, or use `async with`."""

    def __init__(
        self,
        base_url: str,
        app_key: str,
        secret_key: str,
        *,
        timeout: float | httpx2.Timeout | None = None,
        retry: Retry | None = None,
        http: httpx2.AsyncClient | None = None,
    ) -> None:
        self._base_url = calls.checked_url(base_url)
        self._credentials = calls.Credentials(app_key, secret_key)
        self._retry = Retry() if retry is None else retry
        self._owns = http is None
        options = calls.client_options(self._base_url, timeout)
        self._http = httpx2.AsyncClient(**options) if http is None else http

    async def detect_spoofing(
        self, image: images.Image | None = None, *, url: str | None = None, condition: Condition | None = None
    ) -> SpoofingData:
        """As `Client.detect_spoofing`; a file is read in a thread."""
        source = await anyio.to_thread.run_sync(images.source_of, image, url)
        return await self._call(calls.spoofing(self._credentials, source, condition))

    async def judge_liveness(  # noqa: PLR0913 - one an option of the route
        self,
        image: images.Image | None = None,
        *,
        url: str | None = None,
        frames: Sequence[images.Image] | None = None,
        faces: Faces | None = None,
        preset: Condition | None = None,
        quality: Quality | None = None,
        policy: str | None = None,
        heatmap: bool | None = None,
    ) -> LivenessAnswer:
        """As `Client.judge_liveness`; a file is read in a thread."""
        source = await anyio.to_thread.run_sync(images.source_of, image, url, frames)
        options = calls.Options(faces, preset, quality, policy, heatmap)
        return await self._call(calls.liveness(self._credentials, source, options))

    async def create_token(
        self, *, uses: int | None = None, lifetime: int | None = None
    ) -> CaptureTokenAnswer:
        """As `Client.create_token`."""
        return await self._call(calls.token(self._credentials, uses, lifetime))

    async def give_feedback(
        self,
        signature: str,
        presentation: Presentation,
        *,
        attack_kind: str | None = None,
        face: int | None = None,
        correct: bool | None = None,
    ) -> FeedbackAnswer:
        """As `Client.give_feedback`."""
        report = calls.Report(signature, presentation, attack_kind, face, correct)
        return await self._call(calls.feedback(self._credentials, report))

    async def aclose(self) -> None:
        """Close the connections."""
        if self._owns:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _call(self, call: calls.Call[T]) -> T:
        attempt = 1
        while True:
            try:
                return call.read(await self._send(call))
            except BonafaceClientError as error:
                wait = self._retry.wait(attempt, error)
                if wait is None:
                    raise
            await anyio.sleep(wait)
            attempt += 1

    async def _send(self, call: calls.Call[T]) -> httpx2.Response:
        try:
            return await self._http.post(
                f"{self._base_url}{call.path}", headers=dict(call.headers), **call.fields
            )
        except httpx2.RequestError as error:
            raise calls.failure(error) from error
