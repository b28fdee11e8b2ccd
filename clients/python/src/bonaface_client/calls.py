"""Requests and what their answers mean; nothing here sends any."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlsplit

import httpx2
from pydantic import ValidationError

from bonaface_client.answers import (
    CaptureTokenAnswer,
    Condition,
    Faces,
    FeedbackAnswer,
    LivenessAnswer,
    LivenessProblem,
    Presentation,
    Quality,
    SpoofingData,
    SpoofingResponse,
)
from bonaface_client.errors import (
    STATUSES,
    BonafaceClientError,
    ConnectionFailedError,
    TimedOutError,
    UnexpectedAnswerError,
    kind_of,
)
from bonaface_client.images import Parts
from bonaface_client.retry import retry_after
from bonaface_client.version import __version__

T = TypeVar("T")

CONNECT_SECONDS = 5.0
SECONDS = 30.0
"""Longer than a server takes for an answer, unless its `serving.deadline` is raised."""


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A POST. `fields` are what httpx2 makes the body of; `read` makes the result of the answer."""

    path: str
    headers: Mapping[str, str] = field(repr=False)
    fields: Mapping[str, Any] = field(repr=False)
    read: Callable[[httpx2.Response], T]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What proves who calls."""

    app_key: str
    secret_key: str = field(repr=False)

    def __post_init__(self) -> None:
        if not all(key.isascii() and key.isprintable() and key for key in (self.app_key, self.secret_key)):
            raise ValueError("Give the appKey and the secretKey as the service shows them.")


@dataclass(frozen=True, slots=True)
class Options:
    """What v2 is asked for beside the image; the service's default where none."""

    faces: Faces | None = None
    preset: Condition | None = None
    quality: Quality | None = None
    policy: str | None = None
    heatmap: bool | None = None


def checked_url(base_url: str) -> str:
    """The base URL without a slash at its end. Raises ValueError where it is none."""
    parts = urlsplit(base_url)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or "@" in parts.netloc
        or parts.query
        or parts.fragment
    ):
        raise ValueError(
            "Give a base URL as https://host or https://host/prefix, without a name and a query."
        )
    return base_url.rstrip("/")


def client_options(base_url: str, timeout: float | httpx2.Timeout | None) -> dict[str, Any]:
    """How both clients of httpx2 are made. Redirects are not followed: the secret would go along."""
    given = httpx2.Timeout(SECONDS, connect=CONNECT_SECONDS) if timeout is None else timeout
    agent = f"bonaface-client/{__version__}"
    return {
        "base_url": base_url,
        "timeout": given,
        "headers": {"User-Agent": agent, "Accept": "application/json"},
        "follow_redirects": False,
    }


def spoofing(
    credentials: Credentials, source: str | Parts, condition: Condition | None
) -> Call[SpoofingData]:
    """v1.0. source: an address, which goes as JSON, or a file, which goes as a form."""
    fields = body_of(source, {"spoofingCondition": condition})
    path = f"/v1.0/appkeys/{quote(credentials.app_key, safe='')}/spoofing"
    return Call(path, {"Authorization": credentials.secret_key}, fields, read_spoofing)


def liveness(
    credentials: Credentials,
    source: str | Parts,
    options: Options,
) -> Call[LivenessAnswer]:
    """v2. source: as of v1.0, or several files."""
    return Call("/v2/liveness", headers_of(credentials), body_of(source, asdict(options)), read_liveness)


def token(credentials: Credentials, uses: int | None, lifetime: int | None) -> Call[CaptureTokenAnswer]:
    """v2: a capture token."""
    asked = {"uses": uses, "lifetime": lifetime}
    fields = {"json": {name: value for name, value in asked.items() if value is not None}}
    return Call("/v2/tokens", headers_of(credentials), fields, read_token)


@dataclass(frozen=True, slots=True)
class Report:
    """What an answer was about really; `signature` is the answer's."""

    signature: str
    presentation: Presentation
    attack_kind: str | None = None
    face: int | None = None
    correct: bool | None = None


def feedback(credentials: Credentials, report: Report) -> Call[FeedbackAnswer]:
    """v2: what an answer was about really."""
    told = asdict(report)
    told["attackKind"] = told.pop("attack_kind")
    fields = {"json": {name: value for name, value in told.items() if value is not None}}
    return Call("/v2/feedback", headers_of(credentials), fields, read_feedback)


def headers_of(credentials: Credentials) -> dict[str, str]:
    """The credentials as v2 takes them."""
    return {"X-App-Key": credentials.app_key, "Authorization": f"Bearer {credentials.secret_key}"}


def body_of(source: str | Parts, options: Mapping[str, str | bool | None]) -> dict[str, Any]:
    """What httpx2 makes the body of: a form of files, or JSON of an address, and what is asked for."""
    given = {name: value for name, value in options.items() if value is not None}
    if isinstance(source, str):
        return {"json": {"image": {"url": source}, **given}}
    return {"files": source, "data": given}


def read_spoofing(response: httpx2.Response) -> SpoofingData:
    """The faces. Raises ServiceError with the code of a refusal, UnexpectedAnswerError."""
    try:
        answer = SpoofingResponse.model_validate_json(response.content)
    except ValidationError:
        raise strange(response) from None
    if not answer.header.is_successful:
        raise refusal(response, answer.header.result_code, answer.header.result_message)
    if answer.data is None:
        raise strange(response)
    return answer.data


def read_liveness(response: httpx2.Response) -> LivenessAnswer:
    """The answer. Raises ServiceError with the code of a problem, UnexpectedAnswerError."""
    return read_v2(response, LivenessAnswer.read)


def read_token(response: httpx2.Response) -> CaptureTokenAnswer:
    """The token. Raises as `read_liveness`."""
    return read_v2(response, CaptureTokenAnswer.model_validate_json)


def read_feedback(response: httpx2.Response) -> FeedbackAnswer:
    """What became of it. Raises as `read_liveness`."""
    return read_v2(response, FeedbackAnswer.model_validate_json)


def read_v2(response: httpx2.Response, read: Callable[[bytes], T]) -> T:
    """What `read` makes of a success. Raises as `read_liveness`."""
    try:
        if response.is_success:
            return read(response.content)
        problem = LivenessProblem.model_validate_json(response.content)
    except ValidationError:
        raise strange(response) from None
    raise refusal(response, problem.code, problem.title, problem.detail)


def refusal(
    response: httpx2.Response, code: int | str, message: str, detail: str | None = None
) -> BonafaceClientError:
    """The error of a refusal."""
    kind = kind_of(code, response.status_code)
    return kind(
        code,
        message,
        status=response.status_code,
        detail=response.headers.get("x-error-detail", "") if detail is None else detail,
        request_id=response.headers.get("x-request-id"),
        retry_after=retry_after(response.headers.get("retry-after")),
    )


def strange(response: httpx2.Response) -> BonafaceClientError:
    """The error of an answer that is not the service's; a proxy's 429 or 503 is as good as its own."""
    if response.status_code in STATUSES:
        return refusal(response, response.status_code, response.reason_phrase)
    return UnexpectedAnswerError(response.status_code)


def failure(error: httpx2.RequestError) -> BonafaceClientError:
    """The error of a request that got no answer."""
    if isinstance(error, httpx2.TimeoutException) and not isinstance(error, httpx2.ConnectTimeout):
        return TimedOutError("The answer took longer than the time-out.")
    why = ": ".join(part for part in (type(error).__name__, str(error)) if part)
    found = ConnectionFailedError(f"There was no answer ({why}).")
    found.is_temporary = isinstance(
        error, httpx2.ConnectTimeout | httpx2.NetworkError | httpx2.RemoteProtocolError
    )
    return found
