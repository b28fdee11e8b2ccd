"""From accounts to the admin API's JSON."""

from bonaface.accounts.application import Application, Quota, Secret
from bonaface.api.admin.policy_schemas import PolicyDetail, PolicyView
from bonaface.api.admin.schemas import (
    ApplicationDetail,
    ApplicationView,
    CallerView,
    ModelFileView,
    ModelView,
    PresetsView,
    QuotaChange,
    QuotaUse,
    QuotaView,
    SecretView,
    UsageRowView,
)
from bonaface.models.catalog import ModelEntry
from bonaface.models.loaded_presets import LoadedPresets
from bonaface.policies.decision_policy import PolicyVersion
from bonaface.types import Preset
from bonaface.usage.queries import CallerSums, UsageRow


def quota(found: Quota) -> QuotaView:
    """Limits as JSON."""
    return QuotaView(requests_per_second=found.rate, burst=found.burst, requests_per_month=found.monthly)


def quota_use(found: Quota, used: int) -> QuotaUse:
    """Limits and what was used of them as JSON."""
    return QuotaUse(**quota(found).model_dump(), used_this_month=used)


def to_quota(asked: QuotaChange) -> Quota:
    """Limits as they were asked for."""
    return Quota(asked.requests_per_second, asked.burst, asked.requests_per_month)


def application(found: Application) -> ApplicationView:
    """An application as JSON."""
    return ApplicationView(
        app_key=found.app_key,
        name=found.name,
        note=found.note,
        state=found.state,
        created_at=found.created_at,
        quota=quota(found.quota),
        removed_at=found.removed_at,
    )


def secret(found: Secret) -> SecretView:
    """A secret as JSON, which does not hold it."""
    return SecretView(
        id=found.id,
        created_at=found.created_at,
        expires_at=found.expires_at,
        last_used_at=found.last_used_at,
    )


def application_detail(found: Application, secrets: list[Secret], used: int) -> ApplicationDetail:
    """An application with its live secrets and its use as JSON."""
    view = application(found)
    return ApplicationDetail(
        **{name: getattr(view, name) for name in type(view).model_fields},
        secrets=[secret(each) for each in secrets],
        used_this_month=used,
    )


def policy(found: PolicyVersion) -> PolicyView:
    """A version of a policy as JSON."""
    return PolicyView(
        name=found.policy.name,
        version=found.policy.version,
        reject_below=found.policy.reject_below,
        accept_from=found.policy.accept_from,
        note=found.note,
        created_at=found.created_at,
        retired_at=found.retired_at,
    )


def policy_detail(found: PolicyVersion, app_keys: list[str | None]) -> PolicyDetail:
    """The newest version of a policy, and whose it is, as JSON; no appKey is the default."""
    return PolicyDetail(
        **policy(found).model_dump(),
        is_default=None in app_keys,
        app_keys=[each for each in app_keys if each is not None],
    )


def usage_row(row: UsageRow) -> UsageRowView:
    """One period of usage as JSON."""
    return UsageRowView(
        at=row.at,
        requests=row.requests,
        bona_fide=row.bona_fide,
        attacks=row.attacks,
        mean_milliseconds=round(row.duration_ms / row.requests, 1) if row.requests else 0.0,
        slowest_milliseconds=row.slowest_ms,
        outcomes=dict(row.outcomes),
    )


def caller(found: CallerSums) -> CallerView:
    """What one application asked for as JSON."""
    return CallerView(
        app_key=found.app_key,
        name=found.name,
        requests=found.requests,
        bona_fide=found.bona_fide,
        attacks=found.attacks,
    )


def model(entry: ModelEntry) -> ModelView:
    """A catalog entry as JSON."""
    files = [ModelFileView(name=file.name, sha256=file.sha256, bytes=file.size) for file in entry.all_files]
    return ModelView(
        name=entry.name, title=entry.title, licence=entry.licence, origin=entry.origin, files=files
    )


def presets(found: LoadedPresets, default: Preset) -> PresetsView:
    """The presets in force as JSON."""
    return PresetsView(
        source=found.source,
        sha256=found.sha256,
        version=found.version,
        default_preset=default,
        thresholds=found.thresholds,
    )
