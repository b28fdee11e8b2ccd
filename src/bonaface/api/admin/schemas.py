"""The admin API's JSON as models. Members are in camel case, times RFC 3339 in UTC."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from bonaface.accounts.application import MAX_NAME, MAX_NOTE, State
from bonaface.accounts.quota import MAX_BURST_SECONDS, MAX_MONTHLY, MAX_RATE
from bonaface.serving.dispatcher import Warmth
from bonaface.types import Preset
from bonaface.usage.periods import Period


def documented(description: str, **limits: int) -> Any:  # noqa: ANN401 - what pydantic's Field gives
    """A member whose limits are told here and checked by `bonaface.accounts`, in its own sentences."""
    return Field(description=description, json_schema_extra=dict(limits))


Name = Annotated[str, documented("1 to 100 characters on one line", minLength=1, maxLength=MAX_NAME)]
Note = Annotated[str, documented("at most 1000 characters on one line", maxLength=MAX_NOTE)]
Rate = Annotated[int, documented("requests a second", minimum=1, maximum=MAX_RATE)]
Burst = Annotated[
    int,
    documented(
        "requests at once: a whole multiple of requestsPerSecond",
        minimum=1,
        maximum=MAX_RATE * MAX_BURST_SECONDS,
    ),
]
Monthly = Annotated[int, documented("requests a calendar month (UTC)", minimum=1, maximum=MAX_MONTHLY)]


class AdminAnswer(BaseModel):
    """A JSON object of an answer."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, frozen=True)


class AdminRequest(BaseModel):
    """A JSON object of a request: a member that is not known is refused, as a typing error would be lost."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, frozen=True, extra="forbid")


class QuotaView(AdminAnswer):
    """What an application may ask for; null is no limit."""

    requests_per_second: int | None
    burst: int | None
    requests_per_month: int | None


class QuotaUse(QuotaView):
    """The same, with what was used of it."""

    used_this_month: int = Field(description="requests of this calendar month (UTC) that count")


class QuotaChange(AdminRequest):
    """Limits; null or left out is no limit."""

    requests_per_second: Rate | None = None
    burst: Burst | None = None
    requests_per_month: Monthly | None = None


class ApplicationView(AdminAnswer):
    """A caller of the API."""

    app_key: str
    name: str
    note: str
    state: State
    created_at: datetime
    quota: QuotaView
    removed_at: datetime | None = Field(description="since when it is removed; null: it is not")


class SecretView(AdminAnswer):
    """A secret that works, without itself."""

    id: int
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class ApplicationDetail(ApplicationView):
    """An application with its live secrets and its use."""

    secrets: list[SecretView]
    used_this_month: int


class ApplicationPage(AdminAnswer):
    """Applications, oldest first; `next` is the `after` of the next page."""

    items: list[ApplicationView]
    next: str | None


class ApplicationNew(AdminRequest):
    """A new application."""

    name: Name
    note: Note = ""
    quota: QuotaChange = QuotaChange()
    secret_expires_at: AwareDatetime | None = Field(
        None, description="a moment in the future; never if left out"
    )


class ApplicationMade(AdminAnswer):
    """The application and its first secret, which is shown this one time."""

    application: ApplicationView
    secret: SecretView
    secret_key: str


class ApplicationChange(AdminRequest):
    """What is to change; a member left out stays."""

    name: Name | None = None
    note: Note | None = None
    state: State | None = None


class SecretNew(AdminRequest):
    """A second secret beside the first, so that a client can change over without downtime."""

    expires_at: AwareDatetime | None = Field(None, description="a moment in the future; never if left out")
    overlap_seconds: int | None = Field(
        None, ge=0, le=366 * 86_400, description="seconds that the other live secret goes on working"
    )

    @property
    def overlap(self) -> timedelta | None:
        """The same as a span of time."""
        return None if self.overlap_seconds is None else timedelta(seconds=self.overlap_seconds)


class SecretMade(AdminAnswer):
    """The secret, which is shown this one time."""

    secret: SecretView
    secret_key: str


class UsageRowView(AdminAnswer):
    """What was counted in one hour, day or month, named by its beginning."""

    at: datetime
    requests: int
    bona_fide: int = Field(description="faces found bona fide")
    attacks: int = Field(description="faces found presentation attacks")
    mean_milliseconds: float
    slowest_milliseconds: int
    outcomes: dict[str, int] = Field(
        description="requests by outcome: faces, no_face, a result code, refused_rate, refused_quota, "
        "refused_overload"
    )


class UsageView(AdminAnswer):
    """Usage over time, oldest first; a period without requests has no row. `from` counts, `to` does not."""

    by: Period
    from_: datetime = Field(alias="from")
    to: datetime
    app_key: str | None
    rows: list[UsageRowView]


class CallerView(AdminAnswer):
    """What one application asked for in a span of time; null stands for callers with wrong keys."""

    app_key: str | None
    name: str | None
    requests: int
    bona_fide: int = Field(description="faces found bona fide")
    attacks: int = Field(description="faces found presentation attacks")


class CallersView(AdminAnswer):
    """Those who asked most often in whole days (UTC), most requests first."""

    from_: datetime = Field(alias="from")
    to: datetime
    items: list[CallerView]


class StatusView(AdminAnswer):
    """How the process that answers is at this moment."""

    ready: bool = Field(description="as /readyz")
    models: Warmth
    engine: str = Field(description="`working`, or `stuck` when every analysis hangs")
    database: str = Field(description="`reachable` or `unreachable`")
    stopping: bool
    workers: int = Field(description="analyses that may run at once")
    running: int = Field(description="analyses that run")
    stuck: int = Field(description="analyses that hang")
    queue: int = Field(description="analyses that may wait for a worker")
    waiting: int = Field(description="analyses that wait for a worker")
    ledger_backlog: int = Field(description="counted replies that are not in the database yet")


class AuditEntryView(AdminAnswer):
    """Who did what, when, and from where."""

    id: int
    at: datetime
    actor: str
    action: str
    target: str
    detail: dict[str, object]
    origin: str


class AuditPage(AdminAnswer):
    """Entries, newest first; `next` is the `before` of the next page."""

    items: list[AuditEntryView]
    next: int | None


class ModelFileView(AdminAnswer):
    """A file of a model, known by its content."""

    name: str
    sha256: str
    bytes: int


class ModelView(AdminAnswer):
    """A model as the catalog has it."""

    name: str
    title: str
    licence: str
    origin: str
    files: list[ModelFileView]


class ModelsView(AdminAnswer):
    """What runs: the detector, the PAD model, the inference engine, and the presets' thresholds."""

    version: str = Field(description="of bonaface")
    runtime: str
    detector: ModelView
    pad: ModelView
    default_preset: Preset
    thresholds: dict[Preset, float] = Field(description="a face that scores below is a presentation attack")


class PresetsView(AdminAnswer):
    """The presets in force, and where they come from."""

    source: str = Field(description="path of the presets file, or the PAD model whose own they are")
    sha256: str | None = Field(description="of the file as it was read, the first 16 digits; null: no file")
    version: str = Field(description="by which evidence of /v2 names them")
    default_preset: Preset
    thresholds: dict[Preset, float] = Field(description="a face that scores below is a presentation attack")


class Problem(AdminAnswer):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
