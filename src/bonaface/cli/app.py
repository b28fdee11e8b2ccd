"""The `bonaface` command: one file a sub-command, one sentence for every error."""

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from bonaface.cli.check import check
from bonaface.cli.console import complain
from bonaface.cli.doctor import doctor
from bonaface.cli.keys import keys_app
from bonaface.cli.models import models_app
from bonaface.cli.serve import serve
from bonaface.errors import BonafaceError

FAILED = 2
"""Exit status of an error."""

app = typer.Typer(
    name="bonaface",
    help="Tells bona fide faces from presentation attacks in a still image.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def _options(
    show_version: Annotated[bool, typer.Option("--version", help="show the version and exit")] = False,
) -> None:
    if show_version:
        typer.echo(f"bonaface {version('bonaface')}")
        raise typer.Exit


app.command()(check)
app.command()(serve)
app.add_typer(models_app, name="models")
app.add_typer(keys_app, name="keys")
app.command()(doctor)


def main() -> None:
    """Entry point: runs the command and ends with its exit status."""
    try:
        app()
    except BonafaceError as error:
        complain(str(error))
        sys.exit(FAILED)
