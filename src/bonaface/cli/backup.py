"""`bonaface backup`: a copy of the database of a server that goes on running."""

from pathlib import Path
from typing import Annotated

import typer

from bonaface.optional_dependencies import require_extra
from bonaface.settings import load_settings


def backup(target: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")]) -> None:
    """Copy the SQLite database while servers use it. To restore: stop them and put the file in its place."""
    require_extra("server")
    # Imported here: the other commands need not wait for the database libraries.
    from bonaface.storage.backup import back_up
    from bonaface.storage.database import Database

    with Database(load_settings().storage) as database:
        size = back_up(database, target)
    typer.echo(f"{target} holds the whole database ({size:,} bytes), readable by its owner only.")
