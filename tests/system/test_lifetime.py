"""What tests start ends with the run, also where that is killed."""

import os
import subprocess
import sys

from conftest import ROOT
from support.machine.workers import has_ended
from support.servers.lifetime import started
from support.waiting import wait_until

RUN = """
from support.servers.lifetime import started

with started(["sleep", "600"]) as process:
    print(process.pid, flush=True)
    process.wait()
"""


def test_a_process_ends_with_a_run_that_is_killed() -> None:
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'tests'}"}
    command = [sys.executable, "-c", RUN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as run:
        assert run.stdout is not None
        process = int(run.stdout.readline())
        assert not has_ended(process)
        run.kill()
    wait_until(lambda: has_ended(process))


def test_a_process_that_ends_in_order_is_not_killed() -> None:
    with started(["sh", "-c", "read line; exit 3"], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(60) == 3
