"""Dana has a client of NHN Cloud's Face Liveness, and an hour to find out whether bonaface takes its place.

She starts it as the README says, tries it in the browser, pastes the call, makes the mistakes that everybody
makes, looks at the newer route, and ends with the Python client in her own service.
"""

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

from bonaface_client import Client, UnauthorizedError
from conftest import ROOT
from support.servers.home import Home
from support.servers.process import COMMAND, ServerProcess, launched

PORTRAIT, ATTACK = ROOT / "examples" / "astronaut.png", ROOT / "examples" / "attack.jpg"


def test_from_the_readme_to_a_verdict_in_her_own_service(home: Home, page: Page, tmp_path: Path) -> None:
    command = (*COMMAND, "--development")
    with launched(home.log, home.environment, command=command) as server:
        printed = reads_what_it_prints(server)
        opens_the_link_and_judges_the_portrait(page, printed["console"])
        asks_for_a_stricter_verdict(page)
        sees_an_attack(page)
        pastes_the_call(printed["curl"])
        makes_the_usual_mistakes(printed)
        reads_the_documentation_of_this_very_server(page, printed)
        asks_the_newer_route_for_a_score(printed)
        writes_her_service_with_the_client(printed)
        server.stop()


def reads_what_it_prints(server: ServerProcess) -> dict[str, str]:
    """Two keys, a link and a call, each on a line of its own."""
    assert server.process.stdout is not None
    lines = [server.process.stdout.readline().rstrip("\n") for _ in range(4)]
    printed = dict(line.split(maxsplit=1) for line in lines[:3])
    assert lines[3].startswith("curl -X POST ")
    return printed | {"curl": lines[3], "url": printed["console"].partition("/console")[0]}


def opens_the_link_and_judges_the_portrait(page: Page, link: str) -> None:
    """Nothing is to be pasted: the keys come with the link, and are out of the address at once."""
    page.goto(link)
    page.set_input_files("#file", PORTRAIT)
    expect(page.locator("#caption")).to_contain_text("astronaut.png · 512 × 512 px")
    page.click("#analyze")
    expect(page.locator(".verdict strong")).to_have_text("Bona fide: a live person")
    expect(page.locator(".verdict .by")).to_have_text("Balanced preset")
    assert "secretKey" not in page.url


def asks_for_a_stricter_verdict(page: Page) -> None:
    """The old answer is marked as old before the new one is there."""
    page.check("input[value=strict]")
    expect(page.locator("#result.stale .note")).to_contain_text("Out of date")
    page.click("#analyze")
    expect(page.locator(".verdict strong")).to_contain_text("resentation attack")
    expect(page.locator(".verdict .by")).to_have_text("Strict preset")
    expect(page.locator(".stale")).to_have_count(0)


def sees_an_attack(page: Page) -> None:
    """The other picture of examples/, under the preset that a service begins with."""
    page.check("input[value=balanced]")
    page.set_input_files("#file", ATTACK)
    page.click("#analyze")
    expect(page.locator(".verdict.bad strong")).to_contain_text("resentation attack")
    page.get_by_role("tab", name="Python").click()
    expect(page.locator("#call-panels")).to_contain_text("attack.jpg")


def pastes_the_call(curl: str) -> None:
    """In the folder of the checkout, as the README has it."""
    answer = pasted(curl)
    assert answer["header"] == {"isSuccessful": True, "resultCode": 0, "resultMessage": "Success"}
    (face,) = answer["data"]["faceDetails"]
    assert face["spoofing"] is False


def makes_the_usual_mistakes(printed: dict[str, str]) -> None:
    """A file that is no image, a preset that there is not, a wrong secret: each has its code and its word."""
    without_image = printed["curl"].rsplit(" -F ", 1)[0]
    for call, code, word in (
        (f"{without_image} -F imageFile=@README.md", -45040, "PNG"),
        (f"{printed['curl']} -F spoofingCondition=harsh", -40000, "spoofingCondition"),
        (without_image, -40000, "multipart/form-data"),
    ):
        head, answer = pasted_with_head(call)
        assert answer["header"]["resultCode"] == code
        assert word in head
    wrong = pasted(printed["curl"].replace(printed["secretKey"], "guess"))
    assert wrong["header"]["resultCode"] == -41005


def reads_the_documentation_of_this_very_server(page: Page, printed: dict[str, str]) -> None:
    page.goto(f"{printed['url']}/docs")
    expect(page.locator("#operations-Liveness-detectSpoofing, .opblock-summary-path").first).to_be_visible()
    expect(page.locator("body")).to_contain_text("/v2/liveness")


def asks_the_newer_route_for_a_score(printed: dict[str, str]) -> None:
    """A score, the verdict of every preset, and real status codes."""
    keys = {"X-App-Key": printed["appKey"], "Authorization": f"Bearer {printed['secretKey']}"}
    with httpx2.Client(base_url=printed["url"], headers=keys, trust_env=False, timeout=60) as http:
        answer = http.post("/v2/liveness", files={"imageFile": PORTRAIT.read_bytes()})
        person = answer.json()["person"]
        assert person["verdict"] == "bona_fide"
        assert list(person["presets"]) == ["weak", "balanced", "strict"]
        refused = http.post("/v2/liveness", files={"imageFile": b"no image"})
    assert (answer.status_code, refused.status_code) == (200, 415)
    assert refused.json()["code"] == "unsupported_format"


def writes_her_service_with_the_client(printed: dict[str, str]) -> None:
    """Five lines, and a wrong secret is an exception of its own."""
    with Client(printed["url"], printed["appKey"], printed["secretKey"]) as client:
        assert [face.spoofing for face in client.detect_spoofing(PORTRAIT).face_details] == [False]
        person = client.judge_liveness(ATTACK).person
        assert person is not None
        assert person.verdict == "attack"
    with Client(printed["url"], printed["appKey"], "guess") as stranger, pytest.raises(UnauthorizedError):
        stranger.detect_spoofing(PORTRAIT)


def pasted(call: str) -> Any:  # noqa: ANN401 - any JSON value
    """What a shell prints for a line, in the folder of the checkout."""
    return json.loads(printed_by(call))


def pasted_with_head(call: str) -> tuple[str, Any]:
    """The same with the head of the answer, which tells what is wrong."""
    head, _, body = printed_by(f"{call} --dump-header -").replace("\r", "").rpartition("\n\n")
    return head, json.loads(body)


def printed_by(call: str) -> str:
    words = [*shlex.split(call), "--silent", "--noproxy", "*"]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
