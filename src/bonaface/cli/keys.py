"""`bonaface keys`: make, list and disable the keys of applications."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.table import Table
from rich.text import Text

from bonaface.cli.console import output
from bonaface.settings import load_settings

if TYPE_CHECKING:
    from bonaface.accounts.application import Application
    from bonaface.accounts.repository import ApplicationRepository

NOBODY = "There is no application yet; make one with: bonaface keys create --name NAME"
ONCE = "Keep the secretKey now: only its hash is stored, and it will not be shown again."

keys_app = typer.Typer(help="Make, list and disable the keys of applications.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@keys_app.command("create")
def create(
    name: Annotated[str, typer.Option(help="What the application is called.")],
    note: Annotated[str, typer.Option(help="Anything worth remembering about it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make an application and print its appKey and secretKey, the secretKey for the only time."""
    with _repository() as repository:
        application, secret = repository.create_application(name, note)
    if as_json:
        _print_json(_as_dict(application) | {"secretKey": secret})
    else:
        typer.echo(f"appKey     {application.app_key}\nsecretKey  {secret}")
    typer.echo(ONCE, err=as_json)


@keys_app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List every application, oldest first. Secrets are not shown: nobody has them."""
    with _repository() as repository:
        found = repository.list_applications()
    if as_json:
        _print_json([_as_dict(application) for application in found])
    else:
        output().print(_as_table(found) if found else NOBODY)


@keys_app.command("disable")
def disable(app_key: Annotated[str, typer.Argument(metavar="APPKEY", help="The appKey to stop.")]) -> None:
    """Stop an application's keys; servers that are running refuse them within 5 seconds."""
    with _repository() as repository:
        application = repository.disable_application(app_key)
    typer.echo(f"{application.app_key} is disabled; servers that are running refuse it within 5 seconds.")


@contextmanager
def _repository() -> "Iterator[ApplicationRepository]":
    """The applications of the configured database."""
    # Imported here: the other commands need not wait for the database libraries.
    from bonaface.accounts.repository import ApplicationRepository
    from bonaface.storage.database import Database

    with Database(load_settings().storage) as database:
        database.migrate()
        yield ApplicationRepository(database)


def _as_dict(application: "Application") -> dict[str, Any]:
    return {
        "appKey": application.app_key,
        "name": application.name,
        "note": application.note,
        "state": application.state.value,
        "createdAt": application.created_at,
    }


def _as_table(found: "list[Application]") -> Table:
    table = Table("appKey", "name", "state", "created (UTC)", "note")
    table.columns[0].no_wrap = True
    for application in found:
        created = f"{application.created_at:%Y-%m-%d %H:%M}"
        cells = (application.app_key, application.name, application.state.value, created, application.note)
        table.add_row(*(Text(cell) for cell in cells))  # Text: a name is never markup
    return table


def _print_json(value: object) -> None:
    options = orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS
    typer.echo(orjson.dumps(value, option=options).decode())
