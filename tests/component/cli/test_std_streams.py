"""Standard streams that were closed."""

import subprocess
import sys

import pytest

PROGRAM = """
import os, sys
from bonaface.cli.std_streams import open_missing_streams

open_missing_streams()
open_missing_streams()
opened = os.open(sys.argv[1], os.O_RDONLY)
print("nobody reads this")
print("nor this", file=sys.stderr)
sys.stdin.read()
passed_on = all(os.get_inheritable(number) for number in range(3))
sys.exit(0 if opened > 2 and passed_on else 1)
"""


@pytest.mark.parametrize("closed", ["", "<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_what_is_opened_next_takes_no_place_of_theirs(closed: str) -> None:
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-c", PROGRAM, __file__]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stderr
