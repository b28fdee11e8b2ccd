"""What a unit test may not do fails it, whichever name it goes by."""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable

import pytest
from sqlalchemy import create_engine


def _connect() -> None:
    with socket.socket() as one:
        one.connect(("127.0.0.1", 9))


def _listen() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))


@pytest.mark.parametrize(
    "way_out",
    [
        _connect,
        _listen,
        lambda: sqlite3.connect(":memory:"),
        lambda: create_engine("sqlite://").connect(),
        lambda: subprocess.run([sys.executable, "-c", ""], check=True),
        lambda: os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {}),
    ],
    ids=["connect", "listen", "sqlite3", "sqlalchemy", "subprocess", "posix_spawn"],
)
def test_it_fails(way_out: Callable[[], object]) -> None:
    with pytest.raises(pytest.fail.Exception, match="belongs in tests/component"):
        way_out()
