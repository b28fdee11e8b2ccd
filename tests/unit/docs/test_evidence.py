"""docs/evidence.md: its code runs, its commands are there, and what it names is in an answer."""

import re
from pathlib import Path

import orjson
import pytest

from bonaface.api.v2.answer_schemas import Evidence, ImageEvidence
from bonaface.cli.signing import signing_app
from bonaface.evidence.rotation import DELAY, State
from bonaface.evidence.signature import sign
from bonaface.evidence.signing_key import public_set
from conftest import ROOT
from support.security.answers import IMAGE, answer, key

PAGE = (ROOT / "docs" / "evidence.md").read_text("utf-8")
(EXAMPLE,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    made = key()
    Path("jwks.json").write_bytes(orjson.dumps(public_set([made])))
    Path("answer.json").write_bytes(orjson.dumps({**answer(), "signature": sign(answer(), made)}))
    Path("selfie.jpg").write_bytes(IMAGE)
    exec(EXAMPLE, {})  # noqa: S102 - the page's own
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()][:2] == [
        ["signature", "True"],
        ["image", "True"],
    ]


def test_each_command_is_there_and_no_other() -> None:
    told = set(re.findall(r"^\| `bonaface signing (\w+)", PAGE, re.MULTILINE))
    assert told == {command.name for command in signing_app.registered_commands}


def test_each_state_is_told() -> None:
    assert all(f"`{state.value}`" in PAGE for state in State)


def test_the_delay_is_that_of_the_code() -> None:
    assert f"signing after {DELAY.seconds // 60} minutes" in PAGE


def test_what_is_checked_is_a_member_of_an_answer() -> None:
    assert {"time", "images"} <= Evidence.model_fields.keys()
    assert "sha256" in ImageEvidence.model_fields
    assert "`evidence.images[].sha256`" in PAGE
    assert "`evidence.time`" in PAGE
