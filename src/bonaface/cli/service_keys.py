"""Keys of services that a command asks: from the environment, or typed unseen; never an argument."""

import os
import sys
from typing import TYPE_CHECKING

import typer

from bonaface.errors import InvalidParameterError

if TYPE_CHECKING:
    from bonaface.side_by_side.remote_service import ServiceKeys

MISSING = "Set {variable} in the environment: nobody is here to be asked for the {what} of {whose}."


def keys_of(whose: str, prefix: str) -> "ServiceKeys":
    """The keys of `PREFIX_APP_KEY` and `PREFIX_SECRET_KEY`, asked for where they are not set.

    Arguments are for all to see (`ps`), and shells keep them. Raises InvalidParameterError.
    """
    from bonaface.side_by_side.remote_service import ServiceKeys

    app_key = _given(f"{prefix}_APP_KEY", "appKey", whose)
    return ServiceKeys(app_key, _given(f"{prefix}_SECRET_KEY", "secret key", whose))


def _given(variable: str, what: str, whose: str) -> str:
    given = os.environ.get(variable, "").strip()
    if given:
        return given
    if not sys.stdin.isatty():
        raise InvalidParameterError(MISSING.format(variable=variable, what=what, whose=whose))
    return str(typer.prompt(f"{what} of {whose}", hide_input=True, err=True)).strip()
