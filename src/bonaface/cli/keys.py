"""`bonaface keys`: applications, their secrets, and what they may ask for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bonaface.accounts.application import NO_QUOTA, Application, Quota, Secret, State
from bonaface.accounts.quota import quota_members
from bonaface.cli.accounts import (
    AsJson,
    Expires,
    expiry,
    opened,
    print_json,
    shown_table,
    shown_time,
    whoever,
)
from bonaface.cli.terminal import output
from bonaface.cli.time_arguments import parse_span
from bonaface.errors import InvalidParameterError
from bonaface.settings import load_settings

if TYPE_CHECKING:
    from bonaface.accounts.repository import ApplicationRepository

NOBODY = "There is no application yet; make one with: bonaface keys create --name NAME"
NOT_FOUND = "No application is like that."
NO_SECRET = "No secret of it is live; make one with: bonaface keys rotate"  # noqa: S105 - a sentence
ONCE = "Keep the secretKey now: only its hash is stored, and it will not be shown again."
NONE = "none"

keys_app = typer.Typer(help="Applications: their keys, secrets and quotas.", no_args_is_help=True)

AppKey = Annotated[str, typer.Argument(metavar="APPKEY", help="The appKey of the application.")]
Rate = Annotated[str | None, typer.Option(metavar="N|none", help="Requests a second, 1 to 10000.")]
Burst = Annotated[
    str | None, typer.Option(metavar="N", help="Requests at once: the rate (default) or a multiple of it.")
]
Monthly = Annotated[str | None, typer.Option(metavar="N|none", help="Requests a calendar month (UTC).")]
NameOption = Annotated[str | None, typer.Option(help="What the application is called.")]
NoteOption = Annotated[str | None, typer.Option(help="Anything worth remembering about it.")]


@keys_app.command("create")
def create(
    name: Annotated[str, typer.Option(help="What the application is called.")],
    note: Annotated[str, typer.Option(help="Anything worth remembering about it.")] = "",
    rate: Rate = None,
    burst: Burst = None,
    monthly: Monthly = None,
    expires: Expires = None,
    as_json: AsJson = False,
) -> None:
    """Make an application and print its appKey and secretKey, the secretKey for the only time."""
    quota, expires_at = _changed_quota(NO_QUOTA, rate, burst, monthly), expiry(expires)
    with _repository() as repository:
        application, _, secret = repository.create_application(name, note, quota, expires_at, actor=whoever())
    _show_once(application.app_key, secret, _as_dict(application) if as_json else None)


@keys_app.command("list")
def list_(
    search: Annotated[str, typer.Option(help="Only those with this in name, note or appKey.")] = "",
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    removed: Annotated[
        bool, typer.Option("--removed", help="Those that are removed, in place of the others.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List every application, oldest first. Secrets are not shown: nobody has them."""
    with _repository() as repository:
        found = list(repository.list_applications(search, state, removed=removed))
    if as_json:
        print_json([_as_dict(application) for application in found])
    elif found:
        output().print(shown_table(COLUMNS, map(_as_row, found)))
    else:
        typer.echo(NOT_FOUND if search or state or removed else NOBODY)


@keys_app.command("show")
def show(app_key: AppKey, as_json: AsJson = False) -> None:
    """Show one application: its quota, and when its live secrets were made, last used, and expire."""
    with _repository() as repository:
        application, secrets = repository.get_application(app_key), repository.secrets_of(app_key)
    if as_json:
        print_json(_as_dict(application) | {"secrets": [_secret_as_dict(secret) for secret in secrets]})
        return
    for name, value in _as_lines(application):
        typer.echo(f"{name:<9}  {value}")
    if secrets:
        output().print(shown_table(SECRET_COLUMNS, map(_secret_as_row, secrets)))
    else:
        typer.echo(NO_SECRET)


@keys_app.command("edit")
def edit(app_key: AppKey, name: NameOption = None, note: NoteOption = None) -> None:
    """Change the name or the note of an application."""
    if name is None and note is None:
        raise InvalidParameterError("Give --name or --note: what is to change.")
    with _repository() as repository:
        repository.edit_application(app_key, name, note, actor=whoever())
    typer.echo(f"{app_key} is changed.")


@keys_app.command("enable")
def enable(app_key: AppKey) -> None:
    """Let an application's keys work again, at once."""
    with _repository() as repository:
        repository.enable_application(app_key, actor=whoever())
    typer.echo(f"{app_key} is active.")


@keys_app.command("disable")
def disable(app_key: AppKey) -> None:
    """Stop an application's keys; servers that are running refuse them within 5 seconds."""
    with _repository() as repository:
        repository.disable_application(app_key, actor=whoever())
    typer.echo(f"{app_key} is disabled; servers that are running refuse it within 5 seconds.")


@keys_app.command("remove")
def remove(app_key: AppKey) -> None:
    """Remove an application: its keys stop, its usage stays, and for a time it can be restored."""
    days = load_settings().storage.removal_days
    with _repository() as repository:
        repository.remove_application(app_key, actor=whoever())
    typer.echo(
        f"{app_key} is removed; servers that are running refuse it within 5 seconds. "
        f"It can be restored for {days} days; then its secrets are erased. Its usage stays."
    )


@keys_app.command("restore")
def restore(app_key: AppKey) -> None:
    """Let an application that was removed be as it was, with its secrets."""
    with _repository() as repository:
        restored = repository.restore_application(app_key, actor=whoever())
    typer.echo(f"{app_key} is restored; it is {restored.state}.")


@keys_app.command("rotate")
def rotate(
    app_key: AppKey,
    overlap: Annotated[
        str | None,
        typer.Option(metavar="SPAN", help="Stop the other secret after this time, as 24h; else it stays."),
    ] = None,
    expires: Expires = None,
    as_json: AsJson = False,
) -> None:
    """Make a second secret and print it, for the only time; the first one goes on working meanwhile."""
    expires_at, span = expiry(expires), None if overlap is None else parse_span(overlap)
    with _repository() as repository:
        secret, text = repository.add_secret(app_key, expires_at, span, actor=whoever())
    _show_once(app_key, text, {"appKey": app_key} | _secret_as_dict(secret) if as_json else None)


@keys_app.command("revoke")
def revoke(
    app_key: AppKey,
    secret_id: Annotated[int, typer.Argument(metavar="ID", help="Of the secret, as `show` tells it.")],
) -> None:
    """Stop one secret of an application; servers that are running refuse it within 5 seconds."""
    with _repository() as repository:
        repository.revoke_secret(app_key, secret_id, actor=whoever())
    typer.echo(f"Secret {secret_id} is revoked; servers that are running refuse it within 5 seconds.")


@keys_app.command("quota")
def quota(
    app_key: AppKey,
    rate: Rate = None,
    burst: Burst = None,
    monthly: Monthly = None,
    as_json: AsJson = False,
) -> None:
    """Show what an application may ask for, or change what is given; servers follow within 5 seconds."""
    with _repository() as repository:
        application = repository.get_application(app_key)
        if (rate, burst, monthly) != (None, None, None):
            changed = _changed_quota(application.quota, rate, burst, monthly)
            application = repository.set_quota(app_key, changed, actor=whoever())
    if as_json:
        print_json(quota_members(application.quota))
    else:
        typer.echo(_quota_in_words(application.quota))


COLUMNS = ("appKey", "name", "state", "created (UTC)", "note")
SECRET_COLUMNS = ("secret", "created (UTC)", "last used", "expires")


@contextmanager
def _repository() -> "Iterator[ApplicationRepository]":
    """The applications of the configured database."""
    with opened() as database:
        from bonaface.accounts.repository import ApplicationRepository

        grace = timedelta(days=load_settings().storage.removal_days)
        yield ApplicationRepository(database, grace=grace)


def _changed_quota(before: Quota, rate: str | None, burst: str | None, monthly: str | None) -> Quota:
    """The quota with what is given; a new rate brings its own burst."""
    changed = before
    if rate is not None:
        changed = replace(changed, rate=_number(rate), burst=None)
    if burst is not None:
        changed = replace(changed, burst=_number(burst))
    if monthly is not None:
        changed = replace(changed, monthly=_number(monthly))
    return changed


def _number(text: str) -> int | None:
    if text.strip().lower() == NONE:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise InvalidParameterError(f"{text!r} is not a limit; give a whole number, or `none` for no limit.")
    return int(text)


def _show_once(app_key: str, secret: str, members: dict[str, Any] | None) -> None:
    """A secret the one time that it is known: as JSON with `members`, else as two lines."""
    if members is None:
        typer.echo(f"appKey     {app_key}\nsecretKey  {secret}")
    else:
        print_json(members | {"secretKey": secret})
    typer.echo(ONCE, err=members is not None)


def _as_dict(application: Application) -> dict[str, Any]:
    return {
        "appKey": application.app_key,
        "name": application.name,
        "note": application.note,
        "state": application.state.value,
        "createdAt": application.created_at,
        "removedAt": application.removed_at,
        "quota": quota_members(application.quota),
    }


def _secret_as_dict(secret: Secret) -> dict[str, Any]:
    return {
        "id": secret.id,
        "createdAt": secret.created_at,
        "expiresAt": secret.expires_at,
        "lastUsedAt": secret.last_used_at,
    }


def _as_row(application: Application) -> tuple[str, ...]:
    created = shown_time(application.created_at)
    return application.app_key, application.name, application.state.value, created, application.note


def _secret_as_row(secret: Secret) -> tuple[str, ...]:
    times = (secret.created_at, secret.last_used_at, secret.expires_at)
    return str(secret.id), *map(shown_time, times)


def _as_lines(application: Application) -> Iterator[tuple[str, str]]:
    yield "appKey", application.app_key
    yield "name", application.name
    yield "note", application.note
    yield "state", application.state.value
    yield "created", f"{shown_time(application.created_at)} UTC"
    if application.removed_at is not None:
        yield "removed", f"{shown_time(application.removed_at)} UTC"
    yield "quota", _quota_in_words(application.quota)


def _quota_in_words(quota: Quota) -> str:
    """As in `5 requests a second, 10 at once; no limit a month`."""
    second = "no limit a second" if quota.rate is None else f"{quota.rate} a second, {quota.burst} at once"
    month = "no limit a month" if quota.monthly is None else f"{quota.monthly} a month"
    return f"{second}; {month}"
