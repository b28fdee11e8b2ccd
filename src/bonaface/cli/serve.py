"""`bonaface serve`: the HTTP server, and the lines that a developer pastes to try it."""

import os
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

import typer

from bonaface.cli.std_streams import open_missing_streams
from bonaface.cli.terminal import messages, output
from bonaface.optional_dependencies import left_out, require_extra
from bonaface.settings import Settings, load_settings

if TYPE_CHECKING:
    from bonaface.accounts.development import DevelopmentKey

_ANYWHERE = {"http://0.0.0.0": "http://127.0.0.1", "http://[::]": "http://[::1]"}
_EXAMPLE = Path("examples/astronaut.png")


Host = Annotated[str | None, typer.Option(help="address to listen on", show_default="127.0.0.1")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="port to listen on", show_default="8000")]
Processes = Annotated[
    int | None,
    typer.Option(min=1, max=64, help="server processes, for more than eight cores", show_default="1"),
]
Development = Annotated[
    bool,
    typer.Option("--development", help="make a first appKey, keep its secret, print a working call"),
]


def serve(
    host: Host = None, port: Port = None, processes: Processes = None, development: Development = False
) -> None:
    """Serve the API until SIGINT, SIGTERM or SIGHUP."""
    open_missing_streams()
    require_extra("server")
    settings = _with_options(load_settings(), host=host, port=port, processes=processes)
    # Imported here: other commands are there without the libraries of a server.
    with left_out("rich.traceback"):  # the log tells tracebacks plainly
        from bonaface.server.process import collector_paused
    from bonaface.server.service_manager import tell_ready

    key = _development_key(settings) if development else None

    with messages().status("loading the models") as spinner:

        def announce(url: str) -> None:
            tell_ready()
            spinner.stop()
            _tell(url, key)

        if settings.server.processes > 1:
            from bonaface.server.supervisor import supervise

            supervise(settings, announce)
            return
        with collector_paused():
            # Imported here: nothing else need wait for the web libraries.
            from bonaface.server.run import serve as run_server

            has_ended = run_server(settings, announce)
    if not has_ended:
        os._exit(0)  # the interpreter would wait for the thread that hangs; everything is counted and told


def _tell(url: str, key: "DevelopmentKey | None") -> None:
    """Where the server answers, and how to call it."""
    pages = f"console at {url}/console, documentation at {url}/docs"
    output().print(f"bonaface answers at {url} ({pages})", soft_wrap=True)
    if key is not None:
        output().print(_how_to_call(url, key), soft_wrap=True, markup=False)


def _with_options(settings: Settings, **given: Any) -> Settings:  # noqa: ANN401 - settings of the server
    changes = {name: value for name, value in given.items() if value is not None}
    return settings.model_copy(update={"server": settings.server.model_copy(update=changes)})


def _development_key(settings: Settings) -> "DevelopmentKey":
    from bonaface.accounts.development import ensure_development_key
    from bonaface.storage.database import Database

    with Database(settings.storage) as database:
        key = ensure_development_key(database, settings.storage.directory)
    if key.notice:
        messages().print(key.notice, markup=False)
    return key


def _how_to_call(url: str, key: "DevelopmentKey") -> str:
    """appKey, secretKey, a link to the console and a curl line that works when pasted in this folder.

    The link holds both keys in its fragment, which no browser sends to a server.
    """
    base, colon, port = url.rpartition(":")
    reachable = _ANYWHERE.get(base, base) + colon + port
    image = _EXAMPLE if _EXAMPLE.is_file() else Path("image.png")
    call = (
        f"curl -X POST {quote(f'{reachable}/v1.0/appkeys/{key.app_key}/spoofing')} "
        f"-H {quote(f'Authorization: {key.secret}')} -F imageFile=@{image}"
    )
    link = f"{reachable}/console#{urlencode({'appKey': key.app_key, 'secretKey': key.secret})}"
    return f"appKey     {key.app_key}\nsecretKey  {key.secret}\nconsole    {link}\n{call}"
