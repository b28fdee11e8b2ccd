"""Structured logs: one JSON object, or one coloured line, an event; the standard library's come along.

Nothing secret goes in: no secretKey, no URL with its query, no image. A processor blanks the members that
could hold one, should a caller of a logger ever forget.
"""

import logging
import sys
from typing import TextIO

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


def configure(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Send the logs of this process, the libraries' included, to `stream` (default: standard error)."""
    target = sys.stderr if stream is None else stream
    shared = _processors()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(_formatter(shared, _renderers(settings, target)))
    logging.basicConfig(level=settings.level.upper(), handlers=[handler], force=True)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blank every member of the event whose name says that it may be secret."""
    for name in event.keys() & SENSITIVE:
        event[name] = REDACTED
    return event


def _processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]


def _formatter(shared: list[Processor], renderers: list[Processor]) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
    )


def _renderers(settings: LogSettings, stream: TextIO) -> list[Processor]:
    """Tracebacks are plain: the rich ones print local variables, which may be an image or a secret."""
    wants_console = settings.format == "console" or (settings.format == "auto" and stream.isatty())
    if not wants_console:
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain)]
