"""`bonaface admin`: tokens of the admin API, and the audit trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from bonaface.accounts.role import Role
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

if TYPE_CHECKING:
    from bonaface.accounts.admin_tokens import AdminTokens, Token
    from bonaface.accounts.audit import Entry

NO_TOKEN = "There is no token; make one with: bonaface admin token create --name NAME"  # noqa: S105
NO_ENTRY = "Nothing was changed yet."
ONCE = "Keep the token now: only its hash is stored, and it will not be shown again."
TOKEN_COLUMNS = ("id", "name", "role", "created (UTC)", "last used", "expires")
AUDIT_COLUMNS = ("at (UTC)", "actor", "action", "target", "detail", "origin")

admin_app = typer.Typer(help="The admin API's tokens, and the audit trail.", no_args_is_help=True)
token_app = typer.Typer(help="Make, list and revoke tokens of the admin API.", no_args_is_help=True)
admin_app.add_typer(token_app, name="token")


@token_app.command("create")
def create(
    name: Annotated[str, typer.Option(help="Whose token it is; the audit trail tells it.")],
    role: Annotated[
        Role, typer.Option(help="What it may do: read; change applications too; tokens too.")
    ] = Role.OWNER,
    expires: Expires = None,
    as_json: AsJson = False,
) -> None:
    """Make a token and print it, for the only time. The admin API is off while there is none."""
    expires_at = expiry(expires)
    with _tokens() as tokens:
        token, text = tokens.create(name, expires_at, role, actor=whoever())
    if as_json:
        print_json(_as_dict(token) | {"token": text})
    else:
        typer.echo(text)
    typer.echo(ONCE, err=True)


@token_app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the tokens that are not revoked, oldest first, without the tokens themselves."""
    with _tokens() as tokens:
        found = tokens.list()
    if as_json:
        print_json([_as_dict(token) for token in found])
    elif found:
        output().print(shown_table(TOKEN_COLUMNS, map(_as_row, found)))
    else:
        typer.echo(NO_TOKEN)


@token_app.command("revoke")
def revoke(
    name_or_id: Annotated[str, typer.Argument(metavar="NAME|ID", help="As `list` tells them.")],
) -> None:
    """Stop a token; servers that are running refuse it within 5 seconds."""
    with _tokens() as tokens:
        tokens.revoke(name_or_id, actor=whoever())
    typer.echo("The token is revoked; servers that are running refuse it within 5 seconds.")


@admin_app.command("audit")
def audit(
    app_key: Annotated[str | None, typer.Option(metavar="APPKEY", help="Of one application.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many entries.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Who changed what, when, and from where; newest first."""
    with opened() as database:
        from bonaface.accounts.audit import AuditRepository, Sought

        found = AuditRepository(database).entries(limit=limit, sought=Sought(target=app_key))
    if as_json:
        print_json([_entry_as_dict(entry) for entry in found])
    elif found:
        output().print(shown_table(AUDIT_COLUMNS, map(_entry_as_row, found)))
    else:
        typer.echo(NO_ENTRY)


@contextmanager
def _tokens() -> "Iterator[AdminTokens]":
    with opened() as database:
        from bonaface.accounts.admin_tokens import AdminTokens

        yield AdminTokens(database)


def _as_dict(token: "Token") -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "role": token.role,
        "createdAt": token.created_at,
        "expiresAt": token.expires_at,
        "lastUsedAt": token.last_used_at,
    }


def _as_row(token: "Token") -> tuple[str, ...]:
    times = (token.created_at, token.last_used_at, token.expires_at)
    return str(token.id), token.name, token.role, *map(shown_time, times)


def _entry_as_dict(entry: "Entry") -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "target": entry.target,
        "detail": entry.detail,
        "origin": entry.origin,
    }


def _entry_as_row(entry: "Entry") -> tuple[str, ...]:
    detail = orjson.dumps(entry.detail).decode() if entry.detail else ""
    at = f"{entry.at:%Y-%m-%d %H:%M:%S}"
    return at, entry.actor, entry.action, entry.target, detail, entry.origin
