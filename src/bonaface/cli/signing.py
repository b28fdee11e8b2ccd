"""`bonaface signing`: the keys that sign a server's answers."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bonaface.cli.accounts import AsJson, print_json, shown_table, shown_time
from bonaface.cli.terminal import output
from bonaface.cli.time_arguments import parse_span
from bonaface.clock import utc_now
from bonaface.errors import InvalidParameterError
from bonaface.optional_dependencies import require_extra
from bonaface.settings import load_settings

if TYPE_CHECKING:
    from bonaface.evidence.signing_key import SigningKey

NO_FILE = "Name the key file: --file FILE, or the setting signing.key_file (BONAFACE_SIGNING__KEY_FILE)."
COLUMNS = ("kid", "state", "signs from (UTC)")
"""What 80 columns hold."""

signing_app = typer.Typer(help="The keys that sign a server's answers.", no_args_is_help=True)

KeyFile = Annotated[
    Path | None, typer.Option("--file", metavar="FILE", help="The key file, if not that of the settings.")
]


@signing_app.command("make")
def make(key_file: KeyFile = None) -> None:
    """Make a key file with one key, readable by its owner only. Copy it to every replica."""
    path = _path(key_file)
    from bonaface.evidence.key_file import make_key_file
    from bonaface.evidence.signing_key import make_key

    key = make_key(utc_now(), utc_now())
    make_key_file(path, key)
    typer.echo(f"{path} holds the key {key.kid}; set signing.key_file to it and start the servers anew.")


@signing_app.command("rotate")
def rotate(
    after: Annotated[
        str, typer.Option(metavar="SPAN", help="How long the new key is published before it signs.")
    ] = "10m",
    key_file: KeyFile = None,
) -> None:
    """Add a new key: published within 5 seconds by servers that read this file, signing after a while."""
    delay = parse_span(after)
    path = _path(key_file)
    key = _change(path, lambda keys: _rotated(keys, delay))[-1]
    typer.echo(f"The key {key.kid} is published and signs from {shown_time(key.signs_from)} UTC on.")


@signing_app.command("list")
def list_(key_file: KeyFile = None, as_json: AsJson = False) -> None:
    """List the keys, in the order in which they were made, and what each is there for."""
    from_file = _path(key_file)
    from bonaface.evidence.key_file import read_key_file
    from bonaface.evidence.rotation import state

    keys = read_key_file(from_file)
    rows = [(key, state(key, keys, utc_now()).value) for key in keys]
    if as_json:
        print_json([_as_dict(key, of) for key, of in rows])
    else:
        output().print(
            shown_table(
                COLUMNS,
                ((key.kid, of, shown_time(key.signs_from)) for key, of in rows),
            )
        )


@signing_app.command("remove")
def remove(
    kid: Annotated[str, typer.Argument(metavar="KID", help="Of the key, as `list` tells it.")],
    key_file: KeyFile = None,
) -> None:
    """Remove a key that signs no more, or not yet: what it signed can no longer be verified by the set."""
    path = _path(key_file)
    from bonaface.evidence.rotation import removed

    _change(path, lambda keys: removed(keys, kid, utc_now()))
    typer.echo(f"The key {kid} is removed; servers that read this file publish it no more within 5 seconds.")


@signing_app.command("public")
def public(key_file: KeyFile = None) -> None:
    """Print the public keys (JWK set), as servers publish them at /.well-known/jwks.json."""
    path = _path(key_file)
    from bonaface.evidence.key_file import read_key_file
    from bonaface.evidence.signing_key import public_set

    print_json(public_set(read_key_file(path)))


def _path(given: Path | None) -> Path:
    """The key file. What else needs the extra is imported after this.

    Raises ConfigurationError where the extra is missing, InvalidParameterError where no file is named.
    """
    require_extra("signing")
    path = given or load_settings().signing.key_file
    if path is None:
        raise InvalidParameterError(NO_FILE)
    return path


def _rotated(keys: "list[SigningKey]", delay: timedelta) -> "list[SigningKey]":
    from bonaface.evidence.rotation import rotated

    return rotated(keys, utc_now(), delay)


def _change(path: Path, change: "Callable[[list[SigningKey]], list[SigningKey]]") -> "list[SigningKey]":
    """The keys of the file after `change`, which the file holds then."""
    from bonaface.evidence.key_file import changing, read_key_file, write_key_file

    with changing(path):
        keys = change(read_key_file(path))
        write_key_file(path, keys)
    return keys


def _as_dict(key: "SigningKey", state: str) -> dict[str, Any]:
    return {"kid": key.kid, "state": state, "madeAt": key.made_at, "signsFrom": key.signs_from}
