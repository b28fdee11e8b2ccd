"""The client that waits."""

import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self, TypeVar

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


class Client:
    """Calls the service over connections that are kept; threads may share it. Close it, or use `with`.

    base_url: as `https://host`, with the prefix of a proxy if there is one. timeout: seconds for each
    attempt, 30 (5 to connect) by default, or as httpx2 takes it. retry: when it is tried again.
    http: a client of httpx2 of your own, for proxies or certificates; it is not closed, and `timeout` is
    its own.

    Raises ValueError for wrong arguments; its methods raise subclasses of BonafaceClientError.
    """

    def __init__(
        self,
        base_url: str,
        app_key: str,
        secret_key: str,
        *,
        timeout: float | httpx2.Timeout | None = None,
        retry: Retry | None = None,
        http: httpx2.Client | None = None,
    ) -> None:
        self._base_url = calls.checked_url(base_url)
        self._credentials = calls.Credentials(app_key, secret_key)
        self._retry = Retry() if retry is None else retry
        self._owns = http is None
        self._http = httpx2.Client(**calls.client_options(self._base_url, timeout)) if http is None else http

    def detect_spoofing(
        self, image: images.Image | None = None, *, url: str | None = None, condition: Condition | None = None
    ) -> SpoofingData:
        """Which faces of an image are presentation attacks (v1.0).

        image: a path, bytes, or a file opened in binary mode: PNG or JPEG. url: an address instead, which
        the service downloads. condition: how sensitive the verdict is; `balanced` unless the service is set
        otherwise.
        """
        return self._call(calls.spoofing(self._credentials, images.source_of(image, url), condition))

    def judge_liveness(  # noqa: PLR0913 - one an option of the route
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
        """How likely each face of an image is bona fide, and the evidence of it (v2; not of NHN's service).

        image, url: as of `detect_spoofing`. frames: 2 to 10 images of one capture instead, in the order in
        which they were taken; they get one verdict. faces: which are told, all by default. preset: under
        which verdicts are told. quality: `require` gives no verdict on a face that does not meet the limits.
        policy: the name of the one that decides; the application's, or the default, where none is given.
        heatmap: whether it is told which parts of the picture a score goes by.
        """
        source = images.source_of(image, url, frames)
        options = calls.Options(faces, preset, quality, policy, heatmap)
        return self._call(calls.liveness(self._credentials, source, options))

    def create_token(self, *, uses: int | None = None, lifetime: int | None = None) -> CaptureTokenAnswer:
        """A capture token for a page, in place of the secret (v2; not of NHN's service).

        uses: captures that it may be used for. lifetime: seconds. The service has own bounds and defaults.
        Tried again after a network fault, it may leave one behind that nobody uses, and that ends by itself.
        """
        return self._call(calls.token(self._credentials, uses, lifetime))

    def give_feedback(
        self,
        signature: str,
        presentation: Presentation,
        *,
        attack_kind: str | None = None,
        face: int | None = None,
        correct: bool | None = None,
    ) -> FeedbackAnswer:
        """Tell what an answer was about really (v2; not of NHN's service); it counts once.

        signature: of the answer of `judge_liveness`, from a server that signs. attack_kind: of an attack, as
        `print`; `unknown` where none is given. face: the index of the one that is meant, of an answer about
        one image, in place of the person. correct: this takes the place of what was told before; else
        ConflictError is raised where that was something else.
        """
        report = calls.Report(signature, presentation, attack_kind, face, correct)
        return self._call(calls.feedback(self._credentials, report))

    def close(self) -> None:
        """Close the connections."""
        if self._owns:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, call: calls.Call[T]) -> T:
        attempt = 1
        while True:
            try:
                return call.read(self._send(call))
            except BonafaceClientError as error:
                wait = self._retry.wait(attempt, error)
                if wait is None:
                    raise
            time.sleep(wait)
            attempt += 1

    def _send(self, call: calls.Call[T]) -> httpx2.Response:
        try:
            return self._http.post(f"{self._base_url}{call.path}", headers=dict(call.headers), **call.fields)
        except httpx2.RequestError as error:
            raise calls.failure(error) from error
