"""The administrator's page in a real browser, over the real admin API."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx2
import orjson
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from bonaface.accounts.application import Application, Quota
from bonaface.accounts.audit import Sought
from bonaface.accounts.role import Role
from bonaface.feedback.judged_answer import JudgedAnswer
from bonaface.policies.decision_policy import Decision
from bonaface.usage.types import Reply
from bonaface.usage.upserts import UsageWriter
from support.http.browser import Watched, cells, keep_token, watched
from support.models.analyses import SteadyAnalyzer
from support.models.presets_file import write_presets
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR

NAMES = ["Sign-up", "Kiosks", "Mobile"]
DRAWN_NAMES = """async () => {
  const plots = () => [...document.querySelectorAll(".plot")];
  while (!plots().every((plot) => plot.querySelector("text.name"))) await new Promise(requestAnimationFrame);
  const boxOf = (element) => element.getBoundingClientRect();
  const ends = (element) => [boxOf(element).left, boxOf(element).right];
  return plots().map((plot) => [ends(plot)[1], [...plot.querySelectorAll("text.name")].map(ends)]);
}"""
"""Of each chart: where it ends at the right, and from where to where each name under its axis goes."""
OTHERS = 12
"""Applications besides the server's own and NAMES: more than a page holds."""


@dataclass(frozen=True)
class Office:
    """A server whose usage is known: today, all callers, and the application `Sign-up`."""

    server: RunningServer
    token: str
    applications: list[Application]

    def code(self, app_key: str, secret: str) -> int:
        """What the v1.0 route answers to these keys: -40000 once they are right."""
        with httpx2.Client(trust_env=False) as client:
            path = f"{self.server.url}/v1.0/appkeys/{app_key}/spoofing"
            answer = client.post(path, headers={"Authorization": secret}, json={})
        code: int = answer.json()["header"]["resultCode"]
        return code


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("office")) as office:
        yield office


@contextmanager
def open_office(folder: Path, **sections: object) -> Iterator[Office]:
    with running(SteadyAnalyzer(), settings_in(folder, **sections)) as server:
        services = server.services
        made = [services.applications.create_application(name, actor=ACTOR)[0] for name in NAMES]
        for number in range(OTHERS):
            services.applications.create_application(f"Other {number:02}", actor=ACTOR)
        _, token = services.admin_tokens.create("console", actor=ACTOR)
        with services.database.writing() as connection:
            UsageWriter(services.database.dialect).write(connection, replies(made, datetime.now(UTC)))
        report(server, made[0], datetime.now(UTC))
        yield Office(server, token, made)


def report(server: RunningServer, application: Application, now: datetime) -> None:
    """Of four bona fide presentations one was rejected, one is for review; of two replays one passed."""
    accepted = Decision.ACCEPT, Decision.REJECT
    told = [("", Decision.ACCEPT), ("", Decision.REVIEW), *(("", each) for each in accepted)]
    for number, (kind, decision) in enumerate([*told, *(("replay", each) for each in accepted)]):
        answer = JudgedAnswer(bytes([number]) * 32, now, "onboarding", "3", decision)
        server.services.feedback.record(application.id, answer, kind)


def replies(applications: list[Application], now: datetime) -> list[Reply]:
    """Ten today: 6 bona fide and 2 attacks in 7, an error, a refusal, wrong keys. One 40 days ago."""
    first, second, _ = applications
    return [
        *(Reply(first.id, None, "faces", 1, 0, 100, now) for _ in range(5)),
        Reply(second.id, None, "faces", 1, 1, 200, now),
        Reply(second.id, None, "faces", 0, 1, 500, now),
        Reply(first.id, None, "-45030", 0, 0, 20, now),
        Reply(first.id, None, "refused_rate", 0, 0, 10, now),
        Reply(0, None, "-41005", 0, 0, 10, now),
        Reply(first.id, None, "faces", 1, 0, 70, now - timedelta(days=40)),
    ]


@contextmanager
def signed_in(browser: Browser, office: Office, **options: object) -> Iterator[Watched]:
    with watched(browser, office.server, **options) as page:
        keep_token(page.page.context, office.token)
        yield page


@pytest.fixture
def admin(browser: Browser, office: Office) -> Iterator[Watched]:
    """The page, signed in, in English. What is done there must not change the figures."""
    with signed_in(browser, office) as page:
        yield page


def open_overview(admin: Watched) -> Page:
    page = admin.open("/console/overview")
    page.wait_for_selector("table.applications")
    page.wait_for_selector(".tiles")
    return page


def tiles(page: Page) -> dict[str, str]:
    return {
        tile.locator("dt").inner_text(): tile.locator("dd").first.inner_text()
        for tile in page.locator(".tiles > div").all()
    }


def open_application(page: Page, name: str) -> None:
    page.fill("[aria-label='Search by name, note or appKey']", name)
    page.click(f".applications button:text-is('{name}')")
    expect(page.locator("#dialog-title")).to_have_text(name)


@contextmanager
def saving(page: Page) -> Iterator[None]:
    """Wait until what the block saves is shown. The page says so each time in the same words."""
    page.locator("#status").evaluate("element => element.replaceChildren()")
    yield
    expect(page.locator("#status")).to_have_text("Saved.")


def save(page: Page, button: str) -> None:
    """Press the button, wait until what was saved is shown, and find the focus where it was."""
    with saving(page):
        page.click(button)
    expect(page.locator(button)).to_be_focused()


def made_keys(page: Page) -> tuple[str, str]:
    """The keys that are shown this one time; says that they are stored."""
    keys = page.input_value("#made-app-key"), page.input_value("#made-secret-key")
    page.click("text=I have stored it")
    return keys


def test_signing_in_and_out(browser: Browser, office: Office) -> None:
    with watched(browser, office.server) as admin:
        page = admin.open("/console/overview")
        page.fill("#token", "bfa_wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("This token is not valid")
        assert page.evaluate("sessionStorage.length") == 0
        page.fill("#token", office.token)
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Overview")
        expect(page.locator("#main")).to_be_focused()
        stored = page.evaluate("[Object.keys(sessionStorage), localStorage.length, document.cookie]")
        assert stored == [["bonaface.token"], 0, ""]
        page.reload()
        expect(page.locator("h1")).to_have_text("Overview")
        page.click("text=Sign out")
        expect(page.locator("#token")).to_be_focused()
        assert page.evaluate("sessionStorage.length") == 0
        assert not [url for url in admin.requests if office.token in url]


@pytest.mark.parametrize(
    ("locale", "sentence"), [("en-US", "has no admin token yet"), ("ko-KR", "아직 관리자 토큰이 없어")]
)
def test_a_server_without_a_token_says_how_to_make_one(
    browser: Browser, tmp_path: Path, locale: str, sentence: str
) -> None:
    with (
        running(SteadyAnalyzer(), settings_in(tmp_path)) as server,
        watched(browser, server, locale=locale) as admin,
    ):
        page = admin.open("/console/overview")
        page.fill("#token", "bfa_any")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text(sentence)
        expect(page.get_by_role("alert")).to_contain_text("bonaface admin token create --name NAME")


def test_a_token_that_is_revoked_meanwhile(browser: Browser, office: Office) -> None:
    tokens = office.server.services.admin_tokens
    _, token = tokens.create("leaver", actor=ACTOR)
    with watched(browser, office.server) as admin:
        page = admin.open("/console/overview")
        page.fill("#token", token)
        page.keyboard.press("Enter")
        page.wait_for_selector("table.applications")
        tokens.revoke("leaver", actor=ACTOR)
        page.check("input[value=hour]")
        expect(page.get_by_role("alert")).to_contain_text("The token is no longer valid.")


def test_the_status_refreshes_by_itself_until_the_page_is_left(admin: Watched, office: Office) -> None:
    serving = office.server.services.settings.serving
    admin.page.clock.install()
    page = open_overview(admin)
    panel = page.locator("#status-panel")
    expect(panel.locator(".badge")).to_have_text("Ready")
    expect(panel).to_contain_text(f"0 of {serving.workers} busy")
    expect(panel).to_contain_text(f"0 of {serving.queue} places taken")
    expect(panel).to_contain_text(re.compile(r"Balanced \(default\) 0\.\d{3}"))
    assert cells(page, ".callers") == [
        ["Sign-up", "7", "5", "0"],
        ["Kiosks", "2", "1", "2"],
        ["Wrong keys", "1", "0", "0"],
    ]
    with office.server.services.dispatcher.admission.admit(), page.expect_response("**/admin/v1/status"):
        page.clock.fast_forward(10_000)
    expect(panel).to_contain_text(f"1 of {serving.queue} places taken")
    page.click("#refresh")
    expect(page.locator("#status")).to_have_text("Everything is up to date.")
    expect(panel).to_contain_text(f"0 of {serving.queue} places taken")
    page.click("text=Sign out")
    asked = len(admin.requests)
    page.clock.fast_forward(60_000)
    assert len(admin.requests) == asked


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_what_is_wrong_with_the_server_is_told(browser: Browser, office: Office, locale: str) -> None:
    def spoil(route: Route) -> None:
        answer = route.fetch()
        wrong = {"ready": False, "models": "failed", "engine": "stuck", "database": "unreachable"}
        worse = {"stopping": True, "stuck": 2, "ledgerBacklog": 1234}
        route.fulfill(response=answer, json={**answer.json(), **wrong, **worse})

    with signed_in(browser, office, locale=locale) as admin:
        admin.page.route("**/admin/v1/status", spoil)
        page = open_overview(admin)
        told = page.locator("#status-panel dd").first
        sentences = {
            "en-US": (
                "Not ready",
                "stopping",
                "models could not",
                "Every analysis",
                "database",
                ": 2.",
                ": 1,234.",
            ),
            "ko-KR": (
                "준비되지 않음",
                "종료되는",
                "모델을",
                "모든 분석",
                "데이터베이스에",
                ": 2건",
                ": 1,234건",
            ),
        }
        for sentence in sentences[locale]:
            expect(told).to_contain_text(sentence)


def test_the_figures_of_a_span_and_of_one_application(admin: Watched, office: Office) -> None:
    page = open_overview(admin)
    assert tiles(page) == {
        "Requests": "10",
        "Bona fide faces": "6",
        "Presentation attacks": "2",
        "Errors and refusals": "3",
        "Mean latency": "124 ms",
    }
    page.select_option("#usage-length", "90")
    expect(page.locator(".tiles dd").first).to_have_text("11")
    page.fill("#usage-application", office.applications[1].app_key)
    page.press("#usage-application", "Tab")
    expect(page.locator(".tiles dd").first).to_have_text("2")
    assert tiles(page)["Presentation attacks"] == "2"
    page.fill("#usage-application", "nobody")
    page.press("#usage-application", "Tab")
    expect(page.get_by_role("alert")).to_contain_text("This application, secret or policy does not exist.")


def test_each_period(admin: Watched) -> None:
    page = open_overview(admin)
    for by, periods, requests in (("hour", 48, 10), ("month", 12, 11), ("day", 30, 10)):
        page.check(f"input[value={by}]")
        expect(page.locator(".plot").first).to_have_attribute("aria-label", re.compile(f"{periods} periods"))
        page.locator(".chart summary").first.click()
        expect(page.locator(".chart:first-child tbody tr")).to_have_count(periods)
        assert sum(int(row[1]) for row in cells(page, ".chart:first-child table")) == requests


def test_dates_of_ones_own(admin: Watched) -> None:
    page = open_overview(admin)
    page.select_option("#usage-length", "custom")
    day = (datetime.now(UTC) - timedelta(days=40)).date().isoformat()
    page.fill("#usage-last", day)
    expect(page.locator("#usage-last")).to_have_attribute("aria-invalid", "true")
    page.fill("#usage-first", day)
    expect(page.locator(".tiles dd").first).to_have_text("1")


def test_a_chart_by_pointer_and_by_keyboard(admin: Watched) -> None:
    page = open_overview(admin)
    plot, tip = page.locator(".plot").nth(1), page.locator(".tip").nth(1)
    expect(tip).to_be_hidden()
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 12, box["y"] + 90)
    expect(tip).to_contain_text("Bona fide faces 6")
    page.mouse.move(0, 0)
    expect(tip).to_be_hidden()
    plot.focus()
    page.keyboard.press("End")
    expect(tip).to_contain_text("Presentation attacks 2")
    page.keyboard.press("ArrowLeft")
    expect(tip).to_contain_text("Presentation attacks 0")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_moments_are_local_and_name_their_zone(browser: Browser, office: Office) -> None:
    made = office.applications[0].created_at.astimezone(ZoneInfo("Asia/Seoul"))
    for locale, form in (
        ("en-US", "%b {day}, %Y, %H:%M:%S GMT+9"),
        ("ko-KR", "%Y. {month}. {day}. {hour}:%M:%S GMT+9"),
    ):
        with signed_in(browser, office, locale=locale, timezone_id="Asia/Seoul") as admin:
            page = open_overview(admin)
            expected = made.strftime(form.format(day=made.day, month=made.month, hour=made.hour))
            row = page.locator(".applications tr", has_text=NAMES[0])
            expect(row.locator("time")).to_have_text(expected)
            expect(page.locator(".audit time").first).to_contain_text("GMT+9")


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
@pytest.mark.parametrize("width", [360, 1000, 1920])
def test_names_under_an_axis_do_not_collide(
    browser: Browser, office: Office, locale: str, width: int
) -> None:
    with signed_in(browser, office, locale=locale, viewport={"width": width, "height": 800}) as admin:
        page = open_overview(admin)
        for by, length in (("day", "30"), ("day", "365"), ("hour", "48"), ("month", "12")):
            page.check(f"input[value={by}]")
            page.select_option("#usage-length", length)
            expect(page.locator(".plot").first).to_have_attribute("aria-label", re.compile(rf"\b{length}"))
            for right, ends in page.evaluate(DRAWN_NAMES):
                assert all(one[1] + 4 < other[0] for one, other in pairwise(ends))
                assert ends[-1][1] <= right + 1


def test_error_rates_as_they_were_reported(admin: Watched, office: Office) -> None:
    page = open_overview(admin)
    expect(page.locator(".feedback tbody tr")).to_have_count(2)
    whose = [office.applications[0].app_key, "onboarding", "3"]
    assert cells(page, ".feedback") == [
        [*whose, "Bona fide", "BPCER", "25.0%", "4.6% to 69.9%", "1 of 4", "1", "0"],
        [*whose, "replay", "APCER", "50.0%", "9.5% to 90.5%", "1 of 2", "0", "0"],
    ]


def test_latency_has_its_unit_at_the_axis_and_in_the_table(admin: Watched) -> None:
    page = open_overview(admin)
    latency = page.locator(".chart").last
    ticks = latency.locator("svg text:not(.name)")
    expect(ticks).not_to_have_count(0)
    assert all(tick.endswith(" ms") for tick in ticks.all_text_contents())
    latency.locator("summary").click()
    expect(latency.locator("tbody tr").last.locator("td")).to_have_text(["500 ms", "124 ms"])


def test_a_table_that_is_wider_than_the_page_says_so(browser: Browser, office: Office) -> None:
    with signed_in(browser, office, viewport={"width": 360, "height": 760}) as admin:
        page = open_overview(admin)
        place = page.locator(".scroll:has(> .applications)")
        expect(place).to_have_class("scroll more")
        expect(page.locator(".scrolls:visible").first).to_have_text("Scroll sideways for more columns →")
        place.focus()
        place.evaluate("(element) => element.scrollTo(element.scrollWidth, 0)")
        expect(place).to_have_class("scroll")
        page.set_viewport_size({"width": 1280, "height": 760})
        expect(page.locator(".scrolls:visible")).to_have_count(0)
        assert place.get_attribute("tabindex") is None


def test_pages_search_and_state(admin: Watched) -> None:
    page = open_overview(admin)
    assert len(cells(page, ".applications")) == 10
    page.click("#page-on")
    expect(page.locator("#page-on")).to_be_disabled()
    expect(page.locator("#page-back")).to_be_focused()
    page.click("#page-back")
    expect(page.locator(".applications")).to_contain_text("Sign-up")
    page.fill("[aria-label='Search by name, note or appKey']", "Other 0")
    expect(page.locator(".applications")).not_to_contain_text("Sign-up")
    page.select_option("[aria-label=State]", "disabled")
    expect(page.locator("text=No matching applications.")).to_be_visible()


def test_an_application_from_its_making_to_its_end(browser: Browser, tmp_path: Path) -> None:
    with open_office(tmp_path) as office, signed_in(browser, office) as admin:
        page = open_overview(admin)
        app_key, secret = make_application(page)
        assert office.code(app_key, secret) == -40000
        edit_application(page)
        stored = office.server.services.applications.get_application(app_key)
        assert (stored.note, stored.quota) == ("412 kiosks", Quota(20, 40, 50_000))
        second = rotate_secret(page)
        assert {office.code(app_key, each) for each in (secret, second)} == {-40000}
        revoke_secret(page)
        disable_and_enable(page)
        assert_audit(page, app_key)


def make_application(page: Page) -> tuple[str, str]:
    """Its keys, after a name and a quota that do not hold."""
    page.click("#create")
    page.fill("#application-name", "Bra\u202ench")
    page.click("dialog .primary")
    expect(page.get_by_role("alert")).to_contain_text("without U+202E (RIGHT-TO-LEFT OVERRIDE)")
    page.fill("#application-name", "Branch")
    page.fill("#quota-rate", "20")
    page.fill("#quota-burst", "30")
    page.click("dialog .primary")
    expect(page.get_by_role("alert")).to_contain_text("whole multiple of the rate")
    page.fill("#quota-burst", "40")
    page.click("dialog .primary")
    page.wait_for_selector("#made-secret-key")
    page.keyboard.press("Escape")
    keys = made_keys(page)
    expect(page.locator("#create")).to_be_focused()
    return keys


def edit_application(page: Page) -> None:
    open_application(page, "Branch")
    page.fill("#application-note", "412 kiosks")
    save(page, "#save-texts")
    page.fill("#quota-month", "50000")
    save(page, "#save-quota")


def rotate_secret(page: Page) -> str:
    """The second secret, from the dialog that is open."""
    page.select_option("#rotate-overlap", "3600")
    page.click("text=Create a new secret")
    page.wait_for_selector("#made-secret-key")
    return made_keys(page)[1]


def revoke_secret(page: Page) -> None:
    """Ask for it twice, and mean it the second time."""
    open_application(page, "Branch")
    expect(page.locator("dialog >> text=Two secrets are live")).to_be_visible()
    page.click("dialog >> text=Revoke >> nth=0")
    page.click("#question >> text=Cancel")
    expect(page.locator("dialog >> text=Two secrets are live")).to_be_visible()
    page.click("dialog >> text=Revoke >> nth=0")
    page.click("#question .danger")
    expect(page.locator("#status")).to_have_text("The secret is revoked.")


def disable_and_enable(page: Page) -> None:
    page.click("#set-state")
    expect(page.locator("#question")).to_contain_text("stop working within 5 seconds")
    page.click("#question .danger")
    expect(page.locator("#set-state")).to_have_text("Enable")
    page.click("#set-state")
    expect(page.locator("#set-state")).to_have_text("Disable")


def assert_audit(page: Page, app_key: str) -> None:
    """The trail of the application tells all of it; that of the server has more than a page."""
    page.click("dialog >> text=Audit trail")
    expect(page.locator("#audit-title")).to_be_focused()
    expect(page.locator(".audit tbody tr")).to_have_count(7)
    said = [(row[1], row[2], row[3]) for row in cells(page, ".audit")]
    assert said == [
        ("token:console", action, app_key)
        for action in (
            "Application enabled",
            "Application disabled",
            "Secret revoked",
            "Secret added",
            "Limits set",
            "Application edited",
            "Application created",
        )
    ]
    details = {row[2]: row[4] for row in cells(page, ".audit")}
    assert details["Limits set"] == "Requests per second: 20 · Burst: 40 · Requests per month: 50,000"
    assert details["Secret added"].endswith("Other secret kept for: 1 hour")
    assert details["Application edited"] == "Note: 412 kiosks"
    page.click("text=Show all")
    expect(page.locator(".audit tbody tr")).to_have_count(20)
    page.click("text=Older entries")
    expect(page.locator(".audit tbody tr").nth(22)).to_be_visible()


def test_a_policy_from_its_making_to_its_end(browser: Browser, tmp_path: Path) -> None:
    with open_office(tmp_path) as office, signed_in(browser, office) as admin:
        policies = office.server.services.policies
        page = open_overview(admin)
        make_policy(page)
        page.click(".policies button:text-is('new customers')")
        expect(page.locator("#dialog")).to_contain_text("Decides for: requests that name it")
        page.fill("#policy-accept", "0.95")
        save(page, "#save-policy")
        assert [row[:3] for row in cells(page, ".versions")] == [["2", "0.25", "0.95"], ["1", "0.25", "0.9"]]
        assert policies.get("new customers").note == "of May"
        page.keyboard.press("Escape")
        assign_policy(page)
        key = office.applications[1].app_key
        assert (policies.assigned_to(key), policies.assigned_to()) == ("new customers", None)
        take_policy_away(page)
        assert policies.list_policies() == []
        assert_policy_audit(page)


def make_policy(page: Page) -> None:
    """After thresholds in the wrong order."""
    page.click("#create-policy")
    page.fill("#policy-name", "new customers")
    page.fill("#policy-reject", "0.95")
    page.fill("#policy-accept", "0.9")
    page.fill("#policy-note", "of May")
    page.click("dialog .primary")
    expect(page.get_by_role("alert")).to_contain_text("rejectBelow no higher than acceptFrom")
    page.fill("#policy-reject", "0.25")
    page.click("dialog .primary")
    expect(page.locator("#create-policy")).to_be_focused()
    expect(page.locator(".policies tbody tr")).to_have_count(1)
    assert cells(page, ".policies")[0][-4:-1] == ["1", "0.25", "0.9"]


def assign_policy(page: Page) -> None:
    """To all by default, then to one application, then to no other."""
    with saving(page):
        page.select_option("#default-policy", "new customers")
    open_application(page, "Kiosks")
    expect(page.locator("#application-policy option").first).to_have_text("The default (new customers)")
    page.select_option("#application-policy", "new customers")
    save(page, "#save-policy")
    page.keyboard.press("Escape")
    with saving(page):
        page.select_option("#default-policy", "")
    expect(page.locator("#default-policy")).to_have_value("")


def take_policy_away(page: Page) -> None:
    """One that an application has cannot be retired."""
    page.click(".policies button:text-is('new customers')")
    expect(page.locator("#retire-policy")).to_be_disabled()
    page.keyboard.press("Escape")
    open_application(page, "Kiosks")
    page.select_option("#application-policy", "")
    save(page, "#save-policy")
    page.keyboard.press("Escape")
    page.click(".policies button:text-is('new customers')")
    page.click("#retire-policy")
    page.click("#question .danger")
    expect(page.locator("#dialog")).to_contain_text("Saving a new version brings it back.")


def assert_policy_audit(page: Page) -> None:
    """From the dialog that is open; then the retired one is shown."""
    page.click("dialog >> text=Audit trail")
    expect(page.locator(".audit tbody tr")).to_have_count(3)
    said = [(row[2], row[3], row[4]) for row in cells(page, ".audit")]
    version = "Reject below: 0.25 · Accept from: 0.9 · Note: of May"
    assert said[0] == ("Policy retired", "policy:new customers", "Version: 2")
    assert said[2] == ("Policy version added", "policy:new customers", f"Version: 1 · {version}")
    expect(page.locator(".policies")).to_have_count(0)
    page.check("#retired-policies")
    expect(page.locator(".policies")).to_contain_text("Retired")


def test_the_audit_trail_by_date_actor_action_and_application(admin: Watched, office: Office) -> None:
    page = open_overview(admin)
    rows, trail = page.locator(".audit tbody tr"), office.server.services.audit
    everything = len(trail.entries(limit=20))
    expect(rows).to_have_count(everything)
    page.select_option("#audit-action", "token.create")
    expect(rows).to_have_count(len(trail.entries(sought=Sought(action="token.create"))))
    page.select_option("#audit-action", "")
    page.fill("#audit-application", office.applications[1].app_key)
    page.press("#audit-application", "Enter")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Name: Kiosks")
    page.click("text=Show all")
    expect(rows).to_have_count(everything)
    page.fill("#audit-actor", "token:nobody")
    page.press("#audit-actor", "Enter")
    expect(page.locator("text=No matching entries.")).to_be_visible()
    page.fill("#audit-actor", ACTOR.name)
    page.press("#audit-actor", "Enter")
    expect(rows).to_have_count(everything - 1)  # the server itself told its presets
    today = page.evaluate("new Intl.DateTimeFormat('sv').format(new Date())")
    page.fill("#audit-first", today)
    page.fill("#audit-last", today)
    expect(rows).to_have_count(everything - 1)
    page.fill("#audit-last", "2020-01-01")
    expect(page.locator(".card:has(#audit-title) [role=alert]")).to_contain_text(
        "`from` must be before `to`."
    )
    page.fill("#audit-first", "2020-01-01")
    expect(page.locator("text=No matching entries.")).to_be_visible()


def test_the_audit_trail_as_a_file(browser: Browser, tmp_path: Path) -> None:
    with open_office(tmp_path) as office, signed_in(browser, office, locale="ko-KR") as admin:
        applications = office.server.services.applications
        applications.create_application("=1+1", 'a "note", 가', actor=ACTOR)
        for number in range(190):
            applications.edit_application(office.applications[0].app_key, note=str(number), actor=ACTOR)
        page = open_overview(admin)
        with page.expect_download() as download:
            page.click("#audit-export")
        rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(), newline="")))
    assert download.value.suggested_filename == "audit.csv"
    assert len(rows) == 18 + 1 + 190
    assert [int(row["id"]) for row in rows] == list(range(len(rows), 0, -1))
    (made,) = (row for row in rows if "=1+1" in row["detail"])
    assert orjson.loads(made["detail"])["note"] == 'a "note", 가'
    assert datetime.fromisoformat(made["at"]).tzinfo is not None


def test_whoever_has_gone_elsewhere_keeps_the_focus(admin: Watched) -> None:
    page = open_overview(admin)
    page.get_by_role("button", name="Sign-up").click()
    expect(page.locator("#dialog-title")).to_have_text("Sign-up")
    table, search = page.locator(".applications"), page.get_by_label("Search by name, note or appKey")
    table.evaluate("element => { element.id = 'before'; }")

    def go_elsewhere(route: Route) -> None:
        search.focus()
        route.continue_()

    page.route("**/admin/v1/applications?*", go_elsewhere)
    page.keyboard.press("Escape")
    expect(page.locator("#before")).to_have_count(0)
    expect(search).to_be_focused()


def test_from_an_application_to_its_usage(admin: Watched, office: Office) -> None:
    page = open_overview(admin)
    open_application(page, "Kiosks")
    page.click("dialog >> text=Usage")
    expect(page.locator("#usage-application")).to_have_value(office.applications[1].app_key)
    expect(page.locator(".tiles dd").first).to_have_text("2")


def test_the_models_in_use(admin: Watched) -> None:
    page = open_overview(admin)
    models = page.locator("section", has=page.locator("#models-title"))
    expect(models).to_contain_text("bonaface face detector")
    expect(models).to_contain_text("sha256")
    expect(page.locator("#presets-source")).to_contain_text("The model's own presets")
    assert page.locator("#reload-presets").count() == 0
    assert re.search(r"Balanced \(default\)\s+0\.\d{3}", models.inner_text())


def test_presets_are_loaded_again_from_their_file(browser: Browser, tmp_path: Path) -> None:
    file = write_presets(tmp_path / "presets.toml", 0.2, 0.3, 0.4)
    with open_office(tmp_path, models={"presets": file}) as office, signed_in(browser, office) as admin:
        page = open_overview(admin)
        models = page.locator("section", has=page.locator("#models-title"))
        expect(page.locator("#presets-source")).to_contain_text(f"From {file} (SHA-256 ")
        write_presets(file, 0.25)
        page.click("#reload-presets")
        expect(models).to_contain_text(re.compile(r"Weak\s*0\.250"))
        expect(page.locator("#status-panel")).to_contain_text("Weak 0.250")
        expect(page.locator(".audit")).to_contain_text("Weak: 0.25")
        file.write_text("nothing of use")
        page.click("#reload-presets")
        expect(models.get_by_role("alert")).to_contain_text("does not hold")
        expect(models).to_contain_text(re.compile(r"Weak\s*0\.250"))


def test_in_korean_and_narrow(browser: Browser, office: Office) -> None:
    with signed_in(browser, office, locale="ko-KR", viewport={"width": 360, "height": 760}) as admin:
        page = open_overview(admin)
        expect(page.locator("h1")).to_have_text("현황")
        assert tiles(page)["실제 사람 얼굴"] == "6"
        expect(page.locator(".audit")).to_contain_text("애플리케이션 생성")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.click("text=English")
        expect(page.locator("h1")).to_have_text("Overview")
        assert tiles(page)["Bona fide faces"] == "6"


def test_a_viewer_sees_nothing_that_changes_anything(browser: Browser, tmp_path: Path) -> None:
    with open_office(tmp_path) as office:
        _, token = office.server.services.admin_tokens.create("board", role=Role.VIEWER, actor=ACTOR)
        with signed_in(browser, replace(office, token=token)) as admin:
            page = open_overview(admin)
            assert page.locator("#who").inner_text() == "board, viewer: may read"
            expect(page.locator("#retired-policies")).to_be_visible()
            assert page.locator("#create, #create-policy, #default-policy").count() == 0
            page.get_by_role("button", name="Sign-up").click()
            dialog = page.locator("#dialog")
            expect(dialog.get_by_role("heading", name="Sign-up")).to_be_visible()
            assert dialog.locator("input, select, .danger, #set-state, #remove").count() == 0


def test_an_application_is_removed_and_restored(browser: Browser, tmp_path: Path) -> None:
    with open_office(tmp_path) as office, signed_in(browser, office) as admin:
        page = open_overview(admin)
        page.get_by_role("button", name="Sign-up").click()
        page.locator("#remove").click()
        page.locator("#question button.danger").click()
        expect(page.locator("#restore")).to_be_focused()
        page.get_by_role("button", name="Close").click()
        expect(page.get_by_role("button", name="Sign-up")).to_have_count(0)
        page.get_by_label("State").select_option("removed")
        page.get_by_role("button", name="Sign-up").click()
        page.locator("#restore").click()
        expect(page.locator("#set-state")).to_be_visible()
        admin.assert_accessible()
