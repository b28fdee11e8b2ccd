import subprocess
import sys

import pytest

from bonaface.setting_sources import ENV_PREFIX
from support.command import run


@pytest.mark.parametrize(
    "command", ["check", "serve", "models", "keys", "admin", "evaluate", "calibrate", "doctor"]
)
def test_every_command_has_help(command: str) -> None:
    assert command in run("--help").stdout
    assert run(command, "--help").exit_code == 0


def test_a_wrong_setting_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{ENV_PREFIX}SERVER__PROT", "1")
    done = run("models", "list")

    assert done.exit_code == 2
    says = "BONAFACE_SERVER__PROT sets server.prot: Extra inputs are not permitted."
    assert done.stderr == f"bonaface: The settings do not hold: {says}\n"


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bonaface", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("bonaface 0.")
