"""`bonaface presets`: what the presets are, and how a server that runs loads them anew."""

import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from bonaface.cli.accounts import AsJson, print_json
from bonaface.errors import BonafaceError, InvalidParameterError
from bonaface.models.loaded_presets import load_presets
from bonaface.optional_dependencies import require_extra
from bonaface.settings import load_settings

SECONDS = 30.0
STANDARD_INPUT = "-"
RELOAD = "/admin/v1/presets/reload"

presets_app = typer.Typer(
    help="What the presets are, and how a server that runs loads them anew.", no_args_is_help=True
)


@presets_app.command("show")
def show(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A presets file; else what the settings name.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell thresholds, source and version of the presets; with exit status 2, why a file does not hold."""
    models = load_settings().models
    _print(load_presets(file or models.presets, models.pad).told(), as_json=as_json)


@presets_app.command("reload")
def reload(
    token_file: Annotated[
        str,
        typer.Option(metavar="FILE", help="A file with an administrator's token; - is standard input."),
    ],
    url: Annotated[
        str | None, typer.Option(help="Of the server.", show_default="this machine, the settings' port")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Have a server that runs load its presets file anew; where that does not hold, the old ones stay."""
    require_extra("server")
    server = url or f"http://127.0.0.1:{load_settings().server.port}"
    loaded = _reloaded(server.rstrip("/"), _token(token_file))
    thresholds = loaded.pop("thresholds")
    told = {name: loaded[name] for name in ("source", "sha256", "version")}
    _print(told | thresholds, as_json=as_json)


def _token(file: str) -> str:
    """Raises InvalidParameterError."""
    try:
        text = sys.stdin.read() if file == STANDARD_INPUT else Path(file).read_text("utf-8")
    except (OSError, ValueError) as error:
        raise InvalidParameterError(
            f"{file} cannot be read; it is to hold an administrator's token."
        ) from error
    if not text.strip().isascii():
        raise InvalidParameterError(f"{file} holds no administrator's token.")
    return text.strip()


def _reloaded(server: str, token: str) -> dict[str, Any]:
    """What the server says that it loaded. Raises BonafaceError."""
    import httpx2

    try:
        answer = httpx2.post(
            server + RELOAD, headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS, trust_env=False
        )
        told: dict[str, Any] = orjson.loads(answer.content)
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise BonafaceError(f"{server} does not answer as a bonaface server does; see --url.") from error
    if answer.status_code != httpx2.codes.OK:
        raise BonafaceError(str(told.get("detail", answer.reason_phrase)))
    return told


def _print(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(told)
        return
    for name, value in told.items():
        typer.echo(f"{name:<10}{'-' if value is None else value}")
