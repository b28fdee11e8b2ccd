"""Structured logs: one JSON object, or one coloured line, an event; the standard library's come along.

Nothing secret goes in: no secretKey, no URL with its query, no image. A processor blanks the members that
could hold one, should a caller of a logger ever forget.
"""

import json
import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bonaface.settings import LogSettings

REDACTED = "[redacted]"
SENSITIVE = frozenset(
    {"authorization", "secret", "secret_key", "secretkey", "password", "url", "image", "body"}
)
QUIET = {
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
    "httpcore2": logging.WARNING,
    "httpx2": logging.WARNING,
    "python_multipart": logging.ERROR,  # it warns of every malformed form: whoever sends them fills the log
    "sqlalchemy": logging.WARNING,
}
"""Libraries that would tell every step at the level of the product, and the level they get."""

_UTC_TIME = structlog.processors.TimeStamper(fmt="iso", utc=True)
_LOCAL_TIME = structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)


class LineLogger:
    """Where an event goes once it is a line: to `stream` at once, past the standard library's records.

    Those cost more than all else that a line does. A stream that takes nothing any more loses the line.
    """

    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream = stream
        self.name = name

    def msg(self, line: str) -> None:
        """Write `line`."""
        with suppress(OSError, ValueError):  # ValueError: it was closed
            self._stream.write(line + "\n")
            self._stream.flush()

    debug = info = warning = error = critical = exception = msg


def configure(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Send the logs of this process, the libraries' included, to `stream` (default: standard error)."""
    target = sys.stderr if stream is None else stream
    is_console = _wants_console(settings, target)
    shared = _processors(_LOCAL_TIME if is_console else _UTC_TIME)
    renderers = _console(target.isatty()) if is_console else _json()
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    structlog.configure(
        processors=[*shared, *renderers],
        logger_factory=lambda name="": LineLogger(target, name),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(_formatter(shared, renderers))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blank every member of the event whose name says that it may be secret."""
    for name in event.keys() & SENSITIVE:
        event[name] = REDACTED
    return event


def flatten(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Write members that hold members of their own, as `stages` does, as a person reads them."""
    for name, value in event.items():
        if isinstance(value, dict):
            event[name] = ", ".join(f"{key} {each}" for key, each in value.items())
    return event


def dumps(event: EventDict, default: Callable[[Any], Any], **_options: object) -> str:
    """`event` as JSON in ASCII: nothing in it can be taken for a command by a terminal."""
    try:
        line = orjson.dumps(event, default)
    except TypeError:  # half a character, as in a file's name, or a number over 64 bits
        return json.dumps(event, default=default)
    return line.decode() if line.isascii() else json.dumps(event, default=default)


def _json() -> list[Processor]:
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(dumps)]


def _processors(stamp: Processor) -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        stamp,
        redact,
    ]


def _formatter(shared: list[Processor], renderers: list[Processor]) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
    )


def _wants_console(settings: LogSettings, stream: TextIO) -> bool:
    return settings.format == "console" or (settings.format == "auto" and stream.isatty())


def _console(colors: bool) -> list[Processor]:
    """Tracebacks are plain: the rich ones print local variables, which may be an image or a secret."""
    plain = structlog.dev.plain_traceback
    renderer = structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain, sort_keys=False)
    return [flatten, renderer]
