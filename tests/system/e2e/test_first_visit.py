"""From `make run` to the first verdict: the server's own process, and the link that it prints."""

from pathlib import Path

from playwright.sync_api import Browser

from conftest import ROOT
from support.http.browser import SECONDS
from support.servers.home import Home
from support.servers.process import COMMAND, launched

PORTRAIT = ROOT / "examples" / "astronaut.png"


def test_the_link_needs_no_pasting_and_the_secret_stays_out_of_the_log(
    browser: Browser, tmp_path: Path, models_directory: Path
) -> None:
    home = Home(tmp_path, models_directory)
    command = (*COMMAND, "--development")
    with (
        launched(home.log, home.environment, command=command) as server,
        browser.new_context(locale="en-US") as context,
    ):
        assert server.process.stdout is not None
        printed = dict(server.process.stdout.readline().split() for _ in range(3))
        page, sent = context.new_page(), []
        page.on("request", lambda request: sent.append(request.url.partition("#")[0]))
        page.goto(printed["console"])
        page.set_input_files("#file", PORTRAIT)
        page.click("#analyze")
        page.wait_for_selector(".verdict.good", timeout=SECONDS * 1000)
        assert printed["secretKey"] not in page.url + "".join(sent)
        server.stop()
        assert "/console" in server.log_text()
        assert printed["secretKey"] not in server.log_text()
