"""Logs as they come out of a configured process."""

import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
import structlog

from bonaface.observability.logging import REDACTED, configure
from bonaface.settings import LogSettings
from support.observability.logs import restored_logging

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["auto", "json", "console"]


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    with restored_logging():
        yield


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def stream(level: Level = "info", form: Format = "auto", *, terminal: bool = False) -> io.StringIO:
    target = Terminal() if terminal else io.StringIO()
    configure(LogSettings(level=level, format=form), target)
    return target


def objects(target: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in target.getvalue().splitlines()]


def test_an_event_is_one_json_object() -> None:
    target = stream()
    structlog.get_logger("bonaface.test").info("request", status=200)
    (event,) = objects(target)
    assert event.pop("timestamp").endswith("Z")
    assert event == {"event": "request", "status": 200, "level": "info", "logger": "bonaface.test"}


def test_the_standard_library_logs_the_same_way() -> None:
    target = stream()
    logging.getLogger("uvicorn.error").warning("port %d", 80)
    (event,) = objects(target)
    assert (event["event"], event["level"], event["logger"]) == ("port 80", "warning", "uvicorn.error")


def test_context_comes_along() -> None:
    target = stream()
    with structlog.contextvars.bound_contextvars(request_id="abc"):
        structlog.get_logger().info("inside")
        logging.getLogger("library").info("inside too")
    structlog.get_logger().info("outside")
    assert [event.get("request_id") for event in objects(target)] == ["abc", "abc", None]


@pytest.mark.parametrize("value", ["\x1b[31mred", "h\u00e9", "half \ud800 of one", 2**70, Path("x")])
def test_a_line_is_json_in_ascii_whatever_is_in_it(value: object) -> None:
    target = stream()
    structlog.get_logger("bonaface.x").info("event", value=value)
    line = target.getvalue()
    assert line.isascii()
    assert line.rstrip("\n").isprintable()
    told = objects(target)[0]["value"]
    assert told == (repr(value) if isinstance(value, Path) else value)


def test_a_stream_that_takes_no_more_loses_the_line() -> None:
    target = stream()
    target.close()
    structlog.get_logger("bonaface.x").info("event")


def test_the_level_holds() -> None:
    target = stream("warning")
    structlog.get_logger("bonaface.x").info("quiet")
    structlog.get_logger("bonaface.x").warning("loud")
    assert [event["event"] for event in objects(target)] == ["loud"]


@pytest.mark.parametrize("library", ["httpcore2", "python_multipart"])
def test_chatty_libraries_are_held_back(library: str) -> None:
    target = stream("debug")
    logging.getLogger(library).info("connect_tcp.started")
    assert target.getvalue() == ""


@pytest.mark.parametrize("name", ["secret", "authorization", "url", "image", "password"])
def test_what_may_be_secret_is_blanked(name: str) -> None:
    target = stream()
    structlog.get_logger().info("event", **{name: "https://host/?token=hunter2"})
    (event,) = objects(target)
    assert event[name] == REDACTED
    assert "hunter2" not in target.getvalue()


@pytest.mark.parametrize("form", ["json", "console"])
def test_tracebacks_hold_no_local_variables(form: Format) -> None:
    target = stream(form=form)
    hidden = "".join(["hun", "ter2"])
    try:
        raise ValueError(f"of length {len(hidden)}")
    except ValueError:
        structlog.get_logger().exception("failed")
    text = target.getvalue()
    assert "ValueError: of length 7" in text
    assert "hunter2" not in text


def test_console_on_a_terminal_and_json_elsewhere() -> None:
    assert_console(stream(terminal=True))
    assert_console(stream(form="console"))
    target = stream(form="json", terminal=True)
    structlog.get_logger().info("event")
    assert objects(target)[0]["event"] == "event"


def assert_console(target: io.StringIO) -> None:
    structlog.get_logger().info("event", status=200)
    assert not target.getvalue().startswith("{")
    assert "event" in target.getvalue()


def test_the_console_is_for_people() -> None:
    target = stream(form="console")
    structlog.get_logger("bonaface.x").info("request", status=200, app="a", stages={"body": 1.5, "pad": 4.0})
    line = target.getvalue()
    assert re.match(r"\d\d:\d\d:\d\d \[info", line)
    assert "status=200 app=a stages='body 1.5, pad 4.0'" in line


def test_writes_to_standard_error_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    configure(LogSettings(format="json"))
    structlog.get_logger().info("event")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert '"event"' in captured.err
