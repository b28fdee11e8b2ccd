"""The `bonaface` command: one file a sub-command, one sentence for every error."""

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from bonaface.cli.admin import admin_app
from bonaface.cli.backup import backup
from bonaface.cli.bench import bench
from bonaface.cli.bulk import bulk
from bonaface.cli.calibrate import calibrate
from bonaface.cli.check import check
from bonaface.cli.compare_nhn import compare_nhn
from bonaface.cli.doctor import doctor
from bonaface.cli.evaluate import evaluate
from bonaface.cli.keys import keys_app
from bonaface.cli.migrate import migrate
from bonaface.cli.models import models_app
from bonaface.cli.policies import policies_app
from bonaface.cli.presets import presets_app
from bonaface.cli.serve import serve
from bonaface.cli.signing import signing_app
from bonaface.cli.terminal import complain
from bonaface.cli.usage import usage_app
from bonaface.cli.verify import verify
from bonaface.errors import BonafaceError
from bonaface.setting_sources import as_given

FAILED = 2
"""Exit status of an error."""

app = typer.Typer(
    name="bonaface",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bonaface {version('bonaface')}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Tells bona fide faces from presentation attacks in a still image."""


app.command()(check)
app.command()(bulk)
app.command()(serve)
app.add_typer(models_app, name="models")
app.add_typer(keys_app, name="keys")
app.add_typer(admin_app, name="admin")
app.add_typer(policies_app, name="policies")
app.add_typer(presets_app, name="presets")
app.add_typer(usage_app, name="usage")
app.add_typer(signing_app, name="signing")
app.command()(verify)
app.command()(evaluate)
app.command()(calibrate)
app.command()(compare_nhn)
app.command()(backup)
app.command()(migrate)
app.command()(doctor)
app.command()(bench)


def main() -> None:
    """Entry point: runs the command and ends with its exit status."""
    try:
        app()
    except BonafaceError as error:
        complain(as_given(str(error)))
        sys.exit(FAILED)
